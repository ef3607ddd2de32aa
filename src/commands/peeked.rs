//! Printing what was seen in a pipe or FIFO: bytes as they stand, an unfinished record too.

use crate::commands::{payload, report, stdout};
use crate::fault::{Fault, counted};
use crate::framing::{Format, Splitter, encode};
use crate::ipc::pipe::Peeked;
use crate::render::safe;
use crate::status::Status;

/// How the bytes are printed: as they stand, unless as JSON lines.
pub type Framing = payload::Framing;

/// Prints all of `seen`; `what` completes "cannot …" where that is not all there was.
///
/// # Errors
/// Standard output cannot be written to, or there is no record where one should be.
pub fn print(framing: &Framing, seen: &Peeked, what: &str) -> anyhow::Result<Status> {
    let format = framing.format();
    let printed = match format {
        Format::JsonLines => stdout::write_all(&objects(&seen.bytes)?)?,
        Format::Raw => stdout::write_all(&seen.bytes)?,
        _ if std::io::IsTerminal::is_terminal(&std::io::stdout()) => {
            let mut text = Vec::new();
            safe::push_payload(&mut text, &seen.bytes);
            stdout::write_all(&text)?
        }
        _ => stdout::write_all(&seen.bytes)?,
    };
    if seen.bytes.len() >= seen.of {
        return Ok(printed);
    }
    let cause = format!("only the first {} of {} could be seen", seen.bytes.len(), counted(seen.of, "byte"));
    let fault = Fault::new(what, cause).hint("a pipe so large is not ours to make: see fs.pipe-max-size");
    Ok(printed.or(report::fault_line(&fault)))
}

/// Each line as an object.
fn objects(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let bad = |bad: crate::framing::BadRecord| Fault::new("read a record", bad.cause);
    let (mut splitter, mut rest, mut out) = (Splitter::new(Format::Lines), bytes, Vec::new());
    while !rest.is_empty() {
        let room = splitter.room();
        let size = room.len().min(rest.len());
        room[..size].copy_from_slice(&rest[..size]);
        splitter.filled(size);
        rest = &rest[size..];
    }
    while let Some(record) = splitter.next_record().map_err(bad)? {
        let _ = encode(Format::JsonLines, &[], record.body(), &mut out);
    }
    if let Some(record) = splitter.last_record().map_err(bad)? {
        let _ = encode(Format::JsonLines, &[], record.body(), &mut out);
    }
    Ok(out)
}
