//! `sig trap` and others: the PID file, shell commands and programs by signal.

use nix::sys::signal::Signal;

use crate::sandbox::{Sandbox, blocked_in, need_root, until};

/// How often the race between the PID file and the first signal is run; `IPCTOOL_TEST_ROUNDS` sets it.
const ROUNDS: usize = 40;

#[test]
fn a_signal_sent_as_soon_as_the_file_is_there_is_never_missed() {
    let sb = Sandbox::new();
    let script = "for ((round = 0; round < $1; round++)); do
        ipctool sig trap USR1 -c 1 --pid-file pid >out & 
        until [ -e pid ]; do :; done
        kill -USR1 $(<pid) || exit 1
        wait $! || exit 2
        [ ! -e pid ] || exit 3
        [[ $(<out) == 'USR1 user - '* ]] || exit 4
    done";
    let rounds = std::env::var("IPCTOOL_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    // A few at a time: each run of a command has its bound.
    for _ in 0..rounds.unwrap_or(ROUNDS).div_ceil(20) {
        sb.command("bash", ["-c", script, "bash", "20"]).run().status(0).stderr_is("");
    }
}

#[test]
fn the_file_goes_with_every_end() {
    let sb = Sandbox::new();
    let file = sb.path("pid");
    let start = || {
        let trap = sb.ipctool(["sig", "trap", "USR1", "--pid-file", "pid"]).spawn();
        until("the PID file", || file.exists());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("{}\n", trap.pid));
        trap
    };
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let trap = start();
        trap.signal(signal);
        trap.wait().killed_by(signal);
        assert!(!file.exists(), "{signal}");
    }
    sb.ipctool(["sig", "trap", "--pid-file", "pid", "-t", "10ms"]).run().status(124);
    assert!(!file.exists());
    // What another put in its place meanwhile is another's.
    let trap = start();
    std::fs::rename(&file, sb.path("old")).unwrap();
    std::fs::write(&file, "another's\n").unwrap();
    trap.signal(Signal::SIGTERM);
    trap.wait().killed_by(Signal::SIGTERM);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "another's\n");
    let nowhere = sb.ipctool(["sig", "trap", "--pid-file", "no/such/pid"]).run().status(3);
    nowhere.stderr_contains("cannot write the PID file no/such/pid: no such file or directory (ENOENT)");
}

#[test]
fn a_link_in_the_files_place_is_replaced_and_not_followed() {
    let sb = Sandbox::new();
    std::fs::write(sb.path("precious"), "kept").unwrap();
    std::os::unix::fs::symlink("precious", sb.path("pid")).unwrap();
    sb.ipctool(["sig", "trap", "--pid-file", "pid", "-t", "10ms"]).run().status(124);
    assert_eq!(std::fs::read_to_string(sb.path("precious")).unwrap(), "kept");
    assert!(!sb.path("pid").exists());
}

#[test]
fn shell_commands_by_signal() {
    let sb = Sandbox::new();
    let on = [
        "sig",
        "trap",
        "RTMIN+1",
        "--on",
        "USR1=echo one $IPCTOOL_SIGNAL $IPCTOOL_TYPE $IPCTOOL_CODE $IPCTOOL_VALUE $IPCTOOL_SEQ; cat",
        "--on",
        "sigusr2=echo 'two = 2'",
        "-c",
        "3",
    ];
    let trap = sb.ipctool(on).spawn();
    blocked_in(trap.pid, "poll");
    let pid = trap.pid.to_string();
    let sender = sb.ipctool(["sig", "send", "USR1", &pid, "--value", "-3"]).spawn();
    let from = sender.pid;
    sender.wait().status(0);
    trap.wait_for_stdout("USR1 queue -3");
    sb.ipctool(["sig", "send", "USR2", &pid]).run().status(0);
    trap.wait_for_stdout("two");
    sb.ipctool(["sig", "send", "RTMIN+1", &pid]).run().status(0);
    let text = trap.wait().status(0).text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "one USR1 10 queue -3 1");
    assert!(lines[1].starts_with(&format!("USR1 queue -3 {from} 0 ")), "{text}");
    assert_eq!(lines[2], "two = 2");
    assert!(lines[3].starts_with("RTMIN+1 queue 0 "), "{text}");
}

