//! Looking at every process there is, and counting what could be seen.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::errno::Errno;

use super::{file, namespaces, process};
use crate::fault::Fault;

/// Below this many processes, starting threads costs more than it saves.
const WORTH_THREADS: usize = 200;
/// More than this many threads only wait for each other's locks.
const MOST_THREADS: usize = 4;

/// «N of M processes visible».
///
/// M counts the processes in `/proc` that could be what was looked for: not kernel threads, not zombies, not processes that
/// ended meanwhile, and not those that are known to be in another IPC namespace when objects of ours were looked for.
/// N counts those of them that we had the right to look at. Processes that `/proc` does not list at all, because of
/// `hidepid=` or another PID namespace, are in neither; [`Visible::hidden`] tells what can be known of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Visible {
    /// Processes looked at: N.
    pub looked: usize,
    /// Processes there were: M.
    pub of: usize,
    /// `/proc` hides processes from us (`hidepid=`): there are more than M.
    pub hidden: bool,
}

impl Visible {
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
    /// How much could be seen. When `complete` this is only what was looked at until then.
    pub visible: Visible,
    /// Everything there was to find has been found, whoever else there is.
    pub complete: bool,
    /// What could not be read for another reason than a missing right.
    pub odd: Vec<Fault>,
}

/// What one process gave.
pub enum Look<T> {
    /// It was seen, and these are its hits.
    Seen(Vec<T>),
    /// We have no right to look.
    Denied,
    /// It cannot be what is looked for: another namespace, or it has ended.
    Outside,
    /// It could not be read.
    Odd(Fault),
}

/// A [`Look`] that failed: gone, denied, or neither.
pub fn failed<T>(errno: Errno, what: impl std::fmt::Display) -> Look<T> {
    match errno {
        Errno::ENOENT | Errno::ESRCH => Look::Outside,
        errno if file::is_denial(errno) => Look::Denied,
        errno => Look::Odd(Fault::os(what, errno)),
    }
}

/// Looks at every process by `look`, in threads when there are many. Ends early, `complete`, once `enough` says of the hits of
/// the processes so far that there can be no more; `enough` is asked after each process with hits.
pub fn every_process<T: Send>(
    look: impl Fn(i32) -> Look<T> + Sync,
    enough: impl Fn(&[T]) -> bool + Sync,
) -> Result<Found<T>, Fault> {
    let mut pids = process::pids()?;
    pids.sort_unstable();
    let share = Share {
        hits: Vec::new(),
        visible: Visible { hidden: hides(), ..Visible::default() },
        odd: Vec::new(),
    };
    let shared = std::sync::Mutex::new(share);
    let complete = AtomicBool::new(false);
    let work = |pids: &[i32]| {
        for pid in pids {
            if complete.load(Ordering::Relaxed) {
                break;
            }
            let look = settle(look(*pid), *pid);
            let mut share = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if share.add(look) && enough(&share.hits) {
                complete.store(true, Ordering::Relaxed);
            }
        }
    };
    match threads_for(pids.len()) {
        1 => work(&pids),
        threads => thread::scope(|scope| {
            for part in pids.chunks(pids.len().div_ceil(threads)) {
                scope.spawn(|| work(part));
            }
        }),
    }
    let share = shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(Found { hits: share.hits, visible: share.visible, complete: complete.into_inner(), odd: share.odd })
}

struct Share<T> {
    hits: Vec<T>,
    visible: Visible,
    odd: Vec<Fault>,
}

impl<T> Share<T> {
    /// Counts one look; true when it brought hits.
    fn add(&mut self, look: Look<T>) -> bool {
        self.visible.of += usize::from(!matches!(look, Look::Outside));
        match look {
            Look::Seen(hits) => {
                self.visible.looked += 1;
                let any = !hits.is_empty();
                self.hits.extend(hits);
                return any;
            }
            Look::Odd(fault) => self.odd.push(fault),
            Look::Denied | Look::Outside => {}
        }
        false
    }
}

/// A process that we may not look at is still none to count if it has no memory.
fn settle<T>(look: Look<T>, pid: i32) -> Look<T> {
    if !matches!(look, Look::Denied) {
        return look;
    }
    match process::stat(pid) {
        Ok(None) => Look::Outside,
        Ok(Some(stat)) if stat.is_kernel_thread() || (stat.is_zombie() && stat.threads <= 1) => Look::Outside,
        _ => Look::Denied,
    }
}

fn threads_for(processes: usize) -> usize {
    if processes < WORTH_THREADS {
        return 1;
    }
    thread::available_parallelism().map_or(1, |cpus| cpus.get().min(MOST_THREADS))
}

/// Every PID namespace has a process 1, so that a `/proc` without one hides it.
fn hides() -> bool {
    !std::path::Path::new("/proc/1").exists()
}

/// True if a process is in the IPC namespace `own`.
pub fn is_in_ipc(pid: i32, own: u64) -> Result<bool, Errno> {
    namespaces::ipc_of(pid).map(|theirs| theirs == own)
}
