//! What is private, and what is gone at the end.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use crate::sandbox::{Mqueue, Sandbox, blocked_in, ended, until, until_some};

const RECEIVER: &str =
    "use IPC::SysV qw(IPC_CREAT); msgrcv(msgget(5, IPC_CREAT | 0600), $_, 9, 0, 0) or die $!";

/// Opens a POSIX queue; its status is the errno.
const OPENER: &str = "#include <errno.h>\n#include <mqueue.h>\n\
    int main(int n, char **args) { return mq_open(args[1], O_RDONLY) < 0 ? errno : 0; }";

#[test]
fn a_queue_made_inside_is_not_seen_outside_or_next_door() {
    let (sb, next) = (Sandbox::new(), Sandbox::new());
    sb.command("ipcmk", ["-Q"]).run().status(0).stdout_is("Message queue id: 0\n");
    sb.sh("ipcs -q | grep -c 0x").run().status(0).stdout_is("1\n");
    next.sh("ipcs -q | grep -c 0x").run().status(1).stdout_is("0\n");
    let namespace = |pid: i32| fs::read_link(format!("/proc/{pid}/ns/ipc")).expect("an IPC namespace");
    let ours = namespace(std::process::id() as i32);
    assert!(ours != namespace(sb.pid()) && ours != namespace(next.pid()));
    assert_ne!(namespace(sb.pid()), namespace(next.pid()));
}

#[test]
fn identifiers_start_at_zero_in_every_sandbox() {
    for _ in 0..3 {
        let sb = Sandbox::new();
        sb.command("ipcmk", ["-S", "2"]).run().status(0).stdout_is("Semaphore id: 0\n");
        sb.command("ipcmk", ["-M", "10"]).run().status(0).stdout_is("Shared memory id: 0\n");
    }
}

#[test]
fn posix_objects_are_private_and_can_be_looked_at_from_outside() {
    let (sb, next) = (Sandbox::new(), Sandbox::new());
    sb.sh("echo hello >/dev/shm/x && stat -f -c %T /dev/shm").run().status(0).stdout_is("tmpfs\n");
    assert_eq!(fs::read_to_string(sb.look("/dev/shm/x")).expect("the object"), "hello\n");
    assert!(!next.look("/dev/shm/x").exists());
    let maker =
        "#include <mqueue.h>\nint main(void) { return mq_open(\"/q\", O_CREAT | O_RDWR, 0600, 0) < 0; }";
    sb.command(sb.cc(maker, ["-lrt"]), [""; 0]).run().status(0);
    sb.sh("ls /dev/mqueue").run().status(0).stdout_is("q\n");
    next.sh("ls /dev/mqueue").run().status(0).stdout_is("");
}

#[test]
fn the_message_queue_directory_can_be_foreign_plain_or_missing() {
    let kind = "stat -f -c %T /dev/mqueue";
    Sandbox::new().sh(kind).run().status(0).stdout_is("mqueue\n");
    let plain = Sandbox::plan().mqueue(Mqueue::Plain).start();
    assert_ne!(plain.sh(kind).run().status(0).text(), "mqueue\n");
    let foreign = Sandbox::plan().mqueue(Mqueue::Foreign).start();
    foreign.sh(kind).run().status(0).stdout_is("mqueue\n");
    foreign.sh("ls /dev/mqueue; ipcmk -Q").run().stdout_is("foreign\nMessage queue id: 0\n");
    foreign.command(foreign.cc(OPENER, ["-lrt"]), ["/foreign"]).run().status(2);
    Sandbox::plan().mqueue(Mqueue::Missing).start().sh("test ! -e /dev/mqueue").run().status(0);
}

#[test]
fn the_devices_that_programs_expect_are_there() {
    let sb = Sandbox::new();
    sb.sh("head -c 3 /dev/zero | wc -c && echo x >/dev/null && echo y >/dev/stdout")
        .run()
        .stdout_is("3\ny\n");
    sb.sh("echo x >/dev/full").run().status(1).stderr_contains("No space left on device");
}

