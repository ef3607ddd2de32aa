//! Shared memory.

mod create;
mod find;
pub mod posix;
mod resident;
mod segment;
mod stat;

pub use create::{NewSegment, create};
pub use find::find;
pub use resident::Resident;
pub use segment::{lock, open};
pub use stat::{SegmentStat, by_index, each, list, resident, stat, stat_with_resident, told};
