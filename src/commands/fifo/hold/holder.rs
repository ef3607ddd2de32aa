//! The holder in the background: this program once more, in a session of its own, with nothing open but the FIFO.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::poll::PollFlags;

use crate::commands::fifo::Owner;
use crate::commands::stdout;
use crate::fault::Fault;
use crate::ipc::fifo::{Fifo, Trust};
use crate::proc::fds;
use crate::status::Status;
use crate::sys::process::pidfd_open;
use crate::wait::{self, Wait};

/// What the holder says when it holds.
const HOLDING: &[u8] = b"holding\n";

/// Starts a holder and prints its PID once it holds the FIFO.
pub(super) fn start(path: &Path, pid: i32, owner: Owner) -> anyhow::Result<Status> {
    // Of a holder whose PID is told to nobody, nobody could ask to let go.
    stdout::ready()?;
    let error = |error: std::io::Error| {
        Fault::os("start a holder", Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))
    };
    let mut command = Command::new(std::env::current_exe().map_err(error)?);
    command.args(["fifo", "hold", "--holder", "--hold-for", &pid.to_string()]);
    command.args(owner.any_owner.then_some("--any-owner"));
    // A path is told apart from a reference and from flags.
    let mut reference = std::ffi::OsString::from("fifo:");
    reference.push(path);
    command.arg(reference);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(error)?;
    let mut said = Vec::new();
    if let Some(mut output) = child.stdout.take() {
        output.read_to_end(&mut said).map_err(error)?;
    }
    if said == HOLDING {
        return stdout::write_all(format!("{}\n", child.id()).as_bytes());
    }
    // It has said why.
    let code = child.wait().map_err(error)?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.filter(|code| *code != 0).map_or(Status::FAILED, Status::of_command))
}

/// We are the holder: holds the FIFO until the process `pid` ends.
pub(super) fn hold(path: &Path, pid: i32, trust: Trust) -> anyhow::Result<Status> {
    close_inherited()?;
    let what = format!("hold {}", crate::refs::Ref::Fifo(path.to_path_buf()));
    let process = pidfd_open(pid).map_err(|errno| match errno {
        Errno::ESRCH => Fault::os_because(&what, format!("there is no process {pid}"), errno),
        errno => Fault::os(&what, errno).status(Status::NOT_FOUND),
    })?;
    let _held = Fifo::find(path, trust)?.hold()?;
    // Neither the terminal's signals nor its end are ours; a file system we stand on can be unmounted.
    let alone = nix::unistd::setsid().map(drop).and_then(|()| nix::unistd::chdir("/"));
    alone.map_err(|errno| Fault::os(&what, errno))?;
    stdout::write_all(HOLDING)?;
    let null = std::fs::File::options().read(true).write(true).open("/dev/null")?;
    nix::unistd::dup2_stdout(&null)?;
    nix::unistd::dup2_stderr(&null)?;
    wait::ready(&process, PollFlags::POLLIN, &Wait::forever()).map_err(|stop| stop.fault(what))?;
    Ok(Status::OK)
}

/// Closes what our caller left open to us: whoever waits for its end must not wait for ours.
fn close_inherited() -> Result<(), Fault> {
    let own = nix::unistd::getpid().as_raw();
    for descriptor in fds::descriptors(own)?.unwrap_or_default() {
        if descriptor.fd > 2 {
            // One that is gone already was the list's own.
            let _ = nix::unistd::close(descriptor.fd);
        }
    }
    Ok(())
}
