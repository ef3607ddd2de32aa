//! `ipctool shm VERB`: a file a verb.

mod create;
mod dump;
mod lock;
mod resize;
mod target;
mod wait;
mod watch;
mod write;

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::{change, ls, rm, show};
use crate::refs::Kind;

/// The noun and its verbs; `ls` and `show` are the same code as `ipctool ls shm …`.
pub static NOUN: Noun = Noun {
    name: "shm",
    about: "Shared memory",
    verbs: &[
        Leaf::new::<create::Args>("create", |matches| create::run(parse(matches)?)),
        Leaf::new::<write::Args>("write", |matches| write::run(parse(matches)?)),
        Leaf::new::<dump::Args>("dump", |matches| dump::run(parse(matches)?)),
        Leaf::new::<watch::Args>("watch", |matches| watch::run(parse(matches)?)),
        Leaf::new::<wait::Args>("wait", |matches| wait::run(parse(matches)?)),
        Leaf::new::<resize::Args>("resize", |matches| resize::run(&parse(matches)?)),
        Leaf::new::<lock::Lock>("lock", |matches| lock::lock(parse(matches)?)),
        Leaf::new::<lock::Unlock>("unlock", |matches| lock::unlock(parse(matches)?)),
        Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?, Some(Kind::Shm))),
        Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, Some(Kind::Shm))),
        Leaf::new::<rm::Args>("rm", |matches| rm::run(parse(matches)?, Some(Kind::Shm))),
        Leaf::new::<change::Args>("change", |matches| change::run(parse(matches)?, Some(Kind::Shm))),
    ],
};
