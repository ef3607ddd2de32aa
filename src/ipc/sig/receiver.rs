//! Who gets a signal, held so that nobody else gets it.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;

use super::signal::Signal;
use super::watched::Watched;
use crate::fault::Fault;
use crate::proc::names::Names;
use crate::proc::{process, status};
use crate::refs::{Process, Ref, TargetName};
use crate::sys::send::{Scope, kill, pidfd_send_signal, rt_tgsigqueueinfo, tgkill};

/// A target of signals that was found.
#[derive(Debug)]
pub struct Receiver {
    pub(super) target: Target,
    /// The processes that it is: one, or a group's members when it was found.
    pub(super) processes: Vec<Watched>,
}

#[derive(Debug)]
pub(super) enum Target {
    /// One process, the first of `processes`.
    Process(i32),
    /// One thread; its own descriptor from Linux 6.9.
    Thread { pid: i32, tid: i32, fd: Option<OwnedFd> },
    /// A process group, by its leader where that still is there.
    Group { group: i32, leader: Option<OwnedFd> },
    /// All that may be signalled.
    All,
}

/// By which call a signal went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a pidfd: to the very target that was found.
    Pidfd,
    /// By number: kill(2), tgkill(2).
    Number,
}

impl Receiver {
    /// The reference that names it.
    pub fn reference(&self) -> Ref {
        Ref::Sig(match &self.target {
            Target::Process(pid) => TargetName::Process(Process::Pid(*pid)),
            Target::Thread { pid, tid, .. } => TargetName::Thread { process: Process::Pid(*pid), tid: *tid },
            Target::Group { group, .. } => TargetName::Group(Some(*group)),
            Target::All => TargetName::All,
        })
    }

    /// The processes whose end can be waited for.
    pub fn processes(&self) -> &[Watched] {
        &self.processes
    }

    /// Notes the commands of these processes, for the ends that will be waited for. To be called before anything is sent.
    pub fn note_commands(&mut self) {
        self.processes.iter_mut().for_each(Watched::note_command);
    }

    /// Whether it is one process, or a thread of one, and not a group that others may join.
    pub fn is_single(&self) -> bool {
        matches!(self.target, Target::Process(_) | Target::Thread { .. })
    }

    /// Sends `signal`, queued with `value` if there is one. A realtime signal is always queued, so that none is lost
    /// silently when the queue is full.
    ///
    /// # Errors
    /// Status 3: it has ended. Status 4: not ours to signal. EAGAIN: the queue is full; the hint names the limit.
    pub fn send(&self, signal: Signal, value: Option<i32>) -> Result<Way, Fault> {
        let number = signal.number();
        let asked = value.is_some();
        let value = value.or(signal.is_realtime().then_some(0));
        let sent = match &self.target {
            Target::Process(pid) => self.to_process(*pid, number, value),
            Target::Thread { pid, tid, fd } => to_thread(*pid, *tid, fd.as_ref(), number, value),
            Target::Group { group, leader } => match to_group(leader.as_ref(), number, value) {
                None if asked => return Err(self.no_value(signal)),
                None => kill(-group, number).map(|()| Way::Number),
                Some(sent) => sent.map(|()| Way::Pidfd),
            },
            Target::All => kill(-1, number).map(|()| Way::Number),
        };
        sent.map_err(|errno| self.refused(signal, errno))
    }

    fn to_process(&self, pid: i32, signal: i32, value: Option<i32>) -> nix::Result<Way> {
        let held = self.processes.iter().find(|process| process.pid == pid).ok_or(Errno::ESRCH)?;
        pidfd_send_signal(held.fd(), signal, value, Scope::Itself).map(|()| Way::Pidfd)
    }

    fn no_value(&self, signal: Signal) -> Fault {
        let cause = "its leader is gone, or Linux is older than 6.9: what is sent by its number has none";
        Fault::new(format!("send {signal} with a value to {}", self.reference()), cause)
            .hint("leave out --value, or name its processes")
    }

    fn refused(&self, signal: Signal, errno: Errno) -> Fault {
        let what = match signal {
            Signal::CHECK => format!("look for {}", self.reference()),
            signal => format!("send {signal} to {}", self.reference()),
        };
        let pid = self.processes.first().map(|process| process.pid);
        match errno {
            Errno::ESRCH => Fault::os_because(what, self.missing(), errno),
            Errno::EAGAIN => {
                let fault = Fault::os_because(what, "the queue of signals is full", errno);
                fault.hint(queue_hint(pid))
            }
            Errno::EPERM => match pid.and_then(owner) {
                Some(owner) => Fault::os(what, errno).hint(format!("it belongs to {owner}")),
                None => Fault::os(what, errno),
            },
            _ => Fault::os(what, errno),
        }
    }

    fn missing(&self) -> &'static str {
        match self.target {
            Target::Process(_) => "there is no such process",
            Target::Thread { .. } => "there is no such thread",
            Target::Group { .. } => "there is no such process group",
            Target::All => "there is no process that may be signalled",
        }
    }
}

/// By the thread's descriptor; before Linux 6.9 by its numbers, of which the process's must match.
fn to_thread(pid: i32, tid: i32, fd: Option<&OwnedFd>, signal: i32, value: Option<i32>) -> nix::Result<Way> {
    match (fd, value) {
        (Some(fd), value) => pidfd_send_signal(fd.as_fd(), signal, value, Scope::Itself).map(|()| Way::Pidfd),
        (None, None) => tgkill(pid, tid, signal).map(|()| Way::Number),
        (None, Some(value)) => rt_tgsigqueueinfo(pid, tid, signal, value).map(|()| Way::Number),
    }
}

/// By the leader's descriptor. None: without one, or before Linux 6.9, only by number, which takes no value.
fn to_group(leader: Option<&OwnedFd>, signal: i32, value: Option<i32>) -> Option<nix::Result<()>> {
    match pidfd_send_signal(leader?, signal, value, Scope::Group) {
        Err(Errno::EINVAL) => None,
        sent => Some(sent),
    }
}

/// Which limit stands in the way: the target's, counted over all processes of its user.
fn queue_hint(pid: Option<i32>) -> String {
    let limit = "RLIMIT_SIGPENDING of the receiving process";
    match pid.and_then(|pid| status::status(pid).ok().flatten()) {
        Some(status) => {
            let (queued, of) = status.queued;
            format!("{limit} is {of}, its user has {queued} queued; raise it there by 'ulimit -i N'")
        }
        None => format!("{limit}; raise it there by 'ulimit -i N'"),
    }
}

/// The name of a process's user, or the number.
fn owner(pid: i32) -> Option<String> {
    let uid = process::uid(pid).ok()??;
    let name = Names::new().user(uid).map(|name| String::from_utf8_lossy(&name).into_owned());
    Some(name.unwrap_or_else(|| format!("uid {uid}")))
}
