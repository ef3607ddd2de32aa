//! Records out, to standard output: one buffer, written before anybody sleeps, and an account of what is in it.

use std::io::Stdout;
use std::os::fd::AsFd;

use nix::errno::Errno;

use super::exit::{Exit, WHAT, lost, not_shown};
use super::terminal::write_safe;
use super::{Format, HEAD, Value, before_nul, encode};
use crate::fault::Fault;

/// From this fill on the buffer is written: what a pipe holds.
const FULL: usize = 64 * 1024;

/// Writes records in their frames, safe for the terminal if it is one. Generic over the descriptor for tests.
#[derive(Debug)]
pub struct Writer<F: AsFd = Stdout> {
    exit: Exit<F>,
    format: Format,
    cstr: bool,
    /// What goes out was not taken.
    copies: bool,
    /// Payload is made safe for a terminal.
    safe: bool,
    /// [`HEAD`] bytes, then what is not written yet up to `end`, then room.
    buffer: Vec<u8>,
    end: usize,
    /// The bytes before `end` while they are lent as a head.
    lent: Option<[u8; HEAD]>,
    /// Where each record in the buffer ends.
    ends: Vec<usize>,
    scratch: Vec<u8>,
}

impl Writer<Stdout> {
    /// Standard output.
    ///
    /// Fault: the caller closed it.
    pub fn stdout(format: Format) -> Result<Writer<Stdout>, Fault> {
        Ok(Writer::new(Exit::stdout()?, format))
    }
}

impl<F: AsFd> Writer<F> {
    /// A writer by `exit`.
    fn new(exit: Exit<F>, format: Format) -> Writer<F> {
        Writer {
            safe: exit.is_terminal && matches!(format, Format::Lines | Format::Null | Format::LengthPrefix),
            exit,
            format,
            cstr: false,
            copies: false,
            buffer: vec![0; HEAD + 2 * FULL],
            end: HEAD,
            lent: None,
            ends: vec![],
            scratch: vec![],
        }
    }

    /// The same, cutting every body at its first NUL (`--cstr`).
    pub fn cstr(mut self, cstr: bool) -> Writer<F> {
        self.cstr = cstr;
        self
    }

    /// The same for records that stay where they are: none of them can be lost.
    pub fn of_copies(mut self) -> Writer<F> {
        self.copies = true;
        self
    }

    /// Whether something can still be written: to be asked before each take. At most one system call.
    ///
    /// Fault: the reader is gone.
    pub fn ready(&mut self) -> Result<(), Fault> {
        match self.exit.has_lost_its_reader() {
            true => Err(self.give_up(Errno::EPIPE, 0)),
            false => Ok(()),
        }
    }

    /// Whether it can lose its reader.
    pub fn has_reader(&self) -> bool {
        self.exit.has_reader
    }

    /// Where a body of up to `size` bytes may be received: [`HEAD`] bytes for what comes before it, then `size`.
    /// Then [`Writer::commit`], or nothing if none came.
    ///
    /// Faults: as [`Writer::flush`], which makes the room.
    pub fn room(&mut self, size: usize) -> Result<&mut [u8], Fault> {
        self.take_back();
        if self.end + size + 1 > self.buffer.len() {
            self.flush()?;
        }
        let need = HEAD + size + 1;
        if need > self.buffer.len() {
            self.buffer.resize(need, 0);
        }
        let mut head = [0; HEAD];
        head.copy_from_slice(&self.buffer[self.end - HEAD..self.end]);
        self.lent = Some(head);
        Ok(&mut self.buffer[self.end - HEAD..self.end + size])
    }

    /// A body of `size` bytes has been received in [`Writer::room`]. `fields` are for JSON lines.
    ///
    /// Faults: as [`Writer::put`].
    pub fn commit(&mut self, fields: &[(&str, Value)], size: usize) -> Result<(), Fault> {
        self.take_back();
        if !self.safe && !self.cstr && matches!(self.format, Format::Lines | Format::Null | Format::Raw) {
            self.end += size;
            if let Some(byte) = self.format.end() {
                self.buffer[self.end] = byte;
                self.end += 1;
            }
            return self.count_one();
        }
        let body = self.buffer[self.end..self.end + size].to_vec();
        self.put(fields, &body)
    }

    /// Adds one record to the buffer, and writes it out when it is full. `fields` are for JSON lines.
    ///
    /// Faults: as [`Writer::flush`]; the body does not fit the length prefix.
    pub fn put(&mut self, fields: &[(&str, Value)], body: &[u8]) -> Result<(), Fault> {
        self.take_back();
        let body = if self.cstr { before_nul(body) } else { body };
        self.scratch.clear();
        self.encode_to_scratch(fields, body)
            .map_err(|size| Fault::new(WHAT, format!("{size} bytes do not fit a 32-bit length prefix")))?;
        let end = self.end + self.scratch.len();
        if end > self.buffer.len() {
            self.buffer.resize(end, 0);
        }
        self.buffer[self.end..end].copy_from_slice(&self.scratch);
        self.end = end;
        self.count_one()
    }

    /// On a terminal the body is made safe, not the frame's end; a length prefix has no business there as it is.
    fn encode_to_scratch(&mut self, fields: &[(&str, Value)], body: &[u8]) -> Result<(), usize> {
        if !self.safe {
            return encode(self.format, fields, body, &mut self.scratch);
        }
        if self.format == Format::LengthPrefix {
            let mut plain = vec![];
            encode(self.format, fields, body, &mut plain)?;
            write_safe(&plain, &mut self.scratch);
        } else {
            write_safe(body, &mut self.scratch);
            self.scratch.extend(self.format.end());
        }
        Ok(())
    }

    /// Writes what the buffer holds, waiting as long as the reader takes: what was taken is delivered.
    ///
    /// Fault: the write failed, with the number of records that were taken and did not go out whole.
    pub fn flush(&mut self) -> Result<(), Fault> {
        self.take_back();
        let written = self.exit.write(&self.buffer[HEAD..self.end]);
        written.map_err(|(written, errno)| self.give_up(errno, HEAD + written))?;
        self.empty();
        Ok(())
    }

    fn count_one(&mut self) -> Result<(), Fault> {
        self.ends.push(self.end);
        if self.end >= FULL { self.flush() } else { Ok(()) }
    }

    /// Puts the bytes back that were lent as a head.
    fn take_back(&mut self) {
        if let Some(head) = self.lent.take() {
            self.buffer[self.end - HEAD..self.end].copy_from_slice(&head);
        }
    }

    fn empty(&mut self) {
        self.end = HEAD;
        self.ends.clear();
    }

    /// The fault of a failed write, when all below `written` has gone. What is left is given up.
    fn give_up(&mut self, errno: Errno, written: usize) -> Fault {
        let records = self.ends.iter().filter(|end| **end > written).count();
        if records > 0 {
            self.empty();
        }
        if self.copies { not_shown(errno, records) } else { lost(errno, records) }
    }
}

impl<F: AsFd> Drop for Writer<F> {
    /// For a panic's sake, and an early return: taken is delivered. A failure cannot be told here; verbs flush.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests;
