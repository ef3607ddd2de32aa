//! A table of text and the forms in which it can be written.

use unicode_width::UnicodeWidthChar;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Padded columns.
    List,
    /// `NAME="value"` beside each other.
    Export,
    /// `NAME="value"` below each other.
    Newline,
    /// Words.
    Raw,
    Json,
}

/// One column: its heading, and the side that its cells stand on.
#[derive(Debug, Clone)]
pub struct Heading {
    pub name: String,
    /// How much of the column's width it asks for: a name made for the shell may stand out.
    pub width: usize,
    pub right: bool,
}

/// A cell; an empty one is null in JSON.
pub type Cell = Vec<u8>;

/// Headings and rows of as many cells.
pub struct Table {
    pub headings: Vec<Heading>,
    pub rows: Vec<Vec<Cell>>,
    /// The name in JSON of a table that has rows.
    pub name: &'static str,
    /// Whether the headings are shown.
    pub headed: bool,
}

impl Table {
    /// Writes the table; one without rows is nothing, but in JSON.
    pub fn write(&self, out: &mut Vec<u8>, form: Form) {
        match form {
            Form::Json => self.json(out),
            _ if self.rows.is_empty() => {}
            Form::List => self.list(out),
            Form::Export => self.pairs(out, b' '),
            Form::Newline => self.pairs(out, b'\n'),
            Form::Raw => self.raw(out),
        }
    }

    fn list(&self, out: &mut Vec<u8>) {
        let wide = is_utf8();
        let safe = |cell: &[u8]| terminal_safe(cell, wide);
        let headings: Vec<_> = self.headings.iter().map(|heading| safe(heading.name.as_bytes())).collect();
        let rows: Vec<Vec<_>> =
            self.rows.iter().map(|row| row.iter().map(|cell| safe(cell)).collect()).collect();
        let mut widths: Vec<usize> = self.headings.iter().map(|heading| heading.width).collect();
        for row in &rows {
            for (width, (_, cell)) in widths.iter_mut().zip(row) {
                *width = (*width).max(*cell);
            }
        }
        let heading = self.headed.then_some(&headings);
        for row in heading.into_iter().chain(&rows) {
            self.line(out, row, &widths);
        }
    }

    /// One line: blanks after its last cell are left out, and before it if it is empty.
    fn line(&self, out: &mut Vec<u8>, row: &[(Vec<u8>, usize)], widths: &[usize]) {
        let last = row.len().saturating_sub(1);
        for (place, ((cell, used), width)) in row.iter().zip(widths).enumerate() {
            let blanks = width.saturating_sub(*used);
            let right = self.headings[place].right;
            if right && !(place == last && cell.is_empty()) {
                out.resize(out.len() + blanks, b' ');
            }
            out.extend_from_slice(cell);
            if place < last {
                out.resize(out.len() + if right { 1 } else { blanks + 1 }, b' ');
            }
        }
        out.push(b'\n');
    }

    fn pairs(&self, out: &mut Vec<u8>, between: u8) {
        for row in &self.rows {
            for (place, (heading, cell)) in self.headings.iter().zip(row).enumerate() {
                if place > 0 {
                    out.push(between);
                }
                out.extend_from_slice(heading.name.as_bytes());
                out.extend_from_slice(b"=\"");
                escape(out, cell, |byte| b"\"\\$`".contains(&byte) || !(b' '..=b'~').contains(&byte));
                out.push(b'"');
            }
            out.push(b'\n');
        }
    }

    fn raw(&self, out: &mut Vec<u8>) {
        let names: Vec<Cell> =
            self.headings.iter().map(|heading| heading.name.clone().into_bytes()).collect();
        let heading = self.headed.then_some(&names);
        for row in heading.into_iter().chain(&self.rows) {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    out.push(b' ');
                }
                escape(out, cell, |byte| byte == b'\\' || !(b'!'..=b'~').contains(&byte));
            }
            out.push(b'\n');
        }
    }

    fn json(&self, out: &mut Vec<u8>) {
        // Of the tables without rows, as these programs have it, only that of sets keeps its name.
        let name = if self.rows.is_empty() && self.name != "semaphores" { "" } else { self.name };
        out.extend_from_slice(b"{\n   ");
        quote(out, name.as_bytes());
        out.extend_from_slice(b": [\n");
        for (place, row) in self.rows.iter().enumerate() {
            out.extend_from_slice(if place == 0 { b"      {\n" } else { b",{\n" });
            for (at, (heading, cell)) in self.headings.iter().zip(row).enumerate() {
                out.extend_from_slice(if at == 0 { b"         " } else { b",\n         " });
                quote(out, heading.name.to_ascii_lowercase().as_bytes());
                out.extend_from_slice(b": ");
                match cell.is_empty() {
                    true => out.extend_from_slice(b"null"),
                    false => quote(out, cell),
                }
            }
            out.extend_from_slice(b"\n      }");
        }
        out.extend_from_slice(b"\n   ]\n}\n");
    }
}

/// Whether the locale's characters are UTF-8: the first of the three variables that is set and not empty tells.
fn is_utf8() -> bool {
    let named =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(std::env::var_os).find(|value| !value.is_empty());
    let name = named.unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.ends_with("utf-8") || name.ends_with("utf8")
}

/// A cell as a terminal can show it, and its width: what is not printable becomes `\xHH`.
fn terminal_safe(cell: &[u8], wide: bool) -> (Vec<u8>, usize) {
    if cell.iter().all(|byte| (b' '..=b'~').contains(byte) && *byte != b'\\') {
        return (cell.to_vec(), cell.len());
    }
    let (mut text, mut width) = (Vec::with_capacity(cell.len()), 0);
    for chunk in cell.utf8_chunks() {
        let mut characters = chunk.valid().char_indices();
        while let Some((at, character)) = characters.next() {
            let bytes = &chunk.valid().as_bytes()[at..at + character.len_utf8()];
            let followed_by_x = characters.as_str().starts_with('x');
            let printable = match character {
                '\\' => !followed_by_x,
                ' '..='~' => true,
                '\u{2028}' | '\u{2029}' => false,
                _ => wide && !character.is_ascii() && !character.is_control(),
            };
            if printable {
                text.extend_from_slice(bytes);
                width += character.width().unwrap_or(0);
            } else {
                width += 4 * bytes.len();
                escape(&mut text, bytes, |_| true);
            }
        }
        width += 4 * chunk.invalid().len();
        escape(&mut text, chunk.invalid(), |_| true);
    }
    (text, width)
}

/// The bytes, those that must not stand as they are as `\xHH`.
fn escape(out: &mut Vec<u8>, bytes: &[u8], must: impl Fn(u8) -> bool) {
    for byte in bytes {
        if must(*byte) {
            let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
            out.extend_from_slice(&[b'\\', b'x', digit(byte >> 4), digit(byte & 15)]);
        } else {
            out.push(*byte);
        }
    }
}

/// A JSON string; bytes that are no UTF-8 stay as they are.
fn quote(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..=31 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}
