//! All pipes, or one: who has its ends, what is in it, who waits.

use std::collections::HashMap;
use std::os::fd::{AsFd, OwnedFd};

use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, fstat};

use super::holders::{Holder, Inode, Sort, holders};
use super::level::{Level, level};
use crate::fault::Fault;
use crate::proc::blocked::openings::openings;
use crate::proc::blocked::sleepers::{self, Act, Sleeper};
use crate::proc::{Found, Visible, in_parts};
use crate::refs::{Process, Ref};
use crate::sys::process::{pidfd_getfd, pidfd_open};

/// One pipe or FIFO that somebody has open or waits to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipe {
    /// Which it is.
    pub inode: Inode,
    /// It is a FIFO.
    pub is_fifo: bool,
    /// Every descriptor of it that was seen, by PID and number.
    pub ends: Vec<Holder>,
    /// What is in it; `None` where no descriptor could be had to ask by.
    pub level: Option<Level>,
    /// Who waits to read, write or open.
    pub waiters: Vec<Waiter>,
    /// The path of a FIFO that nobody has open, as who waits to open it gave it.
    pub path: Option<Vec<u8>>,
}

/// Reading or writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// It waits for something to read.
    Read,
    /// It waits for room to write.
    Write,
}

/// A thread that waits for a pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiter {
    /// Its process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// By which descriptor; none while it opens a FIFO.
    pub fd: Option<i32>,
    /// The thread's command name.
    pub comm: Vec<u8>,
    /// To read or to write.
    pub way: Way,
    /// In poll, select or epoll, perhaps for others too.
    pub watches: bool,
    /// Since when, epoch seconds, as far as the kernel tells.
    pub since: Option<i64>,
}

/// What a survey found.
#[derive(Debug)]
pub struct Survey {
    /// By the first process that has one.
    pub pipes: Vec<Pipe>,
    /// How many processes could be looked at.
    pub visible: Visible,
    /// How many of them could be looked at as a debugger may, for what they wait for.
    pub traced: Visible,
    /// What could not be read for another reason than a missing right.
    pub odd: Vec<Fault>,
}

impl Pipe {
    /// A name for it: a descriptor that reads, so that it can be looked into by that name; else any.
    pub fn end(&self) -> Option<Ref> {
        self.holder().map(|end| Ref::Pipe { process: Process::Pid(end.pid), fd: end.fd })
    }

    /// Who has that end.
    pub fn holder(&self) -> Option<&Holder> {
        self.ends.iter().find(|end| end.reads()).or_else(|| self.ends.first())
    }

    /// A FIFO's path, as one of those sees it who have to do with it.
    pub fn path(&self) -> Option<&[u8]> {
        self.ends.iter().find_map(|end| end.path.as_deref()).or(self.path.as_deref())
    }

    /// Those that stand at the other side of who waits that `way`: it waits for one of them.
    pub fn other_side(&self, way: Way) -> impl Iterator<Item = &Holder> {
        self.ends.iter().filter(move |end| match way {
            Way::Read => end.writes(),
            Way::Write => end.reads(),
        })
    }

    /// Whether who waits that `way` has to: of the two descriptors of a splice only one holds it up.
    fn holds_up(&self, way: Way) -> bool {
        match (way, self.level) {
            (Way::Read, Some(level)) => level.buffered == 0,
            (Way::Write, Some(level)) => level.full.unwrap_or(true),
            (_, None) => true,
        }
    }
}

/// Finds the pipes or FIFOs that `sort` says, what is in them and who waits. Fails when `/proc` cannot be listed.
pub fn survey(sort: Sort) -> Result<Survey, Fault> {
    let Found { hits, visible, mut odd, .. } = holders(sort)?;
    let mut pipes = grouped(hits, sort.is_fifo());
    in_parts(&mut pipes, |part| {
        let mut processes = Processes::default();
        for pipe in part {
            pipe.level = processes.level(pipe);
        }
    });
    let sleeping = sleepers::on_descriptor(|target| sort.may_be(target))?;
    odd.extend(sleeping.odd);
    let mut waiting: HashMap<(i32, Option<i32>), Vec<Sleeper>> = HashMap::new();
    for one in sleeping.hits {
        waiting.entry((one.pid, one.fd)).or_default().push(one);
    }
    for pipe in &mut pipes {
        pipe.waiters = waiters(pipe, &waiting);
    }
    if sort.is_fifo() {
        add_openers(&mut pipes, sort)?;
    }
    Ok(Survey { pipes, visible, traced: sleeping.visible, odd })
}

fn grouped(hits: Vec<Holder>, is_fifo: bool) -> Vec<Pipe> {
    let mut places: HashMap<Inode, usize> = HashMap::new();
    let mut pipes: Vec<Pipe> = Vec::new();
    for hit in hits {
        let place = *places.entry(hit.inode).or_insert(pipes.len());
        if place == pipes.len() {
            pipes.push(Pipe::unseen(hit.inode, is_fifo));
        }
        pipes[place].ends.push(hit);
    }
    pipes
}

