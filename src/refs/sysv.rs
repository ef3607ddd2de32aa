//! Message queues, semaphore sets and shared memory: identifier, key, `ftok:`, `private`, POSIX name.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::flaw::Flaw;
use super::ftok::ftok;
use super::key::{key, signed, spelled};
use super::number::{decimal, is_digits};
use super::{Key, Kind, ObjectName, PosixName, SysvName};

/// Reads what stands behind `msgq:`, `sem:` or `shm:`, without a semaphore's `in:`.
pub(super) fn object(kind: Kind, text: &[u8]) -> Result<ObjectName, Flaw> {
    match sysv(kind, text) {
        Some(name) => name.map(ObjectName::Sysv),
        None if text.starts_with(b"/") => posix(kind, text),
        None => slashless(kind, text),
    }
}

/// Reads a System V spelling; None when the text has nothing of one.
pub(super) fn sysv(kind: Kind, text: &[u8]) -> Option<Result<SysvName, Flaw>> {
    if text == b"private" {
        Some(Ok(SysvName::Private))
    } else if let Some(rest) = text.strip_prefix(b"ftok:") {
        Some(ftok(kind, rest))
    } else if let Some(digits) = text.strip_prefix(b"key:") {
        Some(shared_key(kind, digits))
    } else if text.starts_with(b"0x") {
        Some(shared_key(kind, text))
    } else {
        is_number(text).then(|| identifier(kind, text))
    }
}

/// Whether `text` is digits, with a sign in front or not.
fn is_number(text: &[u8]) -> bool {
    is_digits(text.strip_prefix(b"-").unwrap_or(text))
}

fn identifier(kind: Kind, text: &[u8]) -> Result<SysvName, Flaw> {
    if let Some(key) = signed(text) {
        let hint = format!("write {} for the key that C prints so", spelled(Some(kind), key));
        return Err(Flaw::new("an identifier has no sign").hint(hint));
    }
    let number = decimal("the identifier", text)?;
    i32::try_from(number).map(SysvName::Id).map_err(|_| {
        let flaw = Flaw::new(format!("the identifier is above {}", i32::MAX));
        match u32::try_from(number) {
            Ok(number) => flaw.hint(format!("write {} for the key", spelled(Some(kind), Key(number)))),
            Err(_) => flaw,
        }
    })
}

/// Reads a key that an object can be found by.
fn shared_key(kind: Kind, text: &[u8]) -> Result<SysvName, Flaw> {
    match key(Some(kind), text)? {
        Key::PRIVATE => {
            let flaw = Flaw::new("key 0 is IPC_PRIVATE, by which nothing can be found");
            Err(flaw.hint(format!("write {kind}:ID for what exists, {kind}:private to create")))
        }
        key => Ok(SysvName::Key(key)),
    }
}

/// A path as a path: any bytes but NUL, and at least one.
pub(super) fn checked_path(bytes: &[u8]) -> Result<PathBuf, Flaw> {
    match bytes {
        b"" => Err(Flaw::new("the path is empty")),
        _ if bytes.contains(&0) => Err(Flaw::new("a path has no NUL byte")),
        _ => Ok(PathBuf::from(OsStr::from_bytes(bytes))),
    }
}

fn posix(kind: Kind, text: &[u8]) -> Result<ObjectName, Flaw> {
    PosixName::new(kind, text).map(ObjectName::Posix).map_err(|flaw| Flaw::new(flaw.to_string()))
}

/// Reads a POSIX name without its slash: a word that begins with a letter, `_`, `.` or a byte above 127, has no
/// colon and no blank, and is no kind's word. Other names need their slash: they look like a number, an option, a
/// qualified reference or a kind gone wrong.
fn slashless(kind: Kind, text: &[u8]) -> Result<ObjectName, Flaw> {
    let name = posix(kind, text)?;
    let reason = match text.first() {
        _ if Kind::from_word(OsStr::from_bytes(text)).is_some() => "it is the word of a kind",
        _ if text.starts_with(b"in:") => "only a semaphore lies in memory",
        _ if text.contains(&b':') => "what stands before the colon is not known here",
        _ if text.iter().any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control()) => {
            "it has blanks in it"
        }
        Some(b'0'..=b'9') => "an identifier has digits only, a key begins with 0x",
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' | 0x80..) => return Ok(name),
        _ => "a name that does not begin with a letter needs its slash",
    };
    Err(Flaw::new(reason))
}
