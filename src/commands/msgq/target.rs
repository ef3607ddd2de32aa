//! The one queue that a verb names.

use std::ffi::OsStr;

use crate::commands::creation;
use crate::fault::Fault;
use crate::ipc::msgq::{NewQueue, Queue, Side};
use crate::refs::{self, Kind, ObjectName, Ref, RefError};

/// Reads REF of `msgq VERB REF`.
///
/// # Errors
/// A usage fault: it is no reference to a queue.
pub fn name(word: &OsStr) -> Result<ObjectName, Fault> {
    match refs::parse(word, Some(Kind::Msgq))? {
        Ref::Msgq(name) => Ok(name),
        other => Err(RefError::differs(word, other.kind(), Kind::Msgq).into()),
    }
}

/// Opens REF, or creates it where that was asked for.
///
/// # Errors
/// As [`Queue::open`] and [`Queue::create`].
pub fn open(word: &OsStr, creation: &creation::OnDemand, side: Side) -> Result<Queue, Fault> {
    let name = name(word)?;
    match creation.args() {
        None => Queue::open(&name, side),
        // Nobody could find the queue that `private` would make, nor take from it.
        Some(_) if is_private(&name) => Err(Fault::usage("'private' goes with 'create' only")),
        Some(creation) => Queue::create(&name, &wanted(&creation)),
    }
}

/// What the creation flags ask for.
pub fn wanted(creation: &creation::Args) -> NewQueue {
    NewQueue { mode: creation.mode, exclusive: creation.exclusive, ..NewQueue::default() }
}

fn is_private(name: &ObjectName) -> bool {
    matches!(name, ObjectName::Sysv(refs::SysvName::Private))
}
