//! A queue's facts, and the list of all queues.

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::identity::{FileId, Identity, Listing, Owner, happened, recorded};
use crate::ipc::msgq::Geometry;
use crate::ipc::sysv::{self, Told};
use crate::proc::sysvipc::{self, MsgRow};
use crate::refs::{Key, Kind};
use crate::sys::sysv::msg::{self, MsqId, MsqidDs};

/// What the kernel knows of a queue. Sizes in bytes, times in seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueStat {
    /// What it is called.
    pub identity: Identity,
    /// The file that it is, of a POSIX object.
    pub file: Option<FileId>,
    /// Whose it is.
    pub owner: Owner,
    /// Slot sequence number, where the kernel tells it.
    pub seq: Option<u16>,
    /// Messages in the queue.
    pub qnum: u64,
    /// Bytes in the queue.
    pub cbytes: u64,
    /// Bytes it may hold; /proc/sysvipc does not tell.
    pub qbytes: Option<u64>,
    /// What a POSIX queue may hold; None where it may not be looked at, and then its counts are not known either.
    pub geometry: Option<Geometry>,
    /// Last sender.
    pub lspid: Option<i32>,
    /// Last receiver.
    pub lrpid: Option<i32>,
    /// Last send.
    pub stime: Option<i64>,
    /// Last receive.
    pub rtime: Option<i64>,
    /// Creation or last change.
    pub ctime: Option<i64>,
}

impl From<(MsqId, MsqidDs)> for QueueStat {
    fn from((id, ds): (MsqId, MsqidDs)) -> QueueStat {
        QueueStat {
            identity: Identity::Sysv { id: id.0, key: Key(ds.perm.key) },
            file: None,
            owner: Owner::from(&ds.perm),
            seq: Some(ds.perm.seq),
            qnum: ds.qnum,
            cbytes: ds.cbytes,
            qbytes: Some(ds.qbytes),
            geometry: None,
            lspid: recorded(ds.lspid),
            lrpid: recorded(ds.lrpid),
            stime: happened(ds.stime),
            rtime: happened(ds.rtime),
            ctime: happened(ds.ctime),
        }
    }
}

impl From<MsgRow> for QueueStat {
    fn from(row: MsgRow) -> QueueStat {
        QueueStat {
            identity: Identity::Sysv { id: row.perm.id, key: Key(row.perm.key) },
            file: None,
            owner: Owner::from(&row.perm),
            seq: None,
            qnum: row.qnum,
            cbytes: row.cbytes,
            qbytes: None,
            geometry: None,
            lspid: recorded(row.lspid),
            lrpid: recorded(row.lrpid),
            stime: happened(row.stime),
            rtime: happened(row.rtime),
            ctime: happened(row.ctime),
        }
    }
}

/// All System V queues of our IPC namespace.
///
/// # Errors
/// As [`each`].
pub fn list() -> Result<Listing<QueueStat>, Fault> {
    Listing::collect(each)
}

/// Hands each of them to `row`, whoever may read it; by MSG_STAT_ANY, else from /proc/sysvipc/msg.
///
/// # Errors
/// The kernel refuses the one, and the other cannot be read.
pub fn each(row: &mut dyn FnMut(QueueStat)) -> Result<Vec<Fault>, Fault> {
    sysv::each(told(), by_index, sysvipc::msg, row)
}

/// How many queues there are, and where.
pub fn told() -> Told {
    Told::of(msg::msg_info().map(|(highest, info)| (highest, info.queues)))
}

/// The identifier and the facts of the queue in a slot; no read permission needed.
///
/// # Errors
/// EINVAL or EIDRM of an empty slot; others where the kernel does not tell.
pub fn by_index(index: i32) -> Result<(i32, QueueStat), Errno> {
    msg::msg_stat_any(index).map(|(id, ds)| (id.0, QueueStat::from((id, ds))))
}

/// The facts of one queue; needs no read permission. Status 3 if there is no such queue.
pub fn stat(id: MsqId) -> Result<QueueStat, Fault> {
    let any = msg::msg_stat_any(id.0).ok().filter(|(found, _)| *found == id).map(QueueStat::from);
    sysv::one(
        Kind::Msgq,
        id.0,
        any,
        || msg::msg_stat(id).map(|ds| QueueStat::from((id, ds))),
        || Ok(list()?.rows.into_iter().find(|queue| queue.identity.id() == Some(id.0))),
    )
}
