//! Semaphore sets.

mod find;
mod stat;
mod values;

pub use find::find;
pub use stat::{SetStat, list, stat};
pub use values::{Semaphore, semaphores, waiting};
