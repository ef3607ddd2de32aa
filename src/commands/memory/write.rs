//! Bytes into memory: arguments, or a stream.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::PollFlags;

use super::assign;
use super::range::{past_the_end, unwritable};
use crate::commands::progress::Progress;
use crate::commands::structure::Structure;
use crate::commands::{report, size, structure};
use crate::fault::{Fault, counted, counted_were};
use crate::framing::Records;
use crate::ipc::memory::{Access, Ahead, Memory};
use crate::status::Status;
use crate::sys::stdio;
use crate::wait::{self, Stop, Wait};

/// What is written and where.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Begin N bytes from the start (decimal, 0x, K, M, G)
    #[arg(long, value_name = "N", value_parser = size::parse, default_value = "0")]
    offset: u64,
    /// Take the arguments as hex digits, blanks allowed
    #[arg(long)]
    hex: bool,
    /// Append one NUL, as C strings have it
    #[arg(long)]
    cstr: bool,
    #[command(flatten)]
    structure: structure::Args,
    #[command(flatten)]
    assign: assign::Args,
    /// Show on standard error how much went
    #[arg(long, help_heading = "Transfer")]
    progress: bool,
}

impl Args {
    /// Checks what is to be written; nothing has been opened yet.
    ///
    /// # Errors
    /// A usage fault for what is no hex, no field or no value of one.
    pub fn source(&self, data: &[OsString]) -> Result<Source, Fault> {
        let Some(flag) = self.assign.given() else { return self.bytes(data).map(Source::Bytes) };
        let structure = self.structure.required(flag)?;
        if !data.is_empty() || self.hex || self.cstr {
            return Err(Fault::usage(format!("{flag} says what is written: there are bytes too")));
        }
        self.assign.plan(&structure)?;
        Ok(Source::Fields(structure))
    }

    /// The bytes that the arguments make, one after the other; None when standard input is to be read.
    fn bytes(&self, data: &[OsString]) -> Result<Option<Vec<u8>>, Fault> {
        if data.is_empty() {
            return match self.hex || self.cstr {
                true => Err(Fault::usage("--hex and --cstr go with arguments, and there are none")),
                false => Ok(None),
            };
        }
        let mut bytes = Vec::new();
        let mut arguments = Records::arguments(data, self.hex)?;
        while let Some(argument) = arguments.next_record()? {
            bytes.extend_from_slice(argument.body());
        }
        bytes.extend(self.cstr.then_some(0));
        Ok(Some(bytes))
    }
}

/// Where the bytes come from.
pub enum Source {
    /// The arguments, or standard input.
    Bytes(Option<Vec<u8>>),
    /// Values of a struct's fields.
    Fields(Structure),
}

/// What one read from standard input takes.
const BLOCK: u64 = 1 << 20;

/// Writes `source` into `memory`, called `name` in errors. Nothing but these bytes changes.
///
/// # Errors
/// Status 1: arguments that do not fit (nothing is written then), or a stream that goes past the end (what fits is
/// written, and how much is said).
pub fn run(args: &Args, source: &Source, memory: &Memory, name: &str) -> anyhow::Result<Status> {
    let bytes = match source {
        Source::Fields(structure) => return args.assign.plan(structure)?.run(memory, args.offset, name),
        Source::Bytes(bytes) => bytes.as_deref(),
    };
    let size = memory.size().map_err(|errno| Fault::os(format_args!("write to {name}"), errno))?;
    let target = Target { memory, name, size, offset: args.offset };
    match bytes {
        Some(bytes) => target.arguments(bytes)?,
        None => target.stream(args.progress)?,
    }
    Ok(Status::OK)
}

struct Target<'m> {
    memory: &'m Memory,
    name: &'m str,
    size: u64,
    offset: u64,
}

impl Target<'_> {
    fn arguments(&self, bytes: &[u8]) -> Result<(), Fault> {
        let end = self.offset.checked_add(bytes.len() as u64);
        if end.is_none_or(|end| end > self.size) {
            return Err(past_the_end("write to", self.name, self.size));
        }
        match self.memory.write_at(self.offset, bytes) {
            Ok(count) if count == bytes.len() => Ok(()),
            Ok(count) => Err(Fault::new(
                format_args!("write to {}", self.name),
                format_args!("it was cut short, {count} of {} written", counted_were(bytes.len(), "byte")),
            )),
            Err(errno) => Err(unwritable(format_args!("write to {}", self.name), errno)),
        }
    }

    fn stream(&self, progress: bool) -> Result<(), Fault> {
        if stdio::was_closed(libc::STDIN_FILENO) {
            return Err(Fault::os("read standard input", Errno::EBADF));
        }
        if self.offset > self.size {
            return Err(past_the_end("write to", self.name, self.size));
        }
        if io::stdin().is_terminal() {
            report::note("reading standard input; Ctrl-D ends it");
        }
        let mut ahead = None;
        let bar = Progress::new(progress, None);
        let mut at = self.offset;
        loop {
            match self.block(at) {
                Ok(0) => break,
                Ok(count) => {
                    at += count;
                    bar.add(count);
                    match &ahead {
                        Some(ahead) => Ahead::reached(ahead, at),
                        None if at - self.offset < BLOCK => {}
                        None => ahead = self.memory.ahead(at, self.size, Access::Write),
                    }
                }
                Err(stop) => return Err(self.stopped(stop, at - self.offset)),
            }
        }
        let fault = |errno| Fault::os(format_args!("write to {}", self.name), errno);
        let (written, now) = (at - self.offset, self.memory.size().map_err(fault)?);
        if at < self.size.min(now) || !self.more_comes()? {
            return Ok(());
        }
        let how = if now < self.size { "was cut short" } else { "is full" };
        let end = self.size.min(now);
        let cause = format!(
            "it {how} at {}, {} written and more came",
            counted(end, "byte"),
            counted_were(written, "byte")
        );
        Err(Fault::new(format_args!("write to {}", self.name), cause))
    }

    /// One block of standard input into the memory; 0 at its end, or where the memory ends.
    fn block(&self, at: u64) -> Result<u64, Stop> {
        let room = usize::try_from(BLOCK.min(self.size - at)).unwrap_or(0);
        if room == 0 {
            return Ok(0);
        }
        let input = io::stdin();
        wait::ready(&input, PollFlags::POLLIN, &Wait::forever())?;
        Ok(self.memory.receive(at, room, input.as_fd())? as u64)
    }

    /// Whether standard input has a byte that finds no room.
    fn more_comes(&self) -> Result<bool, Fault> {
        let mut byte = [0];
        let read = wait::read(io::stdin(), &mut byte, &Wait::forever());
        read.map(|count| count > 0).map_err(|stop| stop.fault("read standard input"))
    }

    fn stopped(&self, stop: Stop, written: u64) -> Fault {
        if let Stop::Signal(_) = stop {
            report::note(format_args!(
                "interrupted: {} written to {}",
                counted_were(written, "byte"),
                self.name
            ));
            return stop.fault(format_args!("write to {}", self.name));
        }
        let what = format!("write to {} behind {}", self.name, counted(written, "byte"));
        match stop {
            Stop::Failed(Errno::ENXIO) => Fault::os_because(what, "it was cut short", Errno::ENXIO),
            Stop::Failed(errno) => unwritable(what, errno),
            stop => stop.fault(what),
        }
    }
}
