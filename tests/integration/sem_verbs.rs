//! `ipctool sem p | v | z | op` with C programs on the other side, and every way in which they end.

use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::sandbox::{NONE, Sandbox, blocked_in, rounds, state, until};

/// P, count, V, as often as it can, on semaphore 0 of set 0; the count stands in the file `count`.
const LOOP: &str = r#"
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <unistd.h>
int main(void) {
    int fd = open("count", O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 8);
    volatile unsigned long *count = mmap(0, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    struct sembuf down = { 0, -1, 0 }, up = { 0, 1, 0 };
    while (semop(0, &down, 1) == 0) {
        ++*count;
        if (semop(0, &up, 1) != 0)
            break;
    }
    return 0;
}
"#;

fn count(sb: &Sandbox) -> u64 {
    let bytes = fs::read(sb.path("count")).unwrap_or_default();
    bytes.first_chunk().map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

fn values(sb: &Sandbox) -> String {
    sb.ipctool(["sem", "get", "0"]).run().status(0).text().replace('\n', " ")
}

#[test]
fn a_c_program_stops_when_we_take_and_goes_on_when_we_give() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2"]).run().status(0).stdout_is("sem:0\n");
    let program = sb.command(sb.cc(LOOP, []), NONE).spawn();
    for _ in 0..rounds(5) {
        let before = count(&sb);
        until("the program counts", || count(&sb) > before + 10);
        sb.ipctool(["sem", "p", "0x4d2"]).run().status(0).stdout_is("").stderr_is("");
        blocked_in(program.pid, "semop");
        let stopped = count(&sb);
        assert_eq!(values(&sb), "0 ");
        blocked_in(program.pid, "semop");
        assert_eq!(count(&sb), stopped);
        sb.ipctool(["sem", "v", "0x4d2"]).run().status(0).stdout_is("").stderr_is("");
        until("the program goes on", || count(&sb) > stopped + 10);
    }
    sb.command("ipcrm", ["-s", "0"]).run().status(0);
    program.wait().status(0);
}

/// Reads both values of set 0 at once, again and again, until it is removed; prints how often their sum was not 4.
const SUMS: &str = r#"
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>
int main(void) {
    unsigned short now[2];
    unsigned long wrong = 0, looks = 0;
    while (semctl(0, 0, GETALL, now) == 0) {
        if (!looks++) { puts("looking"); fflush(stdout); }
        wrong += now[0] + now[1] != 4;
    }
    printf("wrong %lu\n", wrong);
    return looks < 100;
}
"#;

#[test]
fn a_token_moves_at_once_under_contenders() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "4,0"]).run().status(0);
    let watcher = sb.command(sb.cc(SUMS, []), NONE).spawn();
    watcher.wait_for_stdout("looking");
    let script = format!(
        "for i in $(seq {}); do ipctool sem op 0x4d2 0:-1 1:+1 && ipctool sem op 0x4d2 1:-1 0:+1 || echo failed; done",
        rounds(20)
    );
    let contenders: Vec<_> = (0..8).map(|_| sb.sh(&script).spawn()).collect();
    for contender in contenders {
        contender.wait().status(0).stdout_is("").stderr_is("");
    }
    assert_eq!(values(&sb), "4 0 ");
    sb.command("ipcrm", ["-s", "0"]).run().status(0);
    watcher.wait().status(0).stdout_is("looking\nwrong 0\n");
}

#[test]
fn an_array_is_made_whole_or_not_at_all() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "1,0,32767"]).run().status(0);
    let op = |args: &[&str]| sb.ipctool([&["sem", "op", "0"], args].concat()).run();
    op(&["0:-1", "1:-1n"]).status(5).stderr_is("ipctool: cannot operate on sem:0: it would block\n");
    op(&["0:-1", "1:-1", "--nowait"]).status(5);
    op(&["0:-1", "2:+1"]).status(1).stderr_contains("above 32767, the highest there is (ERANGE)");
    op(&["0:-1", "3:+1"])
        .status(1)
        .stderr_contains("there is no semaphore 3: it has 3, numbered from 0 (EFBIG)");
    op(&["0:-1", "0:0", "1:+1", "1:+1"]).status(0).stdout_is("").stderr_is("");
    assert_eq!(values(&sb), "0 2 32767 ");
    // The kernel goes from left to right: here the second has nothing to wait for yet.
    op(&["1:0n", "0:+1"]).status(5);
    // One that may wait stands before one that may not: the first decides.
    let mixed = sb.ipctool(["sem", "op", "0", "0:-1", "1:-3n"]).spawn();
    blocked_in(mixed.pid, "semtimedop");
    op(&["0:+1"]).status(0);
    mixed.wait().status(5);
    assert_eq!(values(&sb), "1 2 32767 ");
}

