//! The flags of verbs that move data: how records stand in what is typed, read and printed (SPEC S2 "Records").

use std::ffi::OsString;
use std::io::IsTerminal;

use crate::commands::report;
use crate::fault::Fault;
use crate::framing::{Format, Records, Shape};
use crate::wait::Wait;

/// How records are framed in a stream of bytes.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Records")]
pub struct Framing {
    /// Records end with NUL, not with a newline
    #[arg(short = '0', long, group = "framing")]
    pub null: bool,
    /// No frame: in, all of stdin is one record; out, bytes as they are
    #[arg(short = 'r', long, group = "framing")]
    pub raw: bool,
    /// A 32-bit big-endian length before each record
    #[arg(long, group = "framing")]
    pub length_prefix: bool,
    /// One JSON object a line, with "data" or "data_base64"
    #[arg(long, visible_alias = "json", group = "framing")]
    pub jsonl: bool,
}

impl Framing {
    /// The framing that the flags name; lines without any.
    pub fn format(&self) -> Format {
        match () {
            () if self.null => Format::Null,
            () if self.raw => Format::Raw,
            () if self.length_prefix => Format::LengthPrefix,
            () if self.jsonl => Format::JsonLines,
            () => Format::Lines,
        }
    }
}

/// What a verb sends: its arguments, one record each, or standard input.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Records")]
pub struct Input {
    #[command(flatten)]
    framing: Framing,
    /// Take the arguments as hex digits, blanks allowed
    #[arg(long)]
    pub hex: bool,
    /// Append one NUL to each record, as C strings have it
    #[arg(long)]
    pub cstr: bool,
    /// Append NULs up to N bytes, for peers with a fixed size
    #[arg(long, value_name = "N")]
    pub pad: Option<usize>,
}

impl Input {
    /// The records to send: `data` if there is any, else standard input. A terminal gets a note that it is read.
    ///
    /// # Errors
    /// A usage fault for arguments that cannot be sent: nothing has been sent then.
    pub fn records(&self, data: &[OsString], wait: &Wait) -> Result<Records, Fault> {
        let shape = Shape { cstr: self.cstr, pad: self.pad };
        if !data.is_empty() {
            return Records::arguments(data, self.hex)?.shaped(shape);
        }
        if self.hex {
            return Err(Fault::usage("--hex goes with arguments, and there are none"));
        }
        if std::io::stdin().is_terminal() {
            report::note("reading standard input; Ctrl-D ends it");
        }
        Records::stdin(self.framing.format(), wait)?.shaped(shape)
    }
}
