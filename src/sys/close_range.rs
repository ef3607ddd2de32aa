//! Closing what was inherited.

use nix::errno::Errno;

/// Closes the descriptors `first` to `last`, both included, as far as they are open. close_range(2), Linux 5.9.
///
/// No owner of one of them may be used, or dropped, afterwards: this is for a copy of the process that ends by
/// [`super::signal::exit_now`].
pub fn close_range(first: u32, last: u32) -> nix::Result<()> {
    if first > last {
        return Ok(());
    }
    // SAFETY: three integers by value; closing touches no memory, and the caller uses none of the descriptors again.
    let done = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    Errno::result(done).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_range_is_nothing() {
        assert_eq!(close_range(9, 8), Ok(()));
        // Far above what is open.
        assert_eq!(close_range(0x7fff_0000, 0x7fff_0009), Ok(()));
    }
}
