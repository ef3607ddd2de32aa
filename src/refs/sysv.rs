//! Message queues, semaphore sets and shared memory: identifier, key, `ftok:`, `private`, POSIX name.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::flaw::{Flaw, quoted_ref};
use super::number::{decimal, hex, is_digits, number};
use super::{Key, Kind, ObjectName, PosixName, RefError, SysvName};

/// Reads a key where nothing but a key can stand (`--key`, `ftok --find`): decimal or `0x`, `key:` in front or not.
/// 0 is IPC_PRIVATE.
///
/// # Errors
/// [`RefError::Malformed`] when it is no number, or one of more than 32 bits.
pub fn parse_key(text: &OsStr) -> Result<Key, RefError> {
    let bytes = text.as_bytes();
    let bytes = bytes.strip_prefix(b"key:").unwrap_or(bytes);
    key(bytes).map_err(|flaw| RefError::other(text, "a key", flaw))
}

/// Reads ftok's project byte: one character, which is not a digit, or a number 0–255.
///
/// # Errors
/// [`RefError::Malformed`] for anything else; above 255 the hint names the byte that C would use.
pub fn parse_proj(text: &OsStr) -> Result<u8, RefError> {
    let proj =
        proj(text.as_bytes()).unwrap_or_else(|| Err(ProjFlaw::new("it is one character or a number 0-255")));
    proj.map_err(|flaw| {
        let hint = flaw.byte.map(|byte| format!("C's ftok would use the low 8 bits: {byte}"));
        RefError::other(text, "a project byte", Flaw { reason: flaw.reason, hint })
    })
}

/// Reads what stands behind `msgq:`, `sem:` or `shm:`, without a semaphore's `in:`.
pub(super) fn object(kind: Kind, text: &[u8]) -> Result<ObjectName, Flaw> {
    match sysv(kind, text) {
        Some(name) => name.map(ObjectName::Sysv),
        None if text.starts_with(b"/") => posix(kind, text),
        None => slashless(kind, text),
    }
}

/// Reads a System V spelling; None when the text is none.
pub(super) fn sysv(kind: Kind, text: &[u8]) -> Option<Result<SysvName, Flaw>> {
    if text == b"private" {
        Some(Ok(SysvName::Private))
    } else if let Some(rest) = text.strip_prefix(b"ftok:") {
        Some(ftok(kind, rest))
    } else if let Some(digits) = text.strip_prefix(b"key:") {
        Some(key(digits).and_then(|key| shared_key(kind, key)))
    } else if text.starts_with(b"0x") {
        Some(key(text).and_then(|key| shared_key(kind, key)))
    } else {
        is_digits(text).then(|| identifier(kind, text))
    }
}

fn identifier(kind: Kind, text: &[u8]) -> Result<SysvName, Flaw> {
    let number = decimal(text)?;
    i32::try_from(number).map(SysvName::Id).map_err(|_| {
        let flaw = Flaw::new(format!("an identifier is at most {}", i32::MAX));
        match u32::try_from(number) {
            Ok(key) => flaw.hint(format!("for the key write {kind}:{}", Key(key))),
            Err(_) => flaw,
        }
    })
}

/// Reads a key's number; `-1`, as `%d` prints one, is refused and told in hexadecimal.
fn key(text: &[u8]) -> Result<Key, Flaw> {
    if let Some(key) = negative(text) {
        return Err(Flaw::new("a key has no sign").hint(format!("the key that C prints so is {key}")));
    }
    let number = number(text)?;
    u32::try_from(number).map(Key).map_err(|_| {
        let [a, b, c, d, ..] = number.to_le_bytes();
        let cut = Key(u32::from_le_bytes([a, b, c, d]));
        Flaw::new("a key has 32 bits").hint(format!("a program that cuts it uses {cut}"))
    })
}

/// The key that a negative number of 32 bits is the signed form of.
fn negative(text: &[u8]) -> Option<Key> {
    let number: i32 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (number < 0).then(|| Key(u32::from_ne_bytes(number.to_ne_bytes())))
}

fn shared_key(kind: Kind, key: Key) -> Result<SysvName, Flaw> {
    if key == Key::PRIVATE {
        let flaw = Flaw::new("key 0 is IPC_PRIVATE, by which nothing can be found");
        return Err(flaw.hint(format!("{kind}:private creates one, its identifier names it then")));
    }
    Ok(SysvName::Key(key))
}

/// Reads `PATH[:PROJ]`: PROJ is what follows the last colon if it is one character or a number, else the whole text
/// is the path and PROJ is 1. What looks like a PROJ gone wrong is refused, not taken for a path's end.
fn ftok(kind: Kind, text: &[u8]) -> Result<SysvName, Flaw> {
    let colon = text.iter().rposition(|&byte| byte == b':');
    let tail = colon.and_then(|colon| Some((text.get(..colon)?, text.get(colon + 1..)?)));
    let (path, proj) = match tail.and_then(|(path, tail)| Some((path, proj(tail)?))) {
        None => (text, 1),
        Some((path, Ok(proj))) => (path, proj),
        Some((path, Err(flaw))) => return Err(flaw.in_ftok(kind, path, text)),
    };
    Ok(SysvName::Ftok { path: checked_path(path)?, proj })
}

/// What is wrong with a PROJ, and the byte that C's cut makes of it.
struct ProjFlaw {
    reason: String,
    byte: Option<u8>,
}

impl ProjFlaw {
    fn new(reason: &str) -> ProjFlaw {
        ProjFlaw { reason: reason.to_string(), byte: None }
    }

    /// The flaw of `text`, which is `PATH:PROJ` with this PROJ: it may be meant, or be the end of the path.
    fn in_ftok(self, kind: Kind, path: &[u8], text: &[u8]) -> Flaw {
        let file = quoted_ref(kind, &[b"ftok:", text, b":1"].concat());
        let hint = match self.byte {
            None => format!("if the colon belongs to the path write {file}"),
            Some(byte) => {
                let cut = [b"ftok:", path, b":", byte.to_string().as_bytes()].concat();
                let cut = quoted_ref(kind, &cut);
                format!("C's ftok would use the low 8 bits: {cut}; if the colon belongs to the path: {file}")
            }
        };
        Flaw::new(self.reason).hint(hint)
    }
}

/// Reads a PROJ; None when the text is too long to be one and no number.
fn proj(text: &[u8]) -> Option<Result<u8, ProjFlaw>> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let parsed = match (text, text.strip_prefix(b"0x")) {
        (b"", _) => return Some(Err(ProjFlaw::new("the PROJ behind the last colon is empty"))),
        (&[byte], _) if !byte.is_ascii_digit() => return Some(Ok(byte)),
        (_, Some(digits)) if !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit) => hex(digits),
        _ if is_digits(digits) => decimal(digits),
        _ if is_one_wide_char(text) => {
            return Some(Err(ProjFlaw::new("that character has more than one byte")));
        }
        _ => return None,
    };
    Some(parsed.map_err(|flaw| ProjFlaw::new(&flaw.reason)).and_then(|number| {
        let [low, ..] = number.to_le_bytes();
        let (byte, fits) = match text.starts_with(b"-") {
            true => (low.wrapping_neg(), false),
            false => (low, number < 256),
        };
        let flaw = ProjFlaw { reason: "PROJ is a number 0-255".to_string(), byte: Some(byte) };
        if fits { Ok(byte) } else { Err(flaw) }
    }))
}

fn is_one_wide_char(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.chars().count() == 1)
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
        _ if Kind::from_word(OsStr::from_bytes(text)).is_some() => "that is the word of a kind",
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
