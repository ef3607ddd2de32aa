//! SIGBUS: a page of a mapped file that cannot be had, because somebody cut the file short, or because it is a hole and the
//! file system is full.
//!
//! Whoever maps a file fills its holes first, and looks at its size before each access. This is for a cut between that look
//! and the access.

use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

/// From now on a page that is gone ends the program with an error line and status 1, not without a word.
pub fn end_on_bus_error() -> Result<(), Errno> {
    let action = SigAction::new(SigHandler::Handler(cut_short), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler makes two calls that are async-signal-safe and does not return.
    unsafe { sigaction(Signal::SIGBUS, &action) }.map(drop)
}

/// Gives `length` bytes at `offset` of a file the room that a hole has not, before they are touched by way of a mapping;
/// they lie within the file. fallocate(2). ENOSPC, EDQUOT: there is no room.
pub fn fill_hole(file: impl AsFd, offset: u64, length: u64) -> Result<(), Errno> {
    let number = |value| i64::try_from(value).map_err(|_| Errno::EOVERFLOW);
    let (offset, length) = (number(offset)?, number(length)?);
    loop {
        match fallocate(&file, FallocateFlags::FALLOC_FL_KEEP_SIZE, offset, length) {
            Err(Errno::EINTR) => {}
            Err(full @ (Errno::ENOSPC | Errno::EDQUOT)) => return Err(full),
            // Where that is not to be had, most files have no holes.
            _ => return Ok(()),
        }
    }
}

extern "C" fn cut_short(_: i32) {
    let line = b"ipctool: cannot go on: the mapped file was cut short (ENXIO)\n";
    let _ = nix::unistd::write(std::io::stderr(), line);
    // SAFETY: _exit(2) ends the process at once, and takes no pointer.
    unsafe { libc::_exit(1) }
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process::Command;
    use std::sync::atomic::Ordering;

    use crate::sys::futex::Words;

    /// Set for the process that dies.
    const VICTIM: &str = "IPCTOOL_TEST_BUS_ERROR";

    #[test]
    fn a_page_that_is_gone_ends_the_program_with_a_line() {
        let name = "sys::bus::tests::a_page_that_is_gone_ends_the_program_with_a_line";
        if env::var_os(VICTIM).is_some() {
            let file = tempfile::tempfile().unwrap();
            file.set_len(4096).unwrap();
            let words = Words::map(file.try_clone().unwrap().into(), 0, 32, 4096).unwrap();
            let word = words.narrow(0).unwrap();
            file.set_len(0).unwrap();
            word.store(1, Ordering::SeqCst);
            unreachable!("the page is gone");
        }
        let this = env::current_exe().unwrap();
        let ended =
            Command::new(this).args(["--exact", name, "--nocapture"]).env(VICTIM, "1").output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(told.contains("ipctool: cannot go on: the mapped file was cut short (ENXIO)"), "{told}");
        assert_eq!(ended.status.code(), Some(1));
    }

    #[test]
    fn a_file_that_is_too_short_is_seen_before_its_words_are_touched() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(64).unwrap();
        let words = Words::map(file.try_clone().unwrap().into(), 32, 32, 4096).unwrap();
        assert!(words.wide(0).is_ok() && words.narrow(28).is_ok());
        assert_eq!(words.wide(28).err(), Some(nix::errno::Errno::EINVAL));
        file.set_len(63).unwrap();
        assert_eq!(words.wide(0).err(), Some(nix::errno::Errno::ENXIO));
    }
}
