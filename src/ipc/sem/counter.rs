//! One POSIX semaphore in shared memory, of either C library: both put a `sem_t` of 32 bytes there, and neither can read
//! the other's.
//!
//! | bytes | glibc, since 2.21 | musl |
//! |---|---|---|
//! | 0–3 | value | value; its highest bit: somebody sleeps |
//! | 4–7 | waiters | waiters |
//! | 8–11 | 128: shared between processes | 0: shared between processes |
//! | file in `/dev/shm` | `sem.NAME` | `NAME` |
//!
//! So the name of a named one's file tells whose it is. In memory, musl's cannot be told from other bytes, and only
//! glibc's are taken.

use nix::errno::Errno;

use super::{glibc, musl};
use crate::sys::futex::Words;
use crate::wait::{Stop, Wait};

/// SEM_VALUE_MAX of both.
pub const MOST: u32 = i32::MAX as u32;

/// Whose layout a semaphore has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// 64-bit glibc.
    Glibc,
    /// 64-bit musl.
    Musl,
}

/// What a semaphore's memory tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Its value.
    pub value: u32,
    /// How many wait; a waiter that was killed stays counted.
    pub waiters: u32,
    /// Made for several processes; false also of memory that was never made a semaphore.
    pub shared: bool,
}

impl Layout {
    /// From the bytes of a `sem_t`; None where they cannot be one.
    pub fn count(self, bytes: &[u8]) -> Option<Count> {
        match self {
            Layout::Glibc => glibc::count(bytes),
            Layout::Musl => musl::count(bytes),
        }
    }
}

/// A semaphore in memory of ours and others.
///
/// Every call: EINVAL where it is not aligned or not inside the memory, ENXIO when its file was cut short.
#[derive(Debug)]
pub enum Counter {
    /// glibc's, and ours.
    Glibc(glibc::Semaphore),
    /// musl's.
    Musl(musl::Semaphore),
}

impl Counter {
    /// The semaphore at the beginning of `words`.
    pub fn new(words: Words, layout: Layout) -> Counter {
        match layout {
            Layout::Glibc => Counter::Glibc(glibc::Semaphore::new(words)),
            Layout::Musl => Counter::Musl(musl::Semaphore::new(words)),
        }
    }

    /// Value and waiters, as they are now.
    pub fn count(&self) -> Result<Count, Errno> {
        match self {
            Counter::Glibc(semaphore) => semaphore.count(),
            Counter::Musl(semaphore) => semaphore.count(),
        }
    }

    /// Takes one, waiting until there is one. An error: nothing was taken.
    pub fn acquire(&self, wait: &Wait) -> Result<(), Stop> {
        match self {
            Counter::Glibc(semaphore) => semaphore.acquire(wait),
            Counter::Musl(semaphore) => semaphore.acquire(wait),
        }
    }

    /// Gives `by`. EOVERFLOW: the value would be above [`MOST`]; it stays as it is.
    pub fn release(&self, by: u32) -> Result<(), Errno> {
        match self {
            Counter::Glibc(semaphore) => semaphore.release(by),
            Counter::Musl(semaphore) => semaphore.release(by),
        }
    }

    /// Sets the value, whatever it was, and lets so many go who wait.
    pub fn assign(&self, value: u32) -> Result<(), Errno> {
        match self {
            Counter::Glibc(semaphore) => semaphore.assign(value),
            Counter::Musl(semaphore) => semaphore.assign(value),
        }
    }
}
