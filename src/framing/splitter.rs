//! A stream of bytes into records: pure, over one buffer, with room to read into.

use std::fmt;
use std::ops::Range;

use super::json::parse_json;
use super::memchr::memchr;
use super::{Format, HEAD, Shape};
use crate::fault::counted;

/// The room offered to a read: what a pipe holds. A longer read would take longer than the peer at the other end of a queue
/// is patient, and cost it a sleep.
const READ: usize = 64 * 1024;

/// Why the stream holds no record where one should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Which record, counted from 1.
    pub number: u64,
    /// What is wrong with it.
    pub cause: String,
}

impl fmt::Display for BadRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}: {}", self.number, self.cause)
    }
}

/// One record, in place in the buffer.
#[derive(Debug)]
pub struct Record<'a> {
    room: &'a mut [u8],
    /// The message type that a JSON line gave.
    pub kind: Option<i64>,
    /// The priority that a JSON line gave.
    pub priority: Option<u32>,
}

impl<'a> Record<'a> {
    /// A record of `room`, whose first [`HEAD`] bytes are spare.
    pub(super) fn plain(room: &'a mut [u8]) -> Record<'a> {
        Record { room, kind: None, priority: None }
    }

    /// The record's bytes.
    pub fn body(&self) -> &[u8] {
        &self.room[HEAD..]
    }

    /// [`HEAD`] spare bytes, free to be written over, then the record's bytes.
    pub fn with_head(&mut self) -> &mut [u8] {
        self.room
    }
}

/// Cuts a stream into records. Fill [`Splitter::room`], say [`Splitter::filled`], take with
/// [`Splitter::next_record`] until there is none; at the stream's end, [`Splitter::last_record`] once.
///
/// All before `start` is used up, and `start` is never below [`HEAD`]: so every record has its spare bytes.
#[derive(Debug)]
pub struct Splitter {
    format: Format,
    shape: Shape,
    buffer: Vec<u8>,
    /// The first byte that belongs to no record yet.
    start: usize,
    /// Up to here no frame's end was found.
    scanned: usize,
    /// The first byte that was not read yet.
    end: usize,
    /// A record that cannot stand in the buffer: out of JSON, or shaped.
    scratch: Vec<u8>,
    /// Found by [`Splitter::has_record`], not yet taken.
    found: Option<Found>,
    number: u64,
    /// More bytes than any record may take in the stream.
    most: usize,
}

/// A record found: where its body is, and where the next one begins.
#[derive(Debug)]
struct Found {
    body: Range<usize>,
    next: usize,
}

impl Splitter {
    /// An empty one.
    pub fn new(format: Format) -> Splitter {
        Splitter {
            format,
            shape: Shape::default(),
            buffer: vec![0; HEAD + 2 * READ],
            start: HEAD,
            scanned: HEAD,
            end: HEAD,
            scratch: vec![],
            found: None,
            number: 0,
            most: usize::MAX,
        }
    }

    /// From now on every record is shaped for a C peer.
    pub fn set_shape(&mut self, shape: Shape) {
        self.shape = shape;
    }

    /// From now on a record that goes on after so many bytes is refused, and not first gathered in memory.
    pub fn set_most(&mut self, most: usize) {
        self.most = most;
    }

    /// Where the stream's next bytes belong: as much as a pipe holds.
    pub fn room(&mut self) -> &mut [u8] {
        if self.start == self.end || self.buffer.len() - self.end < READ {
            self.buffer.copy_within(self.start..self.end, HEAD);
            let moved = self.start - HEAD;
            self.start -= moved;
            self.scanned = self.scanned.max(moved + HEAD) - moved;
            self.end -= moved;
        }
        if self.buffer.len() - self.end < READ {
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
        &mut self.buffer[self.end..self.end + READ]
    }

    /// `count` bytes of [`Splitter::room`] have been filled.
    pub fn filled(&mut self, count: usize) {
        self.end = self.buffer.len().min(self.end + count);
    }

    /// Whether bytes are there that are no complete record yet.
    pub fn is_unfinished(&self) -> bool {
        self.start < self.end
    }

    /// Bytes that are there of a record whose length says that there are more: no record can be made of them.
    pub fn cut_off(&self) -> usize {
        if self.format == Format::LengthPrefix { self.end - self.start } else { 0 }
    }

    /// Whether a complete record is there; if not, read on.
    pub fn has_record(&mut self) -> Result<bool, BadRecord> {
        if self.found.is_none() {
            self.found = self.find(false)?;
        }
        if self.found.is_none() && self.end - self.start > self.most {
            return Err(
                self.bad(format!("it goes on after {}, and none can be so long", counted(self.most, "byte")))
            );
        }
        Ok(self.found.is_some())
    }

    /// The next complete record of what is there; none: read on.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, BadRecord> {
        self.has_record()?;
        let found = self.found.take();
        self.take(found)
    }

