//! Who waits for a message queue or a semaphore set, and what for: the system call that each thread is blocked in.
//!
//! Since when cannot be read anywhere; [`Waiter::since`] says what comes nearest.

use super::blocked::{self, Blocked};
use super::scan::{Found, OurIpc};
use super::syscall::Call;
use super::{process, since};
use crate::fault::{Fault, counted};

/// An object that somebody may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Awaited {
    /// The message queue with this identifier.
    Queue(i32),
    /// The semaphore set with this identifier.
    Set(i32),
}

/// One operation of a semop call (semop(2), struct sembuf).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Which semaphore of the set.
    pub semnum: u16,
    /// What is added to it; 0 waits until it is zero.
    pub delta: i16,
    /// IPC_NOWAIT, SEM_UNDO.
    pub flags: i16,
}

/// What a thread waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// msgrcv.
    Receive {
        /// 0 any, above 0 this type (or, with MSG_EXCEPT, any other), below 0 the lowest up to its amount.
        msgtype: i64,
        /// The largest body it takes, in bytes.
        size: u64,
        /// MSG_EXCEPT, MSG_NOERROR …
        flags: i32,
    },
    /// msgsnd: the queue is full.
    Send {
        /// The message's type; `None` if it could not be read from the process.
        msgtype: Option<i64>,
        /// The body's size in bytes.
        size: u64,
    },
    /// semop or semtimedop: all of these at once.
    Operate {
        /// The operations; `None` if they could not be read from the process.
        operations: Option<Vec<Operation>>,
        /// It waits with a timeout.
        timed: bool,
    },
}

/// A thread that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiter {
    /// For what.
    pub object: Awaited,
    /// Its process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// The thread's command name.
    pub comm: Vec<u8>,
    /// The process's effective user; `None` if it ended meanwhile.
    pub uid: Option<u32>,
    /// What it wants.
    pub want: Want,
    /// When it last ran, epoch seconds, to about a second: it has waited since then or, if something woke it in between (a
    /// signal handler, a debugger, SIGSTOP and SIGCONT do), longer. `None` where the kernel does not tell.
    pub since: Option<i64>,
}

impl Want {
    /// In words: `message of type 3`, `P 1 of semaphore 2`, `semaphore 0 to be zero`.
    pub fn words(&self) -> String {
        match self {
            Want::Receive { msgtype, flags, .. } => receive_words(*msgtype, *flags),
            Want::Send { msgtype: Some(msgtype), size } => {
                format!("room for {} of type {msgtype}", counted(*size, "byte"))
            }
            Want::Send { msgtype: None, size } => format!("room for {}", counted(*size, "byte")),
            Want::Operate { operations: Some(operations), .. } => {
                operations.iter().map(|operation| operation.words()).collect::<Vec<_>>().join(", ")
            }
            Want::Operate { operations: None, .. } => "operations that cannot be read".to_string(),
        }
    }
}

impl Operation {
    /// In words: `P 1 of semaphore 2`, `V 1 of semaphore 0`, `semaphore 3 to be zero`.
    pub fn words(self) -> String {
        let amount = self.delta.unsigned_abs();
        match self.delta {
            0 => format!("semaphore {} to be zero", self.semnum),
            delta if delta < 0 => format!("P {amount} of semaphore {}", self.semnum),
            _ => format!("V {amount} of semaphore {}", self.semnum),
        }
    }
}

/// linux/msg.h; with it msgrcv takes any type but the one named.
const MSG_EXCEPT: i32 = 0o20000;

fn receive_words(msgtype: i64, flags: i32) -> String {
    match msgtype {
        0 => "any message".to_string(),
        msgtype if msgtype < 0 => format!("message of type up to {}", msgtype.unsigned_abs()),
        msgtype if flags & MSG_EXCEPT != 0 => format!("message of any type but {msgtype}"),
        msgtype => format!("message of type {msgtype}"),
    }
}

/// Who waits for these objects of our IPC namespace, as far as it can be seen: it takes the right to attach as a debugger
/// (root, or the same user where Yama allows it). Fails when `/proc` cannot be listed.
pub fn waiters(objects: &[Awaited]) -> Result<Found<Waiter>, Fault> {
    search(|object| objects.contains(&object))
}

/// Who waits for any object of our IPC namespace; as [`waiters`].
pub fn every() -> Result<Found<Waiter>, Fault> {
    search(|_| true)
}

fn search(wanted: impl Fn(Awaited) -> bool + Sync) -> Result<Found<Waiter>, Fault> {
    let pick =
        |blocked: &Blocked| awaited(&blocked.call).filter(|it| wanted(*it)).map(|it| waiter(blocked, it));
    let mut found = blocked::blocked(Some(OurIpc::own()?), pick)?;
    found.hits.sort_by_key(|hit| (hit.pid, hit.tid));
    let threads: Vec<(i32, i32)> = found.hits.iter().map(|hit| (hit.pid, hit.tid)).collect();
    for (hit, since) in found.hits.iter_mut().zip(since::last_ran(&threads)) {
        hit.since = since;
    }
    Ok(found)
}

fn waiter(blocked: &Blocked, object: Awaited) -> Waiter {
    let Blocked { at, tid, .. } = *blocked;
    Waiter {
        object,
        pid: at.pid,
        tid,
        comm: process::thread_comm(at.pid, tid),
        uid: process::uid(at.pid).ok().flatten(),
        want: want(blocked),
        since: None,
    }
}

/// The object that a call is about, if it is one that waits for a System V object.
fn awaited(call: &Call) -> Option<Awaited> {
    match call.number {
        libc::SYS_msgrcv | libc::SYS_msgsnd => Some(Awaited::Queue(call.int(0))),
        libc::SYS_semop | libc::SYS_semtimedop => Some(Awaited::Set(call.int(0))),
        _ => None,
    }
}

/// What a call that [`awaited`] knows waits for.
fn want(blocked: &Blocked) -> Want {
    let call = &blocked.call;
    let [_, pointer, count, fourth, ..] = call.args;
    match call.number {
        libc::SYS_msgrcv => Want::Receive { msgtype: fourth.cast_signed(), size: count, flags: call.int(4) },
        libc::SYS_msgsnd => {
            let head = blocked.memory(pointer, size_of::<i64>());
            let msgtype = head.and_then(|bytes| bytes.first_chunk().copied()).map(i64::from_ne_bytes);
            Want::Send { msgtype, size: count }
        }
        number => Want::Operate {
            operations: operations(blocked, pointer, count),
            timed: number == libc::SYS_semtimedop && fourth != 0,
        },
    }
}

/// The kernel takes at most SEMOPM operations, which no limit lets be more than this.
const MOST_OPERATIONS: usize = 32_000;

fn operations(blocked: &Blocked, address: u64, count: u64) -> Option<Vec<Operation>> {
    let count = usize::try_from(count).ok().filter(|count| *count <= MOST_OPERATIONS)?;
    blocked.memory(address, count * size_of::<libc::sembuf>()).map(|bytes| parse_operations(&bytes))
}

/// An array of struct sembuf as a process has it in memory: three 16-bit numbers each.
pub fn parse_operations(bytes: &[u8]) -> Vec<Operation> {
    let number = |bytes: &[u8], at: usize| [bytes[at], bytes[at + 1]];
    bytes
        .chunks_exact(size_of::<libc::sembuf>())
        .map(|sembuf| Operation {
            semnum: u16::from_ne_bytes(number(sembuf, 0)),
            delta: i16::from_ne_bytes(number(sembuf, 2)),
            flags: i16::from_ne_bytes(number(sembuf, 4)),
        })
        .collect()
}

#[cfg(test)]
mod tests;
