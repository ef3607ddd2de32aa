//! One writer for all formats: rows go in one by one.

use std::io::{self, Write};

use super::table::Table;
use super::text::Dress;
use super::{Cell, Format, Look, Record, json, tsv};

const BLOCK: usize = 64 * 1024;

/// A listing being written. End it with [`Sheet::finish`]: until then the last block has not left.
pub struct Sheet<'o> {
    out: &'o mut dyn Write,
    names: Vec<&'static str>,
    look: Look,
    body: Body,
}

enum Body {
    Table(Table),
    Stream(Stream),
}

/// The formats whose rows leave as they come.
struct Stream {
    block: Vec<u8>,
    dress: Dress,
    rows: u64,
}

impl<'o> Sheet<'o> {
    /// A listing with these columns. Nothing is written yet.
    pub fn new(names: Vec<&'static str>, look: &Look, out: &'o mut dyn Write) -> Sheet<'o> {
        let body = if look.format == Format::Table {
            Body::Table(Table::new(&names, look))
        } else {
            let mut block = Vec::with_capacity(BLOCK + 4096);
            if look.format == Format::Tsv && !look.noheadings {
                tsv::push_names(&mut block, &names);
            }
            Body::Stream(Stream { block, dress: Dress::new(look), rows: 0 })
        };
        Sheet { out, names, look: *look, body }
    }

    /// Add a row: one cell a column, in their order.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn row(&mut self, cells: impl Iterator<Item = Cell>) -> io::Result<()> {
        match &mut self.body {
            Body::Table(table) => {
                table.row(cells);
                Ok(())
            }
            Body::Stream(stream) => {
                stream.row(&self.names, self.look.format, cells);
                if stream.block.len() < BLOCK { Ok(()) } else { stream.leave(self.out) }
            }
        }
    }

    /// Let the rows so far leave, for a listing that goes on; a table stays until its end.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn flush(&mut self) -> io::Result<()> {
        if let Body::Stream(stream) = &mut self.body {
            stream.leave(self.out)?;
        }
        self.out.flush()
    }

    /// Write what is left.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn finish(self) -> io::Result<()> {
        match self.body {
            Body::Table(table) => table.write(self.out, &self.look, 0)?,
            Body::Stream(mut stream) => {
                if self.look.format == Format::Json {
                    stream.block.extend_from_slice(if stream.rows == 0 { b"[]\n" } else { b"\n]\n" });
                }
                stream.leave(self.out)?;
            }
        }
        self.out.flush()
    }
}