#[test]
fn a_program_for_each_signal_and_a_failing_one() {
    let sb = Sandbox::new();
    let words =
        ["sig", "trap", "RTMIN", "-c", "5", "--json", "--", "sh", "-c", "cat; [ $IPCTOOL_VALUE != 3 ]"];
    let trap = sb.ipctool(words).spawn();
    blocked_in(trap.pid, "poll");
    for value in ["1", "2", "3", "4", "5"] {
        let pid = trap.pid.to_string();
        sb.ipctool(["sig", "send", "RTMIN", &pid, "--value", value]).run().status(0);
    }
    let out = trap.wait().status(1);
    let text = out.text();
    let values: Vec<i64> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["value"].as_i64().unwrap())
        .collect();
    assert_eq!(values, [1, 2, 3, 4, 5]);
    out.stderr_is("ipctool: cannot deliver RTMIN (signal 3): the command's status is 1\n");
}

#[test]
fn a_burst_during_the_commands_is_lost_nowhere() {
    let sb = Sandbox::new();
    // While programs are started, a signal of ours must not find the trap open for a moment.
    let trap = sb.ipctool(["sig", "trap", "RTMIN", "-c", "200", "--", "true"]).spawn();
    blocked_in(trap.pid, "poll");
    let pid = trap.pid.to_string();
    sb.ipctool(["sig", "send", "RTMIN", &pid, "--every", "1ms", "-c", "200"]).run().status(0);
    trap.wait().status(0).stderr_is("");
}

#[test]
fn commands_start_with_a_clean_slate() {
    let sb = Sandbox::new();
    let trap =
        sb.ipctool(["sig", "trap", "USR1", "-c", "1", "--", "grep", "SigBlk", "/proc/self/status"]).spawn();
    blocked_in(trap.pid, "poll");
    trap.signal(Signal::SIGUSR1);
    trap.wait().status(0).stdout_is("SigBlk:\t0000000000000000\n");
}

#[test]
fn the_end_of_a_command_is_no_signal_to_report() {
    let sb = Sandbox::new();
    let trap = sb.ipctool(["sig", "trap", "CHLD", "--on", "USR1=echo ran", "-c", "3"]).spawn();
    blocked_in(trap.pid, "poll");
    let file = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", trap.pid)).unwrap();
    for run in 1..=2 {
        trap.signal(Signal::SIGUSR1);
        trap.wait_for_stdout(&"ran\n".repeat(run));
        // Reaped, and what its end sent us is taken too.
        until("the command's end", || {
            file(&format!("task/{}/children", trap.pid)).is_empty()
                && file("status").contains("ShdPnd:\t0000000000000000")
        });
    }
    trap.signal(Signal::SIGCHLD);
    let text = trap.wait().status(0).text();
    assert!(text.starts_with("ran\nran\nCHLD user "), "{text}");
}

#[test]
fn term_goes_on_to_the_command_and_then_ends_us() {
    let sb = Sandbox::new();
    let script = "trap 'echo told; exit 0' TERM; echo ready; while :; do read -t 1 x; done";
    let trap = sb.ipctool(["sig", "trap", "USR1", "--", "bash", "-c", script]).spawn();
    blocked_in(trap.pid, "poll");
    trap.signal(Signal::SIGUSR1);
    trap.wait_for_stdout("ready");
    trap.signal(Signal::SIGTERM);
    trap.wait().killed_by(Signal::SIGTERM).stdout_is("ready\ntold\n");
}

#[test]
fn what_is_wrong_with_a_command_is_told_before_anything_is_received() {
    let sb = Sandbox::new();
    let wrong = |args: &[&str], status: i32, told: &str| {
        let words = ["sig", "trap", "--pid-file", "pid"].iter().chain(args).copied().collect::<Vec<_>>();
        sb.ipctool(words).run().status(status).stdout_is("").stderr_contains(told);
        assert!(!sb.path("pid").exists());
    };
    wrong(&["--", "no-such-command"], 127, "no such command in PATH");
    wrong(&["--", "/etc/passwd"], 126, "EACCES");
    wrong(&["--on", "USR1"], 2, "write --on USR1='echo hello'");
    wrong(&["--on", "USR9=true"], 2, "the nearest is USR");
    wrong(&["--on", "KILL=true"], 2, "KILL cannot be trapped");
    wrong(&["--on", "USR1=true", "--on", "10=false"], 2, "--on names USR1 twice");
    wrong(&["--on", "USR1=true", "--", "true"], 2, "cannot be used with");
}

#[test]
fn another_user_may_be_the_sender() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let trap = sb.ipctool(["sig", "trap", "USR1", "-c", "1", "--json"]).by_other_user().spawn();
    blocked_in(trap.pid, "poll");
    let denied = sb.ipctool(["sig", "send", "USR1", &trap.pid.to_string()]).by_user(54_778).run().status(4);
    denied.stderr_contains("EPERM");
    sb.ipctool(["sig", "send", "USR1", &trap.pid.to_string()]).run().status(0);
    trap.wait().status(0).stdout_contains("\"uid\":0,\"user\":\"root\"");
}
