//! Waiting until memory holds certain bytes.

use super::polling;
use super::range::past_the_end;
use crate::commands::{size, waiting};
use crate::fault::Fault;
use crate::framing::Records;
use crate::ipc::memory::Memory;
use crate::status::Status;

/// What is waited for.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Where the bytes shall be (decimal, 0x, K, M, G)
    #[arg(long, value_name = "N", value_parser = size::parse, default_value = "0")]
    offset: u64,
    /// The bytes, as hex digits
    #[arg(long, value_name = "HEX", required = true)]
    bytes: std::ffi::OsString,
    #[command(flatten)]
    polling: polling::Args,
    #[command(flatten)]
    waiting: waiting::Args,
}

impl Args {
    /// The bytes that are waited for.
    ///
    /// # Errors
    /// A usage fault: no hex digits, or none at all.
    pub fn wanted(&self) -> Result<Vec<u8>, Fault> {
        let mut read = Records::arguments(std::slice::from_ref(&self.bytes), true)?;
        let wanted = read.next_record()?.map(|record| record.body().to_vec()).unwrap_or_default();
        if wanted.is_empty() { Err(Fault::usage("--bytes names no byte")) } else { Ok(wanted) }
    }
}

/// Waits until `memory` holds `wanted` at the offset.
///
/// # Errors
/// Status 3 if it is removed, 5 with `--nowait`, 124 after the timeout, 1 if the range does not lie within.
pub fn run(args: &Args, wanted: &[u8], memory: &Memory, name: &str) -> anyhow::Result<Status> {
    let fault = |errno| Fault::os(format_args!("read {name}"), errno);
    let size = memory.size().map_err(fault)?;
    if args.offset.checked_add(wanted.len() as u64).is_none_or(|end| end > size) {
        return Err(past_the_end("wait for", name, size).into());
    }
    let mut there = vec![0; wanted.len()];
    args.polling.until(memory, name, "wait for", &args.waiting.wait(), || {
        let count = memory.read_at(args.offset, &mut there).map_err(fault)?;
        Ok((there[..count] == *wanted).then_some(()))
    })?;
    Ok(Status::OK)
}
