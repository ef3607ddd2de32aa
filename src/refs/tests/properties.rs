//! Properties over arbitrary references and arbitrary bytes.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{
    BoxedStrategy, Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::sample::select;

use super::parse;
use crate::fault::Fault;
use crate::refs::{
    Key, Kind, MappingName, MemoryName, ObjectName, PosixName, Process, Ref, RefError, SemName, SysvName,
    TargetName, Words, parse_key, parse_proj, parse_words,
};
use crate::status::Status;

/// What references are made of, and what breaks them.
const PARTS: &[&str] = &[
    "msgq",
    "sem",
    "shm",
    "fifo",
    "pipe",
    "mmap",
    "sig",
    "x",
    ":",
    "in:",
    "key:",
    "ftok:",
    "private",
    "self",
    "all",
    "name:",
    "pgrp:",
    "0x",
    "0X",
    "4711",
    "0",
    "-1",
    "4294967296",
    "+",
    "64",
    "/",
    "./",
    "..",
    "\\",
    "\\x0a",
    "\\\\",
    " ",
    "\n",
    "\t",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{2028}",
    "\u{200b}",
    "\u{e9}",
    "#",
    "-",
    "a",
    "jobs",
    "+0x40",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        6 => select(PARTS).prop_map(|part| part.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..4),
        1 => any::<char>().prop_map(|char| char.to_string().into_bytes()),
    ];
    vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn without_nul() -> impl Strategy<Value = OsString> {
    text().prop_map(|mut text| {
        text.retain(|&byte| byte != 0);
        if text.is_empty() { OsString::from("a") } else { OsString::from_vec(text) }
    })
}

fn path() -> impl Strategy<Value = PathBuf> {
    without_nul().prop_map(PathBuf::from)
}

fn posix(kind: Kind) -> impl Strategy<Value = PosixName> {
    let long = vec(any::<u8>(), 1..=PosixName::max_len(kind));
    prop_oneof![4 => text(), 1 => long].prop_filter_map("no name", move |mut text| {
        text.retain(|byte| !matches!(byte, 0 | b'/'));
        PosixName::new(kind, &text).ok()
    })
}

fn shared_sysv() -> impl Strategy<Value = SysvName> {
    prop_oneof![
        (0..=i32::MAX).prop_map(SysvName::Id),
        (1..=u32::MAX).prop_map(|key| SysvName::Key(Key(key))),
        (path(), any::<u8>()).prop_map(|(path, proj)| SysvName::Ftok { path, proj }),
    ]
}

fn object(kind: Kind) -> impl Strategy<Value = ObjectName> {
    prop_oneof![
        1 => Just(ObjectName::Sysv(SysvName::Private)),
        3 => shared_sysv().prop_map(ObjectName::Sysv),
        3 => posix(kind).prop_map(ObjectName::Posix),
    ]
}

fn in_memory() -> impl Strategy<Value = SemName> {
    let memory = prop_oneof![
        shared_sysv().prop_map(MemoryName::Sysv),
        posix(Kind::Shm).prop_map(MemoryName::Posix),
        path().prop_map(|path| MemoryName::File(read_as(path))),
    ];
    (memory, any::<u64>()).prop_map(|(memory, offset)| SemName::InMemory { memory, offset })
}

fn process() -> impl Strategy<Value = Process> {
    prop_oneof![Just(Process::Own), (1..=i32::MAX).prop_map(Process::Pid)]
}

fn mapping() -> impl Strategy<Value = MappingName> {
    let at = (process(), any::<u64>(), option::of(any::<u64>())).prop_map(|(process, start, end)| {
        let (start, end) = match end {
            Some(end) if end < start => (end, Some(start)),
            Some(end) if end == start => (start, None),
            end => (start, end),
        };
        MappingName::At { process, start, end }
    });
    prop_oneof![path().prop_map(|path| MappingName::File(read_as(path))), at]
}

