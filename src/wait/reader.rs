//! Noticing that nobody reads standard output any more, while we sleep in a call that does not poll.
//!
//! What such a call took then would be lost: a message out of a queue has no other place. So a thread polls standard output,
//! and breaks the call as `ctrlc`'s thread does.

use std::io::stdout;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, SigmaskHow};

use super::cancel::KICK;
use super::stop::Stop;
use crate::sys::signal::{tgkill, thread_id};

/// The thread is there, or could not be had.
static WATCHED: AtomicBool = AtomicBool::new(false);
/// The reader is gone.
static GONE: AtomicBool = AtomicBool::new(false);
/// The waiting thread has seen that.
static SEEN: AtomicBool = AtomicBool::new(false);

/// Watches standard output from now on, for the calling thread. Where no thread is to be had, nothing is noticed.
///
/// Sleeps must be breakable already (`cancel::arm`).
pub(super) fn watch() -> nix::Result<()> {
    if WATCHED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let sleeper = thread_id();
    // The new thread inherits a full mask: every signal is handled in this one and breaks its call.
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let _ = thread::Builder::new().stack_size(64 * 1024).spawn(move || await_end(sleeper));
    before.thread_set_mask()
}

/// [`Stop::Failed`] with EPIPE if the reader is gone. Costs no system call.
pub(super) fn check() -> Result<(), Stop> {
    if !GONE.load(Ordering::Relaxed) {
        return Ok(());
    }
    SEEN.store(true, Ordering::Relaxed);
    Err(Stop::Failed(Errno::EPIPE))
}

/// The thread: sleeps until the reader is gone, then breaks `sleeper`'s calls until that one has seen it.
fn await_end(sleeper: i32) {
    let out = stdout();
    let mut watched = [PollFd::new(out.as_fd(), PollFlags::empty())];
    while let Ok(0) | Err(Errno::EINTR) = poll(&mut watched, PollTimeout::NONE) {}
    GONE.store(true, Ordering::Relaxed);
    let mut pause = Duration::from_millis(1);
    while !SEEN.load(Ordering::Relaxed) {
        let _ = tgkill(sleeper, KICK);
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}
