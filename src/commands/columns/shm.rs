//! The columns of shared memory. Words are the kernel's (`struct shmid_ds`).

use super::{column, pid, time};
use crate::ipc::object::Object;
use crate::ipc::shm::SegmentStat;
use crate::render::{Cell, Column};

pub const DEFAULT: &[&str] =
    &["ref", "key", "owner", "mode", "segsz", "nattch", "status", "cpid", "lpid", "age"];
pub const LONG: &[&str] = &[
    "ref", "key", "owner", "group", "creator", "mode", "segsz", "rss", "swap", "nattch", "status", "cpid",
    "lpid", "atime", "dtime", "ctime",
];

pub static COLUMNS: &[Column<Object>] = &[
    column("segsz", "size in bytes, as it was asked for", |object| segment(object, |s| Cell::Bytes(s.segsz))),
    column("nattch", "attachments now", |object| {
        segment(object, |s| if s.file.is_some() { Cell::Absent } else { Cell::Count(s.nattch) })
    }),
    column("status", "dest: goes with its last detach; locked: stays in memory", |object| {
        segment(object, status)
    }),
    column("rss", "bytes in memory", |object| {
        segment(object, |s| s.resident.map_or(Cell::Absent, |pages| Cell::Bytes(pages.rss)))
    }),
    column("swap", "bytes swapped out", |object| {
        segment(object, |s| s.resident.map_or(Cell::Absent, |pages| Cell::Bytes(pages.swap)))
    }),
    column("cpid", "PID of the creator", |object| segment(object, |s| pid(s.cpid))),
    column("lpid", "PID of the last attach or detach", |object| segment(object, |s| pid(s.lpid))),
    column("atime", "last attach", |object| segment(object, |s| time(s.atime))),
    column("dtime", "last detach", |object| segment(object, |s| time(s.dtime))),
];

fn status(segment: &SegmentStat) -> Cell {
    match (segment.dest, segment.locked) {
        (true, true) => Cell::Word("dest,locked"),
        (true, false) => Cell::Word("dest"),
        (false, true) => Cell::Word("locked"),
        (false, false) => Cell::Absent,
    }
}

fn segment(object: &Object, show: impl Fn(&SegmentStat) -> Cell) -> Cell {
    match object {
        Object::Segment(segment) => show(segment),
        _ => Cell::Inapplicable,
    }
}
