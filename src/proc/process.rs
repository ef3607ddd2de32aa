//! Processes: `/proc/PID/stat` and what it takes to say whether a recorded PID is still the same process.

use std::collections::HashMap;

use nix::errno::Errno;
use nix::sys::stat::stat as file_status;

use super::{Listing, Odd, field, file};
use crate::fault::Fault;

/// Clock ticks a second in the files of `/proc`: fixed for programs on x86-64 and aarch64 (linux/param.h USER_HZ).
pub const TICKS_PER_SECOND: u64 = 100;

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

/// A process, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its effective user.
    pub uid: u32,
    /// The facts of its stat file.
    pub stat: Stat,
    /// When it started, epoch seconds: exact to a second, and off by any step of the clock since.
    pub started: i64,
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

/// The boot time out of the text of `/proc/stat`: epoch seconds.
pub fn parse_boot_time(text: &[u8]) -> Option<i64> {
    field::lines(text).find_map(|line| line.strip_prefix(b"btime ")).and_then(field::decimal)
}

/// When the system was booted, epoch seconds, by the clock as it is set now.
pub fn boot_time() -> Result<i64, Fault> {
    let text = file::whole("/proc/stat").map_err(|errno| Fault::os("read /proc/stat", errno))?;
    parse_boot_time(&text).ok_or_else(|| Fault::new("read /proc/stat", "field btime is missing or odd"))
}

/// The PIDs in `/proc`, in no order that means anything. Fails when `/proc` cannot be listed or shows no process at all.
pub fn pids() -> Result<Vec<i32>, Fault> {
    let pids = file::numbers_in("/proc").map_err(|errno| Fault::os("list /proc", errno))?;
    if pids.is_empty() {
        return Err(
            Fault::new("list /proc", "no process is in it").hint("mount it: mount -t proc proc /proc")
        );
    }
    Ok(pids)
}

/// What stat tells of one process. `None` when there is no such process.
pub fn stat(pid: i32) -> Result<Option<Stat>, Fault> {
    let path = format!("/proc/{pid}/stat");
    match file::unless_gone(file::whole(path.as_str())) {
        Ok(Some(text)) => parse_stat(&text).map(Some).map_err(|odd| odd.fault(&path)),
        Ok(None) => Ok(None),
        Err(errno) => Err(Fault::os(format_args!("read {path}"), errno)),
    }
}

/// The effective user of a process: the owner of its directory. `None` when there is no such process.
pub fn uid(pid: i32) -> Result<Option<u32>, Fault> {
    let path = format!("/proc/{pid}");
    file::unless_gone(file_status(path.as_str()))
        .map(|found| found.map(|status| status.st_uid))
        .map_err(|errno| Fault::os(format_args!("look at {path}"), errno))
}

/// The name of a process's command, empty when there is none (any more).
pub fn comm(pid: i32) -> Vec<u8> {
    comm_in(&format!("/proc/{pid}/comm"))
}

/// The name that a thread has, empty when there is none (any more).
pub fn thread_comm(pid: i32, tid: i32) -> Vec<u8> {
    comm_in(&format!("/proc/{pid}/task/{tid}/comm"))
}

fn comm_in(path: &str) -> Vec<u8> {
    let mut comm = file::whole(path).unwrap_or_default();
    comm.pop_if(|byte| *byte == b'\n');
    comm
}

/// The arguments of a process; none of a kernel thread or a zombie. `None` when there is no such process.
pub fn arguments(pid: i32) -> Result<Option<Vec<Vec<u8>>>, Fault> {
    let path = format!("/proc/{pid}/cmdline");
    file::unless_gone(file::whole(path.as_str()))
        .map(|found| found.map(|text| parse_arguments(&text)))
        .map_err(|errno| Fault::os(format_args!("read {path}"), errno))
}

/// The text of `/proc/PID/cmdline` as arguments: each ends with a NUL, and a program may have overwritten all of it.
pub fn parse_arguments(text: &[u8]) -> Vec<Vec<u8>> {
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    text.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect()
}

/// The facts of one process. `None` when there is no such process.
pub fn process(pid: i32) -> Result<Option<Process>, Fault> {
    process_since(pid, boot_time()?)
}

