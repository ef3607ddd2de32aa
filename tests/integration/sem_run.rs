//! `ipctool sem run`: the semaphore is held by the command itself, and comes back at its end, however that comes.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::sandbox::{Sandbox, blocked_in, ended, rounds, state, until, until_some};

fn value(sb: &Sandbox) -> String {
    sb.ipctool(["sem", "get", "0x4d2"]).run().status(0).text()
}

/// The name of the program that a process runs now.
fn comm(pid: i32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_string()
}

fn with_set(values: &str) -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", values]).run().status(0);
    sb
}

#[test]
fn a_killed_command_gives_back_at_once() {
    let sb = with_set("1");
    for _ in 0..rounds(20) {
        let command = sb.ipctool(["sem", "run", "0x4d2", "--nowait", "--", "sleep", "1000"]).spawn();
        until("the command runs", || comm(command.pid) == "sleep");
        command.signal(Signal::SIGKILL);
        command.wait().killed_by(Signal::SIGKILL);
        sb.ipctool(["sem", "run", "0x4d2", "--nowait", "--", "true"]).run().status(0);
    }
    assert_eq!(value(&sb), "1\n");
}

#[test]
fn nothing_else_that_dies_gives_it_back() {
    let sb = with_set("1");
    let script = "ipctool sem run 0x4d2 -- bash -c 'sleep 1000 & echo $! >child; exec sleep 1000' </dev/null >/dev/null 2>&1 & echo $! >pid; wait";
    let shell = sb.sh(script).spawn();
    let read = |name: &str| fs::read_to_string(sb.path(name)).ok()?.trim().parse::<i32>().ok();
    let child = until_some("the command's child", || read("child"));
    let command = until_some("the command", || read("pid"));
    until("both run", || comm(child) == "sleep" && comm(command) == "sleep");
    shell.signal(Signal::SIGKILL);
    shell.wait().killed_by(Signal::SIGKILL);
    assert_eq!(value(&sb), "0\n");
    kill(Pid::from_raw(child), Signal::SIGKILL).unwrap();
    until("the child is gone", || ended(child));
    assert_eq!(value(&sb), "0\n");
    sb.ipctool(["sem", "run", "0x4d2", "--nowait", "--", "true"])
        .run()
        .status(125)
        .stderr_contains(&format!("hint: process {command} (sleep) operated on it last\n"));
    kill(Pid::from_raw(command), Signal::SIGTERM).unwrap();
    until("it came back", || value(&sb) == "1\n");
}

#[test]
fn the_status_is_the_commands() {
    let sb = with_set("1");
    let run = |command: &[&str]| sb.ipctool([&["sem", "run", "0x4d2", "--"], command].concat()).run();
    run(&["true"]).status(0).stdout_is("").stderr_is("");
    run(&["sh", "-c", "exit 7"]).status(7).stderr_is("");
    run(&["sh", "-c", "exit 255"]).status(255);
    run(&["sh", "-c", "kill -TERM $$"]).killed_by(Signal::SIGTERM);
    run(&["sh", "-c", "kill -SEGV $$"]).killed_by(Signal::SIGSEGV);
    run(&["sh", "-c", "kill -USR1 $$"]).killed_by(Signal::SIGUSR1);
    run(&["printf", "%s-", "a b", "--", "-n"]).status(0).stdout_is("a b-----n-");
    run(&["/no/such/command"]).status(127).stderr_contains("(ENOENT)");
    run(&["/"]).status(126).stderr_contains("(EACCES)");
    run(&["./no-format"]).status(127);
    fs::write(sb.path("no-format"), "\0").unwrap();
    sb.command("chmod", ["+x", "no-format"]).run().status(0);
    run(&["./no-format"]).status(126).stderr_contains("(ENOEXEC)");
    run(&[]).status(2);
    assert_eq!(value(&sb), "1\n");
}