#[test]
fn nothing_of_the_machine_can_be_written_to_if_that_is_asked_for() {
    let sb = Sandbox::plan().read_only().start();
    // Asked, not tried. Of root's shell it is the mount alone that says no.
    let closed = "for dir in / /usr/local/bin; do ! test -w $dir || echo $dir; done";
    sb.sh(closed).run().status(0).stdout_is("");
    sb.sh("cd /; cd \"$HOME\"; test -w . && echo ours >mine && ln -s mine ./link").run().status(0);
    assert_eq!(fs::read_to_string(sb.path("link")).unwrap(), "ours\n");
}

#[test]
fn a_user_namespace_can_be_asked_for() {
    let sb = Sandbox::plan().own_user().start();
    let ours = fs::read_link("/proc/self/ns/user").expect("a link");
    assert_ne!(ours, fs::read_link(format!("/proc/{}/ns/user", sb.pid())).expect("a link"));
    sb.sh("id -u && ipcmk -Q && echo 3 >/proc/sys/kernel/msgmni")
        .run()
        .status(0)
        .stdout_is("0\nMessage queue id: 0\n");
}

#[test]
fn a_pid_namespace_can_be_asked_for() {
    let sb = Sandbox::plan().own_pids().start();
    sb.sh("test $$ -lt 20 && ls -d /proc/1/ns").run().status(0).stdout_is("/proc/1/ns\n");
    let receiver = sb.perl(RECEIVER).spawn();
    blocked_in(receiver.pid, "msgrcv");
    sb.sh("ipcrm -Q 5").run().status(0);
    receiver.wait().status(43).stderr_contains("Identifier removed");
    let left = sb.perl(RECEIVER).spawn();
    blocked_in(left.pid, "msgrcv");
    drop(sb);
    // Its nsenter waits outside, and passes the signal on.
    left.wait().killed_by(Signal::SIGKILL);
}

#[test]
fn whatever_still_runs_at_the_end_is_killed_and_the_directory_removed() {
    let sb = Sandbox::new();
    let script = format!("setsid perl -e '{RECEIVER}' <&- >&- 2>&- & echo $! >pid");
    sb.sh(&script).run().status(0);
    let pid = fs::read_to_string(sb.path("pid")).expect("a PID").trim().parse().expect("a number");
    blocked_in(pid, "msgrcv");
    let (holder, dir) = (sb.pid(), sb.dir().to_path_buf());
    drop(sb);
    until("the end of what was left", || ended(pid));
    assert!(ended(holder) && !Path::new(&dir).exists());
}

/// Plays two parts: the test, and under `VICTIM` the test that is killed with all its sandbox still running.
#[test]
fn a_sandbox_ends_with_a_test_that_is_killed() {
    let sb = Sandbox::new();
    if let Some(report) = std::env::var_os("VICTIM") {
        let receiver = sb.perl(RECEIVER).spawn();
        blocked_in(receiver.pid, "msgrcv");
        fs::write(report, format!("{} {}", receiver.pid, sb.pid())).expect("a report");
        receiver.wait();
    }
    let report = sb.path("report");
    let me = std::env::current_exe().expect("this program");
    let only = ["--exact", "sandbox::itself::worlds::a_sandbox_ends_with_a_test_that_is_killed"];
    // Not in the sandbox: as cargo would run it.
    let mut victim = Command::new(me)
        .stdout(Stdio::null())
        .args(only)
        .env("VICTIM", &report)
        .env("TMPDIR", sb.dir())
        .spawn()
        .expect("the victim");
    let pids: Vec<i32> = until_some("the victim's report", || {
        let pids = fs::read_to_string(&report)
            .ok()?
            .split(' ')
            .filter_map(|pid| pid.parse().ok())
            .collect::<Vec<_>>();
        (pids.len() == 2).then_some(pids)
    });
    victim.kill().expect("a process of ours");
    victim.wait().expect("a child of ours");
    for pid in pids {
        until("the end of the victim's processes", || ended(pid));
    }
}
