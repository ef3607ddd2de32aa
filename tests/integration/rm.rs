//! `ipctool rm`: what was named goes, and nothing else.

use nix::sys::signal::Signal;

use crate::sandbox::{Sandbox, blocked_in, need_program, need_root};

fn refs(sb: &Sandbox, args: &[&str]) -> String {
    sb.ipctool([&["ls", "-q"], args].concat()).run().status(0).text()
}

/// Two queues (the second with a message), a set, two segments.
fn with_objects() -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x1"]).run().status(0).stdout_is("msgq:0\n");
    sb.ipctool(["msgq", "create", "0x2"]).run().status(0).stdout_is("msgq:1\n");
    sb.ipctool(["msgq", "send", "0x2", "hello"]).run().status(0);
    sb.ipctool(["sem", "create", "0x3"]).run().status(0).stdout_is("sem:0\n");
    sb.ipctool(["shm", "create", "0x4", "100"]).run().status(0).stdout_is("shm:0\n");
    sb.ipctool(["shm", "create", "5000"]).run().status(0).stdout_is("shm:1\n");
    sb
}

#[test]
fn wrong_command_lines_remove_nothing() {
    let sb = with_objects();
    let all = refs(&sb, &[]);
    let table: &[(&[&str], &str)] = &[
        (&["rm"], "nothing to remove"),
        (&["rm", "shm"], "nothing to remove behind 'shm'"),
        (&["shm", "rm"], "nothing to remove behind 'shm'"),
        (&["rm", ""], ""),
        (&["rm", "--all"], "a kind is required"),
        (&["rm", "--orphan", "--yes"], "a kind is required"),
        (&["rm", "shm", "--all"], "no terminal"),
        (&["rm", "shm", "0", "--all", "--yes"], "do not mix"),
        (&["rm", "msgq:0", "--unused", "--yes"], "do not mix"),
        (&["rm", "msgq:0", "shm:1x"], ""),
        (&["rm", "msgq", "0", "shm"], "nothing to remove behind 'shm'"),
        (&["rm", "0"], "no kind is given"),
        (&["rm", "-", "msgq:0"], "stands alone"),
        (&["rm", "msgq:0", "pipe:1:1"], "goes when its last user does"),
        (&["rm", "msgq:0", "mmap:1:0x1000"], "goes when its last user does"),
        (&["rm", "msgq:0", "mmap:/etc/passwd"], "a file as any other"),
        (&["rm", "msgq:0", "sig:1"], "is ended, not removed"),
        (&["rm", "msgq:0", "msgq:private"], "always names a new message queue"),
        (&["rm", "sem", "0", "in:0+0"], "goes with its memory"),
        (&["rm", "shm", "--older", "soon", "--yes"], ""),
        (&["rm", "shm", "--user", "nobody-such", "--yes"], "no user"),
    ];
    for (args, told) in table {
        sb.ipctool(*args).run().status(2).stdout_is("").stderr_contains(told);
        assert_eq!(refs(&sb, &[]), all, "{args:?}");
    }
    sb.ipctool(["rm", "-"]).stdin("msgq:0\nmsgq:0x\n").run().status(2);
    sb.ipctool(["rm", "-"]).stdin("msgq:0\nmsgq:private\n").run().status(2);
    sb.sh("empty=; ipctool rm $empty; ipctool rm shm $empty").run().status(2);
    assert_eq!(refs(&sb, &[]), all);
}

/// What goes is printed, and nowhere else: without a standard output nothing goes. Nor is a closed standard input an empty
/// one.
#[test]
fn closed_descriptors_are_told_before_anything_goes() {
    let sb = with_objects();
    let all = refs(&sb, &[]);
    let line = &["rm", "msgq", "shm", "--all", "--yes"];
    sb.ipctool(line).closed(&[1]).run().status(1).stderr_contains("standard output");
    sb.ipctool(["rm", "-"]).closed(&[0]).run().status(1).stderr_contains("standard input");
    assert_eq!(refs(&sb, &[]), all);
    // By reference nothing is printed.
    sb.ipctool(["rm", "msgq:0"]).closed(&[0, 1]).run().status(0);
}

