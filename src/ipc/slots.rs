//! The kernel's slots of System V objects of one kind, to be looked at in parts: by several threads, where there are many.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::fault::Fault;
use crate::ipc::msgq::QueueStat;
use crate::ipc::object::Object;
use crate::ipc::sem::SetStat;
use crate::ipc::shm::{Resident, SegmentStat};
use crate::ipc::sysv::{self, Seen, Told};
use crate::ipc::{msgq, sem, shm};
use crate::proc::sysvipc;
use crate::refs::Kind;

/// The slots of a kind, as many as there are now.
#[derive(Debug)]
pub struct Slots {
    kind: Kind,
    told: Told,
    pages: BTreeMap<i32, Resident>,
    faults: Vec<Fault>,
}

impl Slots {
    /// Those of `kind` (msgq, sem or shm). With `resident`, segments also tell where their pages are.
    pub fn new(kind: Kind, resident: bool) -> Slots {
        let told = match kind {
            Kind::Msgq => msgq::told(),
            Kind::Sem => sem::told(),
            _ => shm::told(),
        };
        let mut faults = Vec::new();
        let wanted = resident && kind == Kind::Shm;
        let pages = if wanted { shm::resident(&mut faults) } else { BTreeMap::new() };
        Slots { kind, told, pages, faults }
    }

    /// How many objects there are.
    pub fn objects(&self) -> usize {
        usize::try_from(self.told.in_use).unwrap_or(0)
    }

    /// All slots.
    pub fn all(&self) -> Range<i32> {
        0..self.told.highest.saturating_add(1)
    }

    /// Hands on each object in these slots.
    pub fn each(&self, part: Range<i32>, row: &mut dyn FnMut(Object)) -> Seen {
        match self.kind {
            Kind::Msgq => sysv::part(part, msgq::by_index, |queue| row(Object::Queue(queue))),
            Kind::Sem => sysv::part(part, sem::by_index, |set| row(Object::Set(set))),
            _ => {
                sysv::part(part, |index| shm::by_index(index, &self.pages), |told| row(Object::Segment(told)))
            }
        }
    }

    /// Hands on what the kernel did not tell by slot, when all parts have been `seen`. What was in the way comes back.
    ///
    /// # Errors
    /// As [`object::each`](crate::ipc::object::each).
    pub fn rest(mut self, seen: Seen, row: &mut dyn FnMut(Object)) -> Result<Vec<Fault>, Fault> {
        let told = self.told;
        let odd = match self.kind {
            Kind::Msgq => sysv::rest(told, seen, msgq::by_index, sysvipc::msg, |listed| {
                row(Object::Queue(QueueStat::from(listed)));
            }),
            Kind::Sem => sysv::rest(told, seen, sem::by_index, sysvipc::sem, |listed| {
                row(Object::Set(SetStat::from(listed)));
            }),
            _ => sysv::rest(
                told,
                seen,
                |index| shm::by_index(index, &self.pages),
                sysvipc::shm,
                |listed| {
                    row(Object::Segment(SegmentStat::from(listed)));
                },
            ),
        };
        self.faults.extend(odd?);
        Ok(self.faults)
    }
}
