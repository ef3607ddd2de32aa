//! `ipctool fifo listen`.

use std::ffi::OsString;
use std::rc::Rc;

use crate::commands::creation::parse_mode;
use crate::commands::fifo::{Owner, path};
use crate::commands::stream::{self, Sessions};
use crate::ipc::fifo;
use crate::status::Status;
use crate::wait::Undo;

/// Print what is sent to a FIFO, through any number of senders.
///
/// Makes the FIFO if nothing is there, and removes what it made at the end, unless --keep; one that was there, or has taken its
/// name since, stays. Each sender's end is seen, so that a last line without a newline is ended and not glued to the next
/// sender's. With --raw a record is all that came from a first writer's coming to a last writer's leaving. Runs until interrupted;
/// what is in the FIFO then is still printed. With --count exactly N records are taken, and what is left unread is said. Status 3
/// if the FIFO is removed or replaced.
///
/// The kernel keeps no mark between senders: one that leaves its last line without a newline is told from the next only if we
/// look after it has left and before that one writes, and not at all from one that has the FIFO open at the same time. So,
/// unless made nice, we run with real-time priority where we have the privilege, until bulk data comes, and look again and again
/// after such a line. Such lines of senders in a tight loop, microseconds apart, can still come as one (about 1 of 1,000 on a
/// busy machine); of senders that run side by side many do (of 1,000 started at once, a third and more), and of those that come
/// while COMMAND runs, all. No byte is lost. 'ipctool fifo send' ends each record, so that its lines cannot be glued.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool fifo listen /run/jobs -- sh -c 'read job; do_job \"$job\"'
  ipctool fifo listen --once --raw inbox >message")]
pub struct Args {
    /// The FIFO
    #[arg(value_name = "PATH")]
    path: OsString,
    /// Run this for each record, which is its standard input
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    /// Stop when the first sender, and all who came meanwhile, left
    #[arg(long, conflicts_with = "count")]
    once: bool,
    /// Leave the FIFO there at the end
    #[arg(long)]
    keep: bool,
    /// Permissions of a new FIFO, octal, exactly these bits [default: 0600]
    #[arg(short = 'm', long, value_name = "MODE", value_parser = parse_mode, help_heading = "Creation")]
    mode: Option<u32>,
    /// Fail if the FIFO exists already
    #[arg(long, help_heading = "Creation")]
    exclusive: bool,
    /// Create the FIFO if it does not exist: always done
    #[arg(long, hide = true)]
    create: bool,
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    stream: stream::Args,
}

/// Runs `ipctool fifo listen`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let path = path(&args.path)?;
    let name = crate::refs::Ref::Fifo(path.clone()).to_string();
    let stream = args.stream.open(&args.command, &name)?;
    crate::wait::cancel::watch()?;
    let (fifo, made) = fifo::find_or_make(&path, args.mode, args.exclusive, args.owner.trust())?;
    let fifo = Rc::new(fifo);
    let remove = || {
        if made && !args.keep {
            // It stays where we may not remove it any more.
            let _ = fifo.remove();
        }
    };
    let _undo = Undo::new(remove);
    let source = fifo.source()?;
    let sessions = if args.once { Sessions::One } else { Sessions::All };
    let end = stream.run(source, sessions, remove);
    let (_, status) = stream::complete(end, args.stream.count, &name)?;
    Ok(status)
}
