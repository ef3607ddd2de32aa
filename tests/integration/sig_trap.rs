//! `sig trap`: what came, from whom, with what.

use std::path::PathBuf;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::sandbox::{Run, Running, Sandbox, blocked_in, state, until};
use crate::schema::assert_valid;

/// Starts it and waits until it sleeps, with its signals blocked.
fn armed(run: Run<'_>) -> Running {
    let running = run.spawn();
    blocked_in(running.pid, "poll");
    running
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Sends signals in every way that C has, to the PID that is its first argument.
const SENDER: &str = r#"
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv) {
    int pid = atoi(argv[1]);
    switch (argv[2][0]) {
    case 'k': return kill(pid, SIGUSR1);
    case 'q': return sigqueue(pid, SIGUSR1, (union sigval){.sival_int = -42});
    case 'r': return sigqueue(pid, SIGRTMIN + 1, (union sigval){.sival_int = 7});
    case 't': return syscall(SYS_tgkill, pid, pid, SIGUSR1);
    case 'o': {
        /* What the kernel sends when a timer of that process has run out twice too often. */
        siginfo_t info;
        memset(&info, 0, sizeof info);
        info.si_signo = SIGUSR1;
        info.si_code = SI_TIMER;
        info.si_overrun = 2;
        info.si_value.sival_int = 11;
        return syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, &info);
    }
    }
    return 9;
}
"#;

#[test]
fn each_way_to_send_is_told_apart() {
    let sb = Sandbox::new();
    let sender = sb.cc(SENDER, []);
    let comm: String = sender.file_name().unwrap().to_string_lossy().chars().take(15).collect();
    for (way, signal, code, value, knows_sender) in [
        ("k", "USR1", "user", Value::Null, true),
        ("q", "USR1", "queue", json!(-42), true),
        ("r", "RTMIN+1", "queue", json!(7), true),
        ("t", "USR1", "tkill", Value::Null, true),
        ("o", "USR1", "timer", json!(11), false),
    ] {
        let trap = armed(sb.ipctool(["sig", "trap", "USR1", "RTMIN+1", "-c", "1", "--json"]));
        let send = sb.command(&sender, [&trap.pid.to_string(), way]).spawn();
        let from = send.pid;
        send.wait().status(0);
        let got = &objects(&trap.wait().status(0).stderr_is("").text())[0];
        assert_valid("sig-trap", got);
        assert_eq!(
            (&got["signal"], &got["code"], &got["value"]),
            (&json!(signal), &json!(code), &value),
            "{way}"
        );
        if knows_sender {
            // Also an ordinary user is root in its sandbox.
            assert_eq!((&got["pid"], &got["uid"]), (&json!(from), &json!(0)), "{way}");
            // The sender may have ended before it was looked at.
            assert!([json!(comm), Value::Null].contains(&got["command"]), "{got}");
        } else {
            assert_eq!((&got["pid"], &got["uid"], &got["overrun"]), (&Value::Null, &Value::Null, &json!(2)));
        }
    }
}

#[test]
fn a_sender_that_lives_on_is_named() {
    let sb = Sandbox::new();
    let trap = armed(sb.ipctool(["sig", "trap", "USR1", "-c", "1", "-J"]));
    let shell = sb.sh(&format!("kill -USR1 {}; read -r end", trap.pid)).stdin_open().spawn();
    let got = objects(&trap.wait().status(0).text());
    assert_eq!(got[0]["command"], json!("bash"));
    assert_eq!(got[0]["pid"], json!(shell.pid));
}

/// Blocks, raises, starts timers; then becomes ipctool, which finds the signals pending.
const PENDING: &str = r#"
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>
int main(int argc, char **argv) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, 0);
    raise(SIGUSR2);
    struct itimerval soon = {{0, 0}, {0, 1000}};
    setitimer(ITIMER_REAL, &soon, 0);
    execvp(argv[1], argv + 1);
    return 9;
}
"#;

#[test]
fn a_raise_and_a_kernels_timer_that_wait_for_us() {
    let sb = Sandbox::new();
    let starter = sb.cc(PENDING, []);
    let run = sb.command(starter, ["ipctool", "sig", "trap", "USR2", "ALRM", "-c", "2", "--json"]).run();
    let got = objects(&run.status(0).text());
    let of = |signal: &str| got.iter().find(|one| one["signal"] == json!(signal)).unwrap();
    assert_eq!(of("USR2")["code"], json!("tkill"));
    assert_eq!((&of("ALRM")["code"], &of("ALRM")["pid"]), (&json!("kernel"), &Value::Null));
}

