//! Open descriptors of processes: `/proc/PID/fd` and `/proc/PID/fdinfo` (proc_pid_fd(5), proc_pid_fdinfo(5)).

use nix::errno::Errno;

use super::scan::{self, At, Found, Look};
use super::{Odd, field, file, maps, process};
use crate::fault::Fault;

/// What a descriptor is open on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A pipe without a name, by its inode.
    Pipe(u64),
    /// A socket, by its inode.
    Socket(u64),
    /// A file: a path as its process sees it, a FIFO, a device, `/memfd:NAME`, a POSIX message queue as `/NAME`.
    Path {
        /// Its name.
        path: Vec<u8>,
        /// It has no link any more. A file whose name ends in ` (deleted)` cannot be told apart.
        deleted: bool,
    },
    /// Something of the kernel's own: `anon_inode:[eventfd]`, `net:[4026531840]`.
    Other(Vec<u8>),
}

/// A descriptor of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// Its number.
    pub fd: i32,
    /// What it is open on.
    pub target: Target,
}

/// What fdinfo tells of a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// The position in the file, in bytes.
    pub pos: u64,
    /// The flags of open(2), O_CLOEXEC among them.
    pub flags: i32,
}

impl Info {
    /// True if it was opened for reading.
    pub fn reads(self) -> bool {
        matches!(self.flags & libc::O_ACCMODE, libc::O_RDONLY | libc::O_RDWR)
            && self.flags & libc::O_PATH == 0
    }

    /// True if it was opened for writing.
    pub fn writes(self) -> bool {
        matches!(self.flags & libc::O_ACCMODE, libc::O_WRONLY | libc::O_RDWR)
            && self.flags & libc::O_PATH == 0
    }
}

/// A process that has something open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opener {
    /// Who.
    pub pid: i32,
    /// Its command.
    pub comm: Vec<u8>,
    /// Its effective user; `None` if it ended meanwhile.
    pub uid: Option<u32>,
    /// Through which descriptors; what fdinfo tells of each, unless it was closed meanwhile.
    pub descriptors: Vec<(Descriptor, Option<Info>)>,
}

/// The link of a descriptor as what it is open on.
pub fn parse_target(link: &[u8]) -> Target {
    let inode = |prefix: &[u8]| {
        let rest = link.strip_prefix(prefix)?;
        field::decimal(rest.strip_suffix(b"]")?)
    };
    if let Some(inode) = inode(b"pipe:[") {
        Target::Pipe(inode)
    } else if let Some(inode) = inode(b"socket:[") {
        Target::Socket(inode)
    } else if link.starts_with(b"/") {
        let (path, deleted) = maps::split_deleted(link.to_vec());
        Target::Path { path, deleted }
    } else {
        Target::Other(link.to_vec())
    }
}

/// The text of a fdinfo file.
pub fn parse_info(text: &[u8]) -> Result<Info, Odd> {
    let value = |name: &'static str| {
        let mut lines = (1..).zip(field::lines(text));
        let found = lines.find_map(|(number, line)| {
            let (word, rest) = field::split_once(line, b':')?;
            (word == name.as_bytes()).then_some((number, rest.trim_ascii()))
        });
        found.ok_or(Odd { line: 1, field: name })
    };
    let ((pos_line, pos), (flags_line, flags)) = (value("pos")?, value("flags")?);
    let flags = field::octal::<u32>(flags).ok_or(Odd { line: flags_line, field: "flags" })?;
    // The kernel prints its signed position.
    let pos = field::signed::<i64>(pos).ok_or(Odd { line: pos_line, field: "pos" })?;
    Ok(Info { pos: pos.cast_unsigned(), flags: flags.cast_signed() })
}

/// The descriptors of a process, by number. `None` when it has ended. Needs the right to trace it (PTRACE_MODE_READ), else
/// status 4.
pub fn descriptors(pid: i32) -> Result<Option<Vec<Descriptor>>, Fault> {
    let directory = format!("/proc/{pid}/fd");
    file::unless_gone(numbers(&directory).and_then(|fds| open_on(&directory, fds, |_| true)))
        .map_err(|errno| Fault::os(format_args!("list the descriptors of process {pid}"), errno))
}

/// One descriptor of a process; `None` when it or the process has gone. Fails as [`descriptors`].
pub fn descriptor(pid: i32, fd: i32) -> Result<Option<Descriptor>, Fault> {
    let path = format!("/proc/{pid}/fd/{fd}");
    file::unless_gone(file::link(path.as_str()))
        .map(|found| found.map(|link| Descriptor { fd, target: parse_target(&link) }))
        .map_err(|errno| Fault::os(format_args!("read {path}"), errno))
}

/// Flags and position of a descriptor; `None` when it or the process has gone. Fails as [`descriptors`].
pub fn info(pid: i32, fd: i32) -> Result<Option<Info>, Fault> {
    let path = format!("/proc/{pid}/fdinfo/{fd}");
    match file::unless_gone(file::whole(path.as_str())) {
        Ok(Some(text)) => parse_info(&text).map(Some).map_err(|odd| odd.fault(&path)),
        Ok(None) => Ok(None),
        Err(errno) => Err(Fault::os(format_args!("read {path}"), errno)),
    }
}

/// Who has something open that `is_it` says yes to, as far as it can be seen. The name of a descriptor does not tell the file
/// system it is on: a caller who must know compares device and inode (`stat` of `/proc/PID/fd/N`) of the hits.
/// Fails when `/proc` cannot be listed.
pub fn openers(is_it: impl Fn(&Target) -> bool + Sync) -> Result<Found<Opener>, Fault> {
    let look = |at| {
        openings(at, &is_it).unwrap_or_else(|errno| {
            Look::failed(errno, format_args!("list the descriptors of process {}", at.pid))
        })
    };
    let mut found = scan::every_process(look, |_| false)?;
    found.hits.sort_by_key(|hit| hit.pid);
    Ok(found)
}

fn openings(at: At, is_it: impl Fn(&Target) -> bool) -> Result<Look<Opener>, Errno> {
    let directory = at.path("fd");
    let fds = numbers(&directory)?;
    if fds.is_empty() && at.has_no_files() {
        return Ok(Look::Empty);
    }
    let open = open_on(&directory, fds, is_it)?;
    if open.is_empty() {
        return Ok(Look::Seen(Vec::new()));
    }
    let info = |fd: i32| parse_info(&file::whole(at.path(format_args!("fdinfo/{fd}")).as_str()).ok()?).ok();
    let descriptors = open.into_iter().map(|descriptor| {
        let info = info(descriptor.fd);
        (descriptor, info)
    });
    let (comm, uid) = (process::comm(at.pid), process::uid(at.pid).ok().flatten());
    Ok(Look::Seen(vec![Opener { pid: at.pid, comm, uid, descriptors: descriptors.collect() }]))
}

fn numbers(directory: &str) -> Result<Vec<i32>, Errno> {
    let mut fds = file::numbers_in(directory)?;
    fds.sort_unstable();
    Ok(fds)
}

/// Those of the descriptors that `is_it` says yes to.
fn open_on(
    directory: &str,
    fds: Vec<i32>,
    is_it: impl Fn(&Target) -> bool,
) -> Result<Vec<Descriptor>, Errno> {
    let mut descriptors = Vec::new();
    for fd in fds {
        let link = file::unless_gone(file::link(format!("{directory}/{fd}").as_str()))?;
        let target = link.map(|link| parse_target(&link)).filter(&is_it);
        descriptors.extend(target.map(|target| Descriptor { fd, target }));
    }
    Ok(descriptors)
}

#[cfg(test)]
mod tests;
