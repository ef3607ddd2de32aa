//! System V IPC by the kernel's own structures (`include/uapi/asm-generic/ipcbuf.h`, `msgbuf.h`, `sembuf.h`,
//! `shmbuf.h`), because musl's libc crate lacks some and both builds must read the same bytes.

pub mod msg;
pub mod sem;
pub mod shm;

/// `IPC_CREAT`: create the object if the key has none.
pub const IPC_CREAT: i32 = libc::IPC_CREAT;
/// `IPC_EXCL`: fail if the key has one.
pub const IPC_EXCL: i32 = libc::IPC_EXCL;

/// `struct ipc64_perm`: who owns an object and who may use it.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IpcPerm {
    /// The key, a bit pattern; 0 is IPC_PRIVATE or already removed.
    pub key: u32,
    /// Owner's user.
    pub uid: u32,
    /// Owner's group.
    pub gid: u32,
    /// Creator's user.
    pub cuid: u32,
    /// Creator's group.
    pub cgid: u32,
    /// Permission bits, and for segments [`shm::SHM_DEST`] and [`shm::SHM_LOCKED`].
    pub mode: u32,
    /// Sequence number of the slot: the identifier is `seq << 15 | index` (or `<< 24` with `ipcmni_extend`).
    pub seq: u16,
    pad: u16,
    unused: [u64; 2],
}
