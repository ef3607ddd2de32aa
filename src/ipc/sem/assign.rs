//! SETVAL and SETALL, which take from every process what it would give back at its end.

use nix::errno::Errno;

use crate::fault::{Fault, counted};
use crate::ipc::sem::Set;
use crate::ipc::sem::operator::{self, Operators};
use crate::sys::sysv::sem as sys;

const SET: &str = "set";

impl Set {
    /// Gives every semaphore its value, all at once. `values` must be as many as the set has.
    ///
    /// # Errors
    /// 3 when the set is gone, 4 without write permission; 1 for another number of values, and, unless `in_use`, where
    /// a live process may have something to give back ([`Set::assign_one`]).
    pub fn assign(&self, values: &[u16], in_use: bool) -> Result<(), Fault> {
        let nsems = self.stat()?.nsems;
        if u64::try_from(values.len()) != Ok(nsems) {
            let given = counted(values.len(), "value");
            let has = counted(nsems, "semaphore");
            return Err(Fault::new(self.what(SET), format!("{given} for {has}"))
                .hint("give one value for each, or set one of them with --index"));
        }
        if !in_use {
            self.check_idle((0..=u16::MAX).take(values.len()))?;
        }
        sys::sem_setall(self.id, values).map_err(|errno| self.refused(SET, errno))
    }

    /// Gives one semaphore its value.
    ///
    /// The kernel forgets what any process was to give back there at its end. Who that is it does not tell; it tells
    /// who operated last. So, unless `in_use`, a live last operator is reason to refuse.
    ///
    /// # Errors
    /// 3 when the set is gone, 4 without write permission; 1 if there is no semaphore `index`, or when refused.
    pub fn assign_one(&self, index: u16, value: u16, in_use: bool) -> Result<(), Fault> {
        if !in_use {
            self.check_idle([index])?;
        }
        self.ask(SET, index, |id, semnum| sys::sem_setval(id, semnum, value.into()))
    }

    fn check_idle(&self, indexes: impl IntoIterator<Item = u16>) -> Result<(), Fault> {
        let mut operators = Operators::of(self, &self.stat()?);
        for index in indexes {
            match operators.live(index) {
                Ok(None) => {}
                Ok(Some(pid)) => return Err(self.used_by(index, pid)),
                Err(Errno::EACCES) => return Err(self.unseen()),
                // Whether the set or the semaphore is missing.
                Err(_) => drop(self.ask(SET, index, sys::sem_getpid)?),
            }
        }
        Ok(())
    }

    fn used_by(&self, index: u16, pid: i32) -> Fault {
        let cause = format!(
            "{} operated on semaphore {index} last and lives; what it would give back at its end would be lost",
            operator::named(pid)
        );
        Fault::new(self.what(SET), cause).hint("set it all the same with --in-use")
    }

    fn unseen(&self) -> Fault {
        let cause =
            "without read permission nobody can tell whether a live process has something to give back";
        Fault::os_because(self.what(SET), cause, Errno::EACCES).hint("set it all the same with --in-use")
    }
}
