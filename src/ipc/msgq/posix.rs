//! A POSIX queue: sending, receiving, waiting.

use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::PollFlags;

use super::message::{Label, Message, Taken, Wanted};
use super::mqueue::{bare, refused};
use super::patience::Patience;
use super::refusal::Doing;
use crate::fault::{Fault, counted};
use crate::refs::{ObjectName, PosixName, Ref};
use crate::status::Status;
use crate::sys::mqueue::{MqAttr, mq_getattr, mq_open, mq_timedreceive, mq_timedsend};
use crate::sys::sysv::msg::TYPE_SIZE;
use crate::wait::{self, Stop, Turn, Wait};

/// What a queue is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// To put messages in.
    Send,
    /// To take them out, or to wait for one.
    Receive,
}

/// An open POSIX queue.
#[derive(Debug)]
pub struct PosixQueue {
    name: PosixName,
    fd: OwnedFd,
    pub(super) message_size: usize,
    patience: Patience,
}

impl PosixQueue {
    pub(super) fn new(name: &PosixName, fd: OwnedFd) -> Result<PosixQueue, Errno> {
        let message_size = usize::try_from(mq_getattr(fd.as_fd())?.message_size).unwrap_or(usize::MAX);
        Ok(PosixQueue { name: name.clone(), fd, message_size, patience: Patience::default() })
    }

    pub(super) fn open(name: &PosixName, side: Side) -> Result<PosixQueue, Fault> {
        let (verb, flags) = match side {
            Side::Send => ("send to", libc::O_WRONLY),
            Side::Receive => ("receive from", libc::O_RDONLY),
        };
        let fd = mq_open(&bare(name), flags, 0, None);
        fd.and_then(|fd| PosixQueue::new(name, fd)).map_err(|errno| refused(verb, name, errno))
    }

    pub(super) fn reference(&self) -> Ref {
        Ref::Msgq(ObjectName::Posix(self.name.clone()))
    }

    pub(super) fn attr(&self) -> Result<MqAttr, Errno> {
        mq_getattr(self.fd.as_fd())
    }

    /// Sends the body behind the room's head.
    pub(super) fn send(&self, room: &[u8], label: Label, wait: &Wait) -> Result<(), Stop> {
        let body = room.get(TYPE_SIZE..).ok_or(Errno::EINVAL)?;
        if body.len() > self.message_size {
            return Err(Stop::Failed(Errno::EMSGSIZE));
        }
        let priority = label.priority.unwrap_or(0);
        let put = |sleep| mq_timedsend(self.fd.as_fd(), body, priority, sleep);
        match self.patience.attempt(wait, || put(false)) {
            Err(Stop::WouldBlock) if wait.sleeps() => wait::untimed(wait, |turn| put(turn != Turn::Try)),
            other => other,
        }
    }

    pub(super) fn try_receive(&self, room: &mut [u8], wanted: Wanted, wait: &Wait) -> Result<Taken, Stop> {
        taken(self.patience.attempt(wait, || self.take(room, wanted, false)))
    }

    pub(super) fn receive(&self, room: &mut [u8], wanted: Wanted, wait: &Wait) -> Result<Taken, Stop> {
        taken(wait::untimed(wait, |turn| self.take(room, wanted, turn != Turn::Try)))
    }

    /// The kernel wants room for the largest message there may be, and cuts none: we do, where that is wanted.
    fn take(&self, room: &mut [u8], wanted: Wanted, sleep: bool) -> nix::Result<Message> {
        let body = room.get_mut(TYPE_SIZE..).ok_or(Errno::EINVAL)?;
        let (size, priority) = if wanted.cut && body.len() < self.message_size {
            let mut whole = vec![0; self.message_size];
            let (size, priority) = mq_timedreceive(self.fd.as_fd(), &mut whole, sleep)?;
            let kept = size.min(body.len());
            body[..kept].copy_from_slice(&whole[..kept]);
            (kept, priority)
        } else {
            mq_timedreceive(self.fd.as_fd(), body, sleep)?
        };
        Ok(Message { label: Label { kind: None, priority: Some(priority) }, size })
    }

    pub(super) fn await_message(&self, wait: &Wait) -> Result<(), Stop> {
        wait::ready(&self.fd, PollFlags::POLLIN, wait).map(drop)
    }

    pub(super) fn fault(&self, doing: Doing, stop: Stop) -> Fault {
        let reference = self.reference();
        let what = doing.what(&reference);
        match (stop, doing) {
            (Stop::Failed(Errno::EMSGSIZE), Doing::Send(size)) => Fault::os_because(
                what,
                format!("{size} bytes never fit: a message here has at most {}", self.message_size),
                Errno::EMSGSIZE,
            )
            .hint(format!("a queue keeps its geometry: create another with --message-size {size}")),
            (Stop::WouldBlock, Doing::Send(_)) => {
                let holds = self.attr().map_or(0, |attr| attr.max_messages);
                Fault::new(what, format!("the queue is full: it holds at most {}", counted(holds, "message")))
                    .status(Status::WOULD_BLOCK)
                    .hint("a queue keeps its geometry: take from it, or create another with --max-messages")
            }
            (Stop::WouldBlock, _) => Fault::new(what, "the queue is empty").status(Status::WOULD_BLOCK),
            _ => stop.fault(what),
        }
    }
}

/// Why a POSIX queue cannot be peeked into: no kernel has a call for that.
pub(super) fn no_peek(name: &PosixName) -> Fault {
    let reference = Ref::Msgq(ObjectName::Posix(name.clone()));
    Fault::usage(format!(
        "cannot peek into {reference}: the kernel gives a POSIX message only to who takes it (MSG_COPY is System V's)"
    ))
    .hint(format!("to see how many there are: ipctool show {}", reference.typed()))
}

fn taken(end: Result<Message, Stop>) -> Result<Taken, Stop> {
    match end {
        Ok(message) => Ok(Taken::Message(message)),
        Err(Stop::Failed(Errno::EMSGSIZE)) => Ok(Taken::TooLong),
        Err(stop) => Err(stop),
    }
}
