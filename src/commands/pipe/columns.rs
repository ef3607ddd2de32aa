//! The columns of pipes and FIFOs.

use crate::commands::columns::object::{user, user_or_uid};
use crate::ipc::pipe::{Holder, Level, Pipe, Way};
use crate::proc::process;
use crate::refs::Ref;
use crate::render::{Cell, Column, Format};

pub(super) const PIPE: &[&str] = &["ref", "buffered", "capacity", "full", "writers", "readers", "blocked"];
pub(super) const FIFO: &[&str] =
    &["ref", "owner", "mode", "buffered", "full", "writers", "readers", "blocked"];
pub(super) const LONG: &[&str] =
    &["ref", "dev", "ino", "buffered", "capacity", "full", "writers", "readers", "blocked", "waits_for"];
pub(super) const BLOCKED: &[&str] = &["ref", "buffered", "full", "blocked", "waits_for"];

/// In a table no more than so many processes are named of each sort: one pipe that a thousand have open would make every line
/// as wide.
const FEW: usize = 8;

/// The columns as `format` shows them.
pub(super) fn all(format: Format) -> impl Iterator<Item = &'static Column<Pipe>> {
    static SHORT: [Column<Pipe>; 4] = of_processes::<FEW>();
    static WHOLE: [Column<Pipe>; 4] = of_processes::<{ usize::MAX }>();
    COLUMNS.iter().chain(if format == Format::Table { &SHORT } else { &WHOLE })
}

/// Every column's name and what it is.
pub(crate) fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    all(Format::Table).map(|column| (column.name, column.help))
}

static COLUMNS: &[Column<Pipe>] = &[
    column("ref", "reference: can be typed back", reference),
    column("kind", "pipe or fifo", |pipe| Cell::Word(if pipe.is_fifo { "fifo" } else { "pipe" })),
    column("dev", "device of its file system", |pipe| Cell::Count(pipe.inode.dev)),
    column("ino", "its inode", |pipe| Cell::Count(pipe.inode.ino)),
    column("owner", "a FIFO's owner", |pipe| {
        file(pipe).map_or(Cell::Absent, |stat| user_or_uid(stat.st_uid))
    }),
    column("uid", "a FIFO's owner's uid", |pipe| {
        file(pipe).map_or(Cell::Absent, |stat| Cell::Id(stat.st_uid.into()))
    }),
    column("user", "a FIFO's owner's name", |pipe| file(pipe).map_or(Cell::Absent, |stat| user(stat.st_uid))),
    column("mode", "a FIFO's permissions", |pipe| {
        file(pipe).map_or(Cell::Absent, |stat| Cell::Mode(stat.st_mode & 0o7777))
    }),
    column("buffered", "bytes that wait in it", |pipe| of_level(pipe, |level| Cell::Bytes(level.buffered))),
    column("capacity", "bytes it can hold", |pipe| of_level(pipe, |level| Cell::Bytes(level.capacity))),
    column("full", "a writer would block: all its pages are taken", |pipe| {
        of_level(pipe, |level| level.full.map_or(Cell::Absent, Cell::Flag))
    }),
];

const fn of_processes<const MOST: usize>() -> [Column<Pipe>; 4] {
    [
        column("writers", "who can write: command[PID]:FD", |pipe| {
            words::<MOST>(holders(pipe.other_side(Way::Read)))
        }),
        column("readers", "who can read", |pipe| words::<MOST>(holders(pipe.other_side(Way::Write)))),
        column("blocked", "who waits, to do what", |pipe| words::<MOST>(blocked(pipe))),
        column("waits_for", "who would have to act, and what they do", |pipe| {
            words::<MOST>(waits_for(pipe).into_iter())
        }),
    ]
}

const fn column(name: &'static str, help: &'static str, show: fn(&Pipe) -> Cell) -> Column<Pipe> {
    Column { name, help, show }
}

