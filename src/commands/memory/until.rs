//! Waiting until memory holds certain bytes.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use super::polling;
use super::range::{cut_short, past_the_end, unreadable};
use crate::commands::structure::Structure;
use crate::commands::{size, structure, waiting};
use crate::fault::Fault;
use crate::framing::Records;
use crate::ipc::memory::Memory;
use crate::layout::Condition;
use crate::status::Status;

/// What is waited for.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Where the bytes shall be (decimal, 0x, K, M, G)
    #[arg(long, value_name = "N", value_parser = size::parse, default_value = "0")]
    offset: u64,
    /// The bytes, as hex digits
    #[arg(long, value_name = "HEX", required_unless_present = "until")]
    bytes: Option<OsString>,
    #[command(flatten)]
    structure: structure::Args,
    /// A condition on a field (=, !=, <, >)
    #[arg(long, value_name = "FIELD=VALUE", conflicts_with = "bytes", help_heading = "Struct")]
    until: Option<OsString>,
    #[command(flatten)]
    polling: polling::Args,
    #[command(flatten)]
    waiting: waiting::Args,
}

impl Args {
    /// What is waited for, checked.
    ///
    /// # Errors
    /// A usage fault: no hex digits, or none at all; no field, or no value of it.
    pub fn wanted(&self) -> Result<Wanted, Fault> {
        if let Some(until) = &self.until {
            let structure = self.structure.required("--until")?;
            let condition = structure.layout.condition(until.as_bytes())?;
            return Ok(Wanted::Condition(structure, Box::new(condition)));
        }
        let mut read = Records::arguments(self.bytes.as_slice(), true)?;
        let wanted = read.next_record()?.map(|record| record.body().to_vec()).unwrap_or_default();
        if wanted.is_empty() { Err(Fault::usage("--bytes names no byte")) } else { Ok(Wanted::Bytes(wanted)) }
    }
}

/// What the memory shall hold.
pub enum Wanted {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A struct of which this is true.
    Condition(Structure, Box<Condition>),
}

impl Wanted {
    /// How many bytes must be looked at.
    fn size(&self) -> u64 {
        match self {
            Wanted::Bytes(bytes) => bytes.len() as u64,
            Wanted::Condition(structure, _) => structure.layout.size(),
        }
    }

    fn is_met(&self, there: &[u8]) -> bool {
        match self {
            Wanted::Bytes(bytes) => there == *bytes,
            Wanted::Condition(structure, condition) => condition.holds(there, structure.endian) == Some(true),
        }
    }
}

/// Waits until `memory` holds `wanted` at the offset.
///
/// # Errors
/// Status 3 if it is removed, 5 with `--nowait`, 124 after the timeout, 1 if the range does not lie within, or no longer.
pub fn run(args: &Args, wanted: &Wanted, memory: &Memory, name: &str) -> anyhow::Result<Status> {
    let fault = |errno| Fault::os(format_args!("read {name}"), errno);
    let size = memory.size().map_err(fault)?;
    if args.offset.checked_add(wanted.size()).is_none_or(|end| end > size) {
        return Err(past_the_end("wait for", name, size).into());
    }
    let mut there = vec![0; usize::try_from(wanted.size())?];
    args.polling.until(memory, name, "wait for", &args.waiting.wait(), || {
        let count = memory.read_at(args.offset, &mut there);
        let count = count.map_err(|errno| unreadable(format_args!("read {name}"), errno))?;
        if count < there.len() {
            let end = memory.size().map_err(fault)?.min(args.offset + count as u64);
            return Err(cut_short("wait for", name, end));
        }
        Ok(wanted.is_met(&there[..count]).then_some(()))
    })?;
    Ok(Status::OK)
}
