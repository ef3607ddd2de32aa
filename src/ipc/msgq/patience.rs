//! Trying for a while before sleeping.
//!
//! A sleep and a wake across processors cost some 30 µs, in which a peer that is at work passes dozens of messages. With
//! one processor the peer does not run while we try.

use std::sync::OnceLock;

use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;

use crate::wait::{self, Stop, Wait};

/// How often a call is tried before it would do to sleep.
const TRIES: u32 = 100;

/// [`wait::attempt`], again and again for a few microseconds where the peer can run meanwhile and `wait` would sleep.
pub(super) fn attempt<T>(wait: &Wait, mut call: impl FnMut() -> nix::Result<T>) -> Result<T, Stop> {
    let first = wait::attempt(wait, &mut call);
    if !matches!(first, Err(Stop::WouldBlock)) || !wait.sleeps() || !peer_can_run() {
        return first;
    }
    for _ in 1..TRIES {
        match wait::attempt(wait, &mut call) {
            Err(Stop::WouldBlock) => {}
            other => return other,
        }
    }
    first
}

/// Whether we may run on more than one processor: asked once.
fn peer_can_run() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| {
        sched_getaffinity(Pid::from_raw(0)).is_ok_and(|allowed| {
            (0..CpuSet::count()).filter(|cpu| allowed.is_set(*cpu).unwrap_or(false)).nth(1).is_some()
        })
    })
}
