//! `ipctool fifo send`: waiting for a reader, amounts, what is never written to.

use std::io::Read;

use crate::sandbox::{Sandbox, blocked_in, need_root};

#[test]
fn arguments_and_input_reach_a_cat() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let cat = sb.command("cat", ["f"]).spawn();
    blocked_in(cat.pid, "open");
    sb.ipctool(["fifo", "send", "f", "a", "b"]).run().status(0).stderr_is("");
    cat.wait().stdout_is("a\nb\n");
    let cat = sb.command("cat", ["f"]).spawn();
    sb.ipctool(["fifo", "send", "f"]).stdin("x\ny").run().status(0);
    cat.wait().stdout_is("x\ny\n");
    let cat = sb.command("cat", ["f"]).spawn();
    sb.ipctool(["fifo", "send", "f", "--hex", "00ff", "--pad", "4", "--raw"]).run().status(0);
    cat.wait().stdout_is(b"\0\xff\0\0");
}

#[test]
fn without_a_reader_it_waits_or_says_so() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    sb.ipctool(["fifo", "send", "f", "x", "-n"])
        .run()
        .status(5)
        .stderr_contains("nobody has it open for reading");
    sb.ipctool(["fifo", "send", "f", "x", "-t", "40ms"])
        .run()
        .status(124)
        .stderr_contains("the timeout passed");
    let sender = sb.ipctool(["fifo", "send", "f", "x"]).spawn();
    blocked_in(sender.pid, "open");
    std::fs::remove_file(sb.path("f")).unwrap();
    sender.wait().status(3).stderr_contains("it was removed meanwhile");
    sb.ipctool(["fifo", "send", "f", "x"]).run().status(3).stderr_contains("ipctool fifo create f");
    let sender = sb.ipctool(["fifo", "send", "f", "x", "--create"]).spawn();
    blocked_in(sender.pid, "open");
    sender.signal(nix::sys::signal::Signal::SIGINT);
    sender.wait().killed_by(nix::sys::signal::Signal::SIGINT).stderr_is("");
}

#[test]
fn a_reader_that_dies_in_the_middle_is_told_with_what_went() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let reader = sb.sh("exec head -c 100000 <f >/dev/null").spawn();
    std::fs::write(sb.path("file"), vec![b'x'; 10_000_000]).unwrap();
    let out = sb.sh("exec ipctool fifo send f --raw <file").run().status(1);
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(text.contains(" of 10000000 bytes went") && text.contains("(EPIPE)"), "{text}");
    let went: u64 = text.split("left; ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((100_000..3_000_000).contains(&went), "{went}");
    reader.wait().status(0);
}

#[test]
fn a_full_fifo_under_nowait_and_timeout() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let holder = sb.ipctool(["fifo", "hold", "f"]).spawn();
    blocked_in(holder.pid, "poll");
    let large = "x".repeat(40_000);
    sb.ipctool(["fifo", "send", "f", &large, &large, "-n"])
        .run()
        .status(5)
        .stderr_contains("it is full; 1 of 2 records and 6");
    sb.ipctool(["fifo", "send", "f", "y", "-t", "30ms"]).run().status(124).stderr_contains("0 of 1 record");
    sb.ipctool(["fifo", "peek", "f"])
        .run()
        .status(0)
        .stdout_contains(&format!("{large}\n{}", &large[..20_000]));
}

#[test]
fn atomic_refuses_what_would_not_go_in_one_piece() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let fits = "x".repeat(4095);
    let large = "x".repeat(4096);
    sb.ipctool(["fifo", "send", "f", "--atomic", "a", &large]).run().status(2).stderr_contains("4097 bytes");
    let cat = sb.command("cat", ["f"]).spawn();
    sb.ipctool(["fifo", "send", "f", "--atomic"]).stdin(format!("{fits}\n{large}\n")).run().status(1);
    cat.wait().stdout_is(format!("{fits}\n"));
}

