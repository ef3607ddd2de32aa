//! Another IPC namespace: going into it, and what its users are called out here (setns(2), user_namespaces(7)).

use std::fs::File;
use std::sync::OnceLock;

use nix::errno::Errno;
use nix::sched::{CloneFlags, setns};
use nix::unistd::geteuid;

use crate::fault::Fault;
use crate::ipc::dev_shm;
use crate::proc::namespaces::{Sort, of, own};
use crate::proc::process;
use crate::status::Status;

/// The users and groups of the user namespace that we have joined; none while we are in our own.
static JOINED: OnceLock<Joined> = OnceLock::new();

#[derive(Debug)]
struct Joined {
    uids: Vec<Range>,
    gids: Vec<Range>,
}

/// A line of /proc/PID/uid_map, as it is read from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    inside: u32,
    outside: u32,
    count: u32,
}

/// From now on, System V objects are those of process `pid`'s IPC namespace. PIDs, names and paths stay ours.
///
/// Must come before any thread is started. The namespace is joined with our own rights, or else through the user namespace
/// of that process, where a user has them over what is his.
///
/// # Errors
/// Status 3 if there is no such process, 4 without the right to join.
pub fn enter(pid: i32) -> Result<(), Fault> {
    let what = format!("enter the IPC namespace of process {pid}");
    // Also where the namespace is ours: its files need not be.
    dev_shm::see_as(pid);
    let gone = || process::missing(&what, pid);
    let theirs = of(pid, Sort::Ipc).map_err(|fault| denied(&what, fault.errno()))?.ok_or_else(gone)?;
    if theirs == own(Sort::Ipc)? {
        return Ok(());
    }
    // Both are opened before one is joined: afterwards /proc may look different.
    let ipc = open(pid, "ipc").map_err(|errno| denied(&what, Some(errno)))?;
    let user = open(pid, "user").map_err(|errno| denied(&what, Some(errno)))?;
    let same_users = of(pid, Sort::User)? == Some(own(Sort::User)?);
    match setns(&ipc, CloneFlags::CLONE_NEWIPC) {
        Ok(()) => return Ok(()),
        Err(Errno::EPERM) if !same_users => {}
        Err(errno) => return Err(denied(&what, Some(errno))),
    }
    let joined = Joined { uids: map(pid, "uid_map")?, gids: map(pid, "gid_map")? };
    setns(&user, CloneFlags::CLONE_NEWUSER).map_err(|errno| denied(&what, Some(errno)))?;
    // Set once: this is called once.
    let _ = JOINED.set(joined);
    setns(&ipc, CloneFlags::CLONE_NEWIPC).map_err(|errno| denied(&what, Some(errno)))
}

fn open(pid: i32, sort: &str) -> Result<File, Errno> {
    File::open(format!("/proc/{pid}/ns/{sort}"))
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))
}

fn denied(what: &str, errno: Option<Errno>) -> Fault {
    match errno.unwrap_or(Errno::EIO) {
        errno @ (Errno::EPERM | Errno::EACCES) => Fault::os(what, errno).hint(
            "joining needs CAP_SYS_ADMIN there: run as root, or as the user who made its user namespace",
        ),
        errno @ (Errno::ESRCH | Errno::ENOENT) => {
            Fault::os_because(what, "there is no such process", errno).status(Status::NOT_FOUND)
        }
        errno => Fault::os(what, errno),
    }
}

fn map(pid: i32, file: &str) -> Result<Vec<Range>, Fault> {
    let path = format!("/proc/{pid}/{file}");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Fault::os(format_args!("read {path}"), Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))
    })?;
    parse(&text).ok_or_else(|| Fault::new(format_args!("read {path}"), "a line is not three numbers"))
}

/// The lines of a uid_map: first number inside, first outside, how many.
fn parse(text: &str) -> Option<Vec<Range>> {
    let line = |line: &str| {
        let mut words = line.split_whitespace().map(|word| word.parse().ok());
        Some(Range { inside: words.next()??, outside: words.next()??, count: words.next()?? })
    };
    text.lines().map(line).collect()
}

/// What user `uid`, as the kernel tells it now, is called out here.
pub fn outer_uid(uid: u32) -> u32 {
    JOINED.get().map_or(uid, |joined| outward(&joined.uids, uid))
}

/// As [`outer_uid`], of a group.
pub fn outer_gid(gid: u32) -> u32 {
    JOINED.get().map_or(gid, |joined| outward(&joined.gids, gid))
}

/// What the kernel must be told for a user that is called `uid` out here; None if it has no number in there, where the
/// same number may be another's.
pub fn inner_uid(uid: u32) -> Option<u32> {
    JOINED.get().map_or(Some(uid), |joined| inward(&joined.uids, uid))
}

/// As [`inner_uid`], of a group.
pub fn inner_gid(gid: u32) -> Option<u32> {
    JOINED.get().map_or(Some(gid), |joined| inward(&joined.gids, gid))
}

/// Our effective user, as it is called out here.
pub fn own_uid() -> u32 {
    outer_uid(geteuid().as_raw())
}

/// A number that is not in the map stands for itself: the kernel has none for it either.
fn outward(map: &[Range], id: u32) -> u32 {
    let range =
        map.iter().find(|range| id.checked_sub(range.inside).is_some_and(|above| above < range.count));
    range.map_or(id, |range| range.outside + (id - range.inside))
}

fn inward(map: &[Range], id: u32) -> Option<u32> {
    let range =
        map.iter().find(|range| id.checked_sub(range.outside).is_some_and(|above| above < range.count))?;
    Some(range.inside + (id - range.outside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_both_ways() {
        let map = parse("         0       1000          1\n         1     100000      65536\n").unwrap();
        for (inside, outside) in [(0, 1000), (1, 100_000), (65_536, 165_535)] {
            assert_eq!(outward(&map, inside), outside);
            assert_eq!(inward(&map, outside), Some(inside));
        }
        assert_eq!(outward(&map, 65_537), 65_537);
        // Root out here is nobody in there, where 0 is another.
        assert_eq!((inward(&map, 0), inward(&map, 65_537)), (None, None));
        assert_eq!(parse("0 1"), None);
        assert_eq!(parse("0 0 4294967296"), None);
        assert_eq!(parse(""), Some(vec![]));
        assert_eq!(outward(&parse("0 0 4294967295").unwrap(), 77), 77);
    }
}
