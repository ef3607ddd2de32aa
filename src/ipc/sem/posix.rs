//! POSIX semaphores: named ones, which are files `sem.NAME` in `/dev/shm`, and unnamed ones in memory that is shared.

use std::cell::OnceCell;
use std::fmt;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use nix::errno::Errno;
use nix::sys::stat::fstat;
use nix::sys::uio::pwrite;

use super::counter::{Counter, Layout, MOST};
use super::flavour::{SysvOnly, posix_value};
use super::named::{self, Named};
use super::{Plan, SetStat, glibc};
use crate::fault::Fault;
use crate::ipc::denied;
use crate::ipc::dev_shm::{self, Entry, SEM_SIZE, semaphore_file};
use crate::ipc::identity::{FileId, Identity, Listing};
use crate::ipc::keyed::{Keyed, make_or_find};
use crate::ipc::memory::page_size;
use crate::refs::{Kind, PosixName, Ref, SemName};
use crate::status::Status;
use crate::sys::futex::Words;
use crate::wait::{Stop, Wait};

/// An open POSIX semaphore. It stays usable when its name is removed.
#[derive(Debug, Clone)]
pub struct PosixSemaphore {
    name: Ref,
    counter: Rc<Counter>,
}

impl PosixSemaphore {
    pub(super) fn new(name: SemName, counter: Counter) -> PosixSemaphore {
        PosixSemaphore { name: Ref::Sem(name), counter: Rc::new(counter) }
    }

    /// The named semaphore. Status 3 if there is none, 4 if it may not be written.
    pub fn open(name: &PosixName) -> Result<PosixSemaphore, Fault> {
        let failed = |errno| refused("open", name, errno);
        let found = named::find(name).map_err(failed)?;
        let fd = found.open().map_err(failed)?;
        if dev_shm::size(&fstat(&fd).map_err(failed)?) != SEM_SIZE {
            return Err(failed(Errno::EMEDIUMTYPE));
        }
        let words = Words::map(fd, 0, SEM_SIZE as usize, page_size()).map_err(failed)?;
        Ok(PosixSemaphore::new(SemName::Posix(name.clone()), Counter::new(words, found.layout)))
    }

    /// The named semaphore, made as `plan` says if there is none. An existing one keeps its value.
    ///
    /// # Errors
    /// 1 if it exists and differs from `plan`, or must not exist.
    pub fn open_or_create(name: &PosixName, plan: &Plan) -> Result<PosixSemaphore, Fault> {
        let value = only_value(plan)?;
        plan.check_reach(&reference(name))?;
        let what = format!("create {}", reference(name));
        let file = semaphore_file(name.as_bytes());
        let dress = |fd: &OwnedFd| match pwrite(fd, &glibc::bytes(value), 0)? {
            32 => Ok(()),
            _ => Err(Errno::ENOSPC),
        };
        let made = make_or_find(
            &what,
            plan.exclusive,
            || dev_shm::make(&file, plan.mode.unwrap_or(0o600), dress),
            || dev_shm::look(&file).map(|stat| dev_shm::owner(&stat).mode),
            |errno| match errno {
                Errno::ENOENT => dev_shm::missing(&what),
                errno => refused("create", name, errno),
            },
        )?;
        match (made, plan.mode) {
            (Keyed::Found(mode), Some(asked)) if asked != mode => {
                let cause =
                    format!("it exists already, but its mode is {mode:04o}, and {asked:04o} was asked for");
                Err(Fault::os_because(what, cause, Errno::EEXIST))
            }
            _ => PosixSemaphore::open(name),
        }
    }

    /// The reference that names it.
    pub fn reference(&self) -> Ref {
        self.name.clone()
    }

    /// Takes one.
    pub fn acquire(&self, index: u16, by: u32, wait: &Wait) -> Result<(), Fault> {
        self.check_index("acquire", index)?;
        if by != 1 {
            return Err(SysvOnly::Several.refused(self));
        }
        self.counter.acquire(wait).map_err(|stop| match stop {
            Stop::WouldBlock => {
                Fault::new(self.what("acquire"), "its value is 0").status(Status::WOULD_BLOCK)
            }
            Stop::Failed(errno) => self.failed("acquire", errno),
            stop => stop.fault(self.what("acquire")),
        })
    }

    /// Gives `by`.
    pub fn release(&self, index: u16, by: u32) -> Result<(), Fault> {
        self.check_index("release", index)?;
        self.counter.release(by).map_err(|errno| match errno {
            Errno::EOVERFLOW => {
                let cause = format!("its value would be above {MOST}, the highest there is");
                Fault::os_because(self.what("release"), cause, errno)
            }
            _ => self.failed("release", errno),
        })
    }

    /// The value.
    pub(super) fn value(&self, index: u16) -> Result<u32, Fault> {
        self.check_index("read", index)?;
        self.counter.count().map(|count| count.value).map_err(|errno| self.failed("read", errno))
    }

