//! The reference grammar: no bytes make it panic, what is read is printed on one safe line and read back the same,
//! and what is refused is told on one safe line.
//!
//! The first byte chooses the noun; the rest is one reference, and, cut at each newline, a line of words.

#![no_main]

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use ipctool::fault::Fault;
use ipctool::refs::{self, Kind, Ref, RefError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    let noun = Kind::ALL.get(usize::from(choice) % (Kind::ALL.len() + 1)).copied();
    one_reference(OsStr::from_bytes(text), noun);
    line_of_words(text, noun);
    [refs::parse_key(OsStr::from_bytes(text)).err(), refs::parse_proj(OsStr::from_bytes(text)).err()]
        .into_iter()
        .flatten()
        .for_each(refused);
});

fn one_reference(text: &OsStr, noun: Option<Kind>) {
    match refs::parse(text, noun) {
        Ok(read) => {
            assert!(noun.is_none_or(|noun| noun == read.kind()), "{read} is not of the noun's kind");
            read_back(&read);
        }
        Err(RefError::KindMissing { text, possible, hint }) => {
            assert_eq!(noun, None);
            possible.iter().for_each(read_back);
            refused(RefError::KindMissing { text, possible, hint });
        }
        Err(error) => refused(error),
    }
}

fn line_of_words(text: &[u8], noun: Option<Kind>) {
    let words: Vec<OsString> =
        text.split(|&byte| byte == b'\n').map(|word| OsStr::from_bytes(word).into()).collect();
    let Ok(read) = refs::parse_words(&words, noun) else { return };
    let printed: Vec<OsString> = read.refs.iter().map(|read| read.to_string().into()).collect();
    let again = refs::parse_words(&printed, None).expect("what is printed is read back");
    assert_eq!(again.refs, read.refs);
    assert_eq!(again.bare_kinds, []);
}

fn read_back(read: &Ref) {
    let printed = read.to_bytes();
    let text = read.to_string();
    assert_eq!(text.as_bytes(), printed);
    one_safe_line(&text);
    for noun in [None, Some(read.kind())] {
        let again = refs::parse(OsStr::from_bytes(&printed), noun).expect("what is printed is read back");
        assert_eq!(&again, read);
        // Paths compare by component; the text tells each byte.
        assert_eq!(again.to_bytes(), printed);
    }
}

fn refused(error: RefError) {
    let fault = Fault::from(error);
    one_safe_line(&fault.to_string());
    one_safe_line(fault.hint_line().unwrap_or_default());
}

fn one_safe_line(text: &str) {
    let unsafe_char = |char: char| {
        char.is_control()
            || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.chars().any(unsafe_char), "{text:?}");
}
