//! `ipctool mmap run`: a command with shared memory that has no name.

use std::ffi::OsString;

use crate::child::Command;
use crate::commands::size;
use crate::ipc::mmap;
use crate::status::Status;

/// Run a command with shared memory of its own: no name, gone with its last user.
///
/// The memory is a descriptor that COMMAND and its children inherit; its path is in the environment variable IPCTOOL_MMAP, or
/// the one that --name names: open it and map it shared. Its size is fixed (memfd, sealed against growing and
/// shrinking), its bytes are zero. This command becomes COMMAND: its status and signals are its own.
///
/// Failures of ours exit with 125, 126 if COMMAND cannot be executed, 127 if there is none.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool mmap run --size 4096 -- ./server
  ipctool mmap run --size 1M --name STATE -- sh -c 'exec ./job \"$STATE\"'")]
pub struct Args {
    /// Its size: bytes, or with K, M, G, T
    #[arg(long, value_name = "N", value_parser = size::parse)]
    size: u64,
    /// The variable with its path
    #[arg(long, value_name = "VAR", default_value = "IPCTOOL_MMAP", value_parser = variable)]
    name: String,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs `ipctool mmap run`; returns only if COMMAND did not start.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let command = Command::resolve(&args.command)?;
    let path = mmap::sealed(args.size).map_err(|fault| fault.status(Status::OURS))?;
    // The program is about to become another one: the name is needed until then.
    Err(command.exec(&[(args.name.leak(), Some(path.into()))]).into())
}

/// What a shell takes for a variable's name.
fn variable(text: &str) -> Result<String, String> {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    match text.as_bytes() {
        [first, rest @ ..]
            if is_letter(*first) && rest.iter().all(|byte| is_letter(*byte) || byte.is_ascii_digit()) =>
        {
            Ok(text.to_owned())
        }
        _ => Err("a variable's name has letters, digits and _ only".to_owned()),
    }
}
