//! `ipctool sem p --hold-for PID`: the token comes back when PID or the holder ends, and not before.

use std::fs;

use nix::sys::signal::Signal;

use crate::sandbox::{Sandbox, blocked_in, ended, need_root, state, until};

fn value(sb: &Sandbox) -> String {
    sb.ipctool(["sem", "get", "0x4d2"]).run().status(0).text()
}

fn with_set(values: &str) -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", values]).run().status(0);
    sb
}

/// How many processes wait for semaphore 0 to grow.
fn waiting(sb: &Sandbox) -> String {
    sb.ipctool(["show", "sem:0", "--field", "semaphores.ncnt"]).run().status(0).text()
}

/// Takes for itself, says so, and goes on when its input ends.
const SCRIPT: &str =
    "holder=$(ipctool sem p 0x4d2 --hold-for $$) || exit; echo \"holder:$holder\"; cat; echo over";

fn holder_of(text: &str) -> Option<i32> {
    text.lines().find_map(|line| line.strip_prefix("holder:")?.parse().ok())
}

#[test]
fn the_token_comes_back_when_the_script_ends() {
    let sb = with_set("1");
    let mut script = sb.sh(SCRIPT).stdin_open().spawn();
    script.wait_for_stdout("holder:");
    assert_eq!(value(&sb), "0\n");
    sb.ipctool(["sem", "p", "0x4d2", "-n"]).run().status(5);
    let next = sb.ipctool(["sem", "p", "0x4d2"]).spawn();
    blocked_in(next.pid, "semtimedop");
    script.close_stdin();
    script.wait().status(0).stdout_contains("over");
    next.wait().status(0);
}

#[test]
fn the_token_comes_back_when_the_script_dies() {
    let sb = with_set("1");
    for signal in [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGSEGV, Signal::SIGHUP, Signal::SIGINT] {
        let script = sb.sh(&SCRIPT.replace("cat;", "exec sleep 1000;")).stdin_open().spawn();
        script.wait_for_stdout("holder:");
        let holder = holder_of(&script.stdout_so_far()).unwrap();
        assert_eq!(value(&sb), "0\n");
        script.signal(signal);
        script.wait().killed_by(signal);
        until("it came back", || value(&sb) == "1\n");
        until("the holder is gone", || ended(holder));
    }
}

#[test]
fn the_token_comes_back_when_the_holder_is_killed_and_not_before() {
    let sb = with_set("1");
    // TERM works also where the script ignores it, as its children do.
    for (prelude, signal) in [("", "KILL"), ("", "TERM"), ("trap '' TERM; ", "TERM")] {
        let mut script = sb.sh(&format!("{prelude}{SCRIPT}")).stdin_open().spawn();
        script.wait_for_stdout("holder:");
        let holder = holder_of(&script.stdout_so_far()).unwrap();
        blocked_in(holder, "poll");
        assert_eq!(value(&sb), "0\n");
        sb.command("kill", [format!("-{signal}"), holder.to_string()]).run().status(0);
        until("it came back", || value(&sb) == "1\n");
        assert!(!ended(script.pid), "the script lives on");
        script.close_stdin();
        script.wait().status(0);
    }
}

