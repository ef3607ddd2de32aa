//! The five differences, which are there on purpose, and `--as`.

use crate::sandbox::{Sandbox, need_root};

/// A queue, a set and a segment, each with key 1.
fn three(sb: &Sandbox) {
    sb.perl("msgget(1, 01600); semget(1, 1, 01600); shmget(1, 10, 01600)").run().status(0);
}

/// How many objects of each kind there are: queues, segments, sets.
fn left(sb: &Sandbox) -> [usize; 3] {
    ["-q", "-m", "-s"].map(|kind| sb.command("ipcs", [kind]).run().text().matches("\n0x").count())
}

#[test]
fn all_of_a_kind_behind_a_blank_is_that_kind_only() {
    let sb = Sandbox::new();
    three(&sb);
    for line in [&["--as"][..], &["--as="], &["--as=x", "-q"], &["--as", "x"]] {
        sb.ipctool(line).run().status(2).stderr_contains("--as takes one of ipcs");
    }
    sb.ipctool(["--as=ipcrm", "-V"]).run().status(0).stdout_is("ipcrm from util-linux 2.38.1\n");
    sb.ipctool(["--as", "ipcrm", "-a", "shm"]).run().status(0).stdout_is("").stderr_is("");
    assert_eq!(left(&sb), [1, 0, 1]);
    sb.ipctool(["--as", "ipcrm", "--all", "msg", "-v"])
        .run()
        .status(0)
        .stdout_is("removing message queue id `0'\n");
    assert_eq!(left(&sb), [0, 0, 1]);
}

#[test]
fn nothing_is_removed_by_a_line_that_is_wrong_anywhere() {
    let sb = Sandbox::new();
    three(&sb);
    let hint = "Try 'ipcrm --help' for more information.\n";
    for (line, complaint) in [
        ("-Q 1 -Z", format!("ipcrm: invalid option -- 'Z'\n{hint}")),
        ("-Q 1 foo", format!("ipcrm: unknown argument: foo\n{hint}")),
        ("-a foo", format!("ipcrm: unknown argument: foo\n{hint}")),
        ("-a shm msg", format!("ipcrm: unknown argument: shm\n{hint}")),
        ("-ashm msg", format!("ipcrm: unknown argument: msg\n{hint}")),
        ("-Q 1 -q x", "ipcrm: failed to parse argument: 'x'\n".to_string()),
        ("-Q 1 -Q 0", "ipcrm: illegal key (0)\n".to_string()),
        ("msg 0 x", "ipcrm: invalid id: x\n".to_string()),
    ] {
        let words = ["--as", "ipcrm"].into_iter().chain(line.split(' '));
        sb.ipctool(words).run().status(1).stdout_is("").stderr_is(complaint);
    }
    sb.ipctool(["--as", "ipcrm", "-Q", "1", "--version"]).run().status(0).stderr_is("");
    assert_eq!(left(&sb), [1, 1, 1]);
}

#[test]
fn keys_wider_than_32_bits_are_refused() {
    let sb = Sandbox::new();
    three(&sb);
    for key in ["4294967297", "0x100000001", "-4294967295"] {
        let complaint = format!("ipcrm: failed to parse argument: '{key}': Numerical result out of range\n");
        sb.ipctool(["--as", "ipcrm", "-Q", key]).run().status(1).stdout_is("").stderr_is(complaint);
    }
    assert_eq!(left(&sb), [1, 1, 1]);
}

#[test]
fn no_object_has_the_identifier_minus_one() {
    let sb = Sandbox::new();
    three(&sb);
    for kind in ["-q", "-m", "-s"] {
        let run = sb.ipctool(["--as", "ipcs", kind, "-i", "-1"]).run();
        run.status(0).stdout_is("").stderr_is("ipcs: id -1 not found\n");
        let run = sb.ipctool(["--as", "lsipc", kind, "-i", "-1"]).run();
        run.status(0).stdout_is("").stderr_is("lsipc: id -1 not found\n");
    }
}

#[test]
fn an_empty_or_odd_list_is_an_error_and_no_loop() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    for (kind, flag) in [("msg", "-q"), ("sem", "-s"), ("shm", "-m")] {
        for text in ["", "odd\\n", "key\\n1 2 3\\n"] {
            let script = format!(
                "printf '{text}' >odd; mount --bind odd /proc/sysvipc/{kind} || exit 99; \
                 ipctool --as lsipc {flag} 2>&1; ipctool --as ipcs {flag}; s=$?; umount /proc/sysvipc/{kind}; exit $s"
            );
            let run = sb.sh(&format!("unshare -m sh -c {}", quoted(&script))).run().status(1);
            let run = run.stdout_contains(&format!("lsipc: cannot read /proc/sysvipc/{kind}: line 1: "));
            run.stderr_contains(&format!("ipcs: cannot read /proc/sysvipc/{kind}: line 1: "));
        }
    }
}

fn quoted(script: &str) -> String {
    format!("'{}'", script.replace('\'', r"'\''"))
}

#[test]
fn as_takes_one_of_the_names() {
    let sb = Sandbox::new();
    for words in [&["--as"][..], &["--as", "ps"], &["--as", "ipcsx", "-q"]] {
        sb.ipctool(words)
            .run()
            .status(2)
            .stdout_is("")
            .stderr_contains("--as takes one of ipcs, ipcrm, ipcmk, lsipc");
    }
    sb.ipctool(["--as", "/usr/bin/ipcs", "-V"]).run().status(2);
}

#[test]
fn a_full_disk_and_a_reader_that_left_end_it_as_they_end_util_linux() {
    let sb = Sandbox::new();
    let full = sb.ipctool(["--as", "ipcs"]).stdout_to("/dev/full").run().status(1);
    full.stderr_is("ipcs: write error: No space left on device\n");
    let left = sb.ipctool(["--as", "ipcs"]).reader_leaves_after(0).run();
    left.killed_by(nix::sys::signal::Signal::SIGPIPE).stderr_is("");
}