/// Loaded into ipctool: before main a POSIX timer of this very process runs out on a blocked signal.
const TIMER: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
__attribute__((constructor)) static void start(void) {
    // The steps on the way to ipctool are loaded with it too, and need not survive its signal.
    if (strcmp(program_invocation_short_name, "ipctool")) return;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 5);
    sigprocmask(SIG_BLOCK, &set, 0);
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 5};
    event.sigev_value.sival_int = 77;
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    struct itimerspec soon = {{0, 0}, {0, 1}};
    timer_settime(timer, 0, &soon, 0);
}
"#;

#[test]
fn a_posix_timers_value_comes_with_it() {
    let sb = Sandbox::new();
    let library = sb.cc(TIMER, ["-shared", "-fPIC"]);
    let is_static = std::env::var_os("IPCTOOL_TEST_BINARY").is_some_and(|path| {
        let out = std::process::Command::new("ldd").arg(PathBuf::from(path)).output();
        out.is_ok_and(|out| {
            !out.status.success() || String::from_utf8_lossy(&out.stdout).contains("statically")
        })
    });
    if is_static {
        // Nothing can be loaded into a static binary; what it prints is the same code.
        return;
    }
    let run = sb.ipctool(["sig", "trap", "RTMIN+5", "-c", "1", "--json"]).env("LD_PRELOAD", library).run();
    let got = objects(&run.status(0).text());
    assert_eq!((&got[0]["code"], &got[0]["value"]), (&json!("timer"), &json!(77)));
    assert_eq!((&got[0]["pid"], &got[0]["overrun"]), (&Value::Null, &json!(0)));
}

#[test]
fn merged_signals_are_one_and_queued_ones_are_all() {
    let sb = Sandbox::new();
    let trap = armed(sb.ipctool(["sig", "trap", "USR1", "USR2", "RTMIN+1", "-c", "7"]));
    let pid = trap.pid.to_string();
    trap.signal(Signal::SIGSTOP);
    until("the stop", || state(trap.pid) == Some('T'));
    sb.ipctool(["sig", "send", "USR1", &pid, "-c", "3"]).run().status(0);
    for value in ["1", "2", "3", "4", "5"] {
        sb.ipctool(["sig", "send", "RTMIN+1", &pid, "--value", value]).run().status(0);
    }
    sb.ipctool(["sig", "send", "USR2", &pid]).run().status(0);
    trap.signal(Signal::SIGCONT);
    let text = trap.wait().status(0).text();
    let heads: Vec<String> =
        text.lines().map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect();
    let queued = (1..=5).map(|value| format!("RTMIN+1 queue {value}"));
    let expected: Vec<String> =
        ["USR1 user -".to_string(), "USR2 user -".to_string()].into_iter().chain(queued).collect();
    assert_eq!(heads, expected);
}

#[test]
fn ten_thousand_queued_signals_come_whole_and_in_order() {
    let sb = Sandbox::new();
    let trap = armed(sb.ipctool(["sig", "trap", "RTMIN", "-c", "10000", "--json"]));
    // The queue is smaller than that on many systems: the sender tries again.
    let sender = sb
        .python(&format!(
            "import ctypes, os\n\
             libc = ctypes.CDLL(None, use_errno=True)\n\
             for value in range(10000):\n\
             \x20   while libc.sigqueue({}, 34, ctypes.c_void_p(value)) != 0: os.sched_yield()",
            trap.pid
        ))
        .run();
    sender.status(0);
    let got = objects(&trap.wait().status(0).text());
    assert!(got.iter().zip(0..).all(|(one, value)| one["value"] == json!(value)));
    assert_eq!(got.len(), 10_000);
}

#[test]
fn the_usual_set() {
    let sb = Sandbox::new();
    let trap = armed(sb.ipctool(["sig", "trap", "-c", "5"]));
    let pid = trap.pid.to_string();
    for signal in ["HUP", "USR1", "USR2", "RTMIN", "RTMAX"] {
        sb.ipctool(["sig", "send", signal, &pid]).run().status(0);
        trap.wait_for_stdout(&format!("{signal} "));
    }
    trap.wait().status(0);
    let quiet = armed(sb.ipctool(["sig", "trap"]).ignoring(Signal::SIGHUP));
    quiet.signal(Signal::SIGHUP);
    quiet.signal(Signal::SIGUSR1);
    quiet.wait_for_stdout("USR1 user");
    quiet.signal(Signal::SIGTERM);
    let out = quiet.wait().killed_by(Signal::SIGTERM);
    assert!(!out.text().contains("HUP"), "an inherited SIG_IGN stays");
}

