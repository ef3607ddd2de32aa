//! A semaphore as musl's C library has it: a word with the value, whose highest bit says that somebody sleeps, and a
//! word that counts those who wait.
//!
//! musl before 1.2.4 marks sleepers by the value -1 instead, and would take the bit for a value far below zero. Which
//! musl the others have cannot be seen. So we never make the mark, which both understand differently: we are counted,
//! which both understand, and look again every [`BETWEEN`] while nobody else has made it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::errno::Errno;

use super::counter::{Count, MOST};
use crate::sys::futex::{Words, futex_wait, futex_wake};
use crate::wait::{self, Stop, Turn, Wait};

/// Somebody sleeps, and wants to be woken.
const SLEEPERS: u32 = 1 << 31;

/// The same, and value 0, before 1.2.4.
const OLD_SLEEPERS: u32 = u32::MAX;

/// Where those who wait are counted, in bytes from the beginning.
const WAITERS_AT: usize = 4;

/// How long we sleep at most where nobody is sure to wake us.
const BETWEEN: Duration = Duration::from_millis(10);

/// From the bytes of a `sem_t` that processes share; None where something else is there: all but the two words is zero.
pub fn count(bytes: &[u8]) -> Option<Count> {
    let (words, rest) = bytes.split_first_chunk::<8>()?;
    let word = |from: usize| words[from..].first_chunk().copied().map(u32::from_ne_bytes);
    let (first, waiters) = (word(0)?, word(WAITERS_AT)?);
    (rest.len() == 24 && rest.iter().all(|byte| *byte == 0)).then(|| told(first, waiters))
}

fn told(first: u32, waiters: u32) -> Count {
    Count { value: value(first), waiters, shared: true }
}

fn value(word: u32) -> u32 {
    if word == OLD_SLEEPERS { 0 } else { word & MOST }
}

/// The word with `by` more. A mark stays as long as somebody else than its maker waits; None: above the highest value.
fn more(word: u32, by: u32, waiters: u32) -> Option<u32> {
    let value = value(word).checked_add(by).filter(|value| *value <= MOST)?;
    let keep = waiters > 1 && word != OLD_SLEEPERS;
    Some(if keep { value | (word & SLEEPERS) } else { value })
}

/// A semaphore in memory of ours and others; errors as those of [`super::counter::Counter`].
#[derive(Debug)]
pub struct Semaphore(Words);

impl Semaphore {
    /// The semaphore at the beginning of `words`.
    pub fn new(words: Words) -> Semaphore {
        Semaphore(words)
    }

    fn word(&self) -> Result<&AtomicU32, Errno> {
        self.0.narrow(0)
    }

    fn waiters(&self) -> Result<&AtomicU32, Errno> {
        self.0.narrow(WAITERS_AT)
    }

    /// Value and waiters, as they are now.
    pub fn count(&self) -> Result<Count, Errno> {
        Ok(told(self.word()?.load(Ordering::Acquire), self.waiters()?.load(Ordering::Relaxed)))
    }

    /// Takes one, waiting until there is one.
    pub fn acquire(&self, wait: &Wait) -> Result<(), Stop> {
        match wait::attempt(wait, || self.take()) {
            Err(Stop::WouldBlock) if wait.sleeps() => {}
            other => return other,
        }
        let _waiter = Waiter::count(self)?;
        wait::timed(wait, |turn| match turn {
            Turn::Try => self.take(),
            Turn::Sleep(left) => match self.sleep(left) {
                Err(Errno::EINTR) => Err(Errno::EINTR),
                _ => self.take(),
            },
        })
    }

    /// Sleeps while the value is 0: until woken where the mark is made, else for a short time.
    fn sleep(&self, left: Option<Duration>) -> Result<(), Errno> {
        let word = self.word()?;
        let seen = word.load(Ordering::Acquire);
        match value(seen) {
            0 if seen & SLEEPERS != 0 => futex_wait(word, seen, left),
            0 => futex_wait(word, seen, Some(left.map_or(BETWEEN, |left| left.min(BETWEEN)))),
            _ => Ok(()),
        }
    }

