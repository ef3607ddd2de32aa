//! How a waiting verb ends: the queue is removed, it would block, the timeout passes, a signal comes, nobody reads.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::sandbox::{Run, Sandbox, blocked_in, state, until};

/// The waiting verbs on queue 0, which is empty, and queue 1, which is full, with the call that each sleeps in.
const WAITING: [(&[&str], &str); 4] = [
    (&["recv", "0"], "msgrcv"),
    (&["recv", "0", "--follow"], "msgrcv"),
    (&["send", "1", "more"], "msgsnd"),
    (&["wait", "0"], "clock_nanosleep"),
];

/// An empty queue 0 and a queue 1 with no room left.
fn with_queues() -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x1"]).run().status(0).stdout_is("msgq:0\n");
    sb.ipctool(["msgq", "create", "0x2", "--max-bytes", "4"]).run().status(0).stdout_is("msgq:1\n");
    sb.ipctool(["msgq", "send", "1", "full"]).run().status(0);
    sb
}

fn msgq<'a>(sb: &'a Sandbox, args: &[&str]) -> Run<'a> {
    sb.ipctool([&["msgq"], args].concat())
}

fn qnum(sb: &Sandbox, queue: &str) -> String {
    sb.ipctool(["msgq", "show", queue, "--field", "qnum"]).run().status(0).text()
}

#[test]
fn removed_while_waiting() {
    for (args, call) in WAITING {
        let sb = with_queues();
        let waiting = msgq(&sb, args).spawn();
        blocked_in(waiting.pid, call);
        sb.command("ipcrm", ["-q", args[1]]).run().status(0);
        let ended = waiting.wait().status(3).stdout_is("");
        ended.stderr_contains(&format!("msgq:{}: the queue was removed (EIDRM)\n", args[1]));
    }
}

#[test]
fn removed_before() {
    let sb = with_queues();
    for args in [&["recv", "7"][..], &["send", "7", "x"], &["wait", "7"], &["peek", "7"], &["drain", "7"]] {
        msgq(&sb, args).run().status(3).stderr_contains("no such message queue");
    }
}

#[test]
fn nowait_is_status_5() {
    let sb = with_queues();
    for (args, cause) in [
        (&["recv", "0", "-n"][..], "cannot receive from msgq:0: the queue is empty"),
        (&["recv", "0", "--follow", "--nowait"], "cannot receive from msgq:0: the queue is empty"),
        (&["wait", "0", "-n"], "cannot wait for a message in msgq:0: the queue is empty"),
        (
            &["send", "1", "more", "-n"],
            "cannot send to msgq:1: the queue is full: 1 message, 4 of 4 bytes (msgmnb is 16384)",
        ),
    ] {
        let refused = msgq(&sb, args).run().status(5).stdout_is("");
        refused.stderr_contains(&format!("ipctool: {cause}\n"));
        msgq(&sb, &[args, &["-n", "-t", "1"]].concat()).run().status(2);
    }
    assert_eq!((qnum(&sb, "0"), qnum(&sb, "1")), ("0\n".into(), "1\n".into()));
    msgq(&sb, &["wait", "1", "-n"]).run().status(0).stdout_is("").stderr_is("");
}

#[test]
fn the_timeout_is_status_124_and_not_before_it() {
    let sb = with_queues();
    for (args, _) in WAITING {
        for millis in [0, 150] {
            let begun = Instant::now();
            let ended = msgq(&sb, &[args, &["-t", &format!("{millis}ms")]].concat()).run().status(124);
            ended.stdout_is("").stderr_contains(": the timeout passed\n");
            assert!(begun.elapsed() >= Duration::from_millis(millis), "{args:?}");
        }
    }
    assert_eq!((qnum(&sb, "0"), qnum(&sb, "1")), ("0\n".into(), "1\n".into()));
}

#[test]
fn the_timeout_is_for_the_whole_command() {
    let sb = with_queues();
    let mut sender = sb.ipctool(["msgq", "send", "0", "--timeout", "2s"]).stdin_open().spawn();
    assert!(sender.write("one\ntwo\nunfinished"));
    let begun = Instant::now();
    let ended = sender.wait().status(124);
    assert!(begun.elapsed() < Duration::from_secs(10));
    ended.stderr_is("ipctool: cannot read standard input: the timeout passed; 2 sent\n");
    let three = msgq(&sb, &["recv", "0", "-c", "5", "-t", "1"]).run().status(124).stdout_is("one\ntwo\n");
    three.stderr_is("ipctool: cannot receive from msgq:0: the timeout passed; 2 of 5 received\n");
}

