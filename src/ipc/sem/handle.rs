//! A semaphore of any flavour, opened: P, V, Z and its value under a [`Wait`].

use std::fmt;

use crate::fault::Fault;
use crate::ipc::sem::flavour::{SysvOnly, posix_value, sysv_value, sysv_values};
use crate::ipc::sem::{Holder, Operation, Place, Plan, PosixSemaphore, Set};
use crate::refs::{Ref, SemName};
use crate::sys::sysv::sem::UNDO;
use crate::wait::Wait;

/// A semaphore, or a set of them. Every verb takes the index of one; what has only one has only index 0.
#[derive(Debug, Clone)]
pub enum Semaphore {
    /// A System V set.
    Sysv(Set),
    /// A POSIX semaphore, named or in memory.
    Posix(PosixSemaphore),
}

impl Semaphore {
    /// The semaphore that `name` names.
    ///
    /// # Errors
    /// 3 if there is none; of a POSIX one also 4 if it may not be written.
    pub fn open(name: &SemName) -> Result<Semaphore, Fault> {
        match name {
            SemName::Sysv(name) => Set::open(name).map(Semaphore::Sysv),
            SemName::Posix(name) => PosixSemaphore::open(name).map(Semaphore::Posix),
            SemName::InMemory { memory, offset } => Place::new(memory, *offset).open().map(Semaphore::Posix),
        }
    }

    /// The same, made as `plan` says if there is none; then, and when it is just being made, ready for use.
    ///
    /// # Errors
    /// As [`Set::open_or_create`].
    pub fn open_or_create(name: &SemName, plan: &Plan, wait: &Wait) -> Result<Semaphore, Fault> {
        match name {
            SemName::Sysv(name) => Set::open_or_create(name, plan, wait).map(Semaphore::Sysv),
            SemName::Posix(name) => PosixSemaphore::open_or_create(name, plan).map(Semaphore::Posix),
            SemName::InMemory { memory, offset } => {
                Place::new(memory, *offset).create(plan).map(Semaphore::Posix)
            }
        }
    }

    /// The reference that names this very object.
    pub fn reference(&self) -> Ref {
        match self {
            Semaphore::Sysv(set) => set.reference(),
            Semaphore::Posix(semaphore) => semaphore.reference(),
        }
    }

    /// P: takes `by` from the value, waiting until it is that high.
    ///
    /// # Errors
    /// As [`Set::operate`].
    pub fn acquire(&self, index: u16, by: u32, wait: &Wait) -> Result<(), Fault> {
        match self {
            Semaphore::Sysv(set) => set.operate("acquire", &[take(index, by)?], wait),
            Semaphore::Posix(semaphore) => semaphore.acquire(index, by, wait),
        }
    }

    /// V: adds `by` to the value; never waits.
    ///
    /// # Errors
    /// As [`Set::operate`]; 1 if the value would be above the highest.
    pub fn release(&self, index: u16, by: u32) -> Result<(), Fault> {
        match self {
            Semaphore::Sysv(set) => {
                let give = Operation { semnum: index, delta: sysv_value(by)?.cast_signed(), flags: 0 };
                set.operate("release", &[give], &Wait::nowait())
            }
            Semaphore::Posix(semaphore) => semaphore.release(index, by),
        }
    }

    /// Z: waits until the value is 0, and changes nothing.
    ///
    /// # Errors
    /// As [`Set::operate`].
    pub fn wait_zero(&self, index: u16, wait: &Wait) -> Result<(), Fault> {
        let zero = Operation { semnum: index, delta: 0, flags: 0 };
        match self {
            Semaphore::Sysv(set) => set.operate("wait for zero of", &[zero], wait),
            Semaphore::Posix(semaphore) => Err(SysvOnly::Zero.refused(semaphore)),
        }
    }

    /// All of `operations` at once, or none.
    ///
    /// # Errors
    /// As [`Set::operate`].
    pub fn operate(&self, operations: &[Operation], wait: &Wait) -> Result<(), Fault> {
        match self {
            Semaphore::Sysv(set) => set.operate("operate on", operations, wait),
            Semaphore::Posix(semaphore) => Err(SysvOnly::Operations.refused(semaphore)),
        }
    }

