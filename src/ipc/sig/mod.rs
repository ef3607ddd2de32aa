//! Signals: sending them to the very process that is meant, receiving them one by one, and processes' ends.
//!
//! [`Signal`] and [`SignalSet`] are names and numbers; [`find()`] turns a reference into [`Receiver`]s that hold a pidfd,
//! so that a PID that is reused is never hit; [`Trap`] takes signals off the queue as [`Received`]; [`Watched`] says how
//! a process ended; [`PidFile`] tells others that a trap is armed; [`Exec`] is what survives execve.

mod cpu;
mod exec;
mod find;
mod fit;
mod pidfile;
mod received;
mod receiver;
mod round;
mod set;
mod signal;
mod state;
mod table;
mod trap;
mod watched;

pub use cpu::after_cpu;
pub use exec::{Clock, Exec};
pub use find::{Many, find, open};
pub use fit::would_reach_a_handler;
pub use pidfile::PidFile;
pub use received::{Code, Received};
pub use receiver::{Receiver, Way};
pub use round::{News, Round, Schedule};
pub use set::SignalSet;
pub use signal::Signal;
pub use state::{Listed, State, list};
pub use table::Action;
pub use trap::{Trap, refused};
pub use watched::{End, Watched, any_ended};
