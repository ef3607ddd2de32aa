//! Random bytes from the kernel, without a descriptor and without /dev.

use nix::errno::Errno;

/// Four random bytes as a number. getrandom(2).
///
/// Waits, in the first moments after boot, until the kernel has gathered enough of them.
pub fn random_u32() -> Result<u32, Errno> {
    let mut bytes = [0; 4];
    loop {
        // SAFETY: `bytes` is room for as many bytes as are asked for and outlives the call. Up to 256 bytes come whole.
        let got = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
        match Errno::result(got) {
            Ok(_) => return Ok(u32::from_ne_bytes(bytes)),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ() {
        let mut numbers: Vec<u32> = (0..4).map(|_| random_u32().unwrap()).collect();
        numbers.dedup();
        assert!(numbers.len() > 1);
    }
}
