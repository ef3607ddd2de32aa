//! Ends of processes: `sig send --wait`, `--then`, and `sig wait`.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::sandbox::{Output, Running, Sandbox, blocked_in, ended, need_root, state, until};
use crate::schema::assert_valid;

#[test]
fn one_that_ignores_term_is_killed_after_the_grace() {
    let sb = Sandbox::new();
    let stubborn = sb.command("sleep", ["1000"]).ignoring(Signal::SIGTERM).spawn();
    let pid = stubborn.pid.to_string();
    let args = ["sig", "send", "TERM", &pid, "--wait", "--then", "KILL", "--grace", "50ms"];
    sb.ipctool(args).run().status(0).stdout_is(format!("{pid} killed KILL after KILL\n")).stderr_is("");
    stubborn.wait().killed_by(Signal::SIGKILL);
}

#[test]
fn one_that_ends_in_the_grace_is_not_killed() {
    let sb = Sandbox::new();
    let script = "trap 'read x </dev/null; exit 7' TERM; echo ready; while :; do read -t 1 x; done";
    let polite = sb.sh(script).stdin_open().spawn();
    polite.wait_for_stdout("ready");
    let pid = polite.pid.to_string();
    let args = ["sig", "send", "TERM", &pid, "--then", "KILL", "--grace", "20s", "--json"];
    let told = sb.ipctool(args).run().status(0).json();
    assert_valid("sig-end", &told);
    assert_eq!(
        (&told["how"], &told["status"], &told["after"]),
        (&json!("exited"), &json!(7), &json!("TERM"))
    );
    assert_eq!((&told["signal"], &told["ref"]), (&Value::Null, &json!(format!("sig:{pid}"))));
    assert_eq!(told["command"], json!("bash"));
    polite.wait().status(7);
}

#[test]
fn waiting_with_signal_0_is_for_any_process() {
    let sb = Sandbox::new();
    let mut cat = sb.command("cat", [] as [&str; 0]).stdin_open().spawn();
    let pid = cat.pid.to_string();
    sb.ipctool(["sig", "send", "0", &pid, "--wait", "--timeout", "30ms"])
        .run()
        .status(124)
        .stdout_is("")
        .stderr_contains(&format!("cannot wait for the end of sig:{pid}: the timeout passed"));
    let waiting = sb.ipctool(["sig", "send", "0", &pid, "--wait"]).spawn();
    blocked_in(waiting.pid, "poll");
    cat.close_stdin();
    waiting.wait().status(0).stdout_is(format!("{pid} exited 0\n"));
    cat.wait().status(0);
}

#[test]
fn a_wait_is_interrupted_by_ctrl_c() {
    let sb = Sandbox::new();
    let sleeper = sb.command("sleep", ["1000"]).spawn();
    let pid = sleeper.pid.to_string();
    for args in [vec!["sig", "wait", &pid], vec!["sig", "send", "0", &pid, "--wait"]] {
        let waiting = sb.ipctool(args).spawn();
        blocked_in(waiting.pid, "poll");
        waiting.signal(Signal::SIGINT);
        waiting.wait().killed_by(Signal::SIGINT).stderr_is("");
    }
    assert!(!ended(sleeper.pid));
}

#[test]
fn wait_tells_each_end_as_it_comes() {
    let sb = Sandbox::new();
    let mut one = sb.sh("read x; exit 3").stdin_open().spawn();
    let mut other = sb.sh("read x; kill -RTMIN+2 $$").stdin_open().spawn();
    let pids = [one.pid.to_string(), other.pid.to_string()];
    // A PID that is named twice is one process.
    let words = ["sig", "wait"].into_iter().chain(pids.iter().map(String::as_str)).chain([pids[0].as_str()]);
    let waiting = sb.ipctool(words).spawn();
    blocked_in(waiting.pid, "poll");
    one.close_stdin();
    waiting.wait_for_stdout(&format!("{} exited 3\n", pids[0]));
    other.close_stdin();
    waiting.wait().status(0).stdout_is(format!("{} exited 3\n{} killed RTMIN+2\n", pids[0], pids[1]));
    one.wait().status(3);
    other.wait();
}

#[test]
fn any_is_content_with_one() {
    let sb = Sandbox::new();
    let mut one = sb.sh("read x; exit 3").stdin_open().spawn();
    let other = sb.command("sleep", ["1000"]).spawn();
    let (first, second) = (one.pid.to_string(), other.pid.to_string());
    let waiting = sb.ipctool(["sig", "wait", "--any", &first, &second, "-J"]).spawn();
    blocked_in(waiting.pid, "poll");
    one.close_stdin();
    let told = waiting.wait().status(0).json();
    assert_valid("sig-end", &told);
    let expected = json!({
        "ref": format!("sig:{first}"), "pid": one.pid, "command": "bash", "how": "exited", "status": 3, "signal": null
    });
    assert_eq!(told, expected);
    sb.ipctool(["sig", "wait", &second, "--nowait"]).run().status(5);
    sb.ipctool(["sig", "wait", &second, "-t", "10ms"]).run().status(124);
}

#[test]
fn who_is_not_there_is_told_and_the_rest_waited_for() {
    let sb = Sandbox::new();
    let mut cat = sb.command("cat", [] as [&str; 0]).stdin_open().spawn();
    let pid = cat.pid.to_string();
    let waiting = sb.ipctool(["sig", "wait", "2147483647", &pid]).spawn();
    blocked_in(waiting.pid, "poll");
    cat.close_stdin();
    let end = waiting.wait().status(3);
    end.stdout_is(format!("{pid} exited 0\n"))
        .stderr_contains("cannot wait for sig:2147483647: there is no such process");
    for (word, told) in [("0", "the PID is 0"), ("self", "that is ourselves"), ("pgrp:3", "it is no PID")] {
        sb.ipctool(["sig", "wait", word]).run().status(2).stderr_contains(told);
    }
}

