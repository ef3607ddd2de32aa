//! POSIX shared memory: objects that are regular files in `/dev/shm` (shm_overview(7)).

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, OFlag, fallocate};
use nix::sys::stat::{FileStat, fstat};
use nix::unistd::ftruncate;

use super::create::{NewSegment, difference};
use super::{Resident, SegmentStat};
use crate::fault::Fault;
use crate::ipc::denied;
use crate::ipc::dev_shm::{self, Entry};
use crate::ipc::identity::{FileId, Identity, Listing};
use crate::ipc::keyed::{Keyed, make_or_find};
use crate::ipc::memory::{Access, Memory};
use crate::refs::{Kind, ObjectName, PosixName, Ref};
use crate::status::Status;
use crate::wait::cancel;

/// Bytes that `st_blocks` counts in (stat(2)).
const BLOCK: u64 = 512;

/// All POSIX shared memory objects: the regular files of `/dev/shm` that are no semaphores.
pub fn list() -> Result<Listing<SegmentStat>, Fault> {
    let entries = dev_shm::entries()?.into_iter().filter(|entry| entry.semaphore().is_none());
    let named = |Entry { file, stat }: Entry| Some(facts(PosixName::new(Kind::Shm, &file).ok()?, &stat));
    Ok(Listing::from(entries.filter_map(named).collect::<Vec<_>>()))
}

/// The facts of one object; needs no permission on it. Status 3 if there is none.
pub fn stat(name: &PosixName) -> Result<SegmentStat, Fault> {
    let stat = dev_shm::look(name.as_bytes()).map_err(|errno| refused("look at", name, errno))?;
    Ok(facts(name.clone(), &stat))
}

fn facts(name: PosixName, stat: &FileStat) -> SegmentStat {
    let blocks = u64::try_from(stat.st_blocks).unwrap_or(0);
    SegmentStat {
        identity: Identity::Posix(name),
        file: Some(FileId::from(stat)),
        owner: dev_shm::owner(stat),
        seq: None,
        dest: false,
        locked: false,
        segsz: dev_shm::size(stat),
        nattch: 0,
        cpid: None,
        lpid: None,
        atime: Some(stat.st_atime),
        dtime: None,
        // What is written through a mapping moves no time.
        ctime: Some(stat.st_ctime.max(stat.st_mtime)),
        resident: Some(Resident { rss: blocks * BLOCK, swap: 0 }),
    }
}

/// The bytes of an object.
///
/// # Errors
/// Status 3 if there is none, 4 with owner and mode if its permissions forbid it.
pub fn open(name: &PosixName, access: Access) -> Result<Memory, Fault> {
    let (verb, flags) = match access {
        Access::Read => ("read", OFlag::O_RDONLY),
        Access::Write => ("write to", OFlag::O_RDWR),
    };
    let fd = dev_shm::open(name.as_bytes(), flags).map_err(|errno| refused(verb, name, errno))?;
    Ok(Memory::File(fd))
}

/// Makes the object if there is none, with all its memory: a program that maps it never meets a full `/dev/shm`.
///
/// # Errors
/// One exists and differs from `new`, or exists and must not; there is no room. Nothing is left behind then.
pub fn create(name: &PosixName, new: &NewSegment) -> Result<(), Fault> {
    let what = format!("create {}", reference(name));
    if new.huge {
        return Err(Fault::usage(format!("cannot {what}: POSIX shared memory has no huge pages of its own"))
            .hint("--huge is for System V segments"));
    }
    let made = make_or_find(
        &what,
        new.exclusive,
        || dev_shm::make(name.as_bytes(), new.mode.unwrap_or(0o600), |fd| grow(fd, 0, new.size)),
        || dev_shm::look(name.as_bytes()),
        |errno| match errno {
            Errno::ENOENT => dev_shm::missing(&what),
            Errno::ENOSPC | Errno::EFBIG | Errno::EINVAL => no_room(&what, new.size, errno),
            errno => refused("create", name, errno),
        },
    )?;
    match made {
        Keyed::Made(()) => Ok(()),
        Keyed::Found(stat) => compatible(&what, &facts(name.clone(), &stat), new),
    }
}

fn compatible(what: &str, stat: &SegmentStat, new: &NewSegment) -> Result<(), Fault> {
    match difference(stat, new) {
        None => Ok(()),
        Some(difference) => Err(Fault::new(what, format!("it exists and {difference}"))),
    }
}

/// Gives the object another size. What is added is zero and has its memory; what is cut is gone.
///
/// # Errors
/// As [`open`]; status 1 if there is no room, and the object stays as it was.
pub fn resize(name: &PosixName, size: u64) -> Result<(), Fault> {
    let fd = dev_shm::open(name.as_bytes(), OFlag::O_RDWR).map_err(|errno| refused("resize", name, errno))?;
    let what = format!("resize {}", reference(name));
    let before = fstat(&fd).map_err(|errno| Fault::os(&what, errno))?;
    grow(&fd, dev_shm::size(&before), size).map_err(|errno| no_room(&what, size, errno))
}

/// From `before` bytes to `size`.
fn grow(fd: &OwnedFd, before: u64, size: u64) -> Result<(), Errno> {
    let signed = |size: u64| i64::try_from(size).map_err(|_| Errno::EFBIG);
    if size <= before {
        return ftruncate(fd, signed(size)?);
    }
    let (from, length) = (signed(before)?, signed(size - before)?);
    loop {
        match fallocate(fd, FallocateFlags::empty(), from, length) {
            // Any signal, also one that does nothing, undoes a long one in older kernels (linux/mm/shmem.c).
            Err(Errno::EINTR) if cancel::caught().is_none() => {}
            // A file system without that call: its pages come when they are touched.
            Err(Errno::EOPNOTSUPP) => return ftruncate(fd, signed(size)?),
            other => return other,
        }
    }
}

fn no_room(what: &str, size: u64, errno: Errno) -> Fault {
    match errno {
        Errno::ENOSPC => {
            let free = dev_shm::file_system();
            let free = free.map_or(0, |told| told.blocks_available().saturating_mul(told.fragment_size()));
            Fault::os_because(what, format!("{size} bytes are wanted and /dev/shm has {free} free"), errno)
                .hint("'ipctool limits shm' tells what is used; root can: mount -o remount,size=… /dev/shm")
        }
        Errno::EFBIG | Errno::EINVAL => {
            Fault::os_because(what, format!("{size} bytes are more than a file can have"), errno)
        }
        _ => Fault::os(what, errno),
    }
}

/// The error line for what `/dev/shm` answered.
pub fn refused(verb: &str, name: &PosixName, errno: Errno) -> Fault {
    let what = format!("{verb} {}", reference(name));
    match errno {
        Errno::ENOENT => Fault::os_because(what, "no such shared memory object", errno)
            .hint("'ipctool ls shm --posix' shows those that exist"),
        Errno::EMEDIUMTYPE | Errno::ELOOP => {
            Fault::new(what, "what has this name in /dev/shm is no regular file").status(Status::NOT_FOUND)
        }
        Errno::EACCES => match dev_shm::look(name.as_bytes()) {
            Ok(stat) => denied::fault(what, reference(name), &dev_shm::owner(&stat)),
            Err(_) => Fault::os(what, errno),
        },
        _ => Fault::os(what, errno),
    }
}

fn reference(name: &PosixName) -> Ref {
    Ref::Shm(ObjectName::Posix(name.clone()))
}
