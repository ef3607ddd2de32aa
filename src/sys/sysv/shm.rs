//! System V shared memory: shmget(2), shmop(2), shmctl(2).

use libc::{c_int, c_void};
use nix::errno::Errno;

use super::IpcPerm;

/// Mode bit: the segment is marked to be destroyed on its last detach.
pub const SHM_DEST: u32 = 0o1000;
/// Mode bit: the segment is locked in memory.
pub const SHM_LOCKED: u32 = 0o2000;
/// `IPC_INFO` (shmctl(2)): the limits.
const IPC_INFO: c_int = 3;
/// `SHM_INFO` (shmctl(2)): what the segments use now.
const SHM_INFO: c_int = 14;
/// `SHM_STAT` (shmctl(2)): a segment's facts by index, with read permission.
const SHM_STAT: c_int = 13;
/// `SHM_STAT_ANY` (Linux 4.17): a segment's facts by index, without read permission.
const SHM_STAT_ANY: c_int = 15;

/// `SHM_HUGETLB`: make the segment of huge pages.
pub const SHM_HUGETLB: i32 = libc::SHM_HUGETLB;

/// A segment's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShmId(pub i32);

/// `struct shmid64_ds`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShmidDs {
    /// Owner and mode.
    pub perm: IpcPerm,
    /// Size in bytes.
    pub segsz: u64,
    /// Last attach, seconds since the epoch; 0 if never.
    pub atime: i64,
    /// Last detach.
    pub dtime: i64,
    /// Creation or last change.
    pub ctime: i64,
    /// PID of the creator; 0 if not in our PID namespace.
    pub cpid: i32,
    /// PID of the last attach or detach.
    pub lpid: i32,
    /// Attachments now.
    pub nattch: u64,
    unused: [u64; 2],
}

/// `struct shm_info`, as SHM_INFO fills it; sizes in pages.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShmInfo {
    /// Segments that exist.
    pub segments: i32,
    /// Pages of all segments.
    pub pages: u64,
    /// Pages in memory.
    pub resident: u64,
    /// Pages swapped out.
    pub swapped: u64,
    swap_attempts: u64,
    swap_successes: u64,
}

/// `struct shminfo64`, as IPC_INFO fills it: the limits.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShmLimits {
    /// Bytes of a segment at most.
    pub shmmax: u64,
    shmmin: u64,
    /// Segments at most.
    pub shmmni: u64,
    shmseg: u64,
    /// Pages of all segments at most.
    pub shmall: u64,
    unused: [u64; 4],
}

/// shmget(2): the segment of `key`, or a new one of `size` bytes.
pub fn shmget(key: u32, size: usize, flags: i32) -> Result<ShmId, Errno> {
    // SAFETY: shmget takes three integers and touches no memory of ours.
    let id = unsafe { libc::shmget(key as libc::key_t, size, flags) };
    Errno::result(id).map(ShmId)
}

/// A segment attached to this process; detached when dropped. The memory is shared: never make a reference to it.
#[derive(Debug)]
pub struct Attached(*mut c_void);

// SAFETY: it is an address that nothing here dereferences; shmdt may be called by any thread.
unsafe impl Send for Attached {}
// SAFETY: a shared borrow gives the address alone, and the kernel's calls on it may run side by side.
unsafe impl Sync for Attached {}

impl Attached {
    /// Where it lies.
    pub fn address(&self) -> *mut c_void {
        self.0
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // SAFETY: the address came from shmat, this value alone owns the attachment, and it is not used afterwards.
        unsafe { libc::shmdt(self.0) };
    }
}

/// shmat(2) at an address of the kernel's choice.
pub fn shmat(id: ShmId, read_only: bool) -> Result<Attached, Errno> {
    let flags = if read_only { libc::SHM_RDONLY } else { 0 };
    // SAFETY: with a null address the kernel maps the segment where nothing is mapped; no memory of ours changes.
    let address = unsafe { libc::shmat(id.0, std::ptr::null(), flags) };
    if address as isize == -1 { Err(Errno::last()) } else { Ok(Attached(address)) }
}

