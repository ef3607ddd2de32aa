//! What a signal does, by its number: nix knows no realtime signals.

use std::mem::MaybeUninit;
use std::ptr;

use nix::errno::Errno;

/// What a signal does to a process, as far as another program can inherit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// The default action.
    Default,
    /// Nothing at all.
    Ignore,
    /// A handler runs.
    Caught,
}

/// What `signal` does in this process. sigaction(2). EINVAL: no such signal, or one of the C library's own.
pub fn disposition(signal: i32) -> nix::Result<Disposition> {
    let mut old = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: a null new action changes nothing; `old` is room for one sigaction and outlives the call.
    let done = unsafe { libc::sigaction(signal, ptr::null(), old.as_mut_ptr()) };
    Errno::result(done)?;
    // SAFETY: the call succeeded, so the answer has been written to `old`.
    Ok(match unsafe { old.assume_init() }.sa_sigaction {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        _ => Disposition::Caught,
    })
}

/// Ignores `signal`, or gives it its default action. Both survive execve. sigaction(2).
///
/// EINVAL: KILL, STOP, no such signal, or one of the C library's own.
pub fn set_disposition(signal: i32, ignore: bool) -> nix::Result<()> {
    // SAFETY: sigaction is plain data, for which all zeroes is a valid value: default action, no flags, empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = if ignore { libc::SIG_IGN } else { libc::SIG_DFL };
    // SAFETY: `action` lives through the call and names no handler; no old action is asked for.
    let done = unsafe { libc::sigaction(signal, &action, ptr::null_mut()) };
    Errno::result(done).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realtime_signal_is_ignored_and_put_back() {
        set_disposition(40, true).unwrap();
        assert_eq!(disposition(40), Ok(Disposition::Ignore));
        set_disposition(40, false).unwrap();
        assert_eq!(disposition(40), Ok(Disposition::Default));
    }

    #[test]
    fn kill_is_refused() {
        assert_eq!(set_disposition(libc::SIGKILL, true), Err(Errno::EINVAL));
        assert_eq!(set_disposition(65, true), Err(Errno::EINVAL));
    }
}
