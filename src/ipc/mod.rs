//! Kernel objects: what exists, its facts, its states, and typed handles with their verbs. No printing, no clap.
//!
//! `object` lists objects of several kinds; `msgq`, `sem` and `shm` know one mechanism each; `identity` is what the
//! kinds have in common; `key` turns files into keys; `sysv` walks the kernel's slots.

pub mod change;
pub mod denied;
pub mod dev_shm;
pub mod fifo;
pub mod identity;
pub mod key;
mod keyed;
pub mod limits;
pub mod memory;
pub mod mmap;
pub mod msgq;
pub mod namespace;
pub mod object;
pub mod pipe;
pub mod remove;
pub mod sem;
pub mod shm;
pub mod sig;
pub mod slots;
pub mod state;
pub mod sysv;
pub mod users;