#[test]
fn references_go_one_by_one_and_the_first_failure_decides() {
    let sb = with_objects();
    sb.ipctool(["rm", "msgq", "7", "0x2", "shm", "0", "sem", "9"])
        .run()
        .status(3)
        .stdout_is("")
        .stderr_contains("msgq:7")
        .stderr_contains("sem:9");
    assert_eq!(refs(&sb, &[]), "msgq:0\nsem:0\nshm:1\n");
    sb.ipctool(["rm", "msgq:7", "--ignore-missing"]).run().status(0).stderr_is("");
    sb.ipctool(["shm", "rm", "1", "--dry-run"]).run().status(0).stdout_is("shm:1\n");
    sb.ipctool(["shm", "rm", "1"]).run().status(0).stdout_is("");
    sb.ipctool(["ls", "-q"]).run().stdout_is("msgq:0\nsem:0\n");
    sb.sh("ipctool ls -q | ipctool rm -").run().status(0);
    assert_eq!(refs(&sb, &[]), "");
    sb.ipctool(["rm", "-"]).run().status(0);
}

#[test]
fn a_dry_run_prints_what_the_real_one_removes() {
    let sb = with_objects();
    let planned = sb.ipctool(["rm", "msgq", "shm", "sem", "--all", "--dry-run"]).run().status(0).text();
    assert_eq!(planned, "msgq:0\nshm:0\nshm:1\nsem:0\n", "msgq:1 holds a message");
    sb.ipctool(["rm", "msgq", "shm", "sem", "--all", "--yes"]).run().status(0).stdout_is(&planned);
    assert_eq!(refs(&sb, &[]), "msgq:1\n");
    sb.ipctool(["rm", "msgq", "--all", "--in-use", "-y"]).run().status(0).stdout_is("msgq:1\n");
    sb.ipctool(["rm", "msgq", "--all", "-y"]).run().status(0).stdout_is("");
}

#[test]
fn filters_say_what_goes() {
    let sb = with_objects();
    sb.ipctool(["rm", "shm", "--min-size", "1K", "-y"]).run().status(0).stdout_is("shm:1\n");
    sb.ipctool(["rm", "msgq", "--in-use", "-y"]).run().status(0).stdout_is("msgq:1\n");
    sb.ipctool(["rm", "msgq", "shm", "--orphan", "--older", "1h", "-y"]).run().status(0).stdout_is("");
    sb.ipctool(["rm", "shm", "--key", "0x4", "-y"]).run().status(0).stdout_is("shm:0\n");
    assert_eq!(refs(&sb, &[]), "msgq:0\nsem:0\n");
}

#[test]
fn a_terminal_is_asked() {
    let sb = with_objects();
    let mut asked = sb.ipctool(["rm", "shm", "--all"]).terminal(80).spawn();
    asked.wait_for_stdout("Remove 2 objects: shm:0, shm:1? [y/N]");
    asked.write("n\n");
    asked.wait().status(1);
    let mut asked = sb.ipctool(["rm", "shm", "--all"]).terminal(80).spawn();
    asked.wait_for_stdout("[y/N]");
    asked.write(b"y\xff\n");
    asked.wait().status(1);
    // Ctrl-D is no answer; what the shell prints next begins a line.
    let mut asked = sb.ipctool(["rm", "shm", "--all"]).terminal(80).spawn();
    asked.wait_for_stdout("[y/N]");
    asked.write(b"\x04");
    let left = asked.wait().status(1).text();
    assert!(left.ends_with('\n'), "{left:?}");
    assert_eq!(refs(&sb, &["shm"]), "shm:0\nshm:1\n");
    let mut asked = sb.ipctool(["rm", "shm", "--all"]).terminal(80).spawn();
    asked.wait_for_stdout("[y/N]");
    asked.write("yes\n");
    asked.wait().status(0).stdout_contains("shm:1");
    assert_eq!(refs(&sb, &["shm"]), "");
    sb.sh("for key in 1 2 3 4 5 6 7 8 9; do ipctool shm create 0xa$key 1; done").run().status(0);
    let mut asked = sb.ipctool(["rm", "shm", "--all"]).terminal(200).spawn();
    asked.wait_for_stdout("Remove 9 objects: shm:");
    asked.wait_for_stdout(" and 1 more? [y/N]");
    asked.write("n\n");
    asked.wait().status(1);
}

#[test]
fn who_types_the_references_is_told_that_they_are_read() {
    let sb = with_objects();
    let mut typed = sb.ipctool(["rm", "-"]).terminal(80).spawn();
    typed.wait_for_stdout("reading references from standard input");
    typed.write("shm:0\n\u{4}");
    typed.wait().status(0);
    assert_eq!(refs(&sb, &["shm"]), "shm:1\n");
}

