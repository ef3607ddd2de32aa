//! Visiting every object of a kind, one at a time, without a list of them: what is done to an object follows at once on
//! what was seen of it.

use crate::fault::Fault;
use crate::ipc::msgq::QueueStat;
use crate::ipc::object::{self, Flavours, Object};
use crate::ipc::sem::SetStat;
use crate::ipc::shm::SegmentStat;
use crate::ipc::sysv::slots;
use crate::refs::Kind;
use crate::sys::sysv::{msg, sem, shm};

/// Shows each object of `kind` to `visit`, which may remove it. An object that is made meanwhile is visited or not.
///
/// Returns what could not be looked at.
///
/// # Errors
/// As [`object::list`].
pub fn each(kind: Kind, flavours: Flavours, mut visit: impl FnMut(Object)) -> Result<Vec<Fault>, Fault> {
    let walked = flavours.sysv && by_slot(kind, &mut visit).is_some();
    // What a walk that broke off has left comes from the list, as POSIX objects do.
    let rest = Flavours { sysv: flavours.sysv && !walked, ..flavours };
    let listed = object::list(kind, false, rest)?;
    listed.rows.into_iter().for_each(visit);
    Ok(listed.faults)
}

/// How many System V objects of `kind` there are now; 0 where the kernel does not tell.
pub fn count(kind: Kind) -> usize {
    let told = match kind {
        Kind::Msgq => msg::msg_info().map(|(_, info)| info.queues),
        Kind::Sem => sem::sem_info().map(|(_, info)| info.sets),
        _ => shm::shm_info().map(|(_, info)| info.segments),
    };
    told.ok().and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
}

/// None where the kernel does not tell by slot: see [`slots`].
fn by_slot(kind: Kind, visit: &mut impl FnMut(Object)) -> Option<()> {
    let visited = match kind {
        Kind::Msgq => {
            let (highest, info) = msg::msg_info().ok()?;
            slots(highest, info.queues, |index| {
                msg::msg_stat_any(index).map(|told| visit(Object::Queue(QueueStat::from(told))))
            })
        }
        Kind::Sem => {
            let (highest, info) = sem::sem_info().ok()?;
            slots(highest, info.sets, |index| {
                sem::sem_stat_any(index).map(|told| visit(Object::Set(SetStat::from(told))))
            })
        }
        _ => {
            let (highest, info) = shm::shm_info().ok()?;
            slots(highest, info.segments, |index| {
                shm::shm_stat_any(index).map(|told| visit(Object::Segment(SegmentStat::from(told))))
            })
        }
    };
    visited.map(drop)
}
