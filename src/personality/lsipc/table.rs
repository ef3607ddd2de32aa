//! A table of text and the forms in which it can be written.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

use super::locale;
use crate::personality::voice::Voice;

mod fit;
mod json;

pub use fit::Fit;
use fit::fit;

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
    /// What becomes of long cells on a terminal.
    pub fit: Fit,
}

/// Headings, and rows of as many cells: all text in one piece, as there may be 30,000 rows.
pub struct Table {
    headings: Vec<Heading>,
    /// The name in JSON of a table that has rows.
    name: &'static str,
    /// Whether the headings are shown.
    headed: bool,
    /// The cells' bytes, one behind the other, row by row.
    text: Vec<u8>,
    /// Where each cell ends in them.
    ends: Vec<usize>,
}

/// A cell as a terminal can show it, and how many columns it takes there.
type Shown<'a> = (Cow<'a, [u8]>, usize);

/// One row's cells; an empty one is null in JSON.
struct Row<'a> {
    text: &'a [u8],
    start: usize,
    ends: &'a [usize],
}

impl<'a> Iterator for Row<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (end, rest) = self.ends.split_first()?;
        let cell = self.text.get(self.start..*end);
        (self.start, self.ends) = (*end, rest);
        cell
    }
}

impl Table {
    /// A table without rows yet.
    pub fn new(name: &'static str, headings: Vec<Heading>, headed: bool) -> Table {
        Table { headings, name, headed, text: Vec::new(), ends: Vec::new() }
    }

    /// The next cell, row by row: what `push` appends.
    pub fn cell(&mut self, push: impl FnOnce(&mut Vec<u8>)) {
        push(&mut self.text);
        self.ends.push(self.text.len());
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let mut start = 0;
        self.ends.chunks_exact(self.headings.len().max(1)).map(move |ends| {
            let row = Row { text: &self.text, start, ends };
            start = ends.last().copied().unwrap_or(start);
            row
        })
    }

    /// Writes the table; one without rows is nothing, but in JSON.
    pub fn write(&self, voice: &mut Voice, form: Form) {
        match form {
            Form::Json => self.json(voice),
            _ if self.ends.is_empty() => {}
            Form::List => self.list(voice),
            Form::Export => self.pairs(voice, b' '),
            Form::Newline => self.pairs(voice, b'\n'),
            Form::Raw => self.raw(voice),
        }
    }

    fn list(&self, voice: &mut Voice) {
        // Nearly every table is of plain letters: then a cell is shown as it is, and as wide as it is long.
        let plain = is_plain(&self.text);
        let wide = !plain && locale::is_utf8();
        let safe: for<'a> fn(&'a [u8], bool) -> Shown<'a> =
            if plain { |cell, _| (Cow::Borrowed(cell), cell.len()) } else { terminal_safe };
        let mut widths: Vec<usize> = self.headings.iter().map(|heading| heading.width).collect();
        for row in self.rows() {
            for (most, cell) in widths.iter_mut().zip(row) {
                *most = (*most).max(safe(cell, wide).1);
            }
        }
        fit(&mut widths, &self.headings, |place| self.average(place));
        if self.headed {
            let names = self.headings.iter().map(|heading| terminal_safe(heading.name.as_bytes(), wide));
            self.line(&mut voice.out, names, &widths);
        }
        for row in self.rows() {
            self.line(&mut voice.out, row.map(|cell| safe(cell, wide)), &widths);
            voice.spill();
        }
    }

    /// The average length of a column's cells.
    fn average(&self, place: usize) -> usize {
        let lengths = self.rows().filter_map(|mut row| row.nth(place)).map(<[u8]>::len);
        lengths.sum::<usize>() / self.rows().count().max(1)
    }

    /// One line: blanks after its last cell are left out, and before it if it is empty.
    fn line<'a>(&self, out: &mut Vec<u8>, row: impl Iterator<Item = Shown<'a>>, widths: &[usize]) {
        let last = self.headings.len().saturating_sub(1);
        for (place, (shown, (heading, width))) in row.zip(self.headings.iter().zip(widths)).enumerate() {
            let too_long = shown.1 > *width;
            let (cell, used) =
                if heading.fit == Fit::Cut && too_long { shortened(shown, *width) } else { shown };
            let blanks = width.saturating_sub(used);
            if heading.right && !(place == last && cell.is_empty()) {
                out.resize(out.len() + blanks, b' ');
            }
            out.extend_from_slice(&cell);
            if place < last && heading.fit == Fit::Spill && too_long {
                out.push(b'\n');
                out.resize(out.len() + widths[..=place].iter().map(|width| width + 1).sum::<usize>(), b' ');
            } else if place < last {
                out.resize(out.len() + if heading.right { 1 } else { blanks + 1 }, b' ');
            }
        }
        out.push(b'\n');
    }

    fn pairs(&self, voice: &mut Voice, between: u8) {
        for row in self.rows() {
            let out = &mut voice.out;
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
            voice.spill();
        }
    }

    fn raw(&self, voice: &mut Voice) {
        if self.headed {
            raw_line(&mut voice.out, self.headings.iter().map(|heading| heading.name.as_bytes()));
        }
        for row in self.rows() {
            raw_line(&mut voice.out, row);
            voice.spill();
        }
    }
}

/// The beginning of a cell that fits, and its width.
fn shortened((cell, _): Shown<'_>, width: usize) -> Shown<'_> {
    let (mut end, mut used) = (0, 0);
    for chunk in cell.utf8_chunks() {
        for character in chunk.valid().chars() {
            let with = used + character.width().unwrap_or(0);
            if with > width {
                return (Cow::Owned(cell[..end].to_vec()), used);
            }
            (end, used) = (end + character.len_utf8(), with);
        }
    }
    (Cow::Owned(cell[..end].to_vec()), used)
}

fn raw_line<'a>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'a [u8]>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(b' ');
        }
        escape(out, cell, |byte| byte == b'\\' || !(b'!'..=b'~').contains(&byte));
    }
    out.push(b'\n');
}

/// Whether each byte is a character that every terminal shows, and no backslash.
fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| (b' '..=b'~').contains(byte) && *byte != b'\\')
}

/// A cell as a terminal can show it, and its width: what is not printable becomes `\xHH`.
fn terminal_safe(cell: &[u8], wide: bool) -> Shown<'_> {
    if is_plain(cell) {
        return (Cow::Borrowed(cell), cell.len());
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
    (Cow::Owned(text), width)
}

/// The bytes, those that must not stand as they are as `\xHH`.
fn escape(out: &mut Vec<u8>, bytes: &[u8], must: impl Fn(u8) -> bool) {
    for part in bytes.split_inclusive(|byte| must(*byte)) {
        match part.split_last() {
            Some((byte, before)) if must(*byte) => {
                let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
                out.extend_from_slice(before);
                out.extend_from_slice(&[b'\\', b'x', digit(byte >> 4), digit(byte & 15)]);
            }
            _ => out.extend_from_slice(part),
        }
    }
}
