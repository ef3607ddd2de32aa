//! How facts are to look: the format and the options that hold for all of them.

use std::env;
use std::ffi::OsStr;
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
    /// A table fit for standard output: limited to the width of a terminal, bold only there, without `NO_COLOR` and not
    /// on a dumb one.
    pub fn stdout() -> Look {
        let stdout = io::stdout();
        if !stdout.is_terminal() {
            return Look::default();
        }
        let columns = terminal::columns(stdout.as_fd()).unwrap_or(0);
        Look::terminal(columns, env::var_os("NO_COLOR").as_deref(), env::var_os("TERM").as_deref())
    }

    /// A table for a terminal of so many columns, 0 when it does not know, under these two variables.
    fn terminal(columns: u16, no_color: Option<&OsStr>, term: Option<&OsStr>) -> Look {
        let refused = no_color.is_some_and(|value| !value.is_empty());
        let dumb = term.is_none_or(|name| name.is_empty() || name == "dumb");
        let width = (columns > 0).then_some(usize::from(columns));
        Look { width, colour: !refused && !dumb, ..Look::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_and_width_are_the_terminals() {
        let look = |columns, no_color: Option<&str>, term: Option<&str>| {
            Look::terminal(columns, no_color.map(OsStr::new), term.map(OsStr::new))
        };
        assert_eq!(look(80, None, Some("xterm")), Look { width: Some(80), colour: true, ..Look::default() });
        assert!(!look(80, Some("1"), Some("xterm")).colour);
        assert!(look(80, Some(""), Some("xterm")).colour);
        assert!(!look(80, None, Some("dumb")).colour);
        assert!(!look(80, None, None).colour);
        assert_eq!(look(0, None, None).width, None);
    }
}
