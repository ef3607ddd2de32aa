//! The columns of `lsipc`: defined once for heading, detail label, help and `-o`.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{Asked, Kind};
use crate::ipc::msgq::QueueStat;
use crate::ipc::object::Object;
use crate::ipc::sem::SetStat;
use crate::ipc::shm::SegmentStat;
use crate::personality::clock::{Style, styled};
use crate::personality::text::{human, key, octal_with_zero};
use crate::proc::names::{Name, Names};
use crate::proc::process;
use crate::render::number::{push_signed, push_unsigned};

/// What a column belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Every,
    One(Kind),
    Summary,
}

/// A column.
pub struct Column {
    pub name: &'static str,
    /// What the details of one object call it.
    pub label: &'static str,
    pub help: &'static str,
    pub of: Of,
    pub right: bool,
    /// Its cell; None where there is none.
    pub cell: fn(&Object, &Shown<'_>) -> Option<Vec<u8>>,
}

/// How cells are to look, and what they are looked up in.
pub struct Shown<'a> {
    pub asked: &'a Asked,
    pub names: &'a Names,
    pub times: Style,
    pub commands: &'a Commands,
}

const fn left(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    of: Of,
    cell: fn(&Object, &Shown<'_>) -> Option<Vec<u8>>,
) -> Column {
    Column { name, label, help, of, right: false, cell }
}

const fn right(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    of: Of,
    cell: fn(&Object, &Shown<'_>) -> Option<Vec<u8>>,
) -> Column {
    Column { name, label, help, of, right: true, cell }
}

const SHM: Of = Of::One(Kind::Segments);
const MSG: Of = Of::One(Kind::Queues);
const SEM: Of = Of::One(Kind::Sets);

/// All columns, in the order of the help text and of the details.
pub static COLUMNS: &[Column] = &[
    left("KEY", "Key", "Resource key", Of::Every, |object, _| {
        text(|out| key(out, object.identity().key().map_or(0, |key| key.0)))
    }),
    left("ID", "ID", "Resource ID", Of::Every, |object, _| signed(object.identity().id().unwrap_or(0))),
    right("OWNER", "Owner", "Owner's username or UID", Of::Every, |object, shown| {
        user(shown, object.owner().uid).or(unsigned(object.owner().uid.into()))
    }),
    right("PERMS", "Permissions", "Permissions", Of::Every, perms),
    right("CUID", "Creator UID", "Creator UID", Of::Every, |object, _| unsigned(creator(object).0.into())),
    left("CUSER", "Creator user", "Creator user", Of::Every, |object, shown| user(shown, creator(object).0)),
    right("CGID", "Creator GID", "Creator GID", Of::Every, |object, _| unsigned(creator(object).1.into())),
    left("CGROUP", "Creator group", "Creator group", Of::Every, |object, shown| {
        group(shown, creator(object).1)
    }),
    right("UID", "UID", "User ID", Of::Every, |object, _| unsigned(object.owner().uid.into())),
    left("USER", "User name", "User name", Of::Every, |object, shown| user(shown, object.owner().uid)),
    right("GID", "GID", "Group ID", Of::Every, |object, _| unsigned(object.owner().gid.into())),
    left("GROUP", "Group name", "Group name", Of::Every, |object, shown| group(shown, object.owner().gid)),
    right("CTIME", "Last change", "Time of the last change", Of::Every, |object, shown| {
        time(shown, ctime(object))
    }),
    right("SIZE", "Segment size", "Segment size", SHM, |object, shown| size(shown, segment(object)?.segsz)),
    right("NATTCH", "Attached processes", "Number of attached processes", SHM, |object, _| {
        unsigned(segment(object)?.nattch)
    }),
    left("STATUS", "Status", "Status", SHM, |object, _| {
        let segment = segment(object)?;
        let words = [(segment.dest, "dest"), (segment.locked, "locked")];
        let words: Vec<_> = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        Some(words.join(",").into_bytes())
    }),
    right("ATTACH", "Attach time", "Attach time", SHM, |object, shown| time(shown, segment(object)?.atime)),
    right("DETACH", "Detach time", "Detach time", SHM, |object, shown| time(shown, segment(object)?.dtime)),
    left("COMMAND", "Creator command", "Creator command line", SHM, |object, shown| {
        shown.commands.of(segment(object)?.cpid)
    }),
    right("CPID", "Creator PID", "PID of the creator", SHM, |object, _| pid(segment(object)?.cpid)),
    right("LPID", "Last user PID", "PID of last user", SHM, |object, _| pid(segment(object)?.lpid)),
    right("USEDBYTES", "Bytes used", "Bytes used", MSG, |object, shown| size(shown, queue(object)?.cbytes)),
    left("MSGS", "Messages", "Number of messages", MSG, |object, _| unsigned(queue(object)?.qnum)),
    right("SEND", "Msg sent", "Time of last msg sent", MSG, |object, shown| {
        time(shown, queue(object)?.stime)
    }),
    right("RECV", "Msg received", "Time of last msg received", MSG, |object, shown| {
        time(shown, queue(object)?.rtime)
    }),
    right("LSPID", "Msg sender", "PID of the last msg sender", MSG, |object, _| pid(queue(object)?.lspid)),
    right(
        "LRPID",
        "Msg receiver",
        "PID of the last msg receiver",
        MSG,
        |object, _| pid(queue(object)?.lrpid),
    ),
    right("NSEMS", "Semaphores", "Number of semaphores", SEM, |object, _| unsigned(set(object)?.nsems)),
    right("OTIME", "Last operation", "Time of the last operation", SEM, |object, shown| {
        time(shown, set(object)?.otime)
    }),
    left("RESOURCE", "", "Resource name", Of::Summary, |_, _| None),
    left("DESCRIPTION", "", "Resource description", Of::Summary, |_, _| None),
    right("LIMIT", "", "System-wide limit", Of::Summary, |_, _| None),
    right("USED", "", "Currently used", Of::Summary, |_, _| None),
    right("USE%", "", "Currently use percentage", Of::Summary, |_, _| None),
];

impl Column {
    /// The column of this name, in any case of letters.
    pub fn named(name: &[u8]) -> Option<&'static Column> {
        COLUMNS.iter().find(|column| column.name.as_bytes().eq_ignore_ascii_case(name))
    }

    /// The heading; with `-y` one that a shell takes for a variable's name.
    pub fn heading(&self, asked: &Asked) -> String {
        if asked.shell { self.name.replace('%', "_PCT") } else { self.name.to_string() }
    }
}

/// Command lines by PID: lists are full of objects of the same creator.
#[derive(Default)]
pub struct Commands(RefCell<HashMap<i32, Option<Vec<u8>>>>);

impl Commands {
    /// A command line, its words parted by blanks; None of a process that is gone or has none.
    pub fn of(&self, pid: Option<i32>) -> Option<Vec<u8>> {
        let pid = pid?;
        let mut known = self.0.borrow_mut();
        let line = known.entry(pid).or_insert_with(|| {
            let words = process::arguments(pid).ok()??;
            Some(words.join(&b' ')).filter(|line| !line.is_empty())
        });
        line.clone()
    }
}

fn queue(object: &Object) -> Option<&QueueStat> {
    if let Object::Queue(queue) = object { Some(queue) } else { None }
}

fn set(object: &Object) -> Option<&SetStat> {
    if let Object::Set(set) = object { Some(set) } else { None }
}

fn segment(object: &Object) -> Option<&SegmentStat> {
    if let Object::Segment(segment) = object { Some(segment) } else { None }
}

fn creator(object: &Object) -> (u32, u32) {
    object.owner().creator.unwrap_or_default()
}

fn ctime(object: &Object) -> Option<i64> {
    match object {
        Object::Queue(queue) => queue.ctime,
        Object::Set(set) => set.ctime,
        Object::Segment(segment) => segment.ctime,
    }
}

fn text(push: impl FnOnce(&mut Vec<u8>)) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    push(&mut out);
    Some(out)
}

