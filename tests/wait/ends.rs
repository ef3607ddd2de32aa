//! Deadlines, STOP and CONT, ignored signals, second signals, clean-up, closed descriptors.

use std::io::{BufRead, BufReader, Write};
use std::time::{Duration, Instant};

use ipctool::sys::sysv::{msg, sem};
use nix::sys::signal::Signal;

use crate::Test;
use crate::peer::{End, Peer, let_pass, role};

pub const TESTS: &[Test] = &[
    ("ends::a_deadline_holds_and_not_before", a_deadline_holds_and_not_before),
    ("ends::stop_and_cont_change_nothing", stop_and_cont_change_nothing),
    ("ends::stop_and_cont_do_not_move_the_deadline", stop_and_cont_do_not_move_the_deadline),
    ("ends::ignored_signals_stay_ignored", ignored_signals_stay_ignored),
    ("ends::an_inherited_mask_does_not_hang_the_deadline", an_inherited_mask_does_not_hang_the_deadline),
    ("ends::a_second_signal_ends_at_once", a_second_signal_ends_at_once),
    ("ends::two_signals_of_one_request_clean_up", two_signals_of_one_request_clean_up),
    ("ends::what_is_being_taken_outlives_a_second_signal", what_is_being_taken_outlives_a_second_signal),
    ("ends::what_has_happened_is_said_whatever_comes", what_has_happened_is_said_whatever_comes),
    ("ends::timeout_lets_us_clean_up", timeout_lets_us_clean_up),
    ("ends::a_panic_cleans_up_and_ends_with_101", a_panic_cleans_up_and_ends_with_101),
    ("ends::closed_descriptors_are_known", closed_descriptors_are_known),
];

/// A System V object that goes with the test.
struct Object {
    queue: msg::MsqId,
    set: sem::SemId,
}

impl Object {
    fn new() -> Object {
        Object { queue: msg::msgget(0, 0o600).unwrap(), set: sem::semget(0, 1, 0o600).unwrap() }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        let _ = msg::msg_rmid(self.queue);
        let _ = sem::sem_rmid(self.set);
    }
}

/// Sleeps in `what` with a limit of 150 ms; returns the milliseconds that it took.
fn limited(what: &str) -> u64 {
    let (end, took) = Peer::start("sleep", &[what, "150"]).output();
    assert_eq!(end, End::Status(124), "{what}");
    took.trim().parse().unwrap()
}

fn a_deadline_holds_and_not_before() {
    let object = Object::new();
    for what in ["pipe".to_owned(), "msgrcv".into(), "stdin".into(), format!("semop:{}", object.set.0)] {
        let took = limited(&what);
        assert!(took >= 150, "{what} {took}");
    }
}

fn stop_and_cont_change_nothing() {
    let object = Object::new();
    let calls = [
        (libc::SYS_read, "pipe".to_owned()),
        (libc::SYS_poll, "stdin".into()),
        (libc::SYS_msgrcv, format!("msgrcv:{}", object.queue.0)),
        (libc::SYS_semtimedop, format!("semop:{}", object.set.0)),
    ];
    for (number, what) in calls {
        let mut peer = Peer::start("sleep", &[&what]);
        peer.asleep_in(number);
        for _ in 0..5 {
            peer.signal(Signal::SIGSTOP);
            peer.in_state('T');
            peer.signal(Signal::SIGCONT);
            peer.asleep_in(number);
        }
        match number {
            libc::SYS_msgrcv => msg::msgsnd(object.queue, &[1, 0, 0, 0, 0, 0, 0, 0, 7], 0).unwrap(),
            libc::SYS_semtimedop => sem::sem_setval(object.set, 0, 1).unwrap(),
            libc::SYS_poll => peer.stdin().write_all(b"x").unwrap(),
            _ => {
                peer.signal(Signal::SIGHUP);
                assert_eq!(peer.end(), End::Signal(1));
                continue;
            }
        }
        assert_eq!(peer.end(), End::Status(0), "{what}");
    }
}

/// Stopped beyond its deadline, it ends when it goes on, and not later by the time that it stood.
fn stop_and_cont_do_not_move_the_deadline() {
    const LIMIT: Duration = Duration::from_secs(2);
    let start = Instant::now();
    let mut peer = Peer::start("sleep", &["msgrcv", &LIMIT.as_millis().to_string()]);
    peer.asleep_in(libc::SYS_msgrcv);
    peer.signal(Signal::SIGSTOP);
    peer.in_state('T');
    let_pass(LIMIT);
    let stood = start.elapsed();
    peer.signal(Signal::SIGCONT);
    let (end, took) = peer.output();
    assert_eq!(end, End::Status(124));
    let took = Duration::from_millis(took.trim().parse().unwrap());
    assert!((LIMIT..stood + LIMIT / 2).contains(&took), "{took:?} {stood:?}");
}

