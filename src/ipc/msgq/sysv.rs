//! A System V queue: sending, receiving, copying.

use std::time::Duration;

use nix::errno::Errno;
use nix::time::{ClockId, ClockNanosleepFlags, clock_nanosleep};

use super::message::{Label, Message, Selector, Taken, Wanted};
use super::patience::Patience;
use super::stat::{self, QueueStat};
use crate::fault::Fault;
use crate::refs::{ObjectName, Ref, SysvName};
use crate::status::Status;
use crate::sys::sysv::msg::{self, MSG_COPY, MSG_EXCEPT, MSG_NOERROR, MsqId, NOWAIT, TYPE_SIZE};
use crate::wait::{self, Stop, Turn, Wait};

/// From this size on, asking whether a message fits costs less than a try: the kernel copies it before it looks.
const COSTLY: usize = 1024;

/// The pauses between two looks of [`SysvQueue::await_message`]: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_micros(500), Duration::from_millis(50));

/// A queue by its identifier: what is sent after its removal and a reuse of its key meets nobody else's queue.
#[derive(Debug)]
pub struct SysvQueue {
    id: MsqId,
    patience: Patience,
}

/// What came of copying a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// It is in the room, and still in the queue.
    Message(Message),
    /// It has more bytes than the room.
    TooLong,
    /// It has more bytes than msgmax allows now: it can be received, and not be copied (linux/ipc/msgutil.c).
    AboveLimit,
    /// The queue has no message at that position.
    End,
}

impl SysvQueue {
    pub(super) fn new(id: MsqId) -> SysvQueue {
        SysvQueue { id, patience: Patience::default() }
    }

    /// The queue that `name` names. Status 3 if there is none.
    pub(super) fn open(name: &SysvName) -> Result<SysvQueue, Fault> {
        let queue = SysvQueue::new(super::find(name)?);
        // An identifier that is nobody's shall be told before standard input is read.
        queue.stat()?;
        Ok(queue)
    }

    pub(super) fn reference(&self) -> Ref {
        Ref::Msgq(ObjectName::Sysv(SysvName::Id(self.id.0)))
    }

    /// Its facts now; needs no permission.
    pub(super) fn stat(&self) -> Result<QueueStat, Fault> {
        stat::stat(self.id)
    }

    /// Its facts, or EIDRM if it is gone.
    pub(super) fn look(&self) -> nix::Result<QueueStat> {
        self.stat().map_err(|fault| match fault.errno() {
            Some(errno) if fault.exit_status() != Status::NOT_FOUND => errno,
            _ => Errno::EIDRM,
        })
    }

    pub(super) fn send(&self, room: &mut [u8], kind: i64, wait: &Wait) -> Result<(), Stop> {
        let head = room.first_chunk_mut::<TYPE_SIZE>().ok_or(Errno::EINVAL)?;
        *head = kind.to_ne_bytes();
        let mut tries = 0;
        let tried = self.patience.attempt(wait, || {
            tries += 1;
            if tries > 1 && room.len() >= COSTLY && self.is_full_for(room.len() - TYPE_SIZE) {
                return Err(Errno::EAGAIN);
            }
            msg::msgsnd(self.id, room, NOWAIT)
        });
        if tried != Err(Stop::WouldBlock) {
            return tried;
        }
        if !self.can_ever_hold(room.len() - TYPE_SIZE)? {
            return Err(Stop::Failed(Errno::EMSGSIZE));
        }
        wait::untimed(wait, |turn| msg::msgsnd(self.id, room, flags(turn)))
    }

    /// Whether a message of `size` bytes would not fit now; false where the kernel does not tell.
    fn is_full_for(&self, size: usize) -> bool {
        let told = msg::msg_stat_any(self.id.0).ok().filter(|(found, _)| *found == self.id);
        told.is_some_and(|(_, ds)| ds.cbytes + size as u64 > ds.qbytes)
    }

    /// A message larger than the whole queue would be waited with for ever: the kernel does not refuse it. An empty
    /// one counts too, as a queue holds at most as many messages as bytes (linux/ipc/msg.c, msg_fits_inqueue).
    fn can_ever_hold(&self, size: usize) -> nix::Result<bool> {
        let room = self.look()?.qbytes;
        Ok(room.is_none_or(|room| size.max(1) as u64 <= room))
    }

    pub(super) fn try_receive(&self, room: &mut [u8], wanted: Wanted, wait: &Wait) -> Result<Taken, Stop> {
        taken(self.patience.attempt(wait, || take(self.id, room, wanted, NOWAIT)))
    }

    pub(super) fn receive(&self, room: &mut [u8], wanted: Wanted, wait: &Wait) -> Result<Taken, Stop> {
        taken(wait::untimed(wait, |turn| take(self.id, room, wanted, flags(turn))))
    }

    /// There is no call that waits and takes nothing: a receiver with a room of no bytes takes empty messages.
    pub(super) fn await_message(&self, wait: &Wait) -> Result<(), Stop> {
        let (mut pause, longest) = PAUSES;
        wait::timed(wait, |turn| {
            if let Turn::Sleep(left) = turn {
                sleep(left.map_or(pause, |left| left.min(pause)))?;
                pause = (2 * pause).min(longest);
            }
            if self.look()?.qnum > 0 { Ok(()) } else { Err(Errno::EAGAIN) }
        })
    }

    /// MSG_COPY, msgop(2).
    pub(super) fn copy(&self, room: &mut [u8], position: i64) -> Result<Copied, Stop> {
        let copied = wait::attempt(&Wait::nowait(), || {
            msg::msgrcv(self.id, room, position, NOWAIT | MSG_COPY).map(|size| message(room, size))
        });
        match copied {
            Ok(message) => Ok(Copied::Message(message)),
            Err(Stop::WouldBlock) => Ok(Copied::End),
            Err(Stop::Failed(Errno::E2BIG)) => Ok(Copied::TooLong),
            Err(Stop::Failed(Errno::EINVAL)) => Ok(self.look().map(|_| Copied::AboveLimit)?),
            Err(stop) => Err(stop),
        }
    }
}

/// One msgrcv(2) for what is wanted.
fn take(id: MsqId, room: &mut [u8], wanted: Wanted, flags: i32) -> nix::Result<Message> {
    let (msgtyp, except) = match wanted.selector {
        Selector::Any => (0, 0),
        Selector::Type(kind) => (kind, 0),
        Selector::UpTo(kind) => (-kind, 0),
        Selector::Except(kind) => (kind, MSG_EXCEPT),
    };
    let cut = if wanted.cut { MSG_NOERROR } else { 0 };
    msg::msgrcv(id, room, msgtyp, flags | except | cut).map(|size| message(room, size))
}

/// The message that the kernel has put into `room`.
fn message(room: &[u8], size: usize) -> Message {
    let kind = room.first_chunk().map(|head| i64::from_ne_bytes(*head));
    Message { label: Label { kind, priority: None }, size }
}

fn taken(end: Result<Message, Stop>) -> Result<Taken, Stop> {
    match end {
        Ok(message) => Ok(Taken::Message(message)),
        Err(Stop::Failed(Errno::E2BIG)) => Ok(Taken::TooLong),
        Err(stop) => Err(stop),
    }
}

fn flags(turn: Turn) -> i32 {
    match turn {
        Turn::Try => NOWAIT,
        Turn::Sleep(_) => 0,
    }
}

/// One sleep that a signal ends (EINTR): std's goes on after one.
fn sleep(pause: Duration) -> nix::Result<()> {
    clock_nanosleep(ClockId::CLOCK_MONOTONIC, ClockNanosleepFlags::empty(), &pause.into()).map(drop)
}
