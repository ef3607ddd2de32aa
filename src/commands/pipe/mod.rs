//! `ipctool pipe VERB`: a file a verb.

use std::ffi::OsStr;

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::{ls, show};
use crate::fault::Fault;
use crate::ipc::pipe::End;
use crate::refs::{self, Kind, Ref, RefError};

pub(crate) mod columns;
pub(crate) mod facts;
mod flags;
pub(crate) mod list;
mod peek;
mod read;
mod recv;
mod resize;
mod send;
mod write;

/// The noun and its verbs; `ls` and `show` are the same code as `ipctool ls pipe …`.
pub static NOUN: Noun = Noun {
    name: "pipe",
    about: "Pipes: a command's, or those that other processes have",
    verbs: &[
        Leaf::new::<send::Args>("send", |matches| send::run(parse(matches)?)),
        Leaf::new::<recv::Args>("recv", |matches| recv::run(parse(matches)?)),
        Leaf::new::<write::Args>("write", |matches| write::run(parse(matches)?)),
        Leaf::new::<read::Args>("read", |matches| read::run(parse(matches)?)),
        Leaf::new::<peek::Args>("peek", |matches| peek::run(parse(matches)?)),
        Leaf::new::<resize::Args>("resize", |matches| resize::run(parse(matches)?)),
        Leaf::new::<flags::Args>("flags", |matches| flags::run(parse(matches)?)),
        Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?, Some(Kind::Pipe))),
        Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, Some(Kind::Pipe))),
    ],
};

/// The end of a live pipe that a word names.
fn find(word: &OsStr) -> Result<End, Fault> {
    match refs::parse(word, Some(Kind::Pipe))? {
        Ref::Pipe { process, fd } => End::find(process, fd),
        other => Err(RefError::differs(word, other.kind(), Kind::Pipe).into()),
    }
}
