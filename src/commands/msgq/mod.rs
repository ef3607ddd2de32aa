//! `ipctool msgq VERB`: a file a verb.

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::{ls, show};
use crate::refs::Kind;

/// The noun and its verbs; `ls` and `show` are the same code as `ipctool ls msgq …`.
pub static NOUN: Noun = Noun {
    name: "msgq",
    about: "Message queues",
    verbs: &[
        Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?, Some(Kind::Msgq))),
        Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, Some(Kind::Msgq))),
    ],
};
