//! One object a block: a line for each fact, lists as tables below; and single fields, bare.

use std::io::{self, Write};

use super::select::unknown;
use super::sheet::{list, shared_names};
use super::stack::width;
use super::table::Table;
use super::text::Dress;
use super::{Cell, Format, Look, Record, json, number};
use crate::fault::Fault;

const INDENT: usize = 2;

/// Write `records` for `show`: in [`Format::Table`] a block of `name  value` lines each, with an empty line between two,
/// and lists as tables below; in any other format as [`list`] does.
///
/// # Errors
/// What `out` answered.
pub fn show(out: &mut dyn Write, records: &[Record], look: &Look) -> io::Result<()> {
    if look.format != Format::Table {
        return list(out, records, look);
    }
    let mut dress = Dress::new(&Look { long: true, ..*look });
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            out.write_all(b"\n")?;
        }
        block(out, record, look, &mut dress)?;
    }
    out.flush()
}

fn block(out: &mut dyn Write, record: &Record, look: &Look, dress: &mut Dress) -> io::Result<()> {
    let is_list = |cell: &Cell| matches!(cell, Cell::Records(records) if !records.is_empty());
    let lines = record.fields.iter().filter(|(_, cell)| !is_list(cell));
    let names = lines.clone().map(|(name, _)| width(name.as_bytes())).max().unwrap_or(0);
    let mut text = Vec::new();
    for (name, cell) in lines {
        text.extend_from_slice(name.as_bytes());
        text.resize(text.len() + names - width(name.as_bytes()) + INDENT, b' ');
        push_value(&mut text, cell, look, dress);
        text.push(b'\n');
    }
    out.write_all(&text)?;
    for (name, cell) in &record.fields {
        if let Cell::Records(records) = cell
            && is_list(cell)
        {
            writeln!(out, "{name}")?;
            below(out, records, look)?;
        }
    }
    Ok(())
}

/// A value on its line: a size exact and, where that says more, as a person reads it.
fn push_value(text: &mut Vec<u8>, cell: &Cell, look: &Look, dress: &mut Dress) {
    match cell {
        Cell::Bytes(size) if *size >= 1024 && !look.exact_bytes => {
            number::push_unsigned(text, *size);
            text.extend_from_slice(b" (");
            dress.push_shown(text, cell);
            text.push(b')');
        }
        Cell::Records(_) => text.extend_from_slice(b"none"),
        _ => dress.push_shown(text, cell),
    }
}

/// A list as a table of its own, indented.
fn below(out: &mut dyn Write, records: &[Record], look: &Look) -> io::Result<()> {
    let names = shared_names(records);
    let look = Look { noheadings: false, ..*look };
    let mut table = Table::new(&names, &look);
    for record in records {
        table.row(names.iter().map(|name| record.get(name).cloned().unwrap_or(Cell::Absent)));
    }
    table.write(out, &look, INDENT)
}

/// The bare values of the field `name` (case does not matter) in `records`, one a line, each ended by a newline: sizes and
/// ages as digits, times in RFC 3339, text with escapes, an empty line for what is absent. `LIST.NAME` is a field of each
/// record in a list, one a line; a whole list is one line of JSON.
///
/// # Errors
/// A usage fault when a record has no such field; it names the nearest one, its hint all of them.
pub fn fields(records: &[Record], name: &str) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    let mut dress = Dress::new(&Look::default());
    for record in records {
        push_field(&mut out, record, name, &mut dress)?;
    }
    Ok(out)
}

fn push_field(out: &mut Vec<u8>, record: &Record, name: &str, dress: &mut Dress) -> Result<(), Fault> {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let names = || record.fields.iter().map(|(field, _)| *field);
    let found = record.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(first));
    let Some((_, cell)) = found else { return Err(unknown("field", first, names())) };
    match (cell, rest) {
        (Cell::Records(inner), Some(rest)) => {
            for record in inner {
                push_field(out, record, rest, dress)?;
            }
            Ok(())
        }
        (Cell::Records(_), None) => {
            json::push_value(out, cell, &mut dress.clock);
            out.push(b'\n');
            Ok(())
        }
        (Cell::Absent | Cell::Inapplicable, Some(_)) | (_, None) => {
            dress.push_exact(out, cell);
            out.push(b'\n');
            Ok(())
        }
        (_, Some(_)) => Err(Fault::usage(format!("the field {first} is no list"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::written;

    fn queue() -> Record {
        let process = |pid, command: &str| Record {
            fields: vec![("pid", Cell::Id(pid)), ("command", Cell::text(command))],
        };
        Record {
            fields: vec![
                ("ref", Cell::text("msgq:42")),
                ("qbytes", Cell::Bytes(16_384)),
                ("cbytes", Cell::Bytes(5)),
                ("stime", Cell::Absent),
                ("readers", Cell::Records(vec![process(7, "cat"), process(1234, "a \u{202e}\n")])),
                ("writers", Cell::Records(vec![])),
                ("mode", Cell::Mode(0o640)),
            ],
        }
    }

    fn shown(records: &[Record], look: &Look) -> String {
        written(|out| show(out, records, look).unwrap())
    }

    const BLOCK: &str = "\
ref      msgq:42
qbytes   16384 (16K)
cbytes   5
stime    -
writers  none
mode     0640
readers
   PID  COMMAND
     7  cat
  1234  a \\u{202e}\\x0a
";

    #[test]
    fn a_block_an_object() {
        assert_eq!(shown(&[queue()], &Look::default()), BLOCK);
        assert_eq!(shown(&[queue(), queue()], &Look::default()), format!("{BLOCK}\n{BLOCK}"));
        let exact = shown(&[queue()], &Look { exact_bytes: true, ..Look::default() });
        assert_eq!(exact, BLOCK.replace(" (16K)", ""));
    }

    #[test]
    fn other_formats_hold_the_lists() {
        let json = shown(&[queue()], &Look { format: Format::Json, ..Look::default() });
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value[0]["readers"][1]["command"], "a \u{202e}\n");
        assert_eq!(value[0]["writers"], serde_json::json!([]));
    }

    fn bare(name: &str) -> Result<String, Fault> {
        fields(&[queue(), queue()], name).map(|out| String::from_utf8(out).unwrap())
    }

    #[test]
    fn bare_values() {
        assert_eq!(bare("qbytes").unwrap(), "16384\n16384\n");
        assert_eq!(bare("STIME").unwrap(), "\n\n");
        assert_eq!(bare("readers.command").unwrap(), "cat\na \\u{202e}\\x0a\ncat\na \\u{202e}\\x0a\n");
        assert_eq!(bare("writers.pid").unwrap(), "");
        let line = bare("readers").unwrap();
        let list: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
        assert_eq!(list[1]["command"], "a \u{202e}\n");
    }

    #[test]
    fn fields_that_are_not_there() {
        assert_eq!(bare("qbyte").unwrap_err().to_string(), "no field 'qbyte': the nearest is qbytes");
        assert_eq!(bare("readers.pod").unwrap_err().hint_line(), Some("the fields are pid, command"));
        assert_eq!(bare("mode.x").unwrap_err().to_string(), "the field mode is no list");
    }
}
