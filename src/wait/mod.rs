//! Waiting: how long a verb may, what ends it early, and what is cleaned up then (SPEC S2 "Waiting").
//!
//! A command builds one [`Wait`] out of its flags and lends it to the verb. The verb makes every call that may sleep
//! through [`timed`] or [`untimed`], whose closure makes the call once without sleeping and then sleeping:
//!
//! ```ignore
//! let message = wait::untimed(&wait, |turn| match turn {
//!     Turn::Try => msgrcv(id, buffer, kind, MsgFlags::NOWAIT),
//!     Turn::Sleep(_) => msgrcv(id, buffer, kind, MsgFlags::empty()),
//! })
//! .map_err(|stop| stop.fault("receive from msgq:42"))?;
//! ```
//!
//! EINTR is retried there (SIGSTOP and SIGCONT change nothing); a [`Stop`] means that nothing was taken or put.
//! A verb that takes writes what it holds before it sleeps. It tries first, and flushes when that would block:
//!
//! ```ignore
//! let taken = match wait::attempt(&wait, || receive(MsgFlags::NOWAIT)) {
//!     Err(Stop::WouldBlock) if wait.sleeps() => {
//!         out.flush()?;
//!         wait::untimed(&wait, |turn| receive(turn.into()))
//!     }
//!     other => other,
//! };
//! ```
//!
//! What was made and must go again is held by an [`Undo`]. Errors return through `main`, whose last line is
//! `cancel::finish(status)`: it dies of the signal if one came. `main` prints no line for a fault that
//! [`cancel::is_cancel`].
//!
//! The thread that waits is the one that first slept: all sleeping is done in one thread (`main`'s).

mod block;
pub mod cancel;
mod deadline;
mod reader;
mod stop;
mod stream;
mod unarmed;
mod undo;

use std::cell::Cell;
use std::time::Duration;

pub use block::{Turn, attempt, timed, untimed};
pub use deadline::{Deadline, parse_duration};
pub use stop::Stop;
pub use stream::{poll_timeout, read, ready, write};
pub use unarmed::any_readable;
pub use undo::Undo;

/// How a command may wait. The deadline is fixed when this is made.
#[derive(Debug, Clone)]
pub struct Wait {
    nowait: bool,
    deadline: Option<Deadline>,
    idle: Option<Duration>,
    past_signals: bool,
    while_read: bool,
    tried: Cell<bool>,
}

impl Wait {
    /// From `--nowait` and `--timeout`: the deadline is `timeout` from now.
    pub fn new(nowait: bool, timeout: Option<Duration>) -> Wait {
        let deadline = timeout.map(Deadline::after);
        Wait { nowait, deadline, idle: None, past_signals: false, while_read: false, tried: Cell::new(false) }
    }

    /// For as long as it takes.
    pub fn forever() -> Wait {
        Wait::new(false, None)
    }

    /// Not at all: what would block is [`Stop::WouldBlock`].
    pub fn nowait() -> Wait {
        Wait::new(true, None)
    }

    /// The same, and each single sleep at most `idle`, after which the stream is over: [`Stop::Idle`].
    pub fn idle(mut self, idle: Option<Duration>) -> Wait {
        self.idle = idle;
        self
    }

    /// The same without `--nowait`, for what that does not speak about: reading the command's own input. Its first
    /// call is free again.
    pub fn sleeping(mut self) -> Wait {
        self.nowait = false;
        self.tried = Cell::new(false);
        self
    }

    /// Moves the deadline by the time that a command of ours ran: that is no wait of ours.
    pub fn extend(&mut self, by: Duration) {
        self.deadline = self.deadline.map(|deadline| deadline.later(by));
    }

    /// The same, not ended by INT, TERM or HUP: for what a command of ours still writes, which gets them itself.
    pub fn past_signals(mut self) -> Wait {
        self.past_signals = true;
        self
    }

    /// The same, ended by EPIPE too when nobody reads standard output any more, if `can_lose_reader`: for what takes, and would
    /// have taken in vain.
    pub fn while_read(mut self, can_lose_reader: bool) -> Wait {
        self.while_read = can_lose_reader;
        self
    }

    /// Whether it ends so: for polls that a verb makes itself.
    pub fn needs_reader(&self) -> bool {
        self.while_read
    }

    /// Whether it may sleep at all: no `--nowait`.
    pub fn sleeps(&self) -> bool {
        !self.nowait
    }

    /// The command's deadline, for calls that this module cannot make.
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// Whether the deadline forbids another call. The first call under this wait is always allowed, so that
    /// `--timeout 0` does what can be done now.
    fn is_over(&self) -> bool {
        self.tried.replace(true) && self.deadline.is_some_and(Deadline::passed)
    }

    /// A signal that has come ends the wait.
    fn check(&self) -> Result<(), Stop> {
        if self.past_signals {
            cancel::acknowledge();
            return Ok(());
        }
        cancel::check()?;
        if self.while_read { reader::check() } else { Ok(()) }
    }

    /// When a sleep that begins now ends at the latest, and what it means then.
    fn until(&self) -> (Option<Deadline>, Stop) {
        let idle = self.idle.map(Deadline::after);
        match (self.deadline, idle) {
            (Some(deadline), Some(idle)) if idle < deadline => (Some(idle), Stop::Idle),
            (None, Some(idle)) => (Some(idle), Stop::Idle),
            (deadline, _) => (deadline, Stop::TimedOut),
        }
    }
}
