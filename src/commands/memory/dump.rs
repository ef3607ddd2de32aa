//! Memory to standard output: hex, raw, text, strings or JSON.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

use super::{fields, range};
use crate::commands::structure::Structure;
use crate::commands::{stdout, structure};
use crate::fault::{Fault, counted};
use crate::framing::{Format, Value, encode};
use crate::ipc::memory::{Access, Memory};
use crate::render::safe;
use crate::render::{Hexdump, Strings};
use crate::status::Status;

/// What is dumped and how it looks.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    range: range::Args,
    #[command(flatten)]
    structure: structure::Args,
    /// So many structs, one behind the other
    #[arg(long, value_name = "N", requires = "declarations", help_heading = "Struct", default_value = "1",
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    count: u64,
    /// Print this field's bare value only
    #[arg(long, value_name = "FIELD", requires = "declarations", help_heading = "Struct")]
    get: Option<String>,
    /// Hex and ASCII, as `hexdump -C`; the default on a terminal
    #[arg(long, group = "form", help_heading = "Output")]
    hex: bool,
    /// The bytes as they are; the default off a terminal
    #[arg(short = 'r', long, group = "form", help_heading = "Output")]
    raw: bool,
    /// Text up to the first NUL
    #[arg(long, group = "form", help_heading = "Output")]
    text: bool,
    /// Printable runs of four bytes and more, each with its offset
    #[arg(long, group = "form", help_heading = "Output")]
    strings: bool,
    /// One JSON object a block of 64 KiB: offset, length, data
    #[arg(short = 'J', long, group = "form", help_heading = "Output")]
    json: bool,
    /// Raw into a pipe: pass pages on without a copy; later changes show
    #[arg(long, help_heading = "Output", conflicts_with_all = ["hex", "text", "strings", "json"])]
    zero_copy: bool,
}

/// What one read takes for every form but raw.
const BLOCK: usize = 64 * 1024;
/// What one write puts into a pipe: half of what it takes, so that both sides run.
const RAW_BLOCK: u64 = 128 * 1024;
/// Pages that are lent cost a pipe no copy: as many as it takes.
const LENT_BLOCK: u64 = 1 << 20;
const LARGE_PIPE: i32 = 1 << 20;
/// `strings` shows runs from this length on.
const SHORTEST: usize = 4;

/// Dumps `memory`, called `name` in errors.
///
/// # Errors
/// Status 1: the range does not lie within it, it was cut short meanwhile, or standard output cannot be written to.
pub fn run(args: &Args, memory: &Memory, name: &str) -> anyhow::Result<Status> {
    stdout::ready()?;
    if let Some(structure) = args.structure.structure()? {
        return args.fields(&structure, memory, name);
    }
    let fault = |errno| Fault::os(format_args!("read {name}"), errno);
    let size = memory.size().map_err(fault)?;
    let (offset, length) = args.range.within(size, "dump", name)?;
    let source = Source { memory, name, offset, end: offset + length };
    if args.raw || args.zero_copy || !(args.is_formed() || io::stdout().is_terminal()) {
        return source.raw(args.zero_copy);
    }
    let mut failed = None;
    let status = stdout::facts(|out| {
        failed = source.formed(args, out)?;
        Ok(())
    })?;
    failed.map_or(Ok(status), |fault| Err(fault.into()))
}

impl Args {
    fn fields(&self, structure: &Structure, memory: &Memory, name: &str) -> anyhow::Result<Status> {
        if self.hex || self.text || self.strings || self.raw || self.zero_copy {
            return Err(Fault::usage("--struct goes with --json and --get only").into());
        }
        let field = self.get.as_deref().map(|path| structure.layout.field(path)).transpose()?;
        let view =
            fields::View { structure, offset: self.range.offset, count: self.count, field, json: self.json };
        fields::run(&view, memory, name)
    }

    /// Where the range ends, if its length was given.
    pub fn end(&self) -> Option<u64> {
        self.range.length.map(|length| self.range.offset.saturating_add(length))
    }

    fn is_formed(&self) -> bool {
        self.hex || self.text || self.strings || self.json
    }
}

/// The bytes to dump.
struct Source<'m> {
    memory: &'m Memory,
    name: &'m str,
    offset: u64,
    end: u64,
}

