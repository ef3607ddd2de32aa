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
/// from what the flags ask for: then exit with 1 and name the difference. A POSIX queue (/NAME) is made small, as the
/// kernel counts each as full against its owner's RLIMIT_MSGQUEUE; it keeps its geometry for life.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool msgq create 0x4d2 --mode 0660
  ipctool msgq create /jobs --max-messages 8 --message-size 512")]
pub struct Args {
    /// The new queue's key or /NAME, or private
    #[arg(value_name = "REF")]
    queue: Option<OsString>,
    /// Bytes that the queue may hold (`64K`) [default: the kernel's msgmnb]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = size::parse, help_heading = "Creation")]
    max_bytes: Option<u64>,
    /// POSIX: messages that the queue may hold [default: 10]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Creation")]
    max_messages: Option<u64>,
    /// POSIX: bytes that a message may have (`4K`) [default: 1024]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = size::parse, help_heading = "Creation")]
    message_size: Option<u64>,
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
    let new = NewQueue {
        max_bytes: args.max_bytes,
        max_messages: args.max_messages,
        message_size: args.message_size,
        ..target::wanted(&args.creation)
    };
    let queue = Queue::create(&name, &new)?;
    creation::tell(&queue.reference(), name == ObjectName::Sysv(SysvName::Private))
}
