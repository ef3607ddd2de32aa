//! `sig send`: to whom, with what, and who refuses.

use nix::sys::signal::Signal;

use crate::sandbox::{NONE, Run, Sandbox, blocked_in, ended, need_root, state, until};

/// Handlers for USR1 and RTMIN+3 that say what came; ends after as many signals as its argument says.
pub const CATCHER: &str = r#"
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 3);
    sigprocmask(SIG_BLOCK, &set, 0);
    puts("ready");
    fflush(stdout);
    for (int left = atoi(argv[1]); left > 0; left--) {
        siginfo_t info;
        while (sigwaitinfo(&set, &info) < 0)
            ;
        printf("%d %d %d\n", info.si_signo, info.si_code, info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
    }
    return 0;
}
"#;

/// A handler for USR1 that writes, and a main program that pauses.
const HANDLER: &str = r#"
#include <signal.h>
#include <unistd.h>
static void caught(int signal) { (void)signal; write(1, "caught\n", 7); _exit(5); }
int main(void) { signal(SIGUSR1, caught); write(1, "ready\n", 6); for (;;) pause(); }
"#;

fn send<'a>(sb: &'a Sandbox, signal: &str, target: &str) -> Run<'a> {
    sb.ipctool(["sig", "send", signal, target])
}

#[test]
fn a_c_programs_handler_runs() {
    let sb = Sandbox::new();
    let program = sb.command(sb.cc(HANDLER, []), NONE).spawn();
    program.wait_for_stdout("ready");
    send(&sb, "USR1", &program.pid.to_string()).run().status(0).stdout_is("").stderr_is("");
    program.wait().status(5).stdout_is("ready\ncaught\n");
}

#[test]
fn a_value_arrives_in_c_and_in_python() {
    let sb = Sandbox::new();
    let c = sb.command(sb.cc(CATCHER, []), ["3"]).spawn();
    c.wait_for_stdout("ready");
    let pid = c.pid.to_string();
    sb.ipctool(["sig", "send", "RTMIN+3", &pid, "--value", "42"]).run().status(0);
    sb.ipctool(["sig", "send", "sigrtmin+3", &pid, "--value", "-7"]).run().status(0);
    sb.ipctool(["sig", "send", "37", &pid]).run().status(0);
    c.wait().status(0).stdout_is("ready\n37 -1 42\n37 -1 -7\n37 -1 0\n");

    let python = sb
        .python(
            "import signal, sys\n\
             signal.pthread_sigmask(signal.SIG_BLOCK, [37])\n\
             print('ready', flush=True)\n\
             info = signal.sigwaitinfo([37])\n\
             print(info.si_signo, info.si_code, info.si_pid)",
        )
        .spawn();
    python.wait_for_stdout("ready");
    let sender = sb.ipctool(["sig", "send", "RTMIN+3", &python.pid.to_string(), "--value", "42"]).spawn();
    let sent_by = sender.pid;
    sender.wait().status(0);
    python.wait().status(0).stdout_is(format!("ready\n37 -1 {sent_by}\n"));
}

#[test]
fn a_thousand_queued_signals_arrive_in_order() {
    let sb = Sandbox::new();
    let program = sb.command(sb.cc(CATCHER, []), ["1001"]).spawn();
    program.wait_for_stdout("ready");
    let pid = program.pid.to_string();
    program.signal(Signal::SIGSTOP);
    until("the stop", || state(program.pid) == Some('T'));
    sb.ipctool(["sig", "send", "RTMIN+3", &pid, "--value", "1", "-c", "1000"]).run().status(0);
    sb.ipctool(["sig", "send", "RTMIN+3", &pid, "--value", "2"]).run().status(0);
    program.signal(Signal::SIGCONT);
    let expected = format!("ready\n{}37 -1 2\n", "37 -1 1\n".repeat(1000));
    program.wait().status(0).stdout_is(expected);
}

