//! Records into a pipe, a FIFO or a command's standard input: one code for `pipe send`, `pipe write` and `fifo send`.

use std::ffi::OsString;

use nix::poll::PollFlags;

use crate::commands::payload::Input;
use crate::commands::progress::Progress;
use crate::fault::{Fault, counted};
use crate::framing::bulk::{Inlet, passes};
use crate::framing::{Format, Records, Shape, Value, encode};
use crate::ipc::pipe::{PIPE_BUF, Sink};
use crate::wait::{self, Stop, Wait};

/// What is sent and how.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Write each record in one piece; refuse one above PIPE_BUF (4096 bytes)
    #[arg(long, help_heading = "Records")]
    atomic: bool,
    /// Pass a file's pages on without a copy: later changes to it show
    #[arg(long, help_heading = "Transfer", conflicts_with_all = ["atomic", "hex", "cstr", "pad"])]
    zero_copy: bool,
    /// Show on standard error how much went
    #[arg(long, help_heading = "Transfer")]
    progress: bool,
}

/// Checked input: nothing of it has been read yet.
pub struct Transfer {
    format: Format,
    progress: bool,
    source: Source,
}

enum Source {
    /// One record after the other; each in one piece if `atomic`.
    Records { records: Box<Records>, atomic: bool, bytes: Option<u64> },
    /// Blocks as they come.
    Blocks { inlet: Box<Inlet>, zero_copy: bool },
}

impl Args {
    /// Checks what is to be sent: `data`, else standard input.
    ///
    /// # Errors
    /// A usage fault for arguments that cannot be sent, also those above PIPE_BUF under `--atomic`.
    pub fn prepare(&self, data: &[OsString], wait: &Wait) -> Result<Transfer, Fault> {
        let format = self.input.format();
        let plain = data.is_empty() && !self.input.hex && self.input.shape() == Shape::default();
        if self.zero_copy && !data.is_empty() {
            return Err(Fault::usage("--zero-copy is for standard input, and there are arguments"));
        }
        let source = if plain && passes(format) && !self.atomic {
            note_terminal();
            let quiet = wait.clone().idle(self.input.idle_timeout);
            Source::Blocks { inlet: Box::new(Inlet::stdin(format, &quiet)?), zero_copy: self.zero_copy }
        } else {
            let bytes = self.checked(data, wait)?;
            Source::Records { records: Box::new(self.input.records(data, wait)?), atomic: self.atomic, bytes }
        };
        Ok(Transfer { format, progress: self.progress, source })
    }

    /// How many bytes the arguments make, none of them too long.
    fn checked(&self, data: &[OsString], wait: &Wait) -> Result<Option<u64>, Fault> {
        if data.is_empty() {
            return Ok(None);
        }
        let (mut records, mut frame) = (self.input.records(data, wait)?, Vec::new());
        let (mut number, mut bytes) = (0, 0);
        while let Some(record) = records.next_record()? {
            number += 1;
            framed(self.input.format(), record.body(), &mut frame)?;
            if self.atomic && frame.len() > PIPE_BUF {
                return Err(too_long(number, frame.len()).status(crate::status::Status::USAGE));
            }
            bytes += frame.len() as u64;
        }
        Ok(Some(bytes))
    }
}

impl Transfer {
    /// Sends all of it.
    ///
    /// # Errors
    /// The first failure, with how much went. Of the input: it could not be read, or is not as its framing says.
    pub fn send(self, sink: &mut Sink, wait: &Wait) -> Result<(), Fault> {
        match self.source {
            Source::Records { records, atomic, bytes } => {
                let progress = Progress::new(self.progress, bytes);
                let counted = Counted { records, atomic, bytes, format: self.format };
                counted.send(sink, wait, &progress)
            }
            Source::Blocks { mut inlet, zero_copy } => {
                if !sink.enlarge() {
                    inlet.shorten_blocks();
                }
                let whole = inlet.size();
                let progress = Progress::new(self.progress, whole);
                let end = blocks(&mut inlet, zero_copy, sink, wait, &progress);
                end.map_err(|end| end.fault(sink, amount(sink.went(), whole)))
            }
        }
    }
}

