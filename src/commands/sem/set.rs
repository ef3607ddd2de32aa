//! `ipctool sem set`: give values, whatever they were.

use crate::commands::sem::flags::{self, Target};
use crate::fault::Fault;
use crate::ipc::sem::{Semaphore, check_values};
use crate::status::Status;

/// Set the values of a set, whatever they were.
///
/// Give as many values as the set has semaphores, or one value for --index. The kernel then forgets what any process was
/// to give back at its end (SEM_UNDO: 'sem run', --hold-for, and other programs). It does not tell who has something to
/// give back, only who operated last on each semaphore: while that process lives the values are not set, unless --in-use.
/// A POSIX semaphore is not set while somebody waits for it, unless --in-use.
/// To change a value without that, use 'sem v', 'sem p' or 'sem op'. Another number of values than the set has semaphores is
/// an error (1), as an index that it does not have is: then nothing is set.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sem set 0x4d2 1 0 8
  ipctool sem set 0x4d2 --index 2 8 --in-use")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// Values, one for each semaphore: up to 32767, a POSIX one's to 2147483647
    #[arg(value_name = "VALUE", required = true, value_parser = flags::value())]
    values: Vec<u32>,
    /// Set this semaphore only
    #[arg(short = 'i', long, value_name = "I")]
    index: Option<u16>,
    /// Set although the last operator lives and may have something to give back
    #[arg(long)]
    in_use: bool,
}

/// Runs `ipctool sem set`.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    check_values(&name, &args.values)?;
    match (args.index, args.values.as_slice()) {
        (None, values) => Semaphore::open(&name)?.assign(values, args.in_use)?,
        (Some(index), [value]) => Semaphore::open(&name)?.assign_one(index, *value, args.in_use)?,
        (Some(_), values) => {
            return Err(
                Fault::usage(format!("--index takes one value, and there are {}", values.len())).into()
            );
        }
    }
    Ok(Status::OK)
}
