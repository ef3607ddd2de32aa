//! The kinds of object and their words.

use std::ffi::OsStr;
use std::fmt;

/// A kind of object, as its word stands in `ls KIND` and in front of a reference (`msgq:42`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// System V and POSIX message queues.
    Msgq,
    /// System V semaphore sets, POSIX named and unnamed semaphores.
    Sem,
    /// System V segments and POSIX shared memory objects.
    Shm,
    /// FIFOs: a path.
    Fifo,
    /// An end of a live pipe: `PID:FD`.
    Pipe,
    /// A mapped file, or a mapping in a process.
    Mmap,
    /// A process that receives signals.
    Sig,
}

impl Kind {
    /// Every kind, in the order in which help and lists name them.
    pub const ALL: [Kind; 7] =
        [Kind::Msgq, Kind::Sem, Kind::Shm, Kind::Fifo, Kind::Pipe, Kind::Mmap, Kind::Sig];

    /// The kinds that `ls` without a kind shows in its one table: those that live in the IPC namespace.
    pub const MIXED: [Kind; 3] = [Kind::Msgq, Kind::Sem, Kind::Shm];

    /// The kind's word, as it is typed.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Msgq => "msgq",
            Kind::Sem => "sem",
            Kind::Shm => "shm",
            Kind::Fifo => "fifo",
            Kind::Pipe => "pipe",
            Kind::Mmap => "mmap",
            Kind::Sig => "sig",
        }
    }

    /// The kind with exactly this word, in lower case.
    pub fn from_word(word: &OsStr) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| word == kind.word())
    }

    /// What such an object is called in a sentence, with its article.
    pub const fn title(self) -> &'static str {
        match self {
            Kind::Msgq => "a message queue",
            Kind::Sem => "a semaphore",
            Kind::Shm => "shared memory",
            Kind::Fifo => "a FIFO",
            Kind::Pipe => "an end of a pipe",
            Kind::Mmap => "a mapping",
            Kind::Sig => "a target of signals",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Words that mean a kind elsewhere: in other programs, in /proc, in manuals.
const OTHER_WORDS: [(&str, Kind); 32] = [
    ("mq", Kind::Msgq),
    ("msg", Kind::Msgq),
    ("msgs", Kind::Msgq),
    ("mqueue", Kind::Msgq),
    ("queue", Kind::Msgq),
    ("queues", Kind::Msgq),
    ("q", Kind::Msgq),
    ("s", Kind::Sem),
    ("sems", Kind::Sem),
    ("sema", Kind::Sem),
    ("semaphore", Kind::Sem),
    ("semaphores", Kind::Sem),
    ("m", Kind::Shm),
    ("shmem", Kind::Shm),
    ("memory", Kind::Shm),
    ("segment", Kind::Shm),
    ("segments", Kind::Shm),
    ("fifos", Kind::Fifo),
    ("pipes", Kind::Pipe),
    ("fd", Kind::Pipe),
    ("map", Kind::Mmap),
    ("maps", Kind::Mmap),
    ("mapping", Kind::Mmap),
    ("mappings", Kind::Mmap),
    ("file", Kind::Mmap),
    ("signal", Kind::Sig),
    ("signals", Kind::Sig),
    ("kill", Kind::Sig),
    ("pid", Kind::Sig),
    ("proc", Kind::Sig),
    ("process", Kind::Sig),
    ("processes", Kind::Sig),
];

impl Kind {
    /// The kind that `word` most likely means: its own word or another program's, in either case, or its own word
    /// with one letter wrong, missing or too many, or two swapped.
    pub fn nearest(word: &OsStr) -> Option<Kind> {
        let word = word.to_str()?.to_ascii_lowercase();
        let others = OTHER_WORDS.into_iter().find(|(other, _)| *other == word).map(|(_, kind)| kind);
        let exact = Kind::from_word(OsStr::new(&word));
        exact
            .or(others)
            .or_else(|| Kind::ALL.into_iter().find(|kind| one_off(word.as_bytes(), kind.word().as_bytes())))
    }
}

/// Whether one letter changed, added, left out, or one pair swapped makes `left` into `right`.
fn one_off(left: &[u8], right: &[u8]) -> bool {
    let same = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let (left, right) = (left.get(same..).unwrap_or_default(), right.get(same..).unwrap_or_default());
    match (left, right) {
        ([a, b, left @ ..], [c, d, right @ ..]) if (a, b) == (d, c) && left == right => true,
        ([_, left_rest @ ..], [_, right_rest @ ..]) if left_rest == right_rest => true,
        ([_, left_rest @ ..], _) if left_rest == right => true,
        (_, [_, right_rest @ ..]) => left == right_rest,
        _ => false,
    }
}