#[test]
fn signals_end_it_and_leave_the_queue_as_it_was() {
    let sb = with_queues();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        for (args, call) in WAITING {
            let waiting = msgq(&sb, args).spawn();
            blocked_in(waiting.pid, call);
            waiting.signal(signal);
            waiting.wait().killed_by(signal).stdout_is("").stderr_is("");
        }
    }
    assert_eq!((qnum(&sb, "0"), qnum(&sb, "1")), ("0\n".into(), "1\n".into()));
    msgq(&sb, &["drain", "1"]).run().status(0).stdout_is("full\n");
}

#[test]
fn ctrl_c_at_a_terminal() {
    let sb = with_queues();
    for (args, call) in WAITING {
        let mut waiting = msgq(&sb, args).terminal(80).spawn();
        blocked_in(waiting.pid, call);
        assert!(waiting.write("\x03"));
        waiting.wait().killed_by(Signal::SIGINT);
    }
    // A terminal on standard input is read, and that is said.
    let mut typed = msgq(&sb, &["send", "0"]).terminal(80).spawn();
    typed.wait_for_stdout("ipctool: reading standard input; Ctrl-D ends it\n");
    assert!(typed.write("typed\n\x04"));
    typed.wait().status(0);
    msgq(&sb, &["recv", "0"]).run().status(0).stdout_is("typed\n");
}

#[test]
fn a_stream_that_a_signal_ends_says_how_far_it_came() {
    let sb = with_queues();
    // The empty message still fits.
    let sender = msgq(&sb, &["send", "1", "", "more"]).spawn();
    blocked_in(sender.pid, "msgsnd");
    sender.signal(Signal::SIGTERM);
    sender.wait().killed_by(Signal::SIGTERM).stderr_is("ipctool: 1 of 2 sent\n");
    let mut sender = msgq(&sb, &["send", "0"]).stdin_open().spawn();
    assert!(sender.write("a\nb\n"));
    until("two messages", || qnum(&sb, "0") == "2\n");
    sender.signal(Signal::SIGINT);
    sender.wait().killed_by(Signal::SIGINT).stderr_is("ipctool: 2 sent\n");
}

#[test]
fn an_ignored_hangup_stays_ignored() {
    let sb = with_queues();
    for (args, call) in [WAITING[0], WAITING[3]] {
        let waiting = msgq(&sb, args).ignoring(Signal::SIGHUP).spawn();
        blocked_in(waiting.pid, call);
        waiting.signal(Signal::SIGHUP);
        blocked_in(waiting.pid, call);
        msgq(&sb, &["send", "0", "late"]).run().status(0);
        waiting.wait().status(0);
    }
}

#[test]
fn stop_and_continue_change_nothing() {
    let sb = with_queues();
    for (args, call) in [(&["recv", "0"][..], "msgrcv"), (&["wait", "0"], "clock_nanosleep")] {
        let waiting = msgq(&sb, args).spawn();
        for _ in 0..3 {
            blocked_in(waiting.pid, call);
            waiting.signal(Signal::SIGSTOP);
            until("the stop", || state(waiting.pid) == Some('T'));
            waiting.signal(Signal::SIGCONT);
        }
        blocked_in(waiting.pid, call);
        msgq(&sb, &["send", "0", "late"]).run().status(0);
        waiting.wait().status(0).stderr_is("");
    }
}

#[test]
fn a_message_that_cannot_be_written_stays_in_the_queue() {
    let sb = with_queues();
    let nobody = msgq(&sb, &["recv", "1"]).reader_leaves_after(0).run().status(1);
    nobody.stderr_is("ipctool: cannot write to standard output: broken pipe (EPIPE)\n");
    let closed = msgq(&sb, &["drain", "1"]).closed(&[1]).run().status(1);
    closed.stderr_is("ipctool: cannot write to standard output: it is closed\n");
    assert_eq!(qnum(&sb, "1"), "1\n");
    msgq(&sb, &["create", "0x3"]).closed(&[1]).run().status(1);
    msgq(&sb, &["send", "0x3", "--create"]).closed(&[0]).run().status(1).stderr_contains("standard input");
    msgq(&sb, &["recv", "0x3", "-n"]).run().status(3);
}

