//! Local time. nix has no `localtime_r`.

use nix::errno::Errno;

/// The local time zone's offset from UTC in seconds, positive to the east, at `seconds` since the epoch: `localtime_r(3)`.
///
/// # Errors
/// EOVERFLOW when the year does not fit an `int`.
pub fn local_offset(seconds: i64) -> Result<i64, Errno> {
    localtime(seconds).map(|broken| broken.tm_gmtoff)
}

/// The local calendar and clock at `seconds` since the epoch: `localtime_r(3)`.
///
/// # Errors
/// EOVERFLOW when the year does not fit an `int`.
pub fn localtime(seconds: i64) -> Result<libc::tm, Errno> {
    let mut broken = std::mem::MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: localtime_r reads the one time it is given (`time_t` is 64 bits wide on every target that is built) and
    // writes a whole `tm`; both live on this stack frame. It keeps neither pointer.
    let filled = unsafe { libc::localtime_r(&raw const seconds, broken.as_mut_ptr()) };
    if filled.is_null() {
        return Err(Errno::last());
    }
    // SAFETY: a `tm` of zero bytes is a valid value (integers and a null pointer that is never followed), and
    // localtime_r has filled it since.
    Ok(unsafe { broken.assume_init() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_less_than_a_day() {
        assert!(local_offset(0).unwrap().abs() < 86_400);
        assert!(local_offset(1_795_224_004).unwrap().abs() < 86_400);
    }

    #[test]
    fn a_year_beyond_int_is_refused() {
        assert_eq!(local_offset(i64::MAX), Err(Errno::EOVERFLOW));
    }
}
