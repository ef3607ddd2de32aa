//! How facts are to look: the format and the options that hold for all of them.

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use crate::sys::terminal;

/// The shape that records leave in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Aligned columns for a person.
    #[default]
    Table,
    /// One JSON array, one record a line; `[]` when there is none.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// Tab-separated values with one line of names.
    Tsv,
    /// One reference a line: the value of the column `ref`.
    RefsOnly,
}

/// The format and its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// The shape.
    pub format: Format,
    /// No line of headings (table, TSV).
    pub noheadings: bool,
    /// Sizes as exact numbers of bytes in tables (`-b`); the other formats always do.
    pub exact_bytes: bool,
    /// Times with date and time of day in tables (`-l`); the other formats always do.
    pub long: bool,
    /// The columns of the terminal that a table has to fit; `None`: no limit.
    pub width: Option<usize>,
    /// Headings may be bold.
    pub colour: bool,
}

impl Look {
    /// A table fit for standard output: limited to the width of a terminal, bold only there and without `NO_COLOR`.
    pub fn stdout() -> Look {
        let stdout = io::stdout();
        if !stdout.is_terminal() {
            return Look::default();
        }
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let width = terminal::columns(stdout.as_fd()).ok().filter(|columns| *columns > 0).map(usize::from);
        Look { width, colour: !no_colour, ..Look::default() }
    }
}
