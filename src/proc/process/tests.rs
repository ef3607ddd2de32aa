use proptest::prelude::*;

use super::super::Odd;
use super::super::testing::{Held, until};
use super::*;

/// What the kernel wrote for a process that calls itself `a) R (\n`.
const TEXT: &[u8] =
    b"4711 (a) R (\n) S 1 4711 4711 34816 4711 4194304 100 0 0 0 7 9 0 0 20 0 3 0 123456 5300224 243 \
18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 2 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

#[test]
fn a_command_may_hold_parentheses_and_newlines() {
    let stat = parse_stat(TEXT).unwrap();
    assert_eq!((stat.pid, stat.comm.as_slice(), stat.state), (4711, &b"a) R (\n"[..], 'S'));
    assert_eq!((stat.ppid, stat.pgrp, stat.session, stat.flags), (1, 4711, 4711, 4_194_304));
    assert_eq!((stat.utime, stat.stime, stat.threads, stat.start), (7, 9, 3, 123_456));
    assert_eq!(stat.cpu, Some(2));
    assert!(!stat.is_kernel_thread() && !stat.is_zombie());
}

#[test]
fn odd_texts_name_the_field() {
    for (text, field) in [
        (&b""[..], "comm"),
        (b")(", "comm"),
        (b"x (a) S", "pid"),
        (b"1 (a)", "state"),
        (b"1 (a) S", "ppid"),
        (b"1 (\xff) S 0 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0", "starttime"),
        (b"1 (a) S 0 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 18446744073709551616", "starttime"),
    ] {
        assert_eq!(parse_stat(text).unwrap_err(), Odd { line: 1, field }, "{text:?}");
    }
}

#[test]
fn arguments_keep_empty_ones_and_odd_bytes() {
    assert_eq!(parse_arguments(b"a\0\0\xff b\0"), [&b"a"[..], b"", b"\xff b"]);
    assert_eq!(parse_arguments(b"no end"), [b"no end"]);
    assert_eq!(parse_arguments(b"\0"), [b""]);
    assert_eq!(parse_arguments(b"").len(), 0);
}

#[test]
fn boot_time_is_one_line_of_many() {
    assert_eq!(parse_boot_time(b"cpu 1 2\nbtime 1763680000\nprocesses 5\n"), Some(1_763_680_000));
    assert_eq!(parse_boot_time(b"cpu\n"), None);
}

#[test]
fn we_are_a_process_that_started_a_moment_ago() {
    let pid = std::process::id().cast_signed();
    let own = processes().unwrap().rows.into_iter().find(|process| process.stat.pid == pid).unwrap();
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().cast_signed();
    assert_eq!(own.uid, nix::unistd::geteuid().as_raw());
    assert_eq!(own.stat.pid, pid);
    assert!(own.started <= now + 1 && own.started > now - 86_400, "{} {now}", own.started);
    assert!(Lives::default().started_after(pid, own.started - 2));
    assert!(!Lives::default().started_after(pid, own.started - 1), "a second either way is not known");
    assert!(!Lives::default().started_after(pid, now + 2));
}

#[test]
fn a_child_lives_until_it_ends_though_it_was_not_reaped() {
    let mut child = Held::sleeper();
    let pid = child.pid();
    assert!(Lives::default().is_alive(pid));
    assert_eq!(arguments(pid).unwrap().unwrap(), [&b"sleep"[..], b"1000"]);
    child.0.kill().unwrap();
    until(|| stat(pid).unwrap().unwrap().is_zombie());
    assert!(!Lives::default().is_alive(pid), "a zombie holds nothing");
    child.0.wait().unwrap();
    assert!(!Lives::default().is_alive(pid) && !Lives::default().started_after(pid, 0));
    assert_eq!((uid(pid), comm(pid)), (Ok(None), vec![]));
    assert!(Lives::default().is_gone_since(pid, 0));
}

#[test]
fn a_thread_is_no_process_and_pid_0_none_at_all() {
    let tid = std::thread::spawn(|| {
        let tid = nix::unistd::gettid().as_raw();
        (tid, Lives::default().is_alive(tid))
    });
    let (tid, alive) = tid.join().unwrap();
    assert_ne!(tid, std::process::id().cast_signed());
    assert!(!alive);
    assert!(!Lives::default().is_alive(0) && !Lives::default().is_alive(-1));
}

proptest! {
    #[test]
    fn any_bytes_end(text in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_stat(&text);
        let _ = parse_stat(&[b"1 (", &text[..], b") S 0 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 5"].concat());
        parse_arguments(&text);
        parse_boot_time(&text);
    }

    #[test]
    fn any_command_is_read_back(comm in proptest::collection::vec(any::<u8>(), 0..16)) {
        let text = [b"1 (", &comm[..], b") S 0 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 5\n"].concat();
        prop_assert_eq!(parse_stat(&text).unwrap().comm, comm);
    }
}
