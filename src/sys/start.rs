//! The program's entry, which the C library calls in place of the one of Rust's library.
//!
//! That one prepares for what a small command never does: it maps a second stack to tell of an overflow of the first on, and
//! with glibc reads the whole of /proc/self/maps to find where that one ends. Here is the rest of what it does.

use std::ffi::{CStr, OsStr, OsString, c_char};
use std::os::unix::ffi::OsStrExt;
use std::panic::catch_unwind;
use std::process;

use super::stdio;

/// The exit status after a panic, as Rust's own entry has it.
const PANICKED: u8 = 101;

/// Makes `$main`, which takes the words of the command line (the program's name first) and gives the exit status, the
/// program. Stands in a crate with `#![no_main]`.
#[macro_export]
macro_rules! program {
    ($main:path) => {
        #[unsafe(no_mangle)]
        extern "C" fn main(count: i32, words: *const *const std::ffi::c_char) -> i32 {
            // SAFETY: the C library passes what execve(2) was given, and it stays until the process ends.
            unsafe { $crate::sys::start::run(count, words, $main) }
        }
    };
}

/// Runs `main` with the standard descriptors open, SIGPIPE ignored and panics caught, and ends the process.
///
/// # Safety
/// `words` holds at least `count` strings, each ended by NUL, that live as long as the process.
pub unsafe fn run(count: i32, words: *const *const c_char, main: fn(Vec<OsString>) -> u8) -> ! {
    stdio::open_closed();
    stdio::ignore_sigpipe();
    // SAFETY: our caller's promise.
    let words = (0..usize::try_from(count).unwrap_or(0)).map(|place| unsafe { word(words, place) }).collect();
    process::exit(catch_unwind(|| main(words)).unwrap_or(PANICKED).into())
}

/// One word of the command line.
///
/// # Safety
/// `words` holds more than `place` strings, each ended by NUL.
unsafe fn word(words: *const *const c_char, place: usize) -> OsString {
    // SAFETY: our caller's promise: there are so many pointers.
    let start = unsafe { *words.wrapping_add(place) };
    // SAFETY: our caller's promise: it is a string with an end.
    OsStr::from_bytes(unsafe { CStr::from_ptr(start) }.to_bytes()).to_owned()
}
