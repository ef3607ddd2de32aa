//! Who is blocked on a descriptor (a pipe, a FIFO, a POSIX queue), or on a futex.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::super::fds::{Target, parse_target};
use super::super::maps::Mapping;
use super::super::scan::{Found, OurIpc};
use super::super::{field, file, mappers, process, since};
use super::calls::{Wait, wait};
use super::{Blocked, blocked};
use crate::fault::Fault;

/// What a blocked thread is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// It takes something out.
    Read,
    /// It puts something in.
    Write,
    /// It waits until it can read (poll, select, epoll), maybe of many.
    WatchRead,
    /// It waits until it can write, maybe to many.
    WatchWrite,
    /// It opens it.
    Open,
    /// It waits for a futex at this offset in the mapped object.
    Futex(u64),
}

/// A blocked thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sleeper {
    /// Its process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// The thread's command name.
    pub comm: Vec<u8>,
    /// The process's effective user; `None` if it ended meanwhile.
    pub uid: Option<u32>,
    /// Through which descriptor, where there is one.
    pub fd: Option<i32>,
    /// What it is about to do.
    pub act: Act,
    /// As [`Waiter::since`](super::super::waiters::Waiter::since).
    pub since: Option<i64>,
}

/// Who is blocked on a descriptor that `is_it` says yes to; a thread that waits for several such descriptors is one hit for
/// each. Of one that moves data both are named, though only one of them holds it up. Rights and failures as [`blocked`].
pub fn on_descriptor(is_it: impl Fn(&Target) -> bool + Sync) -> Result<Found<Sleeper>, Fault> {
    sleepers(None, |thread| {
        let fits = |fd: i32| {
            let link = file::link(thread.at.path(format_args!("fd/{fd}")).as_str());
            link.is_ok_and(|link| is_it(&parse_target(&link)))
        };
        let fitting = descriptors(thread).into_iter().filter(|(fd, _)| fits(*fd));
        fitting.map(|(fd, act)| (Some(fd), act)).collect()
    })
}

/// Who waits for a futex in memory that `is_it` says yes to, in the range of offsets of the object that is mapped there;
/// with `ipc`, in that IPC namespace only: a segment of another has the same names in maps. Rights and failures as
/// [`blocked`].
pub fn on_futex(
    ipc: Option<OurIpc>,
    is_it: impl Fn(&Mapping) -> bool + Sync,
    offsets: std::ops::Range<u64>,
) -> Result<Found<Sleeper>, Fault> {
    sleepers_if(ipc, |thread| {
        let Some(Wait::Futex(address)) = wait(&thread.call) else { return None };
        let mapping = mappers::mapping_at(thread.at, address).ok()??;
        let offset = (address - mapping.start).checked_add(mapping.offset)?;
        (is_it(&mapping) && offsets.contains(&offset)).then_some((None, Act::Futex(offset)))
    })
}

fn sleepers_if(
    ipc: Option<OurIpc>,
    pick: impl Fn(&Blocked) -> Option<(Option<i32>, Act)> + Sync,
) -> Result<Found<Sleeper>, Fault> {
    sleepers(ipc, |thread| pick(thread).into_iter().collect())
}

fn sleepers(
    ipc: Option<OurIpc>,
    pick: impl Fn(&Blocked) -> Vec<(Option<i32>, Act)> + Sync,
) -> Result<Found<Sleeper>, Fault> {
    let found = blocked(ipc, |thread| {
        let picked = pick(thread);
        (!picked.is_empty()).then(|| picked.into_iter().map(|(fd, act)| sleeper(thread, fd, act)).collect())
    })?;
    let Found { hits, visible, complete, odd } = found;
    let hits: Vec<Vec<Sleeper>> = hits;
    let mut found = Found { hits: hits.concat(), visible, complete, odd };
    found.hits.sort_by_key(|hit| (hit.pid, hit.tid, hit.fd));
    let threads: Vec<(i32, i32)> = found.hits.iter().map(|hit| (hit.pid, hit.tid)).collect();
    for (hit, since) in found.hits.iter_mut().zip(since::last_ran(&threads)) {
        hit.since = since;
    }
    Ok(found)
}

pub(super) fn sleeper(thread: &Blocked, fd: Option<i32>, act: Act) -> Sleeper {
    let (pid, tid) = (thread.at.pid, thread.tid);
    let comm = process::thread_comm(pid, tid);
    Sleeper { pid, tid, comm, uid: process::uid(pid).ok().flatten(), fd, act, since: None }
}

