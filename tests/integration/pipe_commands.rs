//! `ipctool pipe send` and `pipe recv`: a command's input and output.

use nix::sys::signal::Signal;

use crate::sandbox::{Output, Sandbox, blocked_in};

#[test]
fn arguments_are_lines_of_the_commands_input_and_its_status_is_ours() {
    let sb = Sandbox::new();
    sb.ipctool(["pipe", "send", "a", "b", "--", "wc", "-l"]).run().status(0).stdout_is("2\n").stderr_is("");
    sb.ipctool(["pipe", "send", "-0", "a\n", "", "--", "od", "-An", "-tx1"])
        .run()
        .stdout_is(" 61 0a 00 00\n");
    sb.ipctool(["pipe", "send", "x", "--", "sh", "-c", "cat >/dev/null; exit 7"]).run().status(7);
    sb.ipctool(["pipe", "send", "x", "--", "sh", "-c", "kill -9 $$"]).run().status(137);
}

#[test]
fn standard_input_goes_through_and_its_last_line_is_ended() {
    let sb = Sandbox::new();
    let through = |args: &[&str], input: &str| {
        let all = [&["pipe", "send"][..], args, &["--", "od", "-An", "-c"]].concat();
        let out = sb.ipctool(all).stdin(input).run().status(0);
        out.text().split_whitespace().collect::<String>()
    };
    assert_eq!(through(&[], "a\nb"), "a\\nb\\n");
    assert_eq!(through(&["--raw"], "a\nb"), "a\nb".replace('\n', "\\n"));
    assert_eq!(through(&["--jsonl"], "{\"data\":\"a\"}\n"), "a\\n");
    assert_eq!(through(&[], ""), "");
}

#[test]
fn what_cannot_run_is_127_or_126() {
    let sb = Sandbox::new();
    for verb in ["send", "recv"] {
        sb.ipctool(["pipe", verb, "--", "./none"]).run().status(127).stderr_contains("cannot run ./none");
        sb.ipctool(["pipe", verb, "--", "/"]).run().status(126);
        sb.ipctool(["pipe", verb]).run().status(2);
    }
}

#[test]
fn a_command_that_stops_reading_is_told_with_what_went() {
    let sb = Sandbox::new();
    let input = vec![b'x'; 3_000_000];
    let out = sb.ipctool(["pipe", "send", "--raw", "--", "head", "-c", "10"]).stdin(input).run().status(1);
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(text.starts_with("ipctool: cannot write to the input of head: its last reader left; "), "{text}");
    assert!(text.contains(" bytes went") && text.ends_with("(EPIPE)\n"), "{text}");
    sb.ipctool(["pipe", "send", "--raw", "--", "sh", "-c", "exec <&-; exit 3"])
        .stdin(vec![b'x'; 3_000_000])
        .run()
        .status(3);
}

#[test]
fn what_a_command_writes_is_printed_as_records() {
    let sb = Sandbox::new();
    let recv = |args: &[&str]| sb.ipctool([&["pipe", "recv"][..], args].concat()).run();
    recv(&["--", "seq", "3"]).status(0).stdout_is("1\n2\n3\n");
    recv(&["--", "printf", "a\\nb"]).status(0).stdout_is("a\nb\n");
    recv(&["--raw", "--", "printf", "a\\nb"]).status(0).stdout_is("a\nb");
    recv(&["--jsonl", "--", "printf", "a\\nb"]).status(0).stdout_is("{\"data\":\"a\"}\n{\"data\":\"b\"}\n");
    recv(&["--", "sh", "-c", "echo x; exit 5"]).status(5).stdout_is("x\n");
    recv(&["--", "sh", "-c", "kill -TERM $$"]).status(143);
    recv(&["-c", "2", "--", "yes"]).status(0).stdout_is("y\ny\n");
    recv(&["-c", "3", "--", "echo", "x"]).status(1).stdout_is("x\n").stderr_contains("no writer left");
}

/// Prints one line and says nothing more.
const QUIET: [&str; 4] = ["--", "sh", "-c", "echo x; exec sleep 100"];

/// `pipe recv` of [`QUIET`] until a time is over. How long its line takes is up to the machine: where none came, again with more.
fn until_quiet(sb: &Sandbox, flags: &[&str]) -> Output {
    let run = |time| sb.ipctool([&["pipe", "recv"], flags, &[time], &QUIET].concat()).run();
    let came = |out: &Output| out.stdout == b"x\n";
    ["500ms", "3s"].into_iter().map(run).find(came).unwrap_or_else(|| run("15s").stdout_is("x\n"))
}

