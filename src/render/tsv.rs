//! Tab-separated values: one line of names, then one line a record.
//!
//! Values are exact (sizes in bytes, times in RFC 3339) and text has the escapes of [`super::safe`], so that no value
//! holds a tab or a newline. An empty value is an absent one, or empty text.

use super::Cell;
use super::text::Dress;

/// Append the line of names.
pub(super) fn push_names(out: &mut Vec<u8>, names: &[&'static str]) {
    out.extend_from_slice(names.join("\t").as_bytes());
    out.push(b'\n');
}

/// Append one record's line.
pub(super) fn push_line(out: &mut Vec<u8>, cells: impl Iterator<Item = Cell>, dress: &mut Dress) {
    let start = out.len();
    cells.for_each(|cell| {
        dress.push_exact(out, &cell);
        out.push(b'\t');
    });
    // The last tab is one too many.
    out.truncate(out.len().saturating_sub(1).max(start));
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Look, Phrase, Record};

    #[test]
    fn a_value_never_breaks_its_line() {
        let mut out = Vec::new();
        push_names(&mut out, &["name", "size", "time", "use", "user", "list"]);
        let nested = Record { fields: vec![("command", Cell::text("a\tb"))] };
        let cells = [
            Cell::text("a\tb\\\nc"),
            Cell::Bytes(65_536),
            Cell::Absent,
            Cell::Phrase(&Phrase { before: "", after: " messages" }, 3),
            Cell::Shared(b"\t".as_slice().into()),
            Cell::Records(vec![nested]),
        ];
        push_line(&mut out, cells.into_iter(), &mut Dress::new(&Look::default()));
        let expected = "name\tsize\ttime\tuse\tuser\tlist\na\\x09b\\\\\\x0ac\t65536\t\t3 messages\t\\x09\t[{\"command\":\"a\\tb\"}]\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
