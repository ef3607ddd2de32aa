//! Listing once, or again and again: what was told of the references that are named, and when there is none left of them.

use std::io;
use std::time::Duration;

use nix::poll::PollFlags;

use crate::commands::{report, stdout};
use crate::fault::Fault;
use crate::render::Look;
use crate::status::Status;
use crate::wait::{self, Stop, Wait};

/// Cursor to the upper left corner, and the screen cleared (ECMA-48 CUP and ED).
const CLEAR: &[u8] = b"\x1b[H\x1b[2J";

/// The references that a list was asked for, from one round to the next.
#[derive(Debug, Default)]
pub struct Told {
    /// Of each reference, what was told of it last.
    last: Vec<Option<Fault>>,
    /// The screen was cleared since: all is told again.
    cleared: bool,
    /// There is more to list than references.
    more: bool,
}

impl Told {
    /// What came of looking at the reference with the number `at` in the line. A fault is reported, unless that is what was
    /// told of it last and still to be read.
    ///
    /// # Errors
    /// The fault's status.
    pub fn look<T>(&mut self, at: usize, looked: Result<T, Fault>) -> Result<T, Status> {
        if self.last.len() <= at {
            self.last.resize(at + 1, None);
        }
        let (found, fault) = match looked {
            Ok(found) => (Ok(found), None),
            Err(fault) => (Err(fault.exit_status()), Some(fault)),
        };
        if let Some(new) = fault.as_ref().filter(|new| self.cleared || self.last[at].as_ref() != Some(new)) {
            report::fault_line(new);
        }
        self.last[at] = fault;
        found
    }

    /// Not only references are listed: there will always be something to look for.
    pub fn has_more(&mut self) {
        self.more = true;
    }

    /// Whether none of what was named is there any more.
    fn is_over(&self) -> bool {
        let gone = |last: &Option<Fault>| {
            last.as_ref().is_some_and(|fault| fault.exit_status() == Status::NOT_FOUND)
        };
        !self.more && !self.last.is_empty() && self.last.iter().all(gone)
    }
}

/// Lists once; with an `interval`, again and again until the reader has gone, or all that was named (status 3).
///
/// `once` is told whether more is to come.
pub fn repeat(
    interval: Option<Duration>,
    look: &Look,
    once: impl Fn(bool, &mut Told) -> anyhow::Result<Status>,
) -> anyhow::Result<Status> {
    let mut told = Told { cleared: look.width.is_some(), ..Told::default() };
    let Some(interval) = interval else { return once(false, &mut told) };
    loop {
        // Before anything is said: an error line is to be seen above the list.
        if told.cleared {
            stdout::write_all(CLEAR)?;
        }
        once(true, &mut told)?;
        if told.is_over() {
            return Ok(Status::NOT_FOUND);
        }
        match wait::ready(io::stdout(), PollFlags::empty(), &Wait::new(false, Some(interval))) {
            Err(Stop::TimedOut) => {}
            Err(stop) => return Err(stop.fault("list again").into()),
            // Only what is wrong with it holds of no event.
            Ok(_) => return Ok(Status::OK),
        }
    }
}