    fn take(&self) -> Result<(), Errno> {
        let less = |word: u32| (value(word) > 0).then(|| word - 1);
        let taken = self.word()?.fetch_update(Ordering::AcqRel, Ordering::Relaxed, less);
        taken.map(drop).map_err(|_| Errno::EAGAIN)
    }

    /// Gives `by`. EOVERFLOW: the value would be above the highest; it stays as it is.
    pub fn release(&self, by: u32) -> Result<(), Errno> {
        let mut waiters = self.waiters()?.load(Ordering::Acquire);
        let before = self.word()?.fetch_update(Ordering::AcqRel, Ordering::Relaxed, |word| {
            waiters = self.waiters().map_or(0, |counted| counted.load(Ordering::Acquire));
            more(word, by, waiters)
        });
        self.wake(before.map_err(|_| Errno::EOVERFLOW)?, by, waiters)
    }

    /// Sets the value, whatever it was, and lets so many go who wait.
    pub fn assign(&self, value: u32) -> Result<(), Errno> {
        let waiters = self.waiters()?.load(Ordering::Acquire);
        let kept = |word: u32| if word == OLD_SLEEPERS { 0 } else { word & SLEEPERS };
        let set = |word: u32| Some(value | if value > 0 && waiters < 2 { 0 } else { kept(word) });
        let before = self.word()?.fetch_update(Ordering::AcqRel, Ordering::Relaxed, set).unwrap_or(0);
        if value > 0 { self.wake(before, value, waiters) } else { Ok(()) }
    }

    /// Wakes as many as may take one; all, where the mark of the last was taken away.
    fn wake(&self, before: u32, by: u32, waiters: u32) -> Result<(), Errno> {
        match (before & SLEEPERS != 0, waiters) {
            (false, 0) => Ok(()),
            (true, 0 | 1) => futex_wake(self.word()?, u32::MAX),
            _ => futex_wake(self.word()?, by),
        }
    }
}

/// One waiter, counted until this is dropped.
struct Waiter<'a>(&'a Semaphore);

impl<'a> Waiter<'a> {
    fn count(semaphore: &'a Semaphore) -> Result<Waiter<'a>, Errno> {
        semaphore.waiters()?.fetch_add(1, Ordering::AcqRel);
        Ok(Waiter(semaphore))
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        // Where the memory is gone there is nothing to count any more.
        if let Ok(waiters) = self.0.waiters() {
            waiters.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(first: u32, waiters: u32, rest: u8) -> Vec<u8> {
        [&first.to_ne_bytes()[..], &waiters.to_ne_bytes(), &[rest; 24]].concat()
    }

    #[test]
    fn bytes_are_a_semaphore_only_with_nothing_behind_the_two_words() {
        let counted = |value, waiters| Some(Count { value, waiters, shared: true });
        assert_eq!(count(&bytes(3, 0, 0)), counted(3, 0));
        assert_eq!(count(&bytes(SLEEPERS | 3, 2, 0)), counted(3, 2));
        assert_eq!(count(&bytes(OLD_SLEEPERS, 1, 0)), counted(0, 1));
        assert_eq!(count(&bytes(3, 0, 1)), None);
        assert_eq!(count(&bytes(3, 0, 0)[..31]), None);
        assert_eq!(count(&[]), None);
    }

    #[test]
    fn a_post_is_musls_own() {
        assert_eq!(more(0, 1, 0), Some(1));
        assert_eq!(more(SLEEPERS, 1, 1), Some(1));
        assert_eq!(more(SLEEPERS, 1, 2), Some(SLEEPERS | 1));
        assert_eq!(more(OLD_SLEEPERS, 1, 3), Some(1));
        assert_eq!(more(MOST, 1, 0), None);
    }
}
