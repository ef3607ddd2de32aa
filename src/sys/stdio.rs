//! Which of the descriptors 0–2 the caller closed, so that a message is not taken and "written" to nowhere.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use nix::sys::signal::{SigHandler, Signal};

use super::signal::sigaction_swap;

/// Bit N is set when descriptor N was closed at the start.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Whether our parent ignored SIGPIPE.
static SIGPIPE_WAS_IGNORED: AtomicBool = AtomicBool::new(false);

/// Opens /dev/null in place of each that is closed, so that no file that we open gets its number, and notes it. To be called
/// before anything else is opened.
pub fn open_closed() {
    for fd in 0..3 {
        // SAFETY: F_GETFD takes no argument and changes nothing, whatever the descriptor is.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 {
            CLOSED.fetch_or(1 << fd, Ordering::Relaxed);
            // SAFETY: the path is a string with an end. The lowest number that is free, which is this one, is given out.
            unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) };
        }
    }
}

/// Whether standard descriptor `fd` (0, 1 or 2) was closed when the program started. Other numbers: false.
pub fn was_closed(fd: i32) -> bool {
    (0..3).contains(&fd) && CLOSED.load(Ordering::Relaxed) & (1 << fd) != 0
}

/// Ignores SIGPIPE, so that a write to nobody is an error, and notes whether it was ignored before. To be called at the start.
pub fn ignore_sigpipe() {
    let set = |to| sigaction_swap(Signal::SIGPIPE, to);
    // With the first handler musl unblocks signals of its own, 34 among them, which is RTMIN to everybody else. Let it do
    // that now, before a command blocks RTMIN.
    let before = if cfg!(target_env = "musl") { Some(set(SigHandler::Handler(nothing))) } else { None };
    // The call has no reason to fail; if it did, a write to nobody would end us instead of being an error.
    let now = set(SigHandler::SigIgn);
    let was_ignored = matches!(before.unwrap_or(now), Ok(SigHandler::SigIgn));
    SIGPIPE_WAS_IGNORED.store(was_ignored, Ordering::Relaxed);
}

extern "C" fn nothing(_: i32) {}

/// Whether our parent ignored SIGPIPE.
pub fn sigpipe_was_ignored() -> bool {
    SIGPIPE_WAS_IGNORED.load(Ordering::Relaxed)
}
