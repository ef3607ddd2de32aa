//! What signals are pending, blocked, ignored and caught.

use super::set::SignalSet;
use crate::fault::Fault;
use crate::proc::Visible;
use crate::proc::names::{Name, Names};
use crate::proc::process;
use crate::proc::sigwait;
use crate::proc::status::{self, ProcessStatus};
use crate::status::Status;

/// The signal state of a process and of each of its threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The process, by its first thread.
    pub process: ProcessStatus,
    /// Its threads, by TID; at least the first.
    pub threads: Vec<ProcessStatus>,
    /// The mask of what each of them sleeps for in sigwait(3), where that can be seen.
    pub awaited: Vec<Option<u64>>,
    /// The name of its effective user.
    pub user: Option<Name>,
}

impl State {
    /// The state of the process `pid`. `None` when there is no such process; a thread's TID is none.
    pub fn of(pid: i32, names: &Names) -> Result<Option<State>, Fault> {
        let Some(process) = status::status(pid)?.filter(|status| status.tgid == pid) else { return Ok(None) };
        let mut threads = threads(pid)?;
        if threads.is_empty() {
            threads.push(process.clone());
        }
        let awaited = threads.iter().map(|thread| sigwait::awaited(pid, thread.pid)).collect();
        let user = names.user(process.uid[1]);
        Ok(Some(State { process, threads, awaited, user }))
    }

    /// Whether signals mean anything to it: some are pending, blocked, ignored or caught. The C library's own do not count:
    /// posix_spawn(3) leaves 32 ignored, and every program with threads catches 33.
    pub fn is_of_interest(&self) -> bool {
        let of = |status: &ProcessStatus| {
            let signals = &status.signals;
            signals.pending | signals.shared_pending | signals.blocked | signals.ignored | signals.caught
        };
        self.threads
            .iter()
            .any(|thread| SignalSet::from_bits(of(thread)).iter().any(|signal| !signal.is_reserved()))
    }

    /// Whether the threads differ in what they block or have pending.
    pub fn threads_differ(&self) -> bool {
        let own = |status: &ProcessStatus| (status.signals.blocked, status.signals.pending);
        self.threads.iter().any(|thread| own(thread) != own(&self.process))
    }
}

/// The status of every thread of a process, by TID; none of a process that is not there. Threads that end meanwhile
/// are left out.
pub fn threads(pid: i32) -> Result<Vec<ProcessStatus>, Fault> {
    let mut found = Vec::new();
    for tid in status::threads(pid)?.unwrap_or_default() {
        found.extend(status::of_thread(pid, tid)?);
    }
    Ok(found)
}

/// What [`list`] found.
#[derive(Debug)]
pub struct Listed {
    /// The processes, by PID.
    pub states: Vec<State>,
    /// How many could be looked at.
    pub visible: Visible,
    /// What could not be read for another reason than a missing right.
    pub faults: Vec<Fault>,
}

/// Every process to which signals mean anything, without threads of the kernel.
pub fn list() -> Result<Listed, Fault> {
    let names = Names::new();
    let mut pids = process::pids()?;
    pids.sort_unstable();
    let mut found = Listed { states: Vec::new(), visible: Visible::none_yet(), faults: Vec::new() };
    for pid in pids {
        if process::stat(pid).is_ok_and(|stat| stat.is_some_and(|stat| stat.is_kernel_thread())) {
            continue;
        }
        match State::of(pid, &names) {
            Ok(None) => {}
            Ok(Some(state)) => {
                found.visible.count(true);
                found.states.extend(Some(state).filter(State::is_of_interest));
            }
            // A `/proc` mounted with hidepid=1 lists what nobody else may look at.
            Err(fault) if fault.exit_status() == Status::DENIED => found.visible.count(false),
            Err(fault) => found.faults.push(fault),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_are_in_the_list_ourselves() {
        let own = i32::try_from(std::process::id()).unwrap();
        let Listed { states, visible, .. } = list().unwrap();
        assert!(visible.looked >= states.len());
        let ours = states.iter().find(|state| state.process.tgid == own).unwrap();
        assert!(ours.threads.len() >= 2, "the test's own thread too");
        assert!(states.windows(2).all(|pair| pair[0].process.tgid < pair[1].process.tgid));
    }

    #[test]
    fn a_thread_is_no_process() {
        let tid = std::thread::spawn(crate::sys::signal::thread_id).join().unwrap();
        assert_eq!(State::of(tid, &Names::new()).unwrap(), None);
        assert_eq!(State::of(i32::MAX, &Names::new()).unwrap(), None);
    }
}