#[test]
fn a_timeout_ends_the_command_too() {
    let sb = Sandbox::new();
    until_quiet(&sb, &["-t"]).status(124);
    sb.ipctool(["pipe", "send", "-t", "50ms", "--raw", "--", "sleep", "100"])
        .stdin(vec![b'x'; 3_000_000])
        .run()
        .status(124)
        .stderr_contains("the timeout passed");
}

#[test]
fn term_goes_on_to_the_command_and_its_status_is_reported() {
    let sb = Sandbox::new();
    let running = sb
        .ipctool([
            "pipe",
            "recv",
            "--",
            "sh",
            "-c",
            "trap 'echo last; echo words; exit 9' TERM; echo up; read x",
        ])
        .stdin_open()
        .spawn();
    running.wait_for_stdout("up");
    running.signal(Signal::SIGTERM);
    running.wait().status(9).stdout_is("up\nlast\nwords\n");
    let mut running = sb.ipctool(["pipe", "recv", "-c", "2", "--", "cat"]).stdin_open().spawn();
    blocked_in(running.pid, "poll");
    running.signal(Signal::SIGINT);
    assert!(running.write("a\nb\nc\n"));
    running.close_stdin();
    running.wait().status(0).stdout_is("a\nb\n");
}

/// It took its input's end for the whole: that must not pass for success.
#[test]
fn an_interrupt_that_cuts_the_input_of_a_command_is_told_by_the_status() {
    let sb = Sandbox::new();
    let interrupted = |args: &[&str], child: &str, signal| {
        let line = [&["pipe", "send"], args, &["--", "sh", "-c", child]].concat();
        let mut running = sb.ipctool(line).stdin_open().spawn();
        running.write("a\n");
        running.wait_for_stdout("a\n");
        running.signal(signal);
        running.wait()
    };
    interrupted(&[], "exec cat", Signal::SIGINT).killed_by(Signal::SIGINT).stdout_is("a\n");
    interrupted(&[], "cat; exit 3", Signal::SIGINT).status(3).stdout_is("a\n");
    interrupted(&[], "exec cat", Signal::SIGTERM).status(143).stdout_is("a\n");
    let graceful = "trap : TERM; cat; exit 0";
    interrupted(&[], graceful, Signal::SIGTERM).status(0).stdout_is("a\n");
    // All was sent: only the command's end is waited for.
    sb.ipctool(["fifo", "create", "go"]).run().status(0);
    let running = sb.ipctool(["pipe", "send", "a", "--", "sh", "-c", "cat; read x <go"]).spawn();
    running.wait_for_stdout("a\n");
    blocked_in(running.pid, "waitid");
    running.signal(Signal::SIGINT);
    sb.sh("echo x >go").run().status(0);
    running.wait().status(0);
}

#[test]
fn a_gone_reader_of_ours_is_seen_before_the_next_take() {
    let sb = Sandbox::new();
    let out = sb.ipctool(["pipe", "recv", "--", "yes"]).reader_leaves_after(100).run();
    assert_eq!(out.ended.code(), Some(141), "{}", out.command);
}

#[test]
fn a_blocked_reader_waits_for_the_command() {
    let sb = Sandbox::new();
    let mut running = sb.ipctool(["pipe", "recv", "--", "cat"]).stdin_open().spawn();
    blocked_in(running.pid, "poll");
    assert!(running.write("late\n"));
    running.wait_for_stdout("late\n");
    running.close_stdin();
    running.wait().status(0).stdout_is("late\n");
}

#[test]
fn a_quiet_command_is_ended_and_that_is_no_failure() {
    let sb = Sandbox::new();
    let recv = |args: &[&str]| sb.ipctool([&["pipe", "recv"][..], args].concat()).run();
    until_quiet(&sb, &["--idle-timeout"]).status(0).stderr_is("");
    recv(&["--idle-timeout", "50ms", "--", "sh", "-c", "trap '' TERM; sleep 1; echo x; echo y"]).status(0);
    until_quiet(&sb, &["-c", "2", "--idle-timeout"]).status(1);
    recv(&["-n", "--", "sleep", "100"]).status(5).stderr_contains("it would block");
}

#[test]
fn an_output_that_takes_no_more_is_our_failure() {
    let sb = Sandbox::new();
    let out = sb.ipctool(["pipe", "recv", "--", "yes"]).stdout_to("/dev/full").run().status(1);
    out.stderr_contains("no space left on device");
}

#[test]
fn a_long_record_that_is_counted_costs_what_it_is_long() {
    let sb = Sandbox::new();
    let script = "ipctool pipe recv -c 1 -- sh -c 'head -c 40000000 /dev/zero; echo' | wc -c";
    sb.sh(script).run().status(0).stdout_is("40000001\n");
}
