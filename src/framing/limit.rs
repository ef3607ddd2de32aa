//! The limit of a file's size, RLIMIT_FSIZE: an error to be told, not a sudden death.

use nix::sys::signal::{SigHandler, Signal};

use crate::sys::signal::{sigaction_get, sigaction_set};

/// From now on a write beyond the limit is EFBIG, setrlimit(2). By default SIGXFSZ ends us there: nobody would learn how many
/// records were taken, and what we made would stay. A handler, unlike an ignored signal, is no program's that we run.
pub(super) fn expect() {
    if matches!(sigaction_get(Signal::SIGXFSZ), Ok(SigHandler::SigDfl)) {
        // It has no reason to fail; if it did, the limit would end us as it ends others.
        let _ = sigaction_set(Signal::SIGXFSZ, SigHandler::Handler(nothing));
    }
}

extern "C" fn nothing(_: i32) {}