impl Stream {
    fn row(&mut self, names: &[&'static str], format: Format, mut cells: impl Iterator<Item = Cell>) {
        match format {
            Format::Tsv => tsv::push_line(&mut self.block, cells, &mut self.dress),
            Format::Json | Format::JsonLines => {
                if format == Format::Json {
                    self.block.extend_from_slice(if self.rows == 0 { b"[\n" } else { b",\n" });
                }
                json::push_row(&mut self.block, names, cells, &mut self.dress.clock);
                if format == Format::JsonLines {
                    self.block.push(b'\n');
                }
            }
            Format::RefsOnly | Format::Table => {
                if let Some(reference) = cells.next() {
                    self.dress.push_exact(&mut self.block, &reference);
                    self.block.push(b'\n');
                }
            }
        }
        self.rows += 1;
    }

    fn leave(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }
}

/// Write records as one listing: a table, or any other format. Records of several shapes share the columns of all; JSON
/// keeps each one's own.
///
/// # Errors
/// What `out` answered.
pub fn list(out: &mut dyn Write, records: &[Record], look: &Look) -> io::Result<()> {
    let shared = match look.format {
        Format::RefsOnly => vec!["ref"],
        _ => shared_names(records),
    };
    let mut sheet = Sheet::new(shared.clone(), look, out);
    for record in records {
        if matches!(look.format, Format::Json | Format::JsonLines) {
            sheet.names.clear();
            sheet.names.extend(record.fields.iter().map(|(name, _)| *name));
            sheet.row(record.fields.iter().map(|(_, cell)| cell.clone()))?;
        } else {
            sheet.row(shared.iter().map(|name| record.get(name).cloned().unwrap_or(Cell::Absent)))?;
        }
    }
    sheet.finish()
}

/// Every field name of `records`, in the order in which they first come.
pub(super) fn shared_names(records: &[Record]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (name, _) in records.iter().flat_map(|record| &record.fields) {
        if !names.contains(name) {
            names.push(*name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, rows: &[(&str, u64)]) -> String {
        let mut out = Vec::new();
        let mut sheet = Sheet::new(vec!["ref", "size"], &Look { format, ..Look::default() }, &mut out);
        for (name, size) in rows {
            sheet.row([Cell::text(*name), Cell::Bytes(*size)].into_iter()).unwrap();
        }
        sheet.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_format() {
        let rows = [("shm:0", 65_536), ("shm:/a", 7)];
        assert_eq!(written(Format::Table, &rows), "REF     SIZE\nshm:0    64K\nshm:/a     7\n");
        let json = "[\n{\"ref\":\"shm:0\",\"size\":65536},\n{\"ref\":\"shm:/a\",\"size\":7}\n]\n";
        assert_eq!(written(Format::Json, &rows), json);
        let lines = "{\"ref\":\"shm:0\",\"size\":65536}\n{\"ref\":\"shm:/a\",\"size\":7}\n";
        assert_eq!(written(Format::JsonLines, &rows), lines);
        assert_eq!(written(Format::Tsv, &rows), "ref\tsize\nshm:0\t65536\nshm:/a\t7\n");
        assert_eq!(written(Format::RefsOnly, &rows), "shm:0\nshm:/a\n");
    }

    #[test]
    fn no_rows() {
        assert_eq!(written(Format::Table, &[]), "REF  SIZE\n");
        assert_eq!(written(Format::Json, &[]), "[]\n");
        assert_eq!(written(Format::JsonLines, &[]), "");
        assert_eq!(written(Format::Tsv, &[]), "ref\tsize\n");
        assert_eq!(written(Format::RefsOnly, &[]), "");
    }

    #[test]
    fn a_stream_leaves_when_it_is_told_to() {
        let look = Look { format: Format::JsonLines, ..Look::default() };
        let mut room = [0; 8];
        let mut out = room.as_mut_slice();
        let mut sheet = Sheet::new(vec!["ref"], &look, &mut out);
        sheet.row([Cell::Id(7)].into_iter()).unwrap();
        assert_eq!(sheet.flush().unwrap_err().kind(), io::ErrorKind::WriteZero);
    }

    #[test]
    fn many_rows_are_whole() {
        let rows: Vec<(String, u64)> = (0..20_000).map(|n| (format!("shm:{n}"), n)).collect();
        let rows: Vec<(&str, u64)> = rows.iter().map(|(name, size)| (name.as_str(), *size)).collect();
        let json: Vec<serde_json::Value> = serde_json::from_str(&written(Format::Json, &rows)).unwrap();
        assert!(
            json.iter().zip(&rows).all(|(object, row)| object["ref"] == row.0 && object["size"] == row.1)
        );
        assert_eq!(json.len(), rows.len());
        assert_eq!(written(Format::Table, &rows).lines().count(), rows.len() + 1);
    }

    #[test]
    fn records_of_several_shapes() {
        let one = Record { fields: vec![("ref", Cell::text("sem:1")), ("value", Cell::Signed(3))] };
        let other = Record { fields: vec![("ref", Cell::text("shm:1")), ("size", Cell::Bytes(5))] };
        let written = |format| {
            let mut out = Vec::new();
            list(&mut out, &[one.clone(), other.clone()], &Look { format, ..Look::default() }).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(Format::Table), "REF    VALUE  SIZE\nsem:1      3     -\nshm:1      -     5\n");
        assert_eq!(written(Format::Tsv), "ref\tvalue\tsize\nsem:1\t3\t\nshm:1\t\t5\n");
        assert_eq!(
            written(Format::JsonLines),
            "{\"ref\":\"sem:1\",\"value\":3}\n{\"ref\":\"shm:1\",\"size\":5}\n"
        );
        assert_eq!(written(Format::RefsOnly), "sem:1\nshm:1\n");
    }
}
