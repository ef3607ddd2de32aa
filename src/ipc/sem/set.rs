//! A System V set, found and ready for its verbs.

use std::fmt;

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::denied;
use crate::ipc::identity::Identity;
use crate::ipc::sem::{SetStat, find, stat};
use crate::refs::{Ref, SemName, SysvName};
use crate::status::Status;
use crate::sys::sysv::sem::{self as sys, SemId};

/// The highest value that a semaphore can have (`SEMVMX`, fixed in the kernel: linux/sem.h).
pub const HIGHEST: u16 = 32767;

/// A set that was found. Each verb may find it removed meanwhile.
#[derive(Debug, Clone)]
pub struct Set {
    pub(super) id: SemId,
    /// What the user called it, for error lines.
    name: Ref,
}

impl Set {
    /// The set that `name` names. An identifier is taken as it is: the first verb tells whether it exists.
    ///
    /// # Errors
    /// Status 3 if no set has the key.
    pub fn open(name: &SysvName) -> Result<Set, Fault> {
        Ok(Set::named(find(name)?, name))
    }

    pub(super) fn named(id: SemId, name: &SysvName) -> Set {
        Set { id, name: Ref::Sem(SemName::Sysv(name.clone())) }
    }

    /// The reference that names this very set: by identifier, since a key may be given away again.
    pub fn reference(&self) -> Ref {
        Ref::Sem(SemName::Sysv(Identity::sysv_name(self.id.0)))
    }

    /// The set's facts.
    ///
    /// # Errors
    /// Status 3 if it is gone.
    pub fn stat(&self) -> Result<SetStat, Fault> {
        stat(self.id)
    }

    /// The words behind "cannot" for a verb on this set.
    pub(super) fn what(&self, verb: &str) -> String {
        format!("{verb} {self}")
    }

    /// Why the kernel refused `verb`: what each errno of semop(2) and semctl(2) means here.
    pub(super) fn refused(&self, verb: &str, errno: Errno) -> Fault {
        let what = self.what(verb);
        match errno {
            Errno::EINVAL => Fault::os_because(what, "no such semaphore set", errno)
                .status(Status::NOT_FOUND)
                .hint("'ipctool ls sem' shows those that exist"),
            Errno::EIDRM => Fault::os_because(what, "it was removed", errno),
            Errno::EACCES => match self.stat() {
                Ok(stat) => denied::fault(what, self.reference(), &stat.owner),
                Err(_) => Fault::os(what, errno),
            },
            _ => Fault::os(what, errno),
        }
    }

    /// The fault of an `index` that the set does not have.
    pub(super) fn past_the_end(&self, verb: &str, index: u16) -> Fault {
        let has = self.stat().map_or(0, |stat| stat.nsems);
        let cause = match has {
            1 => format!("there is no semaphore {index}: it has one, number 0"),
            _ => format!("there is no semaphore {index}: it has {has}, numbered from 0"),
        };
        Fault::os_because(self.what(verb), cause, Errno::EFBIG)
    }

    /// One number that semctl(2) tells of a semaphore; needs read permission.
    pub(super) fn ask<T>(
        &self,
        verb: &str,
        index: u16,
        call: impl Fn(SemId, i32) -> Result<T, Errno>,
    ) -> Result<T, Fault> {
        call(self.id, index.into()).map_err(|errno| match errno {
            // semctl says EINVAL for both: no such set, no such semaphore.
            Errno::EINVAL if sys::sem_stat_any(self.id.0).is_ok_and(|(id, _)| id == self.id) => {
                self.past_the_end(verb, index)
            }
            _ => self.refused(verb, errno),
        })
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}
