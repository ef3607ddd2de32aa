//! `ipctool msgq VERB`: a file a verb.

mod body;
mod create;
mod drain;
mod peek;
mod recv;
mod selection;
mod send;
mod taking;
mod target;
mod wait;

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::{change, ls, rm, show};
use crate::refs::Kind;

/// The noun and its verbs; `ls` and `show` are the same code as `ipctool ls msgq …`.
pub static NOUN: Noun = Noun {
    name: "msgq",
    about: "Message queues",
    verbs: &[
        Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?, Some(Kind::Msgq))),
        Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, Some(Kind::Msgq))),
        Leaf::new::<rm::Args>("rm", |matches| rm::run(parse(matches)?, Some(Kind::Msgq))),
        Leaf::new::<change::Args>("change", |matches| change::run(parse(matches)?, Some(Kind::Msgq))),
        Leaf::new::<create::Args>("create", |matches| create::run(parse(matches)?)),
        Leaf::new::<send::Args>("send", |matches| send::run(parse(matches)?)),
        Leaf::new::<recv::Args>("recv", |matches| recv::run(parse(matches)?)),
        Leaf::new::<peek::Args>("peek", |matches| peek::run(parse(matches)?)),
        Leaf::new::<wait::Args>("wait", |matches| wait::run(parse(matches)?)),
        Leaf::new::<drain::Args>("drain", |matches| drain::run(parse(matches)?)),
    ],
};