#[test]
fn the_holder_shares_nothing_with_the_script() {
    let sb = with_set("1");
    let mut script = sb.sh(&format!("exec 7>open 8<open 9>&1; {SCRIPT}")).stdin_open().spawn();
    script.wait_for_stdout("holder:");
    let holder = holder_of(&script.stdout_so_far()).unwrap();
    blocked_in(holder, "poll");
    let links = fs::read_dir(format!("/proc/{holder}/fd")).unwrap().flatten();
    let mut files: Vec<_> =
        links.map(|link| fs::read_link(link.path()).unwrap().to_string_lossy().into_owned()).collect();
    files.sort();
    assert_eq!(files[..4], ["/dev/null", "/dev/null", "/dev/null", "anon_inode:[pidfd]"]);
    assert!(files.len() == 5 && files[4].starts_with("socket:"), "{files:?}");
    assert_eq!(fs::read_link(format!("/proc/{holder}/cwd")).unwrap().to_str(), Some("/"));
    let stat = fs::read_to_string(format!("/proc/{holder}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    assert_eq!(fields[3], holder.to_string(), "a session of its own");
    assert_eq!(fields[17], "1", "one thread");
    script.close_stdin();
    script.wait().status(0);
}

#[test]
fn a_process_that_is_gone_is_status_3() {
    let sb = with_set("1");
    let ended = sb.sh("echo $$").run().text();
    let hold = |pid: &str| sb.ipctool(["sem", "p", "0x4d2", "--hold-for", pid]).run().stdout_is("");
    hold(ended.trim()).status(3).stderr_contains(&format!("there is no process {}", ended.trim()));
    for pid in ["0", "-1", "x", "self", "99999999999"] {
        hold(pid).status(2);
    }
    // A zombie has ended, too.
    let zombie = sb
        .perl("$| = 1; my $pid = fork // die; exit unless $pid; print \"$pid\\n\"; <STDIN>")
        .stdin_open()
        .spawn();
    zombie.wait_for_stdout("\n");
    let pid = zombie.stdout_so_far().trim().to_string();
    until("it is a zombie", || state(pid.parse().unwrap()) == Some('Z'));
    hold(&pid).status(3).stderr_contains("has ended (ESRCH)");
    assert_eq!(value(&sb), "1\n");
}

#[test]
fn a_process_that_ends_while_we_wait_is_status_3() {
    let sb = with_set("0");
    let sleeper = sb.command("sleep", ["1000"]).spawn();
    let taker = sb.ipctool(["sem", "p", "0x4d2", "--hold-for", &sleeper.pid.to_string()]).spawn();
    until("the holder waits", || waiting(&sb) == "1\n");
    sleeper.signal(Signal::SIGKILL);
    taker.wait().status(3).stdout_is("").stderr_contains("has ended (ESRCH)");
    assert_eq!(waiting(&sb), "0\n");
}

#[test]
fn a_wait_that_ends_leaves_no_holder() {
    let sb = with_set("0");
    let target = sb.pid().to_string();
    let hold = |flags: &[&str]| sb.ipctool([&["sem", "p", "0x4d2", "--hold-for", &target], flags].concat());
    hold(&["--nowait"]).run().status(5).stdout_is("").stderr_contains("it would block");
    hold(&["--timeout", "0"]).run().status(124);
    hold(&["--timeout", "50ms"]).run().status(124).stderr_contains("the timeout passed");
    hold(&["--index", "3"]).run().status(1).stderr_contains("there is no semaphore 3");
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGKILL] {
        let taker = hold(&[]).spawn();
        until("the holder waits", || waiting(&sb) == "1\n");
        taker.signal(signal);
        taker.wait().killed_by(signal).stdout_is("").stderr_is("");
        until("the holder is gone", || waiting(&sb) == "0\n");
    }
    let taker = hold(&[]).spawn();
    until("the holder waits", || waiting(&sb) == "1\n");
    sb.ipctool(["sem", "v", "0x4d2"]).run().status(0);
    let pid: i32 = taker.wait().status(0).text().trim().parse().unwrap();
    assert_eq!(value(&sb), "0\n");
    sb.command("kill", [pid.to_string()]).run().status(0);
    until("it came back", || value(&sb) == "1\n");
}

#[test]
fn a_removed_set_and_a_closed_output_are_told() {
    let sb = with_set("0");
    let target = sb.pid().to_string();
    let hold = || sb.ipctool(["sem", "p", "0x4d2", "--hold-for", &target]);
    let taker = hold().spawn();
    until("the holder waits", || waiting(&sb) == "1\n");
    sb.command("ipcrm", ["-S", "0x4d2"]).run().status(0);
    taker.wait().status(3).stderr_contains("it was removed (EIDRM)");
    sb.ipctool(["sem", "create", "0x4d2"]).run().status(0);
    // Nothing is held that nobody could give back.
    hold().closed(&[1]).run().status(1).stderr_contains("(EBADF)");
    hold().stdout_to("/dev/full").run().status(1).stderr_contains("(ENOSPC)");
    assert_eq!(value(&sb), "1\n");
}

#[test]
fn amounts_indexes_and_creation_go_with_it() {
    let sb = Sandbox::new();
    let flags = ["--create", "--value", "1,9", "-i", "1", "--by", "4", "--hold-for"];
    let sleeper = sb.command("sleep", ["1000"]).spawn();
    sb.ipctool([&["sem", "p", "0x4d2"], &flags[..], &[&sleeper.pid.to_string()]].concat()).run().status(0);
    assert_eq!(value(&sb), "1\n5\n");
    sleeper.signal(Signal::SIGKILL);
    until("it came back", || value(&sb) == "1\n9\n");
}

#[test]
fn a_reused_pid_is_not_mistaken() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::plan().own_pids().start();
    sb.ipctool(["sem", "create", "0x4d2"]).run().status(0);
    // The holder is stopped while its process ends and another gets that PID.
    let script = "sleep 1000 >log 2>&1 & pid=$!; holder=$(ipctool sem p 0x4d2 --hold-for $pid); kill -STOP $holder
        kill -9 $pid; wait $pid 2>/dev/null
        for try in $(seq 50); do
            echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid; sleep 1000 >log 2>&1 & [ $! = $pid ] && break; kill $!
        done
        [ $! = $pid ] && echo reused
        kill -CONT $holder; cat";
    let mut shell = sb.sh(script).stdin_open().spawn();
    shell.wait_for_stdout("reused");
    until("it came back", || value(&sb) == "1\n");
    shell.close_stdin();
    shell.wait();
}