impl Source<'_> {
    /// Writes the form that was asked for; the fault is the memory's, the error the writer's.
    fn formed(&self, args: &Args, out: &mut dyn Write) -> io::Result<Option<Fault>> {
        if args.text {
            return self.text(out);
        }
        if args.strings {
            let mut strings = Strings::new(SHORTEST, self.offset, out);
            let failed = self.blocks(|_, block| strings.feed(block).map(|()| true))?;
            return strings.finish().map(|()| failed);
        }
        if args.json {
            return self.blocks(|at, block| self.json(at, block, out).map(|()| true));
        }
        let mut dump = Hexdump::new(self.offset, out);
        let failed = self.blocks(|_, block| dump.feed(block).map(|()| true))?;
        dump.finish().map(|()| failed)
    }

    fn text(&self, out: &mut dyn Write) -> io::Result<Option<Fault>> {
        let terminal = io::stdout().is_terminal();
        let mut safe = Vec::new();
        self.blocks(|_, block| {
            let body = crate::framing::before_nul(block);
            safe.clear();
            if terminal {
                safe::push_payload(&mut safe, body);
            } else {
                safe.extend_from_slice(body);
            }
            out.write_all(&safe).map(|()| body.len() == block.len())
        })
    }

    fn json(&self, at: u64, block: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let fields = [("offset", Value::Count(at)), ("length", Value::Count(block.len() as u64))];
        let mut line = Vec::new();
        encode(Format::JsonLines, &fields, block, &mut line).map_err(|_| io::ErrorKind::InvalidData)?;
        out.write_all(&line)
    }

    /// Feeds the bytes in blocks until `feed` has enough.
    fn blocks(&self, mut feed: impl FnMut(u64, &[u8]) -> io::Result<bool>) -> io::Result<Option<Fault>> {
        let mut block = vec![0; BLOCK];
        let mut at = self.offset;
        while at < self.end {
            let room = usize::try_from(self.end - at).unwrap_or(BLOCK).min(BLOCK);
            match self.memory.read_at(at, &mut block[..room]) {
                Ok(0) => return Ok(Some(self.cut_short(at))),
                Ok(count) => {
                    if !feed(at, &block[..count])? {
                        break;
                    }
                    at += count as u64;
                }
                Err(errno) => {
                    return Ok(Some(range::unreadable(format_args!("read {} at {at}", self.name), errno)));
                }
            }
        }
        Ok(None)
    }

    /// Writes the bytes as they are, a block a call, without a copy of ours.
    fn raw(&self, zero_copy: bool) -> anyhow::Result<Status> {
        let out = io::stdout();
        if fcntl(&out, FcntlArg::F_GETPIPE_SZ).is_ok_and(|size| size < LARGE_PIPE) {
            // A pipe that stays small is slower, no more.
            let _ = fcntl(&out, FcntlArg::F_SETPIPE_SZ(LARGE_PIPE));
        }
        let ahead = self.memory.ahead(self.offset, self.end, Access::Read);
        let block = if zero_copy { LENT_BLOCK } else { RAW_BLOCK };
        let mut at = self.offset;
        while at < self.end {
            let room = usize::try_from((self.end - at).min(block)).unwrap_or(BLOCK);
            let sent = match zero_copy {
                true => self.memory.lend(at, room, out.as_fd()),
                false => self.memory.send(at, room, out.as_fd()),
            };
            match sent {
                Ok(0) => return Err(self.cut_short(at).into()),
                Ok(count) => {
                    at += count as u64;
                    ahead.iter().for_each(|ahead| ahead.reached(at));
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => stdout::await_room(),
                Err(Errno::EPIPE) => return Err(self.reader_left(at).into()),
                Err(errno @ (Errno::EFAULT | Errno::ESRCH | Errno::EPERM)) => {
                    return Err(range::unreadable(format_args!("read {} at {at}", self.name), errno).into());
                }
                Err(errno) => return Err(Fault::os("write to standard output", errno).into()),
            }
        }
        Ok(Status::OK)
    }

    fn cut_short(&self, at: u64) -> Fault {
        let what = format_args!("read {}", self.name).to_string();
        Fault::new(what, format_args!("it was cut short: it ends at {at}, not at {}", self.end))
    }

    fn reader_left(&self, at: u64) -> Fault {
        let went = at - self.offset;
        let cause =
            format!("its reader has gone, {went} of {} went", counted(self.end - self.offset, "byte"));
        Fault::os_because("write to standard output", cause, Errno::EPIPE)
    }
}
