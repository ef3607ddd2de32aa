//! Semaphores, and where unnamed ones lie: `in:REF+OFFSET`.

use super::flaw::{Flaw, quoted_ref};
use super::number::number;
use super::parse::{Split, split};
use super::process::file;
use super::sysv::{checked_path, object, sysv};
use super::{Kind, MemoryName, SemName, SysvName, nearest};

/// Reads what stands behind `sem:`.
pub(super) fn semaphore(text: &[u8]) -> Result<SemName, Flaw> {
    match text.strip_prefix(b"in:") {
        Some(rest) => in_memory(rest),
        None => object(Kind::Sem, text).map(SemName::from),
    }
}

/// Reads `REF+OFFSET`. The last `+` parts them: `/a+64` is a legal name, and `/a+64+0` its first byte.
fn in_memory(text: &[u8]) -> Result<SemName, Flaw> {
    let plus = text.iter().rposition(|&byte| byte == b'+');
    let parts = plus.and_then(|plus| Some((text.get(..plus)?, text.get(plus + 1..)?)));
    let Some((memory, offset)) = parts.filter(|(_, tail)| tail.first().is_some_and(u8::is_ascii_digit))
    else {
        return Err(no_offset(text));
    };
    let offset = number("the offset", offset)?;
    let memory = memory_name(memory).map_err(|flaw| Flaw {
        reason: format!("the memory: {}", flaw.reason),
        hint: flaw.hint.map(|hint| format!("between in: and +OFFSET {hint}")),
    })?;
    Ok(SemName::InMemory { memory, offset })
}

fn no_offset(text: &[u8]) -> Flaw {
    let flaw = Flaw::new("no +OFFSET in bytes follows");
    match memory_name(text) {
        Ok(_) => flaw.hint(format!(
            "write {} for its beginning",
            quoted_ref(Kind::Sem, &[b"in:", text, b"+0"].concat())
        )),
        Err(_) => flaw,
    }
}

/// Reads the REF of `in:`: shared memory or a mapped file, `shm:` or `mmap:` in front or not.
pub(super) fn memory_name(text: &[u8]) -> Result<MemoryName, Flaw> {
    match split(text)? {
        Split::Kind(Kind::Shm, rest) => shared(&rest),
        Split::Kind(Kind::Mmap, rest) => file(&rest).map(MemoryName::File),
        Split::Kind(kind, _) => Err(Flaw::new(format!("no semaphore lies in {}", kind.title()))),
        Split::Bare => unqualified(text),
    }
}

/// Reads a REF without its kind: `/NAME` is shared memory, and a path is what has a slash elsewhere. A word without
/// any slash could be either.
fn unqualified(text: &[u8]) -> Result<MemoryName, Flaw> {
    let slash = text.iter().rposition(|&byte| byte == b'/');
    if sysv(Kind::Shm, text).is_none() && slash.is_some_and(|slash| slash > 0) {
        return checked_path(text).map(MemoryName::File);
    }
    let read = shared(text)?;
    if slash.is_some() || matches!(read, MemoryName::Sysv(_)) {
        return Ok(read);
    }
    let name = quoted_ref(Kind::Shm, &[b"/", text].concat());
    let file = quoted_ref(Kind::Mmap, &[b"./", text].concat());
    Err(Flaw::new("a word can be a name or a file").hint(format!("write {name} or {file}")))
}

fn shared(text: &[u8]) -> Result<MemoryName, Flaw> {
    let read = object(Kind::Shm, text).map_err(|flaw| {
        let hint = flaw.hint.or_else(|| nearest::of_kind(Kind::Shm, text));
        Flaw { reason: flaw.reason, hint }
    })?;
    match MemoryName::from(read) {
        MemoryName::Sysv(SysvName::Private) => Err(Flaw::new("private names a new segment each time")),
        memory => Ok(memory),
    }
}
