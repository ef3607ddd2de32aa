//! Semaphores: sets of System V, and the one handle for all flavours.
//!
//! `handle` is what the commands use; `set` and the modules beside it are the System V flavour: `operate` (P, V, Z),
//! `create` and `ready` (its life before the first operation), `values` and `assign`, `hold` (until a process ends),
//! `operator` (who was last). `flavour` tells what only one of them has.

mod assign;
mod counter;
mod create;
mod find;
mod flavour;
mod glibc;
mod handle;
mod hold;
mod musl;
mod named;
mod operate;
mod operator;
mod place;
pub mod posix;
mod ready;
mod set;
mod stat;
mod values;

pub use crate::proc::waiters::Operation;
pub use counter::{Count, MOST};
pub use create::Plan;
pub use find::find;
pub use flavour::{SysvOnly, check_taken, check_values};
pub use handle::{Semaphore, take};
pub use hold::Holder;
pub use place::Place;
pub use posix::PosixSemaphore;
pub use set::{HIGHEST, Set};
pub use stat::{SetStat, by_index, each, list, stat, told};
pub use values::{Member, any_user, operators, semaphores};
