//! `ipctool sem run`: a command under a semaphore, which the kernel gives back at its end.

use std::ffi::OsString;

use crate::child::{Command, Ends};
use crate::commands::sem::flags::{Opening, Target, Which, amount};
use crate::commands::sem::operation;
use crate::commands::{report, waiting};
use crate::fault::Fault;
use crate::ipc::sem::{Operation, Plan, PosixSemaphore, Semaphore, SysvOnly, check_taken, take};
use crate::refs::SemName;
use crate::status::Status;
use crate::wait::cancel::{self, Unbroken};
use crate::wait::{Undo, Wait};

/// Run a command under a semaphore: take, then become the command.
///
/// The kernel gives back when the command's process ends, by any death, kill -9 included, and at nothing else: this command
/// becomes COMMAND and nothing stays between. So its status, its signals and its terminal are its own. What it leaves in the
/// background runs on without the semaphore.
///
/// A POSIX semaphore is not given back by the kernel: COMMAND runs below this command, which gives back at every end that
/// can be caught. Not crash-safe: after kill -9 of this command the token is lost. If its name is removed while this waits,
/// the wait goes on: the kernel tells nobody.
///
/// With --create the set is made if it is missing, with the value 1: one at a time. With --slots N, up to N at a time.
///
/// Failures of ours exit with 125 (also if it is busy, with --nowait), 126 if COMMAND cannot be executed, 127 if there is
/// none, 124 after the timeout; -E names another status for busy and timeout.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool sem run 0x4d2 --create -- make install
  ipctool sem run ftok:/srv/app --slots 3 --nowait -E 75 -- ./job")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    /// Let up to N commands run at a time; implies --create
    #[arg(long, value_name = "N", value_parser = amount(), conflicts_with_all = ["sems", "value", "operations"])]
    slots: Option<u32>,
    /// Exit with N, not 125 or 124, if it was not to be had
    #[arg(short = 'E', long, value_name = "N")]
    conflict_exit_code: Option<u8>,
    /// Make these operations instead of taking 1; all are undone
    #[arg(long = "op", value_name = "INDEX:DELTA", num_args = 1.., value_parser = operation::parse,
          conflicts_with_all = ["index", "by"])]
    operations: Vec<Operation>,
    #[command(flatten)]
    which: Which,
    /// How much to take
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = amount())]
    by: u32,
    #[command(flatten)]
    waiting: waiting::Args,
    #[command(flatten)]
    opening: Opening,
}

/// Runs `ipctool sem run`; returns only if COMMAND did not start.
pub fn run(args: &Args) -> anyhow::Result<Status> {
    let name = args.target.name()?;
    args.check(&name)?;
    let plan = args.plan()?;
    let command = Command::resolve(&args.command)?;
    let wait = args.waiting.wait();
    let semaphore = args.open(&name, plan.as_ref(), &wait).map_err(|fault| args.ours(fault))?;
    if let Semaphore::Posix(semaphore) = &semaphore {
        return Ok(args.under_posix(semaphore, &command, &wait).map_err(|fault| args.ours(fault))?);
    }
    let fault = match args.take(&semaphore, &wait) {
        Ok(()) => command.exec(&[]),
        Err(fault) => fault,
    };
    Err(args.ours(fault).into())
}

impl Args {
    /// What the name's flavour cannot, before anything is made.
    fn check(&self, name: &SemName) -> Result<(), Fault> {
        if !self.operations.is_empty() {
            SysvOnly::Operations.check(name)?;
        }
        check_taken(name, self.by)
    }

    fn plan(&self) -> Result<Option<Plan>, Fault> {
        let highest = self.operations.iter().map(|operation| operation.semnum).max();
        let plan = self.opening.plan()?.map(|plan| plan.reaching(highest.unwrap_or(self.which.index)));
        let Some(slots) = self.slots else { return Ok(plan) };
        let (mode, exclusive) = plan.map_or((None, false), |plan| (plan.mode, plan.exclusive));
        Plan::new(None, vec![slots], mode, exclusive).map(|plan| Some(plan.reaching(self.which.index)))
    }

    fn open(&self, name: &SemName, plan: Option<&Plan>, wait: &Wait) -> Result<Semaphore, Fault> {
        let semaphore = match plan {
            Some(plan) => Semaphore::open_or_create(name, plan, wait)?,
            None => Semaphore::open(name)?,
        };
        self.check_slots(&semaphore)?;
        Ok(semaphore)
    }

    /// Takes, runs, gives back at every end that can be caught: nobody does it for a process that was killed.
    fn under_posix(
        &self,
        semaphore: &PosixSemaphore,
        command: &Command,
        wait: &Wait,
    ) -> Result<Status, Fault> {
        // Before it is taken, or a signal could end us with it; a second one too, before the command gets them.
        let unbroken = Unbroken::begin();
        cancel::watch_all().map_err(|errno| Fault::os("catch signals", errno))?;
        semaphore.acquire(self.which.index, self.by, wait)?;
        let back = Undo::new(|| {
            if let Err(fault) = semaphore.release(0, 1) {
                report::fault_line(&fault);
            }
        });
        cancel::check().map_err(|stop| stop.fault(format_args!("run under {semaphore}")))?;
        let status = command.start(Ends::default(), &[])?.wait()?;
        back.keep();
        unbroken.happened();
        match (semaphore.release(0, 1), status) {
            (Ok(()), _) => Ok(status),
            (Err(fault), Status::OK) => Err(fault),
            (Err(fault), _) => {
                report::fault_line(&fault);
                Ok(status)
            }
        }
    }

    fn take(&self, semaphore: &Semaphore, wait: &Wait) -> Result<(), Fault> {
        match self.operations.as_slice() {
            [] => semaphore.operate_until_exit(&[take(self.which.index, self.by)?], wait),
            operations => semaphore.operate_until_exit(operations, wait),
        }
    }

    /// A value above the slots that were asked for would let more in. How many are in already is not known: a lower
    /// value tells nothing.
    fn check_slots(&self, semaphore: &Semaphore) -> Result<(), Fault> {
        let Some(slots) = self.slots else { return Ok(()) };
        match semaphore.value(self.which.index)? {
            free if free > slots => Err(Fault::new(
                format_args!("run under {semaphore}"),
                format!("it has {free} slots free, not {slots}"),
            )
            .hint(format!(
                "use --slots as it was created, or ipctool sem set {} {slots}",
                semaphore.reference().typed()
            ))),
            _ => Ok(()),
        }
    }

    /// The status of what is not the command's failure.
    fn ours(&self, fault: Fault) -> Fault {
        let status = match (fault.exit_status(), self.conflict_exit_code) {
            _ if cancel::is_cancel(&fault) => return fault,
            (Status::WOULD_BLOCK | Status::TIMED_OUT, Some(code)) => Status::of_command(code),
            (same @ (Status::USAGE | Status::TIMED_OUT | Status::NOT_EXECUTABLE | Status::NO_COMMAND), _) => {
                same
            }
            _ => Status::OURS,
        };
        fault.status(status)
    }
}