/// Every process that can be seen. What could not be read stands in `odd`.
pub fn processes() -> Result<Listing<Process>, Fault> {
    let boot = boot_time()?;
    let mut listing = Listing { rows: Vec::new(), odd: Vec::new() };
    for pid in pids()? {
        match process_since(pid, boot) {
            Ok(found) => listing.rows.extend(found),
            Err(fault) => listing.odd.push(fault),
        }
    }
    Ok(listing)
}

fn process_since(pid: i32, boot: i64) -> Result<Option<Process>, Fault> {
    let (Some(uid), Some(stat)) = (uid(pid)?, stat(pid)?) else { return Ok(None) };
    let started = start_time(&stat, boot);
    Ok(Some(Process { uid, stat, started }))
}

fn start_time(stat: &Stat, boot: i64) -> i64 {
    boot.saturating_add_unsigned(stat.start / TICKS_PER_SECOND)
}

/// True while a process with this PID runs. A zombie, a thread's TID and a PID below 1 are none.
///
/// Where `/proc` hides other users' processes, one that is there counts as running.
pub fn is_alive(pid: i32) -> bool {
    Lives::default().is_alive(pid)
}

/// True when the process that has this PID now started after `epoch` seconds: whoever left the PID in an object's record
/// then was another process.
///
/// The start time is known to a second either way, so that it must lie two seconds behind `epoch`. It is reckoned by the
/// clock as it is now: a clock that was set forward meanwhile makes old processes look young.
pub fn started_after(pid: i32, epoch: i64) -> bool {
    Lives::default().started_after(pid, epoch)
}

/// Remembers of each PID whether it lives and since when: lists ask for the same few PIDs again and again.
#[derive(Debug, Default)]
pub struct Lives {
    boot: Option<i64>,
    seen: HashMap<i32, Life>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Ended,
    /// There, but `/proc` does not tell since when.
    Unknown,
    Since(i64),
}

impl Lives {
    /// As the function [`is_alive`].
    pub fn is_alive(&mut self, pid: i32) -> bool {
        self.life(pid) != Life::Ended
    }

    /// As the function [`started_after`].
    pub fn started_after(&mut self, pid: i32, epoch: i64) -> bool {
        matches!(self.life(pid), Life::Since(start) if start > epoch.saturating_add(1))
    }

    /// True when the process that a record of `epoch` seconds names is certainly gone: its PID is free, or another's now.
    pub fn is_gone_since(&mut self, pid: i32, epoch: i64) -> bool {
        !self.is_alive(pid) || self.started_after(pid, epoch)
    }

    fn life(&mut self, pid: i32) -> Life {
        if let Some(known) = self.seen.get(&pid) {
            return *known;
        }
        let boot = *self.boot.get_or_insert_with(|| boot_time().unwrap_or(i64::MIN));
        let life = look(pid, boot);
        self.seen.insert(pid, life);
        life
    }
}

fn look(pid: i32, boot: i64) -> Life {
    if pid < 1 {
        return Life::Ended;
    }
    match stat(pid) {
        Ok(Some(stat)) if stat.has_ended() => Life::Ended,
        Ok(Some(_)) if !is_leader(pid) => Life::Ended,
        Ok(Some(stat)) => Life::Since(start_time(&stat, boot)),
        Ok(None) if !answers(pid) => Life::Ended,
        Ok(None) | Err(_) => Life::Unknown,
    }
}

/// `/proc/TID` can be looked up for every thread, though only processes are listed.
fn is_leader(pid: i32) -> bool {
    let Ok(status) = file::whole(format!("/proc/{pid}/status").as_str()) else { return true };
    let tgid = field::lines(&status).find_map(|line| line.strip_prefix(b"Tgid:\t"));
    tgid.and_then(field::decimal::<i32>).is_none_or(|tgid| tgid == pid)
}

/// The kernel's own word, for a `/proc` that hides processes: signal 0 reaches it, or is refused.
fn answers(pid: i32) -> bool {
    let kill = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None);
    kill != Err(Errno::ESRCH)
}

#[cfg(test)]
mod tests;
