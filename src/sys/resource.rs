//! prlimit(2): resource limits of any process; nix knows only our own.

use libc::{c_int, rlimit};
use nix::errno::Errno;

/// A resource, as the kernel numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource(c_int);

/// RLIMIT_MSGQUEUE.
pub const MSGQUEUE: Resource = Resource(libc::RLIMIT_MSGQUEUE as c_int);
/// RLIMIT_MEMLOCK.
pub const MEMLOCK: Resource = Resource(libc::RLIMIT_MEMLOCK as c_int);
/// RLIMIT_SIGPENDING.
pub const SIGPENDING: Resource = Resource(libc::RLIMIT_SIGPENDING as c_int);
/// RLIMIT_NOFILE.
pub const NOFILE: Resource = Resource(libc::RLIMIT_NOFILE as c_int);
/// RLIMIT_NPROC.
pub const NPROC: Resource = Resource(libc::RLIMIT_NPROC as c_int);

/// RLIM_INFINITY: no limit.
pub const UNLIMITED: u64 = libc::RLIM_INFINITY;

/// The soft and the hard limit of process `pid`. ESRCH: there is none; EPERM: it is another user's.
pub fn prlimit_get(pid: i32, resource: Resource) -> Result<(u64, u64), Errno> {
    let mut old = rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the new limit is null (nothing is changed) and the old one is written to a struct that lives here. The
    // number's type differs between C libraries, its value does not.
    let done = unsafe { libc::prlimit(pid, resource.0 as _, std::ptr::null(), &raw mut old) };
    Errno::result(done).map(|_| (old.rlim_cur, old.rlim_max))
}

/// Sets both limits of process `pid`. EPERM without the right, EINVAL if the soft one is above the hard one.
pub fn prlimit_set(pid: i32, resource: Resource, soft: u64, hard: u64) -> Result<(), Errno> {
    let new = rlimit { rlim_cur: soft, rlim_max: hard };
    // SAFETY: the new limit is read from a struct that lives here; the old one is not asked for (null).
    let done = unsafe { libc::prlimit(pid, resource.0 as _, &raw const new, std::ptr::null_mut()) };
    Errno::result(done).map(drop)
}
