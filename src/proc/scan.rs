//! Looking at every process there is, and counting what could be seen.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use nix::errno::Errno;

use super::namespaces::{self, Sort};
use super::{file, process};
use crate::fault::Fault;

/// Below this many processes or pipes, starting threads costs more than it saves.
const WORTH_THREADS: usize = 200;
/// More threads than this only wait for each other's locks.
const MOST_THREADS: usize = 4;

/// «N of M processes visible».
///
/// M counts the processes in `/proc` that could be what was looked for: no kernel threads, no zombies, no processes that
/// ended meanwhile, and none that is known to be in another IPC namespace when an object of ours was looked for. One that we
/// may not look at counts: nobody knows its namespace. N counts those that we could look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Visible {
    /// Processes looked at: N.
    pub looked: usize,
    /// Processes there were: M.
    pub of: usize,
    /// There may be processes that `/proc` does not list: it is mounted with `hidepid=`, or we are in a PID namespace
    /// below the first one (a container) while the objects may be shared with processes outside.
    pub hidden: bool,
}

impl Visible {
    /// Nothing looked at yet, of what `/proc` lists; another PID namespace's processes do not count here.
    pub fn none_yet() -> Visible {
        Visible { looked: 0, of: 0, hidden: lists_no_first() }
    }

    /// Counts one process, which could be `looked` at or not.
    pub fn count(&mut self, looked: bool) {
        self.of += 1;
        self.looked += usize::from(looked);
    }

    /// True when every process was seen, so that "nobody" means nobody.
    pub fn all(self) -> bool {
        self.looked == self.of && !self.hidden
    }
}

/// What a search through the processes found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// The hits, by PID.
    pub hits: Vec<T>,
    /// How much could be seen; with `complete`, only how much was looked at until then.
    pub visible: Visible,
    /// Everything there was to find has been found, whoever else there is.
    pub complete: bool,
    /// What could not be read for another reason than a missing right.
    pub odd: Vec<Fault>,
}

/// Where to look at a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The process.
    pub pid: i32,
    /// The directory of `/proc` that shows its memory and descriptors: its own, or that of a thread when the first thread
    /// has ended before the others.
    via: i32,
}

impl At {
    /// One of its threads, which shows the same while it lives.
    pub fn of_thread(pid: i32, tid: i32) -> At {
        At { pid, via: tid }
    }

    /// The path of one of its files.
    pub fn path(self, name: impl Display) -> String {
        format!("/proc/{}/{name}", self.via)
    }

    /// True if it cannot have a descriptor here: a kernel thread, or a thread that has ended. Their list is empty too.
    pub fn has_no_files(self) -> bool {
        match process::stat(self.via) {
            Ok(Some(stat)) => stat.is_kernel_thread() || stat.is_zombie(),
            Ok(None) => true,
            Err(_) => false,
        }
    }
}

/// What one process gave.
#[derive(Debug)]
pub enum Look<T> {
    /// It was seen, and these are its hits.
    Seen(Vec<T>),
    /// We have no right to look.
    Denied,
    /// It cannot be what is looked for.
    Outside,
    /// It has neither memory nor namespaces: a kernel thread, a process whose first thread has ended, or none any more.
    Empty,
    /// It could not be read.
    Odd(Fault),
}

impl<T> Look<T> {
    /// The same look, with each hit as others.
    pub fn flat_map<U>(self, hits_of: impl FnMut(T) -> Vec<U>) -> Look<U> {
        match self {
            Look::Seen(hits) => Look::Seen(hits.into_iter().flat_map(hits_of).collect()),
            Look::Denied => Look::Denied,
            Look::Outside => Look::Outside,
            Look::Empty => Look::Empty,
            Look::Odd(fault) => Look::Odd(fault),
        }
    }

    /// A look that failed; `what` completes "cannot …".
    pub fn failed(errno: Errno, what: impl Display) -> Look<T> {
        match errno {
            Errno::ENOENT | Errno::ESRCH => Look::Empty,
            Errno::EACCES | Errno::EPERM => Look::Denied,
            errno => Look::Odd(Fault::os(what, errno)),
        }
    }
}

/// Looks at every process by `look`, in threads when there are many. Ends early, `complete`, once `enough` says of the hits so
/// far that there can be no more; it is asked after each process with hits.
pub fn every_process<T: Send>(
    look: impl Fn(At) -> Look<T> + Sync,
    enough: impl Fn(&[T]) -> bool + Sync,
) -> Result<Found<T>, Fault> {
    first_then_every(&[], look, enough)
}

