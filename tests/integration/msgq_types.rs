//! Which message is taken: every selector against a C program's msgrcv on the same messages.

use crate::sandbox::{Sandbox, blocked_in};

/// Takes what `msgtyp` and `except` select until there is no more, a line each: type, tab, text.
const TAKER: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
int main(int argc, char **argv) {
    struct { long type; char text[100]; } message;
    long msgtyp = atol(argv[2]);
    int flags = IPC_NOWAIT | (atoi(argv[3]) ? MSG_EXCEPT : 0);
    ssize_t size;
    while ((size = msgrcv(atoi(argv[1]), &message, 100, msgtyp, flags)) >= 0)
        printf("%ld\t%.*s\n", message.type, (int)size, message.text);
    return errno == ENOMSG ? 0 : 1;
}
"#;

/// Our flags, and msgrcv's `msgtyp` and MSG_EXCEPT for the same.
const SELECTORS: [(&[&str], &str, &str); 9] = [
    (&[], "0", "0"),
    (&["--type", "0"], "0", "0"),
    (&["--type", "2"], "2", "0"),
    (&["-T", "-3"], "-3", "0"),
    (&["--type=-3"], "-3", "0"),
    (&["--up-to", "3"], "-3", "0"),
    (&["--except", "2"], "2", "1"),
    (&["--type", "-9223372036854775808"], "-9223372036854775808", "0"),
    (&["--type", "9"], "9", "0"),
];

/// A queue with messages of these types, called after their place.
fn fill(sb: &Sandbox, types: &[i64]) {
    let lines = |(place, kind): (usize, &i64)| format!("{{\"type\":{kind},\"data\":\"m{place}\"}}\n");
    let input: String = types.iter().enumerate().map(lines).collect();
    sb.ipctool(["msgq", "send", "0", "--jsonl"]).stdin(input).run().status(0);
}

#[test]
fn selectors_take_what_msgrcv_takes() {
    const TYPES: [i64; 8] = [3, 1, 4, 2, 5, 2, 3, i64::MAX];
    let sb = Sandbox::new();
    let taker = sb.cc(TAKER, []);
    let taken_by_c =
        |msgtyp: &str, except: &str| sb.command(&taker, ["0", msgtyp, except]).run().status(0).text();
    sb.ipctool(["msgq", "create", "0x4d2"]).run().status(0).stdout_is("msgq:0\n");
    for (flags, msgtyp, except) in SELECTORS {
        fill(&sb, &TYPES);
        let expected = taken_by_c(msgtyp, except);
        let left = taken_by_c("0", "0");
        let recv = |more: &[&str]| sb.ipctool([&["msgq", "recv", "0", "--show-type"], flags, more].concat());

        // Waiting: the first one, at once.
        fill(&sb, &TYPES);
        if let Some(first) = expected.lines().next() {
            recv(&["-t", "10"]).run().status(0).stdout_is(format!("{first}\n")).stderr_is("");
        }
        taken_by_c("0", "0");

        // Not waiting: all of them, then status 5, and the others are still there.
        fill(&sb, &TYPES);
        recv(&["-n", "-c", "99"]).run().status(5).stdout_is(&expected);
        assert_eq!(taken_by_c("0", "0"), left, "{flags:?}");

        // All that is there now.
        fill(&sb, &TYPES);
        let drained = sb.ipctool([&["msgq", "drain", "0", "--show-type"], flags].concat()).run().status(0);
        drained.stdout_is(&expected);
        assert_eq!(taken_by_c("0", "0"), left, "{flags:?}");
    }
}

#[test]
fn what_does_not_match_is_waited_past() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create"]).run().status(0);
    fill(&sb, &[2, 9]);
    for (flags, kind, missing) in [
        (["--type", "7"], "7", "no message of type 7 is there"),
        (["--type", "-1"], "1", "no message of a type up to 1 is there"),
    ] {
        let none = sb.ipctool(["msgq", "recv", "0", "--nowait", flags[0], flags[1]]).run().status(5);
        none.stderr_is(format!("ipctool: cannot receive from msgq:0: {missing}\n"));
        let waiting = sb.ipctool(["msgq", "recv", "0", flags[0], flags[1]]).spawn();
        blocked_in(waiting.pid, "msgrcv");
        sb.ipctool(["msgq", "send", "0", "late", "-T", kind]).run().status(0);
        waiting.wait().status(0).stdout_is("late\n");
    }
    sb.ipctool(["msgq", "drain", "0", "--show-type"]).run().status(0).stdout_is("2\tm0\n9\tm1\n");
    let none = sb.ipctool(["msgq", "recv", "0", "--except", "2", "-n"]).run().status(5);
    none.stderr_is("ipctool: cannot receive from msgq:0: the queue is empty\n");
}

#[test]
fn types_that_no_message_has_are_usage_errors() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create"]).run().status(0);
    for wrong in [
        ["send", "--type", "0"],
        ["send", "--type", "-1"],
        ["recv", "--up-to", "0"],
        ["recv", "--except", "-2"],
        ["recv", "--type", "9223372036854775808"],
    ] {
        sb.ipctool([&["msgq", wrong[0], "0"], &wrong[1..]].concat()).run().status(2);
    }
    sb.ipctool(["msgq", "recv", "0", "--type", "1", "--except", "2"]).run().status(2);
    let line = "{\"type\":0,\"data\":\"\"}\n";
    let refused = sb.ipctool(["msgq", "send", "0", "--jsonl"]).stdin(line).run().status(1);
    refused.stderr_is("ipctool: cannot send to msgq:0: a message's type is 1 or more; 0 sent\n");
    sb.ipctool(["msgq", "show", "0", "--field", "qnum"]).run().status(0).stdout_is("0\n");
}
