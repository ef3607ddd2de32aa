//! What is inside a set: each semaphore's value, waiters and last PID.

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::identity::recorded;
use crate::ipc::sem::Set;
use crate::sys::sysv::sem::{self, SemId};

/// One semaphore of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its number in the set.
    pub semnum: u32,
    /// Its value, 0 to 32767.
    pub value: u16,
    /// Processes that wait for the value to grow.
    pub ncnt: u32,
    /// Processes that wait for it to be zero.
    pub zcnt: u32,
    /// PID of the last operation; None if there was none, or it is outside our PID namespace.
    pub sempid: Option<i32>,
}

/// All semaphores of a set of `nsems`; values in one call of the kernel. Needs read permission (EACCES).
pub fn semaphores(id: SemId, nsems: u64) -> Result<Vec<Member>, Errno> {
    let values = sem::sem_getall(id, usize::try_from(nsems).map_err(|_| Errno::EINVAL)?)?;
    values.into_iter().zip(0i32..).map(|(value, semnum)| member(id, semnum, value)).collect()
}

fn member(id: SemId, semnum: i32, value: u16) -> Result<Member, Errno> {
    Ok(Member {
        semnum: semnum.cast_unsigned(),
        value,
        ncnt: sem::sem_getncnt(id, semnum)?.cast_unsigned(),
        zcnt: sem::sem_getzcnt(id, semnum)?.cast_unsigned(),
        sempid: recorded(sem::sem_getpid(id, semnum)?),
    })
}

/// True if somebody waits on a semaphore of the set, or `operator` holds for the PID of a semaphore's last operation; asks
/// no further than that. Needs read permission.
pub fn any_user(id: SemId, nsems: u64, mut operator: impl FnMut(i32) -> bool) -> Result<bool, Errno> {
    let last = i32::try_from(nsems).map_err(|_| Errno::EINVAL)?;
    for semnum in 0..last {
        let operated = recorded(sem::sem_getpid(id, semnum)?).is_some_and(&mut operator);
        if operated || sem::sem_getncnt(id, semnum)? > 0 || sem::sem_getzcnt(id, semnum)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The PID of each semaphore's last operation; None if there was none, or it is outside our PID namespace. Needs read
/// permission.
pub fn operators(id: SemId, nsems: u64) -> Result<Vec<Option<i32>>, Errno> {
    let last = i32::try_from(nsems).map_err(|_| Errno::EINVAL)?;
    (0..last).map(|semnum| sem::sem_getpid(id, semnum).map(recorded)).collect()
}

/// How many wait on any semaphore of the set; an operation on several waits at one of them. Needs read permission.
pub fn waiting(id: SemId, nsems: u64) -> Result<u64, Errno> {
    let last = i32::try_from(nsems).map_err(|_| Errno::EINVAL)?;
    (0..last).try_fold(0u64, |sum, semnum| {
        let here = sem::sem_getncnt(id, semnum)? + sem::sem_getzcnt(id, semnum)?;
        Ok(sum + u64::from(here.cast_unsigned()))
    })
}

impl Set {
    /// All values, in one call of the kernel: as they were at one moment.
    ///
    /// # Errors
    /// 3 when the set is gone, 4 without read permission.
    pub fn values(&self) -> Result<Vec<u16>, Fault> {
        let nsems = usize::try_from(self.stat()?.nsems).map_err(|_| Errno::EOVERFLOW);
        nsems.and_then(|nsems| sem::sem_getall(self.id, nsems)).map_err(|errno| self.refused("read", errno))
    }

    /// One semaphore's value.
    ///
    /// # Errors
    /// As [`Set::values`]; 1 if there is no semaphore `index`.
    pub fn value(&self, index: u16) -> Result<u16, Fault> {
        let value = self.ask("read", index, sem::sem_getval)?;
        u16::try_from(value).map_err(|_| self.refused("read", Errno::ERANGE))
    }
}
