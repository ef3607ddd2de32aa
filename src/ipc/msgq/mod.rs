//! Message queues.

mod find;
mod stat;

pub use find::find;
pub use stat::{QueueStat, list, stat};