fn target() -> impl Strategy<Value = TargetName> {
    let thread = (process(), 1..=i32::MAX).prop_map(|(process, tid)| TargetName::Thread { process, tid });
    prop_oneof![
        process().prop_map(TargetName::Process),
        thread,
        option::of(1..=i32::MAX).prop_map(TargetName::Group),
        without_nul().prop_map(TargetName::Command),
        Just(TargetName::All),
    ]
}

fn any_ref() -> BoxedStrategy<Ref> {
    prop_oneof![
        object(Kind::Msgq).prop_map(Ref::Msgq),
        object(Kind::Shm).prop_map(Ref::Shm),
        object(Kind::Sem).prop_map(|name| Ref::Sem(name.into())),
        in_memory().prop_map(Ref::Sem),
        path().prop_map(Ref::Fifo),
        (process(), 0..=i32::MAX).prop_map(|(process, fd)| Ref::Pipe { process, fd }),
        mapping().prop_map(Ref::Mmap),
        target().prop_map(Ref::Sig),
    ]
    .boxed()
}

/// A mapped file's path as it is read back: `./` stands before one that begins as a process does.
fn read_as(path: PathBuf) -> PathBuf {
    let text = path.as_os_str().as_bytes();
    let head = text.split(|&byte| byte == b':').next().unwrap_or_default();
    let process = head == b"self" || head.iter().all(u8::is_ascii_digit) && !head.is_empty();
    if process { PathBuf::from(OsString::from_vec([b"./", text].concat())) } else { path }
}

/// One line, and nothing that a terminal obeys or that turns the direction of writing.
fn is_one_safe_line(text: &str) -> bool {
    !text.chars().any(|char| {
        char.is_control()
            || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

fn noun() -> impl Strategy<Value = Option<Kind>> {
    option::of(select(Kind::ALL.as_slice()))
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_printed_is_read_back(found in any_ref()) {
        let printed = found.to_bytes();
        prop_assert!(is_one_safe_line(&found.to_string()), "{found}");
        prop_assert!(printed.starts_with(b"x:") || !printed.contains(&b'\\'), "{found}");
        for noun in [None, Some(found.kind())] {
            let read = parse(&printed, noun);
            prop_assert_eq!(read.as_ref(), Ok(&found), "{}", found);
            // Paths compare by component; the text tells each byte.
            prop_assert_eq!(read.map(|read| read.to_bytes()), Ok(printed.clone()));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_in_one_safe_line(text in text(), noun in noun()) {
        match parse(&text, noun) {
            Ok(found) => {
                prop_assert!(noun.is_none_or(|noun| noun == found.kind()));
                prop_assert_eq!(parse(found.to_bytes(), None), Ok(found));
            }
            Err(error) => {
                let fault = Fault::from(error);
                prop_assert!(is_one_safe_line(&fault.to_string()), "{fault}");
                prop_assert!(is_one_safe_line(fault.hint_line().unwrap_or_default()), "{fault:?}");
                prop_assert_eq!(fault.exit_status(), Status::USAGE);
            }
        }
    }

    #[test]
    fn parts_of_references_never_panic(text in text()) {
        let text = OsStr::from_bytes(&text);
        for error in [parse_key(text).err(), parse_proj(text).err()].into_iter().flatten() {
            prop_assert!(is_one_safe_line(&Fault::from(error).to_string()));
        }
    }

    #[test]
    fn a_noun_is_a_kind_word_in_front(words in vec(without_nul(), 0..4), kind in select(Kind::ALL.as_slice())) {
        let mut line = vec![OsString::from(kind.word())];
        line.extend(words.iter().cloned());
        // An error differs in its hint only: what to do about a word that was typed.
        let told = |read: Result<Words, RefError>| read.map_err(|error| error.to_string());
        prop_assert_eq!(told(parse_words(&line, None)), told(parse_words(&words, Some(kind))));
    }

    #[test]
    fn printed_references_need_no_noun_in_a_line(refs in vec(any_ref(), 0..4)) {
        let line: Vec<OsString> = refs.iter().map(|found| OsString::from_vec(found.to_bytes())).collect();
        let words = parse_words(&line, None).map(|words| words.refs);
        prop_assert_eq!(words, Ok(refs));
    }
}
