//! An end of a live pipe, found by process and descriptor.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open, readlink};
use nix::sys::stat::{Mode, SFlag, fstat, stat};

use super::holders::Inode;
use super::sink::Sink;
use crate::fault::Fault;
use crate::proc::fds;
use crate::refs::{Process, Ref};
use crate::status::Status;
use crate::sys::process::{pidfd_getfd, pidfd_open};

/// A process's descriptor of a pipe or FIFO. The process cannot be mistaken for a later one with its PID.
#[derive(Debug)]
pub struct End {
    name: Ref,
    pid: i32,
    fd: i32,
    /// The process.
    pidfd: OwnedFd,
    /// Which pipe it is.
    pub inode: Inode,
    /// The flags of the open file: access mode, O_NONBLOCK …
    pub flags: OFlag,
    /// It has no path: opening it again blocks nobody and releases nobody.
    pub anonymous: bool,
}

impl End {
    /// Finds descriptor `fd` of `process`, which must be a pipe or FIFO.
    ///
    /// Faults: no such process or descriptor (3), no permission to look (4), not a pipe (1).
    pub fn find(process: Process, fd: i32) -> Result<End, Fault> {
        let name = Ref::Pipe { process, fd };
        let pid = match process {
            Process::Own => nix::unistd::getpid().as_raw(),
            Process::Pid(pid) => pid,
        };
        let pidfd = pidfd_open(pid).map_err(|errno| no_process(&name, pid, errno))?;
        let path = format!("/proc/{pid}/fd/{fd}");
        let refused = |errno| refused(&name, pid, fd, errno);
        let stat = stat(path.as_str()).map_err(refused)?;
        let link = readlink(path.as_str()).map_err(refused)?;
        if SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT != SFlag::S_IFIFO {
            let link = os_display::Quotable::quote(link.as_os_str()).to_string();
            return Err(Fault::new(format!("use {name}"), format!("it is no pipe but {link}")));
        }
        let info = fds::info(pid, fd)?.ok_or_else(|| refused(Errno::EBADF))?;
        let flags = OFlag::from_bits_retain(info.flags);
        let anonymous = !Path::new(&link).is_absolute();
        let inode = Inode::of(&stat);
        Ok(End { name, pid, fd, pidfd, inode, flags, anonymous })
    }

    /// The reference that names it.
    pub fn reference(&self) -> &Ref {
        &self.name
    }

    /// It can read.
    pub fn reads(&self) -> bool {
        self.flags & OFlag::O_ACCMODE != OFlag::O_WRONLY
    }

    /// It can write.
    pub fn writes(&self) -> bool {
        self.flags & OFlag::O_ACCMODE != OFlag::O_RDONLY
    }

    /// The process's own open file: flags set here are set there. pidfd_getfd(2).
    ///
    /// Fault: we may not trace the process (4); the descriptor is gone or another file now (3).
    pub fn shared(&self) -> Result<OwnedFd, Fault> {
        let fd = pidfd_getfd(self.pidfd.as_fd(), self.fd).map_err(|errno| self.fault(errno))?;
        self.checked(fd)
    }

    /// Something to read from it by: our own open file where the kernel allows one, without waiting. Adds a reader.
    pub fn reader(&self) -> Result<OwnedFd, Fault> {
        self.open(OFlag::O_RDONLY, self.reads())
    }

    /// Something to look into it by that nobody is released by: a FIFO is not opened for reading where the process only
    /// writes to it.
    pub fn looker(&self) -> Result<OwnedFd, Fault> {
        if self.anonymous {
            return self.reader();
        }
        if !self.reads() {
            let cause = "the process only writes to it, and opening a FIFO would disturb its writers";
            return Err(Fault::new(format!("look into {}", self.name), cause)
                .hint("name a descriptor of its reader, or use 'ipctool fifo peek PATH'"));
        }
        // It has a reader, so that nobody waits for one whom another would release.
        self.shared().or_else(|fault| {
            let opened = self.reopen(OFlag::O_RDONLY).map_err(|_| fault)?;
            self.checked(opened)
        })
    }