#[test]
fn an_identifier_never_hits_what_has_its_key_now() {
    let sb = with_objects();
    // The queue of key 1 is made anew behind our back: its identifier differs.
    sb.sh("ipcrm -q 0; ipctool msgq create 0x1").run().status(0);
    sb.ipctool(["rm", "msgq:0"]).run().status(3);
    assert!(refs(&sb, &["--key", "0x1"]).starts_with("msgq:"));
}

#[test]
fn what_is_anothers_is_denied_and_named() {
    if !need_root() {
        return;
    }
    let sb = with_objects();
    sb.ipctool(["rm", "msgq:0", "shm:7"])
        .by_other_user()
        .run()
        .status(4)
        .stderr_contains("cannot remove msgq:0: it is uid 0's, mode 0600 (EPERM)")
        .stderr_contains("shm:7");
    sb.ipctool(["rm", "msgq", "shm", "sem", "--all", "--yes"]).by_other_user().run().status(4).stdout_is("");
    assert_eq!(refs(&sb, &[]).lines().count(), 5);
}

#[test]
fn a_waiter_of_a_removed_set_is_told() {
    let sb = with_objects();
    sb.ipctool(["sem", "p", "0x3"]).run().status(0);
    let waiting = sb.ipctool(["sem", "p", "0x3"]).spawn();
    blocked_in(waiting.pid, "semtimedop");
    sb.ipctool(["rm", "sem", "--all", "-y"]).run().status(0).stdout_is("");
    sb.ipctool(["rm", "sem:0"]).run().status(0);
    waiting.wait().status(3);
}

/// So many that the kinds are swept side by side, and the queues in two parts.
#[test]
fn thousands_go_in_one_sweep_and_what_is_in_use_stays() {
    let sb = Sandbox::new();
    let make = "for (1..4100) { msgget($_, 01600) // die }
                for (1..900) { shmget($_, 64, 01600) // die; semget($_, 1, 01600) // die }
                msgsnd(msgget($_, 0), pack('l! a*', 1, 'x'), 0) || die for (5, 4100)";
    sb.perl(make).run().status(0);
    let planned = sb.ipctool(["rm", "msgq", "shm", "sem", "--all", "--dry-run"]).run().status(0).text();
    assert_eq!(planned.lines().count(), 5898);
    sb.ipctool(["rm", "msgq", "shm", "sem", "--all", "--yes"])
        .run()
        .status(0)
        .stdout_is(&planned)
        .stderr_is("ipctool: in use, and left without --in-use: msgq:4, msgq:4099\n");
    assert_eq!(refs(&sb, &[]), "msgq:4\nmsgq:4099\n");
    // Who names the state does not ask for what is in use.
    sb.ipctool(["rm", "msgq", "--unused", "--yes"]).run().status(0).stderr_is("");
    sb.perl("for (1..9) { msgsnd(msgget(10000 + $_, 01600), pack('l! a*', 1, 'x'), 0) || die }")
        .run()
        .status(0);
    sb.ipctool(["rm", "msgq", "--all", "--dry-run"])
        .run()
        .status(0)
        .stdout_is("")
        .stderr_contains(" and 3 more\n");
}

/// What went is told though a signal ends the removal, and nothing goes after it: strace gives it at a call in the middle.
#[test]
fn an_interrupted_sweep_tells_what_went() {
    if !need_program("strace") {
        return;
    }
    for asked in [false, true] {
        let sb = Sandbox::new();
        sb.perl("for (1..20) { msgget($_, 01600) // die }").run().status(0);
        let before = refs(&sb, &[]);
        let traced = "exec strace -qq -o trace -e trace=msgctl -e inject=msgctl:signal=INT:when=30 ipctool rm msgq --all";
        let gone = if asked {
            let mut asked = sb.sh(traced).terminal(80).spawn();
            asked.wait_for_stdout("[y/N]");
            asked.write("y\n");
            asked.wait().killed_by(Signal::SIGINT)
        } else {
            sb.sh(&format!("{traced} --yes")).run().killed_by(Signal::SIGINT)
        };
        let (gone, left) = (gone.text(), refs(&sb, &[]));
        assert!(!left.is_empty() && left != before, "{left}");
        for line in before.lines() {
            let told = gone.lines().any(|told| told.trim_end() == line);
            assert_ne!(told, left.lines().any(|still| still == line), "{line} in {gone:?}");
        }
    }
}
