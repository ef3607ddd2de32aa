//! The flags that choose among a queue's messages, and how taken ones are shown.

use std::ffi::OsString;

use crate::commands::decoder;
use crate::commands::delivery::{self, Delivery};
use crate::commands::payload::Output;
use crate::fault::Fault;
use crate::framing::Format;
use crate::ipc::msgq::{Label, Selector};

/// Which messages.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Selection")]
pub struct Selection {
    /// Only type N; 0 is any, -N the same as --up-to N
    #[arg(short = 'T', long = "type", value_name = "N", allow_negative_numbers = true, group = "selector")]
    msgtyp: Option<i64>,
    /// Only types up to N, the lowest first
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(i64).range(1..),
        group = "selector"
    )]
    up_to: Option<i64>,
    /// Only types other than N
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(i64).range(1..),
        group = "selector"
    )]
    except: Option<i64>,
}

impl Selection {
    /// What the flags ask for; any message without them.
    pub fn selector(&self) -> Selector {
        match (self.msgtyp, self.up_to, self.except) {
            (Some(msgtyp), ..) => Selector::from_msgtyp(msgtyp),
            (_, Some(highest), _) => Selector::UpTo(highest),
            (.., Some(unwanted)) => Selector::Except(unwanted),
            _ => Selector::Any,
        }
    }
}

/// How messages are shown.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Records")]
pub struct Showing {
    #[command(flatten)]
    output: Output,
    /// Put the type and a tab before each message
    #[arg(long, conflicts_with_all = ["raw", "length_prefix"])]
    show_type: bool,
    #[command(flatten)]
    fields: decoder::Args,
}

impl Showing {
    /// The way out: `command` runs, or standard output.
    ///
    /// # Errors
    /// As [`Delivery::open`]; a usage fault for --show-type with a command.
    pub fn delivery(&self, command: &[OsString]) -> Result<Delivery, Fault> {
        if self.show_type && !command.is_empty() {
            return Err(Fault::usage("--show-type does not go with a command: it finds IPCTOOL_TYPE"));
        }
        let json = self.output.format() == Format::JsonLines;
        let decoder = self.fields.decoder(json)?;
        if decoder.is_some() && self.output.cstr {
            return Err(Fault::usage("--cstr does not go with --struct, which says where a text ends"));
        }
        // A decoded body is an object of its own, for which a line is frame enough.
        let lines = Output::default();
        let output = if json && decoder.is_some() { &lines } else { &self.output };
        // A JSON line has its type anyway.
        Ok(Delivery::open(output, command, "")?.labelled(self.show_type && !json).decoded(decoder))
    }
}

impl From<Label> for delivery::Label {
    fn from(label: Label) -> delivery::Label {
        delivery::Label { kind: label.kind, priority: label.priority }
    }
}
