//! How soon a thread runs when it wakes.

use nix::errno::Errno;

/// The kernel's `struct sched_attr` (sched_setattr(2)), which neither nix nor every libc has.
#[repr(C)]
#[derive(Debug, Default)]
struct SchedAttr {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
}

/// A child begins with the usual policy and niceness.
const SCHED_FLAG_RESET_ON_FORK: u64 = 1;

/// How soon we run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// In turns with all others; `slice` nanoseconds at a time: who wants little is let in sooner (Linux 6.12, ignored before).
    Usual {
        /// The wish, 100,000 to 100,000,000.
        slice: u64,
    },
    /// Before all others that are not real-time (SCHED_RR, lowest priority). EPERM without the privilege.
    RealTime,
}

/// Whether nobody has said how soon the calling thread shall run: the usual policy and niceness. sched_getattr(2).
pub fn is_usual() -> nix::Result<bool> {
    let mut attr = SchedAttr::default();
    let size = size_of::<SchedAttr>() as u32;
    // SAFETY: `attr` has room for `size` bytes, which the kernel writes at most; 0 means the calling thread.
    let done = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut attr, size, 0) };
    Errno::result(done)?;
    Ok(attr.policy == libc::SCHED_OTHER as u32 && attr.nice == 0)
}

/// Sets how soon the calling thread runs; a child of it begins as usual. sched_setattr(2).
pub fn sched_setattr(policy: Policy) -> nix::Result<()> {
    let size = size_of::<SchedAttr>() as u32;
    let attr = SchedAttr { size, flags: SCHED_FLAG_RESET_ON_FORK, ..SchedAttr::default() };
    let attr = match policy {
        Policy::Usual { slice } => SchedAttr { policy: libc::SCHED_OTHER as u32, runtime: slice, ..attr },
        Policy::RealTime => SchedAttr { policy: libc::SCHED_RR as u32, priority: 1, ..attr },
    };
    // SAFETY: `attr` is a whole sched_attr of the size that it tells, and outlives the call; 0 means the calling thread.
    let done = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attr, 0) };
    Errno::result(done).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anybody_may_wish_for_a_short_slice() {
        std::thread::spawn(|| assert_eq!(sched_setattr(Policy::Usual { slice: 100_000 }), Ok(())))
            .join()
            .unwrap();
    }
}
