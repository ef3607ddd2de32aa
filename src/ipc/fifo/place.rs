//! Where a FIFO stands: its directory, opened once, and its name in it.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};

use super::Fifo;
use crate::fault::Fault;
use crate::ipc::pipe::Inode;
use crate::refs::Ref;

/// Whose FIFOs are taken in a sticky directory such as /tmp, where everybody may put one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// One's own.
    Own,
    /// Anybody's (`--any-owner`).
    Anybody,
}

/// A name in a directory. Renaming the directories above it changes nothing from here on.
#[derive(Debug)]
pub(super) struct Place {
    /// As it was typed.
    pub(super) path: PathBuf,
    dir: OwnedFd,
    name: OsString,
}

impl Place {
    /// The place that `path` names; there need not be anything.
    ///
    /// Faults: the directory is not there (3), or may not be searched (4).
    pub(super) fn of(path: &Path) -> Result<Place, Fault> {
        let what = || format!("use {}", Ref::Fifo(path.to_path_buf()));
        let Some(name) = path.file_name().filter(|_| !ends_in_directory(path)) else {
            return Err(Fault::os_because(what(), "it is a directory", Errno::EISDIR));
        };
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let dir = open(parent, flags, Mode::empty()).map_err(|errno| Fault::os(what(), errno))?;
        Ok(Place { path: path.to_path_buf(), dir, name: name.to_os_string() })
    }

    /// The reference of what stands here.
    pub(super) fn reference(&self) -> Ref {
        Ref::Fifo(self.path.clone())
    }

    /// The FIFO that stands here. It is not opened: nobody notices.
    ///
    /// Faults: nothing is here (3); it is a symbolic link, or no FIFO (1); it is another user's in a sticky directory (4).
    pub(super) fn fifo(self, trust: Trust) -> Result<Fifo, Fault> {
        let what = format!("use {}", self.reference());
        let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let file = openat(self.dir.as_fd(), self.name.as_os_str(), flags, Mode::empty())
            .map_err(|errno| absent(&what, &self.path, errno))?;
        let stat = fstat(&file).map_err(|errno| Fault::os(&what, errno))?;
        if let Some(other) = other_kind(&stat) {
            return Err(not_a_fifo(&what, &self.path, other));
        }
        if trust == Trust::Own && stat.st_uid != nix::unistd::geteuid().as_raw() && self.is_sticky() {
            let cause = format!("it is uid {}'s, in a directory where everybody may put one", stat.st_uid);
            return Err(
                Fault::os_because(what, cause, Errno::EACCES).hint("if you trust that user, say --any-owner")
            );
        }
        Ok(Fifo::new(self, file, stat))
    }

    /// Makes a FIFO here with exactly the permission bits `mode`. mkfifoat(3).
    ///
    /// EEXIST: something is here already, be it a dangling link.
    pub(super) fn make(&self, mode: u32) -> nix::Result<()> {
        let before = nix::sys::stat::umask(Mode::empty());
        let made = nix::unistd::mkfifoat(
            self.dir.as_fd(),
            self.name.as_os_str(),
            Mode::from_bits_truncate(mode & 0o777),
        );
        nix::sys::stat::umask(before);
        made
    }

    /// What stands here now, links not followed; `None`: nothing.
    pub(super) fn inode(&self) -> Option<Inode> {
        let found = fstatat(self.dir.as_fd(), self.name.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW);
        found.ok().map(|stat| Inode::of(&stat))
    }

    /// Removes what stands here if it is `inode`; true if it was.
    pub(super) fn remove(&self, inode: Inode) -> nix::Result<bool> {
        if self.inode() != Some(inode) {
            return Ok(false);
        }
        let flags = nix::unistd::UnlinkatFlags::NoRemoveDir;
        nix::unistd::unlinkat(self.dir.as_fd(), self.name.as_os_str(), flags).map(|()| true)
    }

    fn is_sticky(&self) -> bool {
        fstat(&self.dir).is_ok_and(|stat| stat.st_mode & Mode::S_ISVTX.bits() != 0)
    }
}

/// Whether only a directory can be meant, which [`Path::file_name`] does not tell.
fn ends_in_directory(path: &Path) -> bool {
    let path = path.as_os_str().as_encoded_bytes();
    path.ends_with(b"/") || path.ends_with(b"/.")
}

fn absent(what: &str, path: &Path, errno: Errno) -> Fault {
    let fault = Fault::os(what, errno);
    match errno {
        Errno::ENOENT => {
            fault.hint(format!("to make it: ipctool fifo create {}", os_display::Quotable::maybe_quote(path)))
        }
        _ => fault,
    }
}

/// What a file is if it is no FIFO.
pub(super) fn other_kind(stat: &FileStat) -> Option<&'static str> {
    match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFIFO => None,
        SFlag::S_IFREG => Some("a regular file"),
        SFlag::S_IFDIR => Some("a directory"),
        SFlag::S_IFLNK => Some("a symbolic link"),
        SFlag::S_IFSOCK => Some("a socket"),
        _ => Some("a device"),
    }
}

fn not_a_fifo(what: &str, path: &Path, other: &str) -> Fault {
    let fault = Fault::new(what, format!("it is {other}"));
    match std::fs::canonicalize(path) {
        Ok(real) if other == "a symbolic link" => {
            fault.hint(format!("links are not followed; it points to {}", Ref::Fifo(real).typed()))
        }
        _ => fault,
    }
}
