//! fnmatch(3): shell patterns over bytes.

use std::ffi::{CStr, CString};

/// True if `name` matches `pattern` (`*`, `?`, `[…]`, `\` before one of them); a name with a NUL byte matches nothing.
pub fn fnmatch(pattern: &CStr, name: &[u8]) -> bool {
    let Ok(name) = CString::new(name) else { return false };
    // SAFETY: both pointers are NUL-terminated strings that live through the call, which keeps neither.
    unsafe { libc::fnmatch(pattern.as_ptr(), name.as_ptr(), 0) == 0 }
}
