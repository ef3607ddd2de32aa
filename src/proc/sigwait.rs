//! Signals that a thread sleeps for in sigwait(3): while it does, the kernel shows them as not blocked.

use std::io::IoSliceMut;

use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;

use super::syscall::{self, Doing};

/// The mask of the signals that a thread waits for in rt_sigtimedwait(2), 0 if it is not in there. `None` where it cannot
/// be told: it takes the right to attach to the process as a debugger.
pub fn awaited(pid: i32, tid: i32) -> Option<u64> {
    match syscall::doing(pid, tid).ok()? {
        Doing::Blocked(call) if call.number == libc::SYS_rt_sigtimedwait => mask(tid, call.args[0]),
        _ => Some(0),
    }
}

fn mask(tid: i32, address: u64) -> Option<u64> {
    let mut mask = [0; size_of::<u64>()];
    let remote = RemoteIoVec { base: usize::try_from(address).ok()?, len: mask.len() };
    let count = process_vm_readv(Pid::from_raw(tid), &mut [IoSliceMut::new(&mut mask)], &[remote]).ok()?;
    (count == mask.len()).then(|| u64::from_ne_bytes(mask))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Held, until};
    use super::*;
    use std::process::Command;

    #[test]
    fn a_waiting_thread_tells_its_mask() {
        let number = libc::SYS_rt_sigtimedwait;
        let program = format!("syscall({number}, my $mask = pack('Q', 0xa00), 0, 0, 8)");
        let held = Held::spawn(Command::new("perl").args(["-e", &program]));
        until(|| awaited(held.pid(), held.pid()) == Some(0xa00));
    }

    #[test]
    fn others_wait_for_none() {
        let held = Held::sleeper();
        assert_eq!(awaited(held.pid(), held.pid()), Some(0));
        assert_eq!(awaited(i32::MAX, i32::MAX), None);
    }
}
