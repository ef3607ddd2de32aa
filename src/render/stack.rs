//! The columns of a table: what their cells need, how they share the screen, and a row set in them.

use std::borrow::Cow;
use std::cmp::Reverse;

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
    /// References: cut, one cannot be typed back. It is never cut; a row whose reference is wider than the column runs over.
    precious: bool,
    /// There is such a row.
    pub(super) runs_over: bool,
}

impl Stack {
    pub(super) fn new(name: &str, headed: bool) -> Stack {
        let heading = name.to_uppercase();
        let width = if headed { heading.width() } else { 0 };
        let precious = name == "ref";
        Stack { heading, width, numbers: false, texts: false, others: false, precious, runs_over: false }
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

    /// Take note of what is known of the same column from other cells.
    pub(super) fn join(&mut self, other: &Stack) {
        self.width = self.width.max(other.width);
        self.numbers |= other.numbers;
        self.texts |= other.texts;
        self.others |= other.others;
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

/// A line of ASCII cells, none of them to be cut. It is kept from row to row: only what is not the same is set anew.
pub(super) struct Line<'s> {
    columns: &'s [Stack],
    /// Where each column begins.
    starts: Vec<usize>,
    text: Vec<u8>,
    /// Behind the last cell.
    end: usize,
}

impl<'s> Line<'s> {
    pub(super) fn new(columns: &'s [Stack]) -> Line<'s> {
        let mut length = 0;
        let mut next = |stack: &Stack| {
            let start = length;
            length += stack.width + GAP;
            start
        };
        let starts = columns.iter().map(&mut next).collect();
        Line { columns, starts, text: vec![b' '; length], end: 0 }
    }

    /// Sets a cell anew.
    pub(super) fn set(&mut self, column: usize, cell: &[u8]) {
        let (Some(stack), Some(start)) = (self.columns.get(column), self.starts.get(column)) else { return };
        let place = &mut self.text[*start..*start + stack.width];
        let (left, right) = match stack.width - cell.len() {
            padding if stack.is_right() => (padding, 0),
            padding => (0, padding),
        };
        place[..left].fill(b' ');
        place[left..left + cell.len()].copy_from_slice(cell);
        place[left + cell.len()..].fill(b' ');
        if column + 1 == self.columns.len() {
            self.end = start + stack.width - right;
        }
    }

    /// The whole line, without blanks at its end.
    pub(super) fn text(&self) -> &[u8] {
        &self.text[..self.end]
    }
}

/// Append a row of cells of any text: every cell is measured, and cut where it is too wide.
pub(super) fn push_measured(block: &mut Vec<u8>, columns: &[Stack], cells: &[&[u8]]) {
    for (index, (stack, cell)) in columns.iter().zip(cells).enumerate() {
        push_cell(block, cell, stack, index + 1 == cells.len());
    }
}

pub(super) fn push_cell(block: &mut Vec<u8>, cell: &[u8], stack: &Stack, last: bool) {
    let wide = width(cell);
    let (shown, wide) = match wide > stack.width && !stack.precious {
        true => cut(cell, stack.width),
        false => (cell, wide),
    };
    let padding = stack.width.saturating_sub(wide);
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

/// Make the columns fit `limit` by cutting the widest text column, as far as to the next, then both; then the room of
/// references, which run over where they do not fit in. Whether any is not as wide as its cells.
pub(super) fn fit(columns: &mut [Stack], limit: usize) -> bool {
    let total: usize = columns.iter().map(|stack| stack.width + GAP).sum();
    let before = total.saturating_sub(GAP).saturating_sub(limit);
    let mut excess = before;
    while excess > 0 {
        let mut cuttable: Vec<&mut Stack> =
            columns.iter_mut().filter(|stack| stack.texts && stack.width > least(stack)).collect();
        cuttable.sort_by_key(|stack| (stack.precious, Reverse(stack.width)));
        let next = cuttable.get(1).filter(|next| !next.precious).map_or(0, |next| next.width);
        let Some(widest) = cuttable.first_mut() else { break };
        let most = widest.width - least(widest);
        let taken = excess.min(most).min(widest.width.saturating_sub(next).max(1));
        widest.width -= taken;
        widest.runs_over = widest.precious;
        excess -= taken;
    }
    excess < before
}

fn least(stack: &Stack) -> usize {
    LEAST.max(stack.heading.width())
}
