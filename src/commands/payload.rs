//! The flags of verbs that move data: how records stand in what is typed, read and printed (SPEC S2 "Records").

use std::ffi::OsString;
use std::io::IsTerminal;
use std::time::Duration;

use crate::commands::report;
use crate::fault::Fault;
use crate::framing::{Format, Records, Shape, Writer};
use crate::wait::{Wait, parse_duration};

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
    #[arg(short = 'J', long, visible_alias = "json", group = "framing")]
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
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = parse_pad)]
    pub pad: Option<usize>,
    /// Take a standard input that was quiet for D as ended
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    pub idle_timeout: Option<Duration>,
}

impl Input {
    /// The framing that the flags name.
    pub fn format(&self) -> Format {
        self.framing.format()
    }

    /// What a C peer wants of each record.
    pub fn shape(&self) -> Shape {
        Shape { cstr: self.cstr, pad: self.pad }
    }

    /// The records to send: `data` if there is any, else standard input. A terminal gets a note that it is read.
    ///
    /// # Errors
    /// A usage fault for arguments that cannot be sent: nothing has been sent then.
    pub fn records(&self, data: &[OsString], wait: &Wait) -> Result<Records, Fault> {
        match self.arguments(data)? {
            Some(records) => Ok(records),
            None => self.standard_input(wait),
        }
    }

    /// The first half of [`Input::records`], for verbs that create their object between: `data`, if there is any.
    ///
    /// # Errors
    /// A usage fault for arguments that cannot be sent, and for --hex without any. Our caller closed standard input, which
    /// would be read.
    pub fn arguments(&self, data: &[OsString]) -> Result<Option<Records>, Fault> {
        match data {
            [] if self.hex => Err(Fault::usage("--hex goes with arguments, and there are none")),
            [] => Records::stdin_is_open().map(|()| None),
            _ => Records::arguments(data, self.hex)?.shaped(self.shape()).map(Some),
        }
    }

    /// The second half: standard input.
    ///
    /// # Errors
    /// Our caller closed it.
    pub fn standard_input(&self, wait: &Wait) -> Result<Records, Fault> {
        if std::io::stdin().is_terminal() {
            report::note("reading standard input; Ctrl-D ends it");
        }
        let wait = wait.clone().idle(self.idle_timeout);
        Records::stdin(self.framing.format(), &wait)?.shaped(self.shape())
    }
}

/// A size to pad to, in bytes. What no object takes in one piece is refused, and not first made in memory.
fn parse_pad(text: &str) -> Result<usize, String> {
    const MOST: usize = 1 << 30;
    let size: usize = text.parse().map_err(|_| "not a number of bytes".to_owned())?;
    if size > MOST { Err(format!("more than {MOST} bytes")) } else { Ok(size) }
}

/// How a verb prints what it takes.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Records")]
pub struct Output {
    #[command(flatten)]
    framing: Framing,
    /// Cut each record at its first NUL, as C strings end
    #[arg(long)]
    pub cstr: bool,
}

impl Output {
    /// The framing that the flags name.
    pub fn format(&self) -> Format {
        self.framing.format()
    }

    /// Standard output, as the flags want it. A fault if our caller closed it.
    ///
    /// # Errors
    /// As [`Writer::stdout`].
    pub fn writer(&self) -> Result<Writer, Fault> {
        Ok(Writer::stdout(self.format())?.cstr(self.cstr))
    }
}

/// How many records a verb takes: one without any of these flags.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Records")]
pub struct Amount {
    /// Take N records
    #[arg(short = 'c', long, value_name = "N", allow_negative_numbers = true, conflicts_with = "follow")]
    pub count: Option<u64>,
    /// Take records until interrupted, or until the object is gone
    #[arg(short = 'f', long)]
    pub follow: bool,
    /// Stop when no record came for D: exit with 0 under --follow, else with 1
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    pub idle_timeout: Option<Duration>,
}

impl Amount {
    /// How many records to take; none: no end.
    pub fn limit(&self) -> Option<u64> {
        if self.follow { None } else { Some(self.count.unwrap_or(1)) }
    }
}