/// Why blocks ended early: their source failed, or where they went.
enum End {
    Source(Fault),
    Sink(Stop),
}

impl End {
    fn fault(self, sink: &Sink, went: String) -> Fault {
        match self {
            End::Source(fault) => fault,
            End::Sink(stop) => sink.fault(stop, went),
        }
    }
}

fn blocks(
    inlet: &mut Inlet,
    zero_copy: bool,
    sink: &mut Sink,
    wait: &Wait,
    progress: &Progress,
) -> Result<(), End> {
    if zero_copy && inlet.size().is_some() {
        let mut moved = 0;
        let full = || wait::ready(sink.fd(), PollFlags::POLLOUT, wait).map(drop);
        let end = inlet.splice(sink.fd(), full, |count| {
            moved += count as u64;
            progress.add(count as u64);
        });
        sink.count(moved);
        end.map_err(End::Sink)?;
    }
    while !zero_copy && let Some(lot) = inlet.next_lot() {
        let size = lot.rest().len();
        sink.give(lot, wait).map_err(|end| End::Sink(end.stop))?;
        progress.add(size as u64);
    }
    while let Some(block) = inlet.next_block().map_err(End::Source)? {
        sink.write(block, wait).map_err(|end| End::Sink(end.stop))?;
        progress.add(block.len() as u64);
    }
    Ok(())
}

/// Records that are counted, so that an early end can be told.
struct Counted {
    records: Box<Records>,
    atomic: bool,
    bytes: Option<u64>,
    format: Format,
}

impl Counted {
    fn send(mut self, sink: &mut Sink, wait: &Wait, progress: &Progress) -> Result<(), Fault> {
        let (mut sent, mut frame) = (0_u64, Vec::new());
        let total = self.records.total();
        loop {
            let Some(record) = self.records.next_record()? else { return Ok(()) };
            framed(self.format, record.body(), &mut frame)?;
            if self.atomic && frame.len() > PIPE_BUF {
                let went = records(sent, total);
                return Err(too_long(sent + 1, frame.len()).hint(format!("{went} went before it")));
            }
            sink.write(&frame, wait).map_err(|end| {
                sink.fault(
                    end.stop,
                    format!("{} and {}", records(sent, total), amount(sink.went(), self.bytes)),
                )
            })?;
            sent += 1;
            progress.add(frame.len() as u64);
        }
    }
}

/// A record in its frame. JSON is between us and who runs us: what it holds goes out as lines.
fn framed(format: Format, body: &[u8], frame: &mut Vec<u8>) -> Result<(), Fault> {
    let format = if format == Format::JsonLines { Format::Lines } else { format };
    frame.clear();
    let none: &[(&str, Value)] = &[];
    encode(format, none, body, frame).map_err(|size| {
        Fault::new("send a record", format!("{size} bytes do not fit a 32-bit length prefix"))
    })
}

fn too_long(number: u64, size: usize) -> Fault {
    Fault::new(
        format!("send record {number} in one piece"),
        format!("with its frame it has {size} bytes, and PIPE_BUF is {PIPE_BUF}"),
    )
}

fn records(sent: u64, total: Option<usize>) -> String {
    match (sent, total) {
        (sent, Some(total)) => format!("{sent} of {}", counted(total, "record")),
        (sent, None) => counted(sent, "record"),
    }
}

fn amount(went: u64, whole: Option<u64>) -> String {
    match whole {
        Some(whole) => format!("{went} of {}", counted(whole, "byte")),
        None => counted(went, "byte"),
    }
}

fn note_terminal() {
    if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        crate::commands::report::note("reading standard input; Ctrl-D ends it");
    }
}
