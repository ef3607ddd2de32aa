//! `ipctool fifo VERB`: a file a verb.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::{ls, rm, show};
use crate::fault::Fault;
use crate::ipc::fifo::Trust;
use crate::refs::{self, Kind, Ref, RefError};

mod create;
mod hold;
mod listen;
mod peek;
mod send;

/// The noun and its verbs; `ls`, `show` and `rm` are the same code as `ipctool ls fifo …`.
pub static NOUN: Noun = Noun {
    name: "fifo",
    about: "FIFOs: pipes with a path",
    verbs: &[
        Leaf::new::<create::Args>("create", |matches| create::run(parse(matches)?)),
        Leaf::new::<send::Args>("send", |matches| send::run(parse(matches)?)),
        Leaf::new::<listen::Args>("listen", |matches| listen::run(parse(matches)?)),
        Leaf::new::<hold::Args>("hold", |matches| hold::run(parse(matches)?)),
        Leaf::new::<peek::Args>("peek", |matches| peek::run(parse(matches)?)),
        Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?, Some(Kind::Fifo))),
        Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, Some(Kind::Fifo))),
        Leaf::new::<rm::Args>("rm", |matches| rm::run(parse(matches)?, Some(Kind::Fifo))),
    ],
};

/// The path that a word names.
fn path(word: &OsStr) -> Result<PathBuf, Fault> {
    match refs::parse(word, Some(Kind::Fifo))? {
        Ref::Fifo(path) => Ok(path),
        other => Err(RefError::differs(word, other.kind(), Kind::Fifo).into()),
    }
}

/// Whose FIFOs are taken in a directory where everybody may put one.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
#[group(skip)]
struct Owner {
    /// Take another user's FIFO in a sticky directory such as /tmp
    #[arg(long)]
    any_owner: bool,
}

impl Owner {
    fn trust(self) -> Trust {
        if self.any_owner { Trust::Anybody } else { Trust::Own }
    }
}
