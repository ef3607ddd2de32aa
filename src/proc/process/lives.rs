//! Whether a recorded PID is still the process that was recorded.

use std::collections::BTreeMap;

use nix::errno::Errno;

use super::super::{field, file};
use super::{boot_time, start_time, stat};

/// Remembers of each PID whether it lives and since when: lists ask for the same few PIDs again and again.
#[derive(Debug, Default)]
pub struct Lives {
    boot: Option<i64>,
    seen: BTreeMap<i32, Life>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Ended,
    /// There, but `/proc` does not tell since when.
    Unknown,
    Since(i64),
}

impl Lives {
    /// True while a process with this PID runs. A zombie, a thread's TID and a PID below 1 are none.
    ///
    /// Where `/proc` hides other users' processes, one that is there counts as running.
    pub(super) fn is_alive(&mut self, pid: i32) -> bool {
        self.life(pid) != Life::Ended
    }

    /// True when the process that has this PID now started after `epoch` seconds: whoever left the PID in an object's record
    /// then was another process.
    ///
    /// The start time is known to a second either way, so that it must lie two seconds behind `epoch`. It is reckoned by the
    /// clock as it is now: a clock that was set forward meanwhile makes old processes look young.
    pub(super) fn started_after(&mut self, pid: i32, epoch: i64) -> bool {
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
pub(super) fn answers(pid: i32) -> bool {
    let kill = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None);
    kill != Err(Errno::ESRCH)
}
