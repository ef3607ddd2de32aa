//! From a reference to the processes that it names.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;
use nix::unistd::{getpgrp, getpid};

use super::receiver::{Receiver, Target};
use super::signal::Signal;
use super::watched::Watched;
use crate::fault::Fault;
use crate::proc::{process, status};
use crate::refs::{Process, Ref, TargetName};
use crate::sys::pidfd::pidfd_open_thread;
use crate::sys::process::pidfd_open;

/// The kernel keeps this many bytes of a command's name (linux/sched.h TASK_COMM_LEN, less the NUL).
const COMM: usize = 15;

/// How many processes `name:COMMAND` may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many {
    /// One: more are a usage fault that names them.
    One,
    /// All of them.
    All,
}

/// Who is meant by `name`, held. `signal` is for the error lines.
///
/// # Errors
/// Status 3 where there is none. Usage faults: our own PID by number, a thread's for a process's, a name of several.
pub fn find(name: &TargetName, signal: Signal, many: Many) -> Result<Vec<Receiver>, Fault> {
    let what = match signal {
        Signal::CHECK => format!("look for {}", Ref::Sig(name.clone())),
        signal => format!("send {signal} to {}", Ref::Sig(name.clone())),
    };
    let one = |receiver| vec![receiver];
    match name {
        TargetName::Process(process) => {
            let pid = number(*process, &what)?;
            Ok(one(of_process(Watched::open(pid, &what)?)))
        }
        TargetName::Thread { process, tid } => thread(number(*process, &what)?, *tid, &what).map(one),
        TargetName::Group(group) => Ok(one(of_group(group.unwrap_or_else(|| getpgrp().as_raw()))?)),
        TargetName::Command(command) => by_name(command, &what, many),
        TargetName::All => Ok(one(Receiver { target: Target::All, processes: vec![] })),
    }
}

/// Holds the process that a reference names, for a verb that only watches it; `what` completes "cannot …".
///
/// # Errors
/// As [`find`]; a usage fault for what is not one process, and for ourselves.
pub fn open(name: &TargetName, what: &str) -> Result<Watched, Fault> {
    match name {
        TargetName::Process(Process::Pid(pid)) if *pid != getpid().as_raw() => Watched::open(*pid, what),
        TargetName::Process(_) => Err(Fault::usage(format!("cannot {what}: that is ourselves"))),
        _ => Err(Fault::usage(format!("cannot {what}: it is no PID")).hint("write the PID of one process")),
    }
}

/// The PID; our own must be spelled out.
fn number(process: Process, what: &str) -> Result<i32, Fault> {
    let own = getpid().as_raw();
    match process {
        Process::Own => Ok(own),
        Process::Pid(pid) if pid == own => {
            Err(Fault::usage(format!("cannot {what}: that is ourselves"))
                .hint("write sig:self if you mean it"))
        }
        Process::Pid(pid) => Ok(pid),
    }
}

fn of_process(held: Watched) -> Receiver {
    Receiver { target: Target::Process(held.pid), processes: vec![held] }
}

/// The thread is looked for after its descriptor is open, so that it is the one of this process.
fn thread(pid: i32, tid: i32, what: &str) -> Result<Receiver, Fault> {
    let held = Watched::open(pid, what)?;
    let fd = match pidfd_open_thread(tid) {
        Ok(fd) => Some(fd),
        Err(Errno::ESRCH | Errno::ENOENT) => return Err(no_thread(what)),
        Err(Errno::EINVAL) => None,
        Err(errno) => return Err(Fault::os(what, errno)),
    };
    match status::of_thread(pid, tid)? {
        Some(_) => Ok(Receiver { target: Target::Thread { pid, tid, fd }, processes: vec![held] }),
        None => Err(no_thread(what)),
    }
}

fn no_thread(what: &str) -> Fault {
    Fault::os_because(what, "that process has no such thread", Errno::ESRCH)
}

/// A group and its members now; the signal itself goes to whoever is in it then.
fn of_group(group: i32) -> Result<Receiver, Fault> {
    let leader = pidfd_open(group).ok();
    let own = getpid().as_raw();
    let in_group = |pid: &i32| process::stat(*pid).ok().flatten().is_some_and(|stat| stat.pgrp == group);
    let members = process::pids()?.into_iter().filter(|pid| *pid != own).filter(in_group);
    let processes = members.filter_map(|pid| Watched::open(pid, "").ok()).collect();
    Ok(Receiver { target: Target::Group { group, leader }, processes })
}

fn by_name(command: &OsStr, what: &str, many: Many) -> Result<Vec<Receiver>, Fault> {
    let own = getpid().as_raw();
    let mut pids = process::pids()?;
    pids.sort_unstable();
    pids.retain(|pid| *pid != own && runs(*pid, command.as_bytes()));
    // Asked once more when they are held: a PID may have been given away since.
    let held = pids.into_iter().filter_map(|pid| Watched::open(pid, what).ok());
    let found: Vec<Watched> =
        held.filter(|held| runs(held.pid, command.as_bytes()) && !held.has_ended()).collect();
    match found.as_slice() {
        [] => Err(Fault::os_because(what, "no process runs that command", Errno::ESRCH)),
        [_, _, ..] if many == Many::One => {
            let pids: Vec<String> = found.iter().map(|held| format!("sig:{}", held.pid)).collect();
            let line = format!("cannot {what}: {} processes run that command", found.len());
            Err(Fault::usage(line).hint(format!("give --all, or one of {}", pids.join(" "))))
        }
        _ => Ok(found.into_iter().map(of_process).collect()),
    }
}

/// Whether a process runs `command`: by the kernel's name for it, of which only the beginning is kept, so that a long
/// one must be the name of its first argument too. Kernel threads and zombies run nothing.
fn runs(pid: i32, command: &[u8]) -> bool {
    let Ok(Some(stat)) = process::stat(pid) else { return false };
    if stat.is_kernel_thread() || stat.is_zombie() {
        return false;
    }
    if command.len() <= COMM {
        return stat.comm == command;
    }
    let arguments = process::arguments(pid).ok().flatten().unwrap_or_default();
    let first = arguments.first().map(Vec::as_slice).unwrap_or_default();
    let base = first.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    command.get(..COMM) == Some(stat.comm.as_slice()) && base == command
}
