//! Unnamed POSIX semaphores: `in:REF+OFFSET`, at a place in shared memory or a mapped file (sem_init(3), pshared = 1).

use std::cell::OnceCell;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::{FileStat, fstat};
use os_display::Quotable;

use super::counter::{Count, Counter, Layout};
use super::glibc::Semaphore;
use super::posix::{PosixSemaphore, only_value};
use super::{Plan, SetStat};
use crate::fault::Fault;
use crate::ipc::dev_shm::{self, SEM_SIZE};
use crate::ipc::identity::{FileId, Identity};
use crate::ipc::memory::{Access, Memory, page_size};
use crate::ipc::{mmap, shm};
use crate::refs::{MemoryName, Ref, SemName};
use crate::sys::futex::Words;
use crate::sys::sysv::shm::shmat;

/// Bytes of a `sem_t`.
const LENGTH: usize = SEM_SIZE as usize;

/// A place where a semaphore is, or shall be.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    memory: &'a MemoryName,
    offset: u64,
}

impl<'a> Place<'a> {
    /// The place `in:MEMORY+OFFSET`.
    pub fn new(memory: &'a MemoryName, offset: u64) -> Place<'a> {
        Place { memory, offset }
    }

    fn name(self) -> SemName {
        SemName::InMemory { memory: self.memory.clone(), offset: self.offset }
    }

    fn what(self, verb: &str) -> String {
        format!("{verb} {}", Ref::Sem(self.name()))
    }

    /// The semaphore that is there, for several processes.
    ///
    /// # Errors
    /// Status 3 if the memory is not there, 1 if no shared semaphore is at the place.
    pub fn open(self) -> Result<PosixSemaphore, Fault> {
        let semaphore = self.semaphore("open")?;
        let failed = |errno| Fault::os(self.what("open"), errno);
        self.check_shared("open", Some(semaphore.count().map_err(failed)?))?;
        Ok(PosixSemaphore::new(self.name(), Counter::Glibc(semaphore)))
    }

    /// The value of the semaphore that is there; the memory need not be writable.
    ///
    /// # Errors
    /// As [`Place::open`].
    pub fn look(self) -> Result<u32, Fault> {
        let bytes = self.read(&self.what("read"))?;
        self.check_shared("read", Layout::Glibc.count(&bytes)).map(|count| count.value)
    }

    fn check_shared(self, verb: &str, count: Option<Count>) -> Result<Count, Fault> {
        count.filter(|count| count.shared).ok_or_else(|| {
            Fault::new(
                self.what(verb),
                "there is no semaphore that processes share: sem_init with pshared = 1 has not been there",
            )
            .hint(format!("if the memory is free: ipctool sem create {}", Ref::Sem(self.name()).typed()))
        })
    }

    /// Makes one there, as sem_init(3) does, in memory that is zero.
    ///
    /// # Errors
    /// Status 1 if something is there already, unless that is a semaphore and `exclusive` is not asked for.
    pub fn create(self, plan: &Plan) -> Result<PosixSemaphore, Fault> {
        let value = only_value(plan)?;
        plan.check_reach(&Ref::Sem(self.name()))?;
        if plan.mode.is_some() {
            return Err(Fault::usage(format!("{} has the mode of its memory", Ref::Sem(self.name()))));
        }
        let what = self.what("create");
        let semaphore = self.semaphore("create")?;
        let memory = self.read(&what)?;
        if Layout::Glibc.count(&memory).is_some_and(|count| count.shared) {
            return if plan.exclusive {
                Err(Fault::os_because(what, "it exists already", Errno::EEXIST))
            } else {
                Ok(PosixSemaphore::new(self.name(), Counter::Glibc(semaphore)))
            };
        }
        if memory.iter().any(|byte| *byte != 0) {
            return Err(Fault::new(
                what,
                format!("the {LENGTH} bytes there are not zero: something is there"),
            ));
        }
        match semaphore.init(value) {
            // Another was faster, with a value of its own.
            Err(Errno::EEXIST) if !plan.exclusive => {}
            made => made.map_err(|errno| Fault::os(what, errno))?,
        }
        Ok(PosixSemaphore::new(self.name(), Counter::Glibc(semaphore)))
    }

    /// The facts of what is there. Status 3 if the memory is not there.
    pub fn stat(self) -> Result<SetStat, Fault> {
        let what = self.what("look at");
        let count = Layout::Glibc.count(&self.read(&what)?);
        let (file, owner, ctime) = match self.memory {
            MemoryName::Sysv(name) => {
                let segment = shm::stat(shm::find(name)?)?;
                (None, segment.owner, segment.ctime)
            }
            MemoryName::Posix(name) => {
                let object = shm::posix::stat(name)?;
                (object.file, object.owner, object.ctime)
            }
            MemoryName::File(path) => {
                let (_, stat) = mmap::descriptor(path, Access::Read, &what)?;
                (Some(FileId::from(&stat)), dev_shm::owner(&stat), Some(stat.st_ctime.max(stat.st_mtime)))
            }
        };
        let identity = Identity::InMemory { memory: self.memory.clone(), offset: self.offset };
        let waiting = OnceCell::new();
        Ok(SetStat { identity, file, owner, seq: None, nsems: 1, otime: None, count, waiting, ctime })
    }

    fn read(self, what: &str) -> Result<Vec<u8>, Fault> {
        let memory = match self.memory {
            MemoryName::Sysv(name) => shm::open(name, Access::Read)?,
            MemoryName::Posix(name) => shm::posix::open(name, Access::Read)?,
            MemoryName::File(path) => Memory::File(mmap::descriptor(path, Access::Read, what)?.0),
        };
        let size = memory.size().map_err(|errno| Fault::os(what, errno))?;
        self.check(size, what)?;
        let mut bytes = vec![0; LENGTH];
        let count = memory.read_at(self.offset, &mut bytes).map_err(|errno| Fault::os(what, errno))?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Maps the place for reading and writing.
    fn semaphore(self, verb: &str) -> Result<Semaphore, Fault> {
        let what = self.what(verb);
        let failed = |errno| Fault::os(&what, errno);
        let words = match self.memory {
            MemoryName::Sysv(name) => {
                let id = shm::find(name)?;
                let size = shm::stat(id)?.segsz;
                self.check(size, &what)?;
                let segment = shmat(id, false).map_err(failed)?;
                Words::attached(segment, size, self.offset, LENGTH)
            }
            MemoryName::Posix(name) => {
                let fd = dev_shm::open(name.as_bytes(), OFlag::O_RDWR)
                    .map_err(|errno| shm::posix::refused("write to", name, errno))?;
                let stat = fstat(&fd).map_err(failed)?;
                self.map(fd, &stat, &what)?
            }
            MemoryName::File(path) => {
                let (fd, stat) = mmap::descriptor(path, Access::Write, &what)?;
                self.map(fd, &stat, &what)?
            }
        };
        words.map(Semaphore::new).map_err(|errno| match (errno, self.memory) {
            (Errno::ENOSPC, MemoryName::Posix(_)) => dev_shm::full(&what),
            (Errno::ENOSPC, MemoryName::File(path)) => {
                Fault::os_because(&what, "the file has a hole there, and its file system is full", errno)
                    .hint(format!("'df {}' tells what is used", path.maybe_quote()))
            }
            _ => failed(errno),
        })
    }

    fn map(self, fd: OwnedFd, stat: &FileStat, what: &str) -> Result<Result<Words, Errno>, Fault> {
        self.check(dev_shm::size(stat), what)?;
        Ok(Words::map(fd, self.offset, LENGTH, page_size()))
    }

    /// A semaphore has to fit, and be aligned as its 64-bit word is.
    fn check(self, size: u64, what: &str) -> Result<(), Fault> {
        if !self.offset.is_multiple_of(8) {
            return Err(Fault::usage(format!("cannot {what}: a semaphore's offset is a multiple of 8")));
        }
        match self.offset.checked_add(SEM_SIZE) {
            Some(end) if end <= size => Ok(()),
            _ => Err(Fault::new(
                what,
                format!("a semaphore has {LENGTH} bytes, and the memory ends at {size}"),
            )),
        }
    }
}
