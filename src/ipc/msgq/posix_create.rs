//! Creating POSIX queues, and why the kernel makes none: its limits count full queues.

use nix::errno::Errno;
use nix::sys::stat::{Mode, fchmod};
use nix::unistd::dup;

use super::create::NewQueue;
use super::mqueue::{self, bare, refused};
use super::posix::PosixQueue;
use super::stat::QueueStat;
use crate::fault::{Fault, counted};
use crate::ipc::limits;
use crate::ipc::namespace::own_uid;
use crate::refs::{ObjectName, PosixName, Ref};
use crate::sys::mqueue::{MqAttr, mq_open};
use crate::sys::resource::{MSGQUEUE, prlimit_get};

/// What a queue holds unless told: small, as the kernel counts a queue as full from its beginning.
const USUAL: Geometry = Geometry { max_messages: 10, message_size: 1024 };

/// A queue removed between our two looks is created anew, so often at most.
const RACES: u32 = 100;

/// What the kernel counts for each message beside its body: `struct msg_msg` and a node of the priorities' tree
/// (linux/ipc/mqueue.c, mqueue_get_inode).
const OVERHEAD: u64 = 48 + 48;

/// How much a POSIX queue may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Messages.
    pub max_messages: u64,
    /// Bytes of one message.
    pub message_size: u64,
}

impl Geometry {
    /// What the kernel takes it for against RLIMIT_MSGQUEUE, in bytes.
    pub fn charged(self) -> u64 {
        self.max_messages.saturating_mul(self.message_size.saturating_add(OVERHEAD))
    }
}

/// The queue `name`, created if there is none. An existing one is never changed.
pub(super) fn create(name: &PosixName, new: &NewQueue) -> Result<PosixQueue, Fault> {
    let what = format!("create {}", Ref::Msgq(ObjectName::Posix(name.clone())));
    if new.max_bytes.is_some() {
        return Err(Fault::usage(format!("cannot {what}: a POSIX queue counts messages, not bytes"))
            .hint("give --max-messages and --message-size"));
    }
    let wanted = wanted(new);
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let attr = MqAttr::new(signed(wanted.max_messages), signed(wanted.message_size));
    let flags = libc::O_CREAT | libc::O_EXCL | libc::O_RDWR;
    for _ in 0..RACES {
        match mq_open(&bare(name), flags, 0o600, Some(&attr)) {
            Ok(fd) => {
                let failed = |errno| Fault::os(&what, errno);
                fchmod(&fd, Mode::from_bits_truncate(new.mode.unwrap_or(0o600))).map_err(failed)?;
                return PosixQueue::new(name, fd).map_err(failed);
            }
            Err(Errno::EEXIST) if new.exclusive => {
                return Err(Fault::os_because(what, "it exists already", Errno::EEXIST));
            }
            Err(Errno::EEXIST) => {}
            Err(errno) => return Err(no_queue(&what, wanted, errno)),
        }
        match existing(name, &what, new) {
            Err(fault) if fault.errno() == Some(Errno::ENOENT) => {}
            other => return other,
        }
    }
    Err(Fault::new(what, "somebody removes it as fast as it is created"))
}

/// The usual size is made smaller where the machine's limits are.
fn wanted(new: &NewQueue) -> Geometry {
    let most = |name, usual: u64| usual.min(limit(name).unwrap_or(usual)).max(1);
    Geometry {
        max_messages: new.max_messages.unwrap_or_else(|| most("msg_max", USUAL.max_messages)),
        message_size: new.message_size.unwrap_or_else(|| most("msgsize_max", USUAL.message_size)),
    }
}

/// The existing queue, if it is what was asked for; opened for whatever its mode allows us.
fn existing(name: &PosixName, what: &str, new: &NewQueue) -> Result<PosixQueue, Fault> {
    if let Some(difference) = difference(&mqueue::stat(name)?, new) {
        return Err(Fault::new(what, format!("it exists and {difference}")));
    }
    let mut answer = Err(Errno::EACCES);
    for flags in [libc::O_RDWR, libc::O_RDONLY, libc::O_WRONLY] {
        answer = mq_open(&bare(name), flags, 0, None);
        if !matches!(answer, Err(Errno::EACCES)) {
            break;
        }
    }
    answer.and_then(|fd| PosixQueue::new(name, fd)).map_err(|errno| refused("open", name, errno))
}

