//! `ipctool ls`: which objects exist, whose they are and who uses them.

pub mod again;
mod side_by_side;

use std::ffi::OsString;
use std::io::{self, Write};
use std::time::Duration;

use crate::commands::columns::{self, View};
use crate::commands::facts::{self, Columns, Output};
use crate::commands::filter::{self, Filter};
use crate::commands::pipe::list;
use crate::commands::waiting::parse_interval;
use crate::commands::{mmap, report, sig, targets};
use crate::fault::Fault;
use crate::ipc::object::{self, Flavours, Object};
use crate::ipc::slots::Slots;
use crate::refs::{Kind, Words};
use crate::render::{Format, Look, Selection, Sheet};
use crate::status::Status;
use again::{Told, repeat};
use side_by_side::MANY;

/// List IPC objects.
///
/// Without KIND, every message queue, semaphore and shared memory of this IPC namespace, System V and POSIX, also those you
/// may not read. With one KIND, that kind's own columns. With references, those objects only. 'ls pipe' and 'ls fifo' show
/// what processes have open or wait to open. 'ls sig' shows the processes that have signals pending, blocked, ignored or
/// caught; the signals themselves are listed by 'sig ls'.
///
/// 'ls mmap PID' lists what a process has mapped, by address; rss and copied (what a private mapping made its own) come from
/// its smaps. Without PID, every process's shared mappings; with a path, every mapping of that file.
///
/// Of pipes, FIFOs, signals and mappings the processes tell that may be looked at; how many may not is said, and is no failure.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool ls shm --sort -segsz
  ipctool ls --mine --unused -q
  ipctool ls mmap 4711 --shared")]
pub struct Args {
    /// Kinds (msgq, sem, shm, pipe, fifo, mmap, sig) and references; a kind holds for what follows it
    #[arg(value_name = "KIND|REF")]
    words: Vec<OsString>,
    #[command(flatten)]
    filter: filter::Args,
    #[command(flatten)]
    pipes: list::Args,
    #[command(flatten)]
    mappings: mmap::list::Args,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    columns: Columns,
    /// List again every D (2s unless given), until Ctrl-C or none of the REFs named is left
    #[arg(long, value_name = "D", num_args = 0..=1, require_equals = true, default_missing_value = "2",
          value_parser = parse_interval, help_heading = "Output")]
    watch: Option<Duration>,
}

/// The kinds that `ls` lists when none is named.
const LISTED: [Kind; 3] = [Kind::Msgq, Kind::Sem, Kind::Shm];

/// Runs `ipctool ls`, or `ipctool NOUN ls`.
pub fn run(args: Args, noun: Option<Kind>) -> anyhow::Result<Status> {
    let look = args.output.list_look(&args.columns);
    if let Some(places) = mmap::place::places(&args.words, noun)? {
        args.none_of_other_kinds(Kind::Mmap)?;
        let (filters, output) = ((&args.mappings, &args.filter), (&args.output, &args.columns));
        let list = mmap::list::List::new(places, filters, output)?;
        return repeat(args.watch, &look, |again, told| list.once(again, told));
    }
    let words = targets::words(&args.words, noun)?;
    if words.bare_kinds == [Kind::Sig] && words.refs.is_empty() {
        args.none_of_other_kinds(Kind::Sig)?;
        return repeat(args.watch, &look, |again, _| {
            sig::process::list(&args.filter, &args.output, &args.columns, again)
        });
    }
    if let Some(kind) = of_pipes(&words)? {
        args.none_of_other_kinds(kind)?;
        let (filters, output) = ((&args.pipes, &args.filter), (&args.output, &args.columns));
        let list = list::List::new(kind, words.refs, filters, output)?;
        return repeat(args.watch, &look, |again, told| list.once(again, told));
    }
    args.none_of_other_kinds(Kind::Shm)?;
    let list = List::new(&args, noun, look)?;
    repeat(args.watch, &look, |again, told| list.once(again, told))
}

impl Args {
    /// The flags of one kind's list are for that list only.
    ///
    /// # Errors
    /// A usage fault for a flag of another list than that of `kind`.
    fn none_of_other_kinds(&self, kind: Kind) -> Result<(), Fault> {
        if self.pipes.is_any() && ![Kind::Pipe, Kind::Fifo].contains(&kind) {
            return Err(Fault::usage("--full and --blocked go with ls pipe and ls fifo only"));
        }
        if self.mappings.is_any() && kind != Kind::Mmap {
            return Err(Fault::usage("--shared and --kind go with ls mmap only"));
        }
        Ok(())
    }
}

/// Pipe or fifo, if that is what is listed: each has a list of its own.
fn of_pipes(words: &Words) -> Result<Option<Kind>, Fault> {
    let mut named: Vec<Kind> = words.refs.iter().map(|named| named.kind()).collect();
    named.extend(&words.bare_kinds);
    named.sort_unstable();
    named.dedup();
    match named.iter().find(|kind| [Kind::Fifo, Kind::Pipe].contains(kind)) {
        Some(kind) if named.len() > 1 => {
            Err(Fault::usage(format!("{kind} has a list of its own")).hint("name one kind"))
        }
        kind => Ok(kind.copied()),
    }
}

/// What is listed and how: checked before anything is looked at.
struct List {
    words: Words,
    kinds: Vec<Kind>,
    /// The kinds were typed: what cannot be looked at of them is a failure.
    named: bool,
    filter: Filter,
    selection: Selection<Object>,
    look: Look,
    resident: bool,
}

