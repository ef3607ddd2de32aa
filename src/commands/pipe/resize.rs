//! `ipctool pipe resize`.

use std::ffi::OsString;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

use crate::commands::pipe::find;
use crate::commands::report;
use crate::fault::Fault;
use crate::proc::sysctl::Sysctl;
use crate::status::Status;

/// Change how much a live pipe holds.
///
/// F_SETPIPE_SZ, fcntl(2), while data flows: nothing is lost. The kernel rounds up to a power of two of pages, which is said. It
/// refuses less than what is in the pipe, and without privilege more than fs.pipe-max-size.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool pipe resize 4711:1 1M
  ipctool pipe resize 4711:1 4096")]
pub struct Args {
    /// Process and descriptor
    #[arg(value_name = "PID:FD")]
    end: OsString,
    /// Bytes, or a number with K, M or G
    #[arg(value_name = "SIZE", allow_negative_numbers = true, value_parser = crate::commands::size::parse)]
    size: u64,
}

/// Runs `ipctool pipe resize`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let size = i32::try_from(args.size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| Fault::usage(format!("a pipe cannot hold {} bytes", args.size)))?;
    let end = find(&args.end)?;
    let what = format!("resize {}", end.reference());
    match fcntl(end.any()?, FcntlArg::F_SETPIPE_SZ(size)) {
        Ok(got) if got != size => {
            report::note(format_args!("{} holds {got} bytes now: {size} was rounded up", end.reference()));
            Ok(Status::OK)
        }
        Ok(_) => Ok(Status::OK),
        Err(Errno::EBUSY) => Err(Fault::os_because(what, "more than that is in it", Errno::EBUSY).into()),
        Err(Errno::EPERM) => Err(above_a_limit(what, args.size).into()),
        Err(errno) => Err(Fault::os(what, errno).into()),
    }
}

/// The kernel asks two limits of those without CAP_SYS_RESOURCE, pipe(7): one of a pipe, one of all pipes of a user.
fn above_a_limit(what: String, size: u64) -> Fault {
    let limit = |name| Sysctl(name).number().ok().flatten();
    if let Some(pages) =
        limit("fs/pipe-user-pages-soft").filter(|_| limit("fs/pipe-max-size") >= Some(size.into()))
    {
        let cause = "the pipes of this user hold too much together";
        return Fault::os_because(what, cause, Errno::EPERM)
            .hint(format!("raise the limit, {pages} pages now: sysctl fs.pipe-user-pages-soft"));
    }
    let most = limit("fs/pipe-max-size").map(|most| format!(", {most} now")).unwrap_or_default();
    Fault::os_because(what, "it is more than an ordinary user may have", Errno::EPERM)
        .hint(format!("raise the limit{most}: sysctl -w fs.pipe-max-size={size}"))
}
