//! A queue to talk through, of either flavour.

use nix::errno::Errno;

use super::message::{Label, Selector, Taken, Wanted};
use super::posix::{PosixQueue, Side, no_peek};
use super::refusal::Doing;
use super::sysv::{Copied, SysvQueue};
use crate::fault::Fault;
use crate::refs::{ObjectName, Ref};
use crate::sys::sysv::msg::msg_info;
use crate::wait::{Stop, Wait};

/// An open queue. What a flavour cannot do is its own fault to tell.
#[derive(Debug)]
pub enum Queue {
    /// A System V queue.
    Sysv(SysvQueue),
    /// A POSIX queue.
    Posix(PosixQueue),
}

impl Queue {
    /// The queue that `name` names.
    ///
    /// # Errors
    /// Status 3 if there is none; a usage fault for `private`, which names no existing one.
    pub fn open(name: &ObjectName, side: Side) -> Result<Queue, Fault> {
        match name {
            ObjectName::Sysv(name) => SysvQueue::open(name).map(Queue::Sysv),
            ObjectName::Posix(name) => PosixQueue::open(name, side).map(Queue::Posix),
        }
    }

    /// As [`Queue::open`] to look at messages and leave them.
    ///
    /// # Errors
    /// A usage fault for a POSIX queue, whose messages no kernel shows.
    pub fn open_to_peek(name: &ObjectName) -> Result<Queue, Fault> {
        match name {
            ObjectName::Sysv(_) => Queue::open(name, Side::Receive),
            ObjectName::Posix(name) => Err(no_peek(name)),
        }
    }

    /// Whether its messages can be chosen among so.
    ///
    /// # Errors
    /// A usage fault for a POSIX queue and anything but any.
    pub fn check_selector(&self, selector: Selector) -> Result<(), Fault> {
        match (self, selector) {
            (Queue::Sysv(_), _) | (Queue::Posix(_), Selector::Any) => Ok(()),
            (Queue::Posix(queue), _) => Err(Fault::usage(format!(
                "cannot choose among the messages of {}: the kernel gives the highest priority first, and no other",
                queue.reference()
            ))),
        }
    }

    /// The reference that names this very queue.
    pub fn reference(&self) -> Ref {
        match self {
            Queue::Sysv(queue) => queue.reference(),
            Queue::Posix(queue) => queue.reference(),
        }
    }

    /// How many bytes a message may have: System V's msgmax (msgget(2)), a POSIX queue's own mq_msgsize. Where the kernel does
    /// not tell, the most that msgmax can be.
    pub fn longest(&self) -> usize {
        match self {
            Queue::Sysv(_) => msg_info().map_or(i32::MAX, |(_, info)| info.msgmax) as usize,
            Queue::Posix(queue) => queue.message_size,
        }
    }

    /// Sends one message: `room` is [`crate::sys::sysv::msg::TYPE_SIZE`] bytes to be written over, then the body.
    /// Waits while the queue is full; a stream of them tries for a while before it sleeps.
    ///
    /// # Errors
    /// Nothing was sent; [`Queue::fault`] makes a [`Stop`] into words.
    pub fn send(&self, room: &mut [u8], label: Label, wait: &Wait) -> Result<(), Stop> {
        match self {
            Queue::Sysv(queue) => queue.send(room, label.kind.unwrap_or(1), wait),
            Queue::Posix(queue) => queue.send(room, label, wait),
        }
    }

    /// Takes one message without sleeping; where `wait` would let it sleep, it tries for a while. `room` is the head
    /// and then as many bytes as the body may have.
    ///
    /// # Errors
    /// Nothing was taken. [`Stop::WouldBlock`] also where `wait` sleeps: flush, then [`Queue::receive`].
    pub fn try_receive(&self, room: &mut [u8], wanted: Wanted, wait: &Wait) -> Result<Taken, Stop> {
        match self {
            Queue::Sysv(queue) => queue.try_receive(room, wanted, wait),
            Queue::Posix(queue) => queue.try_receive(room, wanted, wait),
        }
    }

    /// Takes one message, sleeping until there is one.
    ///
    /// # Errors
    /// Nothing was taken.
    pub fn receive(&self, room: &mut [u8], wanted: Wanted, wait: &Wait) -> Result<Taken, Stop> {
        match self {
            Queue::Sysv(queue) => queue.receive(room, wanted, wait),
            Queue::Posix(queue) => queue.receive(room, wanted, wait),
        }
    }

    /// Whether a message that the room is too small for stays in the queue: POSIX asks for room for the largest one.
    pub fn keeps_what_is_too_long(&self) -> bool {
        matches!(self, Queue::Sysv(_))
    }

    /// Sleeps until a message is there and takes nothing.
    ///
    /// # Errors
    /// There is none yet, or the queue is gone.
    pub fn await_message(&self, wait: &Wait) -> Result<(), Stop> {
        match self {
            Queue::Sysv(queue) => queue.await_message(wait),
            Queue::Posix(queue) => queue.await_message(wait),
        }
    }

    /// How many messages are in the queue now.
    ///
    /// # Errors
    /// Status 3 if it is gone.
    pub fn count(&self) -> Result<u64, Fault> {
        match self {
            Queue::Sysv(queue) => queue.stat().map(|stat| stat.qnum),
            Queue::Posix(queue) => queue
                .attr()
                .map(|attr| u64::try_from(attr.messages).unwrap_or(0))
                .map_err(|errno| queue.fault(Doing::Await, Stop::Failed(errno))),
        }
    }

    /// Copies the message at `position` (from 0) into `room` and leaves it in the queue.
    ///
    /// # Errors
    /// The queue is gone or may not be read; ENOSYS where the kernel has no such call.
    pub fn copy(&self, room: &mut [u8], position: i64) -> Result<Copied, Stop> {
        match self {
            Queue::Sysv(queue) => queue.copy(room, position),
            Queue::Posix(_) => Err(Stop::Failed(Errno::ENOSYS)),
        }
    }

    /// The error line for a `stop` while `doing`: which limit or permission stood in the way, and what helps.
    pub fn fault(&self, doing: Doing, stop: Stop) -> Fault {
        match self {
            Queue::Sysv(queue) => queue.fault(doing, stop),
            Queue::Posix(queue) => queue.fault(doing, stop),
        }
    }
}
