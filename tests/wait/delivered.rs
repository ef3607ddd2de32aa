//! A message taken is a message written.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ipctool::sys::sysv::msg::{MsqId, msg_rmid, msgget, msgrcv, msgsnd};
use nix::sys::signal::Signal;

use crate::Test;
use crate::peer::{End, Peer, let_pass, role};

pub const TESTS: &[Test] = &[
    ("delivered::under_signals_at_random", under_signals_at_random),
    ("delivered::when_the_reader_is_slow", when_the_reader_is_slow),
    ("delivered::what_is_lost_to_a_reader_that_left_is_counted", what_is_lost_is_counted),
];

/// A queue, and a thread that keeps it filled with the numbers 0, 1, 2 … in text.
struct Filled {
    queue: MsqId,
    stop: Arc<AtomicBool>,
    filling: Option<thread::JoinHandle<u64>>,
}

impl Filled {
    fn new() -> Filled {
        let queue = msgget(0, 0o600).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let filling = thread::spawn(move || {
            let mut number = 0_u64;
            while !stopped.load(Ordering::Relaxed) {
                let message = [&1_i64.to_ne_bytes(), number.to_string().as_bytes()].concat();
                match msgsnd(queue, &message, libc::IPC_NOWAIT) {
                    Ok(()) => number += 1,
                    Err(_) => thread::yield_now(),
                }
            }
            number
        });
        Filled { queue, stop, filling: Some(filling) }
    }

    /// Stops filling; returns how many were sent, and those that nobody took.
    fn rest(&mut self) -> (u64, Vec<u64>) {
        self.stop.store(true, Ordering::Relaxed);
        let sent = self.filling.take().unwrap().join().unwrap();
        let mut rest = vec![];
        let mut room = [0; 72];
        while let Ok(size) = msgrcv(self.queue, &mut room, 0, libc::IPC_NOWAIT) {
            rest.push(std::str::from_utf8(&room[8..8 + size]).unwrap().parse().unwrap());
        }
        (sent, rest)
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = msg_rmid(self.queue);
    }
}

fn numbers(text: &str) -> Vec<u64> {
    assert!(text.is_empty() || text.ends_with('\n'), "a record is cut");
    text.lines().map(|line| line.parse().unwrap()).collect()
}

fn under_signals_at_random() {
    for round in 0..40_u64 {
        let mut filled = Filled::new();
        let mut peer = Peer::start("pump", &[&filled.queue.0.to_string()]);
        let mut reader = BufReader::new(peer.stdout());
        let mut text = String::new();
        reader.read_line(&mut text).unwrap();
        thread::spawn({
            let pid = nix::unistd::Pid::from_raw(peer.pid());
            let signal =
                [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP][usize::try_from(round % 3).unwrap()];
            move || {
                let_pass(Duration::from_micros(round * 137));
                nix::sys::signal::kill(pid, signal)
            }
        });
        reader.read_to_string(&mut text).unwrap();
        assert!(matches!(peer.end(), End::Signal(_)));
        let (sent, rest) = filled.rest();
        let all: Vec<u64> = numbers(&text).into_iter().chain(rest).collect();
        assert!(all.iter().copied().eq(0..sent), "round {round}: {} of {sent}", all.len());
    }
}

/// The signal comes while the pump sleeps in write(2) with full hands.
fn when_the_reader_is_slow() {
    let mut filled = Filled::new();
    let mut peer = Peer::start("pump", &[&filled.queue.0.to_string()]);
    peer.asleep_in(libc::SYS_write);
    peer.signal(Signal::SIGINT);
    peer.asleep_in(libc::SYS_write);
    let (end, text) = peer.output();
    assert_eq!(end, End::Signal(2));
    let (sent, rest) = filled.rest();
    assert!(numbers(&text).into_iter().chain(rest).eq(0..sent));
}

fn what_is_lost_is_counted() {
    for lines in [1_usize, 3, 20_000] {
        let mut filled = Filled::new();
        let script = format!("exec 4>&1; {{ \"$@\" 2>&4; echo \"status $?\" >&4; }} | head -n {lines}");
        let mut all = vec!["sh".to_owned(), "-c".into(), script, "sh".into()];
        all.extend(role("pump", &[&filled.queue.0.to_string()]));
        let (end, text) = Peer::run(&all).output();
        assert_eq!(end, End::Status(0));
        let (sent, rest) = filled.rest();
        let (told, read): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.parse::<u64>().is_err());
        assert_eq!(read.len(), lines);
        assert_eq!(told.last(), Some(&"status 1"));
        let lost = told[0].split(' ').find_map(|word| word.parse::<usize>().ok()).unwrap_or(0);
        assert!(told[0].starts_with("cannot write to standard output: broken pipe"), "{told:?}");
        // What went into the pipe and was not read before head left is beyond anybody's knowledge.
        let known = lines + lost + rest.len();
        assert!(known <= usize::try_from(sent).unwrap(), "{known} {sent}");
        assert!(rest.iter().copied().eq(sent - rest.len() as u64..sent));
    }
}
