//! `/proc` as data: pure parsers over bytes, and tiny readers beside them.
//!
//! | module | what it tells | main entries |
//! |---|---|---|
//! | [`sysvipc`] | the three lists of System V objects | `msg()`, `sem()`, `shm()` → [`Listing`]; `parse_msg` … |
//! | [`process`] | processes: command, owner, state, start | `processes()`, `pids()`, `stat(pid)`, `uid(pid)`, `comm(pid)`, `arguments(pid)`, `Lives` |
//! | [`status`] | signals, ids, memory of a process or thread | `status(pid)`, `of_thread(pid, tid)`, `threads(pid)`, `Signals` |
//! | [`limits`] | its resource limits | `limits(pid)` |
//! | [`fds`] | its open descriptors; who has something open | `descriptors(pid)`, `info(pid, fd)`, `openers(is_it)` → [`Found`] |
//! | [`maps`] | its mappings | `mappings(pid)`, `parse` |
//! | [`smaps`] | what each mapping has in memory | `usages(pid)`, `parse` |
//! | [`mappers`] | who maps a file, memfd, POSIX shared memory | `mappers(&Object)` → [`Found`] |
//! | [`sharers`] | every shared mapping; who maps the same object | `shared()`, `sharers(&Mapping, pid)` → [`Found`] |
//! | [`backing`] | what a mapping is of | `Backing::of(&Mapping)` |
//! | [`attached`] | who has a System V segment attached | `attached(&[Segment], likely_pids)` → [`Found`] |
//! | [`syscall`] | where a thread is blocked | `doing(pid, tid)`, `parse` |
//! | [`blocked`] | every blocked thread | `blocked(ipc, pick)` → [`Found`] |
//! | [`blocked::calls`] | what a call waits on | `wait(&Call)` |
//! | [`blocked::sleepers`] | who is blocked on a descriptor, on a futex | `on_descriptor(is_it)`, `on_futex(ipc, is_it, offsets)` → [`Found`] |
//! | [`blocked::openings`] | who is blocked in opening a FIFO, and which | `openings()` → [`Found`] |
//! | [`waiters`] | who waits for a System V queue or set | `waiters(&[Awaited])`, `every()` → [`Found`] |
//! | [`since`] | when a blocked thread last ran | `last_ran(&[(pid, tid)])` |
//! | [`sigwait`] | the signals that a thread sleeps for | `awaited(pid, tid)` |
//! | [`zombie`] | how a process that is not reaped yet ended | `wait_status(pid)` |
//! | [`namespaces`] | namespace inodes | `own(sort)`, `of(pid, sort)` |
//! | [`names`] | user and group names | `Names::new()`, `.user(uid)`, `.group(gid)`, `.uid(name)`, `.gid(name)` |
//! | [`hugepages`] | the sizes of huge pages | `sizes()` |
//! | [`sysctl`] | kernel settings under `/proc/sys` | `Sysctl("kernel/msgmni").number()`, `.numbers()`, `.set(&[…])` |
//!
//! A process that ends between the list and the look is no error: it is left out, or is `None`. A line that does not parse
//! is an [`Odd`] naming line and field, and a [`Fault`] that names the file too; good lines beside it are kept.

pub mod attached;
pub mod backing;
pub mod blocked;
pub mod fds;
mod field;
mod file;
pub mod hugepages;
pub mod limits;
pub mod mappers;
pub mod maps;
pub mod names;
pub mod namespaces;
pub mod process;
mod scan;
pub mod sharers;
pub mod sigwait;
pub mod since;
pub mod smaps;
pub mod status;
pub mod syscall;
pub mod sysctl;
pub mod sysvipc;
#[cfg(test)]
mod testing;
pub mod waiters;
pub mod zombie;

pub use scan::{At, Found, OurIpc, Visible, in_parts};

use crate::fault::Fault;

/// The good rows of a list, and one fault for each line that did not parse: nothing is lost silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// What parsed, in the order of the file.
    pub rows: Vec<T>,
    /// What did not, each naming file, line and field.
    pub odd: Vec<Fault>,
}

/// A line that is not as the kernel writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd {
    /// Its number, from 1.
    pub line: usize,
    /// The first field that is missing or not a number in its range.
    pub field: &'static str,
}

impl Odd {
    /// The error line for this place in `file`.
    pub fn fault(self, file: &str) -> Fault {
        Fault::new(
            format_args!("read {file}"),
            format_args!("line {}: field {} is missing or odd", self.line, self.field),
        )
    }
}
