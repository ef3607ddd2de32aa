//! The output flags of every command that prints facts, and what they mean to `render`.

use std::io::{self, Write};

use crate::commands::columns::View;
use crate::commands::stdout;
use crate::fault::Fault;
use crate::render::{Format, Look, Selection};
use crate::status::Status;

/// How facts are printed.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Print one JSON array with all fields
    #[arg(short = 'J', long, group = "format")]
    pub json: bool,
    /// Print one JSON object a line
    #[arg(long, group = "format")]
    pub jsonl: bool,
    /// Print tab-separated values; a tab in one of them is `\x09`, a newline `\x0a`
    #[arg(long, group = "format")]
    pub tsv: bool,
    /// Print sizes in bytes
    #[arg(short = 'b', long)]
    pub bytes: bool,
}

/// Which columns of a list are printed, and in what order its rows.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Output")]
pub struct Columns {
    /// Print these columns; `+COL` adds to the usual ones
    #[arg(short = 'o', long = "output", value_name = "COL,…", allow_hyphen_values = true)]
    pub output: Vec<String>,
    /// Sort by this column, `-COL` from high to low
    #[arg(long, value_name = "COL", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Leave out the headings
    #[arg(long)]
    pub noheadings: bool,
    /// Print references only, one a line
    #[arg(short = 'q', long, group = "format")]
    pub quiet: bool,
    /// Print more columns
    #[arg(short = 'l', long)]
    pub long: bool,
}

impl Output {
    /// What `render` is to do on this standard output.
    pub fn look(&self) -> Look {
        let format = match () {
            () if self.json => Format::Json,
            () if self.jsonl => Format::JsonLines,
            () if self.tsv => Format::Tsv,
            () => Format::Table,
        };
        Look { format, exact_bytes: self.bytes, ..Look::stdout() }
    }

    /// As [`Output::look`], with the flags of a list.
    pub fn list_look(&self, columns: &Columns) -> Look {
        let look = self.look();
        let format = if columns.quiet { Format::RefsOnly } else { look.format };
        Look { format, noheadings: columns.noheadings, long: columns.long, ..look }
    }
}

impl Columns {
    /// The columns and the order that the flags ask for, out of what `view` has.
    ///
    /// # Errors
    /// A usage fault for a column that is not there.
    pub fn select<T>(&self, view: View<T>, look: &Look) -> Result<Selection<T>, Fault> {
        let usual = if self.long { view.long } else { view.default };
        Selection::new(view.all, usual, &self.output, look.format)?.sorted(self.sort.as_deref())
    }
}

/// Writes a list to standard output. With `again`, more are to come: a JSON array is one object a line.
///
/// # Errors
/// Standard output cannot be written to.
pub fn listed(
    look: &Look,
    again: bool,
    write: impl FnOnce(&mut dyn Write, &Look) -> io::Result<()>,
) -> anyhow::Result<Status> {
    let mut look = *look;
    if again && look.format == Format::Json {
        look.format = Format::JsonLines;
    }
    stdout::facts(|out| write(out, &look))
}