/// Long files go on huge pages of their own, where the kernel has some: these too hold what was in the file.
#[test]
fn a_long_file_is_read_as_it_was_sent() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let size = (9 << 20) + 4321;
    let sent: Vec<u8> = (0..size).map(|place: u32| (place / 7 + place / 4096) as u8).collect();
    std::fs::write(sb.path("file"), &sent).unwrap();
    let sender = sb.sh("exec ipctool fifo send f --null <file").spawn();
    let mut reader = std::fs::File::open(sb.path("f")).unwrap();
    let mut read = vec![0; sent.len() - 500_000];
    reader.read_exact(&mut read).unwrap();
    sender.wait().status(0).stderr_is("");
    std::fs::write(sb.path("file"), vec![0xee; sent.len()]).unwrap();
    reader.read_to_end(&mut read).unwrap();
    let end = read.pop();
    assert_eq!((end, sent.last() == Some(&0)), (Some(0), false), "the last record is ended");
    assert!(read == sent, "{} of {} bytes", read.len(), sent.len());
}

#[test]
fn a_file_changed_after_the_send_does_not_change_what_is_read() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let holder = sb.ipctool(["fifo", "hold", "f"]).spawn();
    blocked_in(holder.pid, "poll");
    for (flag, expected) in [("--raw", b'a'), ("--zero-copy", b'b')] {
        std::fs::write(sb.path("file"), vec![b'a'; 8192]).unwrap();
        sb.sh(&format!("exec ipctool fifo send f --raw {flag} <file").replace("--raw --raw", "--raw"))
            .run()
            .status(0);
        sb.sh("printf '%8192s' | tr ' ' b | dd of=file conv=notrunc 2>/dev/null").run().status(0);
        let read = sb.sh("head -c 8192 <f").run().status(0).stdout;
        assert!(read == vec![expected; 8192], "{flag}: {} …", read[0]);
    }
}

#[test]
fn what_is_no_fifo_is_never_written_to() {
    let sb = Sandbox::new();
    std::fs::write(sb.path("file"), "kept").unwrap();
    std::fs::create_dir(sb.path("dir")).unwrap();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    sb.sh("ln -s file link; ln -s f flink; ln -s none dangling").run().status(0);
    for verb in [&["send"][..], &["listen"], &["hold"], &["peek"], &["show"]] {
        let fails = |path: &str, line: &str| {
            sb.ipctool([&["fifo"][..], verb, &[path]].concat()).run().status(1).stderr_contains(line);
        };
        fails("file", "it is a regular file");
        fails("dir", "it is a directory");
        fails("link", "it is a symbolic link");
        fails("flink", "it is a symbolic link");
        fails("dangling", "it is a symbolic link");
    }
    assert_eq!(std::fs::read(sb.path("file")).unwrap(), b"kept");
    assert!(!sb.path("none").exists());
}

#[test]
fn a_strangers_fifo_in_a_sticky_directory_is_refused() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    sb.sh("chmod 755 .; mkdir tmp; chmod 1777 tmp").run().status(0);
    sb.sh("cd tmp; umask 0; mkfifo -m 666 f").by_other_user().run().status(0);
    for verb in ["send", "listen", "hold"] {
        sb.ipctool(["fifo", verb, "tmp/f"]).run().status(4).stderr_contains("say --any-owner");
    }
    let cat = sb.command("cat", ["tmp/f"]).spawn();
    sb.ipctool(["fifo", "send", "tmp/f", "x", "--any-owner"]).run().status(0);
    cat.wait().stdout_is("x\n");
}

#[test]
fn one_that_is_swapped_while_it_waits_gets_nothing() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let sender = sb.ipctool(["fifo", "send", "f", "secret"]).spawn();
    blocked_in(sender.pid, "open");
    sb.sh("mkfifo other && mv other f").run().status(0);
    let cat = sb.sh("exec timeout 0.5 cat f").spawn();
    sender.wait().status(3).stderr_contains("another file has its name now");
    cat.wait().stdout_is("");
}