#[test]
fn a_full_queue_names_its_limit() {
    // The limit counts the signals of one user in one user namespace, so that it needs a user of its own.
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let catcher = sb.cc(CATCHER, []);
    let limited = ["--sigpending=5", "--", catcher.to_str().unwrap(), "100"];
    let program = sb.command("prlimit", limited).by_user(54_777).spawn();
    program.wait_for_stdout("ready");
    program.signal(Signal::SIGSTOP);
    until("the stop", || state(program.pid) == Some('T'));
    let pid = program.pid.to_string();
    let text = sb.ipctool(["sig", "send", "RTMIN+3", &pid, "-c", "100"]).run().status(1);
    text.stderr_contains("the queue of signals is full (EAGAIN); 5 of 100 sent")
        .stderr_contains("RLIMIT_SIGPENDING of the receiving process is 5, its user has 5 queued");
    sb.ipctool(["sig", "send", "RTMIN+3", &pid, "--value", "1"]).run().status(1).stderr_contains("EAGAIN");
    // A standard signal needs no place in the queue.
    sb.ipctool(["sig", "send", "USR1", &pid]).run().status(0);
}

#[test]
fn zero_only_looks() {
    let sb = Sandbox::new();
    let program = sb.command("sleep", ["1000"]).spawn();
    let pid = program.pid.to_string();
    send(&sb, "0", &pid).run().status(0).stdout_is("").stderr_is("");
    send(&sb, "0", "name:sleep").run();
    program.signal(Signal::SIGKILL);
    program.wait().killed_by(Signal::SIGKILL);
    let gone = send(&sb, "0", &pid).run().status(3);
    gone.stderr_is(format!("ipctool: cannot look for sig:{pid}: there is no such process (ESRCH)\n"));
    sb.ipctool(["sig", "send", "0", &pid, "--value", "1"]).run().status(2).stderr_contains("0 is no signal");
}

#[test]
fn several_targets_each_have_their_answer() {
    let sb = Sandbox::new();
    let one = sb.command("sleep", ["1000"]).spawn();
    let other = sb.command("sleep", ["1000"]).spawn();
    let pids = [one.pid.to_string(), "2147483647".to_string(), other.pid.to_string()];
    let run = sb.ipctool(["sig", "send", "TERM"].into_iter().chain(pids.iter().map(String::as_str))).run();
    run.status(3).stderr_contains("cannot send TERM to sig:2147483647: there is no such process (ESRCH)");
    one.wait().killed_by(Signal::SIGTERM);
    other.wait().killed_by(Signal::SIGTERM);
}

#[test]
fn a_name_of_several_needs_all() {
    let sb = Sandbox::new();
    let name = format!("ipct{}", std::process::id());
    let program = sb.path(&name);
    // Not by this process: ETXTBSY, see sandbox/compile.rs.
    sb.command("cp", ["/bin/sleep", &name]).run().status(0);
    let start = || sb.command(&program, ["1000"]).spawn();
    let target = format!("name:{name}");
    let (one, other) = (start(), start());
    let several = send(&sb, "TERM", &target).run().status(2);
    several
        .stderr_contains("2 processes run that command")
        .stderr_contains(&format!("give --all, or one of sig:{}", one.pid.min(other.pid)));
    for still in [&one, &other] {
        blocked_in(still.pid, "clock_nanosleep");
    }
    sb.ipctool(["sig", "send", "TERM", &target, "--all"]).run().status(0).stderr_is("");
    one.wait().killed_by(Signal::SIGTERM);
    other.wait().killed_by(Signal::SIGTERM);
    send(&sb, "TERM", &target).run().status(3).stderr_contains("no process runs that command");
    let single = start();
    send(&sb, "TERM", &target).run().status(0);
    single.wait().killed_by(Signal::SIGTERM);
}

#[test]
fn a_long_name_is_compared_whole() {
    let sb = Sandbox::new();
    let name = format!("ipctool-long-name-{}", std::process::id());
    let program = sb.path(&name);
    // Not by this process: ETXTBSY, see sandbox/compile.rs.
    sb.command("cp", ["/bin/sleep", &name]).run().status(0);
    let running = sb.command(&program, ["1000"]).spawn();
    send(&sb, "0", &format!("name:{name}x")).run().status(3);
    send(&sb, "TERM", &format!("name:{name}")).run().status(0);
    running.wait().killed_by(Signal::SIGTERM);
}

