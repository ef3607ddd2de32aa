//! The reference grammar (SPEC S1): text to [`Ref`] and back. Pure: no system call is made here.
//!
//! A reference is `KIND:REST`, or `REST` alone where the command gives the kind. Only one kind word is taken off
//! the front: `fifo:sem:x` is the FIFO at the path `sem:x`. `x:KIND:REST` is the same with `\xNN` and `\\` in REST.
//!
//! | kind | REST |
//! |---|---|
//! | `msgq` `sem` `shm` | `ID`, `0xKEY`, `key:N`, `ftok:PATH[:PROJ]`, `private`, `/NAME`, `NAME` |
//! | `sem` | also `in:REF+OFFSET` |
//! | `fifo` | any path |
//! | `pipe` | `PID:FD` |
//! | `mmap` | a path, `PID:0xADDRESS`, `PID:START-END` |
//! | `sig` | `PID`, `PID/TID`, `pgrp:N`, `pgrp:self`, `name:COMMAND`, `all` |
//!
//! `self` may stand for PID. What the table leaves open is decided in [`parse()`], and everything doubtful is refused
//! with the spelling that leaves no doubt: these references also name what `rm` removes.
//!
//! A [`Ref`] that breaks what its types tell (a PID below 1, key 0, an empty path, a NUL byte in a path) prints on
//! one safe line too, but is not read back. A relative path that would be read as a process is printed with `./`.

mod error;
mod escape;
mod flaw;
mod ftok;
mod key;
mod kind;
mod memory;
mod name;
mod nearest;
mod number;
mod object;
mod parse;
mod print;
mod process;
mod sysv;
mod target;
#[cfg(test)]
mod tests;
mod words;

use std::path::PathBuf;

pub use error::{RefError, grammar};
pub use ftok::parse_proj;
pub use key::{Key, parse_key};
pub use kind::Kind;
pub use name::{NameFlaw, PosixName};
pub use object::{MemoryName, ObjectName, SemName, SysvName};
pub use parse::parse;
pub use target::{MappingName, Process, TargetName};
pub use words::{Words, parse_words};

/// One named object: what was typed, not yet looked up.
///
/// `Display` prints it qualified, on one line of safe UTF-8, and [`parse()`] reads that back without a noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ref {
    /// A message queue.
    Msgq(ObjectName),
    /// A semaphore set or semaphore.
    Sem(SemName),
    /// Shared memory.
    Shm(ObjectName),
    /// A FIFO's path.
    Fifo(PathBuf),
    /// An end of a pipe.
    Pipe {
        /// Whose descriptor.
        process: Process,
        /// The descriptor's number.
        fd: i32,
    },
    /// A mapped file or a mapping.
    Mmap(MappingName),
    /// A receiver of signals.
    Sig(TargetName),
}

impl Ref {
    /// The kind of object that is named.
    pub fn kind(&self) -> Kind {
        match self {
            Ref::Msgq(_) => Kind::Msgq,
            Ref::Sem(_) => Kind::Sem,
            Ref::Shm(_) => Kind::Shm,
            Ref::Fifo(_) => Kind::Fifo,
            Ref::Pipe { .. } => Kind::Pipe,
            Ref::Mmap(_) => Kind::Mmap,
            Ref::Sig(_) => Kind::Sig,
        }
    }
}
