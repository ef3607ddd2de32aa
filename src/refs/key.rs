//! System V keys.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;

use super::flaw::Flaw;
use super::number::number;
use super::{Kind, RefError};

/// A System V key: 32 bits, no sign. 0 is IPC_PRIVATE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u32);

impl Key {
    /// IPC_PRIVATE, which no object can be found by.
    pub const PRIVATE: Key = Key(0);

    /// The key that glibc's `ftok` (ftok(3), `sysvipc/ftok.c`) makes of a file's `st_dev` and `st_ino`: the low 16
    /// bits of the inode, the low 8 of the device, then the project byte, lowest first.
    ///
    /// None when that comes out 0: it would mean IPC_PRIVATE, and so name a new object each time.
    pub fn ftok(dev: u64, ino: u64, proj: u8) -> Option<Key> {
        let [ino_low, ino_next, ..] = ino.to_le_bytes();
        let [dev_low, ..] = dev.to_le_bytes();
        let key = Key(u32::from_le_bytes([ino_low, ino_next, dev_low, proj]));
        (key != Key::PRIVATE).then_some(key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08x}", self.0)
    }
}

/// Reads a key where nothing but a key can stand (`--key`, `ftok --find`): decimal or `0x`, `key:` in front or not.
/// 0 is IPC_PRIVATE.
///
/// # Errors
/// [`RefError::Malformed`] when it is no number, or one of more than 32 bits. A negative one, as C's `%d` prints a
/// key, is refused with the hexadecimal form as hint.
pub fn parse_key(text: &OsStr) -> Result<Key, RefError> {
    let bytes = text.as_bytes();
    let bytes = bytes.strip_prefix(b"key:").unwrap_or(bytes);
    key(None, bytes).map_err(|flaw| RefError::part(text, "a key", flaw))
}

/// Reads a key's number. `kind` stands in front of what a hint tells to write.
pub(super) fn key(kind: Option<Kind>, text: &[u8]) -> Result<Key, Flaw> {
    if let Some(key) = signed(text) {
        let hint = format!("write {} for the key that C prints so", spelled(kind, key));
        return Err(Flaw::new("a key has no sign").hint(hint));
    }
    let number = number("the key", text)?;
    u32::try_from(number).map(Key).map_err(|_| {
        let [a, b, c, d, ..] = number.to_le_bytes();
        let cut = Key(u32::from_le_bytes([a, b, c, d]));
        let hint = format!("write {} for what is left when a program cuts it", spelled(kind, cut));
        let flaw = Flaw::new("the key has more than 32 bits");
        if cut == Key::PRIVATE { flaw } else { flaw.hint(hint) }
    })
}

/// The key that a negative number of 32 bits is the signed form of.
pub(super) fn signed(text: &[u8]) -> Option<Key> {
    let number: i32 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (number < 0).then(|| Key(u32::from_ne_bytes(number.to_ne_bytes())))
}

/// The key as it is typed: qualified where a kind is known.
pub(super) fn spelled(kind: Option<Kind>, key: Key) -> String {
    match kind {
        Some(kind) => format!("{kind}:{key}"),
        None => key.to_string(),
    }
}
