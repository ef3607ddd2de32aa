//! A table on a person's screen, set by the `tabled` crate: some thousand rows, each held as text of its own.

use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Padding, Style, Width};

use super::stack::{GAP, Stack};

/// What is no screenful any more, however far one scrolls back: `tabled` needs a KiB a row.
pub(super) const MOST: usize = 4_000;

/// The lines of a table whose rows are `rows`, headings included if there are any, without blanks at their ends.
///
/// Columns are as wide as `columns` say: longer text is cut and ends in `…`. By us, not by `tabled`, which puts U+FFFD for
/// the half of a wide character.
pub(super) fn lines<'t>(columns: &[Stack], rows: impl Iterator<Item = Vec<&'t str>>) -> Vec<String> {
    let mut builder = Builder::default();
    for row in rows {
        builder.push_record(row.iter().zip(columns).map(|(cell, stack)| stack.shorten(cell)));
    }
    if columns.is_empty() || builder.count_records() == 0 {
        return Vec::new();
    }
    let mut table = builder.build();
    table.with(Style::empty()).with(Padding::new(0, GAP, 0, 0));
    for (place, _) in columns.iter().enumerate().filter(|(_, stack)| stack.is_right()) {
        table.modify(Columns::one(place), Alignment::right());
    }
    table.with(Width::list(columns.iter().map(|stack| stack.width + GAP)));
    table.to_string().lines().map(|line| line.trim_end_matches(' ').to_string()).collect()
}
