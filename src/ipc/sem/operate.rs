//! P, V, Z and whole arrays of them: semtimedop(2) under a [`Wait`].

use libc::sembuf;
use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::sem::operator::{self, Operators};
use crate::ipc::sem::{HIGHEST, Operation, Set};
use crate::sys::sysv::sem::{self as sys, NOWAIT, SemId, UNDO};
use crate::wait::{self, Deadline, Stop, Turn, Wait};

impl Set {
    /// Makes all `operations` at once, or none; `verb` says what they are for in an error line.
    ///
    /// An operation with `NOWAIT` in its flags that cannot be made ends the wait, even if others could wait.
    ///
    /// # Errors
    /// 3 when the set is gone, 4 without permission, 5 and 124 as the wait and the operations say; else 1.
    pub fn operate(&self, verb: &str, operations: &[Operation], wait: &Wait) -> Result<(), Fault> {
        perform(self.id, operations, wait).map_err(|stop| self.stopped(verb, operations, stop))
    }

    /// The error line of an array of operations that was not made.
    pub(super) fn stopped(&self, verb: &str, operations: &[Operation], stop: Stop) -> Fault {
        let Stop::Failed(errno) = stop else {
            let fault = stop.fault(self.what(verb));
            return match (stop, operations) {
                (Stop::WouldBlock | Stop::TimedOut, [one]) if one.delta < 0 => {
                    self.with_holder(fault, one.semnum)
                }
                _ => fault,
            };
        };
        let because = |cause: String| Fault::os_because(self.what(verb), cause, errno);
        match errno {
            Errno::EFBIG => {
                let highest = operations.iter().map(|operation| operation.semnum).max().unwrap_or(0);
                self.past_the_end(verb, highest)
            }
            Errno::ERANGE if operations.iter().any(|operation| operation.flags & UNDO != 0) => because(
                format!("a value, or what is to be given back, would be beyond {HIGHEST}, the highest value"),
            ),
            Errno::ERANGE => because(format!("a value would be above {HIGHEST}, the highest there is")),
            Errno::E2BIG => too_many(&self.what(verb), operations.len()),
            Errno::ENOSPC | Errno::ENOMEM => {
                because("the kernel has no memory left for what is to be given back".to_string())
            }
            _ => self.refused(verb, errno),
        }
    }

    /// The same fault with who may have what was missing: the last operator, if it lives.
    fn with_holder(&self, fault: Fault, index: u16) -> Fault {
        let stat = self.stat().ok();
        match stat.and_then(|stat| Operators::of(self, &stat).live(index).ok().flatten()) {
            Some(pid) => fault.hint(format!("{} operated on it last", operator::named(pid))),
            None => fault,
        }
    }
}

/// Tries without sleeping; then sleeps as `wait` allows.
fn perform(id: SemId, operations: &[Operation], wait: &Wait) -> Result<(), Stop> {
    let mut at_once = sembufs(operations, NOWAIT);
    if operations.iter().all(never_sleeps) {
        return wait::attempt(wait, || sys::semtimedop(id, &mut at_once, None));
    }
    let mut asleep = sembufs(operations, 0);
    let some_do_not_wait = operations.iter().any(|operation| operation.flags & NOWAIT != 0);
    let made = wait::timed(wait, |turn| match turn {
        Turn::Try => sys::semtimedop(id, &mut at_once, None).map(|()| true),
        Turn::Sleep(left) => match sys::semtimedop(id, &mut asleep, left) {
            // Before the deadline, EAGAIN is the answer of an operation that shall not wait.
            Err(Errno::EAGAIN) if some_do_not_wait && !wait.deadline().is_some_and(Deadline::passed) => {
                Ok(false)
            }
            other => other.map(|()| true),
        },
    })?;
    if made { Ok(()) } else { Err(Stop::WouldBlock) }
}

fn never_sleeps(operation: &Operation) -> bool {
    operation.delta > 0 || operation.flags & NOWAIT != 0
}

/// The operations in the kernel's form, with further `flags` in each.
pub(super) fn sembufs(operations: &[Operation], flags: i16) -> Vec<sembuf> {
    let sembuf = |operation: &Operation| sembuf {
        sem_num: operation.semnum,
        sem_op: operation.delta,
        sem_flg: operation.flags | flags,
    };
    operations.iter().map(sembuf).collect()
}

fn too_many(what: &str, count: usize) -> Fault {
    let limit = sys::sem_info().map_or(0, |(_, info)| info.semopm);
    Fault::os_because(what, format!("{count} operations are more than {limit} at once"), Errno::E2BIG)
        .hint("the limit is SEMOPM: the third number of 'sysctl kernel.sem'")
}