/// The descriptors that a call waits on, and what for.
fn descriptors(thread: &Blocked) -> Vec<(i32, Act)> {
    match wait(&thread.call) {
        Some(Wait::Read(fd)) => vec![(fd, Act::Read)],
        Some(Wait::Write(fd)) => vec![(fd, Act::Write)],
        Some(Wait::Move { from, to }) => vec![(from, Act::Read), (to, Act::Write)],
        Some(Wait::Poll { address, count }) => polled(thread, address, count).unwrap_or_default(),
        Some(Wait::Select { count, read, write }) => {
            let chosen = |set, act| selected(thread, set, count).into_iter().map(move |fd| (fd, act));
            chosen(read, Act::WatchRead).chain(chosen(write, Act::WatchWrite)).collect()
        }
        Some(Wait::Epoll(fd)) => file::whole(thread.at.path(format_args!("fdinfo/{fd}")).as_str())
            .map(|text| parse_epoll(&text))
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// A process cannot have more descriptors than this (fs.nr_open's own upper bound).
const MOST_DESCRIPTORS: usize = 1 << 26;
/// More than this we do not copy out of another process to look at.
const MOST_POLLED: usize = 1 << 16;

/// The array of struct pollfd of a process.
fn polled(thread: &Blocked, address: u64, count: u64) -> Option<Vec<(i32, Act)>> {
    let count = usize::try_from(count).ok()?.min(MOST_POLLED);
    thread.memory(address, count * size_of::<libc::pollfd>()).map(|bytes| parse_polled(&bytes))
}

/// An array of struct pollfd as a process has it in memory: the descriptors that are watched, and what for.
pub fn parse_polled(bytes: &[u8]) -> Vec<(i32, Act)> {
    let entries = bytes.chunks_exact(size_of::<libc::pollfd>());
    let watched = entries.flat_map(|entry| {
        let fd = i32::from_ne_bytes([entry[0], entry[1], entry[2], entry[3]]);
        watches(fd, i32::from(i16::from_ne_bytes([entry[4], entry[5]])))
    });
    watched.collect()
}

/// What is watched for; POLLIN and EPOLLIN, POLLOUT and EPOLLOUT have the same bits.
fn watches(fd: i32, events: i32) -> Vec<(i32, Act)> {
    let mut acts = Vec::new();
    if events & i32::from(libc::POLLIN) != 0 {
        acts.push((fd, Act::WatchRead));
    }
    if events & i32::from(libc::POLLOUT) != 0 {
        acts.push((fd, Act::WatchWrite));
    }
    // A negative descriptor is one that poll leaves out.
    acts.retain(|(fd, _)| *fd >= 0);
    acts
}

/// The descriptors in a fd_set of a process.
fn selected(thread: &Blocked, address: u64, count: u64) -> Vec<i32> {
    let count = usize::try_from(count).unwrap_or(0).min(MOST_DESCRIPTORS);
    if address == 0 || count == 0 {
        return Vec::new();
    }
    let words = count.div_ceil(64);
    thread.memory(address, words * 8).map(|bytes| parse_selected(&bytes, count)).unwrap_or_default()
}

/// A fd_set: bit N of 64-bit words in the machine's order. Those below `count`.
pub fn parse_selected(bytes: &[u8], count: usize) -> Vec<i32> {
    let words = bytes.chunks_exact(8).filter_map(|word| word.first_chunk().copied()).map(u64::from_ne_bytes);
    let set = words.enumerate().flat_map(|(index, word)| {
        (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index * 64 + bit)
    });
    set.filter(|fd| *fd < count).filter_map(|fd| i32::try_from(fd).ok()).collect()
}

/// The lines `tfd: N events: HEX …` in the fdinfo of an epoll descriptor.
pub fn parse_epoll(text: &[u8]) -> Vec<(i32, Act)> {
    let watched = field::lines(text).filter_map(|line| {
        let mut words = field::words(line.strip_prefix(b"tfd:")?);
        let fd = words.next().and_then(field::decimal)?;
        let events: u32 = words.nth(1).and_then(field::hex)?;
        Some(watches(fd, events.cast_signed()))
    });
    watched.flatten().collect()
}

/// What leads each process to something of its own, and where that lies below its directory in `/proc`.
const ITS_OWN: [(&str, &str); 3] = [("/proc/self", ""), ("/proc/thread-self", ""), ("/dev/fd", "fd")];

/// Where a path of another process leads, through its own root and directories. What it calls `self` is not ours.
pub(super) fn place(thread: &Blocked, directory: i32, path: &[u8]) -> PathBuf {
    let relative = Path::new(std::ffi::OsStr::from_bytes(path));
    for (begin, below) in ITS_OWN {
        if let Ok(rest) = relative.strip_prefix(begin) {
            return Path::new(&thread.at.path(below)).join(rest);
        }
    }
    let start = match (relative.is_absolute(), directory) {
        (true, _) => thread.at.path("root"),
        (false, libc::AT_FDCWD) => thread.at.path("cwd"),
        (false, fd) => thread.at.path(format_args!("fd/{fd}")),
    };
    let relative = relative.strip_prefix("/").unwrap_or(relative);
    Path::new(&start).join(relative)
}

#[cfg(test)]
mod tests;
