//! Why a queue refused, in words: which limit, its value and how to raise it; which mode; what helps.

use nix::errno::Errno;

use super::message::Selector;
use super::stat::QueueStat;
use super::sysv::SysvQueue;
use crate::fault::{Fault, counted};
use crate::ipc::denied;
use crate::refs::Ref;
use crate::status::Status;
use crate::sys::sysv::msg::msg_info;
use crate::wait::Stop;

/// What a verb was about when the queue refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Sending a body of so many bytes.
    Send(usize),
    /// Receiving what is wanted.
    Receive(Selector),
    /// Waiting for a message.
    Await,
    /// Looking for what is wanted.
    Peek(Selector),
    /// Copying the message at a position (from 0) into room for so many bytes.
    Copy(i64, usize),
}

impl Doing {
    /// The words behind "cannot".
    pub(super) fn what(self, queue: &Ref) -> String {
        match self {
            Doing::Send(_) => format!("send to {queue}"),
            Doing::Receive(_) => format!("receive from {queue}"),
            Doing::Await => format!("wait for a message in {queue}"),
            Doing::Peek(_) | Doing::Copy(..) => format!("peek into {queue}"),
        }
    }
}

impl SysvQueue {
    pub(super) fn fault(&self, doing: Doing, stop: Stop) -> Fault {
        let reference = self.reference();
        let what = doing.what(&reference);
        let now = self.look();
        match (stop, doing, now) {
            (Stop::Failed(Errno::EIDRM | Errno::EINVAL), _, Err(_)) => removed(&what),
            (Stop::Failed(Errno::EACCES), _, Ok(stat)) => denied::fault(&what, &reference, &stat.owner),
            (Stop::Failed(Errno::EINVAL), Doing::Send(size), Ok(_)) => above_msgmax(&what, size),
            (Stop::Failed(Errno::EMSGSIZE), Doing::Send(size), Ok(stat)) => {
                never_fits(&what, &reference, size, &stat)
            }
            (Stop::Failed(Errno::EINVAL), Doing::Copy(position, room), Ok(_)) => {
                not_to_copy(&what, position, room)
            }
            (Stop::Failed(Errno::ENOSYS), Doing::Peek(_), _) => {
                Fault::os_because(what, "this kernel has no MSG_COPY", Errno::ENOSYS)
                    .hint("it needs CONFIG_CHECKPOINT_RESTORE")
            }
            (Stop::WouldBlock, Doing::Send(_), Ok(stat)) => full(&what, &reference, &stat),
            (Stop::WouldBlock, Doing::Receive(selector) | Doing::Peek(selector), Ok(stat)) => {
                let selector = if stat.qnum == 0 { Selector::Any } else { selector };
                Fault::new(what, selector.missing()).status(Status::WOULD_BLOCK)
            }
            (Stop::WouldBlock, Doing::Await, _) => {
                Fault::new(what, Selector::Any.missing()).status(Status::WOULD_BLOCK)
            }
            _ => stop.fault(what),
        }
    }
}

fn removed(what: &str) -> Fault {
    Fault::os_because(what, "the queue was removed", Errno::EIDRM)
}

fn above_msgmax(what: &str, size: usize) -> Fault {
    let Ok((_, info)) = msg_info() else { return Fault::os(what, Errno::EINVAL) };
    let cause = format!("{size} bytes are more than msgmax, {}", info.msgmax);
    Fault::os_because(what, cause, Errno::EINVAL).hint(raise("msgmax", size as u64))
}

fn not_to_copy(what: &str, position: i64, room: usize) -> Fault {
    let limit = msg_info().map(|(_, info)| format!(", {}", info.msgmax)).unwrap_or_default();
    let cause = format!("message {} has more bytes than msgmax{limit}", position + 1);
    Fault::os_because(what, cause, Errno::EINVAL)
        .hint(format!("it can be received, or: {}", raise("msgmax", room as u64)))
}

fn never_fits(what: &str, reference: &Ref, size: usize, stat: &QueueStat) -> Fault {
    let qbytes = stat.qbytes.unwrap_or_default();
    let cause = match size {
        0 => format!("a queue for {qbytes} bytes holds no message"),
        1 => format!("1 byte never fits: the queue holds at most {qbytes}"),
        _ => format!("{size} bytes never fit: the queue holds at most {qbytes}"),
    };
    Fault::new(what, format!("{cause}{}", msgmnb())).hint(enlarge(reference, size.max(1) as u64))
}

fn full(what: &str, reference: &Ref, stat: &QueueStat) -> Fault {
    let qbytes = stat.qbytes.unwrap_or_default();
    let (qnum, cbytes) = (stat.qnum, stat.cbytes);
    let cause = format!(
        "the queue is full: {}, {cbytes} of {}{}",
        counted(qnum, "message"),
        counted(qbytes, "byte"),
        msgmnb()
    );
    Fault::new(what, cause)
        .status(Status::WOULD_BLOCK)
        .hint(enlarge(reference, qbytes.max(cbytes).saturating_mul(2)))
}

/// The limit that a new queue's size comes from, in parentheses.
fn msgmnb() -> String {
    msg_info().map(|(_, info)| format!(" (msgmnb is {})", info.msgmnb)).unwrap_or_default()
}

fn enlarge(reference: &Ref, bytes: u64) -> String {
    let change = format!("ipctool change {} --max-bytes {bytes}", reference.typed());
    match msg_info() {
        Ok((_, info)) if u64::try_from(info.msgmnb).is_ok_and(|most| most < bytes) => {
            format!("{} and then {change}", raise("msgmnb", bytes))
        }
        _ => change,
    }
}

/// How root raises a limit of the IPC namespace.
pub(super) fn raise(limit: &str, value: u64) -> String {
    format!("sysctl -w kernel.{limit}={value}")
}
