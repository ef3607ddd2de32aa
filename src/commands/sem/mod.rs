//! `ipctool sem VERB`: a file a verb. What several verbs need stands in `flags` (which semaphore, how it is opened) and
//! `operation` (`INDEX:DELTA` as text).

mod acquire;
mod create;
mod flags;
mod get;
mod op;
mod operation;
mod release;
mod run;
mod set;
mod wait_zero;

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::{change, ls, rm, show};
use crate::fault::Fault;
use crate::refs::Kind;
use crate::status::Status;
use crate::wait::cancel::Unbroken;

/// The noun and its verbs; `ls` and `show` are the same code as `ipctool ls sem …`.
pub static NOUN: Noun = Noun {
    name: "sem",
    about: "Semaphores",
    verbs: &[
        Leaf::new::<create::Args>("create", |matches| create::run(&parse(matches)?)),
        Leaf::new::<acquire::Args>("p", |matches| acquire::run(&parse(matches)?)).or(&["acquire"]),
        Leaf::new::<release::Args>("v", |matches| release::run(&parse(matches)?)).or(&["release"]),
        Leaf::new::<wait_zero::Args>("z", |matches| wait_zero::run(&parse(matches)?)).or(&["wait-zero"]),
        Leaf::new::<op::Args>("op", |matches| op::run(&parse(matches)?)),
        Leaf::new::<get::Args>("get", |matches| get::run(&parse(matches)?)),
        Leaf::new::<set::Args>("set", |matches| set::run(&parse(matches)?)),
        Leaf::new::<run::Args>("run", |matches| run::run(&parse(matches)?)),
        Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?, Some(Kind::Sem))),
        Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, Some(Kind::Sem))),
        Leaf::new::<rm::Args>("rm", |matches| rm::run(parse(matches)?, Some(Kind::Sem))),
        Leaf::new::<change::Args>("change", |matches| change::run(parse(matches)?, Some(Kind::Sem))),
    ],
};

/// Makes a verb's one operation: `operate` fails, or it has happened and a signal that comes meanwhile or later does not make
/// the status say that it did not.
fn wholly(operate: impl FnOnce() -> Result<(), Fault>) -> anyhow::Result<Status> {
    let unbroken = Unbroken::begin();
    operate()?;
    unbroken.happened();
    Ok(Status::OK)
}
