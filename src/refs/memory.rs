//! Semaphores, and where unnamed ones lie: `in:REF+OFFSET`.

use super::flaw::{Flaw, quoted_ref};
use super::number::number;
use super::parse::{Split, split};
use super::process::file;
use super::sysv::{checked_path, object, sysv};
use super::{Kind, MemoryName, SemName, SysvName};

/// Reads what stands behind `sem:`.
pub(super) fn semaphore(text: &[u8]) -> Result<SemName, Flaw> {
    match text.strip_prefix(b"in:") {
        Some(rest) => in_memory(rest),
        None => object(Kind::Sem, text).map(SemName::from),
    }
}

/// Reads `REF+OFFSET`. The last `+` parts them: `/a+64` is a legal name, `/a+64+0` its first byte.
fn in_memory(text: &[u8]) -> Result<SemName, Flaw> {
    let plus = text.iter().rposition(|&byte| byte == b'+');
    let parts = plus.and_then(|plus| Some((text.get(..plus)?, text.get(plus + 1..)?)));
    let (memory, offset) =
        parts.filter(|(_, tail)| tail.first().is_some_and(u8::is_ascii_digit)).ok_or_else(|| {
            let whole = quoted_ref(Kind::Sem, &[b"in:", text, b"+0"].concat());
            Flaw::new("no +OFFSET in bytes follows").hint(format!("its beginning is {whole}"))
        })?;
    let offset = number(offset).map_err(|flaw| Flaw::new(format!("the offset: {}", flaw.reason)))?;
    let memory = memory_name(memory).map_err(|flaw| Flaw {
        reason: format!("the memory: {}", flaw.reason),
        hint: flaw.hint.map(|hint| format!("between in: and +OFFSET: {hint}")),
    })?;
    Ok(SemName::InMemory { memory, offset })
}

/// Reads the REF of `in:`: shared memory or a mapped file, `shm:` or `mmap:` in front or not.
///
/// Without them `/NAME` is shared memory, and a path is what has a slash elsewhere: a bare word could be either.
pub(super) fn memory_name(text: &[u8]) -> Result<MemoryName, Flaw> {
    match split(text)? {
        Split::Kind(Kind::Shm, rest) => shared(&rest),
        Split::Kind(Kind::Mmap, rest) => file(&rest).map(MemoryName::File),
        Split::Kind(kind, _) => Err(Flaw::new(format!("no semaphore lies in {}", kind.title()))),
        Split::Bare => unqualified(text),
    }
}

fn unqualified(text: &[u8]) -> Result<MemoryName, Flaw> {
    if text.is_empty() || sysv(Kind::Shm, text).is_some() {
        return shared(text);
    }
    match text.iter().rposition(|&byte| byte == b'/') {
        Some(0) => shared(text),
        Some(_) => checked_path(text).map(MemoryName::File),
        None => {
            let name = quoted_ref(Kind::Shm, &[b"/", text].concat());
            let file = quoted_ref(Kind::Mmap, &[b"./", text].concat());
            let flaw = Flaw::new("a word could be a name or a file");
            Err(flaw.hint(format!("write {name} or {file}")))
        }
    }
}

fn shared(text: &[u8]) -> Result<MemoryName, Flaw> {
    match MemoryName::from(object(Kind::Shm, text)?) {
        MemoryName::Sysv(SysvName::Private) => Err(Flaw::new("private names a new segment each time")),
        memory => Ok(memory),
    }
}
