//! Creating segments.

use nix::errno::Errno;

use crate::fault::{Fault, counted};
use crate::ipc::key;
use crate::ipc::keyed::{Keyed, make_or_find};
use crate::refs::{Key, ObjectName, Ref, SysvName};
use crate::sys::sysv::shm::{SHM_HUGETLB, ShmId, shm_info, shmget};
use crate::sys::sysv::{IPC_CREAT, IPC_EXCL};

use super::stat::{SegmentStat, stat};

/// What a segment shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSegment {
    /// Bytes.
    pub size: u64,
    /// Permission bits, exactly; none: 0600, and any will do of an existing one.
    pub mode: Option<u32>,
    /// Made of huge pages.
    pub huge: bool,
    /// It must be new.
    pub exclusive: bool,
}

/// The segment that `name` names, created if it does not exist. An existing one is never changed.
///
/// # Errors
/// One exists and differs from `new`, or exists and must not; a limit is reached. Nothing is left behind then.
pub fn create(name: &SysvName, new: &NewSegment) -> Result<ShmId, Fault> {
    let what = format!("create {}", Ref::Shm(ObjectName::Sysv(name.clone())));
    let wanted = match name {
        SysvName::Key(wanted) => *wanted,
        SysvName::Ftok { path, proj } => key::ftok(path, *proj)?.key,
        SysvName::Private => Key::PRIVATE,
        SysvName::Id(_) => {
            return Err(Fault::usage(format!("cannot {what}: the kernel chooses identifiers"))
                .hint("name it by a key, by ftok:PATH, or private"));
        }
    };
    let size = usize::try_from(new.size).unwrap_or(usize::MAX);
    let mode = i32::try_from(new.mode.unwrap_or(0o600)).unwrap_or(0o600);
    let huge = if new.huge { SHM_HUGETLB } else { 0 };
    let made = make_or_find(
        &what,
        new.exclusive,
        || shmget(wanted.0, size, IPC_CREAT | IPC_EXCL | mode | huge),
        || shmget(wanted.0, 0, 0),
        |errno| refused(&what, new, errno),
    );
    match made? {
        Keyed::Made(id) => Ok(id),
        Keyed::Found(id) => compatible(&what, id, new),
    }
}

/// The existing segment, if it is what was asked for.
fn compatible(what: &str, id: ShmId, new: &NewSegment) -> Result<ShmId, Fault> {
    match difference(&stat(id)?, new) {
        None => Ok(id),
        Some(difference) => Err(Fault::new(what, format!("shm:{} exists and {difference}", id.0))),
    }
}

/// How an existing one is not what was asked for.
pub(super) fn difference(stat: &SegmentStat, new: &NewSegment) -> Option<String> {
    let have = stat.owner.mode;
    if let Some(mode) = new.mode.filter(|mode| *mode != have) {
        return Some(format!("has mode {have:04o}, not {mode:04o}"));
    }
    (stat.segsz != new.size).then(|| format!("has {}, not {}", counted(stat.segsz, "byte"), new.size))
}

/// Why the kernel does not make it: which limit, and how to raise it (shmget(2), ERRORS).
fn refused(what: &str, new: &NewSegment, errno: Errno) -> Fault {
    let limit = |name: &str| {
        let found = crate::ipc::limits::list(&["shm"], None).ok();
        found.and_then(|found| found.rows.into_iter().find(|row| row.row.name == name)?.limit).unwrap_or(0)
    };
    let raise = |name: &str, to: u64| format!("ipctool limits set {name} {to}");
    match errno {
        Errno::EINVAL if new.size == 0 => Fault::os_because(what, "a segment has at least one byte", errno),
        Errno::EINVAL if new.size <= limit("shmmax") => {
            Fault::os_because(what, format!("{} bytes are more than can be addressed", new.size), errno)
        }
        Errno::EINVAL => {
            let cause = format!("{} bytes are more than shmmax, {}", new.size, limit("shmmax"));
            Fault::os_because(what, cause, errno).hint(raise("shmmax", new.size))
        }
        Errno::ENOSPC => {
            let used = shm_info().map_or((0, 0), |(_, info)| (info.segments, info.pages));
            let shmmni = limit("shmmni");
            if u64::try_from(used.0).is_ok_and(|segments| segments >= shmmni) {
                let cause = format!("there are {} segments, and shmmni allows {shmmni}", used.0);
                return Fault::os_because(what, cause, errno).hint(raise("shmmni", shmmni.saturating_mul(2)));
            }
            let shmall = limit("shmall");
            let cause = format!("{} pages are used, and shmall allows {shmall} in all", used.1);
            Fault::os_because(what, cause, errno).hint(raise("shmall", shmall.saturating_mul(2)))
        }
        Errno::ENOMEM if new.huge => Fault::os_because(what, "there are not enough free huge pages", errno)
            .hint("sysctl vm.nr_hugepages tells how many there are"),
        _ => Fault::os(what, errno),
    }
}