#[test]
fn an_ignored_signal_that_is_named_is_received() {
    let sb = Sandbox::new();
    let trap = armed(sb.ipctool(["sig", "trap", "INT", "-c", "1"]).ignoring(Signal::SIGINT));
    trap.signal(Signal::SIGINT);
    trap.wait().status(0).stdout_contains("INT user");
}

#[test]
fn interrupts_end_it_unless_they_are_trapped_or_ignored() {
    let sb = Sandbox::new();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let trap = armed(sb.ipctool(["sig", "trap"]));
        trap.signal(signal);
        trap.wait().killed_by(signal).stderr_is("");
    }
    let trapped = armed(sb.ipctool(["sig", "trap", "INT", "TERM", "-c", "2"]));
    trapped.signal(Signal::SIGINT);
    trapped.wait_for_stdout("INT user");
    trapped.signal(Signal::SIGTERM);
    trapped.wait().status(0).stdout_contains("TERM user");
    let ignoring = armed(sb.ipctool(["sig", "trap", "USR1", "-c", "1"]).ignoring(Signal::SIGINT));
    ignoring.signal(Signal::SIGINT);
    ignoring.signal(Signal::SIGUSR1);
    ignoring.wait().status(0);
}

#[test]
fn ctrl_c_at_the_terminal_ends_it() {
    let sb = Sandbox::new();
    let mut trap = armed(sb.ipctool(["sig", "trap"]).terminal(80));
    assert!(trap.write("\x03"));
    trap.wait().killed_by(Signal::SIGINT);
}

#[test]
fn what_was_pending_before_the_end_is_told() {
    let sb = Sandbox::new();
    let trap = armed(sb.ipctool(["sig", "trap"]));
    trap.signal(Signal::SIGSTOP);
    until("the stop", || state(trap.pid) == Some('T'));
    trap.signal(Signal::SIGUSR1);
    trap.signal(Signal::SIGTERM);
    trap.signal(Signal::SIGCONT);
    trap.wait().killed_by(Signal::SIGTERM).stdout_contains("USR1 user");
}

#[test]
fn time_runs_out() {
    let sb = Sandbox::new();
    sb.ipctool(["sig", "trap", "--timeout", "20ms"]).run().status(124).stderr_contains("the timeout passed");
    sb.ipctool(["sig", "trap", "--nowait"]).run().status(5);
    sb.ipctool(["sig", "trap", "--idle-timeout", "20ms"]).run().status(0).stdout_is("").stderr_is("");
    let short = sb.ipctool(["sig", "trap", "--idle-timeout", "20ms", "-c", "2"]).run().status(1);
    short.stderr_contains("2 more were to come");
}

#[test]
fn what_cannot_be_trapped() {
    let sb = Sandbox::new();
    for (signal, told) in [
        ("KILL", "KILL cannot be trapped"),
        ("STOP", "STOP cannot be trapped"),
        ("32", "the C library keeps 32 and 33"),
        ("33", "the C library keeps 32 and 33"),
        ("65", "the highest signal is 64 (RTMAX)"),
        ("RTMAX+1", "no such signal"),
        ("0", "0 is no signal"),
        ("CHDL", "the nearest is CHLD"),
    ] {
        sb.ipctool(["sig", "trap", signal]).run().status(2).stdout_is("").stderr_contains(told);
    }
}

#[test]
fn a_reader_that_left_ends_it_before_the_take() {
    let sb = Sandbox::new();
    let trap = armed(sb.ipctool(["sig", "trap", "USR1"]).reader_leaves_after(0));
    trap.signal(Signal::SIGUSR1);
    trap.wait().status(1).stderr_contains("EPIPE");
    sb.ipctool(["sig", "trap"]).closed(&[1]).run().status(1).stderr_contains("it is closed");
    let full = armed(sb.ipctool(["sig", "trap", "USR1"]).stdout_to("/dev/full"));
    full.signal(Signal::SIGUSR1);
    full.wait().status(1).stderr_contains("1 record was taken and not written");
}
