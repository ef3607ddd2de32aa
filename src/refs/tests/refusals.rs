//! What is refused, why, and what is told to write instead.

use super::parse;
use crate::fault::Fault;
use crate::refs::{Kind, RefError, grammar};
use crate::status::Status;

/// What is typed, what is wrong with it, and the hint ("" for the grammar of the kind).
type Row = (&'static str, &'static str, &'static str);

const AS_QUEUES: &[Row] = &[
    ("0X4d2", "an identifier has digits only, a key begins with 0x", "write msgq:0x000004d2"),
    ("4d2", "an identifier has digits only, a key begins with 0x", "write msgq:0x000004d2 or msgq:/4d2"),
    ("1st", "an identifier has digits only, a key begins with 0x", "write msgq:/1st"),
    ("#42", "a name that does not begin with a letter needs its slash", "write msgq:42"),
    ("+42", "a name that does not begin with a letter needs its slash", "write msgq:42"),
    ("@a", "a name that does not begin with a letter needs its slash", "write msgq:/@a"),
    ("42 ", "it has blanks in it", "write msgq:42"),
    ("42\r", "it has blanks in it", "write msgq:42"),
    ("\tjobs\n", "it has blanks in it", "write msgq:/jobs"),
    ("a b", "it has blanks in it", ""),
    ("042", "the identifier has a leading zero, which C reads as octal", "write msgq:42"),
    ("000", "the identifier has a leading zero, which C reads as octal", ""),
    ("-1", "an identifier has no sign", "write msgq:0xffffffff for the key that C prints so"),
    ("-2147483649", "the identifier is not a decimal number", ""),
    ("2147483648", "the identifier is above 2147483647", "write msgq:0x80000000 for the key"),
    ("4294967296", "the identifier is above 2147483647", ""),
    ("99999999999999999999", "the identifier has more than 64 bits", ""),
    ("0x", "the key has no digits", ""),
    ("0x4g", "the key is not a hexadecimal number", ""),
    ("0x4d2 ", "the key is not a hexadecimal number", "write msgq:0x000004d2"),
    (
        "0x1ffffffff",
        "the key has more than 32 bits",
        "write msgq:0xffffffff for what is left when a program cuts it",
    ),
    ("0x100000000", "the key has more than 32 bits", ""),
    (
        "0x0",
        "key 0 is IPC_PRIVATE, by which nothing can be found",
        "write msgq:ID for what exists, msgq:private to create",
    ),
    ("key:", "the key is missing", ""),
    ("key:4d2", "the key is not a decimal number", "write msgq:0x000004d2"),
    ("key:0X4d2", "the key is not a decimal number", "write msgq:0x000004d2"),
    ("key:010", "the key has a leading zero, which C reads as octal", "write msgq:0x0000000a"),
    ("key:-559038737", "a key has no sign", "write msgq:0xdeadbeef for the key that C prints so"),
    ("key:4294967295 ", "the key is not a decimal number", "write msgq:0xffffffff"),
    (
        "key:0",
        "key 0 is IPC_PRIVATE, by which nothing can be found",
        "write msgq:ID for what exists, msgq:private to create",
    ),
    ("", "it is empty", ""),
    ("/", "the name is empty", "write msgq:ftok:/:1 for the key of that file"),
    (".", "a name is not . or ..", ""),
    ("/a/b", "a name has no slash but the leading one", "write msgq:ftok:/a/b:1 for the key of that file"),
    ("//a", "a name has no slash but the leading one", "write msgq:/a"),
    ("/a/", "a name has no slash but the leading one", "write msgq:/a"),
    ("/dev/mqueue/a", "a name has no slash but the leading one", "write msgq:/a"),
    ("msg:42", "what stands before the colon is not known here", "write msgq:42"),
    ("queue:42", "what stands before the colon is not known here", "write msgq:42"),
    ("MSGQ:42", "what stands before the colon is not known here", "write msgq:42"),
    ("msgq/42", "a name has no slash but the leading one", "write msgq:42"),
    ("foo:bar", "what stands before the colon is not known here", ""),
    ("in:42+0", "only a semaphore lies in memory", ""),
    ("sem", "it is the word of a kind", "write msgq:/sem"),
    ("msgq:", "the name is empty", ""),
    ("msgq:msgq:42", "what stands before the colon is not known here", "write msgq:42"),
];

const AS_MEMORY: &[Row] = &[
    ("shm/42", "a name has no slash but the leading one", "write shm:42"),
    ("segment:42", "what stands before the colon is not known here", "write shm:42"),
    ("/dev/shm/a", "a name has no slash but the leading one", "write shm:/a"),
    (
        "ftok:./x:300",
        "PROJ is above 255",
        "C's ftok uses the low 8 bits: write shm:ftok:./x:44; write shm:ftok:./x:300:1 if the colon belongs to the path",
    ),
    (
        "ftok:./x:-1",
        "PROJ is negative",
        "C's ftok uses the low 8 bits: write shm:ftok:./x:255; write shm:ftok:./x:-1:1 if the colon belongs to the path",
    ),
    ("ftok:./x:", "PROJ is empty", "write shm:ftok:./x::1 if the colon belongs to the path"),
    (
        "ftok:./x:01",
        "PROJ has a leading zero, which C reads as octal",
        "write shm:ftok:./x:01:1 if the colon belongs to the path",
    ),
    (
        "ftok:./x:\u{e9}",
        "PROJ is a character of several bytes",
        "write shm:ftok:./x:\u{e9}:1 if the colon belongs to the path",
    ),
    ("ftok:", "the path is empty", ""),
    ("ftok::1", "the path is empty", ""),
];

const AS_SEMAPHORES: &[Row] = &[
    ("/dev/shm/sem.a", "a name has no slash but the leading one", "write sem:/a"),
    ("in:42", "no +OFFSET in bytes follows", "write sem:in:42+0 for its beginning"),
    ("in:/a+b", "no +OFFSET in bytes follows", "write sem:in:/a+b+0 for its beginning"),
    ("in:42+-1", "no +OFFSET in bytes follows", ""),
    ("in:", "no +OFFSET in bytes follows", ""),
    ("in:42+1z", "the offset is not a decimal number", ""),
    ("in:42+0x", "the offset has no digits", ""),
    ("in:42+064", "the offset has a leading zero, which C reads as octal", ""),
    ("in:42+18446744073709551616", "the offset has more than 64 bits", ""),
    (
        "in:a+64",
        "the memory: a word can be a name or a file",
        "between in: and +OFFSET write shm:/a or mmap:./a",
    ),
    (
        "in:0X4d2+1",
        "the memory: an identifier has digits only, a key begins with 0x",
        "between in: and +OFFSET write shm:0x000004d2",
    ),
    ("in:+64", "the memory: the name is empty", ""),
    ("in:private+1", "the memory: private names a new segment each time", ""),
    ("in:msgq:42+1", "the memory: no semaphore lies in a message queue", ""),
    (
        "in:mmap:4711:0x1+1",
        "the memory: that is a process",
        "between in: and +OFFSET a file of that name is mmap:./4711:0x1",
    ),
];

const AS_FIFOS: &[Row] = &[
    ("", "it is empty", ""),
    ("fifo:", "the path is empty", ""),
    ("a\0b", "it has a NUL byte", ""),
    ("x:fifo:a\\x00b", "a path has no NUL byte", ""),
];

const AS_PIPES: &[Row] = &[
    ("123", "it names no descriptor", "write pipe:123:FD"),
    ("pipe:123", "it names no descriptor", "write pipe:123:FD"),
    ("pipe:[123]", "it names no descriptor", ""),
    ("/proc/12/fd/3", "it names no descriptor", "write pipe:12:3"),
    ("/proc/self/fd/3", "it names no descriptor", "write pipe:self:3"),
    ("12/3", "it names no descriptor", "write pipe:12:3"),
    ("fd:12:3", "the PID is not a decimal number", "write pipe:12:3"),
    ("12:", "the descriptor is missing", ""),
    ("12:stdout", "the descriptor is not a decimal number", "write pipe:12:1"),
    ("12:-1", "the descriptor is not a decimal number", ""),
    ("12:2147483648", "the descriptor is above 2147483647", ""),
    ("0:1", "the PID is 0", ""),
    ("012:1", "the PID has a leading zero, which C reads as octal", ""),
    (":1", "the PID is missing", ""),
];

const AS_MAPPINGS: &[Row] = &[
    ("4711", "it names no address", "write mmap:4711:0xADDRESS, or mmap:./4711 for a file of that name"),
    ("self", "it names no address", "write mmap:self:0xADDRESS, or mmap:./self for a file of that name"),
    ("4711:7F10", "an address begins with 0x", "write mmap:4711:0x7f10"),
    ("4711:", "the address has no digits", ""),
    ("4711:zz", "the address is not a hexadecimal number", ""),
    ("4711:0x10000000000000000", "the address has more than 64 bits", ""),
    ("4711:20-10", "the range's end is not above its start", ""),
    ("4711:10-10", "the range's end is not above its start", ""),
    ("4711:-10", "the range's start has no digits", ""),
    ("4711:10-20 r--p", "the range's end is not a hexadecimal number", ""),
    ("0:0x10", "the PID is 0", ""),
];

const AS_TARGETS: &[Row] = &[
    ("0", "the PID is 0", "write sig:pgrp:self for our own process group"),
    ("-1", "the PID is not a decimal number", "write sig:all for every process that may be signalled"),
    ("-15", "the PID is not a decimal number", "write sig:pgrp:15 for the process group"),
    ("sleep", "the PID is not a decimal number", "write sig:name:sleep for the processes that run it"),
    ("%1", "the PID is not a decimal number", "only the shell knows its jobs: write $(jobs -p %1)"),
    ("pid:42", "the PID is not a decimal number", "write sig:42"),
    ("/proc/42", "the PID is missing", "write sig:42"),
    ("2147483648", "the PID is above 2147483647", ""),
    ("042", "the PID has a leading zero, which C reads as octal", "write sig:42"),
    ("12/0", "the TID is 0", ""),
    ("12/", "the TID is missing", "write sig:12"),
    ("pgrp:0", "the process group is 0", "write sig:pgrp:self for our own"),
    ("pgrp:-5", "the process group is not a decimal number", ""),
    ("name:", "the command's name is empty", ""),
    ("x:sig:name:a\\x00", "a command's name has no NUL byte", ""),
];

#[test]
fn each_refusal_tells_why_and_what_to_write() {
    let tables = [
        (Kind::Msgq, AS_QUEUES),
        (Kind::Shm, AS_MEMORY),
        (Kind::Sem, AS_SEMAPHORES),
        (Kind::Fifo, AS_FIFOS),
        (Kind::Pipe, AS_PIPES),
        (Kind::Mmap, AS_MAPPINGS),
        (Kind::Sig, AS_TARGETS),
    ];
    for (kind, table) in tables {
        for (text, reason, hint) in table {
            let fault = Fault::from(parse(text, Some(kind)).expect_err(text));
            let line = fault.to_string();
            assert!(line.ends_with(&format!(" as {}: {reason}", kind.title())), "{text:?}: {line}");
            let hint = if hint.is_empty() { grammar(kind) } else { hint };
            assert_eq!(fault.hint_line(), Some(hint), "{text:?}");
            assert_eq!(fault.exit_status(), Status::USAGE);
            written(hint).for_each(|word| assert!(parse(&word, None).is_ok(), "{word} is told and refused"));
        }
    }
}

/// The references that a hint tells to write, those with a place holder left out.
fn written(hint: &str) -> impl Iterator<Item = String> {
    let told = hint.split(' ').map(|word| word.trim_end_matches([',', ';']).to_string());
    told.filter(|word| {
        let kind =
            word.split_once(':').is_some_and(|(kind, _)| Kind::ALL.iter().any(|known| known.word() == kind));
        kind && !["REF", "FD", "ID", "0xADDRESS"].iter().any(|holder| word.ends_with(holder))
    })
}

#[test]
fn without_a_kind_each_reading_is_carried_and_told() {
    let rows: [(&str, &str, &str); 16] = [
        ("42", "msgq:42 sem:42 shm:42 fifo:42 sig:42", "write msgq:42, sem:42, shm:42 or sig:42"),
        (
            "/jobs",
            "msgq:/jobs sem:/jobs shm:/jobs fifo:/jobs mmap:/jobs",
            "write msgq:/jobs, sem:/jobs or shm:/jobs",
        ),
        ("./a", "fifo:./a mmap:./a", "write fifo:./a or mmap:./a"),
        ("4711:1", "fifo:4711:1 pipe:4711:1", "write pipe:4711:1"),
        ("4711:0x10", "fifo:4711:0x10 mmap:4711:0x10", "write mmap:4711:0x10"),
        ("in:42+0", "sem:in:42+0 fifo:in:42+0 mmap:in:42+0", "write sem:in:42+0"),
        ("pgrp:7", "fifo:pgrp:7 mmap:pgrp:7 sig:pgrp:7", "write sig:pgrp:7"),
        ("0X4d2", "fifo:0X4d2 mmap:0X4d2", "write msgq:0x000004d2, sem:0x000004d2 or shm:0x000004d2"),
        ("#42", "fifo:#42 mmap:#42", "write msgq:42, sem:42, shm:42 or sig:42"),
        ("queue:42", "fifo:queue:42 mmap:queue:42", "write msgq:42"),
        ("semaphore:lock", "fifo:semaphore:lock mmap:semaphore:lock", "write sem:/lock"),
        ("shm/42", "fifo:shm/42 mmap:shm/42", "write shm:42"),
        ("/dev/shm/x", "fifo:/dev/shm/x mmap:/dev/shm/x", "write shm:/x"),
        ("/dev/mqueue/x", "fifo:/dev/mqueue/x mmap:/dev/mqueue/x", "write msgq:/x"),
        ("/dev/shm/sem.x", "fifo:/dev/shm/sem.x mmap:/dev/shm/sem.x", "write sem:/x or shm:/sem.x"),
        ("a\n", "x:fifo:a\\x0a x:mmap:a\\x0a", "write msgq:/a, sem:/a or shm:/a"),
    ];
    for (text, readings, told) in rows {
        let error = parse(text, None).expect_err(text);
        let RefError::KindMissing { text: typed, possible, hint } = &error else { panic!("{error}") };
        let printed: Vec<String> = possible.iter().map(ToString::to_string).collect();
        assert_eq!((typed.to_str(), printed.join(" ").as_str()), (Some(text), readings));
        assert_eq!(hint.as_deref(), Some(told), "{text}");
        let fault = Fault::from(error);
        assert!(fault.to_string().ends_with(" as a reference: no kind is given"), "{fault}");
        assert_eq!((fault.hint_line(), fault.exit_status()), (Some(told), Status::USAGE));
    }
}

#[test]
fn what_is_no_reference_of_any_kind_says_so() {
    let rows = [
        ("", "cannot read '' as a reference: it is empty", None),
        (
            "msgq",
            "cannot read msgq as a message queue: nothing follows the kind's word",
            Some(grammar(Kind::Msgq)),
        ),
        (
            "x:a",
            "cannot read x:a as a reference: behind x: stands no kind",
            Some("write x:KIND:REF, or ./x:REST for a file of that name"),
        ),
        (
            "x:msg:42",
            "cannot read x:msg:42 as a reference: behind x: stands no kind",
            Some("write x:msgq:REF"),
        ),
        (
            "x:msgq:/\\n",
            "cannot read 'x:msgq:/\\n' as a reference: behind x: only \\xNN and \\\\ begin with a backslash",
            Some("write x:KIND:/a\\x0ab for a line break between a and b"),
        ),
    ];
    for (text, line, hint) in rows {
        let fault = Fault::from(parse(text, None).unwrap_err());
        assert_eq!((fault.to_string().as_str(), fault.hint_line()), (line, hint));
    }
    for text in ["x:msgq:\\", "x:msgq:\\x", "x:msgq:\\x1", "x:msgq:\\x1g", "x:msgq:\\X41", "x:msgq:\\012"] {
        assert!(parse(text, None).is_err(), "{text}");
    }
}

#[test]
fn kind_and_noun_must_agree() {
    let rows = [
        (
            Kind::Msgq,
            "sem:42",
            "cannot read sem:42 as a message queue: it names a semaphore",
            grammar(Kind::Msgq),
        ),
        (
            Kind::Msgq,
            "x:shm:/a",
            "cannot read x:shm:/a as a message queue: it names shared memory",
            grammar(Kind::Msgq),
        ),
        (
            Kind::Fifo,
            "msgq:42",
            "cannot read msgq:42 as a FIFO: it names a message queue",
            "write fifo:msgq:42 for a file of that name",
        ),
    ];
    for (noun, text, line, hint) in rows {
        let error = parse(text, Some(noun)).unwrap_err();
        assert!(matches!(error, RefError::KindDiffers { .. }));
        let fault = Fault::from(error);
        assert_eq!((fault.to_string().as_str(), fault.hint_line()), (line, Some(hint)));
    }
}
