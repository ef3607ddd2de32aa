//! POSIX queues as files: the mqueue file system of our IPC namespace, looked at without a mount where we may.
//!
//! `/dev/mqueue` may be missing, a plain directory, or another namespace's. A view of our own (fsopen, fsmount) is none of
//! these, and takes CAP_SYS_ADMIN. Without it `/dev/mqueue` is taken when it is found to be ours, and else nothing is said
//! to be listed.

use std::ffi::CString;
use std::os::fd::{AsFd, OwnedFd};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat};
use nix::sys::stat::{FileStat, Mode, fstat, fstatat};
use nix::sys::statfs::{FsType, fstatfs};
use nix::unistd::read;

use super::Geometry;
use super::stat::QueueStat;
use crate::fault::Fault;
use crate::ipc::denied;
use crate::ipc::dev_shm::owner;
use crate::ipc::identity::{FileId, Identity, Listing};
use crate::refs::{Kind, ObjectName, PosixName, Ref};
use crate::status::Status;
use crate::sys::mount::{fsconfig_create, fsmount, fsopen};
use crate::sys::mqueue::{mq_getattr, mq_open, mq_unlink};

/// MQUEUE_MAGIC (linux/ipc/mqueue.c).
const MAGIC: i64 = 0x1980_0202;

/// All POSIX queues of our IPC namespace.
///
/// # Errors
/// Status 4: none can be seen from here; they can still be opened by name.
pub fn list() -> Result<Listing<QueueStat>, Fault> {
    let view = view()?;
    let mut rows = Vec::new();
    let failed = |errno| Fault::os("list the POSIX message queues", errno);
    for file in names(&view).map_err(failed)? {
        let Ok(name) = PosixName::new(Kind::Msgq, &file) else { continue };
        // Removed between the list and the look: not there.
        if let Ok(stat) = fstatat(&view, name.as_bytes(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
            let inside = openat(&view, name.as_bytes(), flags, Mode::empty()).ok();
            rows.push(facts(name, &stat, inside.as_ref()));
        }
    }
    Ok(Listing::from(rows))
}

/// The facts of one queue, which needs no mount. Status 3 if there is none, 4 if its mode hides it from us.
pub fn stat(name: &PosixName) -> Result<QueueStat, Fault> {
    let fd = match open(name) {
        Ok(fd) => fd,
        Err(errno @ Errno::EACCES) => return hidden(name).ok_or_else(|| refused("look at", name, errno)),
        Err(errno) => return Err(refused("look at", name, errno)),
    };
    let stat = fstat(&fd).map_err(|errno| refused("look at", name, errno))?;
    Ok(facts(name.clone(), &stat, Some(&fd)))
}

/// Opens a queue to look at it: one that may only be written tells its facts too.
fn open(name: &PosixName) -> Result<OwnedFd, Errno> {
    let bare = bare(name);
    match mq_open(&bare, libc::O_RDONLY | libc::O_NONBLOCK, 0, None) {
        Err(Errno::EACCES) => mq_open(&bare, libc::O_WRONLY | libc::O_NONBLOCK, 0, None),
        other => other,
    }
}

/// What can be told of a queue that may not be opened.
fn hidden(name: &PosixName) -> Option<QueueStat> {
    let stat = fstatat(view().ok()?, name.as_bytes(), AtFlags::AT_SYMLINK_NOFOLLOW).ok()?;
    Some(facts(name.clone(), &stat, None))
}

/// The file of a queue, for what is done to files: also one that may not be opened, where we have a view.
pub fn file(name: &PosixName) -> Result<OwnedFd, Errno> {
    match open(name) {
        Err(Errno::EACCES) => {
            let view = view().map_err(|_| Errno::EACCES)?;
            openat(
                &view,
                name.as_bytes(),
                OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC,
                Mode::empty(),
            )
        }
        other => other,
    }
}

/// Removes a queue's name; those who have it open can go on using it. mq_unlink(3).
pub fn unlink(name: &PosixName) -> Result<(), Errno> {
    mq_unlink(&bare(name))
}

/// A name as the kernel's calls take it: without its slash.
pub(super) fn bare(name: &PosixName) -> CString {
    // A checked name has no NUL byte.
    CString::new(name.as_bytes()).unwrap_or_default()
}

fn facts(name: PosixName, stat: &FileStat, inside: Option<&OwnedFd>) -> QueueStat {
    let attr = inside.and_then(|fd| mq_getattr(fd.as_fd()).ok());
    let unsigned = |number: i64| u64::try_from(number).unwrap_or(0);
    let geometry = attr.map(|attr| Geometry {
        max_messages: unsigned(attr.max_messages),
        message_size: unsigned(attr.message_size),
    });
    QueueStat {
        identity: Identity::Posix(name),
        file: Some(FileId::from(stat)),
        owner: owner(stat),
        seq: None,
        qnum: attr.map_or(0, |attr| unsigned(attr.messages)),
        cbytes: inside.and_then(bytes_inside).unwrap_or(0),
        qbytes: geometry.map(|geometry| geometry.max_messages.saturating_mul(geometry.message_size)),
        geometry,
        lspid: None,
        lrpid: None,
        stime: None,
        rtime: None,
        ctime: Some(changed(stat)),
    }
}

/// When the queue was made, last sent to, received from, or changed. Reading its file, as we do for its bytes and anybody may
/// who looks, sets its ctime and atime to the same moment (mqueue_read_file() in linux/ipc/mqueue.c): that is no use of it.
fn changed(stat: &FileStat) -> i64 {
    let looked_at = (stat.st_ctime, stat.st_ctime_nsec) == (stat.st_atime, stat.st_atime_nsec);
    if looked_at { stat.st_mtime } else { stat.st_ctime.max(stat.st_mtime) }
}

/// Bytes of all messages: `QSIZE:` of what a queue's file reads as (mq_overview(7)).
fn bytes_inside(queue: &OwnedFd) -> Option<u64> {
    let mut text = [0; 128];
    let count = read(queue, &mut text).ok()?;
    let text = std::str::from_utf8(text.get(..count)?).ok()?;
    text.strip_prefix("QSIZE:")?.split_whitespace().next()?.parse().ok()
}

fn names(view: &OwnedFd) -> Result<Vec<Vec<u8>>, Errno> {
    let mut listed = Dir::openat(view, ".", OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    let mut names = Vec::new();
    for entry in listed.iter() {
        let name = entry?.file_name().to_bytes().to_vec();
        if ![b".".as_slice(), b".."].contains(&name.as_slice()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The directory of our namespace's queues.
fn view() -> Result<OwnedFd, Fault> {
    let seen = own_view().or_else(|errno| match errno {
        Errno::ENODEV => Err(Unseen::None),
        _ => mounted(),
    });
    seen.map_err(|unseen| {
        let cause = match unseen {
            Unseen::None => return Fault::new(WHAT, "this kernel has none"),
            Unseen::Missing => "/dev/mqueue is not there",
            Unseen::Plain => "/dev/mqueue is a plain directory",
            Unseen::Foreign => "/dev/mqueue shows another namespace's",
        };
        Fault::new(WHAT, format!("{cause}, and a view of our own needs CAP_SYS_ADMIN"))
            .status(Status::DENIED)
            .hint("run as root, or mount -t mqueue none /dev/mqueue; a queue can be used by its name all the same")
    })
}

const WHAT: &str = "list the POSIX message queues";

/// Why no queues can be seen.
enum Unseen {
    None,
    Missing,
    Plain,
    Foreign,
}

fn own_view() -> Result<OwnedFd, Errno> {
    let context = fsopen(c"mqueue")?;
    fsconfig_create(context.as_fd())?;
    fsmount(context.as_fd())
}

/// `/dev/mqueue`, if what is there is ours.
fn mounted() -> Result<OwnedFd, Unseen> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let directory = openat(AT_FDCWD, "/dev/mqueue", flags, Mode::empty()).map_err(|_| Unseen::Missing)?;
    if !fstatfs(&directory).is_ok_and(|told| told.filesystem_type() == FsType(MAGIC as _)) {
        return Err(Unseen::Plain);
    }
    if is_ours(&directory) { Ok(directory) } else { Err(Unseen::Foreign) }
}

/// Whether a queue listed there is the one that we get by its name. One that is there and may not be opened is ours too: a
/// name that is not ours would not be found.
fn is_ours(directory: &OwnedFd) -> bool {
    let Ok(device) = fstat(directory).map(|stat| stat.st_dev) else { return false };
    for name in names(directory).unwrap_or_default() {
        let Ok(name) = CString::new(name) else { continue };
        match mq_open(&name, libc::O_RDONLY | libc::O_NONBLOCK, 0, None) {
            Ok(fd) => return fstat(&fd).is_ok_and(|stat| stat.st_dev == device),
            Err(Errno::EACCES) => {}
            Err(_) => return false,
        }
    }
    true
}

/// The error line for what a call on a queue answered.
pub(super) fn refused(verb: &str, name: &PosixName, errno: Errno) -> Fault {
    let reference = Ref::Msgq(ObjectName::Posix(name.clone()));
    let what = format!("{verb} {reference}");
    match errno {
        Errno::ENOENT => Fault::os_because(what, "no such message queue", errno)
            .hint("'ipctool ls msgq --posix' shows those that exist"),
        Errno::EACCES => match hidden(name) {
            Some(stat) => denied::fault(what, reference, &stat.owner),
            None => Fault::os(what, errno).hint(format!(
                "its mode and owner are seen, and changed, by root, or where mqueue is mounted on /dev/mqueue; its owner can remove it here: ipctool rm {}",
                reference.typed()
            )),
        },
        Errno::EMFILE => Fault::os_because(what, "we have too many files open", errno),
        _ => Fault::os(what, errno),
    }
}