impl Pipe {
    fn unseen(inode: Inode, is_fifo: bool) -> Pipe {
        Pipe { inode, is_fifo, ends: Vec::new(), level: None, waiters: Vec::new(), path: None }
    }
}

fn waiters(pipe: &Pipe, waiting: &HashMap<(i32, Option<i32>), Vec<Sleeper>>) -> Vec<Waiter> {
    let mut all = Vec::new();
    for end in &pipe.ends {
        for one in waiting.get(&(end.pid, Some(end.fd))).into_iter().flatten() {
            let (way, watches) = match one.act {
                Act::Read => (Way::Read, false),
                Act::WatchRead => (Way::Read, true),
                Act::Write => (Way::Write, false),
                Act::WatchWrite => (Way::Write, true),
                Act::Open | Act::Futex(_) => continue,
            };
            let goes = if way == Way::Read { end.reads() } else { end.writes() };
            if goes && pipe.holds_up(way) {
                let (pid, tid, fd, since) = (one.pid, one.tid, one.fd, one.since);
                all.push(Waiter { pid, tid, fd, comm: one.comm.clone(), way, watches, since });
            }
        }
    }
    all
}

/// Adds who waits in open(2), and the FIFOs that nobody else has to do with.
fn add_openers(pipes: &mut Vec<Pipe>, sort: Sort) -> Result<(), Fault> {
    for opening in openings()?.hits {
        let inode = Inode { dev: opening.device, ino: opening.inode };
        if matches!(sort, Sort::Fifo(wanted) if wanted != inode) {
            continue;
        }
        let way = if opening.writes { Way::Write } else { Way::Read };
        let Sleeper { pid, tid, comm, since, .. } = opening.sleeper;
        let waiter = Waiter { pid, tid, fd: None, comm, way, watches: false, since };
        let place = pipes.iter().position(|pipe| pipe.inode == inode).unwrap_or_else(|| {
            pipes.push(Pipe::unseen(inode, true));
            pipes.len() - 1
        });
        pipes[place].waiters.push(waiter);
        pipes[place].path.get_or_insert(opening.path);
    }
    Ok(())
}

/// Processes whose descriptors are asked for: each is opened once, one after the other.
#[derive(Default)]
struct Processes {
    current: Option<(i32, OwnedFd)>,
}

impl Processes {
    /// The level of a pipe, by the first of its ends that gives an answer: one that writes can tell all.
    fn level(&mut self, pipe: &Pipe) -> Option<Level> {
        let is_fifo = pipe.is_fifo;
        let (writing, reading): (Vec<_>, Vec<_>) = pipe.ends.iter().partition(|end| end.writes());
        writing.into_iter().chain(reading).find_map(|end| {
            let fd = self.shared(end).or_else(|| if is_fifo { None } else { reopened(end) })?;
            let is_same = fstat(&fd).is_ok_and(|stat| Inode::of(&stat) == pipe.inode);
            level(&fd, is_fifo).ok().filter(|_| is_same)
        })
    }

    fn shared(&mut self, end: &Holder) -> Option<OwnedFd> {
        if self.current.as_ref().is_none_or(|(pid, _)| *pid != end.pid) {
            self.current = Some((end.pid, pidfd_open(end.pid).ok()?));
        }
        let (_, pidfd) = self.current.as_ref()?;
        pidfd_getfd(pidfd.as_fd(), end.fd).ok()
    }
}

/// Where we may look at a process but not trace it. Not for a FIFO, of which every opening is somebody's coming and going.
fn reopened(end: &Holder) -> Option<OwnedFd> {
    let way = if end.writes() { OFlag::O_WRONLY } else { OFlag::O_RDONLY };
    let flags = way | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    open(format!("/proc/{}/fd/{}", end.pid, end.fd).as_str(), flags, Mode::empty()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_of_ours_with_a_reader_that_waits() {
        let (reader, writer) = nix::unistd::pipe2(OFlag::O_CLOEXEC).unwrap();
        let inode = Inode::of(&fstat(&reader).unwrap());
        let mut cat = std::process::Command::new("cat").stdin(reader.try_clone().unwrap()).spawn().unwrap();
        let pid = i32::try_from(cat.id()).unwrap();
        let waiting = || {
            let found = survey(Sort::Pipe(inode)).unwrap();
            let [pipe] = found.pipes.as_slice() else { panic!("{:?}", found.pipes) };
            assert_eq!(pipe.level.map(|level| (level.buffered, level.full)), Some((0, Some(false))));
            let waits = pipe.waiters.iter().any(|waiter| waiter.pid == pid && waiter.way == Way::Read);
            assert!(pipe.other_side(Way::Read).count() >= 1 || !waits);
            waits
        };
        while !waiting() {
            std::thread::yield_now();
        }
        drop((reader, writer));
        cat.wait().unwrap();
    }
}
