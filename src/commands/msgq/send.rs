//! `ipctool msgq send`: messages into a queue.

use std::ffi::OsString;

use crate::commands::msgq::{body, target};
use crate::commands::payload::Input;
use crate::commands::progress::Progress;
use crate::commands::{creation, report, waiting};
use crate::fault::Fault;
use crate::framing::Records;
use crate::ipc::msgq::{Doing, Label, Queue, Side};
use crate::refs::ObjectName;
use crate::status::Status;
use crate::wait::{Wait, cancel};

/// Send messages to a queue.
///
/// Each DATA is one message, as typed; without any, each line of standard input is one. While the queue is full, wait.
/// A message is in the queue when this exits with 0, whether or not somebody has received it. The first failure ends
/// it, and how many were sent before is said. While it waits, a System V queue that is removed is status 3; the removal of
/// a POSIX queue's name is told to nobody, and the wait goes on: --timeout ends it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool msgq send 0x4d2 hello --type 3
  seq 1000 | ipctool msgq send ftok:/srv/app --create --timeout 10s")]
pub struct Args {
    /// The queue
    #[arg(value_name = "REF")]
    queue: OsString,
    /// Messages; standard input without any
    #[arg(value_name = "DATA", allow_negative_numbers = true)]
    data: Vec<OsString>,
    /// The messages' type, 1 or more; that of a JSON line goes first
    #[arg(
        short = 'T',
        long = "type",
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(i64).range(1..)
    )]
    kind: Option<i64>,
    /// POSIX: the messages' priority, 0 to 32767 [default: 0]
    #[arg(short = 'p', long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=32767))]
    priority: Option<u32>,
    #[command(flatten)]
    fields: body::Args,
    #[command(flatten)]
    input: Input,
    /// Show on standard error how many bytes went
    #[arg(long, help_heading = "Transfer")]
    progress: bool,
    #[command(flatten)]
    waiting: waiting::Args,
    #[command(flatten)]
    creation: creation::OnDemand,
}

/// Runs `ipctool msgq send`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let wait = args.waiting.wait();
    let label = label(&target::name(&args.queue)?, args.kind, args.priority)?;
    let data = args.fields.data(&args.data, args.input.hex)?;
    let arguments = args.input.arguments(&data)?;
    let queue = target::open(&args.queue, &args.creation, Side::Send)?;
    let records = match arguments {
        Some(arguments) => arguments,
        None => args.input.standard_input(&wait)?.at_most(queue.longest()),
    };
    let progress = Progress::new(args.progress, None);
    send_all(&queue, records, label, &wait, &progress)?;
    Ok(Status::OK)
}

/// MQ_PRIO_MAX - 1 (mq_overview(7)).
const HIGHEST_PRIORITY: u32 = 32767;

/// What a message of the queue's flavour carries: a type or a priority.
fn label(name: &ObjectName, kind: Option<i64>, priority: Option<u32>) -> Result<Label, Fault> {
    match (name, kind, priority) {
        (ObjectName::Sysv(_), kind, None) => Ok(Label { kind: Some(kind.unwrap_or(1)), priority: None }),
        (ObjectName::Posix(_), None, priority) => {
            Ok(Label { kind: None, priority: Some(priority.unwrap_or(0)) })
        }
        (ObjectName::Sysv(_), ..) => {
            Err(Fault::usage("a System V message has no priority").hint("it has a type: --type N"))
        }
        (ObjectName::Posix(_), ..) => {
            Err(Fault::usage("a POSIX message has no type").hint("it has a priority: --priority N"))
        }
    }
}

/// Sends every record; the fault tells how many went.
fn send_all(
    queue: &Queue,
    mut records: Records,
    label: Label,
    wait: &Wait,
    progress: &Progress,
) -> Result<(), Fault> {
    let total = records.total();
    let mut sent = 0;
    loop {
        match send_next(queue, &mut records, label, wait) {
            Ok(Some(size)) => {
                sent += 1;
                progress.add(size as u64);
            }
            Ok(None) => break,
            Err(fault) => return Err(counted(fault, sent, total)),
        }
    }
    // The status of a signal would not say that everything was sent.
    if let Ok(Some(_)) = cancel::done() {
        report::note(news(sent, total));
    }
    Ok(())
}

/// Sends the next record and gives its size; none if there is no record left.
fn send_next(
    queue: &Queue,
    records: &mut Records,
    label: Label,
    wait: &Wait,
) -> Result<Option<usize>, Fault> {
    let Some(mut record) = records.next_record()? else { return Ok(None) };
    // A JSON line may have its own; the flavour's other field is not looked at.
    let label = Label {
        kind: label.kind.map(|kind| record.kind.unwrap_or(kind)),
        priority: label.priority.map(|priority| record.priority.unwrap_or(priority)),
    };
    if label.kind.is_some_and(|kind| kind < 1) {
        return Err(Fault::new(format!("send to {}", queue.reference()), "a message's type is 1 or more"));
    }
    if label.priority.is_some_and(|priority| priority > HIGHEST_PRIORITY) {
        return Err(Fault::new(
            format!("send to {}", queue.reference()),
            format!("a message's priority is {HIGHEST_PRIORITY} at most"),
        ));
    }
    let size = record.body().len();
    queue.send(record.with_head(), label, wait).map_err(|stop| queue.fault(Doing::Send(size), stop))?;
    Ok(Some(size))
}

/// How far a stream came. A signal has no error line, so that it is news of its own then.
fn counted(fault: Fault, sent: usize, total: Option<usize>) -> Fault {
    if total == Some(1) {
        return fault;
    }
    if cancel::is_cancel(&fault) {
        report::note(news(sent, total));
        return fault;
    }
    fault.besides(news(sent, total))
}

fn news(sent: usize, total: Option<usize>) -> String {
    match total {
        Some(total) => format!("{sent} of {total} sent"),
        None => format!("{sent} sent"),
    }
}
