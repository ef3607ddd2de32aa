//! `ipctool fifo hold`.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};

use nix::poll::PollFlags;

use crate::child::{Command, Ends};
use crate::commands::fifo::{Owner, path};
use crate::commands::report;
use crate::fault::counted_were;
use crate::ipc::fifo::Fifo;
use crate::status::Status;
use crate::sys::pipe::fionread;
use crate::wait::{self, Wait, cancel};

mod holder;

/// Keep both ends of a FIFO open.
///
/// Meanwhile no sender waits for a reader, no reader sees an end, and what is sent before a reader comes is kept, up to what the
/// FIFO holds (64 KiB; then senders wait). Until interrupted; or while COMMAND runs, whose status is ours; or, with --hold-for,
/// until that process ends: then the PID of a holder in the background is printed, which can be killed to let go early. What is
/// unread when the last one lets go is lost, and its amount said. 'ipctool fifo listen' sees no sender's end meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool fifo hold jobs -- sh -c 'echo one >jobs; head -n 1 <jobs'
  ipctool fifo hold jobs --hold-for $$")]
pub struct Args {
    /// The FIFO
    #[arg(value_name = "PATH")]
    path: OsString,
    /// Hold it in the background until the process PID ends, and print the holder's PID
    #[arg(long, value_name = "PID", allow_negative_numbers = true, conflicts_with = "command",
          value_parser = clap::value_parser!(i32).range(1..))]
    hold_for: Option<i32>,
    /// We are that holder
    #[arg(long, hide = true, requires = "hold_for")]
    holder: bool,
    #[command(flatten)]
    owner: Owner,
    /// Hold it while this runs
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs `ipctool fifo hold`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let path = path(&args.path)?;
    if let Some(pid) = args.hold_for {
        return match args.holder {
            true => holder::hold(&path, pid, args.owner.trust()),
            false => holder::start(&path, pid, args.owner),
        };
    }
    let command = match args.command.as_slice() {
        [] => None,
        argv => Some(Command::resolve(argv)?),
    };
    let fifo = Fifo::find(&path, args.owner.trust())?;
    let held = fifo.hold()?;
    let end = match command {
        Some(command) => {
            let status = command.start(Ends::default(), &[])?.wait();
            cancel::forget();
            status
        }
        // Neither end can go while we have both: only a signal ends this.
        None => wait::ready(&held, PollFlags::empty(), &Wait::forever())
            .map(|_| Status::OK)
            .map_err(|stop| stop.fault(format!("hold {}", fifo.reference()))),
    };
    tell_unread(&fifo, &held);
    Ok(end?)
}

fn tell_unread(fifo: &Fifo, held: &OwnedFd) {
    let unread = fionread(held.as_fd()).unwrap_or(0);
    if unread > 0 {
        report::note(format_args!("{} left unread in {}", counted_were(unread, "byte"), fifo.reference()));
    }
}
