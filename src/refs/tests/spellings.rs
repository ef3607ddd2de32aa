//! Each spelling, and the form in which it is printed.

use super::parse;
use crate::refs::{Key, Kind, MappingName, MemoryName, ObjectName, Ref, SemName, SysvName};

/// Noun, what is typed, how it is printed.
const SPELLINGS: &[(Kind, &[u8], &str)] = &[
    (Kind::Msgq, b"42", "msgq:42"),
    (Kind::Msgq, b"0", "msgq:0"),
    (Kind::Msgq, b"2147483647", "msgq:2147483647"),
    (Kind::Msgq, b"0x4d2", "msgq:0x000004d2"),
    (Kind::Msgq, b"0xFFFFFFFF", "msgq:0xffffffff"),
    (Kind::Msgq, b"0x00000000000004d2", "msgq:0x000004d2"),
    (Kind::Msgq, b"key:1234", "msgq:0x000004d2"),
    (Kind::Msgq, b"key:0x4D2", "msgq:0x000004d2"),
    (Kind::Msgq, b"key:4294967295", "msgq:0xffffffff"),
    (Kind::Msgq, b"private", "msgq:private"),
    (Kind::Msgq, b"/private", "msgq:/private"),
    (Kind::Msgq, b"/jobs", "msgq:/jobs"),
    (Kind::Msgq, b"jobs", "msgq:/jobs"),
    (Kind::Msgq, b"_j", "msgq:/_j"),
    (Kind::Msgq, b".hidden", "msgq:/.hidden"),
    (Kind::Msgq, b"/...", "msgq:/..."),
    (Kind::Msgq, b"/42", "msgq:/42"),
    (Kind::Msgq, b"/msgq:42", "msgq:/msgq:42"),
    (Kind::Msgq, b"/a b", "msgq:/a b"),
    (Kind::Msgq, b"ftok", "msgq:/ftok"),
    (Kind::Msgq, "caf\u{e9}".as_bytes(), "msgq:/caf\u{e9}"),
    (Kind::Msgq, b"/a\nb", "x:msgq:/a\\x0ab"),
    (Kind::Msgq, b"/a\\b", "x:msgq:/a\\\\b"),
    (Kind::Msgq, b"/a\xffb", "x:msgq:/a\\xffb"),
    (Kind::Msgq, b"x:msgq:/a\\x0Ab", "x:msgq:/a\\x0ab"),
    (Kind::Msgq, b"x:msgq:\\x34\\x32", "msgq:42"),
    (Kind::Msgq, b"msgq:42", "msgq:42"),
    (Kind::Msgq, b"msgq:jobs", "msgq:/jobs"),
    (Kind::Sem, b"sem:/lock", "sem:/lock"),
    (Kind::Sem, b"in:42+64", "sem:in:42+64"),
    (Kind::Sem, b"in:0x4d2+0x40", "sem:in:0x000004d2+64"),
    (Kind::Sem, b"in:key:1234+0", "sem:in:0x000004d2+0"),
    (Kind::Sem, b"in:ftok:/tmp/x+1:7+8", "sem:in:ftok:/tmp/x+1:7+8"),
    (Kind::Sem, b"in:/a+64+0", "sem:in:/a+64+0"),
    (Kind::Sem, b"in:/a+64", "sem:in:/a+64"),
    (Kind::Sem, b"in:./a+64", "sem:in:./a+64"),
    (Kind::Sem, b"in:/tmp/a+64", "sem:in:/tmp/a+64"),
    (Kind::Sem, b"in:shm:42+64", "sem:in:42+64"),
    (Kind::Sem, b"in:shm:a+64", "sem:in:/a+64"),
    (Kind::Sem, b"in:mmap:/a+64", "sem:in:mmap:/a+64"),
    (Kind::Sem, b"in:mmap:a+64", "sem:in:mmap:a+64"),
    (Kind::Sem, b"in:mmap:./a+64", "sem:in:./a+64"),
    (Kind::Sem, b"in:x:shm:/a\\x0ab+64", "x:sem:in:/a\\x0ab+64"),
    (Kind::Sem, b"in:42+18446744073709551615", "sem:in:42+18446744073709551615"),
    (Kind::Shm, b"ftok:.", "shm:ftok:.:1"),
    (Kind::Shm, b"ftok:./a:b", "shm:ftok:./a:98"),
    (Kind::Shm, b"ftok:./a:1", "shm:ftok:./a:1"),
    (Kind::Shm, b"ftok:.:49", "shm:ftok:.:49"),
    (Kind::Shm, b"ftok:.:0", "shm:ftok:.:0"),
    (Kind::Shm, b"ftok:.:255", "shm:ftok:.:255"),
    (Kind::Shm, b"ftok:.:0x41", "shm:ftok:.:65"),
    (Kind::Shm, b"ftok:.:\xff", "shm:ftok:.:255"),
    (Kind::Shm, b"ftok:a:bc", "shm:ftok:a:bc:1"),
    (Kind::Shm, b"ftok:a:b:c", "shm:ftok:a:b:99"),
    (Kind::Shm, b"ftok:a:300:1", "shm:ftok:a:300:1"),
    (Kind::Shm, b"ftok:a::1", "shm:ftok:a::1"),
    (Kind::Shm, b"ftok:a:0xzz", "shm:ftok:a:0xzz:1"),
    (Kind::Fifo, b"./a", "fifo:./a"),
    (Kind::Fifo, b"a", "fifo:a"),
    (Kind::Fifo, b"-1", "fifo:-1"),
    (Kind::Fifo, b"./shm", "fifo:./shm"),
    (Kind::Fifo, b"fifo:msgq:42", "fifo:msgq:42"),
    (Kind::Fifo, b"fifo:x:y", "fifo:x:y"),
    (Kind::Fifo, b"/tmp/a\x1b[2J", "x:fifo:/tmp/a\\x1b[2J"),
    (Kind::Fifo, "a\u{202e}b\u{200b}".as_bytes(), "x:fifo:a\\xe2\\x80\\xaeb\\xe2\\x80\\x8b"),
    (Kind::Pipe, b"4711:1", "pipe:4711:1"),
    (Kind::Pipe, b"self:0", "pipe:self:0"),
    (Kind::Mmap, b"/tmp/a", "mmap:/tmp/a"),
    (Kind::Mmap, b"a", "mmap:a"),
    (Kind::Mmap, b"./4711:0x10", "mmap:./4711:0x10"),
    (Kind::Mmap, b"a:0x10", "mmap:a:0x10"),
    (Kind::Mmap, b"4711:0x7F10", "mmap:4711:0x7f10"),
    (Kind::Mmap, b"self:0x0", "mmap:self:0x0"),
    (Kind::Mmap, b"4711:00400000-00452000", "mmap:4711:00400000-00452000"),
    (Kind::Mmap, b"4711:0x10-0x20", "mmap:4711:00000010-00000020"),
    (Kind::Mmap, b"1:ffffffffff600000-ffffffffff601000", "mmap:1:ffffffffff600000-ffffffffff601000"),
    (Kind::Sig, b"4711", "sig:4711"),
    (Kind::Sig, b"self", "sig:self"),
    (Kind::Sig, b"4711/4712", "sig:4711/4712"),
    (Kind::Sig, b"self/4712", "sig:self/4712"),
    (Kind::Sig, b"pgrp:7", "sig:pgrp:7"),
    (Kind::Sig, b"pgrp:self", "sig:pgrp:self"),
    (Kind::Sig, b"name:sleep", "sig:name:sleep"),
    (Kind::Sig, b"name:a b:c", "sig:name:a b:c"),
    (Kind::Sig, b"all", "sig:all"),
];

