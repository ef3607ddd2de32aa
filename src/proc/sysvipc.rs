//! `/proc/sysvipc/{msg,sem,shm}`: the kernel's lists of System V objects (proc_sysvipc(5), linux/ipc/{msg,sem,shm}.c).
//!
//! Columns are found by their heading, so that a newer kernel's further columns do no harm. The files show objects of the
//! reader's IPC namespace, also those that the reader may not read.

use nix::errno::Errno;

use super::{Listing, file};
use crate::fault::Fault;

mod table;

use table::Table;

/// Who may do what with an object: the columns that all three lists have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owned {
    /// The key's bits; 0 is IPC_PRIVATE, or an object that is already removed.
    pub key: u32,
    /// The identifier.
    pub id: i32,
    /// Permission bits, of segments also SHM_DEST and SHM_LOCKED.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Owner's group.
    pub gid: u32,
    /// Creator.
    pub cuid: u32,
    /// Creator's group.
    pub cgid: u32,
}

/// One message queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MsgRow {
    /// Key, identifier, mode and owners.
    pub perm: Owned,
    /// Bytes in the queue.
    pub cbytes: u64,
    /// Messages in the queue.
    pub qnum: u64,
    /// PID of the last msgsnd, 0 for none.
    pub lspid: i32,
    /// PID of the last msgrcv, 0 for none.
    pub lrpid: i32,
    /// Time of the last msgsnd, epoch seconds, 0 for never.
    pub stime: i64,
    /// Time of the last msgrcv, epoch seconds, 0 for never.
    pub rtime: i64,
    /// Time of the creation or the last IPC_SET, epoch seconds.
    pub ctime: i64,
}

/// One semaphore set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SemRow {
    /// Key, identifier, mode and owners.
    pub perm: Owned,
    /// Semaphores in the set.
    pub nsems: u64,
    /// Time of the last semop, epoch seconds, 0 for never.
    pub otime: i64,
    /// Time of the creation or the last IPC_SET, epoch seconds.
    pub ctime: i64,
}

/// One shared memory segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShmRow {
    /// Key, identifier, mode and owners.
    pub perm: Owned,
    /// Size in bytes.
    pub size: u64,
    /// PID of the creator.
    pub cpid: i32,
    /// PID of the last shmat or shmdt, 0 for none.
    pub lpid: i32,
    /// Attached mappings.
    pub nattch: u64,
    /// Time of the last shmat, epoch seconds, 0 for never.
    pub atime: i64,
    /// Time of the last shmdt, epoch seconds, 0 for never.
    pub dtime: i64,
    /// Time of the creation or the last IPC_SET, epoch seconds.
    pub ctime: i64,
    /// Bytes in memory; `None` from a kernel that does not tell.
    pub rss: Option<u64>,
    /// Bytes swapped out; `None` from a kernel that does not tell.
    pub swap: Option<u64>,
}

/// Looks at the first block of the list of message queues: is it as the kernel writes it? What cannot be opened is not
/// odd.
///
/// # Errors
/// Its first line that does not parse; an empty file has no heading.
pub fn look_at_msg() -> Result<(), Fault> {
    look_at(MSG.file, parse_msg)
}

/// As [`look_at_msg`], for semaphore sets.
pub fn look_at_sem() -> Result<(), Fault> {
    look_at(SEM.file, parse_sem)
}

/// As [`look_at_msg`], for shared memory segments.
pub fn look_at_shm() -> Result<(), Fault> {
    look_at(SHM.file, parse_shm)
}

/// Message queues of our IPC namespace. Fails when the file cannot be read.
pub fn msg() -> Result<Listing<MsgRow>, Fault> {
    read(MSG.file).map(|text| parse_msg(&text))
}

/// Semaphore sets of our IPC namespace. Fails when the file cannot be read.
pub fn sem() -> Result<Listing<SemRow>, Fault> {
    read(SEM.file).map(|text| parse_sem(&text))
}

/// Shared memory segments of our IPC namespace. Fails when the file cannot be read.
pub fn shm() -> Result<Listing<ShmRow>, Fault> {
    read(SHM.file).map(|text| parse_shm(&text))
}

