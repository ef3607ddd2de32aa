//! The columns of mappings.

use nix::sys::stat::makedev;

use crate::commands::columns::object::{user, user_or_uid};
use crate::ipc::mmap::survey::Mapped;
use crate::render::{Cell, Column};

/// Of one process's mappings.
pub(super) const OF_PROCESS: &[&str] =
    &["address", "size", "prot", "shared", "offset", "kind", "rss", "copied", "ref", "path"];
/// Of mappings of many processes.
pub(super) const OF_MANY: &[&str] = &["ref", "command", "owner", "size", "prot", "offset", "kind", "path"];
pub(super) const LONG: &[&str] = &[
    "ref", "command", "owner", "size", "prot", "shared", "offset", "kind", "rss", "copied", "dev", "ino",
    "path",
];

pub(super) static COLUMNS: &[Column<Mapped>] = &[
    column("ref", "reference: can be typed back", |mapped| Cell::Safe(mapped.reference().to_string())),
    column("kind", "what it is of: anonymous, file, memfd, …", |mapped| {
        Cell::Word(mapped.backing().word())
    }),
    column("pid", "the process", |mapped| Cell::Id(mapped.pid.into())),
    column("command", "its command", |mapped| Cell::Text(mapped.comm.clone())),
    column("owner", "the process's user, or uid if it has no name", |mapped| {
        mapped.uid.map_or(Cell::Absent, user_or_uid)
    }),
    column("uid", "the process's uid", |mapped| mapped.uid.map_or(Cell::Absent, |uid| Cell::Id(uid.into()))),
    column("user", "the process's user", |mapped| mapped.uid.map_or(Cell::Absent, user)),
    column("address", "first address", |mapped| Cell::Hex(mapped.mapping.start)),
    column("size", "bytes mapped", |mapped| Cell::Bytes(mapped.mapping.size())),
    column("prot", "what may be done: r, w, x", |mapped| Cell::text(mapped.mapping.prot.text())),
    column("shared", "writes reach the object, and whoever maps it", |mapped| {
        Cell::Flag(mapped.mapping.shared)
    }),
    column("offset", "where in the object it starts", |mapped| {
        of_object(mapped, Cell::Bytes(mapped.mapping.offset))
    }),
    column("rss", "bytes in memory", |mapped| {
        mapped.usage.map_or(Cell::Absent, |usage| Cell::Bytes(usage.rss))
    }),
    column("copied", "bytes that a private mapping made its own", |mapped| {
        mapped.copied().map_or(Cell::Absent, Cell::Bytes)
    }),
    column("dev", "device of the object", |mapped| {
        let device = mapped.mapping.device;
        let number = makedev(device.major.into(), device.minor.into());
        of_object(mapped, Cell::Count(number))
    }),
    column("ino", "inode of the object; a segment's is its identifier", |mapped| {
        of_object(mapped, Cell::Count(mapped.mapping.inode))
    }),
    column("path", "its name: a path, /memfd:NAME, [heap]", |mapped| {
        if mapped.mapping.path.is_empty() { Cell::Absent } else { Cell::Text(mapped.mapping.path.clone()) }
    }),
];

const fn column(name: &'static str, help: &'static str, show: fn(&Mapped) -> Cell) -> Column<Mapped> {
    Column { name, help, show }
}

fn of_object(mapped: &Mapped, cell: Cell) -> Cell {
    if mapped.has_object() { cell } else { Cell::Absent }
}

/// Every column's name and what it is.
pub(crate) fn named() -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.iter().map(|column| (column.name, column.help))
}
