//! `msgq peek`: everything is shown and nothing is taken.

use crate::sandbox::{Output, Sandbox, rounds};

fn peek(sb: &Sandbox, args: &[&str]) -> Output {
    sb.ipctool([&["msgq", "peek", "0"], args].concat()).run()
}

/// A queue with messages of types 1 to 4.
fn with_messages() -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create"]).run().status(0);
    for kind in ["3", "1", "2", "4", "2"] {
        sb.ipctool(["msgq", "send", "0", "-T", kind, &format!("of type {kind}")]).run().status(0);
    }
    sb
}

#[test]
fn the_first_some_or_all() {
    let sb = with_messages();
    peek(&sb, &[]).status(0).stdout_is("of type 3\n");
    peek(&sb, &["-c", "2"]).status(0).stdout_is("of type 3\nof type 1\n");
    peek(&sb, &["-c", "0"]).status(0).stdout_is("");
    let all = "of type 3\nof type 1\nof type 2\nof type 4\nof type 2\n";
    peek(&sb, &["-c", "99"]).status(0).stdout_is(all);
    peek(&sb, &["--all"]).status(0).stdout_is(all);
    peek(&sb, &["--all", "--count", "1"]).status(2);
    sb.ipctool(["msgq", "drain", "0"]).run().status(0).stdout_is(all);
    let empty = peek(&sb, &[]).status(5);
    empty.stderr_is("ipctool: cannot peek into msgq:0: the queue is empty\n");
    peek(&sb, &["--all"]).status(0).stdout_is("").stderr_is("");
}

#[test]
fn the_wanted_types_in_the_order_of_the_queue() {
    let sb = with_messages();
    peek(&sb, &["--type", "2"]).status(0).stdout_is("of type 2\n");
    peek(&sb, &["--type", "2", "--all", "--show-type"]).status(0).stdout_is("2\tof type 2\n2\tof type 2\n");
    peek(&sb, &["--up-to", "2", "-c", "2"]).status(0).stdout_is("of type 1\nof type 2\n");
    peek(&sb, &["--except", "2", "--all"]).status(0).stdout_is("of type 3\nof type 1\nof type 4\n");
    let none = peek(&sb, &["--type", "7"]).status(5).stdout_is("");
    none.stderr_is("ipctool: cannot peek into msgq:0: no message of type 7 is there\n");
    peek(&sb, &["--type", "-4", "--jsonl"]).status(0).stdout_is("{\"type\":3,\"data\":\"of type 3\"}\n");
}

#[test]
fn thousands_of_messages_stay_where_they_are() {
    // The kernel walks the queue for each: 20,000 take some seconds on a fast machine.
    let messages = rounds(5_000);
    let sb = Sandbox::new();
    sb.sh("echo 1000000 >/proc/sys/kernel/msgmnb").run().status(0);
    sb.ipctool(["msgq", "create"]).run().status(0);
    let lines: String = (0..messages).map(|number| format!("message {number}\n")).collect();
    sb.ipctool(["msgq", "send", "0"]).stdin(&*lines).run().status(0);
    peek(&sb, &["--all"]).status(0).stdout_is(&lines);
    let count = sb.ipctool(["msgq", "show", "0", "--field", "qnum"]).run().status(0).text();
    assert_eq!(count, format!("{messages}\n"));
    sb.ipctool(["msgq", "drain", "0"]).run().status(0).stdout_is(&lines);
}

#[test]
fn a_message_above_a_lowered_msgmax_is_told_apart() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create"]).run().status(0);
    let long = "x".repeat(2000);
    sb.ipctool(["msgq", "send", "0", "first", &long, "last"]).run().status(0);
    sb.sh("echo 1000 >/proc/sys/kernel/msgmax").run().status(0);
    let told = peek(&sb, &["--all"]).status(1).stdout_is("first\nlast\n");
    told.stderr_is(
        "ipctool: cannot peek into msgq:0: message 2 has more bytes than msgmax, 1000 (EINVAL)\n\
         hint: it can be received, or: sysctl -w kernel.msgmax=8192\n",
    );
    peek(&sb, &["--count", "1"]).status(0).stdout_is("first\n").stderr_is("");
    sb.ipctool(["msgq", "drain", "0"]).run().status(0).stdout_is(format!("first\n{long}\nlast\n"));
}

#[test]
fn what_could_not_be_shown_was_not_taken() {
    let sb = with_messages();
    let peek = ["msgq", "peek", "0", "--all"];
    let full = sb.ipctool(peek).stdout_to("/dev/full").run().status(1);
    let cause = "no space left on device; 5 records were not written (ENOSPC)";
    full.stderr_is(format!("ipctool: cannot write to standard output: {cause}\n"));
}

#[test]
fn without_read_permission_nothing_is_shown() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "--mode", "0200"]).powerless().run().status(0);
    sb.ipctool(["msgq", "send", "0", "secret"]).powerless().run().status(0);
    let denied = sb.ipctool(["msgq", "peek", "0"]).powerless().run().status(4).stdout_is("");
    denied.stderr_contains("its mode is 0200");
}