#[test]
fn a_group_gets_it_whole() {
    let sb = Sandbox::new();
    let leader = sb.command("setsid", ["bash", "-c", "sleep 1000 & echo $$ $!; wait"]).spawn();
    leader.wait_for_stdout("\n");
    let line = leader.stdout_so_far();
    let (group, member) = line.trim().split_once(' ').unwrap();
    let member: i32 = member.parse().unwrap();
    let end = sb.ipctool(["sig", "send", "KILL", &format!("pgrp:{group}"), "--wait"]).run().status(0);
    end.stdout_contains(&format!("{member} killed KILL after KILL"));
    leader.wait().killed_by(Signal::SIGKILL);
    let none = send(&sb, "TERM", "pgrp:2147483647").run().status(3);
    none.stderr_contains("there is no such process group (ESRCH)");
}

#[test]
fn a_group_whose_leader_is_gone_still_gets_it_and_it_is_told() {
    let sb = Sandbox::new();
    let starter =
        sb.command("setsid", ["bash", "-c", "sleep 1000 >/dev/null 2>&1 & echo $$ $!"]).run().status(0);
    let text = starter.text();
    let (group, member) = text.trim().split_once(' ').unwrap();
    let run = send(&sb, "TERM", &format!("pgrp:{group}")).run().status(0);
    run.stderr_contains(&format!("sig:pgrp:{group} was signalled by its number"));
    let member: i32 = member.parse().unwrap();
    until("the end of the member", || ended(member));
}

#[test]
fn a_value_that_a_group_cannot_get_is_not_dropped_silently() {
    let sb = Sandbox::new();
    let starter =
        sb.command("setsid", ["bash", "-c", "sleep 1000 >/dev/null 2>&1 & echo $$ $!"]).run().status(0);
    let text = starter.text();
    let (group, member) = text.trim().split_once(' ').unwrap();
    let group = format!("pgrp:{group}");
    let refused = sb.ipctool(["sig", "send", "TERM", &group, "--value", "42"]).run().status(1);
    refused.stderr_contains("with a value");
    assert!(!ended(member.parse().unwrap()));
    send(&sb, "TERM", &group).run().status(0);
}

#[test]
fn our_own_group_when_it_is_spelled_out() {
    let sb = Sandbox::new();
    let script = "trap 'echo got it; exit 3' USR1; ipctool sig send USR1 pgrp:self; sleep 1000 & wait";
    sb.command("setsid", ["--wait", "bash", "-c", script]).run().status(3).stdout_is("got it\n");
}

/// Two threads wait for USR1 and say which of them took it. The kernel gives a process's signal to the first.
const THREADS: &str = r#"
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
static sigset_t set;
static void *take(void *name) {
    siginfo_t info;
    printf("%ld\n", syscall(SYS_gettid));
    fflush(stdout);
    sigwaitinfo(&set, &info);
    printf("%s %d\n", (char *)name, info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
    fflush(stdout);
    _exit(0);
}
int main(void) {
    pthread_t thread;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, 0);
    pthread_create(&thread, 0, take, "second");
    take("first");
}
"#;

#[test]
fn one_thread_of_a_process() {
    let sb = Sandbox::new();
    let program = sb.cc(THREADS, ["-pthread"]);
    for (value, told) in [(None, "second 0\n"), (Some("9"), "second 9\n")] {
        let running = sb.command(&program, NONE).spawn();
        until("both threads", || running.stdout_so_far().lines().count() == 2);
        let first = running.pid.to_string();
        let numbers = running.stdout_so_far();
        let tid = numbers.lines().find(|tid| **tid != first).unwrap();
        // The thread's number is none of a process.
        send(&sb, "USR1", tid).run().status(2).stderr_contains("is a thread of process");
        let target = format!("{first}/{tid}");
        let value = value.map(|value| ["--value", value]).into_iter().flatten();
        sb.ipctool(["sig", "send", "USR1", &target].into_iter().chain(value)).run().status(0);
        running.wait().status(0).stdout_is(format!("{numbers}{told}"));
    }
    let other = sb.command("sleep", ["1000"]).spawn();
    let wrong = send(&sb, "USR1", &format!("{}/{}", other.pid, std::process::id())).run().status(3);
    wrong.stderr_contains("that process has no such thread");
}

