//! Which file in `/dev/shm` is the semaphore of a name: glibc's `sem.NAME`; where there is none, musl's `NAME`.
//!
//! A file that musl's library made has nothing that shared memory of 32 bytes could not have too. So a list shows it as
//! what its name says, shared memory, and it is a semaphore to who calls it one.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::FileStat;
use nix::sys::uio::pread;

use super::counter::{Count, Layout};
use crate::ipc::dev_shm::{self, SEM_SIZE, semaphore_file};
use crate::refs::PosixName;

/// The file of a named semaphore.
pub struct Named {
    /// Its name in `/dev/shm`.
    pub file: Vec<u8>,
    /// Its facts.
    pub stat: FileStat,
    /// Whose `sem_t` is in it.
    pub layout: Layout,
}

impl Named {
    /// Value and waiters; None where the file may not be read.
    pub fn count(&self) -> Option<Count> {
        self.read().ok().flatten()
    }

    /// Value and waiters; None where there is no semaphore in the file, or no longer.
    pub fn read(&self) -> Result<Option<Count>, Errno> {
        contents(&self.file).map(|bytes| self.layout.count(&bytes))
    }

    /// Opens it for reading and writing.
    pub fn open(&self) -> Result<OwnedFd, Errno> {
        dev_shm::open(&self.file, OFlag::O_RDWR)
    }

    /// Removes the name; those who have the semaphore open can go on using it. sem_unlink(3).
    pub fn unlink(&self) -> Result<(), Errno> {
        dev_shm::remove(&self.file)
    }
}

/// The file of the semaphore `name`. ENOENT: there is none; EMEDIUMTYPE: `sem.NAME` is something else.
pub fn find(name: &PosixName) -> Result<Named, Errno> {
    let file = semaphore_file(name.as_bytes());
    match dev_shm::look(&file) {
        Ok(stat) if dev_shm::size(&stat) == SEM_SIZE => Ok(Named { file, stat, layout: Layout::Glibc }),
        Ok(_) => Err(Errno::EMEDIUMTYPE),
        Err(Errno::ENOENT) => of_musl(name.as_bytes()),
        Err(errno) => Err(errno),
    }
}

fn of_musl(name: &[u8]) -> Result<Named, Errno> {
    // What is no regular file is somebody else's, and no semaphore.
    let stat = dev_shm::look(name).map_err(|_| Errno::ENOENT)?;
    let fits = dev_shm::size(&stat) == SEM_SIZE
        && match contents(name) {
            Ok(bytes) => Layout::Musl.count(&bytes).is_some(),
            // It may be one: what is done with it then says that it is denied.
            Err(errno) => errno == Errno::EACCES,
        };
    if fits { Ok(Named { file: name.to_vec(), stat, layout: Layout::Musl }) } else { Err(Errno::ENOENT) }
}

fn contents(file: &[u8]) -> Result<Vec<u8>, Errno> {
    let fd = dev_shm::open(file, OFlag::O_RDONLY)?;
    let mut bytes = vec![0; SEM_SIZE as usize];
    let count = pread(&fd, &mut bytes, 0)?;
    bytes.truncate(count);
    Ok(bytes)
}
