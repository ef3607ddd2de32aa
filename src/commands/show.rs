//! `ipctool show`: every fact of an object, what is inside, and who uses it.

use std::ffi::OsString;

use crate::commands::facts::Output;
use crate::commands::{columns, inside, mmap, pipe, report, sig, stdout, targets};
use crate::fault::Fault;
use crate::ipc::fifo::{Fifo, Trust};
use crate::ipc::object::{self, Object};
use crate::ipc::pipe::End;
use crate::refs::{Kind, Ref};
use crate::render::{self, Cell, Record};
use crate::status::Status;

/// Show everything about an object.
///
/// All fields, a semaphore set's values, the processes that have a segment attached, and those that wait for a queue or a
/// set: PID, command and what they want. How many processes could be looked at is said (`visible`): those of others need
/// privilege. Exits with 3 if the object does not exist, with 4 if its mode hides what is inside: the rest is shown. Of a pipe or FIFO: what is in it, every process at both sides, which of
/// them wait, who waits to open a FIFO; a FIFO is not opened, so that nobody is released. Of a mapped file, or of PID:ADDRESS:
/// what it is of and every mapping of the same object, with what each has in memory and has copied.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool show sem:0x4d2
  ipctool show msgq:3 --field qnum
  ipctool show mmap:4711:0x7f2a10000000")]
pub struct Args {
    /// References; a kind word holds for what follows it
    #[arg(value_name = "REF", required = true)]
    words: Vec<OsString>,
    /// Print this field's bare value; `semaphores.value` for one in a list
    #[arg(long, value_name = "FIELD", group = "format", help_heading = "Output")]
    field: Option<String>,
    /// Print nothing: only tell by the status whether it exists (0 or 3)
    #[arg(short = 'q', long, group = "format", help_heading = "Output")]
    quiet: bool,
    #[command(flatten)]
    output: Output,
}

/// Runs `ipctool show`, or `ipctool NOUN show`.
pub fn run(args: Args, noun: Option<Kind>) -> anyhow::Result<Status> {
    let references = targets::references(&args.words, noun, "show")?;
    if args.quiet {
        return Ok(references.iter().fold(Status::OK, |status, named| status.or(existence(named))));
    }
    let mut status = Status::OK;
    let mut records = Vec::new();
    for named in &references {
        match shown(named) {
            Ok(shown) => {
                status = status.or(report::all(shown.missed(args.field.as_deref())));
                records.push(shown.record);
            }
            Err(fault) => status = status.or(report::fault_line(&fault)),
        }
    }
    Ok(status.or(print(&args, &records)?))
}

/// Whether there is such an object: what it takes to look inside, and at its users, is not asked for.
fn existence(named: &Ref) -> Status {
    let looked = match named {
        Ref::Msgq(_) | Ref::Sem(_) | Ref::Shm(_) => object::glance(named).map(drop),
        _ => shown(named).map(drop),
    };
    looked.map_or_else(|fault| fault.exit_status(), |()| Status::OK)
}

fn print(args: &Args, records: &[Record]) -> anyhow::Result<Status> {
    match &args.field {
        Some(field) => stdout::write_all(&render::fields(records, field)?),
        None => stdout::facts(|out| render::show(out, records, &args.output.look())),
    }
}

/// What is known of an object, and what of it could not be looked at.
struct Shown {
    record: Record,
    faults: Vec<Fault>,
}

impl From<Record> for Shown {
    fn from(record: Record) -> Shown {
        Shown { record, faults: Vec::new() }
    }
}

impl Shown {
    /// What is missing from what was asked for: where that is one field which is there, nothing.
    fn missed(&self, field: Option<&str>) -> &[Fault] {
        let is_there = |wanted: &str| {
            let wanted = wanted.split('.').next().unwrap_or_default();
            let known = |cell: &Cell| !matches!(cell, Cell::Absent | Cell::Inapplicable);
            self.record.fields.iter().any(|(name, cell)| name.eq_ignore_ascii_case(wanted) && known(cell))
        };
        if field.is_some_and(is_there) { &[] } else { &self.faults }
    }
}

/// All that is known of what a reference names.
fn shown(named: &Ref) -> Result<Shown, Fault> {
    match named {
        Ref::Sig(name) => sig::process::record(name).map(Shown::from),
        Ref::Pipe { process, fd } => pipe::facts::of_pipe(&End::find(*process, *fd)?).map(Shown::from),
        Ref::Mmap(name) => mmap::facts::record(name).map(Shown::from),
        Ref::Fifo(path) => pipe::facts::of_fifo(&Fifo::find(path, Trust::Anybody)?).map(Shown::from),
        _ => object::look(named).map(|object| of_object(&object)),
    }
}

/// The names of what `--field` can print of this object; none if it cannot be looked at.
pub fn field_names(named: &Ref) -> Vec<&'static str> {
    let found = shown(named).map(|shown| shown.record.fields).unwrap_or_default();
    found.into_iter().map(|(name, _)| name).collect()
}

fn of_object(object: &Object) -> Shown {
    let mut faults = Vec::new();
    let mut fields: Vec<_> = columns::of_kind(object.kind())
        .all
        .iter()
        .map(|column| (column.name, (column.show)(object)))
        .collect();
    fields.extend(inside::fields(object, &mut faults));
    Shown { record: Record { fields }, faults }
}
