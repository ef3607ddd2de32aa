//! `ipctool ls pipe` and `ipctool ls fifo`: which are open somewhere, what is in them, who waits for whom.

use crate::commands::facts::{self, Columns, Output};
use crate::commands::ls::again::Told;
use crate::commands::pipe::columns;
use crate::commands::{filter, report};
use crate::fault::{Fault, counted};
use crate::ipc::fifo::{Fifo, Trust};
use crate::ipc::pipe::{End, Inode, Pipe, Sort, survey};
use crate::proc::Visible;
use crate::refs::{Kind, Ref};
use crate::render::{Look, Selection};
use crate::status::Status;

/// Which pipes and FIFOs are meant, beside the filters of all kinds.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Pipes and FIFOs")]
pub struct Args {
    /// Pipes and FIFOs that have no room: writers block
    #[arg(long)]
    full: bool,
    /// Pipes and FIFOs that somebody waits for in a read, a write or an open
    #[arg(long)]
    blocked: bool,
}

impl Args {
    /// Whether one of the flags was given: they are for these two kinds only.
    pub fn is_any(&self) -> bool {
        self.full || self.blocked
    }
}

/// What is listed and how: checked before anything is looked at.
pub struct List {
    kind: Kind,
    refs: Vec<Ref>,
    args: Args,
    uid: Option<u32>,
    selection: Selection<Pipe>,
    look: Look,
}

impl List {
    /// A list of all pipes or FIFOs, or of those that `refs` name.
    ///
    /// # Errors
    /// A usage fault for a filter or column that these kinds do not have.
    pub fn new(
        kind: Kind,
        refs: Vec<Ref>,
        (args, filter): (&Args, &filter::Args),
        (output, columns): (&Output, &Columns),
    ) -> Result<List, Fault> {
        let uid = filter.owner_alone(&format!("ls {kind}"))?;
        let look = output.list_look(columns);
        let usual = match (columns.long, args.blocked, kind) {
            (true, ..) => columns::LONG,
            (_, true, _) => columns::BLOCKED,
            (_, _, Kind::Fifo) => columns::FIFO,
            _ => columns::PIPE,
        };
        let selection = Selection::new(columns::all(look.format), usual, &columns.output, look.format)?
            .sorted(columns.sort.as_deref())?;
        Ok(List { kind, refs, args: args.clone(), uid, selection, look })
    }

    /// Lists once; with `again`, more is to come.
    pub fn once(&self, again: bool, told: &mut Told) -> anyhow::Result<Status> {
        let mut status = Status::OK;
        let mut found = Vec::new();
        for sort in self.sorts(told, &mut status) {
            let survey = survey(sort)?;
            status = status.or(report::all(&survey.odd));
            found.extend(survey.pipes);
            tell_unseen(survey.visible, survey.traced);
        }
        found.retain(|pipe| self.keeps(pipe));
        let written = facts::listed(&self.look, again, |out, look| self.selection.write(out, found, look))?;
        Ok(status.or(written))
    }

    fn sorts(&self, told: &mut Told, status: &mut Status) -> Vec<Sort> {
        match (self.refs.as_slice(), self.kind) {
            ([], Kind::Fifo) => vec![Sort::Fifos],
            ([], _) => vec![Sort::Pipes],
            (named, _) => {
                let mut sorts = Vec::new();
                for (at, reference) in named.iter().enumerate() {
                    match told.look(at, sort_of(reference)) {
                        Ok(sort) => sorts.push(sort),
                        Err(failed) => *status = status.or(failed),
                    }
                }
                sorts
            }
        }
    }

    fn keeps(&self, pipe: &Pipe) -> bool {
        let stuck = || pipe.waiters.iter().any(|waiter| !waiter.watches);
        (!self.args.full || pipe.level.is_some_and(|level| level.full == Some(true)))
            && (!self.args.blocked || stuck())
            && self.uid.is_none_or(|uid| pipe.ends.iter().any(|end| end.uid == Some(uid)))
    }
}

/// What is missing from a list: what others have open, and who waits of those that may be looked at, but not traced.
fn tell_unseen(visible: Visible, traced: Visible) {
    let denied = |seen: Visible| seen.of - seen.looked;
    let untraced = denied(traced).saturating_sub(denied(visible));
    let unasked = format!("{} could not be asked whether they wait", counted(untraced, "process"));
    let missing = "what only they have open is missing";
    match (visible.all(), untraced) {
        (true, 0) => {}
        (true, _) => report::note(unasked),
        (false, 0) => report::unseen(visible, missing),
        (false, _) => report::unseen(visible, &format!("{missing}, and {unasked}")),
    }
}

/// The one pipe or FIFO that a reference names.
fn sort_of(reference: &Ref) -> Result<Sort, Fault> {
    match reference {
        Ref::Fifo(path) => Ok(Sort::Fifo(Fifo::find(path, Trust::Anybody)?.inode())),
        Ref::Pipe { process, fd } => {
            let end = End::find(*process, *fd)?;
            let inode: Inode = end.inode;
            Ok(if end.anonymous { Sort::Pipe(inode) } else { Sort::Fifo(inode) })
        }
        other => Err(Fault::usage(format!("{other} is neither a pipe nor a FIFO"))),
    }
}
