//! Who operated last: all that the kernel tells of who may hold what is missing.

use nix::errno::Errno;

use crate::ipc::identity::recorded;
use crate::ipc::sem::{Set, SetStat};
use crate::proc::process::{self, Lives};
use crate::sys::sysv::sem as sys;

/// Asks after the last operators of one set; each process is looked at once.
pub(super) struct Operators<'a> {
    set: &'a Set,
    /// A semaphore does not record when: the set's newest time is the latest it can have been.
    newest: i64,
    lives: Lives,
}

impl<'a> Operators<'a> {
    pub(super) fn of(set: &'a Set, stat: &SetStat) -> Operators<'a> {
        let newest = stat.otime.max(stat.ctime).unwrap_or(0);
        Operators { set, newest, lives: Lives::default() }
    }

    /// The process that operated on semaphore `index` last, if it lives and is visible. Needs read permission.
    pub(super) fn live(&mut self, index: u16) -> Result<Option<i32>, Errno> {
        let operator = recorded(sys::sem_getpid(self.set.id, index.into())?);
        Ok(operator.filter(|pid| !self.lives.is_gone_since(*pid, self.newest)))
    }
}

/// A process in a sentence: `process 4711 (make)`.
pub(super) fn named(pid: i32) -> String {
    format!("process {pid} ({})", process::comm(pid).escape_ascii())
}
