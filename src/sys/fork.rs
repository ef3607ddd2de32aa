//! A second process of the same program: for what must outlive us without being another program.

use nix::unistd::ForkResult;

/// A copy of this process: its PID here, None in the copy. fork(2).
///
/// The copy has this thread alone. Its caller may use what needs no other thread, and ends by
/// [`super::signal::exit_now`].
pub fn fork() -> nix::Result<Option<i32>> {
    // SAFETY: no thread of ours holds a lock that the copy would miss: the only other one that may exist sleeps and
    // sends signals, and both libcs keep their own locks whole across a fork.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Child => Ok(None),
        ForkResult::Parent { child } => Ok(Some(child.as_raw())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::process::{Ended, waitid};
    use crate::sys::signal::exit_now;

    #[test]
    fn the_copy_ends_as_it_says() {
        match fork().unwrap() {
            None => exit_now(7),
            Some(pid) => assert_eq!(waitid(pid, true), Ok(Ended::Exited(7))),
        }
    }
}
