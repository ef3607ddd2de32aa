//! The flags and arguments that the verbs of `sem` share.

use std::ffi::{OsStr, OsString};

use clap::builder::RangedU64ValueParser;

use crate::commands::creation::OnDemand;
use crate::fault::Fault;
use crate::ipc::sem::{MOST, Plan, Semaphore};
use crate::refs::{Kind, Ref, RefError, SemName, parse};
use crate::wait::Wait;

/// Which semaphore of a set.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Which {
    /// Which semaphore of the set
    #[arg(short = 'i', long, value_name = "I", default_value_t = 0)]
    pub index: u16,
}

/// How much P takes and V gives.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Amount {
    /// How much to take or give at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = amount())]
    pub by: u32,
    /// Refused: the process would end, and the kernel undo it at once
    #[arg(long, hide = true)]
    undo: bool,
}

impl Amount {
    /// # Errors
    /// A usage fault for `--undo`.
    pub fn check(&self) -> Result<(), Fault> {
        if self.undo { Err(undone_at_once("--undo")) } else { Ok(()) }
    }
}

/// The fault of asking for SEM_UNDO where it would give back before the user sees the result.
pub fn undone_at_once(spelling: &str) -> Fault {
    Fault::usage(format!("{spelling} would be undone at once, when this command ends"))
        .hint("use 'sem run REF -- COMMAND', or 'sem p REF --hold-for PID'")
}

/// The size and first values of a new set.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Creation")]
pub struct Size {
    /// Semaphores in a new set [default: one for each value]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub sems: Option<u32>,
    /// First value of all semaphores, or of each [default: 1]
    #[arg(long, value_name = "V,…", value_delimiter = ',', value_parser = value())]
    pub value: Vec<u32>,
}

/// How a verb makes the set that it needs.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Creation")]
pub struct Opening {
    #[command(flatten)]
    on_demand: OnDemand,
    #[command(flatten)]
    size: Size,
}

impl Opening {
    /// The semaphore that `name` names, made if that was asked for, to use the one at `index`.
    ///
    /// # Errors
    /// As [`Semaphore::open`] and [`Semaphore::open_or_create`].
    pub fn open(&self, name: &SemName, index: u16, wait: &Wait) -> Result<Semaphore, Fault> {
        match self.plan()? {
            Some(plan) => Semaphore::open_or_create(name, &plan.reaching(index), wait),
            None => Semaphore::open(name),
        }
    }

    /// What is to be made if it is missing.
    ///
    /// # Errors
    /// A usage fault where sizes do not fit, or --create is missing.
    pub fn plan(&self) -> Result<Option<Plan>, Fault> {
        let Size { sems, value } = &self.size;
        match self.on_demand.args() {
            Some(args) => Plan::new(*sems, value.clone(), args.mode, args.exclusive).map(Some),
            None if sems.is_some() || !value.is_empty() => {
                Err(Fault::usage("--sems and --value are for a new set").hint("add --create"))
            }
            None => Ok(None),
        }
    }
}

/// The semaphore that `word` names.
///
/// # Errors
/// A usage fault.
pub fn name(word: &OsStr) -> Result<SemName, Fault> {
    match parse(word, Some(Kind::Sem))? {
        Ref::Sem(name) => Ok(name),
        other => Err(RefError::differs(word, other.kind(), Kind::Sem).into()),
    }
}

/// The reference that every verb takes.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Target {
    /// ID, 0xKEY, key:N, ftok:PATH[:PROJ]; POSIX: /NAME, in:REF+OFFSET
    #[arg(value_name = "REF")]
    reference: OsString,
}

impl Target {
    /// What it names.
    ///
    /// # Errors
    /// A usage fault.
    pub fn name(&self) -> Result<SemName, Fault> {
        name(&self.reference)
    }
}

/// A value that a semaphore of some flavour can have.
pub fn value() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(0..=MOST.into())
}

/// An amount that can be taken or given at once.
pub fn amount() -> RangedU64ValueParser<u32> {
    RangedU64ValueParser::new().range(1..=MOST.into())
}
