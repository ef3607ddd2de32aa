//! The formats whose rows leave as they come: JSON, JSON Lines, TSV, references.

use std::io::{self, Write};

use super::objects::Objects;
use super::text::Dress;
use super::{Cell, Format, Look, Record, json, tsv};

const BLOCK: usize = 64 * 1024;

/// Rows on their way: a block fills up and leaves.
pub(super) struct Stream {
    format: Format,
    objects: Objects,
    block: Vec<u8>,
    dress: Dress,
    rows: u64,
}

impl Stream {
    pub(super) fn new(names: &[&'static str], look: &Look) -> Stream {
        let mut block = Vec::with_capacity(BLOCK + 4096);
        if look.format == Format::Tsv && !look.noheadings {
            tsv::push_names(&mut block, names);
        }
        Stream { format: look.format, objects: Objects::new(names), block, dress: Dress::new(look), rows: 0 }
    }

    /// Rows that are to stand behind those of another stream.
    pub(super) fn part(names: &[&'static str], look: &Look) -> Stream {
        let mut part = Stream::new(names, &Look { noheadings: true, ..*look });
        // What is written at once must be no less than a block, or it is copied into one.
        part.block.reserve(BLOCK + BLOCK / 2);
        // There is one before its first row: that part of the text depends on it.
        part.rows = 1;
        part
    }

    /// The text of such rows, and how many they are.
    pub(super) fn text(self) -> (Vec<u8>, u64) {
        (self.block, self.rows - 1)
    }

    /// Write the rows of a [`Stream::part`].
    pub(super) fn join(&mut self, (mut text, rows): (Vec<u8>, u64), out: &mut dyn Write) -> io::Result<()> {
        if let (Format::Json, 0, Some(comma)) = (self.format, self.rows, text.first_mut()) {
            *comma = b'[';
        }
        self.rows += rows;
        self.leave(out)?;
        out.write_all(&text)
    }

    pub(super) fn is_json(&self) -> bool {
        matches!(self.format, Format::Json | Format::JsonLines)
    }

    pub(super) fn row(&mut self, mut cells: impl Iterator<Item = Cell>) {
        if self.is_json() {
            self.begin_object();
            self.objects.push(&mut self.block, cells, &mut self.dress.clock);
            self.end_object();
        } else if self.format == Format::Tsv {
            tsv::push_line(&mut self.block, cells, &mut self.dress);
        } else if let Some(reference) = cells.next() {
            self.dress.push_exact(&mut self.block, &reference);
            self.block.push(b'\n');
        }
    }

    /// A record with its own names, in JSON.
    pub(super) fn object(&mut self, record: &Record) {
        self.begin_object();
        json::push_record(&mut self.block, record, &mut self.dress.clock);
        self.end_object();
    }

    fn begin_object(&mut self) {
        if self.format == Format::Json {
            self.block.extend_from_slice(if self.rows == 0 { b"[\n" } else { b",\n" });
        }
        self.rows += 1;
    }

    fn end_object(&mut self) {
        if self.format == Format::JsonLines {
            self.block.push(b'\n');
        }
    }

    /// What stands behind the last row.
    pub(super) fn end(&mut self) {
        if self.format == Format::Json {
            self.block.extend_from_slice(if self.rows == 0 { b"[]\n" } else { b"\n]\n" });
        }
    }

    pub(super) fn leave_when_full(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.block.len() < BLOCK { Ok(()) } else { self.leave(out) }
    }

    pub(super) fn leave(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.block)?;
        self.block.clear();
        self.objects.forget();
        Ok(())
    }
}
