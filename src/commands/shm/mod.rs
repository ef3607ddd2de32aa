//! `ipctool shm VERB`: a file a verb.

use clap::Subcommand;

use crate::commands::{ls, show};
use crate::refs::Kind;
use crate::status::Status;

/// What can be done with shared memory.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Verb {
    Ls(ls::Args),
    Show(show::Args),
}

impl Verb {
    /// Runs the verb; `ls` and `show` are the same code as `ipctool ls shm …`.
    pub fn run(self) -> anyhow::Result<Status> {
        match self {
            Verb::Ls(args) => ls::run(args, Some(Kind::Shm)),
            Verb::Show(args) => show::run(args, Some(Kind::Shm)),
        }
    }
}
