//! `ipctool mmap VERB`: a file a verb.

mod create;
mod dump;
mod run;
mod target;
mod wait;
mod watch;
mod write;

use crate::commands::leaf::{Leaf, Noun, parse};

/// The noun and its verbs.
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
    ],
};
