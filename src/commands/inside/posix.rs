//! What `show` says of a POSIX object: who maps it, who has it open, who waits.

use super::{Field, found, mapping_row};
use crate::commands::columns::object::user_or_uid;
use crate::fault::Fault;
use crate::ipc::denied;
use crate::ipc::identity::{FileId, Identity};
use crate::ipc::memory::page_size;
use crate::ipc::object::Object;
use crate::ipc::sem::SetStat;
use crate::ipc::shm;
use crate::ipc::users;
use crate::proc::blocked::sleepers::{Act, Sleeper};
use crate::proc::fds::{Opener, Ways};
use crate::proc::mappers::Mapper;
use crate::refs::MemoryName;
use crate::render::{Cell, Record};

/// The fields that the System V flavour has too, in its order, and who has the object open.
pub fn fields(object: &Object, faults: &mut Vec<Fault>) -> Vec<Field> {
    let slot = vec![("seq", Cell::Absent), ("index", Cell::Absent)];
    faults.extend(hidden(object));
    let own = match (object, object.file()) {
        (Object::Queue(_), Some(file)) => [openers(file, faults), waiters(file, faults)].concat(),
        (Object::Segment(segment), Some(file)) => {
            let pages = vec![("pages", Cell::Count(segment.segsz.div_ceil(page_size())))];
            [pages, openers(file, faults), mappers(file, faults)].concat()
        }
        (Object::Set(set), file) => semaphore(set, file, faults),
        (_, None) => Vec::new(),
    };
    [slot, last_of_each(own)].concat()
}

/// What is inside cannot be read: the mode denies it.
fn hidden(object: &Object) -> Option<Fault> {
    let what = match object {
        Object::Queue(queue) if queue.geometry.is_none() => "what is in",
        Object::Set(set) if set.count.is_none() => "the value of",
        _ => return None,
    };
    let reference = object.reference();
    Some(denied::fault(format_args!("read {what} {reference}"), &reference, object.owner()))
}

/// Each search tells how much it saw; one word of it is enough.
fn last_of_each(fields: Vec<Field>) -> Vec<Field> {
    let (visible, mut others): (Vec<Field>, Vec<Field>) =
        fields.into_iter().partition(|(name, _)| *name == "visible");
    others.extend(visible.into_iter().next_back());
    others
}

fn semaphore(set: &SetStat, file: Option<FileId>, faults: &mut Vec<Fault>) -> Vec<Field> {
    let row = set.count.map(|count| Record {
        fields: vec![
            ("semnum", Cell::Id(0)),
            ("value", Cell::Count(count.value.into())),
            ("ncnt", Cell::Count(count.waiters.into())),
            ("zcnt", Cell::Count(0)),
            ("sempid", Cell::Absent),
            ("command", Cell::Absent),
        ],
    });
    let inside = vec![("semaphores", row.map_or(Cell::Absent, |row| Cell::Records(vec![row])))];
    let attached = match file {
        Some(file) => mappers(file, faults),
        None => vec![("attached", Cell::Absent)],
    };
    [inside, attached, sleepers(&set.identity, file, faults)].concat()
}

/// Who sleeps on the semaphore's futex.
fn sleepers(identity: &Identity, file: Option<FileId>, faults: &mut Vec<Fault>) -> Vec<Field> {
    let offset = if let Identity::InMemory { offset, .. } = identity { *offset } else { 0 };
    let search = match (identity, file) {
        (_, Some(file)) => users::sleeping_at(file, offset),
        (Identity::InMemory { memory: MemoryName::Sysv(name), .. }, None) => {
            shm::find(name).and_then(|id| users::sleeping_in_segment(id.0, offset))
        }
        _ => return vec![("waiters", Cell::Absent), ("visible", Cell::Absent)],
    };
    found("waiters", search, faults, waiter_rows)
}

fn waiters(file: FileId, faults: &mut Vec<Fault>) -> Vec<Field> {
    found("waiters", users::blocked_on(file), faults, waiter_rows)
}

fn waiter_rows(sleeper: &Sleeper) -> Vec<Record> {
    let wants = match sleeper.act {
        Act::Read => "a message",
        Act::Write => "room for a message",
        Act::WatchRead => "a message, by poll",
        Act::WatchWrite => "room for a message, by poll",
        Act::Open => "to open it",
        Act::Futex(_) => "the value to grow",
    };
    vec![Record {
        fields: vec![
            ("pid", Cell::Id(sleeper.pid.into())),
            ("tid", Cell::Id(sleeper.tid.into())),
            ("user", sleeper.uid.map_or(Cell::Absent, user_or_uid)),
            ("command", Cell::Text(sleeper.comm.clone())),
            ("wants", Cell::Text(wants.as_bytes().to_vec())),
            ("since", sleeper.since.map_or(Cell::Absent, Cell::Time)),
        ],
    }]
}

fn mappers(file: FileId, faults: &mut Vec<Fault>) -> Vec<Field> {
    found("attached", users::mappers(file), faults, |mapper: &Mapper| {
        let row = |mapping| mapping_row(mapper.pid, mapper.uid, &mapper.comm, mapping);
        mapper.mappings.iter().map(row).collect()
    })
}

fn openers(file: FileId, faults: &mut Vec<Fault>) -> Vec<Field> {
    found("openers", users::openers(file), faults, |opener: &Opener| {
        let rows = opener.descriptors.iter().map(|(descriptor, ways)| Record {
            fields: vec![
                ("pid", Cell::Id(opener.pid.into())),
                ("user", opener.uid.map_or(Cell::Absent, user_or_uid)),
                ("command", Cell::Text(opener.comm.clone())),
                ("fd", Cell::Id(descriptor.fd.into())),
                ("access", access(*ways)),
            ],
        });
        rows.collect()
    })
}

fn access(ways: Ways) -> Cell {
    Cell::Word(match (ways.reads, ways.writes) {
        (true, true) => "read, write",
        (true, false) => "read",
        (false, true) => "write",
        (false, false) => "path",
    })
}
