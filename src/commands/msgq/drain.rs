//! `ipctool msgq drain`: all that is in a queue now.

use std::ffi::OsString;

use crate::commands::delivery::Delivery;
use crate::commands::msgq::selection::{Selection, Showing};
use crate::commands::msgq::taking::{End, Taking};
use crate::commands::msgq::target;
use crate::fault::Fault;
use crate::ipc::msgq::{Queue, Side};
use crate::status::Status;
use crate::wait::{Stop, Wait};

/// Receive all messages that are in a queue now, and never wait.
///
/// Takes at most as many as are there at the start, so that it ends also while others send. An empty queue is no
/// failure. With COMMAND, each message is the standard input of one run of it, and --struct reads bodies, as with `msgq recv`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool msgq drain 0x4d2 > backlog.txt
  ipctool msgq drain 0x4d2 --jsonl | ipctool msgq send 0x4d3 --jsonl")]
pub struct Args {
    /// The queue
    #[arg(value_name = "REF")]
    queue: OsString,
    /// Run this for each message, without a shell
    #[arg(value_name = "COMMAND", last = true)]
    command: Vec<OsString>,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    showing: Showing,
}

/// Runs `ipctool msgq drain`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let delivery = args.showing.delivery(&args.command)?;
    let queue = Queue::open(&target::name(&args.queue)?, Side::Receive)?;
    queue.check_selector(args.selection.selector())?;
    let mut delivery = delivery.of(queue.reference().to_string());
    let taking = Taking::new(&queue, args.selection.selector(), Wait::nowait());
    let drained = drain(taking, queue.count()?, &mut delivery);
    Ok(delivery.finish(drained)?)
}

/// Takes `count` messages, or fewer if there are no more. One is tried for in any case: the kernel tells how many there are
/// also to those who may not have them.
fn drain(mut taking: Taking<'_>, count: u64, delivery: &mut Delivery) -> Result<(), Fault> {
    for _ in 0..count.max(1) {
        match taking.one(delivery) {
            Ok(_) => {}
            Err(End::Stopped(Stop::WouldBlock)) => break,
            Err(End::Stopped(stop)) => return Err(taking.fault(stop)),
            Err(End::Failed(fault)) => return Err(fault),
        }
    }
    Ok(())
}
