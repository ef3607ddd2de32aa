//! One file a command or noun: its `Args` (the doc comment is help and man page) and its `run`. The only room that
//! sees `ipc` and `render`.
//!
//! `ls`, `show`, `ftok` are commands; `msgq`, `sem`, `shm` are nouns with a file a verb. What several commands need
//! stands beside them: `columns` and `inside` (facts as cells), `filter`, `facts` (output flags), `waiting`, `creation`
//! and `payload` (flags), `delivery` (taken records), `size`, `targets` (references among the words), `report` (errors), `stdout`.

pub(crate) mod change;
pub(crate) mod columns;
pub(crate) mod complete;
pub(crate) mod confirm;
pub mod creation;
pub mod decoder;
pub mod delivery;
pub(crate) mod facts;
pub(crate) mod fifo;
pub(crate) mod filter;
pub(crate) mod ftok;
pub(crate) mod inside;
pub mod leaf;
pub(crate) mod limits;
pub(crate) mod link;
pub(crate) mod ls;
pub(crate) mod memory;
pub(crate) mod mmap;
pub(crate) mod msgq;
pub(crate) mod namespace;
pub mod overview;
pub mod payload;
pub(crate) mod peeked;
pub(crate) mod pipe;
pub(crate) mod progress;
pub mod report;
pub(crate) mod rm;
pub(crate) mod sem;
pub(crate) mod shm;
pub(crate) mod show;
pub(crate) mod sig;
pub mod size;
pub(crate) mod stdout;
pub(crate) mod stream;
pub(crate) mod structure;
pub(crate) mod targets;
pub(crate) mod transfer;
pub mod waiting;
