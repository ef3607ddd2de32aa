//! Pipes: ends that live processes have, what is in a pipe, and who waits for whom.

mod bytes;
mod end;
mod holders;
mod level;
mod sink;
mod source;
mod survey;

pub use bytes::{Peeked, peek};
pub use end::End;
pub use holders::{Holder, Inode, Sort};
pub use level::{Level, level};
pub use sink::{PIPE_BUF, Sink, WriteStop};
pub use source::{Got, Ready, Source};
pub use survey::{Pipe, Survey, Waiter, Way, survey};
