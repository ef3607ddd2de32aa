//! System V semaphore sets: semget(2), semop(2), semctl(2) with one function a command.

use std::time::Duration;

use libc::{c_int, sembuf};
use nix::errno::Errno;

use super::IpcPerm;

/// `IPC_NOWAIT` in an operation's flags: fail with EAGAIN instead of waiting.
pub const NOWAIT: i16 = libc::IPC_NOWAIT as i16;
/// `SEM_UNDO` in an operation's flags: taken back when the process ends.
pub const UNDO: i16 = libc::SEM_UNDO as i16;
/// `SEM_INFO` (semctl(2)): what the sets use now.
const SEM_INFO: c_int = 19;
/// `SEM_STAT` (semctl(2)): a set's facts by index, with read permission.
const SEM_STAT: c_int = 18;
/// `SEM_STAT_ANY` (Linux 4.17): a set's facts by index, without read permission.
const SEM_STAT_ANY: c_int = 20;
const GETPID: c_int = 11;
const GETVAL: c_int = 12;
const GETALL: c_int = 13;
const GETNCNT: c_int = 14;
const GETZCNT: c_int = 15;
const SETVAL: c_int = 16;
const SETALL: c_int = 17;

/// A semaphore set's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SemId(pub i32);

/// `struct semid64_ds`; x86 keeps unused words beside the times.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SemidDs {
    /// Owner and mode.
    pub perm: IpcPerm,
    /// Last semop, seconds since the epoch; 0 if never.
    pub otime: i64,
    #[cfg(target_arch = "x86_64")]
    unused_otime: u64,
    /// Creation or last change.
    pub ctime: i64,
    #[cfg(target_arch = "x86_64")]
    unused_ctime: u64,
    /// Semaphores in the set.
    pub nsems: u64,
    unused: [u64; 2],
}

/// `struct seminfo`, as SEM_INFO fills it.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SemInfo {
    semmap: i32,
    /// `semmni`: sets that may exist.
    pub semmni: i32,
    /// `semmns`: semaphores that may exist.
    pub semmns: i32,
    semmnu: i32,
    /// `semmsl`: semaphores in one set.
    pub semmsl: i32,
    /// `semopm`: operations in one semop.
    pub semopm: i32,
    semume: i32,
    /// Sets that exist.
    pub sets: i32,
    /// `semvmx`: the highest value.
    pub semvmx: i32,
    /// Semaphores that exist.
    pub semaphores: i32,
}

/// semget(2): the set of `key`, or a new one of `nsems` semaphores.
pub fn semget(key: u32, nsems: i32, flags: i32) -> Result<SemId, Errno> {
    // SAFETY: semget takes three integers and touches no memory of ours.
    let id = unsafe { libc::semget(key as libc::key_t, nsems, flags) };
    Errno::result(id).map(SemId)
}

/// semtimedop(2): all operations at once, or none; EAGAIN when `timeout` passes. No timeout waits for ever.
///
/// The system call itself, because the libc crate lacks the function. EINTR is returned: the caller retries.
pub fn semtimedop(id: SemId, operations: &mut [sembuf], timeout: Option<Duration>) -> Result<(), Errno> {
    let limit = timeout.map(nix::sys::time::TimeSpec::from_duration);
    let limit = limit.as_ref().map_or(std::ptr::null(), |spec| &raw const *spec.as_ref());
    let (first, count) = (operations.as_mut_ptr(), operations.len());
    // SAFETY: the kernel reads `count` sembufs from the slice and one timespec, which is null or lives in this frame.
    let done = unsafe { libc::syscall(libc::SYS_semtimedop, id.0, first, count, limit) };
    Errno::result(done).map(drop)
}

/// semctl(2) IPC_STAT: the set's facts; needs read permission.
pub fn sem_stat(id: SemId) -> Result<SemidDs, Errno> {
    let mut ds = SemidDs::default();
    // SAFETY: IPC_STAT writes one struct semid64_ds, which `ds` is, and keeps no pointer.
    let done = unsafe { libc::syscall(libc::SYS_semctl, id.0, 0, libc::IPC_STAT, &raw mut ds) };
    Errno::result(done).map(|_| ds)
}

/// semctl(2) SEM_STAT_ANY: identifier and facts of the set in slot `index`, whoever may read it.
///
/// EINVAL or EIDRM: the slot is empty. Only the index part of an identifier counts, so compare what comes back.
pub fn sem_stat_any(index: i32) -> Result<(SemId, SemidDs), Errno> {
    let mut ds = SemidDs::default();
    // SAFETY: SEM_STAT_ANY writes one struct semid64_ds, which `ds` is, and keeps no pointer.
    let id = unsafe { libc::syscall(libc::SYS_semctl, index, 0, SEM_STAT_ANY, &raw mut ds) };
    Errno::result(id).map(|id| (SemId(id as i32), ds))
}

