//! The states an object can be in (SPEC S3): in use, orphan. Filters and removal go by them.

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;

use crate::ipc::identity::FileId;
use crate::ipc::msgq::QueueStat;
use crate::ipc::object::{self, Flavours, Object};
use crate::ipc::sem::{self, SetStat};
use crate::ipc::shm::SegmentStat;
use crate::ipc::users::{self, Used};
use crate::proc::process::Lives;
use crate::proc::waiters::{self, Awaited};
use crate::refs::Kind;
use crate::sys::sysv::sem::SemId;

/// Looks at processes on behalf of many objects, each process once.
#[derive(Default)]
pub struct Observer {
    lives: RefCell<Lives>,
    /// None where nobody can be seen.
    waiting: OnceCell<Option<HashSet<Awaited>>>,
    held: OnceCell<Option<Used>>,
    awaited: OnceCell<Option<HashSet<FileId>>>,
}

impl Observer {
    /// True if the object is attached, waited on, holds an unread message, or its last operator lives.
    ///
    /// What cannot be seen for lack of permission counts as in use: it must not be removed as unused.
    pub fn in_use(&self, object: &Object) -> bool {
        if let Some(file) = object.file() {
            return self.posix_in_use(object, file);
        }
        match object {
            Object::Queue(queue) => queue.qnum > 0 || self.is_awaited(queue),
            Object::Set(set) => self.set_in_use(set),
            Object::Segment(segment) => segment.nattch > 0,
        }
    }

    /// True if the object is unused, and every process that it records is gone: dead, or its PID is another's now.
    ///
    /// A PID that is not known (0, outside our PID namespace) may live: no orphan.
    pub fn orphan(&self, object: &Object) -> bool {
        if let Some(file) = object.file() {
            let free = |held: &Used| held.all_seen && !held.files.contains(&file);
            return self.held().is_some_and(free) && !self.posix_in_use(object, file);
        }
        let records = match object {
            Object::Queue(queue) => queue_records(queue),
            Object::Set(set) => set_records(set),
            Object::Segment(segment) => segment_records(segment),
        };
        let Some(records) = records else { return false };
        let gone = |(pid, epoch): &(i32, i64)| self.lives.borrow_mut().is_gone_since(*pid, *epoch);
        !records.is_empty() && records.iter().all(gone) && !self.in_use(object)
    }
}

impl Observer {
    fn set_in_use(&self, set: &SetStat) -> bool {
        let Some(id) = set.identity.id() else { return true };
        let last = set.otime.max(set.ctime).unwrap_or(0);
        let lives = |pid| !self.lives.borrow_mut().is_gone_since(pid, last);
        sem::any_user(SemId(id), set.nsems, lives).unwrap_or(true)
    }

    fn is_awaited(&self, queue: &QueueStat) -> bool {
        let Some(id) = queue.identity.id() else { return false };
        let all = self.waiting.get_or_init(|| {
            let hits = waiters::every().ok()?.hits;
            Some(hits.into_iter().map(|waiter| waiter.object).collect())
        });
        all.as_ref().is_none_or(|all| all.contains(&Awaited::Queue(id)))
    }

    /// A POSIX object is in use while it is mapped or open, a queue while it has a message or somebody waits; one that may
    /// not be looked at counts as used.
    fn posix_in_use(&self, object: &Object, file: FileId) -> bool {
        match object {
            Object::Queue(queue) => {
                queue.geometry.is_none()
                    || queue.qnum > 0
                    || contains(self.awaited.get_or_init(users::awaited).as_ref(), file)
            }
            Object::Set(_) | Object::Segment(_) => contains(self.held().map(|held| &held.files), file),
        }
    }

    /// The files of all POSIX objects that somebody holds, looked for once.
    fn held(&self) -> Option<&Used> {
        let held = self.held.get_or_init(|| {
            let posix = Flavours { sysv: false, posix: true };
            let listed = Kind::MIXED.into_iter().filter_map(|kind| object::list(kind, false, posix).ok());
            users::held(&listed.flat_map(|listing| listing.rows).collect::<Vec<_>>())
        });
        held.as_ref()
    }
}

/// Whether a file is among those in use; where no process can be looked at, any may be.
fn contains(files: Option<&HashSet<FileId>>, file: FileId) -> bool {
    files.is_none_or(|files| files.contains(&file))
}

/// Who touched a queue and when; None if that is not known of someone.
fn queue_records(queue: &QueueStat) -> Option<Vec<(i32, i64)>> {
    known([(queue.lspid, queue.stime), (queue.lrpid, queue.rtime)])
}

fn segment_records(segment: &SegmentStat) -> Option<Vec<(i32, i64)>> {
    known([(segment.cpid, segment.ctime), (segment.lpid, segment.atime.max(segment.dtime))])
}

/// A semaphore does not record when its last operation was: the set's newest time is the latest it can have been.
fn set_records(set: &SetStat) -> Option<Vec<(i32, i64)>> {
    let newest = set.otime.max(set.ctime);
    let operators = sem::operators(SemId(set.identity.id()?), set.nsems).ok()?;
    operators.into_iter().map(|pid| Some((pid?, newest?))).collect()
}

/// The records of what happened: without a time it never did; with a time and no PID nobody knows who it was.
fn known(records: impl IntoIterator<Item = (Option<i32>, Option<i64>)>) -> Option<Vec<(i32, i64)>> {
    records.into_iter().filter_map(|(pid, time)| time.map(|time| pid.map(|pid| (pid, time)))).collect()
}
