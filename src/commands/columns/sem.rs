//! The columns of semaphore sets. Words are the kernel's (`struct semid_ds`).

use super::{column, time};
use crate::ipc::object::Object;
use crate::ipc::sem::SetStat;
use crate::render::{Cell, Column};

pub const DEFAULT: &[&str] = &["ref", "key", "owner", "mode", "nsems", "waiting", "otime", "age"];
pub const LONG: &[&str] =
    &["ref", "key", "owner", "group", "creator", "mode", "nsems", "value", "waiting", "otime", "ctime"];

pub static COLUMNS: &[Column<Object>] = &[
    column("nsems", "semaphores in the set", |object| set(object, |s| Cell::Count(s.nsems))),
    column("value", "value of a POSIX semaphore", |object| {
        set(object, |s| s.count.map_or(Cell::Absent, |count| Cell::Count(count.value.into())))
    }),
    column("waiting", "processes that wait on it; needs read permission", |object| {
        set(object, |s| s.waiting().map_or(Cell::Absent, Cell::Count))
    }),
    column("otime", "last operation", |object| set(object, |s| time(s.otime))),
];

fn set(object: &Object, show: impl Fn(&SetStat) -> Cell) -> Cell {
    match object {
        Object::Set(set) => show(set),
        _ => Cell::Inapplicable,
    }
}
