//! Which of the descriptors 0–2 the caller closed. Rust's runtime opens /dev/null in their place before `main`, so
//! that a message could be taken and "written" to nowhere; a function in `.init_array` looks before that.

use std::sync::atomic::{AtomicU8, Ordering};

/// Bit N is set when descriptor N was closed at the start.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Run by the C runtime before Rust's own start (glibc and musl alike); libc calls are allowed there.
#[used]
// SAFETY: the section holds pointers to functions that are called with no arguments we read; this one is `extern "C"`.
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    for fd in 0..3 {
        // SAFETY: F_GETFD takes no argument and changes nothing, whatever the descriptor is.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 {
            CLOSED.fetch_or(1 << fd, Ordering::Relaxed);
        }
    }
}

/// Whether standard descriptor `fd` (0, 1 or 2) was closed when the program started. Other numbers: false.
pub fn was_closed(fd: i32) -> bool {
    // Keeps the pointer in the binary under every linker: a section nobody refers to may be dropped.
    std::hint::black_box(&LOOK);
    (0..3).contains(&fd) && CLOSED.load(Ordering::Relaxed) & (1 << fd) != 0
}
