//! A set's facts, and the list of all sets.

use std::cell::OnceCell;

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::identity::{FileId, Identity, Listing, Owner, happened};
use crate::ipc::sem::{Count, values};
use crate::ipc::sysv::{self, Told};
use crate::proc::sysvipc::{self, SemRow};
use crate::refs::{Key, Kind};
use crate::sys::sysv::sem::{self, SemId, SemidDs};

/// What the kernel knows of a set. Times in seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetStat {
    /// What it is called.
    pub identity: Identity,
    /// The file that it is, of a POSIX object.
    pub file: Option<FileId>,
    /// Whose it is.
    pub owner: Owner,
    /// Slot sequence number, where the kernel tells it.
    pub seq: Option<u16>,
    /// Semaphores in the set.
    pub nsems: u64,
    /// Last operation.
    pub otime: Option<i64>,
    /// The value of a POSIX semaphore, and how many wait by its own count; None where it may not be read.
    pub count: Option<Count>,
    /// How many wait on it, once it was asked.
    pub waiting: OnceCell<Option<u64>>,
    /// Creation or last change.
    pub ctime: Option<i64>,
}

impl SetStat {
    /// How many wait on the set; None where its mode does not let us see, or it has gone meanwhile.
    pub fn waiting(&self) -> Option<u64> {
        if let Some(count) = self.count {
            return Some(count.waiters.into());
        }
        let ask = || values::waiting(SemId(self.identity.id()?), self.nsems).ok();
        *self.waiting.get_or_init(ask)
    }
}

impl From<(SemId, SemidDs)> for SetStat {
    fn from((id, ds): (SemId, SemidDs)) -> SetStat {
        SetStat {
            identity: Identity::Sysv { id: id.0, key: Key(ds.perm.key) },
            file: None,
            owner: Owner::from(&ds.perm),
            seq: Some(ds.perm.seq),
            nsems: ds.nsems,
            otime: happened(ds.otime),
            count: None,
            waiting: OnceCell::new(),
            ctime: happened(ds.ctime),
        }
    }
}

impl From<SemRow> for SetStat {
    fn from(row: SemRow) -> SetStat {
        SetStat {
            identity: Identity::Sysv { id: row.perm.id, key: Key(row.perm.key) },
            file: None,
            owner: Owner::from(&row.perm),
            seq: None,
            nsems: row.nsems,
            otime: happened(row.otime),
            count: None,
            waiting: OnceCell::new(),
            ctime: happened(row.ctime),
        }
    }
}

/// All System V sets of our IPC namespace.
///
/// # Errors
/// As [`each`].
pub fn list() -> Result<Listing<SetStat>, Fault> {
    Listing::collect(each)
}

/// Hands each of them to `row`, whoever may read it; by SEM_STAT_ANY, else from /proc/sysvipc/sem.
///
/// # Errors
/// The kernel refuses the one, and the other cannot be read.
pub fn each(row: &mut dyn FnMut(SetStat)) -> Result<Vec<Fault>, Fault> {
    sysv::each(told(), by_index, sysvipc::sem, row)
}

/// How many sets there are, and where.
pub fn told() -> Told {
    Told::of(sem::sem_info().map(|(highest, info)| (highest, info.sets)))
}

/// The identifier and the facts of the set in a slot; no read permission needed.
///
/// # Errors
/// EINVAL or EIDRM of an empty slot; others where the kernel does not tell.
pub fn by_index(index: i32) -> Result<(i32, SetStat), Errno> {
    sem::sem_stat_any(index).map(|(id, ds)| (id.0, SetStat::from((id, ds))))
}

/// The facts of one set; needs no read permission. Status 3 if there is no such set.
pub fn stat(id: SemId) -> Result<SetStat, Fault> {
    let any = sem::sem_stat_any(id.0).ok().filter(|(found, _)| *found == id).map(SetStat::from);
    sysv::one(
        Kind::Sem,
        id.0,
        any,
        || sem::sem_stat(id).map(|ds| SetStat::from((id, ds))),
        || Ok(list()?.rows.into_iter().find(|set| set.identity.id() == Some(id.0))),
    )
}
