//! Trying for a while before sleeping.
//!
//! A sleep and a wake across processors cost some 30 µs, in which a peer that is at work passes dozens of messages: we try for
//! about as long as they would cost, in which the peer can read or write a block too. Where the peer does not run while we try
//! (one processor for both, a busy machine, nobody who sends) the trying is in vain, and is soon given up.

use std::cell::Cell;
use std::hint::spin_loop;

use crate::wait::{self, Stop, Wait};

/// How often a call is tried before it would do to sleep.
const TRIES: u32 = 100;

/// How long between two tries, in pauses of the processor (0.05 µs each on a server of 2019): each try takes the queue's
/// lock, which the peer needs.
const PAUSES: u32 = 8;

/// After so many waits in a row for which trying was in vain it is left off,
const GIVE_UP: u32 = 8;
/// but for one wait in so many.
const LOOK_AGAIN: u32 = 64;

/// What a queue's end has learnt about its peer.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// Waits since trying last helped.
    in_vain: Cell<u32>,
}

impl Patience {
    /// [`wait::attempt`], again and again for some microseconds where that has helped and `wait` would sleep.
    pub(super) fn attempt<T>(
        &self,
        wait: &Wait,
        mut call: impl FnMut() -> nix::Result<T>,
    ) -> Result<T, Stop> {
        let first = wait::attempt(wait, &mut call);
        if !matches!(first, Err(Stop::WouldBlock)) || !wait.sleeps() {
            return first;
        }
        let in_vain = self.in_vain.get();
        if in_vain < GIVE_UP || in_vain.is_multiple_of(LOOK_AGAIN) {
            for _ in 1..TRIES {
                (0..PAUSES).for_each(|_| spin_loop());
                let tried = wait::attempt(wait, &mut call);
                if !matches!(tried, Err(Stop::WouldBlock)) {
                    self.in_vain.set(0);
                    return tried;
                }
            }
        }
        self.in_vain.set(in_vain.wrapping_add(1));
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::errno::Errno;

    /// How many calls one wait makes that is answered at the `helped`th, if it comes to that.
    fn calls(patience: &Patience, helped: Option<u32>) -> u32 {
        let mut calls = 0;
        let _ = patience.attempt(&Wait::forever(), || {
            calls += 1;
            if Some(calls) == helped { Ok(()) } else { Err(Errno::EAGAIN) }
        });
        calls
    }

    #[test]
    fn trying_is_given_up_when_it_is_in_vain_and_taken_up_when_it_helps() {
        let patience = Patience::default();
        assert_eq!(calls(&patience, None), TRIES);
        assert_eq!(calls(&patience, Some(30)), 30);
        for _ in 0..GIVE_UP {
            assert_eq!(calls(&patience, None), TRIES);
        }
        for _ in GIVE_UP..LOOK_AGAIN {
            assert_eq!(calls(&patience, Some(2)), 1);
        }
        assert_eq!(calls(&patience, Some(2)), 2, "one wait in {LOOK_AGAIN} looks again");
        assert_eq!(calls(&patience, None), TRIES);
    }

    #[test]
    fn who_shall_not_wait_tries_once() {
        let mut calls = 0;
        let tried = Patience::default().attempt(&Wait::nowait(), || {
            calls += 1;
            Err::<(), _>(Errno::EAGAIN)
        });
        assert_eq!((tried, calls), (Err(Stop::WouldBlock), 1));
    }
}
