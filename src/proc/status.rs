//! `/proc/PID/status`: identity, signals and memory of a process or thread (proc_pid_status(5)).

use super::{Odd, field, file};
use crate::fault::Fault;

/// What a status file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessStatus {
    /// The command's name, as it is.
    pub name: Vec<u8>,
    /// `R` running, `S` sleeping, `D`, `T` stopped, `Z` zombie …
    pub state: char,
    /// The process that the thread belongs to.
    pub tgid: i32,
    /// The thread.
    pub pid: i32,
    /// The parent.
    pub ppid: i32,
    /// Who traces it, 0 for nobody.
    pub tracer: i32,
    /// Real, effective, saved and file-system user.
    pub uid: [u32; 4],
    /// Real, effective, saved and file-system group.
    pub gid: [u32; 4],
    /// Its PID in each PID namespace, from ours inwards; empty where the kernel does not tell.
    pub ns_pid: Vec<i32>,
    /// Threads of the process.
    pub threads: u64,
    /// Signals queued for the real user, and their limit.
    pub queued: (u64, u64),
    /// Its signals.
    pub signals: Signals,
    /// Address space in bytes; `None` of a kernel thread or a zombie.
    pub vm_size: Option<u64>,
    /// Memory in use in bytes; `None` as above.
    pub vm_rss: Option<u64>,
    /// Locked memory in bytes; `None` as above.
    pub vm_locked: Option<u64>,
}

/// Sets of signals: bit N−1 stands for signal N.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals {
    /// Pending for the thread (SigPnd).
    pub pending: u64,
    /// Pending for the whole process (ShdPnd).
    pub shared_pending: u64,
    /// Blocked (SigBlk).
    pub blocked: u64,
    /// Ignored (SigIgn).
    pub ignored: u64,
    /// Caught by a handler (SigCgt).
    pub caught: u64,
}

impl Signals {
    /// True if `signal` is in `set`; false for a number that is no signal.
    pub fn has(set: u64, signal: i32) -> bool {
        matches!(signal, 1..=64) && set >> (signal - 1) & 1 == 1
    }

    /// The signals in `set`, from the lowest.
    pub fn in_set(set: u64) -> impl Iterator<Item = i32> {
        (1..=64).filter(move |signal| Signals::has(set, *signal))
    }
}

/// The text of a status file.
pub fn parse(text: &[u8]) -> Result<ProcessStatus, Odd> {
    let lines = Lines { text };
    Ok(ProcessStatus {
        name: unescape(lines.value("Name")?),
        state: lines.word("State")?.first().map(|byte| char::from(*byte)).ok_or(lines.odd("State"))?,
        tgid: lines.decimal("Tgid")?,
        pid: lines.decimal("Pid")?,
        ppid: lines.decimal("PPid")?,
        tracer: lines.decimal("TracerPid")?,
        uid: lines.four("Uid")?,
        gid: lines.four("Gid")?,
        ns_pid: lines.numbers_if_there("NSpid")?,
        threads: lines.decimal("Threads")?,
        queued: lines.fraction("SigQ")?,
        signals: Signals {
            pending: lines.mask("SigPnd")?,
            shared_pending: lines.mask("ShdPnd")?,
            blocked: lines.mask("SigBlk")?,
            ignored: lines.mask("SigIgn")?,
            caught: lines.mask("SigCgt")?,
        },
        vm_size: lines.kibibytes("VmSize")?,
        vm_rss: lines.kibibytes("VmRSS")?,
        vm_locked: lines.kibibytes("VmLck")?,
    })
}

/// The status of a process. `None` when there is no such process.
pub fn status(pid: i32) -> Result<Option<ProcessStatus>, Fault> {
    read(&format!("/proc/{pid}/status"))
}

/// The status of one of its threads. `None` when there is no such thread.
pub fn of_thread(pid: i32, tid: i32) -> Result<Option<ProcessStatus>, Fault> {
    read(&format!("/proc/{pid}/task/{tid}/status"))
}

