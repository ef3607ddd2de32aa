//! Creating queues.

use nix::errno::Errno;

use super::posix_create;
use super::queue::Queue;
use super::refusal::raise;
use super::stat::QueueStat;
use super::sysv::SysvQueue;
use crate::fault::{Fault, counted};
use crate::ipc::key;
use crate::ipc::keyed::{Keyed, make_or_find};
use crate::refs::{Key, ObjectName, Ref, SysvName};
use crate::sys::sysv::msg::{MsqId, msg_info, msg_rmid, msg_set, msg_stat, msg_stat_any, msgget};
use crate::sys::sysv::{IPC_CREAT, IPC_EXCL};
use crate::wait::{Undo, cancel};

/// What a queue shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NewQueue {
    /// Permission bits, exactly; none: 0600, and any will do of an existing one.
    pub mode: Option<u32>,
    /// Bytes it may hold; none: the kernel's msgmnb, and any will do of an existing one.
    pub max_bytes: Option<u64>,
    /// Messages that a POSIX one may hold; none: a few, and any will do of an existing one.
    pub max_messages: Option<u64>,
    /// Bytes of one message of a POSIX one; none: a few, and any will do of an existing one.
    pub message_size: Option<u64>,
    /// It must be new.
    pub exclusive: bool,
}

impl Queue {
    /// The queue that `name` names, created if it does not exist. An existing one is never changed.
    ///
    /// # Errors
    /// One exists and differs from `new`, or exists and must not; a limit is reached. Nothing is left behind then.
    pub fn create(name: &ObjectName, new: &NewQueue) -> Result<Queue, Fault> {
        match name {
            ObjectName::Sysv(SysvName::Id(id)) => {
                Err(Fault::usage(format!("cannot create msgq:{id}: the kernel chooses identifiers"))
                    .hint("name it by a key, by ftok:PATH, or private"))
            }
            ObjectName::Sysv(_) if new.max_messages.is_some() || new.message_size.is_some() => {
                let reference = Ref::Msgq(name.clone());
                Err(Fault::usage(format!(
                    "cannot create {reference}: a System V queue counts bytes, not messages"
                ))
                .hint("give --max-bytes"))
            }
            ObjectName::Sysv(name) => create(name, new).map(Queue::Sysv),
            ObjectName::Posix(name) => posix_create::create(name, new).map(Queue::Posix),
        }
    }
}

fn create(name: &SysvName, new: &NewQueue) -> Result<SysvQueue, Fault> {
    let wanted = match name {
        SysvName::Key(wanted) => *wanted,
        SysvName::Ftok { path, proj } => key::ftok(path, *proj)?.key,
        SysvName::Private | SysvName::Id(_) => Key::PRIVATE,
    };
    let what = format!("create {}", Ref::Msgq(ObjectName::Sysv(name.clone())));
    let mode = i32::try_from(new.mode.unwrap_or(0o600)).unwrap_or(0o600);
    if new.max_bytes.is_some() {
        // Before it is there, or a signal could leave it behind with another size.
        cancel::watch().map_err(|errno| Fault::os("catch signals", errno))?;
    }
    let made = make_or_find(
        &what,
        new.exclusive,
        || msgget(wanted.0, IPC_CREAT | IPC_EXCL | mode),
        || msgget(wanted.0, 0),
        |errno| refused(&what, errno),
    );
    match made? {
        Keyed::Made(id) => dressed(&what, id, new),
        Keyed::Found(id) => compatible(&what, id, new),
    }
}

/// A new queue with its size, or no queue.
fn dressed(what: &str, id: MsqId, new: &NewQueue) -> Result<SysvQueue, Fault> {
    if let Some(max_bytes) = new.max_bytes {
        let undo = Undo::new(|| {
            // Gone already is as good.
            let _ = msg_rmid(id);
        });
        set_size(id, max_bytes).map_err(|errno| too_large(what, max_bytes, errno))?;
        undo.keep();
    }
    Ok(SysvQueue::new(id))
}

fn set_size(id: MsqId, max_bytes: u64) -> nix::Result<()> {
    let mut ds = match msg_stat_any(id.0) {
        Ok((found, ds)) if found == id => ds,
        _ => msg_stat(id)?,
    };
    ds.qbytes = max_bytes;
    msg_set(id, &ds)
}

/// The existing queue, if it is what was asked for.
fn compatible(what: &str, id: MsqId, new: &NewQueue) -> Result<SysvQueue, Fault> {
    let queue = SysvQueue::new(id);
    let stat = queue.stat()?;
    match difference(&stat, new) {
        None => Ok(queue),
        Some((difference, change)) => {
            let reference = queue.reference();
            Err(Fault::new(what, format!("{reference} exists and {difference}"))
                .hint(format!("ipctool change {} {change}", reference.typed())))
        }
    }
}

/// What is different in words, and the flags that would change it.
fn difference(stat: &QueueStat, new: &NewQueue) -> Option<(String, String)> {
    let have = stat.owner.mode;
    if let Some(mode) = new.mode.filter(|mode| *mode != have) {
        return Some((format!("has mode {have:04o}, not {mode:04o}"), format!("--mode {mode:04o}")));
    }
    let (want, have) = (new.max_bytes?, stat.qbytes?);
    (want != have)
        .then(|| (format!("holds {}, not {want}", counted(have, "byte")), format!("--max-bytes {want}")))
}

fn refused(what: &str, errno: Errno) -> Fault {
    match (errno, msg_info()) {
        (Errno::ENOSPC, Ok((_, info))) => {
            let most = u64::try_from(info.msgmni).unwrap_or_default();
            let cause = format!("there are {} queues, and msgmni allows {most}", info.queues);
            Fault::os_because(what, cause, errno).hint(raise("msgmni", 2 * most))
        }
        _ => Fault::os(what, errno),
    }
}

fn too_large(what: &str, max_bytes: u64, errno: Errno) -> Fault {
    match (errno, msg_info()) {
        (Errno::EPERM, Ok((_, info))) => {
            let cause = format!("{max_bytes} bytes are more than msgmnb, {}", info.msgmnb);
            Fault::os_because(what, cause, errno).hint(raise("msgmnb", max_bytes))
        }
        _ => Fault::os(what, errno),
    }
}
