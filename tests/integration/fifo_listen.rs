//! `ipctool fifo listen`: sessions, exact numbers, ends.

use nix::sys::signal::Signal;

use crate::sandbox::{Running, Sandbox, blocked_in, rounds, until};

fn is_fifo(sb: &Sandbox, name: &str) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::symlink_metadata(sb.path(name)).is_ok_and(|meta| meta.file_type().is_fifo())
}

/// A listener that waits.
fn listener(sb: &Sandbox, args: &[&str]) -> Running {
    let running = sb.ipctool([&["fifo", "listen"][..], args].concat()).spawn();
    blocked_in(running.pid, "poll");
    running
}

#[test]
fn a_thousand_short_writers_lose_nothing_and_are_never_glued() {
    let sb = Sandbox::new();
    let running = listener(&sb, &["f"]);
    // Each writer is a process that waits until its own line has come out before the next one starts: gluing is then a
    // fault of ours, however busy the machine is.
    for n in 0..1000 {
        let end = if n % 3 == 0 { "\n" } else { "" };
        let mut file = std::fs::File::options().write(true).open(sb.path("f")).unwrap();
        std::io::Write::write_all(&mut file, format!("line {n}{end}").as_bytes()).unwrap();
        drop(file);
        if end.is_empty() {
            running.wait_for_stdout(&format!("line {n}\n"));
        }
    }
    running.wait_for_stdout("line 999\n");
    running.signal(Signal::SIGTERM);
    let expected: String = (0..1000).map(|n| format!("line {n}\n")).collect();
    running.wait().killed_by(Signal::SIGTERM).stdout_is(expected).stderr_is("");
    assert!(!sb.path("f").exists());
}

#[test]
fn senders_in_a_tight_loop_lose_no_byte() {
    let sb = Sandbox::new();
    let running = listener(&sb, &["f"]);
    // Microseconds apart and without a newline: two may come as one line, but every byte comes once and in order.
    sb.sh("for i in {1..1000}; do printf \"<$i>\" >f; done; printf '<end>' >f").run().status(0);
    running.wait_for_stdout("<end>");
    running.signal(Signal::SIGTERM);
    let out = running.wait().killed_by(Signal::SIGTERM).stderr_is("");
    let expected: String = (1..=1000).map(|n| format!("<{n}>")).collect();
    assert_eq!(out.text().replace('\n', ""), expected + "<end>");
    assert!(out.text().lines().all(|line| line.starts_with('<') && line.ends_with('>')));
}

#[test]
fn bulk_comes_byte_for_byte_into_a_pipe_and_a_file() {
    let sb = Sandbox::new();
    let expected: String = (1..=400_000).map(|n| format!("{n}\n")).collect();
    let send = || sb.sh("(seq 400000; printf tail) >f").run().status(0);
    let running = listener(&sb, &["f", "--once"]);
    send();
    running.wait().status(0).stdout_is(format!("{expected}tail\n"));
    for (redirection, flag) in [(">out", "--raw"), (">>out", "--keep")] {
        let running = sb.sh(&format!("exec ipctool fifo listen f --once {flag} {redirection}")).spawn();
        blocked_in(running.pid, "poll");
        send();
        running.wait().status(0).stderr_is("");
    }
    let written = std::fs::read_to_string(sb.path("out")).unwrap();
    assert!(written == format!("{expected}tail{expected}tail\n"), "{} bytes", written.len());
}

#[test]
fn several_writers_with_lines_up_to_pipe_buf() {
    let sb = Sandbox::new();
    let running = listener(&sb, &["f"]);
    let script = "for w in 1 2 3 4; do perl -e '$|=1; for (1..250) { \
                  print \"'$w' $_ \" . (\"x\" x (($_ * 37) % 4000)) . \"\\n\" }' >f & done; wait";
    sb.sh(script).run().status(0);
    until("all that was sent", || running.stdout_so_far().lines().count() == 1000);
    running.signal(Signal::SIGINT);
    let out = running.wait().killed_by(Signal::SIGINT);
    for writer in 1..=4 {
        let own: Vec<_> = out
            .text()
            .lines()
            .filter(|line| line.starts_with(&format!("{writer} ")))
            .map(str::to_owned)
            .collect();
        let expected: Vec<_> =
            (1..=250).map(|n| format!("{writer} {n} {}", "x".repeat((n * 37) % 4000))).collect();
        assert!(own == expected, "writer {writer}: {} lines", own.len());
    }
}

#[test]
fn exactly_n_are_taken_and_what_is_left_is_said() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0).stdout_is("fifo:f\n");
    let holder = sb.ipctool(["fifo", "hold", "f"]).spawn();
    blocked_in(holder.pid, "poll");
    sb.sh("seq 9 >f").run().status(0);
    sb.ipctool(["fifo", "listen", "f", "-c", "3"])
        .run()
        .status(0)
        .stdout_is("1\n2\n3\n")
        .stderr_is("ipctool: 12 bytes were left unread in fifo:f\n");
    sb.ipctool(["fifo", "listen", "f", "-c", "6"])
        .run()
        .status(0)
        .stdout_is("4\n5\n6\n7\n8\n9\n")
        .stderr_is("");
    assert!(is_fifo(&sb, "f"));
    sb.ipctool(["fifo", "listen", "f", "-c", "1", "-t", "30ms"]).run().status(124);
    sb.ipctool(["fifo", "listen", "f", "-n"]).run().status(5);
}

