//! `sig show`, `ls sig`, `sig ls`: what is pending, blocked, ignored and caught.

use serde_json::{Value, json};

use crate::sandbox::{NONE, Sandbox, blocked_in, until};
use crate::schema::assert_valid;

/// Two threads with masks of their own; one signal pending for each, and one for the process.
const STATES: &str = r#"
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
static void block(int one, int other) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, one);
    sigaddset(&set, other);
    pthread_sigmask(SIG_BLOCK, &set, 0);
}
static void nothing(int signal) { (void)signal; }
static void *second(void *unused) {
    block(SIGUSR2, SIGRTMIN + 3);
    pthread_kill(pthread_self(), SIGRTMIN + 3);
    printf("%ld\n", syscall(SYS_gettid));
    fflush(stdout);
    for (;;) pause();
    return unused;
}
int main(void) {
    pthread_t thread;
    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGTERM, &action, 0);
    sigaction(SIGRTMIN + 9, &action, 0);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGRTMAX, SIG_IGN);
    block(SIGUSR1, SIGHUP);
    pthread_create(&thread, 0, second, 0);
    raise(SIGHUP);
    for (;;) pause();
}
"#;

/// What the C library does with its own two signals is not the program's doing.
fn without_reserved(names: &str) -> String {
    let kept = names.split_whitespace().filter(|name| !["32", "33"].contains(name));
    kept.collect::<Vec<_>>().join(" ")
}

#[test]
fn show_agrees_with_what_a_program_set_and_with_proc() {
    let sb = Sandbox::new();
    let program = sb.command(sb.cc(STATES, ["-pthread"]), NONE).spawn();
    program.wait_for_stdout("\n");
    let (pid, tid) = (program.pid.to_string(), program.stdout_so_far().trim().to_string());
    let raised = || {
        std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap().contains("SigPnd:\t0000000000000001")
    };
    until("the raise", raised);
    let shown = sb.ipctool(["show", &format!("sig:{pid}"), "--json"]).run().status(0).json();
    assert_valid("show-sig", &shown);
    let shown = &shown[0];
    assert_eq!(shown["blocked"], json!("HUP USR1"));
    assert_eq!(without_reserved(shown["ignored"].as_str().unwrap()), "QUIT RTMAX");
    assert_eq!(without_reserved(shown["caught"].as_str().unwrap()), "TERM RTMIN+9");
    assert_eq!((&shown["threads"], &shown["threads_differ"]), (&json!(2), &json!(true)));
    let threads = shown["thread"].as_array().unwrap();
    let of = |tid: &str| {
        let tid: i32 = tid.parse().unwrap();
        threads.iter().find(|thread| thread["tid"] == json!(tid)).unwrap()
    };
    assert_eq!((&of(&pid)["blocked"], &of(&pid)["pending"]), (&json!("HUP USR1"), &json!("HUP")));
    assert_eq!(of(&tid)["blocked"], json!("HUP USR1 USR2 RTMIN+3"));
    assert_eq!(of(&tid)["pending"], json!("RTMIN+3"));
    let caught = sb.ipctool(["sig", "show", &pid, "--field", "caught"]).run().status(0);
    assert_eq!(without_reserved(&caught.text()), "TERM RTMIN+9");
    let blocked = sb.ipctool(["sig", "show", &pid, "--field", "thread.blocked"]).run().status(0);
    blocked.stdout_is("HUP USR1\nHUP USR1 USR2 RTMIN+3\n");
}

#[test]
fn what_is_pending_for_the_process_and_what_a_thread_waits_for() {
    let sb = Sandbox::new();
    let blocked = sb.ipctool(["sig", "run", "--block", "USR1,RTMIN+4", "--", "sleep", "1000"]).spawn();
    let pid = blocked.pid.to_string();
    blocked_in(blocked.pid, "clock_nanosleep");
    sb.ipctool(["sig", "send", "RTMIN+4", &pid, "--value", "1", "-c", "2"]).run().status(0);
    let pending = sb.ipctool(["sig", "show", &pid, "--field", "pending"]).run().status(0);
    pending.stdout_is("RTMIN+4\n");
    let waiting = sb
        .python(
            "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [10, 40]); signal.sigwaitinfo([10, 40])",
        )
        .spawn();
    blocked_in(waiting.pid, "rt_sigtimedwait");
    let awaited = sb.ipctool(["sig", "show", &waiting.pid.to_string(), "--field", "thread.awaited"]).run();
    awaited.status(0).stdout_is("USR1 RTMIN+6\n");
}

