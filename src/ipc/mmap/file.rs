//! Files that processes map: opened through a descriptor, made with a size.

use std::os::fd::OwnedFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open as open_file};
use nix::sys::stat::{FileStat, Mode, SFlag, fchmod, fstat, lstat, stat};
use nix::unistd::{ftruncate, unlink};

use crate::fault::{Fault, counted};
use crate::ipc::denied;
use crate::ipc::memory::{Access, Memory};
use crate::refs::{MappingName, Ref};

/// What is opened may block nobody and become nobody's terminal, should another file come between look and open.
const CAREFUL: OFlag = OFlag::O_CLOEXEC.union(OFlag::O_NONBLOCK).union(OFlag::O_NOCTTY);

/// Opens the regular file at `path`.
///
/// # Errors
/// As [`descriptor`].
pub fn open(path: &Path, access: Access) -> Result<Memory, Fault> {
    let verb = if access == Access::Read { "read" } else { "write to" };
    let what = format!("{verb} {}", reference(path));
    descriptor(path, access, &what).map(|(fd, _)| Memory::File(fd))
}

/// Opens the regular file at `path` for `what`, and tells its facts. Another kind of file is not opened: that could be felt
/// by whoever waits there.
///
/// # Errors
/// Status 3 if there is none, 4 if its mode forbids it, 1 if it is another kind of file.
pub fn descriptor(path: &Path, access: Access, what: &str) -> Result<(OwnedFd, FileStat), Fault> {
    let flags = if access == Access::Read { OFlag::O_RDONLY } else { OFlag::O_RDWR };
    let found = stat(path).map_err(|errno| Fault::os(what, errno))?;
    regular(&found, what)?;
    match existing(path, flags, what) {
        Err(fault) if fault.errno() == Some(Errno::EACCES) => {
            Err(denied::file(what, path, found.st_uid, found.st_mode))
        }
        opened => opened,
    }
}

/// Makes a file of `size` zero bytes at `path`, or lengthens the one that is there: none is ever shortened.
///
/// # Errors
/// Status 1: it exists and is longer, or has another mode than the one asked for, or is no regular file, or `exclusive`.
pub fn create(path: &Path, size: u64, mode: Option<u32>, exclusive: bool) -> Result<Ref, Fault> {
    let reference = reference(path);
    let what = format!("create {reference}");
    let fault = |errno| Fault::os(&what, errno);
    let length = i64::try_from(size).map_err(|_| fault(Errno::EFBIG))?;
    let permissions = Mode::from_bits_truncate(mode.unwrap_or(0o600));
    let new = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | CAREFUL;
    match open_file(path, new, permissions) {
        Ok(fd) => {
            // The umask is not asked for; and what cannot be as long as it should be is not left behind.
            let made = fchmod(&fd, permissions).and_then(|()| ftruncate(&fd, length));
            made.map_err(|errno| {
                discard(path, &fd);
                fault(errno)
            })?;
        }
        Err(Errno::EEXIST) if !exclusive => lengthen(path, size, mode, &what)?,
        Err(errno) => return Err(fault(errno)),
    }
    Ok(reference)
}

/// Removes the file that was made and is `fd`; what has been put in its place since stays.
fn discard(path: &Path, fd: &OwnedFd) {
    let inode = |found: FileStat| (found.st_dev, found.st_ino);
    let there = lstat(path).map(inode);
    if there.is_ok() && there == fstat(fd).map(inode) {
        // It is empty: that it stays is no more than untidy.
        let _ = unlink(path);
    }
}

fn lengthen(path: &Path, size: u64, mode: Option<u32>, what: &str) -> Result<(), Fault> {
    let fault = |errno| Fault::os(what, errno);
    regular(&stat(path).map_err(fault)?, what)?;
    let (fd, found) = existing(path, OFlag::O_RDWR, what)?;
    let has = found.st_mode & 0o7777;
    if let Some(mode) = mode.filter(|mode| *mode != has) {
        return Err(Fault::new(what, format!("it exists with mode {has:04o}, not {mode:04o}")));
    }
    match u64::try_from(found.st_size).map_err(|_| fault(Errno::EOVERFLOW))? {
        has if has == size => Ok(()),
        has if has > size => {
            let cause =
                format!("it exists with {}, not {size}, and is never shortened", counted(has, "byte"));
            Err(Fault::new(what, cause).hint("use truncate(1): whoever maps what is cut off gets SIGBUS"))
        }
        _ => ftruncate(&fd, i64::try_from(size).map_err(|_| fault(Errno::EFBIG))?).map_err(fault),
    }
}

fn existing(path: &Path, flags: OFlag, what: &str) -> Result<(OwnedFd, FileStat), Fault> {
    let fault = |errno| Fault::os(what, errno);
    let fd = open_file(path, flags | CAREFUL, Mode::empty()).map_err(fault)?;
    let found = fstat(&fd).map_err(fault)?;
    regular(&found, what)?;
    Ok((fd, found))
}

/// A fault that says what the file is, unless it is a regular one.
pub(super) fn regular(stat: &FileStat, what: &str) -> Result<(), Fault> {
    let kind = match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFREG => return Ok(()),
        SFlag::S_IFDIR => "a directory",
        SFlag::S_IFIFO => "a FIFO",
        SFlag::S_IFSOCK => "a socket",
        _ => "a device",
    };
    Err(Fault::new(what, format!("it is {kind}, not a regular file")))
}

fn reference(path: &Path) -> Ref {
    Ref::Mmap(MappingName::File(path.to_path_buf()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};

    #[test]
    fn only_the_file_that_was_made_is_discarded() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("a"), dir.path().join("b"));
        let made = OwnedFd::from(File::create(&path).unwrap());
        fs::write(&other, "theirs").unwrap();
        fs::rename(&other, &path).unwrap();
        discard(&path, &made);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        discard(&path, &made);
        assert!(path.is_symlink());
        fs::remove_file(&path).unwrap();
        let made = OwnedFd::from(File::create(&path).unwrap());
        discard(&path, &made);
        assert!(!path.exists());
    }
}