/// As [`every_process`], but these processes first: when the hits among them are enough, no other is looked at.
pub fn first_then_every<T: Send>(
    first: &[i32],
    look: impl Fn(At) -> Look<T> + Sync,
    enough: impl Fn(&[T]) -> bool + Sync,
) -> Result<Found<T>, Fault> {
    let mut pids = process::pids()?;
    pids.sort_unstable();
    // A PID in `first` may be nobody's, or stand there twice.
    let (mut first, mut pids): (Vec<i32>, Vec<i32>) = pids.into_iter().partition(|pid| first.contains(pid));
    let visible = Visible { looked: 0, of: 0, hidden: hides() };
    let found = Mutex::new(Found { hits: Vec::new(), visible, complete: false, odd: Vec::new() });
    let complete = AtomicBool::new(enough(&[]));
    let work = |pids: &mut [i32]| {
        for pid in pids {
            if complete.load(Ordering::Relaxed) {
                break;
            }
            let look = settled(*pid, &look);
            if matches!(look, Look::Outside | Look::Empty) {
                continue;
            }
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            if found.add(look) && enough(&found.hits) {
                complete.store(true, Ordering::Relaxed);
            }
        }
    };
    work(&mut first);
    if !complete.load(Ordering::Relaxed) {
        in_parts(&mut pids, work);
    }
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.complete = complete.into_inner();
    Ok(found)
}

impl<T> Found<T> {
    /// Counts one look; true when it brought hits.
    fn add(&mut self, look: Look<T>) -> bool {
        self.visible.of += 1;
        match look {
            Look::Seen(hits) => {
                self.visible.looked += 1;
                let any = !hits.is_empty();
                self.hits.extend(hits);
                return any;
            }
            Look::Odd(fault) => self.odd.push(fault),
            Look::Denied | Look::Outside | Look::Empty => {}
        }
        false
    }
}

/// One process's look, by another of its threads if the first one has ended: what is left of that shows nothing, and its
/// files belong to root.
fn settled<T>(pid: i32, look: impl Fn(At) -> Look<T>) -> Look<T> {
    match look(At { pid, via: pid }) {
        Look::Empty => by_other_thread(pid, look),
        Look::Denied => match process::stat(pid) {
            Ok(None) => Look::Empty,
            Ok(Some(stat)) if stat.is_kernel_thread() => Look::Empty,
            Ok(Some(stat)) if stat.is_zombie() => by_other_thread(pid, look),
            _ => Look::Denied,
        },
        look => look,
    }
}

fn by_other_thread<T>(pid: i32, look: impl Fn(At) -> Look<T>) -> Look<T> {
    let threads = file::numbers_in(format!("/proc/{pid}/task").as_str()).unwrap_or_default();
    let others = threads.into_iter().filter(|tid| *tid != pid);
    others.map(|via| look(At { pid, via })).find(|look| !matches!(look, Look::Empty)).unwrap_or(Look::Empty)
}

/// Does `work` on all of `items`: in parts, by several threads, where there are many. What no thread can be had for, this one
/// does.
pub fn in_parts<T: Send>(items: &mut [T], work: impl Fn(&mut [T]) + Sync) {
    let threads = threads_for(items.len());
    if threads == 1 {
        return work(items);
    }
    let parts = Mutex::new(items.chunks_mut(items.len().div_ceil(threads)));
    let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    let take = || {
        while let Some(part) = next() {
            work(part);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            let _ = thread::Builder::new().spawn_scoped(scope, take);
        }
        take();
    });
}

fn threads_for(items: usize) -> usize {
    if items < WORTH_THREADS {
        return 1;
    }
    thread::available_parallelism().map_or(1, |cpus| cpus.get().min(MOST_THREADS))
}

/// The inode of the first PID namespace (linux/proc_ns.h PROC_PID_INIT_INO).
const FIRST_PID_NAMESPACE: u64 = 0xEFFF_FFFC;

fn hides() -> bool {
    namespaces::own(Sort::Pid) != Ok(FIRST_PID_NAMESPACE) || lists_no_first()
}

/// Every PID namespace has a process 1, so that a `/proc` without one hides it.
fn lists_no_first() -> bool {
    !std::path::Path::new("/proc/1").exists()
}

/// The IPC namespace that objects are looked for in.
#[derive(Debug, Clone, Copy)]
pub struct OurIpc(u64);

impl OurIpc {
    /// That of the calling thread.
    pub fn own() -> Result<OurIpc, Fault> {
        namespaces::own(Sort::Ipc).map(OurIpc)
    }

    /// True if a process is in it.
    pub fn has(self, at: At) -> Result<bool, Errno> {
        namespaces::inode(&at.path("ns/ipc")).map(|theirs| theirs == self.0)
    }
}

#[cfg(test)]
mod tests;
