//! `ipctool msgq peek`: messages looked at and left where they are.

use std::ffi::OsString;

use nix::errno::Errno;

use crate::commands::delivery::Delivery;
use crate::commands::msgq::selection::{Selection, Showing};
use crate::commands::msgq::taking::USUAL_ROOM;
use crate::commands::msgq::target;
use crate::commands::report;
use crate::fault::Fault;
use crate::ipc::msgq::{Copied, Doing, Message, Queue, Selector};
use crate::status::Status;
use crate::wait::{Stop, Wait};

/// Print messages without taking them: the first, unless --count or --all say otherwise.
///
/// Messages are copied one by one (MSG_COPY), in the order in which they were sent: this is no snapshot, and one may be
/// seen twice or missed while others send and receive. The kernel walks from the queue's head each time, so that many
/// thousands take seconds. Never waits: an empty queue is status 5, or 0 with --all. Not for POSIX queues, whose
/// messages no kernel shows.
///
/// --struct reads each body as a C struct: a table, with --json an object in "data", with --get bare values. Of a short body
/// the fields that are there are shown, the others are null; what is behind the struct is shown as bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool msgq peek 0x4d2 --all --show-type
  ipctool msgq peek 0x4d2 --type 3 --jsonl")]
pub struct Args {
    /// The queue
    #[arg(value_name = "REF")]
    queue: OsString,
    /// Print the first N messages
    #[arg(short = 'c', long, value_name = "N", allow_negative_numbers = true, help_heading = "Selection")]
    count: Option<u64>,
    /// Print all messages
    #[arg(short = 'a', long, conflicts_with = "count", help_heading = "Selection")]
    all: bool,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    showing: Showing,
}

/// Runs `ipctool msgq peek`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let delivery = args.showing.delivery(&[])?.of_copies();
    let queue = Queue::open_to_peek(&target::name(&args.queue)?)?;
    let mut delivery = delivery.of(queue.reference().to_string());
    let limit = if args.all { None } else { Some(args.count.unwrap_or(1)) };
    let peek = Peek { queue: &queue, selector: args.selection.selector(), limit, room: USUAL_ROOM };
    let mut status = Status::OK;
    let peeked = peek.all(&mut delivery).map(|seen| status = seen);
    Ok(status.or(delivery.finish(peeked)?))
}

/// Looking through a queue.
struct Peek<'a> {
    queue: &'a Queue,
    selector: Selector,
    limit: Option<u64>,
    room: usize,
}

impl Peek<'_> {
    /// Delivers what is wanted. One message that cannot be copied is reported, and the rest is looked at.
    fn all(mut self, delivery: &mut Delivery) -> Result<Status, Fault> {
        let mut status = Status::OK;
        let mut wait = Wait::nowait();
        for position in 0.. {
            if self.limit.is_some_and(|limit| delivery.delivered() >= limit) {
                return Ok(status);
            }
            match self.copy(position, delivery)? {
                Copied::Message(Message { label, size }) => {
                    if label.kind.is_none_or(|kind| self.selector.matches(kind)) {
                        delivery.commit(label.into(), size, &mut wait)?;
                    }
                }
                Copied::AboveLimit => {
                    let doing = Doing::Copy(position, self.room);
                    let fault = self.queue.fault(doing, Stop::Failed(Errno::EINVAL));
                    status = status.or(report::fault_line(&fault));
                }
                Copied::TooLong | Copied::End => break,
            }
        }
        let is_enough = self.limit.is_none() || delivery.delivered() > 0 || status != Status::OK;
        if is_enough { Ok(status) } else { Err(self.fault(Stop::WouldBlock)) }
    }

    /// Copies one message into the delivery's room, which grows with it.
    fn copy(&mut self, position: i64, delivery: &mut Delivery) -> Result<Copied, Fault> {
        loop {
            delivery.ready()?;
            let copied = self.queue.copy(delivery.room(self.room)?, position);
            match copied.map_err(|stop| self.fault(stop))? {
                Copied::TooLong => self.room = self.room.saturating_mul(2),
                other => return Ok(other),
            }
        }
    }

    fn fault(&self, stop: Stop) -> Fault {
        self.queue.fault(Doing::Peek(self.selector), stop)
    }
}
