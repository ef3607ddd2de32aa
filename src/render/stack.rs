//! The columns of a table: what their cells need, how they share the screen, and a row set in them.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use super::Cell;

/// Blanks between two columns.
pub(super) const GAP: usize = 2;
/// What a text column is never cut below, so that something of it remains to be read.
const LEAST: usize = 8;

/// What is known of a column from its cells.
pub(super) struct Stack {
    pub(super) heading: String,
    /// The widest of heading and cells.
    pub(super) width: usize,
    /// It holds at least one value of this sort.
    numbers: bool,
    texts: bool,
    others: bool,
    /// A reference is cut last: cut, it cannot be typed back.
    precious: bool,
}

impl Stack {
    pub(super) fn new(name: &str, headed: bool) -> Stack {
        let heading = name.to_uppercase();
        let width = if headed { heading.width() } else { 0 };
        Stack { heading, width, numbers: false, texts: false, others: false, precious: name == "ref" }
    }

    /// Take note of a cell and the text that shows it.
    pub(super) fn note(&mut self, cell: &Cell, shown: &[u8]) {
        let wide = if matches!(cell, Cell::Text(_) | Cell::Safe(_) | Cell::Shared(_)) {
            width(shown)
        } else {
            shown.len()
        };
        self.width = self.width.max(wide);
        match cell {
            Cell::Absent | Cell::Inapplicable => {}
            _ if cell.is_number() => self.numbers = true,
            _ if cell.is_text() => self.texts = true,
            _ => self.others = true,
        }
    }

    /// `cell`, or as much of it as the column has room for and `…`.
    pub(super) fn shorten<'c>(&self, cell: &'c str) -> Cow<'c, str> {
        if width(cell.as_bytes()) <= self.width {
            return Cow::Borrowed(cell);
        }
        let (shown, _) = cut(cell.as_bytes(), self.width);
        Cow::Owned(format!("{}…", String::from_utf8_lossy(shown)))
    }

    /// Whether its cells stand to the right.
    pub(super) fn is_right(&self) -> bool {
        self.numbers && !self.texts && !self.others
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

/// Append a row of cells that are ASCII, none of them to be cut.
pub(super) fn push_plain(block: &mut Vec<u8>, columns: &[Stack], cells: &[&[u8]]) {
    let line: usize = columns.iter().map(|stack| stack.width + GAP).sum();
    let (mut left, mut end) = (block.len(), 0);
    block.resize(left + line, b' ');
    for (stack, cell) in columns.iter().zip(cells) {
        let start = if stack.is_right() { left + stack.width - cell.len() } else { left };
        block[start..start + cell.len()].copy_from_slice(cell);
        (left, end) = (left + stack.width + GAP, start + cell.len());
    }
    block.truncate(end);
}

/// As [`push_plain`] for any text: every cell is measured, and cut where it is too wide.
pub(super) fn push_measured(block: &mut Vec<u8>, columns: &[Stack], cells: &[&[u8]]) {
    for (index, (stack, cell)) in columns.iter().zip(cells).enumerate() {
        push_cell(block, cell, stack, index + 1 == cells.len());
    }
}

pub(super) fn push_cell(block: &mut Vec<u8>, cell: &[u8], stack: &Stack, last: bool) {
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

/// Make the columns fit `limit` by cutting the widest text column, then the next; references last. Whether any is cut.
pub(super) fn fit(columns: &mut [Stack], limit: usize) -> bool {
    let total: usize = columns.iter().map(|stack| stack.width + GAP).sum();
    let before = total.saturating_sub(GAP).saturating_sub(limit);
    let mut excess = before;
    while excess > 0 {
        let cuttable = columns.iter_mut().filter(|stack| stack.texts && stack.width > least(stack));
        let Some(widest) = cuttable.max_by_key(|stack| (!stack.precious, stack.width)) else { break };
        let taken = excess.min(widest.width - least(widest));
        widest.width -= taken;
        excess -= taken;
    }
    excess < before
}

fn least(stack: &Stack) -> usize {
    LEAST.max(stack.heading.width())
}
