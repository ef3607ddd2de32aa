//! What pipes are asked beside reading and writing, where nix wants `unsafe`.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

nix::ioctl_read_bad!(
    /// The bare call: `FIONREAD`.
    fionread_raw,
    libc::FIONREAD,
    libc::c_int
);

/// How many bytes wait in a pipe or FIFO; either end may ask. `FIONREAD`, ioctl(2), pipe(7).
pub fn fionread(fd: BorrowedFd<'_>) -> nix::Result<usize> {
    let mut count = 0;
    // SAFETY: FIONREAD writes one `int` to where the pointer says, which is a live local; `fd` is borrowed and so open.
    unsafe { fionread_raw(fd.as_fd().as_raw_fd(), &raw mut count) }?;
    Ok(usize::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_tell_how_much_waits() {
        let (reader, writer) = nix::unistd::pipe().unwrap();
        nix::unistd::write(&writer, b"hello").unwrap();
        assert_eq!((fionread(reader.as_fd()), fionread(writer.as_fd())), (Ok(5), Ok(5)));
    }
}
