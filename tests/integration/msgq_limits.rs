//! Limits and permissions: which one stands in the way, its value, and what helps.

use crate::sandbox::{Sandbox, need_root};

/// Sets a limit of the sandbox's own IPC namespace.
fn set(sb: &Sandbox, limit: &str, value: u32) {
    sb.sh(&format!("echo {value} >/proc/sys/kernel/{limit}")).run().status(0);
}

#[test]
fn msgmni_is_named_with_its_value() {
    let sb = Sandbox::new();
    set(&sb, "msgmni", 2);
    for _ in 0..2 {
        sb.ipctool(["msgq", "create"]).run().status(0);
    }
    let refused = sb.ipctool(["msgq", "create", "0x7"]).run().status(1).stdout_is("");
    refused.stderr_is(
        "ipctool: cannot create msgq:0x00000007: there are 2 queues, and msgmni allows 2 (ENOSPC)\n\
         hint: sysctl -w kernel.msgmni=4\n",
    );
}

#[test]
fn msgmax_is_named_with_its_value() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create"]).run().status(0);
    set(&sb, "msgmax", 100);
    let refused = sb.ipctool(["msgq", "send", "0", "ok", &"x".repeat(101), "never"]).run().status(1);
    refused.stderr_is(
        "ipctool: cannot send to msgq:0: 101 bytes are more than msgmax, 100 (EINVAL); 1 of 3 sent\n\
         hint: sysctl -w kernel.msgmax=101\n",
    );
    sb.ipctool(["msgq", "drain", "0"]).run().status(0).stdout_is("ok\n");
}

/// And takes no memory first: with what it has here it could not.
#[test]
fn an_endless_message_is_refused() {
    let sb = Sandbox::new();
    sb.sh("ipctool msgq create; ipctool msgq create /q").run().status(0);
    for command in ["send 0", "send 0 --raw", "send /q", "send /q --raw"] {
        let refused = sb.sh(&format!("ulimit -v 300000; exec ipctool msgq {command} </dev/zero")).run();
        refused.status(1).stderr_contains("cannot read record 1 of standard input: it goes on after ");
    }
    sb.ipctool(["msgq", "recv", "0", "--nowait"]).run().status(5);
}

#[test]
fn msgmnb_is_named_with_its_value() {
    let sb = Sandbox::new();
    set(&sb, "msgmnb", 100);
    sb.ipctool(["msgq", "create"]).run().status(0);
    // Without a refusal of ours this would wait for ever.
    let never = sb.ipctool(["msgq", "send", "0", &"x".repeat(101)]).run().status(1);
    never.stderr_is(
        "ipctool: cannot send to msgq:0: 101 bytes never fit: the queue holds at most 100 (msgmnb is 100)\n\
         hint: sysctl -w kernel.msgmnb=101 and then ipctool change msgq:0 --max-bytes 101\n",
    );
    sb.ipctool(["msgq", "send", "0", &"x".repeat(99)]).run().status(0);
    let full = sb.ipctool(["msgq", "send", "0", "ab", "--nowait"]).run().status(5);
    full.stderr_is(
        "ipctool: cannot send to msgq:0: the queue is full: 1 message, 99 of 100 bytes (msgmnb is 100)\n\
         hint: sysctl -w kernel.msgmnb=200 and then ipctool change msgq:0 --max-bytes 200\n",
    );
}

#[test]
fn a_size_above_msgmnb_leaves_no_queue_behind() {
    let sb = Sandbox::plan().own_user().start();
    let refused = sb.ipctool(["msgq", "create", "0x7", "--max-bytes", "1M"]).run().status(4).stdout_is("");
    refused.stderr_is(
        "ipctool: cannot create msgq:0x00000007: 1048576 bytes are more than msgmnb, 16384 (EPERM)\n\
         hint: sysctl -w kernel.msgmnb=1048576\n",
    );
    sb.ipctool(["ls", "msgq", "-q"]).run().status(0).stdout_is("");
}

#[test]
fn ones_own_queue_of_mode_0000_is_explained() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x7", "--mode", "0000"]).powerless().run().status(0);
    for (args, what) in [
        (&["send", "0x7", "x"][..], "send to msgq:0"),
        (&["recv", "0x7"], "receive from msgq:0"),
        (&["peek", "0x7"], "peek into msgq:0"),
    ] {
        let denied = sb.ipctool([&["msgq"], args].concat()).powerless().run().status(4).stdout_is("");
        denied
            .stderr_contains(&format!("ipctool: cannot {what}: its mode is 0000 and its owner "))
            .stderr_contains(" (EACCES)\nhint: it is yours: ipctool change msgq:0 --mode 0600\n");
    }
    sb.sh("ipctool change msgq:0 --mode 0600").powerless().run().status(0);
    sb.ipctool(["msgq", "send", "0x7", "x"]).powerless().run().status(0);
    sb.ipctool(["msgq", "recv", "0x7"]).powerless().run().status(0).stdout_is("x\n");
}