    /// Something to write to it by. Adds a writer.
    ///
    /// Faults: nobody has it open for reading (1, EPIPE).
    pub fn writer(&self) -> Result<Sink, Fault> {
        self.open(OFlag::O_WRONLY, self.writes()).and_then(|fd| {
            let errno_fault = |errno| Fault::os(format!("write to {}", self.name), errno);
            let flags = fcntl(&fd, FcntlArg::F_GETFL).map_err(errno_fault)?;
            let is_nonblocking = OFlag::from_bits_retain(flags).contains(OFlag::O_NONBLOCK);
            Ok(Sink::new(fd, self.name.to_string(), is_nonblocking).keeping_size())
        })
    }

    /// Any descriptor of it: for what is the pipe's and not an end's.
    pub fn any(&self) -> Result<OwnedFd, Fault> {
        self.shared().or_else(|fault| match self.anonymous {
            true if self.reads() => self.reopen(OFlag::O_RDONLY).map_err(|errno| self.fault(errno)),
            true => self.reopen(OFlag::O_WRONLY).map_err(|errno| self.fault(errno)),
            false => Err(fault),
        })
    }

    /// An open file of our own, which never blocks; else, where the process's own open file goes that `way`, that one.
    fn open(&self, way: OFlag, shared_will_do: bool) -> Result<OwnedFd, Fault> {
        match self.reopen(way) {
            Ok(fd) => self.checked(fd),
            Err(Errno::ENXIO) => Err(self.fault(Errno::EPIPE)),
            Err(Errno::EACCES | Errno::EPERM) if shared_will_do => self.shared(),
            Err(errno) => Err(self.fault(errno)),
        }
    }

    fn reopen(&self, way: OFlag) -> nix::Result<OwnedFd> {
        let flags = way | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        open(format!("/proc/{}/fd/{}", self.pid, self.fd).as_str(), flags, Mode::empty())
    }

    /// The PID may be another's by now, or its descriptor another file.
    fn checked(&self, fd: OwnedFd) -> Result<OwnedFd, Fault> {
        let now = fstat(&fd).map_err(|errno| self.fault(errno))?;
        match Inode::of(&now) == self.inode {
            true => Ok(fd),
            false => Err(Fault::not_found(format!("use {}", self.name), "it is another file now")),
        }
    }

    fn fault(&self, errno: Errno) -> Fault {
        match errno {
            Errno::EPIPE => {
                let cause = "nobody has it open for reading";
                Fault::os_because(format!("write to {}", self.name), cause, errno)
            }
            errno => refused(&self.name, self.pid, self.fd, errno),
        }
    }
}

/// Opens the pipe behind one of our own descriptors once more, without waiting.
pub(super) fn reopen_own(fd: &OwnedFd, way: OFlag) -> nix::Result<OwnedFd> {
    let flags = way | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    open(format!("/proc/self/fd/{}", fd.as_raw_fd()).as_str(), flags, Mode::empty())
}

fn no_process(name: &Ref, pid: i32, errno: Errno) -> Fault {
    let what = format!("use {name}");
    match errno {
        Errno::ESRCH => Fault::os_because(what, format!("there is no process {pid}"), errno),
        Errno::EINVAL | Errno::ENOENT => {
            Fault::os_because(what, format!("{pid} is a thread and no process"), errno)
                .status(Status::NOT_FOUND)
        }
        errno => Fault::os(what, errno),
    }
}

/// Why a descriptor of a process cannot be had.
fn refused(name: &Ref, pid: i32, fd: i32, errno: Errno) -> Fault {
    let what = format!("use {name}");
    match errno {
        Errno::ENOENT | Errno::EBADF if pidfd_open(pid).is_err() => no_process(name, pid, Errno::ESRCH),
        Errno::ENOENT | Errno::EBADF => {
            let cause = format!("process {pid} has no descriptor {fd}");
            Fault::os_because(what, cause, Errno::EBADF).status(Status::NOT_FOUND)
        }
        Errno::EACCES | Errno::EPERM => {
            let cause = format!("process {pid} may not be looked into");
            Fault::os_because(what, cause, errno)
                .hint("it takes the same user, and where kernel.yama.ptrace_scope is not 0, root")
        }
        errno => Fault::os(what, errno),
    }
}
