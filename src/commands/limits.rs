//! `ipctool limits`: what IPC can run into, how much of it is used, and how to change it.

use clap::builder::PossibleValuesParser;

use crate::commands::columns::View;
use crate::commands::facts::{Columns, Output};
use crate::commands::{report, size, stdout};
use crate::fault::Fault;
use crate::ipc::limits::{self, Limit, Unit};
use crate::render::{self, Cell, Column};
use crate::status::Status;

/// Show the limits of IPC, how much of each is used, and where each is set.
///
/// A limit is a kernel setting (sysctl), a resource limit (RLIMIT_…), the size of a file system, or the kernel's own. `-`
/// in LIMIT is no limit; in USED, that nobody tells. What one process uses is shown with --pid. `set` changes one: a setting
/// for the whole namespace or system, a resource limit of the process that --pid names.
// Limits have no references, so that --quiet, which lists share, is refused and not offered.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    mut_arg("quiet", |flag| flag.hide(true)),
    after_help = "\
Examples:
  ipctool limits msgq
  sudo ipctool limits set msgmnb 64K"
)]
pub struct Args {
    /// Show these only
    #[arg(value_name = "KIND", value_parser = PossibleValuesParser::new(limits::GROUPS))]
    kinds: Vec<String>,
    /// Show the limits and the use of this process
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(i32).range(1..))]
    pid: Option<i32>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    columns: Columns,
    #[command(subcommand)]
    change: Option<Change>,
}

#[derive(Debug, clap::Subcommand)]
enum Change {
    /// Change a limit.
    ///
    /// VALUE is a number, with K, M or G where the limit counts bytes, or `unlimited` for a resource limit and for what a user's
    /// pipes may take. A limit is changed until the next boot; sysctl.d(5) and limits.conf(5) make it last.
    #[command(after_help = "\
Examples:
  sudo ipctool limits set semmni 1024
  sudo ipctool limits set nofile 4096 --pid 4711")]
    Set {
        /// The limit's name, or that of its setting
        #[arg(value_name = "NAME")]
        name: String,
        /// What it shall allow
        #[arg(value_name = "VALUE", allow_negative_numbers = true)]
        value: String,
        /// The process whose resource limit it is
        #[arg(long, value_name = "PID", value_parser = clap::value_parser!(i32).range(1..))]
        pid: Option<i32>,
    },
}

static COLUMNS: &[Column<Limit>] = &[
    Column { name: "name", help: "the limit's name", show: |limit| Cell::Word(limit.row.name) },
    Column { name: "kind", help: "what it belongs to", show: |limit| Cell::Word(limit.row.group) },
    Column { name: "limit", help: "what it allows", show: |limit| amount(limit, limit.limit) },
    Column { name: "used", help: "how much is used", show: |limit| amount(limit, limit.used) },
    Column { name: "percent", help: "how much is used, in percent", show: percent },
    Column { name: "unit", help: "what is counted: count, bytes or pages", show: unit },
    Column {
        name: "setting",
        help: "where it is set",
        show: |limit| Cell::Text(limit.row.setting.name().into()),
    },
    Column { name: "meaning", help: "what it limits", show: |limit| Cell::Word(limit.row.meaning) },
];

const DEFAULT: &[&str] = &["name", "limit", "used", "percent", "setting"];
const LONG: &[&str] = &["name", "kind", "limit", "used", "percent", "unit", "setting", "meaning"];

/// Every column's name and what it is.
pub fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.iter().map(|column| (column.name, column.help))
}

/// The name of every limit that can be set, and what it limits.
pub fn settings() -> impl Iterator<Item = (&'static str, &'static str)> {
    limits::names().filter_map(|name| {
        let row = limits::settable(limits::named(name)?).ok()?;
        Some((row.name, row.meaning))
    })
}

/// Runs `ipctool limits`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    if let Some(Change::Set { name, value, pid }) = args.change {
        let known = limits::named(&name).ok_or_else(|| render::unknown("limit", &name, limits::names()))?;
        let row = limits::settable(known)?;
        limits::set(row, parse(&value, row.unit)?, pid)?;
        return Ok(Status::OK);
    }
    if args.columns.quiet {
        return Err(Fault::usage("limits have no references")
            .hint("--noheadings -o name prints their names")
            .into());
    }
    let look = args.output.list_look(&args.columns);
    let view = View { all: COLUMNS.iter().collect(), default: DEFAULT, long: LONG };
    let selection = args.columns.select(view, &look)?;
    let found = limits::list(&args.kinds, args.pid)?;
    let status = report::all(&found.faults);
    Ok(status.or(stdout::facts(|out| selection.write(out, found.rows, &look))?))
}

/// The amount that was typed, None for `unlimited`.
fn parse(value: &str, unit: Unit) -> Result<Option<u64>, Fault> {
    if value == "unlimited" {
        return Ok(None);
    }
    let number = match unit {
        Unit::Bytes => size::parse(value),
        Unit::Count | Unit::Pages => value.parse().map_err(|_| "not a number".to_string()),
    };
    let shown = os_display::Quotable::quote(value);
    number.map(Some).map_err(|cause| Fault::usage(format!("cannot read {shown} as a limit: {cause}")))
}

fn amount(limit: &Limit, amount: Option<u64>) -> Cell {
    match (amount, limit.row.unit) {
        (None, _) => Cell::Absent,
        (Some(amount), Unit::Bytes) => Cell::Bytes(amount),
        (Some(amount), Unit::Count | Unit::Pages) => Cell::Count(amount),
    }
}

fn percent(limit: &Limit) -> Cell {
    match (limit.used, limit.limit) {
        (Some(used), Some(all)) if all > 0 => Cell::Percent(used as f64 / all as f64 * 100.0),
        _ => Cell::Absent,
    }
}

fn unit(limit: &Limit) -> Cell {
    Cell::Word(match limit.row.unit {
        Unit::Count => "count",
        Unit::Bytes => "bytes",
        Unit::Pages => "pages",
    })
}
