use std::ffi::{OsStr, OsString};
use std::sync::Mutex;

use super::*;
use crate::framing::{Format, Records};
use crate::wait::{self, Wait};

/// One foreground command at a time, as in the program.
static ONE: Mutex<()> = Mutex::new(());

fn command(argv: &[&str]) -> Command {
    let argv: Vec<OsString> = argv.iter().map(OsString::from).collect();
    Command::resolve(&argv).unwrap()
}

fn facts(size: usize) -> Facts<'static> {
    Facts { reference: OsStr::new("msgq:7"), kind: Some(-2), priority: None, size, seq: 9 }
}

/// The status of a shell script that gets `input`.
fn run(script: &str, input: &[u8]) -> u8 {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    command(&["sh", "-c", script]).run(input, &facts(input.len())).unwrap().code()
}

#[test]
fn the_record_is_its_input_and_its_status_is_told() {
    assert_eq!(run("test \"$(cat)\" = hello", b"hello"), 0);
    assert_eq!(run("test \"$(wc -c)\" -eq 300000", &[7; 300_000]), 0);
    assert_eq!(run("exit 255", b""), 255);
    assert_eq!(run("kill -TERM $$", b""), 143);
    assert_eq!(run("kill -36 $$", b""), 128 + 36);
}

#[test]
fn one_that_does_not_read_is_fine() {
    assert_eq!(run("exit 0", &[7; 300_000]), 0);
    assert_eq!(run("head -c 10 >/dev/null", &[7; 300_000]), 0);
    assert_eq!(run("exec </dev/null; exit 3", &[7; 300_000]), 3);
}

#[test]
fn a_grandchild_that_keeps_the_pipe_does_not_hold_us() {
    assert_eq!(run("exec 3<&0; sleep 5 <&3 & exit 4", &[7; 300_000]), 4);
}

#[test]
fn facts_are_in_the_environment_and_unknown_ones_are_not() {
    let script = "test \"$IPCTOOL_REF $IPCTOOL_TYPE $IPCTOOL_SIZE $IPCTOOL_SEQ ${IPCTOOL_PRIORITY-none}\" \
                  = 'msgq:7 -2 3 9 none'";
    assert_eq!(run(script, b"abc"), 0);
}

#[test]
fn signals_are_as_a_program_expects_them() {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // Without a shell, which would mend it: nothing blocked, and PIPE (bit 12, so the fourth digit is even) not ignored.
    for line in ["^SigBlk:.0000000000000000$", "^SigIgn:.*[02468ace]...$"] {
        let grep = command(&["grep", "-q", line, "/proc/self/status"]);
        assert_eq!(grep.run(b"", &facts(0)).unwrap(), Status::OK, "{line}");
    }
}

#[test]
fn its_name_is_as_typed() {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let command = command(&["sh", "-c", "test \"$0\" = sh"]);
    assert_eq!(command.run(b"", &facts(0)).unwrap(), Status::OK);
    assert!(command.path.is_absolute());
}

#[test]
fn what_cannot_be_executed_is_126_and_what_is_gone_127() {
    let root = tempfile::tempdir().unwrap();
    let script = root.path().join("script");
    let start = |text: &str| {
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let command = Command::resolve(&[script.clone().into()]).unwrap();
        std::fs::remove_file(&script).unwrap();
        command.run(b"", &facts(0)).unwrap_err()
    };
    assert_eq!(start("#!/bin/sh\n").exit_status(), Status::NO_COMMAND);
    std::fs::write(&script, "no program").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let fault = Command::resolve(&[script.into()]).unwrap().run(b"", &facts(0)).unwrap_err();
    assert_eq!((fault.errno(), fault.exit_status()), (Some(Errno::ENOEXEC), Status::NOT_EXECUTABLE));
    assert_eq!(Command::resolve(&[]).unwrap_err().exit_status(), Status::USAGE);
}

#[test]
fn a_long_lived_one_is_written_and_read() {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut child = command(&["cat"]).start(Ends { stdin: true, stdout: true }, &[]).unwrap();
    let stdin = child.stdin.take().unwrap();
    assert_eq!(wait::write(&stdin, b"one\ntwo", &Wait::forever()), Ok(7));
    drop(stdin);
    let mut records =
        Records::stream(child.stdout.take().unwrap(), "its output", Format::Lines, &Wait::forever());
    assert_eq!(records.next_record().unwrap().unwrap().body(), b"one");
    assert_eq!(records.next_record().unwrap().unwrap().body(), b"two");
    assert!(records.next_record().unwrap().is_none());
    assert_eq!(child.wait().unwrap(), Status::OK);
}
