//! `/dev/shm`: the directory whose files are POSIX shared memory and named semaphores (shm_overview(7),
//! sem_overview(7)).
//!
//! Names come from `refs`, checked: they hold no slash. Nothing here follows a symbolic link, and only regular files are
//! touched: whoever may write in `/dev/shm` could have put anything there.

use std::fmt;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::sync::OnceLock;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, OpenHow, ResolveFlag, open as open_path, openat, openat2};
use nix::sys::stat::{FileStat, Mode, SFlag, fchmod, fstat, fstatat};
use nix::sys::statvfs::{Statvfs, fstatvfs};
use nix::unistd::{UnlinkatFlags, linkat, unlinkat};

use crate::fault::Fault;
use crate::ipc::identity::Owner;
use crate::ipc::namespace::{outer_gid, outer_uid};
use crate::status::Status;

/// Bytes of a `sem_t` of a 64-bit C library: a file `sem.NAME` of another size is no semaphore.
pub const SEM_SIZE: u64 = 32;

/// What stands in front of a semaphore's name in its file's name (glibc).
const SEM_PREFIX: &[u8] = b"sem.";

/// The directory of another mount namespace, opened before we joined anything of it.
static THEIRS: OnceLock<Result<OwnedFd, Errno>> = OnceLock::new();

/// From now on, the `/dev/shm` that process `pid` sees is meant.
pub fn see_as(pid: i32) {
    // Set once: this is called once.
    let _ = THEIRS.set(open_theirs(pid));
}

/// A symbolic link on the way leads where it leads that process: followed from our root, one that it has put there would give
/// our files away. openat2(2).
fn open_theirs(pid: i32) -> Result<OwnedFd, Errno> {
    let root = open_path(
        format!("/proc/{pid}/root").as_str(),
        OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC,
        Mode::empty(),
    )?;
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    openat2(&root, "dev/shm", OpenHow::new().flags(flags).resolve(ResolveFlag::RESOLVE_IN_ROOT))
}

/// What the file system of the directory says of its size.
pub fn file_system() -> Result<Statvfs, Errno> {
    fstatvfs(directory()?)
}

/// A regular file in the directory.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub file: Vec<u8>,
    /// Its facts.
    pub stat: FileStat,
}

impl Entry {
    /// The semaphore's name, if it is one.
    pub fn semaphore(&self) -> Option<&[u8]> {
        let name = self.file.strip_prefix(SEM_PREFIX).filter(|name| !name.is_empty())?;
        (size(&self.stat) == SEM_SIZE).then_some(name)
    }
}

/// The name of the file that holds the semaphore `name`.
pub fn semaphore_file(name: &[u8]) -> Vec<u8> {
    [SEM_PREFIX, name].concat()
}

/// A file's size in bytes.
pub fn size(stat: &FileStat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}

/// Whose a file is; POSIX objects do not record their creator.
pub fn owner(stat: &FileStat) -> Owner {
    Owner {
        uid: outer_uid(stat.st_uid),
        gid: outer_gid(stat.st_gid),
        creator: None,
        mode: stat.st_mode & 0o777,
    }
}

fn directory() -> Result<OwnedFd, Errno> {
    match THEIRS.get() {
        Some(Ok(theirs)) => theirs.try_clone().map_err(|_| Errno::EMFILE),
        Some(Err(errno)) => Err(*errno),
        None => openat(
            AT_FDCWD,
            "/dev/shm",
            OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC,
            Mode::empty(),
        ),
    }
}

/// Every regular file. No `/dev/shm`: none.
///
/// # Errors
/// The directory cannot be read.
pub fn entries() -> Result<Vec<Entry>, Fault> {
    let failed = |errno| Fault::os("list /dev/shm", errno);
    let directory = match directory() {
        Err(Errno::ENOENT) => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut entries = Vec::new();
    // A descriptor of its own: reading moves its position.
    let mut listed =
        Dir::openat(&directory, ".", OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty()).map_err(failed)?;
    for entry in listed.iter() {
        let file = entry.map_err(failed)?.file_name().to_bytes().to_vec();
        // What has gone since, or is no regular file, is nobody's object.
        if let Ok(stat) = regular(&directory, &file) {
            entries.push(Entry { file, stat });
        }
    }
    entries.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(entries)
}

/// The facts of one file. ENOENT: there is none; EMEDIUMTYPE: it is no regular file.
pub fn look(file: &[u8]) -> Result<FileStat, Errno> {
    regular(&directory()?, file)
}

fn regular(directory: impl AsFd, file: &[u8]) -> Result<FileStat, Errno> {
    checked(fstatat(directory, file, AtFlags::AT_SYMLINK_NOFOLLOW)?)
}

fn checked(stat: FileStat) -> Result<FileStat, Errno> {
    match SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits()) {
        SFlag::S_IFREG => Ok(stat),
        _ => Err(Errno::EMEDIUMTYPE),
    }
}

/// Opens a regular file with `flags`; errors as [`look`], and EACCES.
pub fn open(file: &[u8], flags: OFlag) -> Result<OwnedFd, Errno> {
    let directory = directory()?;
    // Looked at first: opening a FIFO would be felt by its other end.
    regular(&directory, file)?;
    let always = OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
    let fd = openat(&directory, file, flags | always, Mode::empty())?;
    checked(fstat(&fd)?)?;
    Ok(fd)
}

/// A path that names what a descriptor of ours is open on, also one opened with O_PATH.
pub fn reach(fd: &OwnedFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()))
}

/// Makes a file with exactly this mode: it has a name only when `dress` has given it its contents, so that nobody meets
/// a half-made one and nothing is left behind. EEXIST: there is something with this name.
pub fn make(file: &[u8], mode: u32, dress: impl FnOnce(&OwnedFd) -> Result<(), Errno>) -> Result<(), Errno> {
    let directory = directory()?;
    if fstatat(&directory, file, AtFlags::AT_SYMLINK_NOFOLLOW).is_ok() {
        return Err(Errno::EEXIST);
    }
    let flags = OFlag::O_TMPFILE | OFlag::O_RDWR | OFlag::O_CLOEXEC;
    let fd = openat(&directory, ".", flags, Mode::S_IRUSR | Mode::S_IWUSR)?;
    dress(&fd)?;
    fchmod(&fd, Mode::from_bits_truncate(mode))?;
    linkat(AT_FDCWD, &reach(&fd), &directory, file, AtFlags::AT_SYMLINK_FOLLOW)
}

/// The fault of `what` where the directory is missing.
pub fn missing(what: impl fmt::Display) -> Fault {
    Fault::os_because(what, "there is no /dev/shm", Errno::ENOENT).status(Status::FAILED)
}

/// The fault of `what` that needs room in it.
pub fn full(what: impl fmt::Display) -> Fault {
    Fault::os_because(what, "/dev/shm is full", Errno::ENOSPC).hint("'ipctool limits shm' tells what is used")
}

/// Removes a regular file; errors as [`look`], and EPERM, EACCES.
pub fn remove(file: &[u8]) -> Result<(), Errno> {
    let directory = directory()?;
    regular(&directory, file)?;
    unlinkat(&directory, file, UnlinkatFlags::NoRemoveDir)
}