fn unsigned(value: u64) -> Option<Vec<u8>> {
    text(|out| push_unsigned(out, value))
}

fn signed(value: i32) -> Option<Vec<u8>> {
    text(|out| push_signed(out, value.into()))
}

fn pid(pid: Option<i32>) -> Option<Vec<u8>> {
    signed(pid.unwrap_or(0))
}

fn size(shown: &Shown<'_>, size: u64) -> Option<Vec<u8>> {
    if shown.asked.bytes { unsigned(size) } else { text(|out| human(out, size)) }
}

fn time(shown: &Shown<'_>, time: Option<i64>) -> Option<Vec<u8>> {
    Some(styled(time?, shown.times).into_bytes())
}

fn user(shown: &Shown<'_>, uid: u32) -> Option<Vec<u8>> {
    shown.names.user(uid).map(|name: Name| name.to_vec())
}

fn group(shown: &Shown<'_>, gid: u32) -> Option<Vec<u8>> {
    shown.names.group(gid).map(|name: Name| name.to_vec())
}

/// As letters, or in octal; of a queue this program has no octal ones.
fn perms(object: &Object, shown: &Shown<'_>) -> Option<Vec<u8>> {
    let mode = object.owner().mode;
    match (shown.asked.numeric, object) {
        (false, _) => {
            Some((0..9).map(|bit| if mode & (0o400 >> bit) == 0 { b'-' } else { b"rwx"[bit % 3] }).collect())
        }
        (true, Object::Queue(_)) => None,
        (true, _) => text(|out| octal_with_zero(out, mode)),
    }
}
