//! What only one flavour of semaphore has. A reference's spelling tells the flavour: so it is known before anything is
//! made or taken.

use std::fmt;

use super::set::HIGHEST;
use crate::fault::Fault;
use crate::refs::{Ref, SemName};

/// What a System V set can, and a POSIX semaphore cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SysvOnly {
    /// To take more than one at once.
    Several,
    /// To wait for zero.
    Zero,
    /// To make an array of operations.
    Operations,
    /// To be given back when a process ends.
    Holder,
}

impl SysvOnly {
    /// # Errors
    /// A usage fault if `name` names a POSIX semaphore.
    pub fn check(self, name: &SemName) -> Result<(), Fault> {
        match name {
            SemName::Sysv(_) => Ok(()),
            SemName::Posix(_) | SemName::InMemory { .. } => Err(self.refused(Ref::Sem(name.clone()))),
        }
    }

    /// The fault of asking a POSIX semaphore for it.
    pub(super) fn refused(self, semaphore: impl fmt::Display) -> Fault {
        let (verb, cause) = match self {
            SysvOnly::Several => ("acquire", "a POSIX semaphore is taken one at a time"),
            SysvOnly::Zero => ("wait for zero of", "POSIX has no such operation; a System V set has"),
            SysvOnly::Operations => ("operate on", "POSIX has no such operation; a System V set has"),
            SysvOnly::Holder => ("hold", "nothing gives a POSIX semaphore back when a process ends"),
        };
        Fault::usage(format!("cannot {verb} {semaphore}: {cause}"))
    }
}

/// Whether so much can be taken at once from a semaphore of that name's flavour.
///
/// # Errors
/// A usage fault.
pub fn check_taken(name: &SemName, by: u32) -> Result<(), Fault> {
    if by != 1 {
        SysvOnly::Several.check(name)?;
    }
    check_values(name, &[by])
}

/// Whether a semaphore of that name's flavour can have these values; all are up to [`super::MOST`].
///
/// # Errors
/// A usage fault.
pub fn check_values(name: &SemName, values: &[u32]) -> Result<(), Fault> {
    match name {
        SemName::Sysv(_) => sysv_values(values).map(drop),
        SemName::Posix(_) | SemName::InMemory { .. } => posix_value(values).map(drop),
    }
}

/// The values as a POSIX semaphore has them: it is one.
///
/// # Errors
/// A usage fault for another number of them.
pub(super) fn posix_value(values: &[u32]) -> Result<u32, Fault> {
    match values {
        [value] => Ok(*value),
        _ => Err(Fault::usage("a POSIX semaphore is one semaphore with one value")
            .hint("a set is System V's: name it by a key, as 0x4d2")),
    }
}

/// The values as a System V set has them.
///
/// # Errors
/// A usage fault for one above [`HIGHEST`].
pub(super) fn sysv_values(values: &[u32]) -> Result<Vec<u16>, Fault> {
    values.iter().map(|value| sysv_value(*value)).collect()
}

/// As [`sysv_values`], for one.
pub(super) fn sysv_value(value: u32) -> Result<u16, Fault> {
    u16::try_from(value).ok().filter(|value| *value <= HIGHEST).ok_or_else(|| {
        Fault::usage(format!("{value} is above {HIGHEST}, the highest value of a System V semaphore"))
    })
}
