//! System V message queues: msgget(2), msgop(2), msgctl(2).

use libc::{c_int, c_long};
use nix::errno::Errno;

use super::IpcPerm;

/// `IPC_NOWAIT`: fail instead of waiting (EAGAIN for a full queue, ENOMSG for an empty one).
pub const NOWAIT: i32 = libc::IPC_NOWAIT;
/// `MSG_NOERROR`: cut a message that is longer than the buffer.
pub const MSG_NOERROR: i32 = libc::MSG_NOERROR;
/// `MSG_EXCEPT`: the first message of any other type.
pub const MSG_EXCEPT: i32 = libc::MSG_EXCEPT;
/// `MSG_COPY`: copy the message at a position, take nothing.
pub const MSG_COPY: i32 = libc::MSG_COPY;
/// `MSG_INFO` (msgctl(2)): what the queues use now.
const MSG_INFO: c_int = 12;
/// `MSG_STAT` (msgctl(2)): a queue's facts by index, with read permission.
const MSG_STAT: c_int = 11;
/// `MSG_STAT_ANY` (Linux 4.17): a queue's facts by index, without read permission.
const MSG_STAT_ANY: c_int = 13;

/// Bytes that the message type takes in front of a message's body (`struct msgbuf`).
pub const TYPE_SIZE: usize = size_of::<c_long>();

/// A queue's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MsqId(pub i32);

/// `struct msqid64_ds`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MsqidDs {
    /// Owner and mode.
    pub perm: IpcPerm,
    /// Last msgsnd, seconds since the epoch; 0 if never.
    pub stime: i64,
    /// Last msgrcv.
    pub rtime: i64,
    /// Creation or last change.
    pub ctime: i64,
    /// Bytes in the queue.
    pub cbytes: u64,
    /// Messages in the queue.
    pub qnum: u64,
    /// Bytes allowed in the queue.
    pub qbytes: u64,
    /// PID of the last sender; 0 if none or not in our PID namespace.
    pub lspid: i32,
    /// PID of the last receiver.
    pub lrpid: i32,
    unused: [u64; 2],
}

/// `struct msginfo`, as MSG_INFO fills it.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MsgInfo {
    /// Queues that exist.
    pub queues: i32,
    /// Messages in all queues.
    pub messages: i32,
    /// `msgmax`: bytes in one message.
    pub msgmax: i32,
    /// `msgmnb`: bytes a new queue may hold.
    pub msgmnb: i32,
    /// `msgmni`: queues that may exist.
    pub msgmni: i32,
    msgssz: i32,
    /// Bytes in all queues.
    pub bytes: i32,
    msgseg: u16,
}

/// msgget(2): the queue of `key`, or a new one.
pub fn msgget(key: u32, flags: i32) -> Result<MsqId, Errno> {
    // SAFETY: msgget takes two integers and touches no memory of ours.
    let id = unsafe { libc::msgget(key as libc::key_t, flags) };
    Errno::result(id).map(MsqId)
}

/// msgsnd(2): `message` is the type (native `long`, [`TYPE_SIZE`] bytes) with the body behind it.
///
/// A message shorter than its type is EINVAL, as the kernel says of a wrong size. EINTR is returned: the caller retries.
pub fn msgsnd(id: MsqId, message: &[u8], flags: i32) -> Result<(), Errno> {
    let size = message.len().checked_sub(TYPE_SIZE).ok_or(Errno::EINVAL)?;
    // SAFETY: the kernel reads TYPE_SIZE + size bytes from the pointer, which is exactly the slice's length.
    let sent = unsafe { libc::msgsnd(id.0, message.as_ptr().cast(), size, flags) };
    Errno::result(sent).map(drop)
}

/// msgrcv(2): fills `buffer` with the type and the body behind it; returns the body's length in bytes.
///
/// EINTR is returned: the caller retries.
pub fn msgrcv(id: MsqId, buffer: &mut [u8], msgtyp: i64, flags: i32) -> Result<usize, Errno> {
    let room = buffer.len().checked_sub(TYPE_SIZE).ok_or(Errno::EINVAL)?;
    // SAFETY: the kernel writes at most TYPE_SIZE + room bytes to the pointer, exactly the slice's length.
    let taken = unsafe { libc::msgrcv(id.0, buffer.as_mut_ptr().cast(), room, msgtyp, flags) };
    Errno::result(taken).map(|length| length as usize)
}

/// msgctl(2) IPC_STAT: the queue's facts; needs read permission.
pub fn msg_stat(id: MsqId) -> Result<MsqidDs, Errno> {
    let mut ds = MsqidDs::default();
    // SAFETY: IPC_STAT writes one struct msqid64_ds, which `ds` is, and keeps no pointer.
    let done = unsafe { libc::syscall(libc::SYS_msgctl, id.0, libc::IPC_STAT, &raw mut ds) };
    Errno::result(done).map(|_| ds)
}

/// msgctl(2) MSG_STAT_ANY: identifier and facts of the queue in slot `index`, whoever may read it.
///
/// EINVAL or EIDRM: the slot is empty. Only the index part of an identifier counts, so compare what comes back.
pub fn msg_stat_any(index: i32) -> Result<(MsqId, MsqidDs), Errno> {
    let mut ds = MsqidDs::default();
    // SAFETY: MSG_STAT_ANY writes one struct msqid64_ds, which `ds` is, and keeps no pointer.
    let id = unsafe { libc::syscall(libc::SYS_msgctl, index, MSG_STAT_ANY, &raw mut ds) };
    Errno::result(id).map(|id| (MsqId(id as i32), ds))
}

/// msgctl(2) MSG_STAT: identifier of the queue in slot `index`; needs read permission.
///
/// EACCES: it may not be read. EINVAL or EIDRM: the slot is empty.
pub fn msg_stat_by_index(index: i32) -> Result<MsqId, Errno> {
    let mut ds = MsqidDs::default();
    // SAFETY: MSG_STAT writes one struct msqid64_ds, which `ds` is, and keeps no pointer.
    let id = unsafe { libc::syscall(libc::SYS_msgctl, index, MSG_STAT, &raw mut ds) };
    Errno::result(id).map(|id| MsqId(id as i32))
}

/// msgctl(2) MSG_INFO: the highest slot in use, and what all queues use.
pub fn msg_info() -> Result<(i32, MsgInfo), Errno> {
    let mut info = MsgInfo::default();
    // SAFETY: MSG_INFO writes one struct msginfo, which `info` is, and keeps no pointer.
    let highest = unsafe { libc::syscall(libc::SYS_msgctl, 0, MSG_INFO, &raw mut info) };
    Errno::result(highest).map(|highest| (highest as i32, info))
}

/// msgctl(2) IPC_SET: owner, group, mode and qbytes out of `ds`.
pub fn msg_set(id: MsqId, ds: &MsqidDs) -> Result<(), Errno> {
    // SAFETY: IPC_SET reads one struct msqid64_ds, which `ds` is, and keeps no pointer.
    let done = unsafe { libc::syscall(libc::SYS_msgctl, id.0, libc::IPC_SET, &raw const *ds) };
    Errno::result(done).map(drop)
}

/// msgctl(2) IPC_RMID: remove the queue at once; whoever waits gets EIDRM.
pub fn msg_rmid(id: MsqId) -> Result<(), Errno> {
    // SAFETY: IPC_RMID takes no buffer; the null pointer is not read.
    let done = unsafe { libc::msgctl(id.0, libc::IPC_RMID, std::ptr::null_mut()) };
    Errno::result(done).map(drop)
}
