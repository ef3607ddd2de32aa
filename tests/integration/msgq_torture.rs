//! Exactly once, whatever comes: signals, stops and timeouts at random around senders and receivers.
//!
//! `IPCTOOL_TEST_ROUNDS=100000` makes both tests as long as that.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sys::signal::Signal;

use crate::sandbox::{Output, Running, Sandbox, rounds, state, until};

/// Numbers that look like chance and are the same in each run: xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    /// One command in two gets a timeout that it may well reach.
    fn timeout(&mut self) -> Option<String> {
        (self.below(2) == 0).then(|| format!("{}ms", self.below(60)))
    }

    /// Looks at the process for a while, which takes some milliseconds at most.
    fn pause(&mut self, pid: i32) {
        for _ in 0..self.below(600) {
            state(pid);
        }
    }

    /// Stops and continues it, or not.
    fn disturb(&mut self, running: &Running) {
        if self.below(3) == 0 {
            self.pause(running.pid);
            running.signal(Signal::SIGSTOP);
            until("the stop", || matches!(state(running.pid), Some('T' | 'Z')));
            running.signal(Signal::SIGCONT);
        }
    }

    fn end(&mut self, running: &Running) {
        self.pause(running.pid);
        running.signal([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP][self.below(3)]);
    }
}

/// Sends the numbers of `range` until each is acknowledged.
fn send(sb: &Sandbox, queue: &str, range: std::ops::Range<usize>, mut chance: Chance) {
    let mut next = range.start;
    while next < range.end {
        let count = (range.end - next).min(1 + chance.below(500));
        let lines: String = (next..next + count).map(|number| format!("{number}\n")).collect();
        let timeout = chance.timeout();
        let flags = timeout.iter().flat_map(|timeout| ["--timeout", timeout]);
        let sender = sb.ipctool(["msgq", "send", queue].into_iter().chain(flags)).stdin(lines).spawn();
        chance.disturb(&sender);
        if chance.below(2) == 0 {
            chance.end(&sender);
        }
        next += acknowledged(&sender.wait(), count);
    }
}

/// How many of `count` records a sender has acknowledged: all of them, or what it says.
fn acknowledged(ended: &Output, count: usize) -> usize {
    if ended.ended.code() == Some(0) {
        return count;
    }
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    match told.trim_end().strip_suffix(" sent") {
        Some(told) => told.rsplit(' ').next().unwrap().parse().unwrap(),
        None => {
            assert!(told.is_empty() && ended.ended.code().is_none(), "status {}: {told}", ended.ended);
            0
        }
    }
}

/// Receives until `over`, and gives all that was written.
fn receive(sb: &Sandbox, queue: &str, over: &AtomicBool, mut chance: Chance) -> String {
    let mut all = String::new();
    while !over.load(Ordering::Relaxed) {
        let timeout = chance.timeout();
        let flags = timeout.iter().flat_map(|timeout| ["--timeout", timeout]);
        let receiver = sb.ipctool(["msgq", "recv", queue, "--follow"].into_iter().chain(flags)).spawn();
        chance.disturb(&receiver);
        chance.pause(receiver.pid);
        chance.end(&receiver);
        all += &receiver.wait().text();
    }
    all
}

#[test]
fn what_senders_acknowledge_is_written_once_by_receivers() {
    exactly_once("0", &["msgq", "create"]);
}

#[test]
fn what_senders_acknowledge_is_written_once_through_a_posix_queue_too() {
    exactly_once("/jobs", &["msgq", "create", "/jobs"]);
}

#[track_caller]
fn exactly_once(queue: &str, create: &[&str]) {
    const SENDERS: usize = 4;
    const RECEIVERS: u64 = 3;
    let each = rounds(8_000) / SENDERS;
    let sb = Sandbox::new();
    sb.ipctool(create).run().status(0);
    let over = AtomicBool::new(false);
    let written = thread::scope(|scope| {
        let receivers: Vec<_> = (1..=RECEIVERS)
            .map(|seed| {
                let (sb, over) = (&sb, &over);
                scope.spawn(move || receive(sb, queue, over, Chance(1_000_003 * seed)))
            })
            .collect();
        let senders: Vec<_> = (0..SENDERS)
            .map(|place| (place * each..(place + 1) * each, Chance(77 + place as u64)))
            .map(|(range, chance)| {
                let sb = &sb;
                scope.spawn(move || send(sb, queue, range, chance))
            })
            .collect();
        let sent: Vec<_> = senders.into_iter().map(thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::Relaxed);
        let written: String = receivers.into_iter().map(|receiver| receiver.join().unwrap()).collect();
        sent.into_iter().for_each(Result::unwrap);
        written
    });
    let left = sb.ipctool(["msgq", "drain", queue]).run().status(0).text();
    let mut times = BTreeMap::new();
    for line in written.lines().chain(left.lines()) {
        *times.entry(line.parse::<usize>().expect("a number")).or_insert(0) += 1;
    }
    let odd: Vec<_> = (0..SENDERS * each)
        .map(|number| (number, times.remove(&number).unwrap_or(0)))
        .filter(|(_, times)| *times != 1)
        .collect();
    assert!(odd.is_empty() && times.is_empty(), "not once: {odd:?}; never sent: {times:?}");
}

/// Starts a waiting verb, signals it at a random moment of its first milliseconds, and expects that it dies of it soon.
const SIGNALLER: &str = r#"
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static char *verbs[3][6] = {
    {"ipctool", "msgq", "recv", "0", NULL},
    {"ipctool", "msgq", "send", "1", "more", NULL},
    {"ipctool", "msgq", "wait", "0", NULL},
};
int main(int argc, char **argv) {
    int signals[] = {SIGINT, SIGTERM, SIGHUP}, hung = 0, other = 0;
    for (int round = 0; round < atoi(argv[1]); round++) {
        int wanted = signals[rand() % 3], status;
        char **verb = verbs[rand() % 3];
        pid_t pid = fork();
        if (pid == 0) {
            execvp(verb[0], verb);
            _exit(9);
        }
        struct pollfd over = {syscall(SYS_pidfd_open, pid, 0), POLLIN, 0};
        struct timeval moment = {0, rand() % 12000};
        select(0, NULL, NULL, NULL, &moment);
        kill(pid, wanted);
        if (poll(&over, 1, 10000) != 1) {
            hung++;
            kill(pid, SIGKILL);
        }
        waitpid(pid, &status, 0);
        other += !WIFSIGNALED(status) || WTERMSIG(status) != wanted;
        close(over.fd);
    }
    printf("%d hung, %d ended otherwise\n", hung, other);
    return 0;
}
"#;

#[test]
fn a_signal_at_any_moment_ends_a_waiting_verb() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create"]).run().status(0);
    sb.ipctool(["msgq", "create", "--max-bytes", "4"]).run().status(0);
    sb.ipctool(["msgq", "send", "1", "full"]).run().status(0);
    let signaller = sb.cc(SIGNALLER, []);
    // Portions, so that no single command outlasts what a test waits for one.
    const PORTION: usize = 250;
    for _ in 0..rounds(PORTION).div_ceil(PORTION) {
        let ended = sb.command(&signaller, [PORTION.to_string()]).run().status(0);
        ended.stdout_is("0 hung, 0 ended otherwise\n").stderr_is("");
    }
    sb.ipctool(["msgq", "drain", "0"]).run().status(0).stdout_is("");
    sb.ipctool(["msgq", "drain", "1"]).run().status(0).stdout_is("full\n");
}
