//! Namespaces by their inode numbers (namespaces(7)).

use nix::errno::Errno;

use super::{field, file};
use crate::fault::Fault;

/// Which namespace of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// System V objects and POSIX message queues.
    Ipc,
    /// User and group ids.
    User,
    /// Process ids.
    Pid,
}

impl Sort {
    fn word(self) -> &'static str {
        match self {
            Sort::Ipc => "ipc",
            Sort::User => "user",
            Sort::Pid => "pid",
        }
    }
}

/// The inode in a link of `/proc/PID/ns`: `ipc:[4026531839]`.
pub fn parse(link: &[u8]) -> Option<u64> {
    let (_, inode) = field::split_once(link, b'[')?;
    field::decimal(inode.strip_suffix(b"]")?)
}

/// The namespace that the calling thread is in.
pub fn own(sort: Sort) -> Result<u64, Fault> {
    let path = format!("/proc/thread-self/ns/{}", sort.word());
    inode(&path).map_err(|errno| file::absence(&path, errno))
}

/// The namespace that a process is in; `None` when it has ended. Needs the right to trace it (PTRACE_MODE_READ), else
/// status 4.
pub fn of(pid: i32, sort: Sort) -> Result<Option<u64>, Fault> {
    let path = format!("/proc/{pid}/ns/{}", sort.word());
    file::unless_gone(inode(&path)).map_err(|errno| Fault::os(format_args!("read {path}"), errno))
}

/// The namespace behind a link, with the kernel's own errno.
pub(super) fn inode(path: &str) -> Result<u64, Errno> {
    parse(&file::link(path)?).ok_or(Errno::EINVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_namespaces() {
        assert_eq!(parse(b"ipc:[4026531839]"), Some(4_026_531_839));
        for odd in [&b""[..], b"ipc:", b"ipc:[]", b"ipc:[1", b"[-1]", b"\xff[\xff]"] {
            assert_eq!(parse(odd), None);
        }
    }

    #[test]
    fn we_are_in_our_own_namespaces() {
        let pid = std::process::id().cast_signed();
        for sort in [Sort::Ipc, Sort::User, Sort::Pid] {
            assert_eq!(of(pid, sort).unwrap(), Some(own(sort).unwrap()));
        }
        assert_ne!(own(Sort::Pid), own(Sort::Ipc));
        assert_eq!(of(i32::MAX, Sort::Ipc), Ok(None));
    }
}
