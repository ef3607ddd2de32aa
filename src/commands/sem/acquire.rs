//! `ipctool sem p`: take, for good or until a process ends.

use crate::commands::sem::flags::{Amount, Opening, Target, Which};
use crate::commands::sem::wholly;
use crate::commands::{stdout, waiting};
use crate::ipc::sem::{SysvOnly, check_taken};
use crate::status::Status;

/// Take from a semaphore: wait until its value allows it (P).
///
/// What was taken stays taken when this command ends, and when the script does: give it back with 'sem v'. Where it must
/// come back by itself, use 'sem run', or --hold-for: then a process in the background holds it until PID ends by any
/// death, and this command prints the holder's PID ('kill' it to give back early). If PID ends before, exit with 3.
/// A POSIX semaphore is taken one at a time, and nothing gives it back for a process: no --hold-for.
///
/// A System V set that is removed ends the wait with 3. A POSIX semaphore lives on without its name for those who have it:
/// who waits is not told that the name has gone, and waits for a post that only another holder can make; --timeout ends
/// that. /NAME is the semaphore of glibc's programs (/dev/shm/sem.NAME); where there is none, a file /dev/shm/NAME of 32
/// bytes is taken for one of musl's. Its bytes could be any: 'ls' shows it as shared memory. Nobody is sure to wake us
/// there, so it is looked at every 10 ms.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sem p 0x4d2 --timeout 10
  ipctool sem p 0x4d2 --create --hold-for $$ >/dev/null")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    amount: Amount,
    /// Hold it until process PID ends, and print the holder's PID
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(i32).range(1..))]
    hold_for: Option<i32>,
    #[command(flatten)]
    waiting: waiting::Args,
    #[command(flatten)]
    opening: Opening,
}

/// Runs `ipctool sem p`.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    args.amount.check()?;
    check_taken(&name, args.amount.by)?;
    if args.hold_for.is_some() {
        SysvOnly::Holder.check(&name)?;
    }
    let wait = args.waiting.wait();
    let (index, by) = (args.which.index, args.amount.by);
    let Some(target) = args.hold_for else {
        let semaphore = args.opening.open(&name, index, &wait)?;
        return wholly(|| semaphore.acquire(index, by, &wait));
    };
    stdout::ready()?;
    let holder = args.opening.open(&name, index, &wait)?.hold_for(target, index, by, &wait)?;
    // If this fails the holder is killed, and nothing is held that nobody knows of.
    stdout::write_all(format!("{}\n", holder.pid()).as_bytes())?;
    wholly(|| holder.keep())
}
