//! POSIX queues: C as a peer, priorities, limits, and lists without a mount.

use crate::sandbox::{Mqueue, Sandbox, blocked_in, need_root};

/// Sends `priority:body` words, or receives so many, with mq_open.
const PEER: &str = r#"
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv) {
    char body[65536];
    unsigned priority;
    mqd_t queue = mq_open(argv[2], O_RDWR | O_CREAT, 0600, NULL);
    if (queue < 0) return perror("mq_open"), 1;
    if (argv[1][0] == 's') {
        for (int word = 3; word < argc; word++) {
            char *colon = strchr(argv[word], ':');
            if (mq_send(queue, colon + 1, strlen(colon + 1), atoi(argv[word]))) return perror("mq_send"), 1;
        }
        return 0;
    }
    for (int left = atoi(argv[3]); left > 0; left--) {
        ssize_t size = mq_receive(queue, body, sizeof body, &priority);
        if (size < 0) return perror("mq_receive"), 1;
        printf("%u\t%.*s\n", priority, (int)size, body);
    }
    return 0;
}
"#;

#[test]
fn messages_go_both_ways_highest_priority_first_equal_ones_in_order() {
    let sb = Sandbox::new();
    let peer = sb.cc(PEER, ["-lrt"]);
    sb.command(&peer, ["s", "/jobs", "1:low", "9:first", "5:a", "5:b", "9:second"]).run().status(0);
    let expected = "9\tfirst\n9\tsecond\n5\ta\n5\tb\n1\tlow\n";
    sb.ipctool(["msgq", "recv", "/jobs", "--show-type", "-c", "5"]).run().status(0).stdout_is(expected);
    for (priority, body) in [("1", "low"), ("9", "first"), ("5", "a"), ("5", "b"), ("9", "second")] {
        sb.ipctool(["msgq", "send", "jobs", "--priority", priority, body]).run().status(0).stderr_is("");
    }
    sb.command(&peer, ["r", "/jobs", "5"]).run().status(0).stdout_is(expected);
    sb.ipctool(["msgq", "send", "/jobs", "-p", "7", "", "x"]).run().status(0);
    let json = "{\"priority\":7,\"data\":\"\"}\n{\"priority\":7,\"data\":\"x\"}\n";
    let drained = sb.ipctool(["msgq", "drain", "/jobs", "--jsonl"]).run().status(0);
    drained.stdout_is(json);
    sb.ipctool(["msgq", "send", "/jobs", "--jsonl"]).stdin(json).run().status(0).stderr_is("");
    sb.command(&peer, ["r", "/jobs", "2"]).run().status(0).stdout_is("7\t\n7\tx\n");
}

#[test]
fn a_receiver_waits_and_is_shown_as_waiting() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "/jobs"]).run().status(0).stdout_is("msgq:/jobs\n");
    let peer = sb.cc(PEER, ["-lrt"]);
    let receiver = sb.command(&peer, ["r", "/jobs", "1"]).spawn();
    blocked_in(receiver.pid, "mq_timedreceive");
    let shown = sb.ipctool(["show", "msgq:/jobs", "--json"]).run().status(0).json();
    crate::schema::assert_valid("show", &shown);
    assert_eq!(shown[0]["waiters"][0]["pid"], receiver.pid);
    assert_eq!(shown[0]["openers"][0]["pid"], receiver.pid);
    assert_eq!(shown[0]["openers"][0]["access"], "read, write");
    sb.ipctool(["ls", "msgq", "--in-use", "-q"]).run().status(0).stdout_is("msgq:/jobs\n");
    sb.ipctool(["msgq", "send", "/jobs", "x"]).run().status(0);
    receiver.wait().status(0).stdout_is("0\tx\n");
    let waiter = sb.ipctool(["msgq", "wait", "/jobs"]).spawn();
    blocked_in(waiter.pid, "poll");
    let ours = sb.ipctool(["msgq", "recv", "/jobs"]).spawn();
    blocked_in(ours.pid, "mq_timedreceive");
    ours.signal(nix::sys::signal::Signal::SIGINT);
    ours.wait().killed_by(nix::sys::signal::Signal::SIGINT).stderr_is("");
    sb.command(&peer, ["s", "/jobs", "3:y"]).run().status(0);
    waiter.wait().status(0);
    sb.ipctool(["msgq", "recv", "/jobs", "--truncate", "0", "--nowait"]).run().status(0).stdout_is("\n");
    sb.ipctool(["msgq", "recv", "/jobs", "--nowait"]).run().status(5).stderr_contains("the queue is empty");
    sb.ipctool(["msgq", "recv", "/jobs", "--timeout", "20ms"]).run().status(124);
    sb.ipctool(["msgq", "wait", "/jobs", "--nowait"]).run().status(5);
}

