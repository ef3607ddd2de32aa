//! The flags of verbs that take out of a stream, and the way of the records that they ask for.

use std::ffi::OsString;
use std::time::Duration;

use super::{Sparing, Stream, Watch, Way};
use crate::commands::delivery::Delivery;
use crate::commands::payload::Output;
use crate::commands::progress::Progress;
use crate::commands::waiting;
use crate::fault::Fault;
use crate::framing::bulk::{Outlet, passes};
use crate::framing::{Format, Splitter};
use crate::wait::parse_duration;

/// How much is taken, and how it is printed.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    output: Output,
    /// Take exactly N records and leave the rest unread
    #[arg(short = 'c', long, value_name = "N", allow_negative_numbers = true, help_heading = "Records")]
    pub count: Option<u64>,
    /// Stop when nothing came for D: a regular end
    #[arg(long, value_name = "D", value_parser = parse_duration, help_heading = "Records")]
    idle_timeout: Option<Duration>,
    /// Show on standard error how much came
    #[arg(long, help_heading = "Transfer")]
    progress: bool,
    #[command(flatten)]
    waiting: waiting::Args,
}

impl Args {
    /// The stream that the flags ask for: its output is open, or `command` found.
    ///
    /// # Errors
    /// Standard output is closed; the command cannot be found (127) or executed (126). Nothing was taken then.
    pub fn open(&self, command: &[OsString], name: &str) -> Result<Stream, Fault> {
        let format = self.output.format();
        // JSON is between us and who runs us: what comes are lines.
        let comes = if format == Format::JsonLines { Format::Lines } else { format };
        let plain = command.is_empty() && self.count.is_none() && !self.output.cstr && passes(format);
        let outlet = if plain { Outlet::stdout(format)? } else { None };
        let way = match outlet {
            Some(outlet) => Way::Bulk(Box::new(outlet)),
            None => Way::Records {
                splitter: Box::new(Splitter::new(comes)),
                delivery: Box::new(Delivery::open(&self.output, command, name)?),
                sparing: self.sparing(command, format),
            },
        };
        let has_reader = match &way {
            Way::Bulk(outlet) => outlet.has_reader(),
            Way::Records { delivery, .. } => delivery.has_reader(),
        };
        Ok(Stream {
            way,
            name: name.to_owned(),
            limit: self.count,
            taken: 0,
            wait: self.waiting.wait().idle(self.idle_timeout).while_read(has_reader),
            progress: Progress::new(self.progress, None),
            watch: Watch::default(),
        })
    }

    fn sparing(&self, command: &[OsString], format: Format) -> Sparing {
        match (command.is_empty(), self.count) {
            // A session is known to be one only when it has been read.
            _ if format == Format::Raw => Sparing::No,
            (false, _) => Sparing::Single,
            (true, Some(_)) => Sparing::ToLimit,
            (true, None) => Sparing::No,
        }
    }
}
