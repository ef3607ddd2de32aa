//! `/proc/PID/stat`, one line of many numbers (proc_pid_stat(5)).

use super::super::{Odd, field};

/// The flag of a kernel thread (linux/sched.h PF_KTHREAD): it has no memory of its own and attaches nothing.
const PF_KTHREAD: u64 = 0x0020_0000;

/// What `/proc/PID/stat` tells of a process or thread (proc_pid_stat(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Its PID or TID.
    pub pid: i32,
    /// Its command's name as bytes, unescaped: anything may be in it.
    pub comm: Vec<u8>,
    /// `R` running, `S` sleeping, `D`, `T` stopped, `Z` zombie …
    pub state: char,
    /// Its parent's PID.
    pub ppid: i32,
    /// Its process group.
    pub pgrp: i32,
    /// Its session.
    pub session: i32,
    /// The kernel's PF_ flags.
    pub flags: u64,
    /// Time on a CPU in user mode, in ticks.
    pub utime: u64,
    /// Time on a CPU in the kernel, in ticks.
    pub stime: u64,
    /// Threads of the process.
    pub threads: u64,
    /// When it started: ticks since the system was booted.
    pub start: u64,
    /// The CPU that it last ran on.
    pub cpu: Option<u32>,
}

impl Stat {
    /// True for a thread of the kernel.
    pub fn is_kernel_thread(&self) -> bool {
        self.flags & PF_KTHREAD != 0
    }

    /// True when this thread has ended and only waits to be reaped. Others of its process may still run.
    pub fn is_zombie(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }

    /// True when the whole process has ended.
    pub fn has_ended(&self) -> bool {
        self.is_zombie() && self.threads <= 1
    }
}

/// The text of `/proc/PID/stat` as facts.
pub fn parse_stat(text: &[u8]) -> Result<Stat, Odd> {
    let odd = |field| Odd { line: 1, field };
    // A command may hold `)` and newlines; nothing behind it can, so that the last `)` ends it.
    let open = text.iter().position(|byte| *byte == b'(').ok_or(odd("comm"))?;
    let close =
        text.iter().rposition(|byte| *byte == b')').filter(|close| *close > open).ok_or(odd("comm"))?;
    let rest = text[close + 1..].strip_suffix(b"\n").unwrap_or(&text[close + 1..]);
    let words: Vec<&[u8]> = field::words(rest).collect();
    let word = |number: usize, name| words.get(number - 3).copied().ok_or(odd(name));
    let id = |number, name| field::signed(word(number, name)?).ok_or(odd(name));
    let count = |number, name| field::decimal(word(number, name)?).ok_or(odd(name));
    Ok(Stat {
        pid: field::words(&text[..open]).next().and_then(field::decimal).ok_or(odd("pid"))?,
        comm: text[open + 1..close].to_vec(),
        state: word(3, "state")?.first().map(|byte| char::from(*byte)).ok_or(odd("state"))?,
        ppid: id(4, "ppid")?,
        pgrp: id(5, "pgrp")?,
        session: id(6, "session")?,
        flags: count(9, "flags")?,
        utime: count(14, "utime")?,
        stime: count(15, "stime")?,
        threads: count(20, "num_threads")?,
        start: count(22, "starttime")?,
        cpu: word(39, "processor").ok().and_then(field::decimal),
    })
}
