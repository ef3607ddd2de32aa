//! `ipctool msgq VERB`: a file a verb.

use clap::Subcommand;

use crate::commands::{ls, show};
use crate::refs::Kind;
use crate::status::Status;

/// What can be done with message queues.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Verb {
    Ls(ls::Args),
    Show(show::Args),
}

impl Verb {
    /// Runs the verb; `ls` and `show` are the same code as `ipctool ls msgq …`.
    pub fn run(self) -> anyhow::Result<Status> {
        match self {
            Verb::Ls(args) => ls::run(args, Some(Kind::Msgq)),
            Verb::Show(args) => show::run(args, Some(Kind::Msgq)),
        }
    }
}
