//! What a terminal says of itself.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::errno::Errno;

nix::ioctl_read_bad!(
    /// The bare call: `TIOCGWINSZ`.
    tiocgwinsz,
    libc::TIOCGWINSZ,
    libc::winsize
);

/// How many characters wide the terminal behind `fd` is; 0 where it does not know: `TIOCGWINSZ`, ioctl_tty(2).
///
/// # Errors
/// ENOTTY when `fd` is no terminal.
pub fn columns(fd: BorrowedFd<'_>) -> Result<u16, Errno> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ writes one `winsize` to where the pointer says, which is a live local; `fd` is borrowed and so
    // open during the call.
    unsafe { tiocgwinsz(fd.as_fd().as_raw_fd(), &raw mut size) }?;
    Ok(size.ws_col)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_no_terminal() {
        let file = std::fs::File::open("/dev/null").unwrap();
        assert_eq!(columns(file.as_fd()), Err(Errno::ENOTTY));
    }

    #[test]
    fn a_new_terminal_has_the_width_it_was_given() {
        let size = nix::pty::Winsize { ws_row: 5, ws_col: 77, ws_xpixel: 0, ws_ypixel: 0 };
        let pair = nix::pty::openpty(Some(&size), None).unwrap();
        assert_eq!(columns(pair.slave.as_fd()), Ok(77));
    }
}
