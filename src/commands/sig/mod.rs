//! `ipctool sig VERB`: a file a verb. `show` is the same code as `ipctool show sig:PID`.

mod end;
pub(crate) mod ls;
pub(crate) mod process;
mod run;
mod send;
mod trap;
mod wait;

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::show;
use crate::refs::Kind;

/// The noun and its verbs.
pub static NOUN: Noun = Noun {
    name: "sig",
    about: "Signals",
    verbs: &[
        Leaf::new::<send::Args>("send", |matches| send::run(parse(matches)?)),
        Leaf::new::<trap::Args>("trap", |matches| trap::run(parse(matches)?)),
        Leaf::new::<run::Args>("run", |matches| run::run(parse(matches)?)),
        Leaf::new::<wait::Args>("wait", |matches| wait::run(parse(matches)?)),
        Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, Some(Kind::Sig))),
        Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?)),
    ],
};
