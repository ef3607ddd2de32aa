//! Rows of a table laid down as text, to be written when all widths are known. A cell costs its text and a byte, and only the
//! byte where it is the same as the one above.

use std::io;
use std::ops::Range;

use super::Cell;
use super::stack::Stack;
use super::text::Dress;

/// What a page has room for.
const TEXT: usize = 64 * 1024;
/// Cells of a listing have about four bytes that are their own.
const CELLS: usize = TEXT / 4;

/// Some rows. One long text would be moved each time it grows, and touch every page of memory twice.
#[derive(Default)]
pub(super) struct Page {
    /// The text of each cell that is not the same as the one above it.
    text: Vec<u8>,
    /// A byte for each cell, row by row: how long its text is, or [`AS_ABOVE`] or [`LONG`].
    marks: Vec<u8>,
    /// Where in the text each column's last cell stands.
    above: Vec<Range<usize>>,
}

/// What comes next in a [`Page`].
pub(super) enum Step<'p> {
    /// The text of a cell that is not the same as the one above it, and its column.
    New(usize, &'p [u8]),
    /// The end of a row.
    End,
}

/// The cell's text is that of the cell above it: most cells of a long listing are.
const AS_ABOVE: u8 = 255;
/// The cell's length stands before its text.
const LONG: u8 = 254;

impl Page {
    pub(super) fn new(columns: usize) -> Page {
        Page {
            text: Vec::with_capacity(TEXT),
            marks: Vec::with_capacity(CELLS + columns),
            above: Vec::with_capacity(columns),
        }
    }

    pub(super) fn lay(&mut self, column: usize, stack: &mut Stack, dress: &mut Dress, cell: &Cell) {
        let start = self.text.len();
        dress.push_shown(&mut self.text, cell);
        let shown = &self.text[start..];
        stack.note(cell, shown);
        if self.above.get(column).is_some_and(|above| self.text[above.clone()] == *shown) {
            self.text.truncate(start);
            self.marks.push(AS_ABOVE);
            return;
        }
        let place = self.mark(start);
        match self.above.get_mut(column) {
            Some(above) => *above = place,
            None => self.above.push(place),
        }
    }

    /// Notes the length of the cell at the end of the text; where it stands then.
    fn mark(&mut self, start: usize) -> Range<usize> {
        let length = self.text.len() - start;
        match u8::try_from(length) {
            Ok(mark) if mark < LONG => {
                self.marks.push(mark);
                start..start + length
            }
            _ => {
                self.marks.push(LONG);
                let told = length.to_ne_bytes();
                self.text.splice(start..start, told);
                start + told.len()..start + told.len() + length
            }
        }
    }

    /// Lays a cell that is the same as the one above it.
    pub(super) fn lay_again(&mut self) {
        self.marks.push(AS_ABOVE);
    }

    /// How many cells it has.
    pub(super) fn cells(&self) -> usize {
        self.marks.len()
    }

    /// Whether each byte of it is a column on a screen.
    pub(super) fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// Walks through its rows of so many columns, cell by cell.
    pub(super) fn walk<'p>(
        &'p self,
        columns: usize,
        mut step: impl FnMut(Step<'p>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut rest = self.text.as_slice();
        for marks in self.marks.chunks_exact(columns.max(1)) {
            for (column, mark) in marks.iter().enumerate() {
                let length = match *mark {
                    AS_ABOVE => continue,
                    LONG => rest.split_off(..size_of::<usize>()).map_or(0, in_bytes),
                    length => usize::from(length),
                };
                step(Step::New(column, rest.split_off(..length).unwrap_or_default()))?;
            }
            step(Step::End)?;
        }
        Ok(())
    }

    /// Hands on its rows, a text for each of so many columns.
    pub(super) fn each_row<'p>(
        &'p self,
        columns: usize,
        mut row: impl FnMut(&[&'p [u8]]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut cells: Vec<&[u8]> = vec![b""; columns];
        self.walk(columns, |step| match step {
            Step::New(column, cell) => {
                cells[column] = cell;
                Ok(())
            }
            Step::End => row(&cells),
        })
    }

    pub(super) fn is_full(&self) -> bool {
        self.text.len() > TEXT - TEXT / 16 || self.marks.len() >= CELLS
    }
}

/// A length as [`Page::mark`] wrote it.
fn in_bytes(bytes: &[u8]) -> usize {
    bytes.first_chunk().map_or(0, |bytes| usize::from_ne_bytes(*bytes))
}
