//! Keys: their text, and glibc's ftok.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use crate::fault::Fault;
use crate::refs::{Key, parse_key, parse_proj};
use crate::status::Status;

#[test]
fn a_key_prints_with_eight_digits() {
    assert_eq!(Key(1234).to_string(), "0x000004d2");
    assert_eq!(Key(u32::MAX).to_string(), "0xffffffff");
}

#[test]
fn ftok_takes_the_low_bytes() {
    let rows = [
        (0, 0, 1, Some(0x0100_0000)),
        (0x0803, 0x0012_3456, 0x41, Some(0x4103_3456)),
        (0xffff_ffff_ffff_ff12, 0xffff_ffff_ffff_8001, 0xff, Some(0xff12_8001)),
        (0x100, 0x1_0000, 0, None),
    ];
    for (dev, ino, proj, key) in rows {
        assert_eq!(Key::ftok(dev, ino, proj), key.map(Key), "{dev:x} {ino:x} {proj:x}");
    }
}

/// The C library's own ftok, called by a program that we did not write.
#[test]
fn ftok_is_the_c_librarys_bit_for_bit() {
    const CALL: &str = "import ctypes, sys\n\
        for proj in range(1, 256): print(ctypes.CDLL(None).ftok(sys.argv[1].encode(), proj) & 0xffffffff)";
    let dir = tempfile::tempdir().unwrap();
    for name in ["a", "b", "c"] {
        let path = dir.path().join(name);
        std::fs::write(&path, "").unwrap();
        let output = match Command::new("python3").args(["-c", CALL]).arg(&path).output() {
            Ok(output) => output,
            Err(error) if std::env::var_os("IPCTOOL_TEST_STRICT").is_none() => {
                eprintln!("skipped: python3: {error}");
                return;
            }
            Err(error) => panic!("python3: {error}"),
        };
        let file = std::fs::metadata(&path).unwrap();
        let ours = (1..=255).map(|proj| Key::ftok(file.dev(), file.ino(), proj).unwrap().0.to_string());
        let theirs = String::from_utf8(output.stdout).unwrap();
        assert_eq!(ours.collect::<Vec<_>>(), theirs.lines().collect::<Vec<_>>());
    }
}

#[test]
fn a_key_alone_is_decimal_or_hexadecimal() {
    for (text, key) in
        [("1234", 1234), ("0x4d2", 1234), ("key:1234", 1234), ("0", 0), ("4294967295", u32::MAX)]
    {
        assert_eq!(parse_key(OsStr::new(text)), Ok(Key(key)), "{text}");
    }
    let rows = [
        (
            "-1",
            "cannot read -1 as a key: a key has no sign",
            Some("write 0xffffffff for the key that C prints so"),
        ),
        (
            "-559038737",
            "cannot read -559038737 as a key: a key has no sign",
            Some("write 0xdeadbeef for the key that C prints so"),
        ),
        ("-2147483649", "cannot read -2147483649 as a key: the key is not a decimal number", None),
        (
            "4294967297",
            "cannot read 4294967297 as a key: the key has more than 32 bits",
            Some("write 0x00000001 for what is left when a program cuts it"),
        ),
        ("ff", "cannot read ff as a key: the key is not a decimal number", None),
        ("", "cannot read '' as a key: the key is missing", None),
    ];
    for (text, line, hint) in rows {
        let fault = Fault::from(parse_key(OsStr::new(text)).unwrap_err());
        assert_eq!((fault.to_string().as_str(), fault.hint_line()), (line, hint));
        assert_eq!(fault.exit_status(), Status::USAGE);
    }
}

#[test]
fn a_project_byte_is_a_character_or_a_number() {
    for (text, proj) in [("1", 1), ("0", 0), ("255", 255), ("0x41", 65), ("A", 65), (":", 58), (" ", 32)] {
        assert_eq!(parse_proj(OsStr::new(text)), Ok(proj), "{text}");
    }
    let cut = |byte: u8| Some(format!("C's ftok uses the low 8 bits: write {byte}"));
    let rows = [
        ("256", "PROJ is above 255", cut(0)),
        ("300", "PROJ is above 255", cut(44)),
        ("0x141", "PROJ is above 255", cut(65)),
        ("-1", "PROJ is negative", cut(255)),
        ("-300", "PROJ is negative", cut(212)),
        ("01", "PROJ has a leading zero, which C reads as octal", None),
        ("", "PROJ is empty", None),
        ("AB", "it is no character and no number 0-255", None),
        ("\u{e9}", "PROJ is a character of several bytes", None),
    ];
    for (text, reason, hint) in rows {
        let error = parse_proj(OsStr::new(text)).unwrap_err();
        assert!(error.to_string().ends_with(&format!(" as a project byte: {reason}")), "{error}");
        assert_eq!(error.hint_line(), hint, "{text}");
    }
}
