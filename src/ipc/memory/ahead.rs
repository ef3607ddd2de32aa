//! The page faults of a long transfer, taken by a thread of its own a little ahead of it: they cost as much as the copy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};

use super::Access;
use super::attached::Pages;

/// The thread runs at most this far ahead, so that what it brought is still in the cache when it is needed.
const LEAD: u64 = 8 << 20;
/// What one call of the kernel brings in.
const STEP: u64 = 1 << 20;
/// A shorter transfer is over before a thread has begun.
pub(super) const WORTH_IT: u64 = 16 << 20;
/// Where a step begins: a multiple of every page size.
const ALIGNED: u64 = 1 << 16;

/// Ends the thread when dropped.
#[derive(Debug)]
pub struct Ahead {
    course: Arc<Course>,
    thread: Thread,
}

/// What the two threads tell each other.
#[derive(Debug)]
struct Course {
    start: u64,
    end: u64,
    reached: AtomicU64,
    ended: AtomicBool,
}

impl Ahead {
    /// Begins for a transfer from `start` to `end`; None where it is not worth a thread, or none is to be had: the transfer
    /// then takes its faults itself.
    pub(super) fn begin(pages: Pages, start: u64, end: u64, access: Access) -> Option<Ahead> {
        if end.saturating_sub(start) < WORTH_IT {
            return None;
        }
        let (reached, ended) = (AtomicU64::new(start), AtomicBool::new(false));
        let course = Arc::new(Course { start, end, reached, ended });
        let shared = Arc::clone(&course);
        let thread = thread::Builder::new().spawn(move || shared.run(&pages, access)).ok()?;
        Some(Ahead { course, thread: thread.thread().clone() })
    }

    /// Tells that the transfer has come to `at`.
    pub fn reached(&self, at: u64) {
        let before = self.course.reached.swap(at, Ordering::Relaxed);
        if before / STEP != at / STEP {
            self.thread.unpark();
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.course.ended.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

impl Course {
    fn run(&self, pages: &Pages, access: Access) {
        let mut done = 0;
        while done < self.end && !self.ended.load(Ordering::Relaxed) {
            let reached = self.reached.load(Ordering::Relaxed);
            // What the transfer is about to touch it brings in itself: two at the same pages only get in each other's way.
            done = done.max(reached - reached % ALIGNED + 2 * STEP);
            if done >= self.end {
                return;
            }
            // A stream may end anywhere: no further ahead than it has come, lest it costs pages that nobody asked for.
            let goal = reached.saturating_add(LEAD.min(reached - self.start)).min(self.end);
            if goal < self.end.min(done + STEP) {
                thread::park();
                continue;
            }
            let length = STEP.min(goal - done);
            if pages.bring(done, length, access).is_err() {
                // Before Linux 5.14, or a page that cannot be had: the transfer will tell.
                return;
            }
            done += length;
        }
    }
}