#[test]
fn what_was_taken_and_not_written_is_counted() {
    let sb = with_queues();
    let full = msgq(&sb, &["recv", "1"]).stdout_to("/dev/full").run().status(1);
    let cause = "no space left on device; 1 record was taken and not written (ENOSPC)";
    full.stderr_is(format!("ipctool: cannot write to standard output: {cause}\n"));
    msgq(&sb, &["send", "0", "a", "b", "c"]).run().status(0);
    let full = msgq(&sb, &["recv", "0", "-c", "4", "-n"]).stdout_to("/dev/full").run().status(1);
    let received = "cannot receive from msgq:0: the queue is empty; 3 of 4 received";
    let cause = "no space left on device; 3 records were taken and not written (ENOSPC)";
    full.stderr_is(format!("ipctool: {received}\nipctool: cannot write to standard output: {cause}\n"));
}

#[test]
fn a_reader_that_leaves_while_we_sleep_ends_the_wait_and_nothing_more_is_taken() {
    let sb = Sandbox::new();
    for queue in ["0x1", "/q"] {
        msgq(&sb, &["create", queue]).run().status(0);
        let follower = msgq(&sb, &["recv", queue, "--follow"]).reader_leaves_after(2).spawn();
        msgq(&sb, &["send", queue, "a"]).run().status(0);
        follower
            .wait()
            .status(1)
            .stderr_is("ipctool: cannot write to standard output: broken pipe (EPIPE)\n");
        msgq(&sb, &["send", queue, "b"]).run().status(0);
        msgq(&sb, &["drain", queue]).run().status(0).stdout_is("b\n");
    }
}

#[test]
fn the_limit_of_a_file_s_size_is_an_error_and_no_death() {
    let sb = with_queues();
    msgq(&sb, &["send", "0", &"a".repeat(1000), &"b".repeat(1000), "c"]).run().status(0);
    let cause = "file too large; 2 records were taken and not written (EFBIG)";
    let told = format!("ipctool: cannot write to standard output: {cause}\n");
    sb.sh("ulimit -f 1; exec ipctool msgq drain 0 >out").run().status(1).stderr_is(told);
    assert_eq!(std::fs::metadata(sb.path("out")).unwrap().len(), 1024);
    // A command of ours has the signal as everybody has it.
    let command = "exec ipctool msgq recv 1 -- grep SigIgn /proc/self/status >out";
    sb.sh(command).run().status(0);
    let (ignored, xfsz) = (std::fs::read_to_string(sb.path("out")).unwrap(), 1 << (25 - 1));
    let mask = u64::from_str_radix(ignored.trim_start_matches("SigIgn:").trim(), 16).unwrap();
    assert_eq!(mask & xfsz, 0, "{ignored}");
}

#[test]
fn a_quiet_stream_ends_by_its_idle_timeout() {
    let sb = with_queues();
    msgq(&sb, &["send", "0", "a", "b"]).run().status(0);
    let idle = msgq(&sb, &["recv", "0", "--follow", "--idle-timeout", "50ms"]).run();
    idle.status(0).stdout_is("a\nb\n").stderr_is("");
    msgq(&sb, &["send", "0", "a"]).run().status(0);
    let few = msgq(&sb, &["recv", "0", "-c", "2", "--idle-timeout", "50ms"]).run().status(1).stdout_is("a\n");
    let cause = "nothing came within the idle timeout; 1 of 2 received";
    few.stderr_is(format!("ipctool: cannot receive from msgq:0: {cause}\n"));
    let mut sender = msgq(&sb, &["send", "0", "--idle-timeout", "3s"]).stdin_open().spawn();
    assert!(sender.write("one\nunfinished"));
    sender.wait().status(0).stderr_is("");
    msgq(&sb, &["drain", "0"]).run().status(0).stdout_is("one\nunfinished\n");
}

#[test]
fn waiting_takes_nothing_also_of_empty_messages() {
    let sb = with_queues();
    let waiting = msgq(&sb, &["wait", "0", "-t", "20s"]).spawn();
    blocked_in(waiting.pid, "clock_nanosleep");
    msgq(&sb, &["send", "0", ""]).run().status(0);
    waiting.wait().status(0).stdout_is("").stderr_is("");
    assert_eq!(qnum(&sb, "0"), "1\n");
}
