//! The C library's names: the linker takes these functions instead of musl's.

/// memcpy(3).
///
/// # Safety
/// `from` can be read and `to` written for `count` bytes, and they do not overlap.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: our caller's promise.
    unsafe { super::forward(to, from, count) };
    to
}

/// memmove(3).
///
/// # Safety
/// `from` can be read and `to` written for `count` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: our caller's promise.
    unsafe { super::either(to, from, count) };
    to
}

/// memcmp(3).
///
/// # Safety
/// Both ranges can be read for `count` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    // SAFETY: our caller's promise.
    unsafe { super::order(left, right, count) }
}
