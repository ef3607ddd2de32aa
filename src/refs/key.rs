//! System V keys.

use std::fmt;

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
