//! `ipctool mmap VERB`: a file a verb.

pub(crate) mod columns;
mod create;
mod dump;
pub(crate) mod facts;
pub(crate) mod list;
pub(crate) mod place;
mod run;
mod target;
mod wait;
mod watch;
mod write;

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::{ls, show};
use crate::refs::Kind;

/// The noun and its verbs; `ls` and `show` are the same code as `ipctool ls mmap …`.
pub static NOUN: Noun = Noun {
    name: "mmap",
    about: "Mapped files, and what processes have mapped",
    verbs: &[
        Leaf::new::<create::Args>("create", |matches| create::run(parse(matches)?)),
        Leaf::new::<write::Args>("write", |matches| write::run(parse(matches)?)),
        Leaf::new::<dump::Args>("dump", |matches| dump::run(parse(matches)?)),
        Leaf::new::<watch::Args>("watch", |matches| watch::run(parse(matches)?)),
        Leaf::new::<wait::Args>("wait", |matches| wait::run(parse(matches)?)),
        Leaf::new::<run::Args>("run", |matches| run::run(parse(matches)?)),
        Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?, Some(Kind::Mmap))),
        Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, Some(Kind::Mmap))),
    ],
};
