//! A table: columns with two blanks between them, no borders, numbers to the right, never a blank at a line's end.
//!
//! Cells are laid down as text on [`Page`]s as they come and written when all widths are known, so that tens of thousands of
//! rows need no second computing of them and little memory. What a person looks at is set by [`screen`]; the rest leaves in
//! blocks and looks the same.

use std::io::{self, Write};
use std::mem;

use anstyle::Style;

use super::page::{Page, Step};
use super::stack::{Line, Stack, fit, push_cell, push_measured};
use super::text::Dress;
use super::{Cell, Look, screen};

const BLOCK: usize = 64 * 1024;

/// The rows so far, as text.
pub(super) struct Table {
    columns: Vec<Stack>,
    /// The last one is being filled.
    pages: Vec<Page>,
    /// The last row, as far as it is on the last page.
    above: Vec<Cell>,
    dress: Dress,
}

/// Rows of a table, which any thread may have laid.
pub(super) struct Laid {
    columns: Vec<Stack>,
    pages: Vec<Page>,
}

impl Table {
    pub(super) fn new(names: &[&'static str], look: &Look) -> Table {
        let columns = names.iter().map(|name| Stack::new(name, !look.noheadings)).collect();
        let above = Vec::with_capacity(names.len());
        Table { columns, pages: vec![Page::default()], above, dress: Dress::new(look) }
    }

    /// A table whose rows are to be joined to those of another.
    pub(super) fn part(names: &[&'static str], look: &Look) -> Table {
        Table { pages: Vec::new(), ..Table::new(names, look) }
    }

    /// Its rows.
    pub(super) fn laid(self) -> Laid {
        Laid { columns: self.columns, pages: self.pages }
    }

    /// Puts the rows of another table with the same columns behind its own.
    pub(super) fn join(&mut self, mut other: Laid) {
        self.columns.iter_mut().zip(&other.columns).for_each(|(stack, other)| stack.join(other));
        self.pages.append(&mut other.pages);
        self.above.clear();
    }

    /// Lay down one row. There is one cell for each column; what is more is not shown, what is missing is absent.
    pub(super) fn row(&mut self, cells: impl Iterator<Item = Cell>) {
        if self.pages.last().is_none_or(Page::is_full) {
            self.pages.push(Page::new(self.columns.len()));
            self.above.clear();
        }
        let mut column = 0;
        // Not a `for` loop: it would move every cell once more, which costs a third of a long listing.
        cells.for_each(|mut cell| {
            self.lay(column, &mut cell);
            column += 1;
        });
        (column..self.columns.len()).for_each(|column| self.lay(column, &mut Cell::Absent));
    }

    /// Lays one cell, and may keep it.
    fn lay(&mut self, column: usize, cell: &mut Cell) {
        let (Some(page), Some(stack)) = (self.pages.last_mut(), self.columns.get_mut(column)) else { return };
        match self.above.get_mut(column) {
            // The column has been told of it.
            Some(above) if above == cell => page.lay_again(),
            above => {
                page.lay(column, stack, &mut self.dress, cell);
                match above {
                    Some(above) => mem::swap(above, cell),
                    None => self.above.push(mem::replace(cell, Cell::Absent)),
                }
            }
        }
    }

    /// Write heading and rows, each line behind `indent` blanks.
    ///
    /// # Errors
    /// What `out` answered.
    pub(super) fn write(mut self, out: &mut dyn Write, look: &Look, indent: usize) -> io::Result<()> {
        let cut = look.width.is_some_and(|limit| fit(&mut self.columns, limit.saturating_sub(indent)));
        let cells: usize = self.pages.iter().map(|page| page.cells()).sum();
        let runs_over = self.columns.iter().any(|stack| stack.runs_over);
        if look.width.is_some() && !runs_over && cells <= screen::MOST * self.columns.len() {
            self.write_to_screen(out, look, indent)
        } else {
            self.write_in_blocks(out, look, indent, cut)
        }
    }

    fn write_to_screen(&self, out: &mut dyn Write, look: &Look, indent: usize) -> io::Result<()> {
        let heading = self.columns.iter().map(|stack| stack.heading.as_str()).collect();
        let headings = (!look.noheadings).then_some(heading);
        let mut rows: Vec<Vec<&str>> = headings.into_iter().collect();
        for page in &self.pages {
            page.each_row(self.columns.len(), |cells| {
                let texts = cells.iter().map(|cell| std::str::from_utf8(cell).unwrap_or_default());
                rows.push(texts.collect());
                Ok(())
            })?;
        }
        for (place, line) in screen::lines(&self.columns, rows.into_iter()).iter().enumerate() {
            let style = heading_style(look.colour && place == 0 && !look.noheadings);
            writeln!(out, "{:indent$}{style}{line}{style:#}", "")?;
        }
        Ok(())
    }

    fn write_in_blocks(self, out: &mut dyn Write, look: &Look, indent: usize, cut: bool) -> io::Result<()> {
        let mut block = Vec::with_capacity(BLOCK + BLOCK / 16);
        if !look.noheadings && !self.columns.is_empty() {
            self.push_heading(&mut block, look.colour, indent);
        }
        let mut line = Line::new(&self.columns);
        let mut end = |block: &mut Vec<u8>| {
            block.push(b'\n');
            if block.len() >= BLOCK {
                out.write_all(block)?;
                block.clear();
            }
            Ok(())
        };
        for page in self.pages {
            // Where a byte is a column, a line is filled in by position, and only where it is not as the one above.
            if !cut && page.is_ascii() {
                page.walk(self.columns.len(), |step| match step {
                    Step::New(column, cell) => {
                        line.set(column, cell);
                        Ok(())
                    }
                    Step::End => {
                        block.resize(block.len() + indent, b' ');
                        block.extend_from_slice(line.text());
                        end(&mut block)
                    }
                })?;
            } else {
                page.each_row(self.columns.len(), |cells| {
                    block.resize(block.len() + indent, b' ');
                    push_measured(&mut block, &self.columns, cells);
                    end(&mut block)
                })?;
            }
        }
        out.write_all(&block)
    }

    fn push_heading(&self, block: &mut Vec<u8>, bold: bool, indent: usize) {
        let style = heading_style(bold);
        block.resize(block.len() + indent, b' ');
        block.extend_from_slice(style.render().to_string().as_bytes());
        for (index, stack) in self.columns.iter().enumerate() {
            push_cell(block, stack.heading.as_bytes(), stack, index + 1 == self.columns.len());
        }
        block.extend_from_slice(style.render_reset().to_string().as_bytes());
        block.push(b'\n');
    }
}

fn heading_style(bold: bool) -> Style {
    if bold { Style::new().bold() } else { Style::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::safe;
    use crate::render::stack::width;
    use crate::render::written;
    use proptest::prelude::*;

    fn table(names: &[&'static str], rows: &[Vec<Cell>], look: &Look) -> String {
        let mut table = Table::new(names, look);
        rows.iter().for_each(|row| table.row(row.iter().cloned()));
        written(|out| table.write(out, look, 0).unwrap())
    }

    const NAMES: [&str; 4] = ["ref", "path", "size", "state"];

    fn row(reference: &str, path: &str, size: u64) -> Vec<Cell> {
        vec![Cell::text(reference), Cell::text(path), Cell::Bytes(size), Cell::Word("unused")]
    }

    #[test]
    fn columns_are_aligned_and_numbers_are_to_the_right() {
        let rows = [row("shm:0", "/a", 5), vec![Cell::Absent; 4], row("shm:1000", "", 70_000)];
        let expected = "\
REF       PATH  SIZE  STATE
shm:0     /a       5  unused
-         -        -  -
shm:1000  \"\"     69K  unused
";
        assert_eq!(table(&NAMES, &rows, &Look::default()), expected);
        let bare = Look { noheadings: true, exact_bytes: true, ..Look::default() };
        assert_eq!(table(&NAMES, &rows[..1], &bare), "shm:0  /a  5  unused\n");
        assert_eq!(table(&[], &[vec![], vec![]], &Look::default()), "");
    }

    #[test]
    fn blanks_at_the_ends_of_a_text_are_seen() {
        let shown = |text: &str| table(&["name"], &[vec![Cell::text(text)]], &Look::default());
        assert_eq!(shown(" a b "), "NAME\n\\x20a b\\x20\n");
        assert_eq!(shown(" "), "NAME\n\\x20\n");
    }

    #[test]
    fn cells_as_those_above_and_long_ones_are_whole() {
        let names: Vec<String> = [3, 253, 254, 255, 300, 70_000].map(|length| "a".repeat(length)).to_vec();
        let twice = names.iter().flat_map(|name| [name, name]);
        let rows: Vec<Vec<Cell>> =
            twice.map(|name| vec![Cell::Id(7), Cell::Absent, Cell::text(name.as_str())]).collect();
        let bare = Look { noheadings: true, ..Look::default() };
        let expected: String = names.iter().map(|name| format!("7  -  {name}\n").repeat(2)).collect();
        assert_eq!(table(&["id", "pid", "name"], &rows, &bare), expected);
    }

    #[test]
    fn only_the_heading_is_bold() {
        let look = Look { colour: true, ..Look::default() };
        assert_eq!(table(&["pid"], &[vec![Cell::Id(7)]], &look), "\x1b[1mPID\x1b[0m\n  7\n");
    }

    fn narrow(width: usize) -> String {
        let rows = [row("shm:/a-long-name", "/a/very/long/path/\u{4e16}\u{754c}/x", 5)];
        table(&NAMES, &rows, &Look { width: Some(width), ..Look::default() })
    }

    #[test]
    fn the_widest_text_is_cut_and_a_reference_never() {
        let line = |width| narrow(width).lines().nth(1).unwrap().to_string();
        assert_eq!(line(56), "shm:/a-long-name  /a/very/long/path/\u{4e16}\u{754c}/x     5  unused");
        assert_eq!(line(53), "shm:/a-long-name  /a/very/long/path/\u{4e16}\u{2026}     5  unused");
        assert_eq!(line(52), "shm:/a-long-name  /a/very/long/path/\u{2026}      5  unused");
        assert_eq!(line(40), "shm:/a-long-name  /a/very\u{2026}     5  unused");
        assert_eq!(line(32), "shm:/a-long-name  /a/very\u{2026}     5  unused");
        let long = [Cell::text("sem:/the-widest-of-all-columns"), Cell::text("/a/path/somewhere")];
        let cut = table(
            &NAMES[..2],
            &[long.to_vec()],
            &Look { width: Some(41), noheadings: true, ..Look::default() },
        );
        assert_eq!(cut, "sem:/the-widest-of-all-columns  /a/path/\u{2026}\n");
        // What cannot be cut any more runs over: nothing is left out.
        assert_eq!(line(1), line(32));
        // And that row alone: the others stand as if the reference were no wider than there is room for.
        let rows = [row("shm:/a-long-name", "x", 5), row("shm:1", "y", 6)];
        let look = Look { width: Some(30), ..Look::default() };
        assert_eq!(
            table(&NAMES, &rows, &look),
            "REF         PATH  SIZE  STATE\n\
             shm:/a-long-name  x        5  unused\n\
             shm:1       y        6  unused\n"
        );
    }

    #[test]
    fn two_wide_texts_share_what_there_is() {
        let rows = [vec![Cell::text("a".repeat(90)), Cell::text("b".repeat(60)), Cell::text("c".repeat(10))]];
        let look = |width| Look { width: Some(width), noheadings: true, ..Look::default() };
        let widths = |width| {
            let line = table(&["writers", "readers", "blocked"], &rows, &look(width));
            line.split_whitespace().map(|cell| cell.chars().count()).collect::<Vec<_>>()
        };
        assert_eq!(widths(164), [90, 60, 10]);
        assert_eq!(widths(150), [76, 60, 10]);
        assert_eq!(widths(80), [33, 33, 10]);
        assert_eq!(widths(79), [32, 33, 10]);
        assert_eq!(widths(29), [8, 8, 9]);
        assert_eq!(widths(10), [8, 8, 8]);
    }

    #[test]
    fn times_of_both_lengths() {
        let one = [vec![Cell::Time(0)]];
        let lines = |long| table(&["ctime"], &one, &Look { long, noheadings: true, ..Look::default() });
        assert_eq!(lines(true).len(), "1970-01-01 00:00:00\n".len());
        assert_eq!(lines(false).len(), "1970-01-01\n".len());
    }

    fn any_row() -> impl Strategy<Value = Vec<Cell>> {
        let text =
            prop_oneof![any::<Vec<u8>>(), "[a-z\u{e9}\u{4e16}\u{301} ]{0,9}".prop_map(String::into_bytes)];
        let size = prop_oneof![Just(Cell::Absent), any::<u64>().prop_map(Cell::Bytes)];
        (text.clone(), size, any::<u32>(), any::<i64>(), text).prop_map(|(name, size, key, id, path)| {
            vec![Cell::Text(name), size, Cell::Key(key), Cell::Id(id), Cell::Text(path)]
        })
    }

    const MIXED: [&str; 5] = ["name", "size", "key", "id", "path"];

    proptest! {
        /// The two writers know nothing of each other: what a person sees is what a file gets, cut or not.
        #[test]
        fn a_screen_shows_what_leaves_in_blocks(
            rows in proptest::collection::vec(any_row(), 0..9), limit in 1usize..200, indent in 0usize..3,
            noheadings: bool, colour: bool,
        ) {
            let look = Look { width: Some(limit), noheadings, colour, ..Look::default() };
            let [mut seen, mut left] = [Vec::new(), Vec::new()];
            let laid = || {
                let mut table = Table::new(&MIXED, &look);
                rows.iter().for_each(|row| table.row(row.iter().cloned()));
                let cut = fit(&mut table.columns, limit);
                (table, cut)
            };
            laid().0.write_to_screen(&mut seen, &look, indent).unwrap();
            let (table, cut) = laid();
            table.write_in_blocks(&mut left, &look, indent, cut).unwrap();
            prop_assert_eq!(String::from_utf8(seen).unwrap(), String::from_utf8(left).unwrap());
        }

        #[test]
        fn lines_are_safe_have_no_blank_end_and_fit(
            rows in proptest::collection::vec(any_row(), 0..9), limit in 50usize..120,
        ) {
            let look = Look { width: Some(limit), ..Look::default() };
            for line in table(&MIXED, &rows, &look).lines() {
                prop_assert!(!line.ends_with(' '));
                prop_assert!(!line.chars().any(|character| character.is_control() || safe::is_hidden(character)));
                prop_assert!(width(line.as_bytes()) <= limit.max(20 + 8 + 8 + 10 + 5 + 4 * 2), "{}", line);
            }
        }
    }
}
