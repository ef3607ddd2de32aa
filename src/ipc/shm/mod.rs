//! Shared memory.

mod find;
mod stat;

pub use find::find;
pub use stat::{Resident, SegmentStat, list, list_with_resident, stat};