    /// Sets the value. Refused while somebody waits, unless `in_use`.
    pub(super) fn assign(&self, index: u16, value: u32, in_use: bool) -> Result<(), Fault> {
        self.check_index("set", index)?;
        let failed = |errno| self.failed("set", errno);
        let waiters = self.counter.count().map_err(failed)?.waiters;
        if waiters > 0 && !in_use {
            return Err(Fault::new(self.what("set"), format!("{waiters} wait for it, by its own count"))
                .hint("--in-use sets it all the same, and lets so many go"));
        }
        self.counter.assign(value).map_err(failed)
    }

    fn check_index(&self, verb: &str, index: u16) -> Result<(), Fault> {
        check_index(self, verb, index)
    }

    fn failed(&self, verb: &str, errno: Errno) -> Fault {
        match errno {
            Errno::ENXIO => Fault::os_because(self.what(verb), "its file was cut short", errno),
            _ => Fault::os(self.what(verb), errno),
        }
    }

    fn what(&self, verb: &str) -> String {
        format!("{verb} {self}")
    }
}

impl fmt::Display for PosixSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

/// Whether the one semaphore that it is has this `index`.
pub(super) fn check_index(semaphore: impl fmt::Display, verb: &str, index: u16) -> Result<(), Fault> {
    match index {
        0 => Ok(()),
        _ => Err(Fault::os_because(
            format!("{verb} {semaphore}"),
            format!("there is no semaphore {index}: it has one, number 0"),
            Errno::EFBIG,
        )),
    }
}

/// The value of the named semaphore, read from its file: that needs no permission to write. Status 3 if there is none, 4
/// if it may not be read.
pub(super) fn look(name: &PosixName) -> Result<u32, Fault> {
    let failed = |errno| refused("read", name, errno);
    let count = named::find(name).and_then(|found| found.read()).map_err(failed)?;
    count.map(|count| count.value).ok_or_else(|| failed(Errno::EMEDIUMTYPE))
}

/// The one value of a plan for a POSIX semaphore; 1 unless told.
pub(super) fn only_value(plan: &Plan) -> Result<u32, Fault> {
    posix_value(&plan.spread())
}

/// All named POSIX semaphores: files `sem.NAME` of the right size. Those of musl are not told from shared memory.
pub fn list() -> Result<Listing<SetStat>, Fault> {
    let named = |entry: Entry| {
        let name = PosixName::new(Kind::Sem, entry.semaphore()?).ok()?;
        Some(facts(name, &Named { file: entry.file, stat: entry.stat, layout: Layout::Glibc }))
    };
    Ok(Listing::from(dev_shm::entries()?.into_iter().filter_map(named).collect::<Vec<_>>()))
}

/// The facts of one. Status 3 if there is none.
pub fn stat(name: &PosixName) -> Result<SetStat, Fault> {
    let found = named::find(name).map_err(|errno| refused("look at", name, errno))?;
    Ok(facts(name.clone(), &found))
}

/// The name of its file in `/dev/shm`.
pub fn file(name: &PosixName) -> Result<Vec<u8>, Errno> {
    named::find(name).map(|found| found.file)
}

/// Removes its name; those who have it open can go on using it.
pub fn unlink(name: &PosixName) -> Result<(), Errno> {
    named::find(name)?.unlink()
}

fn facts(name: PosixName, found: &Named) -> SetStat {
    SetStat {
        identity: Identity::Posix(name),
        file: Some(FileId::from(&found.stat)),
        owner: dev_shm::owner(&found.stat),
        seq: None,
        nsems: 1,
        otime: None,
        count: found.count(),
        waiting: OnceCell::new(),
        ctime: Some(found.stat.st_ctime.max(found.stat.st_mtime)),
    }
}

/// The error line for what `/dev/shm` answered.
pub fn refused(verb: &str, name: &PosixName, errno: Errno) -> Fault {
    let reference = reference(name);
    let what = format!("{verb} {reference}");
    match errno {
        Errno::ENOENT => Fault::os_because(what, "no such semaphore", errno)
            .hint("'ipctool ls sem --posix' shows those that exist"),
        Errno::EMEDIUMTYPE | Errno::ELOOP => {
            Fault::new(what, "what has this name in /dev/shm is no semaphore").status(Status::NOT_FOUND)
        }
        Errno::EACCES => match named::find(name) {
            Ok(found) => denied::fault(what, reference, &dev_shm::owner(&found.stat)),
            Err(_) => Fault::os(what, errno),
        },
        Errno::ENOSPC => dev_shm::full(what),
        _ => Fault::os(what, errno),
    }
}

fn reference(name: &PosixName) -> Ref {
    Ref::Sem(SemName::Posix(name.clone()))
}
