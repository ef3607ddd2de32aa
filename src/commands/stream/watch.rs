//! Seeing the end of one sender before the next one writes.
//!
//! The kernel keeps no mark between two senders of a FIFO. One that leaves its last record without a frame's end is told from the
//! next only by who looks between the two: so after such a record we look again at once, and ask to be woken before others.

use crate::sys::sched::{Policy, is_usual, sched_setattr};

/// How often to look before a sleep: some 1 ms.
pub(super) const LOOKS: usize = 4000;

/// A session of more bytes is one of bulk.
const SHORT: usize = 1 << 20;

/// In nanoseconds: what the kernel gives everybody.
const USUAL_SLICE: u64 = 3_000_000;
/// The least that may be wished for.
const SHORT_SLICE: u64 = 100_000;

/// How closely a FIFO is watched; not at all before [`Watch::begin`].
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Several CPUs, so that a sender can go on while we look.
    worth: bool,
    /// The last session left its last record unfinished.
    sloppy: bool,
    /// Bytes of this session.
    session: usize,
    /// We run before others.
    prompt: bool,
}

impl Watch {
    /// Asks to be woken soon: with real-time priority where we have the privilege, else with a short slice.
    pub(super) fn begin(&mut self) {
        self.worth = std::thread::available_parallelism().is_ok_and(|cpus| cpus.get() > 1);
        // Whom somebody has made nice, or given a policy, keeps it.
        self.prompt = matches!(is_usual(), Ok(true));
        if self.prompt && sched_setattr(Policy::RealTime).is_err() {
            let _ = sched_setattr(Policy::Usual { slice: SHORT_SLICE });
        }
    }

    /// `count` bytes came. A long session is none of many short ones: it has no right to run before others.
    pub(super) fn count(&mut self, count: usize) {
        self.session += count;
        if self.prompt && self.session > SHORT {
            self.prompt = sched_setattr(Policy::Usual { slice: USUAL_SLICE }).is_err();
        }
    }

    /// A session is over; its last record was `unfinished`.
    pub(super) fn end_session(&mut self, unfinished: bool) {
        (self.sloppy, self.session) = (unfinished, 0);
    }

    /// Whether to look again at once, while the last record is `unfinished` or was at the last session's end. In bulk that would
    /// cost more than it is worth.
    pub(super) fn is_eager(&self, unfinished: bool) -> bool {
        self.worth && self.session <= SHORT && (self.sloppy || unfinished)
    }
}
