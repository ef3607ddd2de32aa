//! Processes and their signals as facts: `ipctool ls sig` and `ipctool show sig:PID`.

use crate::commands::facts::{self, Columns, Output};
use crate::commands::{filter, report};
use crate::fault::Fault;
use crate::ipc::sig::{self, SignalSet, State};
use crate::proc::names::Names;
use crate::proc::process;
use crate::proc::status::ProcessStatus;
use crate::refs::{Process, Ref, TargetName};
use crate::render::{Cell, Column, Record, Selection};
use crate::status::Status;

const USUAL: &[&str] = &["ref", "command", "owner", "pending", "blocked", "ignored", "caught"];
const LONG: &[&str] = &[
    "ref", "command", "owner", "state", "threads", "queued", "limit", "pending", "blocked", "ignored",
    "caught",
];

const fn column(name: &'static str, help: &'static str, show: fn(&State) -> Cell) -> Column<State> {
    Column { name, help, show }
}

static COLUMNS: &[Column<State>] = &[
    column("ref", "reference: can be typed back", |state| Cell::text(reference(state).to_bytes())),
    column("kind", "sig", |_| Cell::Word("sig")),
    column("pid", "PID", |state| Cell::Id(state.process.tgid.into())),
    column("command", "its command", |state| Cell::text(state.process.name.clone())),
    column("owner", "its user's name, or uid if it has none", |state| match &state.user {
        Some(name) => Cell::text(name.to_vec()),
        None => Cell::text(state.process.uid[1].to_string()),
    }),
    column("uid", "its effective uid", |state| Cell::Id(state.process.uid[1].into())),
    column("user", "its user's name", |state| match &state.user {
        Some(name) => Cell::text(name.to_vec()),
        None => Cell::Absent,
    }),
    column("state", "R runs, S D sleeps, T stopped, Z ended", |state| {
        Cell::text(state.process.state.to_string())
    }),
    column("threads", "threads", |state| Cell::Count(state.process.threads)),
    column("queued", "signals queued for its real user", |state| Cell::Count(state.process.queued.0)),
    column("limit", "as many may be (RLIMIT_SIGPENDING)", |state| Cell::Count(state.process.queued.1)),
    column("pending", "pending for the process", |state| set(state.process.signals.shared_pending)),
    column("blocked", "blocked by its first thread", |state| set(state.process.signals.blocked)),
    column("ignored", "ignored", |state| set(state.process.signals.ignored)),
    column("caught", "caught by a handler", |state| set(state.process.signals.caught)),
];

/// Every column's name and what it is.
pub fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.iter().map(|column| (column.name, column.help))
}

/// The names of the signals in a mask, with blanks between.
fn set(mask: u64) -> Cell {
    match mask {
        0 => Cell::Word(""),
        _ => Cell::text(SignalSet::from_bits(mask).to_string()),
    }
}

fn reference(state: &State) -> Ref {
    Ref::Sig(TargetName::Process(Process::Pid(state.process.tgid)))
}

/// Lists the processes that have signals pending, blocked, ignored or caught.
///
/// # Errors
/// Usage faults for columns and users that there are not.
pub fn list(filter: &filter::Args, output: &Output, wanted: &Columns, again: bool) -> anyhow::Result<Status> {
    let look = output.list_look(wanted);
    let usual = if wanted.long { LONG } else { USUAL };
    let selection = Selection::new(COLUMNS, usual, &wanted.output, look.format)?;
    let selection = selection.sorted(wanted.sort.as_deref())?;
    let uid = filter.owner_alone("sig")?;
    let sig::Listed { mut states, visible, faults } = sig::list()?;
    states.retain(|state| uid.is_none_or(|uid| state.process.uid[1] == uid));
    let status = report::all(&faults);
    report::unseen(visible, "their signals are missing");
    Ok(status.or(facts::listed(&look, again, |out, look| selection.write(out, states, look))?))
}

/// Everything about the signals of the process that a reference names.
///
/// # Errors
/// Status 3 if there is none; a usage fault for what is not one process.
pub fn record(name: &TargetName) -> Result<Record, Fault> {
    let what = format!("show {}", Ref::Sig(name.clone()));
    let pid = match name {
        TargetName::Process(Process::Pid(pid)) => *pid,
        TargetName::Process(Process::Own) => process::own()?,
        _ => {
            let fault = Fault::usage(format!("cannot {what}: it is not one process"));
            return Err(fault.hint("write sig:PID; 'ipctool ls sig' lists processes"));
        }
    };
    let state = State::of(pid, &Names::new())?;
    let state = state.ok_or_else(|| process::missing(&what, pid))?;
    let mut fields: Vec<_> = COLUMNS.iter().map(|column| (column.name, (column.show)(&state))).collect();
    fields.push(("threads_differ", Cell::Flag(state.threads_differ())));
    fields.push(("thread", Cell::Records(state.threads.iter().zip(&state.awaited).map(thread).collect())));
    Ok(Record { fields })
}

fn thread((status, awaited): (&ProcessStatus, &Option<u64>)) -> Record {
    Record {
        fields: vec![
            ("tid", Cell::Id(status.pid.into())),
            ("command", Cell::text(status.name.clone())),
            ("state", Cell::text(status.state.to_string())),
            ("pending", set(status.signals.pending)),
            ("blocked", set(status.signals.blocked)),
            ("awaited", awaited.map_or(Cell::Absent, set)),
        ],
    }
}