fn ignored_signals_stay_ignored() {
    let mut peer = Peer::under_shell("trap '' HUP INT;", "sleep", &["msgrcv"]);
    peer.asleep_in(libc::SYS_msgrcv);
    for _ in 0..3 {
        peer.signal(Signal::SIGHUP);
        peer.signal(Signal::SIGINT);
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", peer.pid())).unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t")).unwrap();
    assert_eq!(u64::from_str_radix(ignored, 16).unwrap() & 0x4003, 3);
    assert_eq!(peer.ended(), None);
    peer.signal(Signal::SIGTERM);
    assert_eq!(peer.end(), End::Signal(15));
}

/// With everything blocked that can be, the timer still breaks the call.
fn an_inherited_mask_does_not_hang_the_deadline() {
    let block =
        "use POSIX; my $all = POSIX::SigSet->new; $all->fillset; sigprocmask(SIG_BLOCK, $all); exec @ARGV";
    let mut all = vec!["perl".to_owned(), "-e".into(), block.into()];
    all.extend(role("sleep", &["msgrcv", "50"]));
    assert_eq!(Peer::run(&all).end(), End::Status(124));
}

fn a_second_signal_ends_at_once() {
    let mut peer = Peer::start("slow-clean", &[]);
    let mut lines = BufReader::new(peer.stdout()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    peer.signal(Signal::SIGINT);
    assert!(lines.any(|line| line.unwrap() == "cleaning"));
    // One that comes within 100 ms counts as the same request; the next does not.
    let start = Instant::now();
    while peer.ended().is_none() {
        assert!(start.elapsed() < Duration::from_secs(30), "the second signal did nothing");
        peer.signal(Signal::SIGTERM);
        let_pass(Duration::from_millis(5));
    }
    assert_eq!(peer.end(), End::Signal(15));
}

/// The first counts, and later ones do not end us before we say so.
fn what_is_being_taken_outlives_a_second_signal() {
    let (end, said) = Peer::start("unbroken", &["given-up"]).output();
    assert_eq!((end, said.as_str()), (End::Signal(2), "still here\n"));
}

fn what_has_happened_is_said_whatever_comes() {
    let (end, said) = Peer::start("unbroken", &["happened"]).output();
    assert_eq!((end, said.as_str()), (End::Status(0), "still here\nstill here\n"));
}

fn two_signals_of_one_request_clean_up() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("made");
    let mut hurried = 0;
    for round in 0..50 {
        let mut peer = Peer::start("clean", &[file.to_str().unwrap()]);
        let mut lines = BufReader::new(peer.stdout()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "ready");
        peer.signal(Signal::SIGTERM);
        if round % 2 == 0 {
            while lines.next().is_some() {}
        }
        peer.signal(Signal::SIGHUP);
        assert!(matches!(peer.end(), End::Signal(1 | 15)));
        hurried += u32::from(std::fs::remove_file(&file).is_ok());
    }
    // Where a machine stands still for 20 ms between the two, they are two requests.
    assert!(hurried < 5, "{hurried} of 50 were not cleaned up");
}

/// coreutils' timeout signals its child, then the child's group: two in a row.
fn timeout_lets_us_clean_up() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("made");
    for _ in 0..5 {
        let mut all = vec!["timeout".to_owned(), "0.1".into()];
        all.extend(role("clean", &[file.to_str().unwrap()]));
        assert_eq!(Peer::run(&all).end(), End::Status(124));
        assert!(!file.exists());
    }
}

/// Our own entry and the unwinder that is linked in, together.
fn a_panic_cleans_up_and_ends_with_101() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("made");
    assert_eq!(Peer::start("panic", &[file.to_str().unwrap()]).end(), End::Status(101));
    assert!(!file.exists());
}

fn closed_descriptors_are_known() {
    for (closed, bits) in [("", 0), ("<&-", 1), (">&-", 2), ("2>&-", 4), ("<&- >&- 2>&-", 7)] {
        let all = role("closed", &[]).join("' '");
        let shell = ["sh".to_owned(), "-c".into(), format!("'{all}' {closed}")];
        assert_eq!(Peer::run(&shell).end(), End::Status(bits), "{closed}");
    }
}