#[test]
fn too_many_operations_name_the_limit() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "0"]).run().status(0);
    let op = |count: usize| {
        let mut args = vec!["sem", "op", "0x4d2"];
        args.resize(3 + count, "0:+1");
        sb.ipctool(args).run()
    };
    op(501).status(1).stderr_is(
        "ipctool: cannot operate on sem:0x000004d2: 501 operations are more than 500 at once (E2BIG)\n\
         hint: the limit is SEMOPM: the third number of 'sysctl kernel.sem'\n",
    );
    op(500).status(0);
    assert_eq!(values(&sb), "500 ");
}

#[test]
fn zero_wakes_who_waits_for_it() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "7,2"]).run().status(0);
    sb.ipctool(["sem", "z", "0x4d2", "-i", "1", "-n"]).run().status(5);
    let waiter = sb.ipctool(["sem", "wait-zero", "0x4d2", "--index", "1"]).spawn();
    blocked_in(waiter.pid, "semtimedop");
    sb.ipctool(["sem", "acquire", "0x4d2", "-i", "1"]).run().status(0);
    blocked_in(waiter.pid, "semtimedop");
    sb.ipctool(["show", "sem:0", "--field", "semaphores.zcnt"]).run().stdout_is("0\n1\n");
    sb.ipctool(["sem", "p", "0x4d2", "-i", "1"]).run().status(0);
    waiter.wait().status(0).stdout_is("").stderr_is("");
    assert_eq!(values(&sb), "7 0 ");
}

#[test]
fn amounts_are_taken_and_given_at_once() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "3"]).run().status(0);
    let taker = sb.ipctool(["sem", "p", "0x4d2", "--by", "5"]).spawn();
    blocked_in(taker.pid, "semtimedop");
    sb.ipctool(["sem", "v", "0x4d2"]).run().status(0);
    blocked_in(taker.pid, "semtimedop");
    assert_eq!(values(&sb), "4 ");
    sb.ipctool(["sem", "release", "sem:0", "--by", "2"]).run().status(0);
    taker.wait().status(0);
    assert_eq!(values(&sb), "1 ");
    for amount in ["0", "-1", "32768", "x"] {
        sb.ipctool(["sem", "v", "0", "--by", amount]).run().status(2).stdout_is("");
    }
    sb.ipctool(["sem", "v", "0", "--by", "32767"]).run().status(1).stderr_contains("(ERANGE)");
    assert_eq!(values(&sb), "1 ");
}

#[test]
fn a_timeout_is_kept_and_takes_nothing() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "0"]).run().status(0);
    for verb in [&["sem", "p", "0"][..], &["sem", "op", "0", "0:-1"], &["sem", "op", "0", "0:-1", "0:-1n"]] {
        let start = Instant::now();
        let output = sb.ipctool([verb, &["--timeout", "150ms"]].concat()).run().status(124);
        output.stdout_is("").stderr_contains("the timeout passed");
        assert!(start.elapsed() >= Duration::from_millis(150));
    }
    sb.ipctool(["sem", "v", "0"]).run().status(0);
    sb.ipctool(["sem", "z", "0", "-t", "0"]).run().status(124);
    sb.ipctool(["sem", "p", "0", "-t", "0"]).run().status(0);
    sb.ipctool(["sem", "p", "0", "-n", "-t", "1"]).run().status(2);
}

#[test]
fn a_signal_ends_the_wait_and_nothing_is_taken() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "0"]).run().status(0);
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGKILL] {
        for timeout in [&[][..], &["-t", "60"]] {
            let waiter = sb.ipctool([&["sem", "p", "0"], timeout].concat()).spawn();
            blocked_in(waiter.pid, "semtimedop");
            waiter.signal(signal);
            waiter.wait().killed_by(signal).stdout_is("").stderr_is("");
        }
    }
    sb.ipctool(["sem", "v", "0"]).run().status(0);
    assert_eq!(values(&sb), "1 ");
}