/// shmctl(2) IPC_STAT: the segment's facts; needs read permission.
pub fn shm_stat(id: ShmId) -> Result<ShmidDs, Errno> {
    let mut ds = ShmidDs::default();
    // SAFETY: IPC_STAT writes one struct shmid64_ds, which `ds` is, and keeps no pointer.
    let done = unsafe { libc::syscall(libc::SYS_shmctl, id.0, libc::IPC_STAT, &raw mut ds) };
    Errno::result(done).map(|_| ds)
}

/// shmctl(2) SHM_STAT_ANY: identifier and facts of the segment in slot `index`, whoever may read it.
///
/// EINVAL or EIDRM: the slot is empty. Only the index part of an identifier counts, so compare what comes back.
pub fn shm_stat_any(index: i32) -> Result<(ShmId, ShmidDs), Errno> {
    let mut ds = ShmidDs::default();
    // SAFETY: SHM_STAT_ANY writes one struct shmid64_ds, which `ds` is, and keeps no pointer.
    let id = unsafe { libc::syscall(libc::SYS_shmctl, index, SHM_STAT_ANY, &raw mut ds) };
    Errno::result(id).map(|id| (ShmId(id as i32), ds))
}

/// shmctl(2) SHM_STAT: identifier of the segment in slot `index`; needs read permission.
///
/// EACCES: it may not be read. EINVAL or EIDRM: the slot is empty.
pub fn shm_stat_by_index(index: i32) -> Result<ShmId, Errno> {
    let mut ds = ShmidDs::default();
    // SAFETY: SHM_STAT writes one struct shmid64_ds, which `ds` is, and keeps no pointer.
    let id = unsafe { libc::syscall(libc::SYS_shmctl, index, SHM_STAT, &raw mut ds) };
    Errno::result(id).map(|id| ShmId(id as i32))
}

/// shmctl(2) SHM_INFO: the highest slot in use, and what all segments use.
pub fn shm_info() -> Result<(i32, ShmInfo), Errno> {
    let mut info = ShmInfo::default();
    // SAFETY: SHM_INFO writes one struct shm_info, which `info` is, and keeps no pointer.
    let highest = unsafe { libc::syscall(libc::SYS_shmctl, 0, SHM_INFO, &raw mut info) };
    Errno::result(highest).map(|highest| (highest as i32, info))
}

/// shmctl(2) IPC_INFO: the limits.
pub fn shm_limits() -> Result<ShmLimits, Errno> {
    let mut limits = ShmLimits::default();
    // SAFETY: IPC_INFO writes one struct shminfo64, which `limits` is, and keeps no pointer.
    let done = unsafe { libc::syscall(libc::SYS_shmctl, 0, IPC_INFO, &raw mut limits) };
    Errno::result(done).map(|_| limits)
}

/// shmctl(2) IPC_SET: owner, group and mode out of `ds`.
pub fn shm_set(id: ShmId, ds: &ShmidDs) -> Result<(), Errno> {
    // SAFETY: IPC_SET reads one struct shmid64_ds, which `ds` is, and keeps no pointer.
    let done = unsafe { libc::syscall(libc::SYS_shmctl, id.0, libc::IPC_SET, &raw const *ds) };
    Errno::result(done).map(drop)
}

/// shmctl(2) IPC_RMID: remove the segment, or mark it to go with its last detach.
pub fn shm_rmid(id: ShmId) -> Result<(), Errno> {
    // SAFETY: IPC_RMID takes no buffer; the null pointer is not read.
    let done = unsafe { libc::shmctl(id.0, libc::IPC_RMID, std::ptr::null_mut()) };
    Errno::result(done).map(drop)
}

/// shmctl(2) SHM_LOCK: keep the segment's pages in memory.
pub fn shm_lock(id: ShmId) -> Result<(), Errno> {
    // SAFETY: SHM_LOCK takes no buffer; the null pointer is not read.
    let done = unsafe { libc::shmctl(id.0, libc::SHM_LOCK, std::ptr::null_mut()) };
    Errno::result(done).map(drop)
}

/// shmctl(2) SHM_UNLOCK: let the segment's pages be swapped.
pub fn shm_unlock(id: ShmId) -> Result<(), Errno> {
    // SAFETY: SHM_UNLOCK takes no buffer; the null pointer is not read.
    let done = unsafe { libc::shmctl(id.0, libc::SHM_UNLOCK, std::ptr::null_mut()) };
    Errno::result(done).map(drop)
}
