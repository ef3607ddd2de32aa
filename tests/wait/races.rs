//! No moment at which a signal comes makes a call hang.

use std::time::Duration;

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::Test;
use crate::peer::{End, Peer, let_pass};

pub const TESTS: &[Test] = &[
    ("races::ten_thousand_signals_around_a_read", ten_thousand_signals_around_a_read),
    ("races::ten_thousand_signals_around_msgrcv", ten_thousand_signals_around_msgrcv),
    ("races::ten_thousand_signals_around_an_open", ten_thousand_signals_around_an_open),
    ("races::signals_just_before_the_call", signals_just_before_the_call),
    ("races::signals_while_the_catching_is_set_up", signals_while_the_catching_is_set_up),
];

fn ten_thousand_signals_around_a_read() {
    assert_eq!(Peer::start("rounds", &["pipe", "10000"]).end(), End::Status(0));
}

fn ten_thousand_signals_around_msgrcv() {
    assert_eq!(Peer::start("rounds", &["msgrcv", "10000"]).end(), End::Status(0));
}

fn ten_thousand_signals_around_an_open() {
    let root = tempfile::tempdir().unwrap();
    let fifo = root.path().join("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let what = format!("fifo:{}", fifo.display());
    assert_eq!(Peer::start("rounds", &[&what, "10000"]).end(), End::Status(0));
}

fn signals_just_before_the_call() {
    for what in ["pipe", "msgrcv"] {
        assert_eq!(Peer::start("late", &[what, "100"]).end(), End::Status(0), "{what}");
    }
}

/// From the process's start to its sleep, 300 processes: each dies of its signal, whatever it was doing.
fn signals_while_the_catching_is_set_up() {
    for round in 0..300_u64 {
        let signal = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP][usize::try_from(round % 3).unwrap()];
        let mut peer = Peer::start("sleep", &[["pipe", "msgrcv"][usize::from(round % 2 == 0)]]);
        let_pass(Duration::from_micros(round * 10));
        peer.signal(signal);
        assert_eq!(peer.end(), End::Signal(signal as i32), "round {round}");
    }
}
