//! Amounts and names on the command line: what is read can be written plainly and read again the same, and what is
//! refused is told in words. Numbers of the faces are those that the C library's own functions read.

#![no_main]

use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use ipctool::commands::{creation, size};
use ipctool::ipc::sig::Signal;
use ipctool::personality::getopt::{Opt, Value, Words};
use ipctool::personality::{numbers, parse_size};
use ipctool::wait::parse_duration;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        amounts(text);
        signals(text);
    }
    as_strtoul(data);
    options(data);
});

fn amounts(text: &str) {
    if let Some(bytes) = told(size::parse(text)) {
        assert_eq!(size::parse(&bytes.to_string()), Ok(bytes));
        assert_eq!(size::parse(&format!("{bytes:#x}")), Ok(bytes));
    }
    if let Some(mode) = told(creation::parse_mode(text)) {
        assert!(mode <= 0o777);
        assert_eq!(creation::parse_mode(&format!("{mode:04o}")), Ok(mode));
    }
    if let Some(duration) = told(parse_duration(text)) {
        let plain = format!("{}s {}ns", duration.as_secs(), duration.subsec_nanos());
        assert_eq!(parse_duration(&plain), Ok(duration));
        ipctool::wait::Deadline::after(duration).later(duration).left();
    }
}

fn signals(text: &str) {
    for read in [Signal::parse(text), Signal::parse_sent(text)] {
        let Some(signal) = told(read) else { continue };
        assert_eq!(Signal::parse_sent(&signal.to_string()), Ok(signal));
        assert_eq!(Signal::parse_sent(&signal.number().to_string()), Ok(signal));
        assert!((0..=64).contains(&signal.number()));
    }
}

/// Why it is refused is said in some words.
fn told<T>(read: Result<T, String>) -> Option<T> {
    read.map_err(|why| assert!(!why.is_empty())).ok()
}

fn as_strtoul(data: &[u8]) {
    let Ok(text) = CString::new(data) else { return };
    for base in [0, 8, 10, 16] {
        let ours = numbers::scan(data, base);
        let mut end = std::ptr::null_mut();
        // SAFETY: the text ends with a NUL, and `end` comes back pointing into it or at its end.
        let theirs = unsafe { libc::strtoul(text.as_ptr(), &mut end, base.cast_signed()) };
        let read = end.addr() - text.as_ptr().addr();
        assert_eq!(data.len() - ours.rest.len(), read, "base {base}");
        assert_eq!(ours.bits().unwrap_or(u64::MAX), theirs, "base {base}");
        assert_eq!(ours.digits == 0, read == 0);
    }
    let text = OsStr::from_bytes(data);
    if let Ok(number) = numbers::decimal(text) {
        assert_eq!(numbers::decimal(OsStr::new(&number.to_string())), Ok(number));
    }
    if let Ok(bytes) = parse_size(data) {
        assert_eq!(parse_size(bytes.to_string().as_bytes()), Ok(bytes));
    }
    if let Ok(key) = numbers::key(text) {
        assert_eq!(numbers::key(OsStr::new(&format!("{key:#x}"))), Ok(key));
    }
}

static OPTIONS: &[Opt] = &[
    Opt(b'a', "all", Value::Attached),
    Opt(b'i', "id", Value::Needed),
    Opt(b'q', "queues", Value::No),
    Opt(1, "quiet", Value::No),
];

/// A line of words, cut at each newline: each is an option, its value, an operand or `--`, and none is lost.
fn options(data: &[u8]) {
    let words: Vec<OsString> =
        data.split(|byte| *byte == b'\n').map(|word| OsStr::from_bytes(word).into()).collect();
    let mut parted = Words::new(OPTIONS, &words);
    let mut met = 0;
    loop {
        match parted.next_option() {
            Ok(Some((letter, value))) => {
                let option =
                    OPTIONS.iter().find(|option| option.0 == letter).expect("an option that there is");
                assert!(option.2 != Value::No || value.is_none());
                assert!(option.2 != Value::Needed || value.is_some());
                met += 1;
            }
            Ok(None) => break,
            Err(refusal) => return assert!(!refusal.text.is_empty()),
        }
        assert!(met <= data.len(), "each option takes a byte at least");
    }
    assert!(parted.operands.iter().all(|operand| words.iter().any(|word| word == operand)));
}
