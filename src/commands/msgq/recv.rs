//! `ipctool msgq recv`: messages out of a queue.

use std::ffi::OsString;

use crate::commands::delivery::Delivery;
use crate::commands::msgq::selection::{Selection, Showing};
use crate::commands::msgq::taking::{End, Taking};
use crate::commands::msgq::target;
use crate::commands::payload::Amount;
use crate::commands::progress::Progress;
use crate::commands::{creation, waiting};
use crate::fault::Fault;
use crate::ipc::msgq::Side;
use crate::status::Status;
use crate::wait::{Stop, cancel};

/// Receive messages from a queue: one, unless --count or --follow say otherwise.
///
/// Waits for each message and prints it, or runs COMMAND with it as standard input; IPCTOOL_REF, IPCTOOL_TYPE,
/// IPCTOOL_SIZE and IPCTOOL_SEQ tell COMMAND about it. A message is out of the queue when it is received: it is not
/// taken while standard output has no reader, and one that cannot be written is counted in the error. Nothing is cut
/// unless --truncate asks for it. A run of COMMAND that fails is reported and the next message taken; the status is 1
/// at the end.
///
/// A System V queue that is removed ends the wait with 3. A POSIX queue lives on without its name for those who have it
/// open: who waits is not told, and goes on waiting; --timeout and --idle-timeout end that.
///
/// --struct reads each body as a C struct: a table, with --json an object in "data", with --get bare values. Of a short body
/// the fields that are there are shown, the others are null. One that is longer than the struct is an error and stays in the
/// queue; of a POSIX queue, which cannot keep it, the rest is shown as bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool msgq recv 0x4d2 --type 3 --timeout 5s
  ipctool msgq recv 0x4d2 --follow -- ./handle-job
  ipctool msgq recv 0x4d2 --struct 'int id; char text[20]' --get id")]
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
    amount: Amount,
    /// Cut messages at N bytes; the rest of each is lost
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Records")]
    truncate: Option<usize>,
    #[command(flatten)]
    showing: Showing,
    /// Show on standard error how many bytes came
    #[arg(long, help_heading = "Transfer")]
    progress: bool,
    #[command(flatten)]
    waiting: waiting::Args,
    #[command(flatten)]
    creation: creation::OnDemand,
}

/// Runs `ipctool msgq recv`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let wait = args.waiting.wait().idle(args.amount.idle_timeout);
    let delivery = args.showing.delivery(&args.command)?;
    let queue = target::open(&args.queue, &args.creation, Side::Receive)?;
    queue.check_selector(args.selection.selector())?;
    let mut delivery = delivery.of(queue.reference().to_string());
    let wait = wait.while_read(delivery.has_reader());
    let taking = Taking::new(&queue, args.selection.selector(), wait).truncate(args.truncate);
    let progress = Progress::new(args.progress, None);
    let received = receive(taking, args.amount.limit(), &mut delivery, &progress);
    Ok(delivery.finish(received)?)
}

/// Receives until the limit; the fault tells how many came.
fn receive(
    mut taking: Taking<'_>,
    limit: Option<u64>,
    delivery: &mut Delivery,
    progress: &Progress,
) -> Result<(), Fault> {
    while limit.is_none_or(|limit| delivery.delivered() < limit) {
        match taking.one(delivery) {
            Ok(size) => progress.add(size as u64),
            Err(End::Stopped(Stop::Idle)) if limit.is_none() => return Ok(()),
            Err(End::Stopped(stop)) => return Err(counted(taking.fault(stop), delivery.delivered(), limit)),
            Err(End::Failed(fault)) => return Err(fault),
        }
    }
    Ok(())
}

/// How far a counted stream came.
fn counted(fault: Fault, received: u64, limit: Option<u64>) -> Fault {
    match limit {
        Some(limit) if limit > 1 && !cancel::is_cancel(&fault) => {
            fault.besides(format!("{received} of {limit} received"))
        }
        _ => fault,
    }
}