    /// The same; the kernel takes all of it back when this process ends, whatever it has become by exec.
    ///
    /// # Errors
    /// As [`Set::operate`].
    pub fn operate_until_exit(&self, operations: &[Operation], wait: &Wait) -> Result<(), Fault> {
        let undone = |operation: &Operation| Operation { flags: operation.flags | UNDO, ..*operation };
        let operations: Vec<_> = operations.iter().map(undone).collect();
        match self {
            Semaphore::Sysv(set) => set.operate("acquire", &operations, wait),
            Semaphore::Posix(semaphore) => Err(SysvOnly::Operations.refused(semaphore)),
        }
    }

    /// P in a process of its own, which gives back when process `target` ends, or itself.
    ///
    /// # Errors
    /// As [`Set::hold_for`].
    pub fn hold_for(&self, target: i32, index: u16, by: u32, wait: &Wait) -> Result<Holder, Fault> {
        match self {
            Semaphore::Sysv(set) => set.hold_for(target, &[take(index, by)?], wait),
            Semaphore::Posix(semaphore) => Err(SysvOnly::Holder.refused(semaphore)),
        }
    }

    /// One value.
    ///
    /// # Errors
    /// As [`Set::value`].
    pub fn value(&self, index: u16) -> Result<u32, Fault> {
        match self {
            Semaphore::Sysv(set) => set.value(index).map(u32::from),
            Semaphore::Posix(semaphore) => semaphore.value(index),
        }
    }

    /// The values of what `name` names, as they were at one moment; that of one semaphore for an `index`. Needs read
    /// permission only.
    ///
    /// # Errors
    /// 3 if there is none, 4 without read permission; 1 if there is no semaphore `index`.
    pub fn look(name: &SemName, index: Option<u16>) -> Result<Vec<u32>, Fault> {
        let alone = |value| {
            super::posix::check_index(Ref::Sem(name.clone()), "read", index.unwrap_or(0))
                .map(|()| vec![value])
        };
        match (name, index) {
            (SemName::Sysv(name), Some(index)) => Ok(vec![Set::open(name)?.value(index)?.into()]),
            (SemName::Sysv(name), None) => {
                Ok(Set::open(name)?.values()?.into_iter().map(u32::from).collect())
            }
            (SemName::Posix(name), _) => super::posix::look(name).and_then(alone),
            (SemName::InMemory { memory, offset }, _) => Place::new(memory, *offset).look().and_then(alone),
        }
    }

    /// Gives each semaphore its value.
    ///
    /// # Errors
    /// As [`Set::assign`].
    pub fn assign(&self, values: &[u32], in_use: bool) -> Result<(), Fault> {
        match self {
            Semaphore::Sysv(set) => set.assign(&sysv_values(values)?, in_use),
            Semaphore::Posix(semaphore) => semaphore.assign(0, posix_value(values)?, in_use),
        }
    }

    /// Gives one semaphore its value.
    ///
    /// # Errors
    /// As [`Set::assign_one`].
    pub fn assign_one(&self, index: u16, value: u32, in_use: bool) -> Result<(), Fault> {
        match self {
            Semaphore::Sysv(set) => set.assign_one(index, sysv_value(value)?, in_use),
            Semaphore::Posix(semaphore) => semaphore.assign(index, value, in_use),
        }
    }
}

impl fmt::Display for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Semaphore::Sysv(set) => set.fmt(f),
            Semaphore::Posix(semaphore) => semaphore.fmt(f),
        }
    }
}

/// P as an operation.
///
/// # Errors
/// A usage fault for more than a System V semaphore can have.
pub fn take(index: u16, by: u32) -> Result<Operation, Fault> {
    Ok(Operation { semnum: index, delta: sysv_value(by)?.cast_signed().wrapping_neg(), flags: 0 })
}
