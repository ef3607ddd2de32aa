//! The columns that every object has.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{column, sem, text};
use crate::ipc::object::Object;
use crate::proc::names::Names;
use crate::render::{Cell, Column};

pub const DEFAULT: &[&str] = &["ref", "key", "owner", "mode", "size", "use", "age"];
pub const LONG: &[&str] = &["ref", "key", "owner", "group", "creator", "mode", "size", "use", "ctime", "age"];

pub static COLUMNS: &[Column<Object>] = &[
    column("ref", "reference: can be typed back", |object| text(object.reference().to_string())),
    column("kind", "msgq, sem or shm", |object| Cell::Word(object.kind().word())),
    column("flavour", "sysv or posix", |object| {
        Cell::Word(if object.identity().id().is_some() { "sysv" } else { "posix" })
    }),
    column("id", "System V identifier", |object| {
        object.identity().id().map_or(Cell::Absent, |id| Cell::Id(id.into()))
    }),
    column("key", "System V key; 0 is private or removed", |object| {
        object.identity().key().map_or(Cell::Absent, |key| Cell::Key(key.0))
    }),
    column("name", "POSIX name", |object| {
        object.identity().name().map_or(Cell::Absent, |name| Cell::Text(name.with_slash()))
    }),
    column("owner", "owner's name, or uid if it has none", |object| user_or_uid(object.owner().uid)),
    column("uid", "owner's uid", |object| Cell::Id(object.owner().uid.into())),
    column("user", "owner's name", |object| user(object.owner().uid)),
    column("gid", "owning group's gid", |object| Cell::Id(object.owner().gid.into())),
    column("group", "owning group's name", |object| group(object.owner().gid)),
    column("cuid", "creator's uid", |object| creator(object, |(uid, _)| Cell::Id(uid.into()))),
    column("creator", "creator's name, or uid if it has none", |object| {
        creator(object, |(uid, _)| user_or_uid(uid))
    }),
    column("cgid", "creator's gid", |object| creator(object, |(_, gid)| Cell::Id(gid.into()))),
    column("mode", "permissions", |object| Cell::Mode(object.owner().mode)),
    column("size", "bytes it holds or takes", size),
    column("use", "what it holds and who uses it", in_words),
    column("age", "time since it was last used or changed", |object| {
        object.newest_time().map_or(Cell::Absent, |then| Cell::Age((now() - then).max(0)))
    }),
    column("ctime", "created or last changed", |object| {
        super::time(match object {
            Object::Queue(queue) => queue.ctime,
            Object::Set(set) => set.ctime,
            Object::Segment(segment) => segment.ctime,
        })
    }),
];

fn size(object: &Object) -> Cell {
    match object {
        Object::Queue(queue) => Cell::Bytes(queue.cbytes),
        Object::Set(_) => Cell::Absent,
        Object::Segment(segment) => Cell::Bytes(segment.segsz),
    }
}

fn in_words(object: &Object) -> Cell {
    text(match object {
        Object::Queue(queue) => counted(queue.qnum, "message"),
        Object::Set(set) => match sem::waiting(set) {
            Some(0) | None => counted(set.nsems, "semaphore"),
            Some(waiting) => format!("{}, {waiting} waiting", counted(set.nsems, "semaphore")),
        },
        Object::Segment(segment) => {
            let marks = [(segment.dest, ", dest"), (segment.locked, ", locked")];
            let marks = marks.into_iter().filter(|(set, _)| *set).map(|(_, mark)| mark);
            format!("{} attached{}", segment.nattch, marks.collect::<String>())
        }
    })
}

fn counted(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn creator(object: &Object, show: impl Fn((u32, u32)) -> Cell) -> Cell {
    object.owner().creator.map_or(Cell::Absent, show)
}

thread_local! {
    /// Each name is looked up once, however many objects its user owns.
    static NAMES: Names = Names::new();
}

fn user(uid: u32) -> Cell {
    NAMES.with(|names| names.user(uid).map_or(Cell::Absent, |name| Cell::Text(name.to_vec())))
}

fn group(gid: u32) -> Cell {
    NAMES.with(|names| names.group(gid).map_or(Cell::Absent, |name| Cell::Text(name.to_vec())))
}

/// A user's name, or the number where there is none.
pub fn user_or_uid(uid: u32) -> Cell {
    match user(uid) {
        Cell::Absent => text(uid.to_string()),
        name => name,
    }
}

/// Seconds since the epoch, now.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
