//! A set's facts, and the list of all sets.

use crate::fault::Fault;
use crate::ipc::identity::{FileId, Identity, Listing, Owner, happened};
use crate::ipc::sem::Count;
use crate::ipc::sysv;
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
    /// Creation or last change.
    pub ctime: Option<i64>,
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
            ctime: happened(row.ctime),
        }
    }
}

/// All System V sets of our IPC namespace, whoever may read them; by SEM_STAT_ANY, else from /proc/sysvipc/sem.
pub fn list() -> Result<Listing<SetStat>, Fault> {
    let told = sem::sem_info().ok().and_then(|(highest, info)| {
        sysv::slots(highest, info.sets, |index| sem::sem_stat_any(index).map(SetStat::from))
    });
    match told {
        Some(rows) => Ok(Listing::from(rows)),
        None => Ok(sysv::from_proc(sysvipc::sem()?)),
    }
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
