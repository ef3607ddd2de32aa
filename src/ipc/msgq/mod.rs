//! Message queues: finding, listing, creating them, and talking through them.

mod create;
mod find;
mod message;
mod patience;
mod queue;
mod refusal;
mod stat;
mod sysv;

pub use create::NewQueue;
pub use find::find;
pub use message::{Label, Message, Selector, Taken, Wanted};
pub use queue::Queue;
pub use refusal::Doing;
pub use stat::{QueueStat, list, stat};
pub use sysv::{Copied, SysvQueue};
