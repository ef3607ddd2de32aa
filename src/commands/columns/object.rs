//! The columns that every object has.

use nix::time::{ClockId, clock_gettime};

use super::{column, text};
use crate::ipc::object::Object;
use crate::ipc::sem::SetStat;
use crate::proc::names::Names;
use crate::refs::Kind;
use crate::render::{Cell, Column, Phrase};

pub const DEFAULT: &[&str] = &["ref", "key", "owner", "mode", "size", "use", "age"];
pub const LONG: &[&str] = &["ref", "key", "owner", "group", "creator", "mode", "size", "use", "ctime", "age"];

pub static COLUMNS: &[Column<Object>] = &[
    column("ref", "reference: can be typed back", reference),
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
        Object::Queue(queue) => super::msgq::known(queue, Cell::Bytes(queue.cbytes)),
        Object::Set(_) => Cell::Absent,
        Object::Segment(segment) => Cell::Bytes(segment.segsz),
    }
}

fn in_words(object: &Object) -> Cell {
    match object {
        Object::Queue(queue) if queue.file.is_some() && queue.geometry.is_none() => {
            Cell::Word("its mode hides it")
        }
        Object::Queue(queue) => counted(queue.qnum, &MESSAGES),
        Object::Set(SetStat { count: Some(count), .. }) => match count.waiters {
            0 => Cell::Phrase(&Phrase { before: "value ", after: "" }, count.value.into()),
            waiting => text(format!("value {}, {waiting} waiting", count.value)),
        },
        Object::Segment(segment) if segment.file.is_some() => {
            let rss = segment.resident.map_or(0, |pages| pages.rss);
            let words = &Phrase { before: "", after: " bytes in memory" };
            Cell::Phrase(words, i64::try_from(rss).unwrap_or(i64::MAX))
        }
        Object::Set(set) => match set.waiting() {
            Some(0) | None => counted(set.nsems, &SEMAPHORES),
            Some(waiting) if set.nsems == 1 => text(format!("1 semaphore, {waiting} waiting")),
            Some(waiting) => text(format!("{} semaphores, {waiting} waiting", set.nsems)),
        },
        Object::Segment(segment) => {
            let words = match (segment.dest, segment.locked) {
                (false, false) => &Phrase { before: "", after: " attached" },
                (true, false) => &Phrase { before: "", after: " attached, dest" },
                (false, true) => &Phrase { before: "", after: " attached, locked" },
                (true, true) => &Phrase { before: "", after: " attached, dest, locked" },
            };
            Cell::Phrase(words, i64::try_from(segment.nattch).unwrap_or(i64::MAX))
        }
    }
}

/// One, and any other number.
type Counted = [Phrase; 2];

static MESSAGES: Counted =
    [Phrase { before: "", after: " message" }, Phrase { before: "", after: " messages" }];
static SEMAPHORES: Counted =
    [Phrase { before: "", after: " semaphore" }, Phrase { before: "", after: " semaphores" }];

fn counted(number: u64, [one, many]: &'static Counted) -> Cell {
    Cell::Phrase(if number == 1 { one } else { many }, i64::try_from(number).unwrap_or(i64::MAX))
}

/// A System V object's reference is a word and a number: no text is made of it for tens of thousands.
fn reference(object: &Object) -> Cell {
    let words = match object.kind() {
        Kind::Msgq => &Phrase { before: "msgq:", after: "" },
        Kind::Sem => &Phrase { before: "sem:", after: "" },
        _ => &Phrase { before: "shm:", after: "" },
    };
    match object.identity().id() {
        Some(id) => Cell::Phrase(words, id.into()),
        None => Cell::Safe(object.reference().to_string()),
    }
}

fn creator(object: &Object, show: impl Fn((u32, u32)) -> Cell) -> Cell {
    object.owner().creator.map_or(Cell::Absent, show)
}

thread_local! {
    /// Each name is looked up once, however many objects its user owns.
    static NAMES: Names = Names::new();
}

/// A user's name, if there is one.
pub fn user(uid: u32) -> Cell {
    NAMES.with(|names| names.user(uid).map_or(Cell::Absent, Cell::Shared))
}

/// A group's name, if there is one.
pub fn group(gid: u32) -> Cell {
    NAMES.with(|names| names.group(gid).map_or(Cell::Absent, Cell::Shared))
}

/// A user's name, or the number where there is none.
pub fn user_or_uid(uid: u32) -> Cell {
    match user(uid) {
        Cell::Absent => text(uid.to_string()),
        name => name,
    }
}

/// Seconds since the epoch, now: by the clock that the kernel takes objects' times from, and that costs least.
fn now() -> i64 {
    clock_gettime(ClockId::CLOCK_REALTIME_COARSE).map_or(0, |now| now.tv_sec())
}