#[test]
fn once_is_one_session_and_raw_makes_it_one_record() {
    let sb = Sandbox::new();
    let running = listener(&sb, &["f", "--once"]);
    sb.sh("printf 'a\\nb' >f").run().status(0);
    running.wait().status(0).stdout_is("a\nb\n");
    assert!(!sb.path("f").exists());
    let running = listener(
        &sb,
        &["f", "--raw", "-c", "2", "--keep", "--", "sh", "-c", "od -An -c; echo $IPCTOOL_SIZE"],
    );
    sb.sh("printf 'a\\nb' >f").run().status(0);
    running.wait_for_stdout("3\n");
    blocked_in(running.pid, "poll");
    sb.sh(": >f").run().status(0);
    running.wait().status(0).stdout_is("   a  \\n   b\n3\n0\n");
    assert!(is_fifo(&sb, "f"));
}

#[test]
fn each_record_is_a_run_and_a_failing_one_is_reported() {
    let sb = Sandbox::new();
    let running = listener(
        &sb,
        &["f", "-c", "3", "--", "sh", "-c", "read x; echo $IPCTOOL_REF $IPCTOOL_SEQ $x; test $x != b"],
    );
    sb.sh("printf 'a\\nb\\nc\\nd\\n' >f").run().status(0);
    running
        .wait()
        .status(1)
        .stdout_is("fifo:f 1 a\nfifo:f 2 b\nfifo:f 3 c\n")
        .stderr_contains("2 bytes were left unread");
    sb.ipctool(["fifo", "listen", "g", "--", "./none"]).run().status(127);
    assert!(!sb.path("g").exists());
}

#[test]
fn a_quiet_fifo_ends_it_regularly() {
    let sb = Sandbox::new();
    let running = sb.ipctool(["fifo", "listen", "f", "--idle-timeout", "4s"]).spawn();
    until("the FIFO", || is_fifo(&sb, "f"));
    sb.sh("echo x >f").run().status(0);
    running.wait().status(0).stdout_is("x\n").stderr_is("");
    assert!(!sb.path("f").exists());
}

#[test]
fn after_ctrl_c_nothing_that_was_sent_is_lost() {
    let sb = Sandbox::new();
    let running = listener(&sb, &["f"]);
    running.signal(Signal::SIGSTOP);
    sb.sh("seq 2000 >f; printf tail >f").run().status(0);
    running.signal(Signal::SIGINT);
    running.signal(Signal::SIGCONT);
    let expected: String = (1..=2000).map(|n| format!("{n}\n")).collect();
    running.wait().killed_by(Signal::SIGINT).stdout_is(expected + "tail\n");
    assert!(!sb.path("f").exists());
}

#[test]
fn a_sender_at_work_that_is_told_of_no_failure_has_been_heard() {
    let expected: String = (1..=200_000).map(|n| format!("{n}\n")).collect();
    for _ in 0..rounds(12) {
        let sb = Sandbox::new();
        let running = listener(&sb, &["f"]);
        running.signal(Signal::SIGSTOP);
        // More than the FIFO holds: it is in the middle when we are let go, and ends while we print.
        let sender = sb.sh("exec seq 200000 >f").spawn();
        blocked_in(sender.pid, "write");
        running.signal(Signal::SIGTERM);
        running.signal(Signal::SIGCONT);
        let heard = running.wait().killed_by(Signal::SIGTERM).text();
        if sender.wait().ended.success() {
            assert!(heard == expected, "{} of {} bytes", heard.len(), expected.len());
        }
    }
}

#[test]
fn one_that_was_there_or_was_replaced_stays() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "there"]).run().status(0);
    let running = listener(&sb, &["there", "--once"]);
    sb.sh("echo x >there").run().status(0);
    running.wait().status(0);
    assert!(is_fifo(&sb, "there"));

    let running = listener(&sb, &["f"]);
    sb.sh("mkfifo new && mv new f").run().status(0);
    running.wait().status(3).stderr_contains("another file has its name now");
    assert!(is_fifo(&sb, "f"));

    let running = listener(&sb, &["g"]);
    std::fs::remove_file(sb.path("g")).unwrap();
    running.wait().status(3).stderr_contains("it was removed meanwhile");
}

#[test]
fn a_writer_that_came_before_the_removal_is_still_heard() {
    let sb = Sandbox::new();
    let running = listener(&sb, &["f"]);
    let mut file = std::fs::File::options().write(true).open(sb.path("f")).unwrap();
    std::fs::remove_file(sb.path("f")).unwrap();
    blocked_in(running.pid, "poll");
    std::io::Write::write_all(&mut file, b"late").unwrap();
    drop(file);
    running.wait().status(3).stdout_is("late\n").stderr_contains("it was removed meanwhile");
}

