//! Records of bytes, in and out (SPEC S2 "Records"): what a message, a line, a write is to the user.
//!
//! A verb that **puts** makes [`Records`] of its arguments, or of standard input without any, and takes them in turn:
//!
//! ```ignore
//! let mut records = match args.data.is_empty() {
//!     false => Records::arguments(&args.data, args.hex)?,
//!     true => Records::stdin(args.format, &wait)?,
//! }
//! .shaped(Shape { cstr: args.cstr, pad: args.pad })?;
//! while let Some(mut record) = records.next_record()? {
//!     queue.send(record.with_head(), record.kind.unwrap_or(args.kind), &wait)?;
//! }
//! ```
//!
//! [`Record::with_head`] is the body with [`HEAD`] spare bytes before it, free to be written over: System V's `mtype`
//! goes there, so that a line is sent out of the read buffer without a copy.
//!
//! A verb that **takes** has a [`Writer`]. It asks [`Writer::ready`] before each take, takes into [`Writer::room`]
//! (or anywhere, then [`Writer::put`]), and flushes before it sleeps and at its end, also when that end is an error:
//!
//! ```ignore
//! let mut out = Writer::stdout(args.format)?;
//! let end = receive_all(&queue, &wait, &mut out);   // ready, room, take, commit; flush before a sleep
//! out.flush()?;
//! end
//! ```
//!
//! A byte stream that is no file of ours to write (a command's standard input) gets [`encode()`]'s bytes. A stream read
//! by the verb itself (a FIFO's sessions) goes through a [`Splitter`].

pub mod bulk;
mod encode;
mod exit;
mod hex;
mod json;
mod limit;
mod memchr;
mod reader;
mod splitter;
mod terminal;
mod writer;

pub use encode::{Value, encode};
pub use reader::Records;
pub use splitter::{BadRecord, Record, Splitter};
pub use writer::Writer;

/// Spare bytes before each record that is read, and before the place where one is received: a System V `mtype`.
pub const HEAD: usize = 8;

/// How records stand in a stream of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One line each. In: without its `\n`; an unterminated last one counts; `\r` stays.
    #[default]
    Lines,
    /// One NUL after each.
    Null,
    /// No frame. In: the whole stream is one record. Out: the bytes, nothing added, nothing escaped on a terminal.
    Raw,
    /// A 32-bit big-endian length before each.
    LengthPrefix,
    /// One JSON object a line, with `data` or `data_base64`.
    JsonLines,
}

/// What a fixed-size or string-minded C peer wants of each body that we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// Append one NUL.
    pub cstr: bool,
    /// Then NULs up to this many bytes; a longer record is refused.
    pub pad: Option<usize>,
}

impl Shape {
    /// Shapes what follows the head in `room`; the error is the cause.
    fn apply(self, room: &mut Vec<u8>) -> Result<(), String> {
        if self.cstr {
            room.push(0);
        }
        let Some(pad) = self.pad else { return Ok(()) };
        let size = room.len() - HEAD;
        if size > pad {
            return Err(format!("{size} bytes are more than the {pad} to pad to"));
        }
        room.resize(HEAD + pad, 0);
        Ok(())
    }
}

/// The C string in `body`: what stands before its first NUL (`--cstr` on the receiving side).
pub fn before_nul(body: &[u8]) -> &[u8] {
    match memchr::memchr(0, body) {
        Some(end) => &body[..end],
        None => body,
    }
}
