//! One writer for all formats: rows go in one by one.

use std::io::{self, Write};

use super::stream::Stream;
use super::table::{Laid, Table};
use super::{Cell, Format, Look, Record};

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

impl<'o> Sheet<'o> {
    /// A listing with these columns. Nothing is written yet.
    pub fn new(names: Vec<&'static str>, look: &Look, out: &'o mut dyn Write) -> Sheet<'o> {
        let body = match look.format {
            Format::Table => Body::Table(Table::new(&names, look)),
            _ => Body::Stream(Stream::new(&names, look)),
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
                stream.row(cells);
                stream.leave_when_full(self.out)
            }
        }
    }

    /// Add the rows of a [`Part`] with the same names and look.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn join(&mut self, rows: Rows) -> io::Result<()> {
        match (&mut self.body, rows.0) {
            (Body::Table(table), Made::Table(laid)) => table.join(laid),
            (Body::Stream(stream), Made::Stream(text, rows)) => stream.join((text, rows), self.out)?,
            // One format has not the rows of another.
            (Body::Table(_), Made::Stream(..)) | (Body::Stream(_), Made::Table(_)) => {}
        }
        Ok(())
    }

    /// Add a record by its names: a field that is no column is not shown, one that is missing is absent. JSON has the
    /// record's own fields.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        let named = self.names.iter().map(|name| record.get(name).cloned().unwrap_or(Cell::Absent));
        match &mut self.body {
            Body::Table(table) => {
                table.row(named);
                Ok(())
            }
            Body::Stream(stream) => {
                if stream.is_json() {
                    stream.object(record)
                } else {
                    stream.row(named)
                }
                stream.leave_when_full(self.out)
            }
        }
    }

    /// Write what is left.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn finish(self) -> io::Result<()> {
        match self.body {
            Body::Table(table) => table.write(self.out, &self.look, 0)?,
            Body::Stream(mut stream) => {
                stream.end();
                stream.leave(self.out)?;
            }
        }
        self.out.flush()
    }
}

/// Rows of a part of a listing, made by one thread while others make theirs.
pub struct Part(Body);

/// The rows of a [`Part`], for [`Sheet::join`].
pub struct Rows(Made);

enum Made {
    Table(Laid),
    Stream(Vec<u8>, u64),
}

impl Part {
    /// A part of a listing with these columns.
    pub fn new(names: &[&'static str], look: &Look) -> Part {
        Part(match look.format {
            Format::Table => Body::Table(Table::part(names, look)),
            _ => Body::Stream(Stream::part(names, look)),
        })
    }

    /// How many rows it should have at most: as much JSON as is written at once, or as many cells as a page of a table.
    pub fn rows_of(format: Format) -> usize {
        match format {
            Format::Table => 2048,
            _ => 224,
        }
    }

    /// Add a row: one cell a column, in their order.
    pub fn row(&mut self, cells: impl Iterator<Item = Cell>) {
        match &mut self.0 {
            Body::Table(table) => table.row(cells),
            Body::Stream(stream) => stream.row(cells),
        }
    }

    /// The rows.
    pub fn rows(self) -> Rows {
        Rows(match self.0 {
            Body::Table(table) => Made::Table(table.laid()),
            Body::Stream(stream) => {
                let (text, rows) = stream.text();
                Made::Stream(text, rows)
            }
        })
    }
}

/// Write records as one listing: a table, or any other format. Records of several shapes share the columns of all; JSON
/// keeps each one's own.
///
/// # Errors
/// What `out` answered.
pub fn list(out: &mut dyn Write, records: &[Record], look: &Look) -> io::Result<()> {
    let names = match look.format {
        Format::RefsOnly => vec!["ref"],
        _ => shared_names(records),
    };
    let mut sheet = Sheet::new(names, look, out);
    for record in records {
        sheet.record(record)?;
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
    fn parts_are_as_if_one_had_made_all_rows() {
        let rows: Vec<(String, u64)> =
            (0..7u32).map(|n| (format!("shm:{}", 9 + n / 2), 1 << (4 * n))).collect();
        let rows: Vec<(&str, u64)> = rows.iter().map(|(name, size)| (name.as_str(), *size)).collect();
        for format in [Format::Table, Format::Json, Format::JsonLines, Format::Tsv, Format::RefsOnly] {
            let look = Look { format, ..Look::default() };
            let names = vec!["ref", "size"];
            let mut out = Vec::new();
            let mut sheet = Sheet::new(names.clone(), &look, &mut out);
            for (place, part) in [&rows[..0], &rows[..3], &rows[3..5], &[], &rows[5..]].iter().enumerate() {
                let cells =
                    part.iter().map(|(name, size)| [Cell::text(*name), Cell::Bytes(*size)].into_iter());
                if place == 2 {
                    cells.for_each(|cells| sheet.row(cells).unwrap());
                    continue;
                }
                let mut made = Part::new(&names, &look);
                cells.for_each(|cells| made.row(cells));
                sheet.join(made.rows()).unwrap();
            }
            sheet.finish().unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), written(format, &rows));
        }
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
    fn a_stream_that_finds_no_room_fails() {
        let look = Look { format: Format::JsonLines, ..Look::default() };
        let mut room = [0; 8];
        let mut out = room.as_mut_slice();
        let mut sheet = Sheet::new(vec!["ref"], &look, &mut out);
        sheet.row([Cell::Id(7)].into_iter()).unwrap();
        assert_eq!(sheet.finish().unwrap_err().kind(), io::ErrorKind::WriteZero);
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
        let one = Record { fields: vec![("ref", Cell::text("sem:1")), ("value", Cell::Id(3))] };
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