fn difference(stat: &QueueStat, new: &NewQueue) -> Option<String> {
    let mode = stat.owner.mode;
    if let Some(asked) = new.mode.filter(|asked| *asked != mode) {
        return Some(format!("has mode {mode:04o}, not {asked:04o}"));
    }
    let have = stat.geometry?;
    if let Some(asked) = new.max_messages.filter(|asked| *asked != have.max_messages) {
        return Some(format!("holds {}, not {asked}", counted(have.max_messages, "message")));
    }
    let asked = new.message_size.filter(|asked| *asked != have.message_size)?;
    Some(format!("holds messages of {}, not {asked}", counted(have.message_size, "byte")))
}

fn limit(name: &str) -> Option<u64> {
    let found = limits::list(&["msgq"], None).ok()?;
    found.rows.into_iter().find(|row| row.row.name == name)?.limit
}

fn no_queue(what: &str, wanted: Geometry, errno: Errno) -> Fault {
    match errno {
        Errno::EMFILE => too_much(what, wanted),
        Errno::ENOSPC => {
            let most = limit("queues_max").unwrap_or(0);
            Fault::os_because(what, format!("queues_max allows {most} queues"), errno)
                .hint(format!("ipctool limits set queues_max {}", most.saturating_mul(2)))
        }
        Errno::EINVAL | Errno::EOVERFLOW => above(what, wanted, errno),
        _ => Fault::os(what, errno),
    }
}

/// RLIMIT_MSGQUEUE, with the kernel's arithmetic.
fn too_much(what: &str, wanted: Geometry) -> Fault {
    let Geometry { max_messages, message_size } = wanted;
    let charged = wanted.charged();
    let own = std::process::id().cast_signed();
    let allowed = prlimit_get(own, MSGQUEUE).map_or(0, |(soft, _)| soft);
    if matches!(dup(std::io::stderr()), Err(Errno::EMFILE)) {
        return Fault::os_because(what, "we have too many files open", Errno::EMFILE);
    }
    // The user's queues in other IPC namespaces count too, and are not seen from here.
    let used = used_by(own_uid()).filter(|used| used.saturating_add(charged) > allowed);
    let used =
        used.map_or_else(|| "your other queues take the rest".to_string(), |used| format!("{used} are used"));
    let cause = format!(
        "it takes {max_messages} × ({message_size} + {OVERHEAD}) = {charged} bytes; RLIMIT_MSGQUEUE allows {allowed}, {used}"
    );
    Fault::os_because(what, cause, Errno::EMFILE)
        .hint("ask for less with --max-messages and --message-size, remove queues, or raise it: ulimit -q")
}

/// What the queues of a user are charged with, where they can be listed.
pub fn used_by(uid: u32) -> Option<u64> {
    let rows = mqueue::list().ok()?.rows;
    let own = rows.iter().filter(|queue| queue.owner.uid == uid);
    Some(own.filter_map(|queue| queue.geometry).map(Geometry::charged).fold(0, u64::saturating_add))
}

/// Above a limit of the kernel.
fn above(what: &str, wanted: Geometry, errno: Errno) -> Fault {
    let over = [
        ("msg_max", "messages", wanted.max_messages),
        ("msgsize_max", "bytes a message", wanted.message_size),
    ];
    for (name, of, asked) in over {
        if asked == 0 {
            return Fault::os_because(what, format!("0 {of} are none"), errno);
        }
        if let Some(limit) = limit(name).filter(|limit| asked > *limit) {
            let cause = format!("{asked} {of} are more than {name}, {limit}");
            return Fault::os_because(what, cause, errno).hint(format!("ipctool limits set {name} {asked}"));
        }
    }
    Fault::os(what, errno)
}
