//! What can be done with shared memory of any sort: one code for `shm` and `mmap`, which only open it.

pub mod assign;
pub mod dump;
pub mod fields;
pub mod polling;
pub mod range;
pub mod until;
pub mod watch;
pub mod write;
