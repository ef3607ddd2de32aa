//! Undo what we made when we end, however we end.

use super::cancel;

/// Runs a closure when dropped: at the normal end, after a cancel, and in a panic's unwinding.
///
/// A second signal, or SIGKILL, ends the program without it.
#[must_use = "the clean-up runs when this is dropped"]
pub struct Undo<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Undo<F> {
    /// From now on `undo` runs at the end. Signals are caught from here on, so that they cannot skip it.
    pub fn new(undo: F) -> Undo<F> {
        // Without the handlers a signal would end us with the clean-up undone; a failure here has no better answer.
        let _ = cancel::watch();
        Undo(Some(undo))
    }

    /// Gives the clean-up back unrun: what we made shall stay.
    pub fn keep(mut self) {
        self.0 = None;
    }
}

impl<F: FnOnce()> Drop for Undo<F> {
    fn drop(&mut self) {
        if let Some(undo) = self.0.take() {
            undo();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn runs_once_at_the_end() {
        let runs = Cell::new(0);
        drop(Undo::new(|| runs.set(runs.get() + 1)));
        assert_eq!(runs.get(), 1);
    }

    #[test]
    fn kept_things_stay() {
        let runs = Cell::new(0);
        Undo::new(|| runs.set(1)).keep();
        assert_eq!(runs.get(), 0);
    }

    #[test]
    fn runs_in_a_panic() {
        let runs = Cell::new(0);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _undo = Undo::new(|| runs.set(1));
            panic!("on purpose");
        }));
        assert!(caught.is_err());
        assert_eq!(runs.get(), 1);
    }
}
