//! Open descriptors of processes: `/proc/PID/fd` and `/proc/PID/fdinfo` (proc_pid_fd(5), proc_pid_fdinfo(5)).

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, readlinkat};
use nix::sys::stat::{Mode, fstatat};

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

/// Which ways an open file goes: none if it was opened with O_PATH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways {
    /// It was opened for reading.
    pub reads: bool,
    /// It was opened for writing.
    pub writes: bool,
}

impl Ways {
    /// What the permissions of a link in `/proc/PID/fd` say (proc_pid_fd(5)).
    fn of_link(mode: Mode) -> Ways {
        Ways { reads: mode.contains(Mode::S_IRUSR), writes: mode.contains(Mode::S_IWUSR) }
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
    /// Through which descriptors, by number, and which ways these go.
    pub descriptors: Vec<(Descriptor, Ways)>,
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
    let all = file::directory(format!("/proc/{pid}/fd").as_str()).and_then(|mut directory| {
        let fds = numbers(&mut directory)?;
        let open = fds.into_iter().map(|fd| {
            let target = target(&directory, fd)?;
            Ok(target.map(|target| Descriptor { fd, target }))
        });
        open.filter_map(Result::transpose).collect()
    });
    file::unless_gone(all)
        .map_err(|errno| Fault::os(format_args!("list the descriptors of process {pid}"), errno))
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
    let mut directory = file::directory(at.path("fd").as_str())?;
    let fds = numbers(&mut directory)?;
    if fds.is_empty() && at.has_no_files() {
        return Ok(Look::Empty);
    }
    let mut descriptors = Vec::new();
    for fd in fds {
        if let Some(target) = target(&directory, fd)?.filter(&is_it)
            && let Some(ways) = ways(&directory, fd)?
        {
            descriptors.push((Descriptor { fd, target }, ways));
        }
    }
    if descriptors.is_empty() {
        return Ok(Look::Seen(Vec::new()));
    }
    let (comm, uid) = (process::comm(at.pid), process::uid(at.pid).ok().flatten());
    Ok(Look::Seen(vec![Opener { pid: at.pid, comm, uid, descriptors }]))
}

fn numbers(directory: &mut Dir) -> Result<Vec<i32>, Errno> {
    let mut fds = file::numbers(directory)?;
    fds.sort_unstable();
    Ok(fds)
}

/// What descriptor `fd` of this directory is open on; `None` when it was closed meanwhile.
fn target(directory: &Dir, fd: i32) -> Result<Option<Target>, Errno> {
    use std::os::unix::ffi::OsStrExt;
    let link = file::unless_gone(readlinkat(directory, fd.to_string().as_str()))?;
    Ok(link.map(|link| parse_target(link.as_bytes())))
}

/// Which ways descriptor `fd` of this directory goes; `None` when it was closed meanwhile.
fn ways(directory: &Dir, fd: i32) -> Result<Option<Ways>, Errno> {
    let link = fstatat(directory, fd.to_string().as_str(), AtFlags::AT_SYMLINK_NOFOLLOW);
    Ok(file::unless_gone(link)?.map(|link| Ways::of_link(Mode::from_bits_truncate(link.st_mode))))
}

#[cfg(test)]
mod tests;
