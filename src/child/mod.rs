//! Running `-- COMMAND`: no shell, found before anything is taken (SPEC S2).
//!
//! ```ignore
//! let command = Command::resolve(&args.command)?;              // 127 or 126, before the first take
//! // one run a record (recv, listen, trap):
//! let status = command.run(&bytes, &Facts { reference, kind: Some(1), priority: None, size, seq })?;
//! // in our place (sem run): returns only when it fails
//! return Err(command.exec(&[]));
//! // a long-lived one (pipe send, pipe recv): its standard input or output is ours
//! let mut child = command.start(Ends { stdin: true, stdout: false }, &[])?;
//! wait::write(&stdin, bytes, &wait)                            // a signal ends this: close it, and wait for the child
//! Records::stream(stdout, "its output", format, &wait.past_signals())   // this not: the child gets it and ends
//! let status = child.wait()?;
//! cancel::forget();                                            // its status is ours, whatever came meanwhile
//! ```
//!
//! While a child lives TERM and HUP go on to it and end nothing here. INT is only noted: a terminal sends it to the
//! child as well. After a [`Command::run`] in a loop the next wait of ours returns the signal, and we end of it.

mod exec;
mod facts;
mod find;
mod running;
mod start;

use std::ffi::OsString;
use std::path::PathBuf;

use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal};
use os_display::Quotable;

use exec::Image;

pub use facts::{Facts, Variable};
pub use running::Child;
pub use start::Ends;

use crate::fault::Fault;
use crate::status::Status;
use crate::sys::signal::sigaction_set;
use crate::wait::{Stop, cancel};

/// A command that was found: what `-- COMMAND ARGUMENT…` names.
#[derive(Debug, Clone)]
pub struct Command {
    path: PathBuf,
    argv: Vec<OsString>,
}

impl Command {
    /// Finds the program: `argv[0]` with a slash as it is, else in PATH.
    ///
    /// Faults: status 127 if there is none, 126 if it may not be executed.
    pub fn resolve(argv: &[OsString]) -> Result<Command, Fault> {
        let Some(name) = argv.first() else { return Err(Fault::usage("no command after --")) };
        let path = find::find(name, std::env::var_os("PATH").as_deref())?;
        Ok(Command { path, argv: argv.to_vec() })
    }

    /// Runs it once with `input` as its standard input, and waits for it. One that does not read is fine.
    ///
    /// Returns its status, 128 + N if a signal ended it. Fault: it could not be started (125 to 127).
    pub fn run(&self, input: &[u8], facts: &Facts<'_>) -> Result<Status, Fault> {
        let mut child = self.begin(Ends { stdin: true, ..Ends::default() }, &facts.variables())?;
        child.feed(input)?;
        child.wait()
    }

    /// Starts it and keeps the pipes to it, close-on-exec and O_NONBLOCK at our end. A TERM or HUP that came just
    /// before is its as well.
    ///
    /// Fault: it could not be started (125 to 127).
    pub fn start(&self, ends: Ends, variables: &[Variable]) -> Result<Child, Fault> {
        let child = self.begin(ends, variables)?;
        child.forward.catch_up();
        Ok(child)
    }

    /// [`Command::start`] for a record in hand, which is finished whatever came before.
    pub fn begin(&self, ends: Ends, variables: &[Variable]) -> Result<Child, Fault> {
        self.image(variables).and_then(|image| start::start(&image, ends)).map_err(|errno| self.fault(errno))
    }

    /// Becomes the command: same process, the signals as we inherited them, SIGPIPE default, an empty mask.
    ///
    /// Returns only if that failed (125 to 127), or a signal came before (EINTR; clean up and return it).
    pub fn exec(&self, variables: &[Variable]) -> Fault {
        if let Err(stop) = cancel::restore() {
            return stop.fault(self.what());
        }
        let ready = self
            .image(variables)
            .and_then(|image| sigaction_set(Signal::SIGPIPE, SigHandler::SigDfl).map(|()| image));
        self.fault(ready.map_or_else(|errno| errno, |image| image.exec()))
    }

    /// Becomes the command just as `prepare` leaves the process: dispositions, mask and timers too, which
    /// [`Command::exec`] would put back.
    ///
    /// Returns only if that failed: the fault of `prepare`, or 126 or 127.
    pub fn exec_as(&self, prepare: impl FnOnce() -> Result<(), Fault>) -> Fault {
        match (self.image(&[]), prepare()) {
            (Err(errno), _) => self.fault(errno),
            (_, Err(fault)) => fault,
            (Ok(image), Ok(())) => self.fault(image.exec()),
        }
    }

    fn image(&self, variables: &[Variable]) -> nix::Result<Image> {
        Image::new(&self.path, &self.argv, variables)
    }

    fn what(&self) -> String {
        format!("run {}", self.argv[0].maybe_quote())
    }

    /// The fault of a start that failed: the file's if exec refused it, else ours.
    fn fault(&self, errno: Errno) -> Fault {
        if errno == Errno::EINTR {
            return Stop::Failed(errno).fault(self.what());
        }
        let status = match errno {
            Errno::ENOENT => Status::NO_COMMAND,
            Errno::EACCES | Errno::ENOEXEC | Errno::EPERM | Errno::ETXTBSY | Errno::ENOTDIR => {
                Status::NOT_EXECUTABLE
            }
            _ => Status::OURS,
        };
        let fault = Fault::os(self.what(), errno).status(status);
        if errno == Errno::ENOEXEC { fault.hint("a script needs a first line, as #!/bin/sh") } else { fault }
    }
}

#[cfg(test)]
mod tests;