#[test]
fn only_a_fifo_is_removed_as_one() {
    let sb = Sandbox::new();
    std::fs::write(sb.path("file"), "kept").unwrap();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    sb.ipctool(["rm", "fifo:f", "--dry-run"]).run().status(0).stdout_is("fifo:f\n");
    sb.ipctool(["rm", "fifo", "f", "file", "none"]).run().status(1).stderr_contains("it is a regular file");
    assert!(!sb.path("f").exists() && sb.path("file").exists());
    sb.ipctool(["rm", "fifo:f", "--ignore-missing"]).run().status(0);
    sb.ipctool(["fifo", "create", "f", "g"]).run().status(0);
    sb.ipctool(["fifo", "rm", "f", "./g"]).run().status(0).stdout_is("").stderr_is("");
    assert!(!sb.path("f").exists() && !sb.path("g").exists());
    sb.ipctool(["fifo", "rm"]).run().status(2).stderr_contains("ipctool rm fifo PATH");
    sb.ipctool(["rm", "pipe:1:1"]).run().status(2);
}

#[test]
fn an_existing_fifo_with_another_mode_is_not_what_was_asked_for() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f", "-m", "0622"]).run().status(0);
    for args in [
        ["fifo", "send", "f", "--create", "x", "-n", "-m", "0600"],
        ["fifo", "listen", "f", "-c", "0", "-n", "-m", "0600"],
    ] {
        sb.ipctool(args).run().status(1).stderr_contains("it exists with mode 0622, not 0600");
    }
    sb.ipctool(["fifo", "listen", "f", "-c", "0", "-m", "0622"]).run().status(0);
    sb.ipctool(["fifo", "send", "f", "x", "-n", "--create"]).run().status(5);
    assert!(sb.path("f").exists());
}

#[test]
fn negative_numbers_are_data() {
    let sb = Sandbox::new();
    sb.ipctool(["pipe", "send", "-5", "--", "cat"]).run().status(0).stdout_is("-5\n");
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    sb.sh("ipctool fifo hold f -- sh -c 'ipctool fifo send f -7 8; exec 3<>f; ipctool pipe write $$:3 -9; ipctool fifo peek f'")
        .run()
        .status(0)
        .stdout_is("-7\n8\n-9\n");
}

#[test]
fn one_that_others_make_and_remove_all_the_time_is_made_anew() {
    let sb = Sandbox::new();
    let others = sb.perl("use POSIX; for (;;) { mkfifo('f', 0600); unlink 'f' }").spawn();
    for _ in 0..40 {
        sb.ipctool(["fifo", "send", "f", "x", "--create", "-n"]).run().status(5);
    }
    others.signal(nix::sys::signal::Signal::SIGKILL);
    others.wait();
}

#[test]
fn its_mode_is_exact_also_under_a_default_acl() {
    let sb = Sandbox::new();
    // Where the file system has no such lists, the rest holds all the same.
    let acl = "
import os, struct
entry = lambda tag, bits: struct.pack('<HHI', tag, bits, 0xffffffff)
os.mkdir('d')
try:
    os.setxattr('d', 'system.posix_acl_default', struct.pack('<I', 2) + entry(1, 7) + entry(4, 0) + entry(32, 0))
except OSError:
    pass
";
    sb.python(acl).run().status(0);
    sb.ipctool(["fifo", "create", "d/f", "-m", "0626"]).run().status(0);
    sb.command("stat", ["-c", "%a", "d/f"]).run().stdout_is("626\n");
    sb.ipctool(["fifo", "listen", "d/g", "-c", "0", "--keep"]).run().status(0);
    sb.command("stat", ["-c", "%a", "d/g"]).run().stdout_is("600\n");
    for path in ["d/x/.", "d/x/", "d/.."] {
        sb.ipctool(["fifo", "create", path]).run().status(1).stderr_contains("it is a directory (EISDIR)");
    }
    assert!(!sb.path("d/x").exists());
}
