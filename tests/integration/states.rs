//! The states an object can be in: a row a rule, with real processes (SPEC S3).

use crate::sandbox::{Running, Sandbox, blocked_in};

fn is(sb: &Sandbox, state: &str, reference: &str) -> bool {
    let kind = reference.split(':').next().unwrap();
    let listed = sb.ipctool(["ls", kind, state, "-q"]).run().status(0).text();
    listed.lines().any(|line| line == reference)
}

#[track_caller]
fn assert_states(sb: &Sandbox, reference: &str, in_use: bool, orphan: bool) {
    assert_eq!(is(sb, "--in-use", reference), in_use, "in use");
    assert_eq!(is(sb, "--unused", reference), !in_use, "unused");
    assert_eq!(is(sb, "--orphan", reference), orphan, "orphan");
}

/// A process that has run these lines of perl and lives until its standard input ends.
fn living(sb: &Sandbox, lines: &str) -> Running {
    let running = sb.perl(&format!("$| = 1; {lines}; print \"ready\\n\"; <STDIN>;")).stdin_open().spawn();
    running.wait_for_stdout("ready");
    running
}

#[test]
fn an_attached_segment_is_in_use_and_its_makers_end_makes_it_an_orphan() {
    let sb = Sandbox::new();
    let holder = sb
        .python(
            "import ctypes,sys\nc=ctypes.CDLL(None)\nc.shmat.restype=ctypes.c_void_p\n\
             c.shmat(c.shmget(7,4096,0o1600),None,0)\nprint('ready',flush=True)\nsys.stdin.read()",
        )
        .stdin_open()
        .spawn();
    holder.wait_for_stdout("ready");
    assert_states(&sb, "shm:0", true, false);
    drop(holder);
    crate::sandbox::until("it is detached", || is(&sb, "--unused", "shm:0"));
    assert_states(&sb, "shm:0", false, true);
}

#[test]
fn a_segment_whose_maker_lives_is_unused_and_no_orphan() {
    let sb = Sandbox::new();
    let maker = living(&sb, "shmget(7, 4096, 01600)");
    assert_states(&sb, "shm:0", false, false);
    let mut maker = maker;
    maker.close_stdin();
    maker.wait().status(0);
    assert_states(&sb, "shm:0", false, true);
}

#[test]
fn an_unread_message_is_use_and_its_reading_ends_it() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x7"]).run().status(0);
    // Nobody has used it: who made a queue is not recorded.
    assert_states(&sb, "msgq:0", false, false);
    sb.ipctool(["msgq", "send", "0x7", "x"]).run().status(0);
    assert_states(&sb, "msgq:0", true, false);
    sb.ipctool(["msgq", "recv", "0x7"]).run().status(0);
    assert_states(&sb, "msgq:0", false, true);
}

#[test]
fn a_queue_whose_last_sender_lives_is_no_orphan() {
    let sb = Sandbox::new();
    let sender = living(&sb, "msgget(7, 01600); msgsnd(0, pack('l! a', 1, 'x'), 0)");
    sb.ipctool(["msgq", "recv", "0x7"]).run().status(0);
    assert_states(&sb, "msgq:0", false, false);
    drop(sender);
    crate::sandbox::until("the sender has gone", || is(&sb, "--orphan", "msgq:0"));
}

#[test]
fn a_receiver_that_waits_is_use() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x7"]).run().status(0);
    let receiver = sb.ipctool(["msgq", "recv", "0x7"]).spawn();
    blocked_in(receiver.pid, "msgrcv");
    assert_states(&sb, "msgq:0", true, false);
    sb.ipctool(["rm", "msgq", "--all", "-y"]).run().status(0).stdout_is("");
    sb.ipctool(["msgq", "send", "0x7", "x"]).run().status(0);
    receiver.wait().status(0);
}

#[test]
fn a_set_is_in_use_while_its_last_operator_lives() {
    let sb = Sandbox::new();
    let operator = living(&sb, "semget(7, 1, 01600); semop(0, pack('s!3', 0, 1, 0))");
    assert_states(&sb, "sem:0", true, false);
    // A database's sets have no waiters, and must survive a clean-up.
    sb.ipctool(["rm", "sem", "--all", "-y"]).run().status(0).stdout_is("");
    drop(operator);
    crate::sandbox::until("the operator has gone", || is(&sb, "--unused", "sem:0"));
    assert_states(&sb, "sem:0", false, true);
}

#[test]
fn a_set_that_somebody_waits_on_is_in_use() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x7", "--value", "0"]).run().status(0);
    let waiting = sb.ipctool(["sem", "p", "0x7"]).spawn();
    blocked_in(waiting.pid, "semtimedop");
    assert_states(&sb, "sem:0", true, false);
    sb.ipctool(["sem", "v", "0x7"]).run().status(0);
    waiting.wait().status(0);
    assert_states(&sb, "sem:0", false, true);
}

#[test]
fn a_set_that_nobody_operated_on_is_no_orphan() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-S", "2"]).run().status(0);
    assert_states(&sb, "sem:0", false, false);
}

#[test]
fn a_pid_that_is_anothers_now_does_not_keep_an_object() {
    let sb = Sandbox::plan().own_pids().start();
    // The maker's PID is given to a process that starts two seconds later: that one is younger than the record.
    let script = "shmid=$(perl -e 'print shmget(7, 4096, 01600), \" $$\"'); set -- $shmid\n\
                  then=$(cut -d. -f1 /proc/uptime)\n\
                  until [ $(cut -d. -f1 /proc/uptime) -ge $((then + 4)) ]; do :; done\n\
                  i=0; while [ $i -lt 200 ]; do i=$((i + 1))\n\
                  echo $(($2 - 1)) >/proc/sys/kernel/ns_last_pid || exit 77\n\
                  sh -c 'echo $$ >got; read line' & sleepers=$!\n\
                  until [ -s got ]; do :; done\n\
                  if [ $(cat got) = $2 ]; then ipctool ls shm --orphan -q; exit 0; fi; : >got; done; exit 78";
    let output = sb.sh(script).stdin_open().run();
    output.status(0).stdout_is("shm:0\n");
}