impl List {
    fn new(args: &Args, noun: Option<Kind>, look: Look) -> anyhow::Result<List> {
        let words = targets::words(&args.words, noun)?;
        let kinds = match words.bare_kinds.as_slice() {
            [] if words.refs.is_empty() => LISTED.to_vec(),
            named => named.to_vec(),
        };
        if let Some(other) = kinds.iter().find(|kind| !LISTED.contains(kind)) {
            return Err(Fault::usage(format!("{other} has a list of its own")).hint("name one kind").into());
        }
        if let Some(other) = words.refs.iter().find(|named| !LISTED.contains(&named.kind())) {
            return Err(Fault::usage(format!("{other} does not stand in a list"))
                .hint(format!("ipctool show {}", other.typed()))
                .into());
        }
        let mut shown: Vec<Kind> =
            kinds.iter().copied().chain(words.refs.iter().map(|named| named.kind())).collect();
        shown.dedup();
        let selection = args.columns.select(view(&shown), &look)?;
        let resident = selection.names().iter().any(|name| ["rss", "swap"].contains(name));
        let named = !words.bare_kinds.is_empty() || noun.is_some();
        Ok(List { words, kinds, named, filter: args.filter.filter()?, selection, look, resident })
    }

    /// Lists once; with `again`, more is to come.
    fn once(&self, again: bool, told: &mut Told) -> anyhow::Result<Status> {
        let mut status = Status::OK;
        let written = facts::listed(&self.look, again, |out, look| self.write(out, look, told, &mut status))?;
        Ok(status.or(written))
    }

    /// Writes each object as it is found, so that of tens of thousands few are held; all of them only where they are to be
    /// sorted.
    fn write(
        &self,
        out: &mut dyn Write,
        look: &Look,
        told: &mut Told,
        status: &mut Status,
    ) -> io::Result<()> {
        let mut goal = match self.selection.is_sorted() {
            true => Goal::Held(Vec::new()),
            false => Goal::Written(Box::new(Sheet::new(self.selection.names(), look, out)), Ok(())),
        };
        *status = self.each(&mut goal, look, told);
        match goal {
            Goal::Held(found) => self.selection.write(out, found, look),
            Goal::Written(sheet, written) => {
                written?;
                sheet.finish()
            }
        }
    }

    /// Finds each object that is meant, none of them twice; reports what cannot be looked at.
    fn each(&self, goal: &mut Goal, look: &Look, told: &mut Told) -> Status {
        let (mut named, mut status) = self.named(told);
        for kind in &self.kinds {
            told.has_more();
            match self.of_kind(*kind, &mut named, goal, look) {
                Ok(faults) => {
                    let faults = report::all(&faults);
                    status =
                        status.or(if self.named || faults != Status::DENIED { faults } else { Status::OK });
                }
                Err(fault) => status = status.or(report::fault_line(&fault)),
            }
        }
        named.into_iter().for_each(|object| self.take(object, goal));
        status
    }

    /// The objects that were named, each once; reports what is not there.
    fn named(&self, told: &mut Told) -> (Vec<Object>, Status) {
        let (mut found, mut status) = (Vec::<Object>::new(), Status::OK);
        for (at, named) in self.words.refs.iter().enumerate() {
            match told.look(at, object::look(named)) {
                Ok(object) if found.iter().any(|other| is_same(other, &object)) => {}
                Ok(object) => found.push(object),
                Err(failed) => status = status.or(failed),
            }
        }
        (found, status)
    }

    /// Finds each object of a kind; it is `named` no longer then. What was in the way comes back.
    fn of_kind(
        &self,
        kind: Kind,
        named: &mut Vec<Object>,
        goal: &mut Goal,
        look: &Look,
    ) -> Result<Vec<Fault>, Fault> {
        let flavours = self.filter.flavours();
        let mut faults = Vec::new();
        if flavours.sysv {
            let slots = Slots::new(kind, self.resident);
            let at_once = named.is_empty() && self.filter.is_all() && slots.objects() >= MANY;
            let seen = match goal {
                Goal::Written(sheet, written) if at_once => {
                    // JSON has a kind's own fields only: the others need not be asked.
                    let own = matches!(look.format, Format::Json | Format::JsonLines)
                        .then(|| self.selection.among(&columns::of_kind(kind).all));
                    let selection = own.as_ref().unwrap_or(&self.selection);
                    match side_by_side::write(&slots, selection, look, sheet) {
                        Ok(seen) => seen,
                        Err(error) => {
                            *written = Err(error);
                            return Ok(faults);
                        }
                    }
                }
                _ => slots.each(slots.all(), &mut |object| self.found(object, named, goal)),
            };
            faults = slots.rest(seen, &mut |object| self.found(object, named, goal))?;
        }
        let others = Flavours { sysv: false, ..flavours };
        let posix = object::each(kind, self.resident, others, &mut |object| self.found(object, named, goal));
        faults.extend(posix?);
        Ok(faults)
    }

    fn found(&self, object: Object, named: &mut Vec<Object>, goal: &mut Goal) {
        named.retain(|other| !is_same(other, &object));
        self.take(object, goal);
    }

    fn take(&self, object: Object, goal: &mut Goal) {
        if !self.filter.keeps(&object) {
            return;
        }
        match goal {
            Goal::Held(found) => found.push(object),
            Goal::Written(sheet, written) if written.is_ok() => {
                *written = sheet.row(self.selection.cells(&object));
            }
            Goal::Written(..) => {}
        }
    }
}

/// Where the objects go that are found.
enum Goal<'o> {
    /// All of them are kept, to be sorted.
    Held(Vec<Object>),
    /// Each is written, until that fails.
    Written(Box<Sheet<'o>>, io::Result<()>),
}

fn is_same(one: &Object, other: &Object) -> bool {
    one.kind() == other.kind() && one.identity() == other.identity()
}

fn view(kinds: &[Kind]) -> View<Object> {
    match kinds {
        [kind] => columns::of_kind(*kind),
        _ => columns::mixed(),
    }
}