    /// The record that the stream's end completes: an unterminated line; under [`Format::Raw`] all there is, also
    /// when that is nothing. To be called once, after [`Splitter::next_record`] gave none.
    pub fn last_record(&mut self) -> Result<Option<Record<'_>>, BadRecord> {
        let found = self.find(true)?;
        self.take(found)
    }

    /// How many bytes of `more`, which follow in the stream, belong to the next `count` records; `None`: it does not hold so
    /// many. For who takes no more than that. All complete records have been taken. (A blank line of JSON counts as one: those
    /// are fewer bytes than there may be, never more.)
    pub fn bytes_of(&self, count: u64, more: &[u8]) -> Option<usize> {
        let mut begun = self.buffer.get(self.start..self.end)?;
        let mut bytes = 0;
        for _ in 0..count {
            bytes += self.rest_of_one(begun, more.get(bytes..)?)?;
            begun = &[];
        }
        Some(bytes)
    }

    /// How many bytes of `more` end the record whose beginning is `begun`, in which no end was found.
    fn rest_of_one(&self, begun: &[u8], more: &[u8]) -> Option<usize> {
        match self.format {
            Format::Raw => None,
            Format::Null => memchr(0, more).map(|end| end + 1),
            Format::Lines | Format::JsonLines => memchr(b'\n', more).map(|end| end + 1),
            Format::LengthPrefix => {
                let prefix: Vec<u8> = begun.iter().chain(more).take(4).copied().collect();
                let body = u32::from_be_bytes(prefix.try_into().ok()?) as usize;
                (4 + body).checked_sub(begun.len()).filter(|rest| *rest <= more.len())
            }
        }
    }

    fn find(&mut self, at_end: bool) -> Result<Option<Found>, BadRecord> {
        match self.format {
            Format::Raw => Ok(at_end.then(|| self.rest())),
            Format::LengthPrefix => self.find_counted(at_end),
            Format::Null => Ok(self.find_ended(0, at_end)),
            Format::Lines => Ok(self.find_ended(b'\n', at_end)),
            Format::JsonLines => Ok(self.find_json(at_end)),
        }
    }

    fn rest(&self) -> Found {
        Found { body: self.start..self.end, next: self.end }
    }

    fn find_ended(&mut self, ending: u8, at_end: bool) -> Option<Found> {
        match memchr(ending, &self.buffer[self.scanned..self.end]) {
            Some(length) => {
                let end = self.scanned + length;
                Some(Found { body: self.start..end, next: end + 1 })
            }
            None => {
                self.scanned = self.end;
                (at_end && self.is_unfinished()).then(|| self.rest())
            }
        }
    }

    /// As lines; blank ones between the objects mean nothing.
    fn find_json(&mut self, at_end: bool) -> Option<Found> {
        loop {
            let found = self.find_ended(b'\n', at_end)?;
            if !self.buffer[found.body.clone()].trim_ascii().is_empty() {
                return Some(found);
            }
            self.start = found.next;
            self.scanned = found.next;
        }
    }

    fn find_counted(&self, at_end: bool) -> Result<Option<Found>, BadRecord> {
        let there = &self.buffer[self.start..self.end];
        let Some((prefix, body)) = there.split_first_chunk::<4>() else {
            return self.cut(at_end && !there.is_empty(), there.len(), 4, "its length");
        };
        let length = u32::from_be_bytes(*prefix) as usize;
        if body.len() < length {
            return self.cut(at_end, body.len(), length, "the record");
        }
        let body = self.start + 4..self.start + 4 + length;
        Ok(Some(Found { next: body.end, body }))
    }

    /// No record: at the stream's end because it was cut, else because there is more to come.
    fn cut(&self, is_end: bool, have: usize, want: usize, what: &str) -> Result<Option<Found>, BadRecord> {
        if !is_end {
            return Ok(None);
        }
        Err(self.bad(format!("the input ends after {have} of {} of {what}", counted(want, "byte"))))
    }

    fn take(&mut self, found: Option<Found>) -> Result<Option<Record<'_>>, BadRecord> {
        let Some(Found { body, next }) = found else { return Ok(None) };
        self.start = next;
        self.scanned = next;
        if self.format != Format::JsonLines && self.shape == Shape::default() {
            self.number += 1;
            return Ok(Some(Record::plain(&mut self.buffer[body.start - HEAD..body.end])));
        }
        self.scratch.clear();
        self.scratch.resize(HEAD, 0);
        let mut given = (None, None);
        if self.format == Format::JsonLines {
            given = parse_json(&self.buffer[body], &mut self.scratch).map_err(|cause| self.bad(cause))?;
        } else {
            self.scratch.extend_from_slice(&self.buffer[body]);
        }
        self.shape.apply(&mut self.scratch).map_err(|cause| self.bad(cause))?;
        self.number += 1;
        Ok(Some(Record { room: &mut self.scratch, kind: given.0, priority: given.1 }))
    }

    fn bad(&self, cause: String) -> BadRecord {
        BadRecord { number: self.number + 1, cause }
    }
}

#[cfg(test)]
mod tests;
