//! `ipctool sem create` and `--create`: nobody ever acts on a set that has not got its values yet.

use crate::sandbox::{Sandbox, blocked_in, rounds, until};

fn values(sb: &Sandbox, reference: &str) -> String {
    sb.ipctool(["sem", "get", reference]).run().status(0).text().replace('\n', " ")
}

/// Makes a set as a creator that was killed in the middle leaves it: no value, otime 0.
const UNFINISHED: &str = "defined semget(0x4d2, 1, 01600) or die $!; $| = 1; print 'made'; <STDIN>; \
    semop(0, pack('s*', 0, 3, 0)) or die $!;";

#[test]
fn racing_creators_get_one_set_with_its_value() {
    let sb = Sandbox::new();
    for round in 0..rounds(3) {
        let script = "for i in $(seq 20); do ipctool sem create 0x4d2 --value 5 & done; wait";
        let reference = format!("sem:{round}\n");
        let text = sb.sh(script).run().status(0).stderr_is("").text();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 20, "{text}");
        assert!(lines.iter().all(|line| *line == lines[0]), "{reference} {text}");
        assert_eq!(values(&sb, "0x4d2"), "5 ");
        sb.command("ipcrm", ["-S", "0x4d2"]).run().status(0);
    }
}

#[test]
fn racing_openers_take_only_what_was_given() {
    let sb = Sandbox::new();
    for _ in 0..rounds(3) {
        // One of them makes it, each takes 1 of 20: a value that was not there yet would make one wait, one given
        // twice would be left over.
        let script = "for i in $(seq 20); do ipctool sem p 0x4d2 --create --value 20 -t 15 || echo failed & done; wait";
        sb.sh(script).run().status(0).stdout_is("").stderr_is("");
        assert_eq!(values(&sb, "0x4d2"), "0 ");
        sb.command("ipcrm", ["-S", "0x4d2"]).run().status(0);
    }
}

#[test]
fn an_opener_waits_for_the_creator() {
    let sb = Sandbox::new();
    let mut creator = sb.perl(UNFINISHED).stdin_open().spawn();
    creator.wait_for_stdout("made");
    sb.ipctool(["sem", "p", "0x4d2", "--create", "--nowait"])
        .run()
        .status(5)
        .stderr_contains("its creator has not given it its first value yet");
    sb.ipctool(["sem", "p", "0x4d2", "--create", "--timeout", "30ms"]).run().status(124);
    let opener = sb.ipctool(["sem", "p", "0x4d2", "--create"]).spawn();
    let other = sb.ipctool(["sem", "create", "0x4d2"]).spawn();
    // Zero is what nobody may act on yet.
    let zero = ["sem", "run", "0x4d2", "--create", "--op", "0:0n", "-E", "75", "--", "echo", "acted"];
    let zero = sb.ipctool(zero).spawn();
    for waiter in [&opener, &other, &zero] {
        blocked_in(waiter.pid, "poll");
    }
    creator.close_stdin();
    creator.wait().status(0);
    opener.wait().status(0).stderr_is("");
    other.wait().status(0).stdout_is("sem:0\n");
    zero.wait().status(75).stdout_is("");
    assert_eq!(values(&sb, "0"), "2 ");
}

#[test]
fn a_creator_killed_in_the_middle_is_a_clear_error() {
    let sb = Sandbox::new();
    let creator = sb.perl(UNFINISHED).stdin_open().spawn();
    creator.wait_for_stdout("made");
    drop(creator);
    let waiters = [
        sb.ipctool(["sem", "p", "0x4d2", "--create"]).spawn(),
        sb.ipctool(["sem", "create", "0x4d2"]).spawn(),
        sb.ipctool(["sem", "run", "0x4d2", "--create", "--", "echo", "ran"]).spawn(),
    ];
    for (waiter, status) in waiters.into_iter().zip([1, 1, 125]) {
        waiter
            .wait()
            .status(status)
            .stdout_is("")
            .stderr_contains("sem:0x000004d2: its creator did not give it its first value in 5 s")
            .stderr_contains("ipctool rm sem:0");
    }
    // It is no longer young, and may be a C program's that begins at 0: it is used as it is.
    sb.ipctool(["sem", "create", "0x4d2"]).run().status(0).stdout_is("sem:0\n");
    sb.ipctool(["sem", "p", "0x4d2", "--create", "-n"]).run().status(5).stderr_contains("it would block");
}