/// Where a segment's pages are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShmPages {
    /// Identifier.
    pub id: i32,
    /// Bytes in memory.
    pub rss: u64,
    /// Bytes swapped out.
    pub swap: u64,
}

/// Where the pages of each segment are, `None` from a kernel that does not tell. Fails when the file cannot be read.
pub fn shm_pages() -> Result<Listing<Option<ShmPages>>, Fault> {
    read(SHM.file).map(|text| parse_shm_pages(&text))
}

/// The text of `/proc/sysvipc/msg` as rows.
pub fn parse_msg(text: &[u8]) -> Listing<MsgRow> {
    MSG.parse(text, |row| {
        Ok(MsgRow {
            perm: row.owned()?,
            cbytes: row.decimal(7)?,
            qnum: row.decimal(8)?,
            lspid: row.decimal(9)?,
            lrpid: row.decimal(10)?,
            stime: row.time(11)?,
            rtime: row.time(12)?,
            ctime: row.time(13)?,
        })
    })
}

/// The text of `/proc/sysvipc/sem` as rows.
pub fn parse_sem(text: &[u8]) -> Listing<SemRow> {
    SEM.parse(text, |row| {
        Ok(SemRow { perm: row.owned()?, nsems: row.decimal(7)?, otime: row.time(8)?, ctime: row.time(9)? })
    })
}

/// The text of `/proc/sysvipc/shm` as rows.
pub fn parse_shm(text: &[u8]) -> Listing<ShmRow> {
    SHM.parse(text, |row| {
        Ok(ShmRow {
            perm: row.owned()?,
            size: row.decimal(7)?,
            cpid: row.decimal(8)?,
            lpid: row.decimal(9)?,
            nattch: row.decimal(10)?,
            atime: row.time(11)?,
            dtime: row.time(12)?,
            ctime: row.time(13)?,
            rss: row.if_there(14)?,
            swap: row.if_there(15)?,
        })
    })
}

/// The text of `/proc/sysvipc/shm` as places of pages.
pub fn parse_shm_pages(text: &[u8]) -> Listing<Option<ShmPages>> {
    SHM.parse(text, |row| {
        let (rss, swap): (Option<u64>, Option<u64>) = (row.if_there(14)?, row.if_there(15)?);
        let id = row.owned()?.id;
        Ok(rss.zip(swap).map(|(rss, swap)| ShmPages { id, rss, swap }))
    })
}

const MSG: Table<14> = Table {
    file: "/proc/sysvipc/msg",
    columns: [
        "key", "msqid", "perms", "uid", "gid", "cuid", "cgid", "cbytes", "qnum", "lspid", "lrpid", "stime",
        "rtime", "ctime",
    ],
    needed: 14,
};

const SEM: Table<10> = Table {
    file: "/proc/sysvipc/sem",
    columns: ["key", "semid", "perms", "uid", "gid", "cuid", "cgid", "nsems", "otime", "ctime"],
    needed: 10,
};

const SHM: Table<16> = Table {
    file: "/proc/sysvipc/shm",
    columns: [
        "key", "shmid", "perms", "uid", "gid", "cuid", "cgid", "size", "cpid", "lpid", "nattch", "atime",
        "dtime", "ctime", "rss", "swap",
    ],
    needed: 14,
};

/// A kernel without System V IPC has no such file, and no such object: that keeps the status of what is not found.
fn read(path: &str) -> Result<Vec<u8>, Fault> {
    file::whole(path).map_err(|errno| match errno {
        Errno::ENOENT => Fault::os_because(
            format_args!("read {path}"),
            "this kernel has no System V IPC, or /proc is not mounted",
            errno,
        ),
        _ => Fault::os(format_args!("read {path}"), errno),
    })
}

fn look_at<T>(path: &str, parse: impl Fn(&[u8]) -> Listing<T>) -> Result<(), Fault> {
    let Ok(mut block) = file::first_block(path) else { return Ok(()) };
    if let Some(end) = block.iter().rposition(|byte| *byte == b'\n') {
        block.truncate(end + 1);
    }
    parse(&block).odd.into_iter().next().map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests;
