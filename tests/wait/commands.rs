//! Signals while a command of ours runs, and the signals that a command gets.

use std::io::{BufRead, BufReader};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Test;
use crate::peer::{End, Peer};

pub const TESTS: &[Test] = &[
    ("commands::a_command_that_is_read_is_read_to_its_end", a_command_that_is_read_is_read_to_its_end),
    ("commands::term_and_hup_go_to_the_command", term_and_hup_go_to_the_command),
    ("commands::int_is_left_to_the_terminal", int_is_left_to_the_terminal),
    (
        "commands::a_signal_at_any_moment_of_the_start_reaches_it",
        a_signal_at_any_moment_of_the_start_reaches_it,
    ),
    ("commands::a_child_ignored_by_our_parent_is_still_ours", sigchld_ignored),
    ("commands::becoming_another_program_leaves_no_trace", becoming_another_program_leaves_no_trace),
];

/// A program that says "up", its PID, and then the number of each signal in `waits_for` that it gets; it ends with
/// status 9 at a USR1. It waits by sigwait(3), which has no moment at which a signal is overlooked.
fn program(role: &str, waits_for: &str) -> (Peer, i32, impl Iterator<Item = String> + use<>) {
    let script = format!(
        "import os, signal\n\
         mine = {{signal.SIGUSR1, {waits_for}}}\n\
         signal.pthread_sigmask(signal.SIG_BLOCK, mine)\n\
         print('up', os.getpid(), flush=True)\n\
         while got := signal.sigtimedwait(mine, 60):\n\
         \tif got.si_signo == signal.SIGUSR1: exit(9)\n\
         \tprint(got.si_signo, flush=True)\n"
    );
    let mut peer = Peer::start(role, &["python3", "-c", &script]);
    let mut lines = BufReader::new(peer.stdout()).lines().map(Result::unwrap);
    let up = lines.next().unwrap();
    (peer, up.strip_prefix("up ").unwrap().parse().unwrap(), lines)
}

fn end(pid: i32) {
    kill(Pid::from_raw(pid), Signal::SIGUSR1).unwrap();
}

fn term_and_hup_go_to_the_command() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let (mut peer, pid, mut lines) = program("run", "1, 15");
        for _ in 0..3 {
            peer.signal(signal);
            assert_eq!(lines.next().unwrap(), (signal as i32).to_string());
        }
        assert_eq!(peer.ended(), None);
        end(pid);
        assert_eq!(peer.end(), End::Status(9));
        let (mut peer, ..) = program("run", "");
        peer.signal(signal);
        assert_eq!(peer.end(), End::Status(128 + signal as i32));
    }
}

/// Without a terminal it reaches only us: the command goes on, and we die of it after it, or report its status.
fn int_is_left_to_the_terminal() {
    // Of two signals that come together the kernel runs the later handler first: either may be the one we die of.
    for (role, expected) in [("each", [End::Signal(2), End::Signal(15)]), ("run", [End::Status(9); 2])] {
        let (mut peer, pid, mut lines) = program(role, "2, 15");
        peer.signal(Signal::SIGINT);
        peer.signal(Signal::SIGTERM);
        assert_eq!(lines.next().unwrap(), "15");
        end(pid);
        assert!(expected.contains(&peer.end()), "{role}");
        assert_eq!(lines.next(), None);
    }
}

/// What it says of its end is still passed on.
fn a_command_that_is_read_is_read_to_its_end() {
    let (mut peer, pid, mut lines) = program("relay", "1, 15");
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGTERM] {
        peer.signal(signal);
        assert_eq!(lines.next().unwrap(), (signal as i32).to_string());
    }
    end(pid);
    assert_eq!(peer.end(), End::Status(9));
}

fn a_signal_at_any_moment_of_the_start_reaches_it() {
    assert_eq!(Peer::start("starts", &["1000"]).end(), End::Status(0));
}

fn sigchld_ignored() {
    let exec = "$SIG{CHLD} = 'IGNORE'; exec @ARGV";
    let mut all = vec!["perl".to_owned(), "-e".into(), exec.into()];
    all.extend(crate::peer::role("run", &["sh", "-c", "exit 6"]));
    assert_eq!(Peer::run(&all).end(), End::Status(6));
}

fn becoming_another_program_leaves_no_trace() {
    let mut peer = Peer::under_shell("trap '' HUP;", "become", &["grep", "^Sig", "/proc/self/status"]);
    let (end, text) = peer.output();
    assert_eq!(end, End::Status(0));
    let bits = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        u64::from_str_radix(line.trim(), 16).unwrap()
    };
    assert_eq!(bits("SigBlk:"), 0);
    // HUP, as inherited; PIPE is not.
    assert_eq!(bits("SigIgn:") & 0x7fff_ffff, 1);
}
