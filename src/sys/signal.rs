//! Signal dispositions and delivery, where nix wants `unsafe` or lacks the call.

use std::ptr;

use nix::errno::Errno;
use nix::sys::signal::{self, SaFlags, SigAction, SigHandler, SigSet, Signal};
use nix::unistd::{getpid, gettid};

/// A signal handler in C's form. It may only use atomics and async-signal-safe calls, see signal-safety(7).
pub type Handler = extern "C" fn(i32);

/// What a signal does to this process: default, ignored or a handler. sigaction(2).
pub fn sigaction_get(signal: Signal) -> nix::Result<SigHandler> {
    let mut old = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: a null new action changes nothing; `old` is room for one sigaction and outlives the call.
    let done = unsafe { libc::sigaction(signal as i32, ptr::null(), old.as_mut_ptr()) };
    Errno::result(done)?;
    // SAFETY: the call succeeded, so the kernel's answer has been written to `old`.
    let old = unsafe { old.assume_init() };
    Ok(match old.sa_sigaction {
        libc::SIG_DFL => SigHandler::SigDfl,
        libc::SIG_IGN => SigHandler::SigIgn,
        _ if old.sa_flags & libc::SA_SIGINFO != 0 => return Err(Errno::EINVAL),
        address => {
            // SAFETY: without SA_SIGINFO the address is that of a function which takes the signal's number.
            let handler = unsafe { std::mem::transmute::<libc::sighandler_t, Handler>(address) };
            SigHandler::Handler(handler)
        }
    })
}

/// Sets what `signal` does, without SA_RESTART: a blocked call answers EINTR. sigaction(2).
///
/// A handler must be async-signal-safe ([`Handler`]).
pub fn sigaction_set(signal: Signal, to: SigHandler) -> nix::Result<()> {
    sigaction_swap(signal, to).map(drop)
}

/// As [`sigaction_set`], and tells what `signal` did before.
pub fn sigaction_swap(signal: Signal, to: SigHandler) -> nix::Result<SigHandler> {
    let action = SigAction::new(to, SaFlags::empty(), SigSet::empty());
    // SAFETY: the caller's handler keeps to signal-safety(7), as `Handler` demands; no other state is touched.
    unsafe { signal::sigaction(signal, &action) }.map(|before| before.handler())
}

/// Sends `signal` to one thread of this process, by its kernel thread id. tgkill(2).
pub fn tgkill(thread: i32, signal: Signal) -> nix::Result<()> {
    let process = getpid().as_raw();
    // SAFETY: three integers by value; the kernel checks all of them.
    let done = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, signal as i32) };
    Errno::result(done).map(drop)
}

/// The calling thread's kernel thread id. gettid(2).
pub fn thread_id() -> i32 {
    gettid().as_raw()
}

/// Ends the process at once: no destructor, no exit function. _exit(2).
pub fn exit_now(status: i32) -> ! {
    // SAFETY: takes an integer and does not return.
    unsafe { libc::_exit(status) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disposition_is_read_back() {
        assert!(matches!(sigaction_get(Signal::SIGUSR2), Ok(SigHandler::SigDfl)));
        sigaction_set(Signal::SIGUSR2, SigHandler::SigIgn).unwrap();
        assert!(matches!(sigaction_get(Signal::SIGUSR2), Ok(SigHandler::SigIgn)));
        sigaction_set(Signal::SIGUSR2, SigHandler::SigDfl).unwrap();
    }

    #[test]
    fn tgkill_reaches_this_thread() {
        extern "C" fn nothing(_: i32) {}
        sigaction_set(Signal::SIGUSR1, SigHandler::Handler(nothing)).unwrap();
        assert_eq!(tgkill(thread_id(), Signal::SIGUSR1), Ok(()));
        assert_eq!(tgkill(i32::MAX, Signal::SIGUSR1), Err(Errno::ESRCH));
    }
}