#[test]
fn anothers_queue_is_explained() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x7", "--mode", "0640"]).run().status(0);
    let denied = sb.ipctool(["msgq", "send", "0x7", "x"]).by_other_user().run().status(4);
    denied.stderr_is(
        "ipctool: cannot send to msgq:0: its mode is 0640 and its owner root (EACCES)\n\
         hint: root can let you in: ipctool change msgq:0 --mode 0666\n",
    );
    sb.ipctool(["msgq", "drain", "0x7"]).by_other_user().run().status(4).stdout_is("");
    // Waiting takes nothing, and needs nobody's leave.
    sb.ipctool(["msgq", "send", "0x7", "x"]).run().status(0);
    sb.ipctool(["msgq", "wait", "0x7"]).by_other_user().run().status(0);
}

#[test]
fn creation_is_exact_and_changes_nothing_that_exists() {
    let sb = Sandbox::new();
    let create = |args: &[&str]| sb.ipctool([&["msgq", "create"], args].concat()).run();
    create(&["0x7", "-m", "0606", "--max-bytes", "1K"]).status(0).stdout_is("msgq:0\n");
    let field = |field| sb.ipctool(["msgq", "show", "0", "--field", field]).run().status(0).text();
    assert_eq!((field("mode"), field("qbytes")), ("0606\n".into(), "1024\n".into()));
    create(&["0x7"]).status(0).stdout_is("msgq:0\n");
    create(&["key:7", "-m", "606", "--max-bytes", "1024"]).status(0).stdout_is("msgq:0\n");
    create(&["0x7", "-m", "0600"]).status(1).stdout_is("").stderr_is(
        "ipctool: cannot create msgq:0x00000007: msgq:0 exists and has mode 0606, not 0600\n\
         hint: ipctool change msgq:0 --mode 0600\n",
    );
    create(&["0x7", "--max-bytes", "2K"])
        .status(1)
        .stderr_contains("msgq:0 exists and holds 1024 bytes, not 2048");
    create(&["0x7", "--exclusive"]).status(1).stderr_contains("it exists already (EEXIST)");
    assert_eq!((field("mode"), field("qbytes")), ("0606\n".into(), "1024\n".into()));
    // Private ones are always new, with nobody's rights but the owner's.
    create(&[]).status(0).stdout_is("msgq:1\n");
    create(&["private"]).status(0).stdout_is("msgq:2\n");
    assert_eq!(sb.ipctool(["msgq", "show", "2", "--field", "mode"]).run().text(), "0600\n");
    create(&["ftok:."]).status(0).stdout_is("msgq:3\n");
    create(&["ftok:./none"]).status(3);
    for wrong in [&["7"][..], &["0"], &["0x7", "--max-bytes", "x"], &["0x7", "-m", "8"], &["sem:0x7"]] {
        create(wrong).status(2).stdout_is("");
    }
}

#[test]
fn other_verbs_create_only_when_told_to() {
    let sb = Sandbox::new();
    let msgq = |args: &[&str]| sb.ipctool([&["msgq"], args].concat());
    msgq(&["send", "0x7", "x"]).run().status(3).stderr_contains("'ipctool ls msgq' shows those that exist");
    msgq(&["send", "0x7", "x", "-m", "0640"]).run().status(2);
    msgq(&["send", "0x7", "--hex", "--create"]).run().status(2);
    msgq(&["recv", "0x7", "-n"]).run().status(3);
    msgq(&["show", "0x7", "-q"]).run().status(3);
    msgq(&["send", "0x7", "x", "--create", "-m", "0640"]).run().status(0).stdout_is("").stderr_is("");
    msgq(&["recv", "0x7", "--create"]).run().status(0).stdout_is("x\n");
    msgq(&["recv", "0x7", "--create", "--mode", "0600", "-n"]).run().status(1);
    msgq(&["recv", "0x7", "--create", "--exclusive", "-n"]).run().status(1);
    for verb in [&["send", "private", "x"][..], &["recv", "private", "--create"], &["peek", "private"]] {
        msgq(verb).run().status(2).stderr_contains("private");
    }
}

#[test]
fn a_hint_for_a_full_queue_helps_also_when_the_queue_was_made_smaller() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x7"]).run().status(0);
    sb.ipctool(["msgq", "send", "0x7", "0123456789"]).run().status(0);
    sb.ipctool(["msgq", "change", "0x7", "--max-bytes", "1"]).run().status(0);
    let full = sb.ipctool(["msgq", "send", "0x7", "x", "-n"]).run().status(5);
    full.stderr_contains("hint: ipctool change msgq:0 --max-bytes 20\n");
}
