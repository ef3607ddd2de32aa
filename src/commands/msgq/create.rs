//! `ipctool msgq create`: a new queue.

use std::ffi::OsString;

use crate::commands::msgq::target;
use crate::commands::{creation, size, stdout};
use crate::ipc::msgq::{NewQueue, Queue};
use crate::refs::{ObjectName, SysvName};
use crate::status::Status;

/// Create a message queue and print its reference.
///
/// REF is a key (0x4d2, key:1234), ftok:PATH[:PROJ], or private, which is also what is created without REF: a queue
/// that can be found by its identifier only. If the queue exists it is printed and left as it is, unless it differs
/// from what --mode and --max-bytes ask for: then exit with 1 and name the difference.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool msgq create 0x4d2 --mode 0660
  queue=$(ipctool msgq create --max-bytes 4096)")]
pub struct Args {
    /// The new queue's key, or private
    #[arg(value_name = "REF")]
    queue: Option<OsString>,
    /// Bytes that the queue may hold (`64K`) [default: the kernel's msgmnb]
    #[arg(long, value_name = "N", value_parser = size::parse, help_heading = "Creation")]
    max_bytes: Option<u64>,
    #[command(flatten)]
    creation: creation::Args,
}

/// Runs `ipctool msgq create`. Status 1 if the queue exists and differs, or a limit is reached.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let name = match &args.queue {
        Some(word) => target::name(word)?,
        None => ObjectName::Sysv(SysvName::Private),
    };
    stdout::ready()?;
    let new = NewQueue { max_bytes: args.max_bytes, ..target::wanted(&args.creation) };
    let queue = Queue::create(&name, &new)?;
    stdout::write_all(format!("{}\n", queue.reference()).as_bytes())
}
