//! One POSIX semaphore in shared memory, by atomic instructions and futexes on the layout that 64-bit glibc has had since
//! 2.21: a 64-bit word whose low half is the value and whose high half counts those who wait.
//!
//! Whoever waits is counted before it looks at the value, and whoever posts adds to the value before it looks at the
//! count: so a post is never missed. A woken waiter tries to take before it looks at the clock or at signals: so a wake is
//! never lost either.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use nix::errno::Errno;

use super::counter::{Count, MOST};
use crate::sys::futex::{Words, futex_wait, futex_wake};
use crate::wait::{self, Stop, Turn, Wait};

/// One who waits, in the high half.
const WAITER: u64 = 1 << 32;

/// Where a `sem_t` says whether it is shared between processes, in bytes from its beginning.
const SHARED_AT: usize = 8;

/// What stands there if it is (FUTEX_PRIVATE_FLAG: glibc turns it round).
const SHARED: u32 = 128;

/// From the first bytes of a `sem_t`.
pub fn count(bytes: &[u8]) -> Option<Count> {
    let word = u64::from_ne_bytes(*bytes.first_chunk()?);
    let shared = u32::from_ne_bytes(*bytes.get(SHARED_AT..)?.first_chunk()?);
    Some(Count { value: low(word), waiters: high(word), shared: shared == SHARED })
}

/// The bytes of a new `sem_t` with this value.
pub fn bytes(value: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&u64::from(value).to_ne_bytes());
    bytes[SHARED_AT..SHARED_AT + 4].copy_from_slice(&SHARED.to_ne_bytes());
    bytes
}

fn low(word: u64) -> u32 {
    (word & u64::from(u32::MAX)) as u32
}

fn high(word: u64) -> u32 {
    (word >> 32) as u32
}

/// A semaphore in memory of ours and others.
///
/// Every call: EINVAL where it is not aligned or not inside the memory, ENXIO when its file was cut short.
#[derive(Debug)]
pub struct Semaphore(Words);

impl Semaphore {
    /// The semaphore at the beginning of `words`.
    pub fn new(words: Words) -> Semaphore {
        Semaphore(words)
    }

    fn word(&self) -> Result<&AtomicU64, Errno> {
        self.0.wide(0)
    }

    fn kind(&self) -> Result<&AtomicU32, Errno> {
        self.0.narrow(SHARED_AT)
    }

    /// The value's half of the word, on which is slept.
    fn value_half(&self) -> Result<&AtomicU32, Errno> {
        self.0.narrow(if cfg!(target_endian = "little") { 0 } else { 4 })
    }

    /// Value and waiters, as they are now.
    pub fn count(&self) -> Result<Count, Errno> {
        let word = self.word()?.load(Ordering::Acquire);
        let shared = self.kind()?.load(Ordering::Relaxed) == SHARED;
        Ok(Count { value: low(word), waiters: high(word), shared })
    }

    /// Takes one, waiting until there is one.
    ///
    /// # Errors
    /// Nothing was taken.
    pub fn acquire(&self, wait: &Wait) -> Result<(), Stop> {
        match wait::attempt(wait, || self.take(1)) {
            Err(Stop::WouldBlock) if wait.sleeps() => {}
            other => return other,
        }
        let waiter = Waiter::count(self)?;
        let taken = wait::timed(wait, |turn| match turn {
            Turn::Try => self.take(1 + WAITER),
            Turn::Sleep(left) => match futex_wait(self.value_half()?, 0, left) {
                Err(Errno::EINTR) => Err(Errno::EINTR),
                _ => self.take(1 + WAITER),
            },
        });
        if taken.is_ok() {
            waiter.settle();
        }
        taken
    }

    /// Takes one off the value, and what else `off` says, if the value is not zero.
    fn take(&self, off: u64) -> Result<(), Errno> {
        let less = |word: u64| (low(word) > 0).then(|| word.wrapping_sub(off));
        let taken = self.word()?.fetch_update(Ordering::AcqRel, Ordering::Relaxed, less);
        taken.map(drop).map_err(|_| Errno::EAGAIN)
    }

    /// Gives `by`. EOVERFLOW: the value would be above the highest; it stays as it is.
    pub fn release(&self, by: u32) -> Result<(), Errno> {
        let add = |word: u64| {
            low(word).checked_add(by).filter(|value| *value <= MOST).map(|_| word + u64::from(by))
        };
        let before = self.word()?.fetch_update(Ordering::AcqRel, Ordering::Relaxed, add);
        let before = before.map_err(|_| Errno::EOVERFLOW)?;
        if high(before) > 0 { futex_wake(self.value_half()?, by) } else { Ok(()) }
    }

    /// Sets the value, whatever it was, and lets so many go who wait.
    pub fn assign(&self, value: u32) -> Result<(), Errno> {
        let set = |word: u64| Some((word & !u64::from(u32::MAX)) | u64::from(value));
        let before = self.word()?.fetch_update(Ordering::AcqRel, Ordering::Relaxed, set).unwrap_or(0);
        if high(before) > 0 && value > 0 { futex_wake(self.value_half()?, value) } else { Ok(()) }
    }

    /// Makes memory that is all zero a shared semaphore, as sem_init(3) does. EEXIST: somebody was faster.
    pub fn init(&self, value: u32) -> Result<(), Errno> {
        let claimed = self.kind()?.compare_exchange(0, SHARED, Ordering::AcqRel, Ordering::Relaxed);
        claimed.map_err(|_| Errno::EEXIST)?;
        if value == 0 { Ok(()) } else { self.release(value) }
    }
}

/// One waiter, counted until this is dropped.
struct Waiter<'a>(Option<&'a Semaphore>);

impl<'a> Waiter<'a> {
    fn count(semaphore: &'a Semaphore) -> Result<Waiter<'a>, Errno> {
        semaphore.word()?.fetch_add(WAITER, Ordering::AcqRel);
        Ok(Waiter(Some(semaphore)))
    }

    /// It was counted off when it took.
    fn settle(mut self) {
        self.0 = None;
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        // Where the memory is gone there is nothing to count any more.
        if let Some(Ok(word)) = self.0.map(Semaphore::word) {
            word.fetch_sub(WAITER, Ordering::AcqRel);
        }
    }
}