#[test]
fn who_must_be_spelled_out() {
    let sb = Sandbox::new();
    send(&sb, "TERM", "0").run().status(2).stderr_contains("write sig:pgrp:self");
    send(&sb, "TERM", "-1").run().status(2).stderr_contains("write sig:all");
    send(&sb, "TERM", "-77").run().status(2).stderr_contains("write sig:pgrp:77");
    let own = sb.sh("exec ipctool sig send TERM $$").run().status(2);
    own.stderr_contains("that is ourselves").stderr_contains("write sig:self if you mean it");
    send(&sb, "TERM", "self").run().killed_by(Signal::SIGTERM);
    // Who waits for its own end waits for ever.
    for flags in [&["--wait"][..], &["--then", "KILL", "--grace", "1h"]] {
        let waits = sb.ipctool([&["sig", "send", "0", "self"], flags].concat()).run().status(2);
        waits.stderr_is(format!("ipctool: {} does not go with self: that is who would wait\n", flags[0]));
    }
}

#[test]
fn everybody_is_asked_for_first() {
    // Only a PID namespace of its own makes "everybody" small.
    let sb = Sandbox::plan().own_pids().start();
    let bystander = sb.command("sleep", ["1000"]).spawn();
    let refused = sb.command("setsid", ["--wait", "ipctool", "sig", "send", "KILL", "all"]).run().status(2);
    refused.stderr_contains("there is no terminal to ask on").stderr_contains("--yes");
    let mut asked = send(&sb, "KILL", "all").terminal(80).spawn();
    asked.wait_for_stdout("Send KILL to every process that may be signalled? [y/N] ");
    assert!(asked.write("n\n"));
    asked.wait().status(1);
    assert!(!ended(bystander.pid));
    sb.ipctool(["sig", "send", "KILL", "all", "--value", "3", "-y"]).run().status(2);
    sb.ipctool(["sig", "send", "KILL", "all", "--yes"]).run().status(0).stderr_is("");
    bystander.wait();
}

#[test]
fn without_a_handler_it_is_refused() {
    let sb = Sandbox::new();
    let sleeper = sb.command("sleep", ["1000"]).spawn();
    let pid = sleeper.pid.to_string();
    let need = |signal: &str, pid: &str| sb.ipctool(["sig", "send", signal, pid, "--require-handler"]).run();
    need("USR1", &pid).status(1).stderr_contains("has no handler for it; the default action is: terminate");
    need("KILL", &pid).status(1).stderr_contains("no process can have a handler for it");
    need("0", &pid).status(2);
    let ignoring = sb.command("sleep", ["1000"]).ignoring(Signal::SIGUSR1).spawn();
    need("USR1", &ignoring.pid.to_string()).status(1).stderr_contains("ignores it");
    assert!(!ended(sleeper.pid));
    // A handler, and a signal that every thread blocks to take it by sigwaitinfo, are both welcome.
    let handler = sb.command(sb.cc(HANDLER, []), NONE).spawn();
    handler.wait_for_stdout("ready");
    need("USR1", &handler.pid.to_string()).status(0);
    handler.wait().status(5);
    let catcher = sb.command(sb.cc(CATCHER, []), ["1"]).spawn();
    catcher.wait_for_stdout("ready");
    need("USR1", &catcher.pid.to_string()).status(0);
    catcher.wait().status(0);
}

#[test]
fn another_users_process_is_not_ours_to_signal() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let sleeper = sb.command("sleep", ["1000"]).spawn();
    blocked_in(sleeper.pid, "clock_nanosleep");
    let denied = send(&sb, "TERM", &sleeper.pid.to_string()).by_other_user().run().status(4);
    denied.stderr_contains("(EPERM)").stderr_contains("hint: it belongs to root");
    assert!(!ended(sleeper.pid));
}

#[test]
fn wrong_signals_are_told_with_the_nearest() {
    let sb = Sandbox::new();
    for (signal, told) in [
        ("USR3", "the nearest is USR1"),
        ("TREM", "the nearest is TERM"),
        ("65", "the highest signal is 64 (RTMAX)"),
        ("RTMIN+31", "the highest signal is 64 (RTMAX)"),
        ("-9", "write it without the dash"),
        ("", "no such signal"),
    ] {
        send(&sb, signal, "1").run().status(2).stdout_is("").stderr_contains(told);
    }
}
