//! `ipctool pipe send`.

use std::ffi::OsString;

use crate::child::{Command, Ends};
use crate::commands::pipe::recv::end_of;
use crate::commands::{transfer, waiting};
use crate::fault::Fault;
use crate::ipc::pipe::Sink;
use crate::status::Status;

/// Start a command and send records to its standard input.
///
/// As popen(3) with "w": no shell, its output is ours. Records are the arguments, or standard input without any; each goes with
/// its frame's end, a newline unless told otherwise. Then its input is closed, and its status is ours: 128+N if a signal ended
/// it, 126 if it cannot be executed, 127 if it is not found. A command that stops reading too early is told with the bytes that
/// went, status 1 unless its own is worse. After --timeout it gets TERM. TERM and HUP go on to it; INT ends the sending, and
/// if the command then ends with success, we die of INT: it had not got all.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool pipe send apple pear -- wc -l
  ipctool pipe send --raw --progress -- gzip <core >core.gz")]
pub struct Args {
    /// Records to send; standard input without any
    #[arg(value_name = "DATA", allow_negative_numbers = true)]
    data: Vec<OsString>,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    #[command(flatten)]
    transfer: transfer::Args,
    #[command(flatten)]
    waiting: waiting::Args,
}

/// Runs `ipctool pipe send`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let command = Command::resolve(&args.command)?;
    let wait = args.waiting.wait();
    let transfer = args.transfer.prepare(&args.data, &wait)?;
    let mut child = command.start(Ends { stdin: true, stdout: false }, &[])?;
    let sent = match child.stdin.take() {
        Some(stdin) => {
            let name =
                format!("the input of {}", os_display::Quotable::maybe_quote(args.command[0].as_os_str()));
            let mut sink = Sink::new(stdin, name, true);
            transfer.send(&mut sink, &wait)
        }
        None => Err(Fault::new("start the command", "its input is no pipe")),
    };
    end_of(child, sent.err(), Status::OURS)
}