#[test]
fn the_made_one_has_exactly_the_mode_asked_for() {
    use std::os::unix::fs::PermissionsExt;
    let sb = Sandbox::new();
    let running = sb.sh("umask 077; exec ipctool fifo listen f -m 0622").spawn();
    until("the FIFO", || is_fifo(&sb, "f"));
    let mode = std::fs::metadata(sb.path("f")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o622);
    drop(running);
    sb.ipctool(["fifo", "create", "f", "-m", "0600"])
        .run()
        .status(1)
        .stderr_contains("it exists with mode 0622, not 0600");
    sb.ipctool(["fifo", "create", "f", "-m", "0622"]).run().status(0).stdout_is("fifo:f\n");
    sb.ipctool(["fifo", "create", "f", "--exclusive"]).run().status(1);
    sb.ipctool(["fifo", "listen", "f", "--exclusive"]).run().status(1);
}

#[test]
fn a_closed_or_full_output_is_seen() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "listen", "f"]).closed(&[1]).run().status(1).stderr_contains("it is closed");
    assert!(!sb.path("f").exists());
    let running = sb.ipctool(["fifo", "listen", "f"]).stdout_to("/dev/full").spawn();
    until("the FIFO", || is_fifo(&sb, "f"));
    let mut file = std::fs::File::options().write(true).open(sb.path("f")).unwrap();
    std::io::Write::write_all(&mut file, b"a\nb\n").unwrap();
    running.wait().status(1).stderr_contains("2 records were taken and not written");
    assert!(!sb.path("f").exists());
    let running = sb.ipctool(["fifo", "listen", "f"]).stdout_to("/dev/full").spawn();
    blocked_in(running.pid, "poll");
    running.signal(Signal::SIGSTOP);
    sb.sh("seq 2 >f").run().status(0);
    running.signal(Signal::SIGTERM);
    running.signal(Signal::SIGCONT);
    running.wait().killed_by(Signal::SIGTERM).stderr_contains("2 records were taken and not written");
    let running = sb.sh("ulimit -f 1; exec ipctool fifo listen f >out").spawn();
    until("the FIFO", || is_fifo(&sb, "f"));
    sb.sh("seq 1000 >f").run();
    running.wait().status(1).stderr_contains("records were taken and not written (EFBIG)");
    assert!(!sb.path("f").exists());
}

#[test]
fn a_reader_that_leaves_ends_it_before_anything_more_is_taken() {
    let sb = Sandbox::new();
    for flags in [&[][..], &["--jsonl"], &["-c", "9"]] {
        let running = sb.ipctool([&["fifo", "listen", "f"], flags].concat()).reader_leaves_after(1).spawn();
        until("the FIFO", || is_fifo(&sb, "f"));
        sb.sh("echo a >f").run().status(0);
        let told = "ipctool: cannot write to standard output: broken pipe (EPIPE)\n";
        running.wait().status(1).stderr_is(told);
        assert!(!sb.path("f").exists(), "a sender would wait or fail, and not be lost");
    }
}

#[test]
fn other_frames() {
    let sb = Sandbox::new();
    let through = |flag: &str, script: &str| {
        let running = listener(&sb, &["f", "--once", flag]);
        sb.sh(script).run().status(0);
        running.wait().status(0).stdout
    };
    assert_eq!(through("-0", "printf 'a\\0b' >f"), b"a\0b\0");
    assert_eq!(
        through("--jsonl", "ipctool fifo send f --jsonl <<<'{\"data\":\"x\"}'"),
        b"{\"data\":\"x\"}\n"
    );
    assert_eq!(through("--length-prefix", "printf '\\0\\0\\0\\1x' >f"), b"\0\0\0\x01x");
    assert_eq!(through("--cstr", "printf 'ab\\0cd\\n' >f"), b"ab\n");
    let running = listener(&sb, &["f", "--once", "--length-prefix"]);
    sb.sh("printf '\\0\\0\\0\\5x' >f").run().status(0);
    running.wait().status(1).stderr_contains("1 of 5 bytes");
}

/// Niceness and scheduling policy of a process: fields 19 and 41 of proc_pid_stat(5).
fn scheduling(pid: i32) -> (i32, i32) {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[19 - 3].parse().unwrap(), fields[41 - 3].parse().unwrap())
}

#[test]
fn who_is_told_to_be_nice_stays_nice() {
    let sb = Sandbox::new();
    let own = scheduling(std::process::id().cast_signed()).0;
    let listener = sb.command("nice", ["-n", "5", "ipctool", "fifo", "listen", "f"]).spawn();
    blocked_in(listener.pid, "poll");
    assert_eq!(scheduling(listener.pid), ((own + 5).min(19), 0));
    std::fs::write(sb.path("f"), vec![b'x'; 3 << 20]).unwrap();
    blocked_in(listener.pid, "poll");
    assert_eq!(scheduling(listener.pid), ((own + 5).min(19), 0));
}
