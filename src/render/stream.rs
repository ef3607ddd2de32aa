//! The formats whose rows leave as they come: JSON, JSON Lines, TSV, references.

use std::io::{self, Write};

use super::text::Dress;
use super::{Cell, Format, Look, Record, json, tsv};

const BLOCK: usize = 64 * 1024;

/// Rows on their way: a block fills up and leaves.
pub(super) struct Stream {
    format: Format,
    keys: Vec<Vec<u8>>,
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
        let keys = names.iter().map(|name| json::key(name)).collect();
        Stream { format: look.format, keys, block, dress: Dress::new(look), rows: 0 }
    }

    pub(super) fn is_json(&self) -> bool {
        matches!(self.format, Format::Json | Format::JsonLines)
    }

    pub(super) fn row(&mut self, mut cells: impl Iterator<Item = Cell>) {
        if self.is_json() {
            self.begin_object();
            json::push_row(&mut self.block, &self.keys, cells, &mut self.dress.clock);
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
        Ok(())
    }
}
