//! The columns of `lsipc`: defined once for heading, detail label, help and `-o`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Asked, Kind};
use crate::ipc::msgq::QueueStat;
use crate::ipc::object::Object;
use crate::ipc::sem::SetStat;
use crate::ipc::shm::SegmentStat;
use crate::personality::clock::{Clock, Style};
use crate::personality::text::{human, key, octal_with_zero};
use crate::proc::names::Names;
use crate::proc::process;
use crate::render::number::{push_signed, push_unsigned};

/// What a column belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Every,
    One(Kind),
    Summary,
}

type Out = Vec<u8>;

/// Appends a cell.
type Write = fn(&mut Out, &Object, &Shown<'_>) -> Option<()>;

/// A column.
pub struct Column {
    pub name: &'static str,
    /// What the details of one object call it.
    pub label: &'static str,
    pub help: &'static str,
    pub of: Of,
    pub right: bool,
    /// Appends its cell; None where there is none.
    pub cell: Write,
}

/// How cells are to look, and what they are looked up in.
pub struct Shown<'a> {
    pub asked: &'a Asked,
    pub names: &'a Names,
    pub times: Style,
    pub clock: &'a Clock,
    pub commands: &'a Commands,
}

const fn left(name: &'static str, label: &'static str, help: &'static str, of: Of, cell: Write) -> Column {
    Column { name, label, help, of, right: false, cell }
}

const fn right(name: &'static str, label: &'static str, help: &'static str, of: Of, cell: Write) -> Column {
    Column { name, label, help, of, right: true, cell }
}

const SHM: Of = Of::One(Kind::Segments);
const MSG: Of = Of::One(Kind::Queues);
const SEM: Of = Of::One(Kind::Sets);

