//! The columns of message queues. Words are the kernel's (`struct msqid_ds`).

use super::{column, pid, time};
use crate::ipc::msgq::QueueStat;
use crate::ipc::object::Object;
use crate::render::{Cell, Column};

pub const DEFAULT: &[&str] =
    &["ref", "key", "owner", "mode", "qnum", "cbytes", "qbytes", "lspid", "lrpid", "age"];
pub const LONG: &[&str] = &[
    "ref",
    "key",
    "owner",
    "group",
    "creator",
    "mode",
    "qnum",
    "cbytes",
    "qbytes",
    "max_messages",
    "message_size",
    "lspid",
    "lrpid",
    "stime",
    "rtime",
    "ctime",
];

pub static COLUMNS: &[Column<Object>] = &[
    column("qnum", "messages in the queue", |object| queue(object, |q| known(q, Cell::Count(q.qnum)))),
    column("cbytes", "bytes in the queue", |object| queue(object, |q| known(q, Cell::Bytes(q.cbytes)))),
    column("qbytes", "bytes it may hold", |object| {
        queue(object, |q| q.qbytes.map_or(Cell::Absent, Cell::Bytes))
    }),
    column("max_messages", "POSIX: messages it may hold", |object| {
        queue(object, |q| q.geometry.map_or(Cell::Absent, |geometry| Cell::Count(geometry.max_messages)))
    }),
    column("message_size", "POSIX: bytes a message may have", |object| {
        queue(object, |q| q.geometry.map_or(Cell::Absent, |geometry| Cell::Bytes(geometry.message_size)))
    }),
    column("lspid", "PID of the last sender", |object| queue(object, |q| pid(q.lspid))),
    column("lrpid", "PID of the last receiver", |object| queue(object, |q| pid(q.lrpid))),
    column("stime", "last send", |object| queue(object, |q| time(q.stime))),
    column("rtime", "last receive", |object| queue(object, |q| time(q.rtime))),
];

/// What is in a POSIX queue that may not be opened is not known.
pub fn known(queue: &QueueStat, cell: Cell) -> Cell {
    if queue.file.is_some() && queue.geometry.is_none() { Cell::Absent } else { cell }
}

fn queue(object: &Object, show: impl Fn(&QueueStat) -> Cell) -> Cell {
    match object {
        Object::Queue(queue) => show(queue),
        _ => Cell::Inapplicable,
    }
}
