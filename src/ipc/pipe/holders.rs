//! Who has a pipe or FIFO open: which descriptors, and which way each goes.

use nix::sys::stat::{FileStat, SFlag, stat};

use crate::fault::Fault;
use crate::proc::Found;
use crate::proc::fds::{self, Descriptor, Opener, Target, Ways};

/// One pipe or FIFO: the device of its file system (that of all anonymous pipes is one) and its inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Inode {
    /// The device.
    pub dev: u64,
    /// The inode on it.
    pub ino: u64,
}

impl Inode {
    /// What a stat(2) says.
    pub fn of(stat: &FileStat) -> Inode {
        Inode { dev: stat.st_dev, ino: stat.st_ino }
    }
}

/// Which descriptors are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// All ends of anonymous pipes.
    Pipes,
    /// All descriptors of FIFOs.
    Fifos,
    /// Those of this anonymous pipe.
    Pipe(Inode),
    /// Those of this FIFO.
    Fifo(Inode),
}

impl Sort {
    /// Whether a descriptor may be one of those: of a path only a look at the file can tell.
    pub(super) fn may_be(self, target: &Target) -> bool {
        match (self, target) {
            (Sort::Pipes, Target::Pipe(_)) => true,
            (Sort::Pipe(inode), Target::Pipe(ino)) => inode.ino == *ino,
            (Sort::Fifos | Sort::Fifo(_), Target::Path { path, .. }) => !is_elsewhere(path),
            _ => false,
        }
    }

    /// What is looked for are FIFOs.
    pub(super) fn is_fifo(self) -> bool {
        matches!(self, Sort::Fifos | Sort::Fifo(_))
    }
}

/// The descriptors that every process has: they are spared a look.
fn is_elsewhere(path: &[u8]) -> bool {
    [&b"/dev/null"[..], b"/dev/pts/", b"/dev/tty", b"/memfd:", b"/proc/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

/// A descriptor that a process has of a pipe or FIFO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Of which.
    pub inode: Inode,
    /// Whose descriptor.
    pub pid: i32,
    /// Its number.
    pub fd: i32,
    /// The process's command.
    pub comm: Vec<u8>,
    /// The process's effective user; `None` if it ended meanwhile.
    pub uid: Option<u32>,
    /// Which ways it goes.
    pub ways: Ways,
    /// A FIFO's path as that process sees it.
    pub path: Option<Vec<u8>>,
}

impl Holder {
    /// It can read.
    pub fn reads(&self) -> bool {
        self.ways.reads
    }

    /// It can write.
    pub fn writes(&self) -> bool {
        self.ways.writes
    }
}

/// Every such descriptor that can be seen, by PID and number. Fails when `/proc` cannot be listed.
pub fn holders(sort: Sort) -> Result<Found<Holder>, Fault> {
    let found = fds::openers(|target| sort.may_be(target))?;
    // Looking at one pipe tells the device of all.
    let mut device = None;
    let hits = found.hits.iter().flat_map(|opener| of_process(opener, sort, &mut device)).collect();
    Ok(Found { hits, visible: found.visible, complete: found.complete, odd: found.odd })
}

fn of_process(opener: &Opener, sort: Sort, device: &mut Option<u64>) -> Vec<Holder> {
    let of_one = |(descriptor, ways): &(Descriptor, Ways)| {
        if !ways.reads && !ways.writes {
            return None;
        }
        let inode = match descriptor.target {
            Target::Pipe(ino) if device.is_some() => Inode { dev: (*device)?, ino },
            _ => inode(opener.pid, descriptor.fd)?,
        };
        if let Target::Pipe(_) = descriptor.target {
            *device = Some(inode.dev);
        }
        let is_it = !matches!(sort, Sort::Pipe(wanted) | Sort::Fifo(wanted) if wanted != inode);
        let path = match &descriptor.target {
            Target::Path { path, .. } => Some(path.clone()),
            _ => None,
        };
        let (pid, fd, comm, uid) = (opener.pid, descriptor.fd, opener.comm.clone(), opener.uid);
        is_it.then_some(Holder { inode, pid, fd, comm, uid, ways: *ways, path })
    };
    opener.descriptors.iter().filter_map(of_one).collect()
}

/// The pipe or FIFO behind a descriptor; none if it is another kind of file.
fn inode(pid: i32, fd: i32) -> Option<Inode> {
    let stat = stat(format!("/proc/{pid}/fd/{fd}").as_str()).ok()?;
    let is_pipe = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFIFO;
    is_pipe.then(|| Inode::of(&stat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::OFlag;
    use std::os::fd::AsRawFd;

    #[test]
    fn both_ends_of_a_pipe_of_ours() {
        let (reader, writer) = nix::unistd::pipe2(OFlag::O_NONBLOCK | OFlag::O_CLOEXEC).unwrap();
        let pid = nix::unistd::getpid().as_raw();
        let inode = Inode::of(&nix::sys::stat::fstat(&reader).unwrap());
        let ours: Vec<_> = holders(Sort::Pipe(inode))
            .unwrap()
            .hits
            .into_iter()
            .filter(|hit| hit.pid == pid)
            .map(|hit| (hit.fd, hit.reads(), hit.writes()))
            .collect();
        assert_eq!(ours, [(reader.as_raw_fd(), true, false), (writer.as_raw_fd(), false, true)]);
    }

    #[test]
    fn a_fifo_is_known_by_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let file = std::fs::File::options().read(true).write(true).open(&path).unwrap();
        let pid = nix::unistd::getpid().as_raw();
        let is_it = |hit: &Holder| hit.pid == pid && hit.fd == file.as_raw_fd();
        let found = holders(Sort::Fifos).unwrap().hits;
        let hit = found.iter().find(|hit| is_it(hit)).unwrap();
        assert!(hit.reads() && hit.writes() && hit.path.as_ref().is_some_and(|path| path.ends_with(b"/f")));
        assert!(!holders(Sort::Pipes).unwrap().hits.iter().any(is_it));
    }
}