#[test]
fn busy_is_125_or_what_was_asked_for() {
    let sb = with_set("0");
    let run = |flags: &[&str]| {
        let output = sb.ipctool([&["sem", "run", "0x4d2"], flags, &["--", "echo", "ran"]].concat()).run();
        output.stdout_is("")
    };
    run(&["--nowait"]).status(125).stderr_is("ipctool: cannot acquire sem:0x000004d2: it would block\n");
    run(&["-n", "-E", "75"]).status(75);
    run(&["-n", "--conflict-exit-code", "0"]).status(0);
    run(&["-t", "20ms"]).status(124);
    run(&["-t", "20ms", "-E", "9"]).status(9);
    run(&["-n", "-E", "256"]).status(2);
    run(&["-n", "-t", "1"]).status(2);
    sb.ipctool(["sem", "run", "0x77", "--", "true"]).run().status(125).stderr_contains("(ENOENT)");
    sb.ipctool(["sem", "run", "77", "-E", "9", "--", "true"]).run().status(125).stderr_contains("no such");
    let waiter = sb.ipctool(["sem", "run", "0x4d2", "--", "true"]).spawn();
    blocked_in(waiter.pid, "semtimedop");
    sb.command("ipcrm", ["-S", "0x4d2"]).run().status(0);
    waiter.wait().status(125).stderr_contains("it was removed (EIDRM)");
}

#[test]
fn a_signal_while_waiting_ends_us_and_runs_nothing() {
    let sb = with_set("0");
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let waiter = sb.ipctool(["sem", "run", "0x4d2", "--", "echo", "ran"]).spawn();
        blocked_in(waiter.pid, "semtimedop");
        waiter.signal(signal);
        waiter.wait().killed_by(signal).stdout_is("").stderr_is("");
    }
    sb.ipctool(["sem", "v", "0x4d2"]).run().status(0);
    assert_eq!(value(&sb), "1\n");
}

#[test]
fn the_command_finds_its_world_as_we_found_it() {
    let sb = with_set("1");
    // The program itself looks: a shell's mask is never at rest.
    let look = [
        "perl",
        "-e",
        "open F, '/proc/self/status'; print grep /^(Sig(Blk|Ign|Cgt)|Threads)/, <F>; close F;
        opendir D, '/proc/self/fd'; print join(' ', sort readdir D), map(\"\\n$_=$ENV{$_}\", sort keys %ENV)",
    ];
    for signal in [None, Some(Signal::SIGHUP), Some(Signal::SIGINT)] {
        let plain = sb.command(look[0], &look[1..]);
        let under = sb.ipctool([&["sem", "run", "0x4d2", "--"], &look[..]].concat());
        let waiting = sb.ipctool([&["sem", "run", "0x4d2", "--"], &look[..]].concat());
        let ignoring = |run: crate::sandbox::Run<'_>| match signal {
            Some(signal) => run.ignoring(signal).spawn(),
            None => run.spawn(),
        };
        let plain = ignoring(plain).wait().status(0).text();
        assert_eq!(ignoring(under).wait().status(0).text(), plain);
        // Also when it had to wait first, for which a thread is started and handlers are set.
        sb.ipctool(["sem", "p", "0x4d2"]).run().status(0);
        let waiting = ignoring(waiting);
        blocked_in(waiting.pid, "semtimedop");
        sb.ipctool(["sem", "v", "0x4d2"]).run().status(0);
        assert_eq!(waiting.wait().status(0).text(), plain);
        assert_eq!(value(&sb), "1\n");
    }
}

#[test]
fn control_c_and_job_control_are_the_commands() {
    let sb = with_set("1");
    let mut shell = sb
        .command("bash", ["--norc", "--noprofile", "--noediting", "-i"])
        .env("PS1", "> ")
        .terminal(80)
        .spawn();
    shell.wait_for_stdout("> ");
    shell.write("ipctool sem run 0x4d2 -- bash -c 'echo pid:$$; exec sleep 1000'\n");
    let pid = until_some("the command's PID", || {
        shell.stdout_so_far().lines().find_map(|line| line.strip_prefix("pid:")?.trim().parse::<i32>().ok())
    });
    until("it sleeps", || comm(pid) == "sleep");
    shell.write([26]);
    shell.wait_for_stdout("Stopped");
    until("it is stopped", || state(pid) == Some('T'));
    assert_eq!(value(&sb), "0\n", "a stopped command holds");
    shell.write("fg\n");
    until("it goes on", || state(pid) == Some('S'));
    shell.write([3]);
    until("it is gone", || state(pid).is_none());
    shell.write("echo status:$?\nexit 0\n");
    shell.wait_for_stdout("status:130");
    shell.wait().status(0);
    assert_eq!(value(&sb), "1\n");
}

