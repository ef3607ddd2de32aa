//! The command line: what can be typed, and the one dispatch.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::commands::{ftok, ls, msgq, report, sem, shm, show};
use crate::status::Status;

/// See, use, debug and remove every Linux IPC object from a shell.
#[derive(Debug, Parser)]
#[command(name = "ipctool", version, propagate_version = true, max_term_width = 80)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    Ls(ls::Args),
    Show(show::Args),
    Ftok(ftok::Args),
    /// Message queues.
    #[command(subcommand)]
    Msgq(msgq::Verb),
    /// Semaphores.
    #[command(subcommand)]
    Sem(sem::Verb),
    /// Shared memory.
    #[command(subcommand)]
    Shm(shm::Verb),
}

/// The whole command line as clap sees it: for completions, man pages and golden help.
pub fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// Parses `args` (the program's name first) and runs what they say.
///
/// A wrong command line is a usage fault, and help and version are printed here; every other error is the command's.
pub fn run(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<Status> {
    match Cli::try_parse_from(args) {
        Ok(cli) => dispatch(cli.command),
        Err(error) => report::usage(&error),
    }
}

fn dispatch(command: Command) -> anyhow::Result<Status> {
    match command {
        Command::Ls(args) => ls::run(args, None),
        Command::Show(args) => show::run(args, None),
        Command::Ftok(args) => ftok::run(args),
        Command::Msgq(verb) => verb.run(),
        Command::Sem(verb) => verb.run(),
        Command::Shm(verb) => verb.run(),
    }
}