#[test]
fn a_set_that_is_removed_while_it_is_waited_for() {
    let sb = Sandbox::new();
    let creator = sb.perl(UNFINISHED).stdin_open().spawn();
    creator.wait_for_stdout("made");
    let opener = sb.ipctool(["sem", "p", "0x4d2", "--create"]).spawn();
    blocked_in(opener.pid, "poll");
    sb.command("ipcrm", ["-S", "0x4d2"]).run().status(0);
    opener.wait().status(3);
}

#[test]
fn sets_of_c_programs_are_used_at_once() {
    let sb = Sandbox::new();
    // SETVAL leaves otime 0, with a value and without one.
    sb.perl("my $id = semget(0x4d2, 1, 01600); semctl($id, 0, 16, 2) or die $!").run().status(0);
    sb.perl("my $id = semget(0x4d3, 1, 01600); semctl($id, 0, 16, 0) or die $!").run().status(0);
    sb.ipctool(["sem", "p", "0x4d2", "--create", "-n"]).run().status(0);
    sb.ipctool(["sem", "p", "0x4d3", "--create", "-n"]).run().status(5).stderr_contains("it would block");
    // Without --create nobody waits for a creator.
    sb.perl("semget(0x4d4, 1, 01600)").run().status(0);
    sb.ipctool(["sem", "p", "0x4d4", "-n"]).run().status(5).stderr_contains("it would block");
    sb.ipctool(["sem", "v", "0x4d4"]).run().status(0);
}

#[test]
fn an_existing_set_is_kept_if_it_is_what_was_asked_for() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "1,2", "--mode", "0640"]).run().status(0);
    let again = |args: &[&str]| sb.ipctool([&["sem", "create", "0x4d2"], args].concat()).run();
    again(&[]).status(0).stdout_is("sem:0\n");
    again(&["--sems", "2", "--value", "9"]).status(0).stdout_is("sem:0\n");
    again(&["--mode", "640"]).status(0).stdout_is("sem:0\n");
    again(&["--sems", "3"]).status(1).stdout_is("").stderr_contains("it has 2 semaphores, not 3");
    again(&["--value", "1,1,1"]).status(1).stderr_contains("it has 2 semaphores, not 3");
    again(&["--mode", "0600"]).status(1).stderr_contains("its mode is 0640, and 0600 was asked for (EEXIST)");
    again(&["--exclusive"]).status(1).stderr_contains("it exists already (EEXIST)");
    assert_eq!(values(&sb, "0"), "1 2 ");
}

#[test]
fn a_new_set_is_exactly_what_was_asked_for() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2"]).run().status(0).stdout_is("sem:0\n");
    sb.ipctool(["sem", "create", "private", "--sems", "3"]).run().status(0).stdout_is("sem:1\n");
    sb.ipctool(["sem", "create", "--value", "0,32767"]).run().status(0).stdout_is("sem:2\n");
    sb.ipctool(["sem", "create", "key:77", "--value", "0"]).run().status(0).stdout_is("sem:3\n");
    for (reference, expected) in [("0", "1 "), ("1", "1 1 1 "), ("2", "0 32767 "), ("3", "0 ")] {
        assert_eq!(values(&sb, reference), expected);
        let otime =
            sb.ipctool(["show", &format!("sem:{reference}"), "--field", "otime"]).run().status(0).text();
        assert!(otime.starts_with("20"), "ready: {otime}");
    }
    // The exact bits, whatever the umask, and also those by which its maker may not touch it.
    for mode in ["0000", "0040", "0400", "0666", "0777"] {
        let set =
            sb.sh(&format!("umask 077; ipctool sem create --mode {mode}")).powerless().run().status(0).text();
        sb.ipctool(["show", set.trim(), "--field", "mode"]).run().status(0).stdout_is(format!("{mode}\n"));
        assert_eq!(values(&sb, set.trim()), "1 ");
    }
}

