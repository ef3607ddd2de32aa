//! What `ipctool show` says of a pipe or FIFO.

use nix::fcntl::OFlag;

use crate::commands::columns::object::{user, user_or_uid};
use crate::commands::report;
use crate::fault::{Fault, counted};
use crate::ipc::fifo::Fifo;
use crate::ipc::pipe::{End, Holder, Level, PIPE_BUF, Pipe, Sort, Survey, Waiter, Way, survey};
use crate::proc::{Visible, fds};
use crate::render::{Cell, Record};

type Field = (&'static str, Cell);

/// All that is known of the end of a pipe `end`.
pub fn of_pipe(end: &End) -> Result<Record, Fault> {
    let sort = if end.anonymous { Sort::Pipe(end.inode) } else { Sort::Fifo(end.inode) };
    let found = survey(sort)?;
    let mut fields = vec![
        ("ref", Cell::Safe(end.reference().to_string())),
        ("kind", Cell::Word("pipe")),
        ("dev", Cell::Count(end.inode.dev)),
        ("ino", Cell::Count(end.inode.ino)),
        ("end", Cell::Word(end_word(end.reads(), end.writes()))),
        ("flags", Cell::text(flag_words(end.flags))),
    ];
    fields.extend(inside(&found));
    Ok(Record { fields })
}

/// All that is known of the FIFO at a path. It is not opened.
pub fn of_fifo(fifo: &Fifo) -> Result<Record, Fault> {
    let found = survey(Sort::Fifo(fifo.inode()))?;
    let stat = fifo.stat();
    let mut fields = vec![
        ("ref", Cell::Safe(fifo.reference().to_string())),
        ("kind", Cell::Word("fifo")),
        ("dev", Cell::Count(fifo.inode().dev)),
        ("ino", Cell::Count(fifo.inode().ino)),
        ("owner", user_or_uid(stat.st_uid)),
        ("uid", Cell::Id(stat.st_uid.into())),
        ("user", user(stat.st_uid)),
        ("gid", Cell::Id(stat.st_gid.into())),
        ("mode", Cell::Mode(stat.st_mode & 0o7777)),
    ];
    fields.extend(inside(&found));
    Ok(Record { fields })
}

fn inside(found: &Survey) -> Vec<Field> {
    report::all(&found.odd);
    let pipe = found.pipes.first();
    let level = |show: fn(Level) -> Cell| pipe.and_then(|pipe| pipe.level).map_or(Cell::Absent, show);
    let none = Vec::new();
    let ends = pipe.map_or(none.as_slice(), |pipe| pipe.ends.as_slice());
    let count =
        |wanted: fn(&Holder) -> bool| Cell::Count(ends.iter().filter(|end| wanted(end)).count() as u64);
    vec![
        ("buffered", level(|level| Cell::Bytes(level.buffered))),
        ("capacity", level(|level| Cell::Bytes(level.capacity))),
        ("full", level(|level| level.full.map_or(Cell::Absent, Cell::Flag))),
        ("pipe_buf", Cell::Bytes(PIPE_BUF as u64)),
        ("readers", count(Holder::reads)),
        ("writers", count(Holder::writes)),
        ("ends", Cell::Records(ends.iter().map(|end| end_record(end, pipe)).collect())),
        ("waiters", Cell::Records(pipe.iter().flat_map(|pipe| &pipe.waiters).map(waiter_record).collect())),
        ("visible", visible(found.visible)),
    ]
}

fn end_record(end: &Holder, pipe: Option<&Pipe>) -> Record {
    let waits = pipe
        .iter()
        .flat_map(|pipe| &pipe.waiters)
        .find(|waiter| waiter.pid == end.pid && waiter.fd == Some(end.fd));
    // Gone meanwhile, it has none.
    let flags = fds::info(end.pid, end.fd).ok().flatten().map(|info| OFlag::from_bits_retain(info.flags));
    Record {
        fields: vec![
            ("pid", Cell::Id(end.pid.into())),
            ("fd", Cell::Id(end.fd.into())),
            ("user", end.uid.map_or(Cell::Absent, user_or_uid)),
            ("command", Cell::Text(end.comm.clone())),
            ("end", Cell::Word(end_word(end.reads(), end.writes()))),
            ("flags", flags.map_or(Cell::Absent, |flags| Cell::text(flag_words(flags)))),
            ("blocked", waits.map_or(Cell::Absent, |waiter| Cell::Word(wants(waiter)))),
        ],
    }
}

fn waiter_record(waiter: &Waiter) -> Record {
    Record {
        fields: vec![
            ("pid", Cell::Id(waiter.pid.into())),
            ("tid", Cell::Id(waiter.tid.into())),
            ("command", Cell::Text(waiter.comm.clone())),
            ("wants", Cell::Word(wants(waiter))),
            ("since", waiter.since.map_or(Cell::Absent, Cell::Time)),
        ],
    }
}

fn wants(waiter: &Waiter) -> &'static str {
    match (waiter.fd, waiter.way, waiter.watches) {
        (None, Way::Read, _) => "open to read",
        (None, Way::Write, _) => "open to write",
        (_, Way::Read, false) => "read",
        (_, Way::Write, false) => "write",
        (_, Way::Read, true) => "watch to read",
        (_, Way::Write, true) => "watch to write",
    }
}

fn end_word(reads: bool, writes: bool) -> &'static str {
    match (reads, writes) {
        (true, true) => "both",
        (true, false) => "read",
        _ => "write",
    }
}

/// The flags that change how it behaves, by their names in open(2).
fn flag_words(flags: OFlag) -> String {
    let named = [
        (OFlag::O_NONBLOCK, "O_NONBLOCK"),
        (OFlag::O_DIRECT, "O_DIRECT"),
        (OFlag::O_APPEND, "O_APPEND"),
        (OFlag::O_ASYNC, "O_ASYNC"),
        (OFlag::O_CLOEXEC, "O_CLOEXEC"),
    ];
    let set: Vec<_> =
        named.into_iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, name)| name).collect();
    if set.is_empty() { "none".to_owned() } else { set.join(",") }
}

fn visible(seen: Visible) -> Cell {
    let hidden = if seen.hidden { ", and /proc hides others" } else { "" };
    Cell::text(format!("{} of {}{hidden}", seen.looked, counted(seen.of, "process")))
}
