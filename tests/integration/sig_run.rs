//! `sig run`: what survives exec; `sig send` by schedule and by CPU time.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::sandbox::{Sandbox, blocked_in, ended, state, until_some};

fn run<'a>(sb: &'a Sandbox, args: &[&'a str]) -> crate::sandbox::Run<'a> {
    sb.ipctool(["sig", "run"].iter().chain(args).copied().collect::<Vec<_>>())
}

#[test]
fn an_alarm_ends_the_command() {
    let sb = Sandbox::new();
    let began = Instant::now();
    run(&sb, &["--alarm", "100ms", "--", "sleep", "1000"]).run().killed_by(Signal::SIGALRM);
    assert!(began.elapsed() >= Duration::from_millis(100));
    sb.sh("ipctool sig run --alarm 20ms -- sleep 1000; exit $?").run().status(142);
    // An alarm that we inherited ignored is heard again, for it was asked for.
    run(&sb, &["--alarm", "20ms", "--", "sleep", "1000"])
        .ignoring(Signal::SIGALRM)
        .run()
        .killed_by(Signal::SIGALRM);
}

#[test]
fn an_ignored_alarm_lets_it_live() {
    let sb = Sandbox::new();
    // The timer is one-shot, and has run out when real time has passed it: no process of ours is then left to end.
    let script = "ipctool sig run --alarm 1ms --ignore ALRM -- ipctool sig trap USR1 --timeout 30ms; echo $?";
    sb.sh(script).run().stdout_is("124\n");
}

#[test]
fn a_timer_of_cpu_time_counts_cpu_time() {
    let sb = Sandbox::new();
    for (clock, signal) in [("prof", Signal::SIGPROF), ("virtual", Signal::SIGVTALRM)] {
        let timer = format!("{clock}=30ms");
        run(&sb, &["--timer", &timer, "--", "bash", "-c", "while :; do :; done"]).run().killed_by(signal);
        run(&sb, &["--timer", &timer, "--", "sleep", "0.1"]).run().status(0);
    }
}

#[test]
fn a_timer_comes_again() {
    let sb = Sandbox::new();
    let args =
        ["--timer", "real=5ms,5ms", "--block", "ALRM", "--", "ipctool", "sig", "trap", "ALRM", "-c", "3"];
    let text = run(&sb, &args).run().status(0).text();
    assert_eq!(text, "ALRM kernel - - - -\n".repeat(3));
}

#[test]
fn the_command_sees_what_is_blocked_ignored_and_reset() {
    let sb = Sandbox::new();
    let seen = |args: &[&str]| -> Vec<u64> {
        let words = args.iter().chain(&["--", "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]).copied();
        let out = run(&sb, &words.collect::<Vec<_>>()).ignoring(Signal::SIGUSR2).run().status(0).text();
        // What the C library does with its own two signals is not ours to say.
        let mask =
            |line: &str| u64::from_str_radix(line.split_once('\t').unwrap().1, 16).unwrap() & !(3 << 31);
        out.lines().map(mask).collect()
    };
    assert_eq!(seen(&[]), [0, 0x800]);
    let set = ["--block", "USR1,RTMIN+2", "--ignore", "PIPE", "--ignore", "RTMAX", "--default", "USR2"];
    assert_eq!(seen(&set), [0x8_0000_0200, 0x8000_0000_0000_1000]);
}

#[test]
fn it_becomes_the_command() {
    let sb = Sandbox::new();
    let running = run(&sb, &["--ignore", "HUP", "--", "sleep", "1000"]).spawn();
    blocked_in(running.pid, "clock_nanosleep");
    running.signal(Signal::SIGHUP);
    assert!(!ended(running.pid));
    run(&sb, &["--", "sh", "-c", "exit 7"]).run().status(7);
    run(&sb, &["--", "no-such-command"]).run().status(127);
    run(&sb, &["--alarm", "1ms", "--", "/etc/passwd"]).run().status(126);
}

#[test]
fn what_cannot_be_set() {
    let sb = Sandbox::new();
    let wrong = |args: &[&str], told: &str| {
        let words = args.iter().chain(&["--", "true"]).copied().collect::<Vec<_>>();
        run(&sb, &words).run().status(2).stdout_is("").stderr_contains(told);
    };
    wrong(&["--ignore", "KILL"], "KILL cannot be ignored");
    wrong(&["--block", "STOP"], "STOP cannot be blocked");
    wrong(&["--default", "33"], "the C library keeps 32 and 33");
    wrong(&["--ignore", "USR1", "--default", "USR1"], "USR1 cannot be ignored and have its default action");
    wrong(&["--alarm", "1", "--timer", "real=2"], "the real timer is given twice");
    wrong(&["--alarm", "0"], "it is 0");
    wrong(&["--timer", "cpu=2"], "the clocks are real, virtual, prof");
    sb.ipctool(["sig", "run", "--alarm", "1"]).run().status(2).stderr_contains("COMMAND");
}

#[test]
fn signals_by_schedule_are_like_alarm_and_setitimer() {
    let sb = Sandbox::new();
    // Realtime signals are queued: two of the others could become one while the receiver is slow.
    let trap = sb.ipctool(["sig", "trap", "RTMIN+1", "-c", "3"]).spawn();
    blocked_in(trap.pid, "poll");
    let began = Instant::now();
    let pid = trap.pid.to_string();
    sb.ipctool(["sig", "send", "RTMIN+1", &pid, "--after", "100ms", "--every", "50ms", "-c", "3"])
        .run()
        .status(0);
    assert!(began.elapsed() >= Duration::from_millis(200));
    let text = trap.wait().status(0).text();
    assert_eq!(text.lines().filter(|line| line.starts_with("RTMIN+1 queue")).count(), 3);
}

#[test]
fn a_schedule_ends_by_ctrl_c_and_with_its_target() {
    let sb = Sandbox::new();
    let trap = sb.ipctool(["sig", "trap", "USR1"]).spawn();
    blocked_in(trap.pid, "poll");
    let pid = trap.pid.to_string();
    let endless = sb.ipctool(["sig", "send", "USR1", &pid, "--every", "1ms"]).spawn();
    trap.wait_for_stdout("USR1");
    endless.signal(Signal::SIGINT);
    endless.wait().killed_by(Signal::SIGINT).stderr_is("");
    let later = sb.ipctool(["sig", "send", "USR1", &pid, "--after", "1h"]).spawn();
    blocked_in(later.pid, "poll");
    trap.signal(Signal::SIGKILL);
    trap.wait().killed_by(Signal::SIGKILL);
    later.wait().status(3).stderr_contains(&format!("cannot send USR1 to sig:{pid}: it has ended"));
    let late = sb.command("sleep", ["1000"]).spawn();
    sb.ipctool(["sig", "send", "KILL", &late.pid.to_string(), "--after", "1h", "-t", "20ms"])
        .run()
        .status(124);
    assert!(!ended(late.pid));
}

/// The CPU time of a process in milliseconds.
fn cpu(pid: i32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).ok()?;
    text.split(' ').next()?.parse::<u64>().ok().map(|nanos| nanos / 1_000_000)
}

#[test]
fn a_signal_when_the_cpu_time_is_used() {
    let sb = Sandbox::new();
    // Time in user mode is counted by the tick that finds it there, so that it runs ahead of time by some.
    for (user, least) in [(None, 60), (Some("--user"), 20)] {
        let busy = sb.command("bash", ["-c", "while :; do :; done"]).spawn();
        let pid = busy.pid.to_string();
        let words = ["sig", "send", "STOP", &pid, "--after-cpu", "60ms"].into_iter().chain(user);
        sb.ipctool(words).run().status(0);
        until_some("the stop", || (state(busy.pid) == Some('T')).then_some(()));
        assert!(cpu(busy.pid).is_none_or(|used| used >= least));
        busy.signal(Signal::SIGKILL);
        busy.wait().killed_by(Signal::SIGKILL);
    }
    let idle = sb.command("sleep", ["1000"]).spawn();
    let pid = idle.pid.to_string();
    sb.ipctool(["sig", "send", "KILL", &pid, "--after-cpu", "1h", "-t", "20ms"]).run().status(124);
    let waiting = sb.ipctool(["sig", "send", "KILL", &pid, "--after-cpu", "1h"]).spawn();
    blocked_in(waiting.pid, "poll");
    idle.signal(Signal::SIGTERM);
    idle.wait().killed_by(Signal::SIGTERM);
    waiting.wait().status(3).stderr_contains("the process has ended");
}