#[test]
fn what_cannot_be_shown() {
    let sb = Sandbox::new();
    sb.ipctool(["sig", "show", "2147483647"]).run().status(3).stderr_contains("there is no such process");
    sb.ipctool(["show", "sig:2147483647", "-q"]).run().status(3).stderr_is("");
    sb.ipctool(["sig", "show", "pgrp:1"]).run().status(2).stderr_contains("it is not one process");
    sb.ipctool(["sig", "show", "self", "--field", "command"]).run().status(0).stdout_is("ipctool\n");
}

#[test]
fn ls_sig_lists_processes() {
    let sb = Sandbox::new();
    let blocked = sb.ipctool(["sig", "run", "--block", "USR1,RTMIN+4", "--", "sleep", "1000"]).spawn();
    blocked_in(blocked.pid, "clock_nanosleep");
    let plain = sb.command("sleep", ["1000"]).spawn();
    blocked_in(plain.pid, "clock_nanosleep");
    let listed = sb.ipctool(["ls", "sig", "--json"]).run().status(0).json();
    assert_valid("ls-sig", &listed);
    let find = |pid: i32| -> Option<Value> {
        listed.as_array().unwrap().iter().find(|row| row["pid"] == json!(pid)).cloned()
    };
    let row = find(blocked.pid).unwrap();
    assert_eq!((&row["command"], &row["blocked"]), (&json!("sleep"), &json!("USR1 RTMIN+4")));
    assert_eq!((&row["ref"], &row["pending"]), (&json!(format!("sig:{}", blocked.pid)), &json!("")));
    let table = sb.ipctool(["ls", "sig", "-o", "pid,pending,blocked"]).run().status(0).text();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(table.lines().any(|line| words(line) == format!("{} - USR1 RTMIN+4", blocked.pid)), "{table}");
    assert_eq!(find(plain.pid), None, "signals mean nothing to it");
    let refs = sb.ipctool(["ls", "sig", "-q", "--mine"]).run().status(0).text();
    assert!(refs.lines().any(|line| line == format!("sig:{}", blocked.pid)));
    sb.ipctool(["ls", "sig", "--key", "1"]).run().status(2).stderr_contains("--key does not go with sig");
    sb.ipctool(["ls", "sig", "-o", "nosuch"]).run().status(2);
}

#[test]
fn sig_ls_lists_signals() {
    let sb = Sandbox::new();
    let names = sb.ipctool(["sig", "ls", "--noheadings", "-o", "number,name"]).run().status(0).text();
    assert_eq!(names.lines().count(), 62);
    // bash numbers them alike, but counts the upper half of the realtime signals from RTMAX.
    let theirs =
        sb.sh("for n in $(seq 1 31) 34 35 49 64; do echo $n $(kill -l $n); done").run().status(0).text();
    for line in theirs.lines() {
        let found = names.lines().any(|ours| ours.split_whitespace().eq(line.split_whitespace()));
        assert!(found, "{line}");
    }
    let listed = sb.ipctool(["sig", "ls", "--json"]).run().status(0).json();
    assert_valid("sig-ls", &listed);
    assert_eq!(listed[8]["action"], json!("terminate"));
}

#[test]
fn no_kind_but_those_of_ipc_objects_is_removed() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-M", "4096"]).run().status(0);
    for kind in ["sig", "fifo", "pipe", "mmap"] {
        let refused = sb.ipctool(["rm", kind, "--all", "--yes"]).run().status(2);
        refused.stdout_is("").stderr_contains(&format!("{kind} is no kind that is removed by conditions"));
    }
    assert_eq!(sb.ipctool(["ls", "shm", "-q"]).run().status(0).text().lines().count(), 1);
}

#[test]
fn a_signal_is_referred_to_by_its_name() {
    let sb = Sandbox::new();
    let names = sb.ipctool(["sig", "ls", "-q"]).run().status(0).text();
    assert_eq!(names.lines().take(2).collect::<Vec<_>>(), ["HUP", "INT"]);
    assert_eq!(names.lines().count(), 62);
}

#[test]
fn a_list_that_is_made_again_is_an_object_a_line() {
    let sb = Sandbox::plan().own_pids().start();
    let watching = sb.ipctool(["ls", "sig", "--watch=10ms", "--json"]).spawn();
    watching.wait_for_stdout("}\n{");
    assert!(watching.stdout_so_far().starts_with('{'));
    let terminal = sb.ipctool(["ls", "sig", "--watch=10ms"]).terminal(80).spawn();
    terminal.wait_for_stdout("\x1b[H\x1b[2J");
}