#[test]
fn what_creates_nothing_is_a_usage_error() {
    let sb = Sandbox::new();
    for args in [
        &["create", "5"][..],
        &["create", "0x4d2", "--sems", "0"],
        &["create", "0x4d2", "--sems", "3", "--value", "1,2"],
        &["create", "0x4d2", "--value", "32768"],
        &["create", "0x4d2", "--value", "1,"],
        &["create", "0x4d2", "--mode", "1600"],
        &["p", "0x4d2", "--value", "3"],
        &["p", "0x4d2", "--mode", "0660"],
        &["p", "5", "--create"],
        &["v", "0x4d2", "--create"],
        &["run", "0x4d2", "--slots", "2", "--value", "3", "--", "true"],
        &["run", "0x4d2", "--slots", "0", "--", "true"],
        &["p", "0x4d2", "--create", "-i", "1", "-n"],
        &["p", "private", "--create", "--sems", "3", "-i", "3", "-n"],
        &["p", "0x4d2", "--create", "--value", "1,1,1", "-i", "3", "-n"],
        &["p", "/q", "--create", "-i", "1", "-n"],
        &["run", "0x4d2", "--create", "-i", "2", "-n", "--", "true"],
        &["run", "0x4d2", "--slots", "2", "-i", "2", "-n", "--", "true"],
        &["run", "0x4d2", "--create", "-n", "--op", "0:-1", "3:-1", "--", "true"],
    ] {
        sb.ipctool([&["sem"], args].concat()).run().status(2).stdout_is("");
    }
    sb.ipctool(["ls", "sem", "-q"]).run().status(0).stdout_is("");
    let few = sb.ipctool(["sem", "p", "0x4d2", "--create", "-i", "3"]).run().status(2);
    few.stderr_is(
        "ipctool: cannot create sem:0x000004d2: a new one has 1 semaphore, and no number 3\n\
         hint: --sems 4 makes as many\n",
    );
    sb.ipctool(["sem", "p", "0x4d2", "--create", "--sems", "4", "-i", "3"]).run().status(0);
    // One that is there is used as it is.
    sb.ipctool(["sem", "p", "0x4d2", "--create", "-i", "2"]).run().status(0);
    sb.ipctool(["sem", "p", "0x4d2", "--create", "-i", "4"]).run().status(1).stderr_contains("EFBIG");
}

#[test]
fn limits_of_the_kernel_are_named() {
    let sb = Sandbox::plan().own_user().start();
    let limit = |numbers: &str| {
        let written = sb.sh(&format!("echo '{numbers}' >/proc/sys/kernel/sem")).run();
        written.status(0)
    };
    limit("10 20 5 2");
    sb.ipctool(["sem", "create", "--sems", "11"])
        .run()
        .status(1)
        .stderr_contains("11 semaphores are more than 10");
    sb.ipctool(["sem", "create", "--sems", "6", "--value", "3"]).run().status(0).stdout_is("sem:0\n");
    assert_eq!(values(&sb, "0"), "3 3 3 3 3 3 ");
    sb.ipctool(["sem", "create", "--sems", "10"]).run().status(0);
    sb.ipctool(["sem", "create"])
        .run()
        .status(1)
        .stderr_contains("there are 2 sets")
        .stderr_contains("SEMMNI");
    limit("10 20 5 4");
    sb.ipctool(["sem", "create", "--sems", "5"]).run().status(1).stderr_contains("SEMMNS");
    until("nothing half-made is left", || {
        sb.ipctool(["ls", "sem", "-q"]).run().status(0).text().lines().count() == 2
    });
}

#[test]
fn what_has_no_name_and_nobody_was_told_of_does_not_stay() {
    let sb = Sandbox::new();
    for create in [&["sem", "create"][..], &["msgq", "create", "private"], &["shm", "create", "64"]] {
        let full = sb.ipctool(create).stdout_to("/dev/full").run().status(1);
        full.stderr_contains("(ENOSPC); what was created is removed again");
        let left = sb.ipctool(create).reader_leaves_after(0).run().status(1);
        left.stderr_contains("(EPIPE); what was created is removed again");
    }
    sb.ipctool(["ls", "sem", "msgq", "shm", "-q"]).run().status(0).stdout_is("");
    // What has a name is found by it, and stays.
    sb.ipctool(["sem", "create", "0x4d2"]).stdout_to("/dev/full").run().status(1);
    sb.ipctool(["sem", "create", "0x4d3"]).reader_leaves_after(0).run().status(0).stderr_is("");
    sb.ipctool(["sem", "get", "0x4d2"]).run().status(0);
    sb.ipctool(["sem", "get", "0x4d3"]).run().status(0);
}
