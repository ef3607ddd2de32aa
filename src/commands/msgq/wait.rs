//! `ipctool msgq wait`: until a message is there.

use std::ffi::OsString;

use crate::commands::msgq::target;
use crate::commands::waiting;
use crate::ipc::msgq::{Doing, Queue, Side};
use crate::status::Status;

/// Wait until a message is in the queue, and take nothing.
///
/// The kernel tells no one when a message comes to a System V queue, so the queue is looked at again and again, at most
/// 50 ms apart: a message that comes and goes between two looks is not seen. Whoever receives next may be somebody
/// else. Needs no read permission there.
///
/// The kernel wakes who waits for a POSIX queue. If its name is removed meanwhile, it tells nobody: the queue lives on for
/// those who have it open, and the wait goes on; --timeout ends it. A removed System V queue ends the wait with 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool msgq wait 0x4d2 && ipctool msgq recv 0x4d2
  ipctool msgq wait 0x4d2 --timeout 1m || echo nobody sent")]
pub struct Args {
    /// The queue
    #[arg(value_name = "REF")]
    queue: OsString,
    #[command(flatten)]
    waiting: waiting::Args,
}

/// Runs `ipctool msgq wait`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let wait = args.waiting.wait();
    let queue = Queue::open(&target::name(&args.queue)?, Side::Receive)?;
    queue.await_message(&wait).map_err(|stop| queue.fault(Doing::Await, stop))?;
    Ok(Status::OK)
}
