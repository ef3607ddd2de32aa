//! Processes: `/proc/PID/stat` and what it takes to say whether a recorded PID is still the same process.

use std::fmt::Display;

use nix::errno::Errno;
use nix::sys::stat::stat as file_status;

use super::{Listing, field, file};
use crate::fault::Fault;

mod lives;
mod stat_file;

pub use lives::Lives;
pub use stat_file::{Stat, parse_stat};

/// Clock ticks a second in the files of `/proc`: fixed for programs on x86-64 and aarch64 (linux/param.h USER_HZ).
pub const TICKS_PER_SECOND: u64 = 100;

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

/// The boot time out of the text of `/proc/stat`: epoch seconds.
pub fn parse_boot_time(text: &[u8]) -> Option<i64> {
    field::lines(text).find_map(|line| line.strip_prefix(b"btime ")).and_then(field::decimal)
}

/// When the system was booted, epoch seconds, by the clock as it is set now.
pub fn boot_time() -> Result<i64, Fault> {
    let text = file::needed("/proc/stat")?;
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

/// The PID that `/proc` has for us. It is not the one that getpid(2) gives where `/proc` is of another PID namespace.
pub fn own() -> Result<i32, Fault> {
    const LINK: &str = "/proc/self";
    let pid = file::link(LINK).map_err(|errno| file::absence(LINK, errno))?;
    field::decimal(&pid).ok_or_else(|| Fault::new(format_args!("read {LINK}"), "it is no number"))
}

/// The fault of a process that `/proc` does not have: there is none, or it is hidden (`hidepid=`, proc(5)).
pub fn missing(what: impl Display, pid: i32) -> Fault {
    let is_there = |name: &str| file_status(format!("/proc/{name}").as_str()).is_ok();
    let is_hidden = is_there("self") && !is_there(&pid.to_string()) && lives::answers(pid);
    match is_hidden {
        true => Fault::os_because(what, "/proc hides other users' processes", Errno::EPERM),
        false => Fault::os_because(what, "there is no such process", Errno::ESRCH),
    }
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

/// The threads of a process. ENOENT when it has ended.
pub fn threads(pid: i32) -> Result<Vec<i32>, Errno> {
    let path = format!("/proc/{pid}/task");
    // Its links: its name, `.`, and the `..` of each thread's directory.
    let is_one = file_status(path.as_str())?.st_nlink == 3;
    if is_one { Ok(vec![pid]) } else { file::numbers_in(path.as_str()) }
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
    let mut comm = file::line(path).unwrap_or_default();
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

#[cfg(test)]
mod tests;