/// All columns, in the order of the help text and of the details.
pub static COLUMNS: &[Column] = &[
    left("KEY", "Key", "Resource key", Of::Every, |out, object, _| {
        key(out, object.identity().key().map_or(0, |key| key.0));
        Some(())
    }),
    left("ID", "ID", "Resource ID", Of::Every, |out, object, _| {
        signed(out, object.identity().id().unwrap_or(0))
    }),
    right("OWNER", "Owner", "Owner's username or UID", Of::Every, |out, object, shown| {
        user(out, shown, object.owner().uid).or_else(|| unsigned(out, object.owner().uid.into()))
    }),
    right("PERMS", "Permissions", "Permissions", Of::Every, perms),
    right("CUID", "Creator UID", "Creator UID", Of::Every, |out, object, _| {
        unsigned(out, creator(object).0.into())
    }),
    left("CUSER", "Creator user", "Creator user", Of::Every, |out, object, shown| {
        user(out, shown, creator(object).0)
    }),
    right("CGID", "Creator GID", "Creator GID", Of::Every, |out, object, _| {
        unsigned(out, creator(object).1.into())
    }),
    left("CGROUP", "Creator group", "Creator group", Of::Every, |out, object, shown| {
        group(out, shown, creator(object).1)
    }),
    right("UID", "UID", "User ID", Of::Every, |out, object, _| unsigned(out, object.owner().uid.into())),
    left("USER", "User name", "User name", Of::Every, |out, object, shown| {
        user(out, shown, object.owner().uid)
    }),
    right("GID", "GID", "Group ID", Of::Every, |out, object, _| unsigned(out, object.owner().gid.into())),
    left("GROUP", "Group name", "Group name", Of::Every, |out, object, shown| {
        group(out, shown, object.owner().gid)
    }),
    right("CTIME", "Last change", "Time of the last change", Of::Every, |out, object, shown| {
        time(out, shown, ctime(object))
    }),
    right("SIZE", "Segment size", "Segment size", SHM, |out, object, shown| {
        size(out, shown, segment(object)?.segsz)
    }),
    right("NATTCH", "Attached processes", "Number of attached processes", SHM, |out, object, _| {
        unsigned(out, segment(object)?.nattch)
    }),
    left("STATUS", "Status", "Status", SHM, |out, object, _| {
        let segment = segment(object)?;
        out.extend_from_slice(match (segment.dest, segment.locked) {
            (true, true) => b"dest,locked",
            (true, false) => b"dest",
            (false, true) => b"locked",
            (false, false) => b"",
        });
        Some(())
    }),
    right("ATTACH", "Attach time", "Attach time", SHM, |out, object, shown| {
        time(out, shown, segment(object)?.atime)
    }),
    right("DETACH", "Detach time", "Detach time", SHM, |out, object, shown| {
        time(out, shown, segment(object)?.dtime)
    }),
    left("COMMAND", "Creator command", "Creator command line", SHM, |out, object, shown| {
        shown.commands.push(out, segment(object)?.cpid)
    }),
    right("CPID", "Creator PID", "PID of the creator", SHM, |out, object, _| pid(out, segment(object)?.cpid)),
    right("LPID", "Last user PID", "PID of last user", SHM, |out, object, _| pid(out, segment(object)?.lpid)),
    right("USEDBYTES", "Bytes used", "Bytes used", MSG, |out, object, shown| {
        size(out, shown, queue(object)?.cbytes)
    }),
    left("MSGS", "Messages", "Number of messages", MSG, |out, object, _| unsigned(out, queue(object)?.qnum)),
    right("SEND", "Msg sent", "Time of last msg sent", MSG, |out, object, shown| {
        time(out, shown, queue(object)?.stime)
    }),
    right("RECV", "Msg received", "Time of last msg received", MSG, |out, object, shown| {
        time(out, shown, queue(object)?.rtime)
    }),
    right("LSPID", "Msg sender", "PID of the last msg sender", MSG, |out, object, _| {
        pid(out, queue(object)?.lspid)
    }),
    right("LRPID", "Msg receiver", "PID of the last msg receiver", MSG, |out, object, _| {
        pid(out, queue(object)?.lrpid)
    }),
    right("NSEMS", "Semaphores", "Number of semaphores", SEM, |out, object, _| {
        unsigned(out, set(object)?.nsems)
    }),
    right("OTIME", "Last operation", "Time of the last operation", SEM, |out, object, shown| {
        time(out, shown, set(object)?.otime)
    }),
    left("RESOURCE", "", "Resource name", Of::Summary, |_, _, _| None),
    left("DESCRIPTION", "", "Resource description", Of::Summary, |_, _, _| None),
    right("LIMIT", "", "System-wide limit", Of::Summary, |_, _, _| None),
    right("USED", "", "Currently used", Of::Summary, |_, _, _| None),
    right("USE%", "", "Currently use percentage", Of::Summary, |_, _, _| None),
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

/// As much of a command line as this program shows.
const LONGEST: usize = 8191;

/// Command lines by PID: lists are full of objects of the same creator.
#[derive(Default)]
pub struct Commands(RefCell<BTreeMap<i32, Option<Vec<u8>>>>);

impl Commands {
    /// Appends a command line, its words parted by blanks; None of a process that is gone or has none.
    pub fn push(&self, out: &mut Out, pid: Option<i32>) -> Option<()> {
        let pid = pid?;
        let mut known = self.0.borrow_mut();
        let line = known.entry(pid).or_insert_with(|| {
            let mut line = process::arguments(pid).ok()??.join(&b' ');
            line.truncate(LONGEST);
            Some(line).filter(|line| !line.is_empty())
        });
        out.extend_from_slice(line.as_deref()?);
        Some(())
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

fn unsigned(out: &mut Out, value: u64) -> Option<()> {
    push_unsigned(out, value);
    Some(())
}

fn signed(out: &mut Out, value: i32) -> Option<()> {
    push_signed(out, value.into());
    Some(())
}

fn pid(out: &mut Out, pid: Option<i32>) -> Option<()> {
    signed(out, pid.unwrap_or(0))
}

fn size(out: &mut Out, shown: &Shown<'_>, size: u64) -> Option<()> {
    if shown.asked.bytes {
        push_unsigned(out, size)
    } else {
        human(out, size)
    }
    Some(())
}

fn time(out: &mut Out, shown: &Shown<'_>, time: Option<i64>) -> Option<()> {
    shown.clock.styled(out, time?, shown.times);
    Some(())
}

fn user(out: &mut Out, shown: &Shown<'_>, uid: u32) -> Option<()> {
    out.extend_from_slice(&shown.names.user(uid)?);
    Some(())
}

fn group(out: &mut Out, shown: &Shown<'_>, gid: u32) -> Option<()> {
    out.extend_from_slice(&shown.names.group(gid)?);
    Some(())
}

/// As letters, or in octal; of a queue this program has no octal ones.
fn perms(out: &mut Out, object: &Object, shown: &Shown<'_>) -> Option<()> {
    let mode = object.owner().mode;
    match (shown.asked.numeric, object) {
        (false, _) => out.extend(
            (0..9_u8).map(|bit| if mode & (0o400 >> bit) == 0 { b'-' } else { b"rwx"[usize::from(bit % 3)] }),
        ),
        (true, Object::Queue(_)) => return None,
        (true, _) => octal_with_zero(out, mode),
    }
    Some(())
}
