//! Threads that are blocked in a system call, of all processes.

use std::io::IoSliceMut;

use nix::errno::Errno;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;

use super::scan::{self, At, Found, Look, OurIpc};
use super::syscall::{self, Call, Doing};
use super::{file, process};
use crate::fault::Fault;

pub mod calls;
pub mod openings;
pub mod sleepers;

/// A thread that is blocked in a system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocked {
    /// Where its process can be looked at: through this thread, whatever became of the first one.
    pub at: At,
    /// The thread.
    pub tid: i32,
    /// The call.
    pub call: Call,
}

/// Every blocked thread that `pick` makes something of, in all processes or only in those of one IPC namespace. It takes the
/// right to attach as a debugger (root, or the same user where Yama allows it). Fails when `/proc` cannot be listed.
pub fn blocked<T: Send>(
    ipc: Option<OurIpc>,
    pick: impl Fn(&Blocked) -> Option<T> + Sync,
) -> Result<Found<T>, Fault> {
    // Without this file in any process, "nobody waits" would be wrong.
    file::whole("/proc/thread-self/syscall")
        .map_err(|errno| Fault::os("read /proc/thread-self/syscall", errno))?;
    let look = |at| match in_process(at, ipc, &pick) {
        Ok(look) => look,
        Err(errno) => Look::failed(errno, format_args!("see what process {} waits for", at.pid)),
    };
    scan::every_process(look, |_| false)
}

fn in_process<T>(
    at: At,
    ipc: Option<OurIpc>,
    pick: impl Fn(&Blocked) -> Option<T>,
) -> Result<Look<T>, Errno> {
    if let Some(ours) = ipc
        && !ours.has(at)?
    {
        return Ok(Look::Outside);
    }
    let mut hits = Vec::new();
    let mut is_user = false;
    for tid in process::threads(at.pid)? {
        let doing = file::unless_gone(syscall::doing(at.pid, tid))?.unwrap_or(Doing::Nothing);
        is_user |= doing != Doing::Nothing;
        if let Doing::Blocked(call) = doing {
            hits.extend(pick(&Blocked { at: At::of_thread(at.pid, tid), tid, call }));
        }
    }
    Ok(if is_user { Look::Seen(hits) } else { Look::Empty })
}

impl Blocked {
    /// All of `length` bytes at an address of its process, `None` if they cannot be read.
    pub fn memory(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        let remote = RemoteIoVec { base: usize::try_from(address).ok()?, len: length };
        let pid = Pid::from_raw(self.tid);
        let count = process_vm_readv(pid, &mut [IoSliceMut::new(&mut bytes)], &[remote]).ok()?;
        (count == length).then_some(bytes)
    }

    /// The bytes at an address of its process up to a NUL, which must come within `most` bytes.
    pub fn text(&self, address: u64, most: usize) -> Option<Vec<u8>> {
        // Page by page: what lies behind the text's last page may not be readable.
        const PAGE: u64 = 4096;
        let mut text = Vec::new();
        while text.len() < most {
            let from = address.checked_add(u64::try_from(text.len()).ok()?)?;
            let piece = self.memory(from, usize::try_from(PAGE - from % PAGE).ok()?)?;
            match piece.iter().position(|byte| *byte == 0) {
                Some(end) => {
                    text.extend_from_slice(&piece[..end]);
                    return Some(text);
                }
                None => text.extend(piece),
            }
        }
        None
    }
}
