//! The table in JSON. In a long list most cells are those of the row above: their text is copied, many cells at once.

use super::{Heading, Row, Table};
use crate::personality::voice::Voice;

impl Table {
    /// Writes the table.
    pub(super) fn json(&self, voice: &mut Voice) {
        // Of the tables without rows, as these programs have it, only that of sets keeps its name.
        let name = if self.ends.is_empty() && self.name != "semaphores" { "" } else { self.name };
        let keys: Vec<Vec<u8>> = self.headings.iter().enumerate().map(json_key).collect();
        voice.out.extend_from_slice(b"{\n   ");
        quote(&mut voice.out, name.as_bytes());
        voice.out.extend_from_slice(b": [\n");
        let mut above = Above::default();
        for (place, row) in self.rows().enumerate() {
            voice.out.extend_from_slice(if place == 0 { b"      {\n" } else { b",{\n" });
            above.push(&mut voice.out, &keys, row);
            voice.out.extend_from_slice(b"\n      }");
            voice.spill();
            if voice.out.is_empty() {
                above = Above::default();
            }
        }
        voice.out.extend_from_slice(b"\n   ]\n}\n");
    }
}

/// The row above, as far as it is still to be copied from.
#[derive(Default)]
struct Above<'t> {
    /// Each cell, and how long it is with its key.
    fields: Vec<(&'t [u8], usize)>,
    /// Where the row begins.
    start: usize,
}

impl<'t> Above<'t> {
    /// Append a row's keys and cells.
    fn push(&mut self, out: &mut Vec<u8>, keys: &[Vec<u8>], row: Row<'t>) {
        let begin = out.len();
        // Text of the row above: where we are in it, and how much before that is not copied yet.
        let (mut place, mut same) = (self.start, 0);
        for (column, (key, cell)) in keys.iter().zip(row).enumerate() {
            let field = self.fields.get_mut(column);
            if let Some((above, length)) = &field
                && *above == cell
            {
                same += length;
                continue;
            }
            out.extend_from_within(place..place + same);
            place += same;
            same = 0;
            let length = push_field(out, key, cell);
            match field {
                Some(field) => {
                    place += field.1;
                    *field = (cell, length);
                }
                None => self.fields.push((cell, length)),
            }
        }
        out.extend_from_within(place..place + same);
        self.start = begin;
    }
}

/// Append a key and its cell: how many bytes. An empty cell is null.
fn push_field(out: &mut Vec<u8>, key: &[u8], cell: &[u8]) -> usize {
    let begin = out.len();
    out.extend_from_slice(key);
    match cell.is_empty() {
        true => out.extend_from_slice(b"null"),
        false => quote(out, cell),
    }
    out.len() - begin
}

/// What stands before a column's cells, the same in each row: the end of the line before, and the key.
fn json_key((place, heading): (usize, &Heading)) -> Vec<u8> {
    let mut key = if place == 0 { b"         ".to_vec() } else { b",\n         ".to_vec() };
    quote(&mut key, heading.name.to_ascii_lowercase().as_bytes());
    key.extend_from_slice(b": ");
    key
}

/// A JSON string; bytes that are no UTF-8 stay as they are.
fn quote(out: &mut Vec<u8>, text: &[u8]) {
    let must = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    out.push(b'"');
    // Nearly every text stands as it is: then it is looked at once, and not in parts.
    let parts = if text.iter().any(|byte| must(*byte)) { text } else { b"" };
    if parts.is_empty() {
        out.extend_from_slice(text);
    }
    for part in parts.split_inclusive(|byte| must(*byte)) {
        match part.split_last() {
            Some((byte, before)) if must(*byte) => {
                out.extend_from_slice(before);
                push_escaped(out, *byte);
            }
            _ => out.extend_from_slice(part),
        }
    }
    out.push(b'"');
}

/// A byte that cannot stand as it is in a JSON string.
fn push_escaped(out: &mut Vec<u8>, byte: u8) {
    match byte {
        8 => out.extend_from_slice(b"\\b"),
        12 => out.extend_from_slice(b"\\f"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0..=31 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        _ => out.extend_from_slice(&[b'\\', byte]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fit;
    use super::*;

    #[test]
    fn what_is_copied_is_what_would_have_been_written() {
        let rows = [
            ["1", "x", ""],
            ["1", "", "y"],
            ["1", "", "y"],
            ["1", "a\"b", "y"],
            ["2", "", ""],
            ["2", "", "z"],
        ];
        let heading =
            |name: &str| Heading { name: name.to_string(), width: 0, right: false, fit: Fit::Whole };
        let headings: Vec<Heading> = ["ID", "OWNER", "STATUS"].map(heading).to_vec();
        let keys: Vec<Vec<u8>> = headings.iter().enumerate().map(json_key).collect();
        let mut table = Table::new("sets", headings, true);
        rows.iter().flatten().for_each(|cell| table.cell(|out| out.extend_from_slice(cell.as_bytes())));
        for forgets_at in 0..rows.len() {
            let (mut out, mut above) = (Vec::new(), Above::default());
            for (place, (row, same)) in table.rows().zip(table.rows()).enumerate() {
                if place == forgets_at {
                    (out, above) = (Vec::new(), Above::default());
                }
                let begin = out.len();
                above.push(&mut out, &keys, row);
                let mut alone = Vec::new();
                Above::default().push(&mut alone, &keys, same);
                assert_eq!(String::from_utf8_lossy(&out[begin..]), String::from_utf8_lossy(&alone));
            }
        }
    }
}
