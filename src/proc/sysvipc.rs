//! `/proc/sysvipc/{msg,sem,shm}`: the kernel's lists of System V objects (proc_sysvipc(5), linux/ipc/{msg,sem,shm}.c).
//!
//! Columns are found by their heading, so that a newer kernel's further columns do no harm. The files show objects of the
//! reader's IPC namespace, also those that the reader may not read.

use nix::errno::Errno;

use super::{Listing, Odd, field, file};
use crate::fault::Fault;

/// Mode bit of a segment that is removed when the last process detaches it (linux/shm.h).
pub const SHM_DEST: u32 = 0o1000;
/// Mode bit of a segment that is locked into memory (linux/shm.h).
pub const SHM_LOCKED: u32 = 0o2000;

/// Who may do what with an object: the columns that all three lists have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owned {
    /// The key's bits; 0 is IPC_PRIVATE, or an object that is already removed.
    pub key: u32,
    /// The identifier.
    pub id: i32,
    /// Permission bits, of segments also [`SHM_DEST`] and [`SHM_LOCKED`].
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

/// A file, and the headings that we know of it: the first seven make [`Owned`].
struct Table<const N: usize> {
    file: &'static str,
    columns: [&'static str; N],
    /// How many of them every kernel has.
    needed: usize,
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

impl<const N: usize> Table<N> {
    /// Rows and faults of a whole text. Ends with the text, whatever it holds.
    fn parse<T>(&self, text: &[u8], row_of: impl Fn(&Row<'_, N>) -> Result<T, &'static str>) -> Listing<T> {
        let mut listing = Listing { rows: Vec::new(), odd: Vec::new() };
        let mut lines = (1..).zip(field::lines(text));
        let Some((_, heading)) = lines.next() else {
            // Every kernel with System V IPC writes a heading: without one this is not "no objects".
            listing.odd.push(Odd { line: 1, field: "heading" }.fault(self.file));
            return listing;
        };
        let places = self.places(heading);
        if let Some(missing) = (0..self.needed).find(|column| places[*column].is_none()) {
            listing.odd.push(self.no_column(missing, lines.count()));
            return listing;
        }
        let mut words = Vec::new();
        for (line, content) in lines {
            words.clear();
            words.extend(field::words(content));
            match row_of(&Row { table: self, places: &places, words: &words }) {
                Ok(row) => listing.rows.push(row),
                Err(field) => listing.odd.push(Odd { line, field }.fault(self.file)),
            }
        }
        listing
    }

    /// Where in a line each column stands.
    fn places(&self, heading: &[u8]) -> [Option<usize>; N] {
        self.columns.map(|column| field::words(heading).position(|word| word == column.as_bytes()))
    }

    /// The fault of a heading without a column that we need: it costs every line.
    fn no_column(&self, column: usize, lines: usize) -> Fault {
        let column = self.columns[column];
        Fault::new(
            format_args!("read {}", self.file),
            format_args!("line 1: no column {column}; {lines} objects are not shown"),
        )
    }
}

/// One line, parted into words.
struct Row<'a, const N: usize> {
    table: &'a Table<N>,
    places: &'a [Option<usize>; N],
    words: &'a [&'a [u8]],
}

impl<const N: usize> Row<'_, N> {
    /// The word of a column, or the column's name if the line ends before it.
    fn word(&self, column: usize) -> Result<&[u8], &'static str> {
        let word = self.places[column].and_then(|place| self.words.get(place));
        word.copied().ok_or(self.table.columns[column])
    }

    fn decimal<T: TryFrom<u64>>(&self, column: usize) -> Result<T, &'static str> {
        field::decimal(self.word(column)?).ok_or(self.table.columns[column])
    }

    /// As [`Row::decimal`], or `None` where the heading has no such column.
    fn if_there(&self, column: usize) -> Result<Option<u64>, &'static str> {
        self.places[column].map(|_| self.decimal(column)).transpose()
    }

    /// The kernel prints its signed time without sign: the bits are what counts.
    fn time(&self, column: usize) -> Result<i64, &'static str> {
        self.decimal::<u64>(column).map(u64::cast_signed)
    }

    /// The kernel prints the key's bits as a signed number.
    fn key(&self) -> Result<u32, &'static str> {
        let number: i64 = field::signed(self.word(0)?).ok_or(self.table.columns[0])?;
        let signed = i32::try_from(number).map(i32::cast_unsigned);
        signed.or_else(|_| u32::try_from(number)).map_err(|_| self.table.columns[0])
    }

    fn owned(&self) -> Result<Owned, &'static str> {
        Ok(Owned {
            key: self.key()?,
            id: self.decimal(1)?,
            mode: field::octal(self.word(2)?).ok_or(self.table.columns[2])?,
            uid: self.decimal(3)?,
            gid: self.decimal(4)?,
            cuid: self.decimal(5)?,
            cgid: self.decimal(6)?,
        })
    }
}

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

#[cfg(test)]
mod tests;
