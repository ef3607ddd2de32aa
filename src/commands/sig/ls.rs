//! `ipctool sig ls`: which signals there are.

use crate::commands::facts::{Columns, Output};
use crate::commands::stdout;
use crate::ipc::sig::Signal;
use crate::render::{Cell, Column, Format, Selection};
use crate::status::Status;

/// List the signals: number, name, default action, meaning.
///
/// A name may be typed with or without SIG and in either case, RTMIN+N and
/// RTMAX-N count from both ends of the realtime signals. Processes and their
/// signals are listed by 'ipctool ls sig'.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sig ls
  ipctool sig ls -o number,name --noheadings")]
pub struct Args {
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    columns: Columns,
}

static COLUMNS: [Column<Signal>; 5] = [
    Column { name: "number", help: "its number", show: |signal| Cell::Id(signal.number().into()) },
    Column { name: "name", help: "its name", show: |signal| Cell::text(signal.to_string()) },
    Column {
        name: "action",
        help: "what it does by default",
        show: |signal| Cell::Word(signal.action().word()),
    },
    Column {
        name: "realtime",
        help: "queued in order, with a value",
        show: |signal| Cell::Flag(signal.is_realtime()),
    },
    Column { name: "meaning", help: "what it is sent for", show: |signal| Cell::Word(signal.meaning()) },
];

const USUAL: &[&str] = &["number", "name", "action", "meaning"];
const NAMES: &[&str] = &["name"];
const LONG: &[&str] = &["number", "name", "action", "realtime", "meaning"];

/// Every column's name and what it is.
pub fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.iter().map(|column| (column.name, column.help))
}

/// Runs `ipctool sig ls`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let mut look = args.output.list_look(&args.columns);
    let usual = match look.format {
        // A signal is referred to by its name.
        Format::RefsOnly => {
            (look.format, look.noheadings) = (Format::Table, true);
            NAMES
        }
        _ if args.columns.long => LONG,
        _ => USUAL,
    };
    let columns: Vec<_> = COLUMNS.iter().collect();
    let selection = Selection::new(columns, usual, &args.columns.output, look.format)?;
    let selection = selection.sorted(args.columns.sort.as_deref())?;
    stdout::facts(|out| selection.write(out, Signal::all().collect(), &look))
}
