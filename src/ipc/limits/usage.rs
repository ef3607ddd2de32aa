//! How much of a limit is used.

use std::cell::LazyCell;

use crate::ipc::dev_shm;
use crate::ipc::msgq::{mqueue, used_by};
use crate::ipc::namespace::own_uid;
use crate::proc::status::ProcessStatus;
use crate::proc::{fds, maps, process};
use crate::sys::sysv::msg::{MsgInfo, msg_info};
use crate::sys::sysv::sem::{SemInfo, sem_info};
use crate::sys::sysv::shm::{ShmInfo, shm_info};

/// Looks each source up once, and only if a limit needs it.
pub struct Usage {
    /// The process that was asked for; what one process uses is not told of ourselves.
    pid: Option<i32>,
    status: ProcessStatus,
    queues: LazyCell<Option<MsgInfo>>,
    sets: LazyCell<Option<SemInfo>>,
    segments: LazyCell<Option<ShmInfo>>,
}

impl Usage {
    pub fn new(pid: Option<i32>, status: ProcessStatus) -> Usage {
        Usage {
            pid,
            status,
            queues: LazyCell::new(|| msg_info().ok().map(|(_, info)| info)),
            sets: LazyCell::new(|| sem_info().ok().map(|(_, info)| info)),
            segments: LazyCell::new(|| shm_info().ok().map(|(_, info)| info)),
        }
    }

    /// How much of the limit called `name` is used, in its unit.
    pub fn of(&mut self, name: &str) -> Option<u64> {
        match name {
            "msgmni" => u64::try_from(self.queues.as_ref()?.queues).ok(),
            "semmni" => u64::try_from(self.sets.as_ref()?.sets).ok(),
            "semmns" => u64::try_from(self.sets.as_ref()?.semaphores).ok(),
            "shmmni" => u64::try_from(self.segments.as_ref()?.segments).ok(),
            "queues_max" => mqueue::list().ok().map(|listing| length(&listing.rows)),
            "msgqueue" => used_by(self.user()),
            "shmall" => Some(self.segments.as_ref()?.pages),
            "dev-shm" => in_dev_shm().map(|(_, used)| used),
            "max_map_count" => maps::mappings(self.pid?).ok().flatten().map(|found| length(&found.rows)),
            "memlock" => self.pid.and(self.status.vm_locked),
            "nofile" => fds::descriptors(self.pid?).ok().flatten().map(|found| length(&found)),
            "sigpending" => Some(self.status.queued.0),
            "nproc" => self.threads_of_user(),
            _ => None,
        }
    }

    /// The process's real user, or ours, as it is called out here.
    fn user(&self) -> u32 {
        let [real, ..] = self.status.uid;
        if self.pid.is_some() { real } else { own_uid() }
    }

    /// Threads of the process's real user, as far as /proc shows them.
    fn threads_of_user(&self) -> Option<u64> {
        let [real, ..] = self.status.uid;
        let all = process::processes().ok()?;
        Some(all.rows.iter().filter(|other| other.uid == real).map(|other| other.stat.threads).sum())
    }
}

fn length<T>(rows: &[T]) -> u64 {
    rows.len() as u64
}

/// Size and use in bytes of the file system that POSIX objects lie in; None where there is none.
pub fn in_dev_shm() -> Option<(u64, u64)> {
    let told = dev_shm::file_system().ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(told.fragment_size());
    let size = bytes(told.blocks());
    Some((size, size.saturating_sub(bytes(told.blocks_free()))))
}
