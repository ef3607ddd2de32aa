//! A segment's facts, and the list of all segments.

use std::collections::BTreeMap;

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::identity::{FileId, Identity, Listing, Owner, happened, recorded};
use crate::ipc::shm::Resident;
use crate::ipc::sysv::{self, Told};
use crate::proc::sysvipc::{self, ShmRow};
use crate::refs::{Key, Kind};
use crate::sys::sysv::shm::{self, SHM_DEST, SHM_LOCKED, ShmId, ShmidDs};

/// What the kernel knows of shared memory. Sizes in bytes, times in seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentStat {
    /// What it is called.
    pub identity: Identity,
    /// The file that it is, of a POSIX object.
    pub file: Option<FileId>,
    /// Whose it is.
    pub owner: Owner,
    /// Slot sequence number, where the kernel tells it.
    pub seq: Option<u16>,
    /// Marked to be destroyed on the last detach.
    pub dest: bool,
    /// Locked in memory.
    pub locked: bool,
    /// Size as it was asked for.
    pub segsz: u64,
    /// Attachments now.
    pub nattch: u64,
    /// Creator.
    pub cpid: Option<i32>,
    /// Last attach or detach.
    pub lpid: Option<i32>,
    /// Last attach.
    pub atime: Option<i64>,
    /// Last detach.
    pub dtime: Option<i64>,
    /// Creation or last change.
    pub ctime: Option<i64>,
    /// Where its pages are, if that was asked for.
    pub resident: Option<Resident>,
}

impl From<(ShmId, ShmidDs)> for SegmentStat {
    fn from((id, ds): (ShmId, ShmidDs)) -> SegmentStat {
        SegmentStat {
            identity: Identity::Sysv { id: id.0, key: Key(ds.perm.key) },
            file: None,
            owner: Owner::from(&ds.perm),
            seq: Some(ds.perm.seq),
            dest: ds.perm.mode & SHM_DEST != 0,
            locked: ds.perm.mode & SHM_LOCKED != 0,
            segsz: ds.segsz,
            nattch: ds.nattch,
            cpid: recorded(ds.cpid),
            lpid: recorded(ds.lpid),
            atime: happened(ds.atime),
            dtime: happened(ds.dtime),
            ctime: happened(ds.ctime),
            resident: None,
        }
    }
}

impl From<ShmRow> for SegmentStat {
    fn from(row: ShmRow) -> SegmentStat {
        SegmentStat {
            identity: Identity::Sysv { id: row.perm.id, key: Key(row.perm.key) },
            file: None,
            owner: Owner::from(&row.perm),
            seq: None,
            dest: row.perm.mode & SHM_DEST != 0,
            locked: row.perm.mode & SHM_LOCKED != 0,
            segsz: row.size,
            nattch: row.nattch,
            cpid: recorded(row.cpid),
            lpid: recorded(row.lpid),
            atime: happened(row.atime),
            dtime: happened(row.dtime),
            ctime: happened(row.ctime),
            resident: Resident::of(&row),
        }
    }
}

/// All System V segments of our IPC namespace.
///
/// # Errors
/// As [`each`].
pub fn list() -> Result<Listing<SegmentStat>, Fault> {
    Listing::collect(|row| each(false, row))
}

/// Hands each of them to `row`, whoever may read it; by SHM_STAT_ANY, else from /proc/sysvipc/shm. With `resident`, which
/// only the latter tells, they also say where their pages are.
///
/// # Errors
/// The kernel refuses the one, and the other cannot be read.
pub fn each(with_resident: bool, row: &mut dyn FnMut(SegmentStat)) -> Result<Vec<Fault>, Fault> {
    let mut faults = Vec::new();
    let pages = if with_resident { resident(&mut faults) } else { BTreeMap::new() };
    faults.extend(sysv::each(told(), |index| by_index(index, &pages), sysvipc::shm, row)?);
    Ok(faults)
}

/// How many segments there are, and where.
pub fn told() -> Told {
    Told::of(shm::shm_info().map(|(highest, info)| (highest, info.segments)))
}

/// The identifier and the facts of the segment in a slot, with its pages if they are known; no read permission needed.
///
/// # Errors
/// EINVAL or EIDRM of an empty slot; others where the kernel does not tell.
pub fn by_index(index: i32, pages: &BTreeMap<i32, Resident>) -> Result<(i32, SegmentStat), Errno> {
    let (id, ds) = shm::shm_stat_any(index)?;
    let resident = pages.get(&id.0).map(|told| told.counted_once(ds.segsz));
    Ok((id.0, SegmentStat { resident, ..SegmentStat::from((id, ds)) }))
}

/// The facts of one segment; needs no read permission. Status 3 if there is no such segment.
pub fn stat(id: ShmId) -> Result<SegmentStat, Fault> {
    let any = shm::shm_stat_any(id.0).ok().filter(|(found, _)| *found == id).map(SegmentStat::from);
    sysv::one(
        Kind::Shm,
        id.0,
        any,
        || shm::shm_stat(id).map(|ds| SegmentStat::from((id, ds))),
        || Ok(list()?.rows.into_iter().find(|segment| segment.identity.id() == Some(id.0))),
    )
}

/// As [`stat`], with `resident` filled in: that takes the whole of /proc/sysvipc/shm.
pub fn stat_with_resident(id: ShmId) -> Result<SegmentStat, Fault> {
    let mut told = stat(id)?;
    if told.resident.is_none() {
        told.resident = resident(&mut Vec::new()).get(&id.0).map(|pages| pages.counted_once(told.segsz));
    }
    Ok(told)
}

/// Where the kernel says that the pages of every segment are, by identifier; empty where /proc/sysvipc/shm cannot be read.
pub fn resident(faults: &mut Vec<Fault>) -> BTreeMap<i32, Resident> {
    match sysvipc::shm_pages() {
        Ok(table) => {
            faults.extend(table.odd);
            let known = table.rows.into_iter().flatten();
            known.map(|pages| (pages.id, Resident { rss: pages.rss, swap: pages.swap })).collect()
        }
        Err(fault) => {
            faults.push(fault);
            BTreeMap::new()
        }
    }
}
