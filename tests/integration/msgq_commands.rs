//! `msgq recv -- COMMAND`: one run a message, whatever the command does.

use nix::sys::signal::Signal;

use crate::sandbox::{Run, Sandbox, blocked_in};

fn with_messages(messages: &[&str]) -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x1"]).run().status(0);
    sb.ipctool([&["msgq", "send", "0", "--type", "7"], messages].concat()).run().status(0);
    sb
}

fn recv<'a>(sb: &'a Sandbox, args: &[&str]) -> Run<'a> {
    sb.ipctool([&["msgq", "recv", "0"], args].concat())
}

fn left(sb: &Sandbox) -> String {
    sb.ipctool(["msgq", "drain", "0"]).run().status(0).text()
}

#[test]
fn the_command_is_told_of_its_record() {
    let sb = with_messages(&["one", ""]);
    let script = "echo $IPCTOOL_REF,$IPCTOOL_TYPE,$IPCTOOL_PRIORITY,$IPCTOOL_SIZE,$IPCTOOL_SEQ; cat";
    let told = recv(&sb, &["-c", "2", "--", "sh", "-c", script]).env("IPCTOOL_PRIORITY", "ours").run();
    told.status(0).stdout_is("msgq:0,7,,3,1\none\nmsgq:0,7,,0,2\n\n").stderr_is("");
}

#[test]
fn its_input_is_framed_as_asked() {
    for (flags, input) in [
        (&["--raw"][..], "one"),
        (&["-0"], "one\0"),
        (&["--length-prefix"], "\0\0\0\x03one"),
        (&["--jsonl"], "{\"type\":7,\"data\":\"one\"}\n"),
    ] {
        let sb = with_messages(&["one"]);
        recv(&sb, &[flags, &["--", "cat"]].concat()).run().status(0).stdout_is(input);
    }
}

#[test]
fn a_run_that_fails_is_reported_and_the_next_message_taken() {
    let sb = with_messages(&["one", "two", "three"]);
    let script = "read line; test $line = two && kill -9 $$; echo got $line; test $line != three";
    let ended = recv(&sb, &["-f", "-n", "--", "sh", "-c", script]).run().status(5);
    let lines = [
        "ipctool: cannot deliver record 2 of msgq:0: the command's status is 137\n",
        "ipctool: cannot deliver record 3 of msgq:0: the command's status is 1\n",
        "ipctool: cannot receive from msgq:0: the queue is empty\n",
    ];
    ended.stdout_is("got one\ngot three\n").stderr_is(lines.concat());
    let sb = with_messages(&["one", "two"]);
    recv(&sb, &["-c", "2", "--", "sh", "-c", "test $IPCTOOL_SEQ = 2"]).run().status(1);
    let sb = with_messages(&["one"]);
    sb.ipctool(["msgq", "drain", "0", "--", "false"]).run().status(1);
}

#[test]
fn a_command_that_is_not_there_takes_nothing() {
    let sb = with_messages(&["one"]);
    for (command, status) in [("no-such-command", 127), ("/etc/passwd", 126), ("/", 126)] {
        recv(&sb, &["-f", "--", command]).run().status(status).stderr_contains("cannot run ");
    }
    sb.ipctool(["msgq", "recv", "0x9", "--create", "--", "no-such-command"]).run().status(127);
    sb.ipctool(["msgq", "show", "0x9", "-q"]).run().status(3);
    recv(&sb, &["--show-type", "--", "cat"]).run().status(2);
    assert_eq!(left(&sb), "one\n");
}

#[test]
fn a_command_that_cannot_start_loses_one_message_and_says_so() {
    let sb = with_messages(&["one", "two"]);
    sb.sh("printf '#!/no/such/interpreter\\n' >broken; chmod +x broken").run().status(0);
    let broken = recv(&sb, &["-f", "--", "./broken"]).run().status(127);
    broken.stderr_is(
        "ipctool: cannot run ./broken: no such file or directory (ENOENT); 1 record was taken and not delivered\n",
    );
    assert_eq!(left(&sb), "two\n");
}

#[test]
fn a_command_that_reads_nothing_is_no_failure() {
    let long = "x".repeat(8000);
    let sb = with_messages(&[&long, &long]);
    recv(&sb, &["-c", "2", "--", "true"]).run().status(0).stdout_is("").stderr_is("");
    let sb = with_messages(&[&long]);
    recv(&sb, &["--", "sh", "-c", "exec <&-; echo done"]).run().status(0).stdout_is("done\n");
}

#[test]
fn fewer_than_counted() {
    let sb = with_messages(&["one", "two", "three"]);
    let three = recv(&sb, &["-c", "5", "-t", "1s"]).run().status(124).stdout_is("one\ntwo\nthree\n");
    three.stderr_is("ipctool: cannot receive from msgq:0: the timeout passed; 3 of 5 received\n");
    let sb = with_messages(&["one", "two", "three"]);
    recv(&sb, &["-c", "5", "--", "cat"]).spawn().wait_for_stdout("three\n");
    let sb = with_messages(&["one", "two", "three"]);
    let waiting = recv(&sb, &["-c", "5"]).spawn();
    waiting.wait_for_stdout("one\ntwo\nthree\n");
    sb.command("ipcrm", ["-q", "0"]).run().status(0);
    let cause = "the queue was removed (EIDRM); 3 of 5 received";
    waiting.wait().status(3).stderr_is(format!("ipctool: cannot receive from msgq:0: {cause}\n"));
}

#[test]
fn the_timeout_does_not_run_while_the_command_does() {
    let sb = with_messages(&["one", "two"]);
    let slow = "cat; [ $IPCTOOL_SEQ = 2 ] || read -t 1.7 <>pipe; true";
    sb.command("mkfifo", ["pipe"]).run().status(0);
    let both = recv(&sb, &["-c", "2", "-t", "1.5s", "--", "bash", "-c", slow]).run().status(0);
    both.stdout_is("one\ntwo\n").stderr_is("");
}

#[test]
fn a_signal_during_a_run_ends_us_after_it() {
    let sb = with_messages(&["one", "two"]);
    let script = "trap 'echo trapped; exit 0' TERM; echo ready; while :; do read -t 9 <>pipe; done";
    sb.command("mkfifo", ["pipe"]).run().status(0);
    let waiting = recv(&sb, &["-f", "--", "bash", "-c", script]).spawn();
    waiting.wait_for_stdout("ready\n");
    blocked_in(waiting.pid, "waitid");
    waiting.signal(Signal::SIGTERM);
    waiting.wait().killed_by(Signal::SIGTERM).stdout_is("ready\ntrapped\n");
    assert_eq!(left(&sb), "two\n");
}