#[test]
fn stop_and_continue_change_nothing() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "0"]).run().status(0);
    let waiter = sb.ipctool(["sem", "p", "0", "--timeout", "60"]).spawn();
    for _ in 0..5 {
        blocked_in(waiter.pid, "semtimedop");
        waiter.signal(Signal::SIGSTOP);
        until("it is stopped", || state(waiter.pid) == Some('T'));
        waiter.signal(Signal::SIGCONT);
    }
    blocked_in(waiter.pid, "semtimedop");
    sb.ipctool(["sem", "v", "0"]).run().status(0);
    waiter.wait().status(0);
}

#[test]
fn a_set_that_is_removed_ends_every_wait() {
    let sb = Sandbox::new();
    for verb in [
        &["sem", "p", "0x4d2"][..],
        &["sem", "z", "0x4d2", "-i", "1"],
        &["sem", "op", "0x4d2", "0:-1", "1:-1"],
        &["sem", "p", "0x4d2", "-t", "60"],
    ] {
        sb.ipctool(["sem", "create", "0x4d2", "--value", "0,1"]).run().status(0);
        let waiter = sb.ipctool(verb).spawn();
        blocked_in(waiter.pid, "semtimedop");
        sb.command("ipcrm", ["-S", "0x4d2"]).run().status(0);
        waiter.wait().status(3).stdout_is("").stderr_contains("sem:0x000004d2: it was removed (EIDRM)");
    }
}

#[test]
fn what_does_not_exist_is_status_3() {
    let sb = Sandbox::new();
    for verb in [
        &["p", "7"][..],
        &["v", "7"],
        &["z", "7"],
        &["op", "7", "0:+1"],
        &["get", "7"],
        &["get", "7", "-i", "0"],
        &["set", "7", "1"],
        &["set", "7", "1", "-i", "0"],
        &["p", "7", "--hold-for", "1"],
    ] {
        let by_id = sb.ipctool([&["sem"], verb].concat()).run().status(3).stdout_is("");
        by_id.stderr_contains("no such semaphore set").stderr_contains("hint: 'ipctool ls sem' shows those");
        let by_key: Vec<_> = verb.iter().map(|word| if *word == "7" { "0x7" } else { word }).collect();
        let by_key = sb.ipctool([&["sem"][..], &by_key].concat()).run().status(3).stdout_is("");
        by_key.stderr_contains("(ENOENT)");
    }
}

#[test]
fn who_may_not_is_told_why() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--mode", "0400"]).run().status(0);
    sb.ipctool(["sem", "create", "0x4d3", "--mode", "0200"]).run().status(0);
    let denied = |args: &[&str]| {
        let output = sb.ipctool([&["sem"], args].concat()).powerless().run().status(4).stdout_is("");
        output.stderr_contains("(EACCES)").stderr_contains("--mode 0600")
    };
    denied(&["p", "0x4d2"]).stderr_contains("mode is 0400");
    denied(&["v", "0x4d2"]);
    denied(&["op", "0x4d2", "0:+1"]);
    denied(&["p", "0x4d2", "--hold-for", "1"]);
    denied(&["get", "0x4d3"]).stderr_contains("mode is 0200");
    denied(&["get", "0x4d3", "-i", "0"]);
    denied(&["z", "0x4d3"]);
    // What its mode does allow.
    sb.ipctool(["sem", "get", "0x4d2"]).powerless().run().status(0).stdout_is("1\n");
    sb.ipctool(["sem", "p", "0x4d3"]).powerless().run().status(0);
}

#[test]
fn undo_is_refused_where_it_would_happen_at_once() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2"]).run().status(0);
    for verb in [&["p", "0x4d2", "--undo"][..], &["v", "0x4d2", "--undo"], &["op", "0x4d2", "0:-1u"]] {
        sb.ipctool([&["sem"], verb].concat()).run().status(2).stderr_contains("--hold-for PID");
    }
    assert_eq!(values(&sb), "1 ");
}