/// semctl(2) SEM_STAT: identifier of the set in slot `index`; needs read permission.
///
/// EACCES: it may not be read. EINVAL or EIDRM: the slot is empty.
pub fn sem_stat_by_index(index: i32) -> Result<SemId, Errno> {
    let mut ds = SemidDs::default();
    // SAFETY: SEM_STAT writes one struct semid64_ds, which `ds` is, and keeps no pointer.
    let id = unsafe { libc::syscall(libc::SYS_semctl, index, 0, SEM_STAT, &raw mut ds) };
    Errno::result(id).map(|id| SemId(id as i32))
}

/// semctl(2) SEM_INFO: the highest slot in use, and what all sets use.
pub fn sem_info() -> Result<(i32, SemInfo), Errno> {
    let mut info = SemInfo::default();
    // SAFETY: SEM_INFO writes one struct seminfo, which `info` is, and keeps no pointer.
    let highest = unsafe { libc::syscall(libc::SYS_semctl, 0, 0, SEM_INFO, &raw mut info) };
    Errno::result(highest).map(|highest| (highest as i32, info))
}

/// semctl(2) IPC_SET: owner, group and mode out of `ds`.
pub fn sem_set(id: SemId, ds: &SemidDs) -> Result<(), Errno> {
    // SAFETY: IPC_SET reads one struct semid64_ds, which `ds` is, and keeps no pointer.
    let done = unsafe { libc::syscall(libc::SYS_semctl, id.0, 0, libc::IPC_SET, &raw const *ds) };
    Errno::result(done).map(drop)
}

/// semctl(2) IPC_RMID: remove the set at once; whoever waits gets EIDRM.
pub fn sem_rmid(id: SemId) -> Result<(), Errno> {
    // SAFETY: IPC_RMID takes no fourth argument and touches no memory of ours.
    let done = unsafe { libc::syscall(libc::SYS_semctl, id.0, 0, libc::IPC_RMID) };
    Errno::result(done).map(drop)
}

/// semctl(2) GETALL: all values of a set whose number of semaphores is known.
///
/// The kernel writes as many values as the set *has*: an identifier names one set for its whole life, and a set never
/// grows, so `nsems` from its [`SemidDs`] is enough.
pub fn sem_getall(id: SemId, nsems: usize) -> Result<Vec<u16>, Errno> {
    let mut values = vec![0u16; nsems];
    // SAFETY: GETALL writes nsems u16 of this very set (see above), and `values` has room for them.
    let done = unsafe { libc::syscall(libc::SYS_semctl, id.0, 0, GETALL, values.as_mut_ptr()) };
    Errno::result(done).map(|_| values)
}

/// semctl(2) SETALL: all values of a set at once; clears every process's undo. `values` must have nsems entries.
pub fn sem_setall(id: SemId, values: &[u16]) -> Result<(), Errno> {
    // SAFETY: SETALL reads nsems u16; the caller has taken nsems from this set's SemidDs, and a set never grows.
    let done = unsafe { libc::syscall(libc::SYS_semctl, id.0, 0, SETALL, values.as_ptr()) };
    Errno::result(done).map(drop)
}

/// semctl(2) GETVAL: one semaphore's value.
pub fn sem_getval(id: SemId, semnum: i32) -> Result<i32, Errno> {
    one(id, semnum, GETVAL)
}

/// semctl(2) GETPID: the PID of the last operation on a semaphore; 0 if none.
pub fn sem_getpid(id: SemId, semnum: i32) -> Result<i32, Errno> {
    one(id, semnum, GETPID)
}

/// semctl(2) GETNCNT: how many wait for the value to grow.
pub fn sem_getncnt(id: SemId, semnum: i32) -> Result<i32, Errno> {
    one(id, semnum, GETNCNT)
}

/// semctl(2) GETZCNT: how many wait for the value to be zero.
pub fn sem_getzcnt(id: SemId, semnum: i32) -> Result<i32, Errno> {
    one(id, semnum, GETZCNT)
}

/// semctl(2) SETVAL: one semaphore's value; clears every process's undo of it.
pub fn sem_setval(id: SemId, semnum: i32, value: i32) -> Result<(), Errno> {
    // SAFETY: SETVAL reads an int from `union semun`, passed by value in a register; no memory of ours is touched.
    let done = unsafe { libc::syscall(libc::SYS_semctl, id.0, semnum, SETVAL, value) };
    Errno::result(done).map(drop)
}

fn one(id: SemId, semnum: i32, command: c_int) -> Result<i32, Errno> {
    // SAFETY: GETVAL, GETPID, GETNCNT and GETZCNT take no fourth argument and touch no memory of ours.
    let value = unsafe { libc::syscall(libc::SYS_semctl, id.0, semnum, command) };
    Errno::result(value).map(|value| value as i32)
}