/// The reference of a pipe: one of its ends; of a FIFO: its path.
fn reference(pipe: &Pipe) -> Cell {
    use std::os::unix::ffi::OsStringExt;
    let reference = match (pipe.is_fifo, pipe.path()) {
        (true, Some(path)) => Some(Ref::Fifo(std::ffi::OsString::from_vec(path.to_vec()).into())),
        _ => pipe.end(),
    };
    reference.map_or(Cell::Absent, |reference| Cell::Safe(reference.to_string()))
}

fn of_level(pipe: &Pipe, show: impl Fn(Level) -> Cell) -> Cell {
    pipe.level.map_or(Cell::Absent, show)
}

/// What a FIFO's file says, looked at through who has it open; one that nobody has, by its path.
fn file(pipe: &Pipe) -> Option<nix::sys::stat::FileStat> {
    use std::os::unix::ffi::OsStrExt;
    if !pipe.is_fifo {
        return None;
    }
    match pipe.ends.first() {
        Some(end) => nix::sys::stat::stat(format!("/proc/{}/fd/{}", end.pid, end.fd).as_str()).ok(),
        None => nix::sys::stat::lstat(std::ffi::OsStr::from_bytes(pipe.path()?)).ok(),
    }
}

fn holders<'a>(holders: impl Iterator<Item = &'a Holder>) -> impl Iterator<Item = Vec<u8>> {
    holders.map(|holder| [named(&holder.comm, holder.pid), format!(":{}", holder.fd).into_bytes()].concat())
}

/// The first `MOST` of them, and how many more there are.
fn words<const MOST: usize>(mut all: impl Iterator<Item = Vec<u8>>) -> Cell {
    let mut shown: Vec<Vec<u8>> = all.by_ref().take(MOST).collect();
    match all.count() {
        0 => {}
        more => shown.push(format!("and {more} more").into_bytes()),
    }
    if shown.is_empty() { Cell::Absent } else { Cell::Text(shown.join(&b", "[..])) }
}

/// A process as `command[PID]`.
fn named(comm: &[u8], pid: i32) -> Vec<u8> {
    [comm, format!("[{pid}]").as_bytes()].concat()
}

fn blocked(pipe: &Pipe) -> impl Iterator<Item = Vec<u8>> {
    pipe.waiters.iter().map(|waiter| {
        let what = match (waiter.fd, waiter.way, waiter.watches) {
            (None, Way::Read, _) => " opening to read",
            (None, Way::Write, _) => " opening to write",
            (_, Way::Read, false) => " reading",
            (_, Way::Write, false) => " writing",
            (_, Way::Read, true) => " watching to read",
            (_, Way::Write, true) => " watching to write",
        };
        [named(&waiter.comm, waiter.pid).as_slice(), what.as_bytes()].concat()
    })
}

/// The processes at the other side of those that wait.
fn waits_for(pipe: &Pipe) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    for way in [Way::Write, Way::Read] {
        let waiting: Vec<i32> =
            pipe.waiters.iter().filter(|waiter| waiter.way == way).map(|waiter| waiter.pid).collect();
        let mut others: Vec<&Holder> = pipe.other_side(way).collect();
        others.dedup_by_key(|other| other.pid);
        if waiting.is_empty() {
            continue;
        }
        if others.is_empty() {
            let who = if way == Way::Write { "a reader" } else { "a writer" };
            all.push(format!("{who}: there is none").into_bytes());
        }
        // Of one that waits for itself and others, the others can help.
        let strangers = others.iter().any(|other| !waiting.contains(&other.pid));
        for other in others.iter().filter(|other| !strangers || !waiting.contains(&other.pid)) {
            let does = format!(" {}", does(other.pid));
            all.push([named(&other.comm, other.pid).as_slice(), does.as_bytes()].concat());
        }
    }
    all
}

/// What a process does, in a word.
fn does(pid: i32) -> &'static str {
    match process::stat(pid).ok().flatten().map(|stat| stat.state) {
        Some('R') => "running",
        Some('S') => "sleeping",
        Some('D') => "in uninterruptible sleep",
        Some('T' | 't') => "stopped",
        Some('Z' | 'X') => "ended",
        _ => "unknown",
    }
}