#[test]
fn what_the_kernel_cannot_is_refused_with_its_reason() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "/q", "--max-messages", "2", "--message-size", "4"]).run().status(0);
    let run = |args: &[&str]| sb.ipctool([&["msgq"], args].concat()).run();
    run(&["peek", "/q"]).status(2).stderr_contains("only to who takes it");
    run(&["recv", "/q", "--type", "3"]).status(2).stderr_contains("highest priority first");
    run(&["send", "/q", "--type", "3", "x"]).status(2).stderr_contains("--priority");
    run(&["send", "/q", "--priority", "32768", "x"]).status(2);
    run(&["send", "/q", "12345"]).status(1).stderr_contains("at most 4").stderr_contains("--message-size 5");
    run(&["send", "/q", "1", "2"]).status(0);
    run(&["send", "/q", "3", "--nowait"]).status(5).stderr_contains("holds at most 2 messages");
    run(&["create", "/q", "--max-messages", "3"]).status(1).stderr_contains("holds 2 messages, not 3");
    run(&["create", "/q", "--exclusive"]).status(1).stderr_contains("it exists already");
    run(&["create", "/r", "--max-bytes", "10"]).status(2).stderr_contains("counts messages");
    run(&["create", "0x7", "--max-messages", "3"]).status(2).stderr_contains("counts bytes");
    run(&["recv", "/none"]).status(3).stderr_contains("no such message queue");
    sb.ipctool(["change", "msgq:/q", "--max-bytes", "9"]).run().status(2).stderr_contains("geometry");
    sb.ipctool(["change", "msgq:/q", "--mode", "0640"]).run().status(0).stderr_is("");
    sb.ipctool(["show", "msgq:/q", "--field", "mode"]).run().status(0).stdout_is("0640\n");
    run(&["rm", "/q"]).status(0).stderr_is("");
    run(&["rm", "/q"]).status(3);
}

#[test]
fn too_many_queues_are_explained_by_the_kernels_arithmetic() {
    // Its own user namespace, or other tests' queues would count.
    let sb = Sandbox::plan().own_user().start();
    let script = "ulimit -q 30000; for i in 1 2 3; do ipctool msgq create /q$i || exit; done";
    let told = sb.sh(script).powerless().run().status(1).stdout_is("msgq:/q1\nmsgq:/q2\n");
    told.stderr_contains("10 × (1024 + 96) = 11200 bytes; RLIMIT_MSGQUEUE allows 30000")
        .stderr_contains("EMFILE")
        .stderr_contains("ulimit -q");
    sb.ipctool(["msgq", "ls", "-o", "ref,max_messages,message_size", "-b", "--noheadings"])
        .run()
        .status(0)
        .stdout_contains("msgq:/q1  10  1024");
}

#[test]
fn queues_are_found_whatever_stands_at_dev_mqueue() {
    for mqueue in [Mqueue::Mounted, Mqueue::Missing, Mqueue::Plain, Mqueue::Foreign] {
        let sb = Sandbox::plan().mqueue(mqueue).start();
        sb.ipctool(["msgq", "create", "/here"]).run().status(0);
        sb.ipctool(["msgq", "send", "/here", "x"]).run().status(0);
        sb.ipctool(["msgq", "ls", "-q"]).run().status(0).stdout_is("msgq:/here\n").stderr_is("");
        sb.ipctool(["show", "msgq:/here", "--field", "cbytes"]).run().status(0).stdout_is("1\n");
    }
}

