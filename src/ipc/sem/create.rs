//! Making a set so that nobody can act on it before it has its values.
//!
//! semget with IPC_EXCL, then one semop to the values: otime is not 0 then, and that means ready (Stevens, UNPv2 11.2).

use nix::errno::Errno;

use crate::fault::{Fault, counted};
use crate::ipc::key;
use crate::ipc::sem::flavour::sysv_values;
use crate::ipc::sem::operate::sembufs;
use crate::ipc::sem::{Operation, Set, SetStat};
use crate::refs::{Key, Ref, SemName, SysvName};
use crate::sys::sysv::sem::{self as sys, NOWAIT, SemId};
use crate::sys::sysv::{IPC_CREAT, IPC_EXCL};
use crate::wait::{Wait, cancel};

const CREATE: &str = "create";

/// What the maker of a semaphore wants it to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How many semaphores, where that was said.
    pub sems: Option<u32>,
    /// One value for all, or one for each, up to [`super::MOST`]; none means 1.
    pub values: Vec<u32>,
    /// Permission bits, exactly, where they were said; else 0600.
    pub mode: Option<u32>,
    /// Whether an existing one is a failure.
    pub exclusive: bool,
    /// The highest semaphore that is going to be used: none is made that does not have it.
    highest: u16,
}

impl Plan {
    /// # Errors
    /// A usage fault: several values for another number of semaphores.
    pub fn new(
        sems: Option<u32>,
        values: Vec<u32>,
        mode: Option<u32>,
        exclusive: bool,
    ) -> Result<Plan, Fault> {
        match (values.len(), sems) {
            (count @ 2.., Some(sems)) if u32::try_from(count) != Ok(sems) => {
                Err(Fault::usage(format!("{count} values are given for {}", counted(sems, "semaphore")))
                    .hint("give one value for all, or one for each"))
            }
            _ => Ok(Plan { sems, values, mode, exclusive, highest: 0 }),
        }
    }

    /// The same for one whose semaphore `highest` is going to be used.
    pub fn reaching(mut self, highest: u16) -> Plan {
        self.highest = highest;
        self
    }

    /// Whether what would be made is of any use: to be asked before it is made.
    ///
    /// # Errors
    /// A usage fault: it has fewer semaphores.
    pub(super) fn check_reach(&self, reference: &Ref) -> Result<(), Fault> {
        let (sems, needs) = (self.spread().len(), usize::from(self.highest) + 1);
        if needs <= sems {
            return Ok(());
        }
        let sems = counted(sems, "semaphore");
        let line = format!("cannot create {reference}: a new one has {sems}, and no number {}", self.highest);
        Err(match reference {
            Ref::Sem(SemName::Sysv(_)) => Fault::usage(line).hint(format!("--sems {needs} makes as many")),
            _ => Fault::usage(line),
        })
    }

    /// How many semaphores were asked for, if any number was.
    fn asked(&self) -> Option<u32> {
        let by_values = (self.values.len() > 1).then_some(self.values.len());
        self.sems.or(by_values.and_then(|count| u32::try_from(count).ok()))
    }

    /// The value of each semaphore.
    pub(super) fn spread(&self) -> Vec<u32> {
        let count = usize::try_from(self.asked().unwrap_or(1)).unwrap_or(usize::MAX);
        match self.values.as_slice() {
            [] => vec![1; count],
            [one] => vec![*one; count],
            several => several.to_vec(),
        }
    }

    /// How an existing set is not what was asked for. Its values are not compared: they are there to change.
    fn difference(&self, stat: &SetStat) -> Option<String> {
        let mode = stat.owner.mode;
        match (self.asked(), self.mode) {
            (Some(sems), _) if stat.nsems != u64::from(sems) => {
                Some(format!("it has {}, not {sems}", counted(stat.nsems, "semaphore")))
            }
            (_, Some(asked)) if mode != asked => {
                Some(format!("its mode is {mode:04o}, and {asked:04o} was asked for"))
            }
            _ => None,
        }
    }
}

impl Set {
    /// The set that `name` names, made as `plan` says if there is none, and ready: with its first values.
    ///
    /// # Errors
    /// 1 if it exists and differs from `plan` or `exclusive` is asked, at a limit of the kernel, and if its creator
    /// never made it ready; 2 for a name that creates nothing and for a value that a set cannot have; else as [`Set::open`]
    /// and the wait say.
    pub fn open_or_create(name: &SysvName, plan: &Plan, wait: &Wait) -> Result<Set, Fault> {
        let key = match name {
            SysvName::Private => Key(0),
            SysvName::Key(key) => *key,
            SysvName::Ftok { path, proj } => key::ftok(path, *proj)?.key,
            SysvName::Id(id) => {
                return Err(Fault::usage(format!("cannot create sem:{id}: the kernel chooses identifiers"))
                    .hint("name a new set by its key (0x4d2), by ftok:PATH or by private"));
            }
        };
        let values = sysv_values(&plan.spread())?;
        // From the set to its values nothing but a kill -9 shall stop us.
        cancel::watch().map_err(|errno| Fault::os("catch signals", errno))?;
        loop {
            match found(key) {
                Ok(Some(id)) => return Set::named(id, name).accept(plan, wait),
                Ok(None) => plan.check_reach(&Ref::Sem(SemName::Sysv(name.clone())))?,
                Err(errno) => return Err(refused(name, values.len(), errno)),
            }
            match made(key, &values, plan.mode.unwrap_or(0o600)) {
                Ok(id) => return Ok(Set::named(id, name)),
                // Another was faster, and the next look finds it.
                Err(Errno::EEXIST) => cancel::check().map_err(|stop| stop.fault(CREATE))?,
                Err(errno) => return Err(refused(name, values.len(), errno)),
            }
        }
    }