#[test]
fn the_status_of_anothers_child_that_is_reaped_at_once() {
    let sb = Sandbox::new();
    // The shell reaps its background child as soon as it ends, before anybody can look at the zombie.
    let script = "(read x; exit 9) <&0 & echo $!; wait $!; echo reaped; read y";
    let mut shell = sb.sh(script).stdin_open().spawn();
    shell.wait_for_stdout("\n");
    let child = shell.stdout_so_far().trim().to_string();
    let waiting = sb.ipctool(["sig", "wait", &child]).spawn();
    blocked_in(waiting.pid, "poll");
    assert!(shell.write("\n"));
    shell.wait_for_stdout("reaped");
    let text = waiting.wait().status(0).text();
    // Before Linux 6.15 it may be over before we look.
    assert!([format!("{child} exited 9\n"), format!("{child} ended\n")].contains(&text), "{text}");
}

/// Starts a process with the PID `$1`, by the namespace's counter, and says so.
const HEIR: &str = "echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid || exit 9; sleep 1000 >/dev/null 2>&1 & \
                    [ $! = $1 ] && echo reused && wait";

/// The PID of a process inside its innermost PID namespace.
fn inner(pid: i32) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("NSpid:")).unwrap();
    line.split_whitespace().last().unwrap().to_string()
}

/// Stops a command in a PID namespace: nsenter, which waits for it outside, stops itself then.
fn stop(running: &Running) {
    running.signal(Signal::SIGSTOP);
    until("the stop", || matches!(state(running.pid), Some('T' | 'Z') | None));
}

/// Lets nsenter go on, which lets its command go on.
fn go_on(running: &Running) {
    let stat = fs::read_to_string(format!("/proc/{}/stat", running.pid)).unwrap();
    let parent = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().parse().unwrap();
    until("the stop of nsenter", || state(parent) == Some('T'));
    kill(Pid::from_raw(parent), Signal::SIGCONT).unwrap();
}

/// What a sender does that was stopped while its target died and the target's PID went to another process.
fn after_reuse(options: &[&str]) -> Output {
    let sb = Sandbox::plan().own_pids().start();
    let victim = sb.command("sleep", ["1000"]).ignoring(Signal::SIGTERM).spawn();
    blocked_in(victim.pid, "clock_nanosleep");
    let pid = inner(victim.pid);
    let words = ["sig", "send", "TERM", &pid].into_iter().chain(options.iter().copied());
    let sender = sb.ipctool(words).spawn();
    blocked_in(sender.pid, "poll");
    stop(&sender);
    victim.signal(Signal::SIGKILL);
    victim.wait();
    let heir = sb.command("bash", ["-c", HEIR, "bash", &pid]).spawn();
    heir.wait_for_stdout("reused");
    go_on(&sender);
    let output = sender.wait();
    sb.ipctool(["sig", "send", "0", &pid]).run().status(0);
    output
}

#[test]
fn a_reused_pid_is_never_hit() {
    if !need_root() {
        return;
    }
    after_reuse(&["--every", "20ms"]).status(3).stderr_contains("it has ended");
    after_reuse(&["--after", "1h"]).status(3).stderr_contains("it has ended");
    after_reuse(&["--then", "KILL", "--grace", "2s"]).status(0).stdout_contains("killed KILL after TERM");
}

#[test]
fn flags_that_do_not_go_together() {
    let sb = Sandbox::new();
    let wrong = |args: &[&str], told: &str| {
        let words = ["sig", "send"].iter().chain(args).copied().collect::<Vec<_>>();
        sb.ipctool(words).run().status(2).stdout_is("").stderr_contains(told);
    };
    wrong(&["TERM", "1", "--then", "KILL"], "--grace");
    wrong(&["TERM", "1", "--grace", "1"], "--then");
    wrong(&["TERM", "all", "--wait"], "--wait does not go with all");
    wrong(&["TERM", "1", "--user"], "--after-cpu");
    wrong(&["TERM", "1", "2", "--after-cpu", "1"], "--after-cpu goes with one process");
    wrong(&["TERM", "1", "-c", "0"], "0 is not in");
    wrong(&["TERM", "1", "--value", "2147483648"], "2147483648");
    wrong(&["TERM"], "TARGET");
}

#[test]
fn nothing_is_waited_for_that_could_not_be_told() {
    let sb = Sandbox::new();
    let sleeper = sb.command("sleep", ["1000"]).spawn();
    let pid = sleeper.pid.to_string();
    for words in [&["sig", "wait", &pid][..], &["sig", "send", "TERM", &pid, "--wait"]] {
        sb.ipctool(words).closed(&[1]).run().status(1).stderr_contains("write to standard output");
    }
    assert!(!ended(sleeper.pid));
    let wrong = sb.ipctool(["sig", "wait", "2147483647", "abc"]).run().status(2);
    assert!(!String::from_utf8_lossy(&wrong.stderr).contains("no such process"));
}

#[test]
fn a_timeout_tells_how_many_were_sent() {
    let sb = Sandbox::new();
    let sleeper = sb.command("sleep", ["1000"]).spawn();
    let pid = sleeper.pid.to_string();
    let run = |more: &[&str]| {
        let words = [&["sig", "send", "0", &pid, "--every", "1h", "-t", "60ms"][..], more].concat();
        sb.ipctool(words).run().status(124)
    };
    run(&[]).stderr_contains("the timeout passed; 1 sent");
    run(&["-c", "3"]).stderr_contains("the timeout passed; 1 of 3 sent");
    run(&["--after", "1h"]).stderr_contains("the timeout passed\n");
}