#[test]
fn no_update_is_lost_under_it() {
    let sb = with_set("1");
    fs::write(sb.path("number"), "0\n").unwrap();
    let script = format!(
        "for i in $(seq {}); do ipctool sem run 0x4d2 -- sh -c 'read n <number; echo $((n + 1)) >number'; done",
        rounds(2)
    );
    let shells: Vec<_> = (0..50).map(|_| sb.sh(&script).spawn()).collect();
    for shell in shells {
        shell.wait().status(0).stderr_is("");
    }
    assert_eq!(fs::read_to_string(sb.path("number")).unwrap(), format!("{}\n", 50 * rounds(2)));
    assert_eq!(value(&sb), "1\n");
}

#[test]
fn no_more_run_than_there_are_slots() {
    let sb = Sandbox::new();
    fs::create_dir(sb.path("inside")).unwrap();
    let script = format!(
        "for i in $(seq {}); do ipctool sem run 0x4d2 --slots 3 -- bash -c \
         'mkdir inside/$$; set -- inside/*; [ $# -le 3 ] || echo $# are inside; rmdir inside/$$'; done",
        rounds(6)
    );
    let contenders: Vec<_> = (0..8).map(|_| sb.sh(&script).spawn()).collect();
    for contender in contenders {
        contender.wait().status(0).stdout_is("").stderr_is("");
    }
    assert_eq!(value(&sb), "3\n");
    // Three that stay, and no fourth.
    let inside: Vec<_> = (0..3)
        .map(|_| sb.ipctool(["sem", "run", "0x4d2", "--slots", "3", "-n", "--", "sleep", "1000"]).spawn())
        .collect();
    until("all sleep", || inside.iter().all(|command| comm(command.pid) == "sleep"));
    sb.ipctool(["sem", "run", "0x4d2", "--slots", "3", "-n", "--", "true"]).run().status(125);
    inside[1].signal(Signal::SIGKILL);
    until("a slot is free", || value(&sb) == "1\n");
    sb.ipctool(["sem", "run", "0x4d2", "--slots", "3", "-n", "--", "true"]).run().status(0);
}

#[test]
fn slots_of_another_number_are_refused_where_it_shows() {
    let sb = with_set("5");
    sb.ipctool(["sem", "run", "0x4d2", "--slots", "3", "--", "echo", "ran"])
        .run()
        .status(125)
        .stdout_is("")
        .stderr_contains("it has 5 slots free, not 3");
    assert_eq!(value(&sb), "5\n");
}

#[test]
fn several_are_taken_at_once_and_all_given_back() {
    let sb = with_set("2,0,3");
    let run = |flags: &[&str]| {
        let get = ["--", "ipctool", "sem", "get", "0x4d2"];
        sb.ipctool([&["sem", "run", "0x4d2"], flags, &get].concat()).run()
    };
    run(&["--op", "0:-2", "1:+4", "2:-1u"]).status(0).stdout_is("0\n4\n2\n");
    assert_eq!(value(&sb), "2\n0\n3\n");
    run(&["--op", "0:-1", "--op", "1:0"]).status(0).stdout_is("1\n0\n3\n");
    run(&["--op", "0:-1", "1:-1n"]).status(125).stdout_is("");
    run(&["--by", "3", "-i", "2"]).status(0).stdout_is("2\n0\n0\n");
    run(&["--op", "0:-1", "--by", "2"]).status(2);
    run(&["--op", "0:-1", "-i", "2"]).status(2);
    run(&["--op", "7:-1"]).status(125).stderr_contains("there is no semaphore 7");
    assert_eq!(value(&sb), "2\n0\n3\n");
}