    /// An existing set, if it is what was asked for.
    fn accept(self, plan: &Plan, wait: &Wait) -> Result<Set, Fault> {
        if plan.exclusive {
            return Err(Fault::os_because(self.what(CREATE), "it exists already", Errno::EEXIST));
        }
        match plan.difference(&self.stat()?) {
            Some(difference) => Err(Fault::os_because(
                self.what(CREATE),
                format!("it exists already, but {difference}"),
                Errno::EEXIST,
            )),
            None => {
                self.wait_until_ready(CREATE, wait)?;
                Ok(self)
            }
        }
    }
}

fn found(key: Key) -> Result<Option<SemId>, Errno> {
    if key == Key(0) {
        return Ok(None);
    }
    match sys::semget(key.0, 0, 0) {
        Ok(id) => Ok(Some(id)),
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Makes the set, gives it its values and its mode; what cannot be finished is removed again.
fn made(key: Key, values: &[u16], mode: u32) -> Result<SemId, Errno> {
    // To give values takes the owner's write permission, which the asked mode may not have.
    let flags = i32::try_from(mode | 0o200).map_err(|_| Errno::EINVAL)?;
    let nsems = i32::try_from(values.len()).map_err(|_| Errno::EINVAL)?;
    let id = sys::semget(key.0, nsems, IPC_CREAT | IPC_EXCL | flags)?;
    let finished = initialise(id, values).and_then(|()| match mode & 0o200 {
        0 => set_mode(id, mode),
        _ => Ok(()),
    });
    if let Err(errno) = finished {
        // Whoever has found it meanwhile gets EIDRM; if this fails too it is gone already.
        let _ = sys::sem_rmid(id);
        return Err(errno);
    }
    Ok(id)
}

/// One semop to the values. A new semaphore's value is 0, so only the others are raised.
fn initialise(id: SemId, values: &[u16]) -> Result<(), Errno> {
    let raise =
        |(semnum, value): (u16, &u16)| Operation { semnum, delta: value.cast_signed(), flags: NOWAIT };
    let mut raises: Vec<_> = (0..=u16::MAX).zip(values).filter(|(_, value)| **value > 0).map(raise).collect();
    if raises.is_empty() {
        raises.push(Operation { semnum: 0, delta: 0, flags: NOWAIT });
    }
    match sys::semtimedop(id, &mut sembufs(&raises, 0), None) {
        Err(Errno::E2BIG) => initialise_many(id, values),
        other => at_least_touched(other),
    }
}

/// More than one semop takes: SETALL gives the values at once, and an operation that changes nothing sets otime.
fn initialise_many(id: SemId, values: &[u16]) -> Result<(), Errno> {
    sys::sem_setall(id, values)?;
    let up_and_down = if values.first().is_some_and(|value| *value > 0) { [-1, 1] } else { [1, -1] };
    let touch = up_and_down.map(|delta| Operation { semnum: 0, delta, flags: NOWAIT });
    at_least_touched(sys::semtimedop(id, &mut sembufs(&touch, 0), None))
}

/// An operation that found another value was forestalled by another operation, which set otime.
fn at_least_touched(done: Result<(), Errno>) -> Result<(), Errno> {
    match done {
        Err(Errno::EAGAIN) => Ok(()),
        other => other,
    }
}

fn set_mode(id: SemId, mode: u32) -> Result<(), Errno> {
    let (_, mut ds) = sys::sem_stat_any(id.0).or_else(|_| sys::sem_stat(id).map(|ds| (id, ds)))?;
    ds.perm.mode = mode;
    sys::sem_set(id, &ds)
}

/// Why semget(2) made nothing: which limit, and where it is raised.
fn refused(name: &SysvName, nsems: usize, errno: Errno) -> Fault {
    let what = format!("{CREATE} {}", Ref::Sem(SemName::Sysv(name.clone())));
    let because = |cause: String| Fault::os_because(&what, cause, errno);
    let limits = sys::sem_info().map(|(_, info)| info).unwrap_or_default();
    match errno {
        Errno::EINVAL => because(format!("{nsems} semaphores are more than {} in one set", limits.semmsl))
            .hint("the limit is SEMMSL: the first number of 'sysctl kernel.sem'"),
        Errno::ENOSPC if limits.sets >= limits.semmni => {
            because(format!("there are {} sets, the most there may be", limits.sets))
                .hint("the limit is SEMMNI: the fourth number of 'sysctl kernel.sem'")
        }
        Errno::ENOSPC => because(format!(
            "all sets have {}, and {} is the most there may be",
            counted(limits.semaphores, "semaphore"),
            limits.semmns
        ))
        .hint("the limit is SEMMNS: the second number of 'sysctl kernel.sem'"),
        Errno::ENOMEM => because("the kernel has no memory for it".to_string()),
        _ => Fault::os(what, errno),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(sems: Option<u32>, values: &[u32]) -> Result<Plan, Fault> {
        Plan::new(sems, values.to_vec(), None, false)
    }

    #[test]
    fn values_are_spread_over_the_semaphores() {
        let spread = |sems, values: &[u32]| new(sems, values).unwrap().spread();
        assert_eq!(spread(None, &[]), [1]);
        assert_eq!(spread(Some(3), &[]), [1, 1, 1]);
        assert_eq!(spread(None, &[0]), [0]);
        assert_eq!(spread(Some(2), &[7]), [7, 7]);
        assert_eq!(spread(None, &[1, 2, 3]), [1, 2, 3]);
        assert_eq!(spread(Some(2), &[1, 2]), [1, 2]);
        assert!(new(Some(3), &[1, 2]).is_err());
    }
}
