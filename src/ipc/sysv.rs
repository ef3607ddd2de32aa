//! Walking the kernel's slots of System V objects, and finding one object by its name.

use std::collections::BTreeSet;

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::key;
use crate::proc;
use crate::proc::sysvipc::{MsgRow, SemRow, ShmRow};
use crate::refs::{Kind, SysvName};
use crate::status::Status;

/// Reads every slot from 0 to `highest`, **inclusive**, that holds an object.
///
/// Returns None when the kernel does not answer `*_STAT_ANY`: it is refused (a seccomp filter), unknown (before Linux
/// 4.17: EINVAL for every slot although `in_use` objects exist), and /proc/sysvipc must tell instead.
pub fn slots<T>(highest: i32, in_use: i32, mut stat: impl FnMut(i32) -> Result<T, Errno>) -> Option<Vec<T>> {
    let mut rows = Vec::with_capacity(usize::try_from(in_use).unwrap_or(0));
    for index in 0..=highest {
        match stat(index) {
            Ok(row) => rows.push(row),
            // Empty, or removed between the list and the look.
            Err(Errno::EINVAL | Errno::EIDRM) => {}
            Err(_) => return None,
        }
    }
    (!rows.is_empty() || in_use == 0).then_some(rows)
}

/// Hands every object of a kind to `row`, whoever may read it, one at a time: `stat` looks into each slot from 0 to
/// `highest`, **inclusive**; `told` is what `*_INFO` answered, `highest` and how many objects there are.
///
/// Where the kernel does not answer `*_STAT_ANY`, for some slots (a security module) or at all (a seccomp filter; before
/// Linux 4.17: EINVAL for every slot although there are objects), the /proc/sysvipc table tells what is missing. What
/// was in the way comes back.
///
/// # Errors
/// The table was needed and cannot be read.
pub fn each<T, R>(
    told: Option<(i32, i32)>,
    stat: impl Fn(i32) -> Result<(i32, T), Errno>,
    table: impl Fn() -> Result<proc::Listing<R>, Fault>,
    row: &mut dyn FnMut(T),
) -> Result<Vec<Fault>, Fault>
where
    T: From<R>,
    R: HasId,
{
    let mut found = false;
    let mut refused = told.is_none();
    let (highest, in_use) = told.unwrap_or((-1, 0));
    for index in 0..=highest {
        match stat(index) {
            Ok((_, object)) => {
                found = true;
                row(object);
            }
            // Empty, or removed between the list and the look.
            Err(Errno::EINVAL | Errno::EIDRM) => {}
            Err(_) => refused = true,
        }
    }
    if !refused && (found || in_use == 0) {
        return Ok(Vec::new());
    }
    let listed = table()?;
    // Asked again: so rare that no list of all identifiers is kept for it.
    let seen: BTreeSet<i32> = (0..=highest).filter_map(|index| stat(index).ok()).map(|(id, _)| id).collect();
    let unseen = listed.rows.into_iter().filter(|listed| !seen.contains(&listed.id()));
    unseen.for_each(|listed| row(T::from(listed)));
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