#[test]
fn each_spelling_is_read_and_printed() {
    for (kind, typed, printed) in SPELLINGS {
        let read = parse(typed, Some(*kind)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read.kind(), *kind);
        assert_eq!(read.to_string(), *printed, "{}", typed.escape_ascii());
        assert_eq!(parse(printed, None), Ok(read.clone()), "{printed} without a noun");
        assert_eq!(parse(printed, Some(*kind)), Ok(read), "{printed} with its noun");
    }
}

/// Paths that no spelling gives so, but a command may have taken from its own argument.
#[test]
fn a_file_that_looks_like_a_process_is_printed_with_a_dot() {
    for name in ["4711", "4711:0x10", "self", "self:10-20"] {
        let mapped = Ref::Mmap(MappingName::File(name.into()));
        assert_eq!(mapped.to_string(), format!("mmap:./{name}"));
        assert_eq!(
            parse(mapped.to_bytes(), None),
            Ok(Ref::Mmap(MappingName::File(format!("./{name}").into())))
        );
        let inside = Ref::Sem(SemName::InMemory { memory: MemoryName::File(name.into()), offset: 8 });
        assert_eq!(inside.to_string(), format!("sem:in:mmap:./{name}+8"));
        assert_eq!(Ref::Fifo(name.into()).to_string(), format!("fifo:{name}"));
    }
}

/// What breaks the promise of its type is not read back, but still one safe line.
#[test]
fn what_no_text_can_name_prints_on_one_line() {
    let private_key = Ref::Msgq(ObjectName::Sysv(SysvName::Key(Key::PRIVATE)));
    for (found, printed) in [
        (private_key, "msgq:0x00000000"),
        (Ref::Fifo("".into()), "fifo:"),
        (Ref::Fifo("a\0\nb".into()), "x:fifo:a\\x00\\x0ab"),
    ] {
        assert_eq!(found.to_string(), printed);
        assert!(parse(printed, None).is_err(), "{printed}");
    }
}
