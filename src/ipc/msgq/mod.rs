//! Message queues: finding, listing, creating them, and talking through them.

mod create;
mod find;
mod message;
pub mod mqueue;
mod patience;
mod posix;
mod posix_create;
mod queue;
mod refusal;
mod stat;
mod sysv;

pub use create::NewQueue;
pub use find::find;
pub use message::{Label, Message, Selector, Taken, Wanted};
pub use posix::{PosixQueue, Side};
pub use posix_create::{Geometry, used_by};
pub use queue::Queue;
pub use refusal::Doing;
pub use stat::{QueueStat, by_index, each, list, stat, told};
pub use sysv::{Copied, SysvQueue};
