//! Walking the kernel's slots of System V objects, and finding one object by its name.

use std::collections::BTreeSet;
use std::ops::Range;

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::key;
use crate::proc;
use crate::proc::sysvipc::{MsgRow, SemRow, ShmRow};
use crate::refs::{Kind, SysvName};
use crate::status::Status;

/// What `*_INFO` told of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// The highest slot in use.
    pub highest: i32,
    /// How many objects there are.
    pub in_use: i32,
    /// It told nothing.
    refused: bool,
}

impl Told {
    /// From the answer: the highest slot in use, and how many objects there are.
    pub fn of(answer: Result<(i32, i32), Errno>) -> Told {
        let (highest, in_use) = answer.unwrap_or((-1, 0));
        Told { highest, in_use, refused: answer.is_err() }
    }
}

/// What came of looking into slots.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    found: bool,
    refused: bool,
}

impl Seen {
    /// What came of both.
    pub fn and(self, other: Seen) -> Seen {
        Seen { found: self.found || other.found, refused: self.refused || other.refused }
    }
}

/// Hands every object of a kind to `row`, whoever may read it, one at a time: `stat` looks into each slot from 0 to the
/// highest, **inclusive**. As [`part`] and [`rest`].
///
/// # Errors
/// As [`rest`].
pub fn each<T, R>(
    told: Told,
    stat: impl Fn(i32) -> Result<(i32, T), Errno>,
    table: impl Fn() -> Result<proc::Listing<R>, Fault>,
    row: &mut dyn FnMut(T),
) -> Result<Vec<Fault>, Fault>
where
    T: From<R>,
    R: HasId,
{
    let seen = part(0..told.highest.saturating_add(1), &stat, &mut *row);
    rest(told, seen, stat, table, |listed| row(T::from(listed)))
}

/// Hands on the objects in some slots.
pub fn part<T>(
    slots: Range<i32>,
    stat: impl Fn(i32) -> Result<(i32, T), Errno>,
    mut row: impl FnMut(T),
) -> Seen {
    let mut seen = Seen::default();
    for index in slots {
        match stat(index) {
            Ok((_, object)) => {
                seen.found = true;
                row(object);
            }
            // Empty, or removed between the list and the look.
            Err(Errno::EINVAL | Errno::EIDRM) => {}
            Err(_) => seen.refused = true,
        }
    }
    seen
}

/// Hands on what was not `seen` in the slots.
///
/// Where the kernel does not answer `*_STAT_ANY`, for some slots (a security module) or at all (a seccomp filter; before
/// Linux 4.17: EINVAL for every slot although there are objects), the /proc/sysvipc table tells what is missing. What
/// was in the way comes back.
///
/// # Errors
/// The table was needed and cannot be read.
pub fn rest<T, R: HasId>(
    told: Told,
    seen: Seen,
    stat: impl Fn(i32) -> Result<(i32, T), Errno>,
    table: impl Fn() -> Result<proc::Listing<R>, Fault>,
    row: impl FnMut(R),
) -> Result<Vec<Fault>, Fault> {
    let refused = told.refused || seen.refused;
    if !refused && (seen.found || told.in_use == 0) {
        return Ok(Vec::new());
    }
    let listed = table()?;
    // Asked again: so rare that no list of all identifiers is kept for it.
    let slots = 0..=told.highest;
    let seen: BTreeSet<i32> = slots.filter_map(|index| stat(index).ok()).map(|(id, _)| id).collect();
    listed.rows.into_iter().filter(|listed| !seen.contains(&listed.id())).for_each(row);
    Ok(listed.odd)
}

/// A line of a /proc/sysvipc table.
pub trait HasId {
    /// The object's identifier.
    fn id(&self) -> i32;
}

impl HasId for MsgRow {
    fn id(&self) -> i32 {
        self.perm.id
    }
}

impl HasId for SemRow {
    fn id(&self) -> i32 {
        self.perm.id
    }
}

impl HasId for ShmRow {
    fn id(&self) -> i32 {
        self.perm.id
    }
}

/// The identifier of the object that `name` names; `get` is the kind's `*get` call with no flags.
///
/// An identifier is taken as it is: the first call on it tells whether it exists. Status 3 if no object has the key.
pub fn find(kind: Kind, name: &SysvName, get: impl Fn(u32) -> Result<i32, Errno>) -> Result<i32, Fault> {
    let wanted = match name {
        SysvName::Id(id) => return Ok(*id),
        SysvName::Private => return Err(private(kind)),
        SysvName::Key(wanted) => *wanted,
        SysvName::Ftok { path, proj } => key::ftok(path, *proj)?.key,
    };
    get(wanted.0).map_err(|errno| {
        let what = format_args!("find the {} with key {wanted}", noun(kind));
        match errno {
            Errno::ENOENT => Fault::os_because(what, "there is none", errno)
                .hint(format!("'ipctool ls {kind}' shows those that exist")),
            _ => Fault::os(what, errno),
        }
    })
}

/// The fault of `private` where an object must exist: it is none that could be looked for.
pub fn private(kind: Kind) -> Fault {
    Fault::usage(format!("'private' always names a new {}", noun(kind)))
        .hint("name an existing one by its identifier, key or ftok:PATH")
}

/// What a user calls an object of this kind.
pub fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Msgq => "message queue",
        Kind::Sem => "semaphore set",
        Kind::Shm => "shared memory segment",
        Kind::Fifo => "FIFO",
        Kind::Pipe => "pipe",
        Kind::Mmap => "mapping",
        Kind::Sig => "process",
    }
}

/// The facts of one object: `any` is what `*_STAT_ANY` told, `plain` asks IPC_STAT (which needs read permission), `listed`
/// looks through the list, the last resort. Status 3 if the object does not exist.
pub fn one<T>(
    kind: Kind,
    id: i32,
    any: Option<T>,
    plain: impl Fn() -> Result<T, Errno>,
    listed: impl Fn() -> Result<Option<T>, Fault>,
) -> Result<T, Fault> {
    if let Some(told) = any {
        return Ok(told);
    }
    let gone = |errno| {
        Fault::os_because(format_args!("look at {kind}:{id}"), format_args!("no such {}", noun(kind)), errno)
            .status(Status::NOT_FOUND)
            .hint(format!("'ipctool ls {kind}' shows those that exist"))
    };
    match plain() {
        Ok(told) => Ok(told),
        Err(errno @ (Errno::EINVAL | Errno::EIDRM)) => Err(gone(errno)),
        Err(errno) => listed()?.ok_or_else(|| gone(errno)),
    }
}
