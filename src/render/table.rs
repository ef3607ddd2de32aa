//! A table: columns with two blanks between them, no borders, numbers to the right, never a blank at a line's end.
//!
//! Cells are laid down as text in one buffer as they come and written when all widths are known. A cell costs its text and
//! four bytes, so that tens of thousands of rows need no second computing of them and little memory.

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::text::Dress;
use super::{Cell, Look};

const GAP: usize = 2;
const BLOCK: usize = 64 * 1024;
/// What a text column is never cut below, so that something of it remains to be read.
const LEAST: usize = 8;

/// The rows so far, as text.
pub(super) struct Table {
    columns: Vec<Stack>,
    text: Vec<u8>,
    /// The length of each cell's text, row by row.
    lengths: Vec<u32>,
    dress: Dress,
}

/// What is known of a column from its cells.
struct Stack {
    heading: String,
    width: usize,
    /// It holds at least one value of this sort.
    numbers: bool,
    texts: bool,
    others: bool,
    /// A reference is cut last: cut, it cannot be typed back.
    precious: bool,
}

impl Stack {
    fn new(name: &str, headed: bool) -> Stack {
        let heading = name.to_uppercase();
        let width = if headed { heading.width() } else { 0 };
        Stack { heading, width, numbers: false, texts: false, others: false, precious: name == "ref" }
    }

    fn is_right(&self) -> bool {
        self.numbers && !self.texts && !self.others
    }
}

impl Table {
    pub(super) fn new(names: &[&'static str], look: &Look) -> Table {
        let columns = names.iter().map(|name| Stack::new(name, !look.noheadings)).collect();
        Table { columns, text: Vec::new(), lengths: Vec::new(), dress: Dress::new(look) }
    }

    /// Lay down one row. There is one cell for each column; what is more is not shown, what is missing is absent.
    pub(super) fn row(&mut self, mut cells: impl Iterator<Item = Cell>) {
        for stack in &mut self.columns {
            let cell = cells.next().unwrap_or(Cell::Absent);
            let start = self.text.len();
            self.dress.push_shown(&mut self.text, &cell);
            let shown = &self.text[start..];
            stack.width = stack.width.max(width(shown));
            match cell {
                Cell::Absent | Cell::Inapplicable => {}
                _ if cell.is_number() => stack.numbers = true,
                _ if cell.is_text() => stack.texts = true,
                _ => stack.others = true,
            }
            self.lengths.push(u32::try_from(shown.len()).unwrap_or(u32::MAX));
        }
    }

    /// Write heading and rows, each line behind `indent` blanks.
    ///
    /// # Errors
    /// What `out` answered.
    pub(super) fn write(mut self, out: &mut dyn Write, look: &Look, indent: usize) -> io::Result<()> {
        if let Some(limit) = look.width {
            fit(&mut self.columns, limit.saturating_sub(indent));
        }
        let mut block = Vec::with_capacity(BLOCK.min(2 * self.text.len() + 1024));
        if !look.noheadings && !self.columns.is_empty() {
            self.push_heading(&mut block, look.colour, indent);
        }
        let mut text = self.text.as_slice();
        for lengths in self.lengths.chunks_exact(self.columns.len().max(1)) {
            block.resize(block.len() + indent, b' ');
            for (index, (stack, length)) in self.columns.iter().zip(lengths).enumerate() {
                let (cell, rest) = text.split_at(*length as usize);
                text = rest;
                push_cell(&mut block, cell, stack, index + 1 == lengths.len());
            }
            block.push(b'\n');
            if block.len() >= BLOCK {
                out.write_all(&block)?;
                block.clear();
            }
        }
        out.write_all(&block)
    }

    fn push_heading(&self, block: &mut Vec<u8>, bold: bool, indent: usize) {
        let style = if bold { Style::new().bold() } else { Style::new() };
        block.resize(block.len() + indent, b' ');
        block.extend_from_slice(style.render().to_string().as_bytes());
        for (index, stack) in self.columns.iter().enumerate() {
            push_cell(block, stack.heading.as_bytes(), stack, index + 1 == self.columns.len());
        }
        block.extend_from_slice(style.render_reset().to_string().as_bytes());
        block.push(b'\n');
    }
}

/// Columns that `text`, which is safe UTF-8, takes on a screen.
pub(super) fn width(text: &[u8]) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        std::str::from_utf8(text).map_or(text.len(), UnicodeWidthStr::width)
    }
}

fn push_cell(block: &mut Vec<u8>, cell: &[u8], stack: &Stack, last: bool) {
    let wide = width(cell);
    let (shown, wide) = if wide > stack.width { cut(cell, stack.width) } else { (cell, wide) };
    let padding = stack.width - wide;
    if stack.is_right() {
        block.resize(block.len() + padding, b' ');
    }
    block.extend_from_slice(shown);
    if shown.len() < cell.len() {
        block.extend_from_slice("…".as_bytes());
    }
    if !last {
        let behind = if stack.is_right() { GAP } else { padding + GAP };
        block.resize(block.len() + behind, b' ');
    }
}

/// The start of `text` that leaves room for `…` within `limit`, and the width of both.
fn cut(text: &[u8], limit: usize) -> (&[u8], usize) {
    let text = std::str::from_utf8(text).unwrap_or_default();
    let room = limit.saturating_sub(1);
    let (mut end, mut wide) = (0, 0);
    for (start, character) in text.char_indices() {
        let next = start + character.len_utf8();
        let with = text[..next].width();
        if with > room {
            break;
        }
        (end, wide) = (next, with);
    }
    (&text.as_bytes()[..end], wide + 1)
}

/// Make the columns fit `limit` by cutting the widest text column, then the next; references last.
fn fit(columns: &mut [Stack], limit: usize) {
    let total: usize = columns.iter().map(|stack| stack.width + GAP).sum();
    let mut excess = total.saturating_sub(GAP).saturating_sub(limit);
    while excess > 0 {
        let cuttable = columns.iter_mut().filter(|stack| stack.texts && stack.width > least(stack));
        let Some(widest) = cuttable.max_by_key(|stack| (!stack.precious, stack.width)) else { return };
        let taken = excess.min(widest.width - least(widest));
        widest.width -= taken;
        excess -= taken;
    }
}

fn least(stack: &Stack) -> usize {
    LEAST.max(stack.heading.width())
}