#[test]
fn another_user_is_told_what_he_cannot_see() {
    if !need_root() {
        return;
    }
    for mqueue in [Mqueue::Missing, Mqueue::Plain, Mqueue::Foreign] {
        let sb = Sandbox::plan().mqueue(mqueue).start();
        sb.ipctool(["msgq", "create", "/open", "--mode", "0666"]).run().status(0);
        let listed = sb.ipctool(["ls", "msgq"]).by_other_user().run().status(4);
        listed.stderr_contains("/dev/mqueue").stderr_contains("CAP_SYS_ADMIN");
        sb.ipctool(["ls", "-q"]).by_other_user().run().status(0).stdout_is("").stderr_contains("/dev/mqueue");
        sb.ipctool(["msgq", "send", "/open", "x"]).by_other_user().run().status(0).stderr_is("");
        sb.ipctool(["msgq", "recv", "/open"]).by_other_user().run().status(0).stdout_is("x\n");
    }
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "/open", "--mode", "0666"]).run().status(0);
    sb.ipctool(["msgq", "create", "/shut"]).run().status(0);
    let listed = sb.ipctool(["ls", "msgq", "-o", "ref,qnum", "--noheadings"]).by_other_user().run().status(0);
    listed.stdout_contains("msgq:/open").stdout_contains("msgq:/shut").stderr_is("");
    sb.ipctool(["msgq", "recv", "/shut", "-n"])
        .by_other_user()
        .run()
        .status(4)
        .stderr_contains("its mode is 0600");
}

#[test]
fn a_queue_of_mode_0000_can_be_removed_by_its_owner_alone() {
    if !need_root() {
        return;
    }
    for mqueue in [Mqueue::Missing, Mqueue::Plain, Mqueue::Foreign, Mqueue::Mounted] {
        let is_seen = mqueue == Mqueue::Mounted;
        let sb = Sandbox::plan().mqueue(mqueue).start();
        let by = |uid, args: &[&str]| sb.ipctool(args).by_user(uid).run();
        by(1234, &["msgq", "create", "/shut", "--mode", "0000"]).status(0).stdout_is("msgq:/shut\n");
        by(1234, &["msgq", "send", "/shut", "x"]).status(4).stderr_contains("hint:");
        by(1234, &["rm", "msgq:/shut", "--dry-run"]).status(if is_seen { 0 } else { 4 });
        by(1235, &["rm", "msgq:/shut"]).status(4).stderr_contains("may remove it");
        let changed = by(1234, &["change", "msgq:/shut", "--mode", "0600"]);
        if is_seen {
            changed.status(0).stderr_is("");
            by(1234, &["change", "msgq:/shut", "--mode", "0000"]).status(0);
        } else {
            changed
                .status(4)
                .stderr_contains("where mqueue is mounted")
                .stderr_contains("ipctool rm msgq:/shut");
        }
        by(1234, &["rm", "msgq:/shut"]).status(0).stderr_is("");
        by(1234, &["rm", "msgq:/shut"]).status(3).stderr_contains("no such message queue");
        // One that may be written only tells what it is, without what only its text tells.
        by(1234, &["msgq", "create", "/in", "--mode", "0200"]).status(0);
        by(1234, &["show", "msgq:/in", "--field", "mode"]).status(0).stdout_is("0200\n");
        by(1234, &["change", "msgq:/in", "--mode", "0600"]).status(0);
    }
}

#[test]
fn who_waits_is_not_told_that_the_name_has_gone() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "/q"]).run().status(0);
    let receiver = sb.ipctool(["msgq", "recv", "/q", "--timeout", "3s"]).spawn();
    blocked_in(receiver.pid, "mq_timedreceive");
    sb.ipctool(["rm", "msgq:/q"]).run().status(0).stderr_is("");
    receiver.wait().status(124).stdout_is("");
}

/// Makes a queue that was last used two hours ago.
const OLD: &str = r#"
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
int main(void) {
    mqd_t queue = mq_open("/old", O_RDWR | O_CREAT, 0600, NULL);
    struct timespec then[2] = {{time(NULL) - 7200, 0}, {time(NULL) - 7200, 0}};
    if (queue < 0 || futimens(queue, then)) return perror("/old"), 1;
    return 0;
}
"#;

/// The kernel takes a look into a queue's file for a change of it, and ls looks into it.
#[test]
fn who_looks_at_a_queue_makes_it_no_younger() {
    let sb = Sandbox::new();
    sb.command(sb.cc(OLD, ["-lrt"]), [""; 0]).run().status(0);
    let age = || {
        let shown = sb.ipctool(["show", "msgq:/old", "--field", "age"]).run().status(0).text();
        shown.trim_end().parse::<u64>().expect("seconds")
    };
    // Its times were set just now, which is a change.
    assert!(age() < 7000);
    assert!((7200..7300).contains(&age()));
    assert!((7200..7300).contains(&age()));
    sb.ipctool(["ls", "msgq", "--older", "1h", "-q"]).run().status(0).stdout_is("msgq:/old\n");
    sb.ipctool(["msgq", "send", "/old", "x"]).run().status(0);
    assert!(age() < 7000);
}