/// The threads of a process, by number. `None` when there is no such process.
pub fn threads(pid: i32) -> Result<Option<Vec<i32>>, Fault> {
    let path = format!("/proc/{pid}/task");
    let mut found = file::unless_gone(file::numbers_in(path.as_str()))
        .map_err(|errno| Fault::os(format_args!("list {path}"), errno))?;
    if let Some(threads) = &mut found {
        threads.sort_unstable();
    }
    Ok(found)
}

fn read(path: &str) -> Result<Option<ProcessStatus>, Fault> {
    match file::unless_gone(file::whole(path)) {
        Ok(Some(text)) => parse(&text).map(Some).map_err(|odd| odd.fault(path)),
        Ok(None) => Ok(None),
        Err(errno) => Err(Fault::os(format_args!("read {path}"), errno)),
    }
}

/// Lines of `Name:\tvalue`.
struct Lines<'a> {
    text: &'a [u8],
}

impl<'a> Lines<'a> {
    fn find(&self, name: &str) -> Option<(usize, &'a [u8])> {
        (1..).zip(field::lines(self.text)).find_map(|(number, line)| {
            let rest = line.strip_prefix(name.as_bytes())?.strip_prefix(b":")?;
            Some((number, rest.strip_prefix(b"\t").unwrap_or(rest)))
        })
    }

    /// The fault of a field, at its line or, if it has none, at the first.
    fn odd(&self, name: &'static str) -> Odd {
        Odd { line: self.find(name).map_or(1, |(number, _)| number), field: name }
    }

    fn value(&self, name: &'static str) -> Result<&'a [u8], Odd> {
        self.find(name).map(|(_, value)| value).ok_or_else(|| self.odd(name))
    }

    fn word(&self, name: &'static str) -> Result<&'a [u8], Odd> {
        field::words(self.value(name)?).next().ok_or_else(|| self.odd(name))
    }

    fn decimal<T: TryFrom<u64>>(&self, name: &'static str) -> Result<T, Odd> {
        field::decimal(self.word(name)?).ok_or_else(|| self.odd(name))
    }

    fn mask(&self, name: &'static str) -> Result<u64, Odd> {
        field::hex(self.word(name)?).ok_or_else(|| self.odd(name))
    }

    fn numbers<T: TryFrom<u64>>(&self, name: &'static str) -> Result<Vec<T>, Odd> {
        let words = field::words(self.value(name)?);
        words.map(|word| field::decimal(word).ok_or_else(|| self.odd(name))).collect()
    }

    fn numbers_if_there<T: TryFrom<u64>>(&self, name: &'static str) -> Result<Vec<T>, Odd> {
        if self.find(name).is_none() { Ok(Vec::new()) } else { self.numbers(name) }
    }

    fn four(&self, name: &'static str) -> Result<[u32; 4], Odd> {
        self.numbers(name)?.try_into().map_err(|_| self.odd(name))
    }

    fn fraction(&self, name: &'static str) -> Result<(u64, u64), Odd> {
        let parts = field::split_once(self.word(name)?, b'/');
        let numbers = parts.and_then(|(used, limit)| Some((field::decimal(used)?, field::decimal(limit)?)));
        numbers.ok_or_else(|| self.odd(name))
    }

    /// A size in kB, as bytes.
    fn kibibytes(&self, name: &'static str) -> Result<Option<u64>, Odd> {
        if self.find(name).is_none() {
            return Ok(None);
        }
        self.decimal::<u64>(name)?.checked_mul(1024).map(Some).ok_or_else(|| self.odd(name))
    }
}

/// The kernel writes a newline in a name as `\n` and a backslash as `\\` (fs/proc/array.c proc_task_name).
fn unescape(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((first, behind)) = rest.split_first() {
        let (byte, length) = match (first, behind.first()) {
            (b'\\', Some(b'n')) => (b'\n', 2),
            (b'\\', Some(b'\\')) => (b'\\', 2),
            _ => (*first, 1),
        };
        plain.push(byte);
        rest = &rest[length..];
    }
    plain
}

#[cfg(test)]
mod tests;
