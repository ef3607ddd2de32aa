//! The limits that IPC runs into: what they are, how much of each is used, and where each is set.

mod set;
mod table;
mod usage;

pub use set::{named, names, set, settable};

use crate::fault::Fault;
use crate::ipc::identity::Listing;
use crate::ipc::memory::page_size;
use crate::proc::sysctl::Sysctl;
use crate::proc::{limits as process_limits, process, status};

/// A limit, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// What it is and where it is set.
    pub row: &'static Row,
    /// What it allows; None is no limit.
    pub limit: Option<u64>,
    /// How much is used; None where nobody tells.
    pub used: Option<u64>,
}

/// A limit that exists on Linux.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The word for it.
    pub name: &'static str,
    /// What it belongs to: a kind's word, or `process`.
    pub group: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// Where it is set.
    pub setting: Setting,
    /// What it limits, in words.
    pub meaning: &'static str,
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Pages of memory.
    Pages,
}

/// Where a limit is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// A number in a file under /proc/sys, and its place there.
    Sysctl(Sysctl, usize),
    /// A resource limit: its name for setrlimit(2), and the kernel's in /proc/PID/limits.
    Rlimit(&'static str, &'static str),
    /// The size of the file system of POSIX objects, which is mounted here.
    Mount(&'static str),
    /// The kernel's own: cannot be changed.
    Fixed(&'static str, Fixed),
}

/// How a limit that cannot be changed is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixed {
    /// By this number.
    Number(u64),
    /// It is the size of a page.
    PageSize,
}

/// Every limit of these `groups` (all without one), as it holds for process `pid`, or for us without one.
///
/// A limit that this kernel does not have is left out; one that cannot be read is a fault beside the others. Status 3 if
/// there is no process `pid`.
pub fn list(groups: &[impl AsRef<str>], pid: Option<i32>) -> Result<Listing<Limit>, Fault> {
    let process = pid.map_or_else(process::own, Ok)?;
    let gone = || process::missing(format_args!("read the limits of process {process}"), process);
    let rlimits = process_limits::limits(process)?.ok_or_else(gone)?;
    let status = status::status(process)?.ok_or_else(gone)?;
    let mut usage = usage::Usage::new(pid, status);
    let mut found = Listing { rows: Vec::new(), faults: rlimits.odd };
    let asked = |row: &&Row| groups.is_empty() || groups.iter().any(|group| group.as_ref() == row.group);
    for row in table::ROWS.iter().filter(asked) {
        match amount(row.setting, &rlimits.rows) {
            Ok(Some(limit)) => found.rows.push(Limit { row, limit, used: usage.of(row.name) }),
            Ok(None) => {}
            Err(fault) => found.faults.push(fault),
        }
    }
    Ok(found)
}

/// The words that [`list`] takes as a group.
pub const GROUPS: [&str; 8] = ["msgq", "sem", "shm", "fifo", "pipe", "mmap", "sig", "process"];

/// What a setting allows: None where this kernel has no such setting, Some(None) for no limit.
fn amount(setting: Setting, rlimits: &[process_limits::Limit]) -> Result<Option<Option<u64>>, Fault> {
    match setting {
        Setting::Sysctl(file, place) => {
            let numbers = file.numbers()?;
            let number = numbers.and_then(|numbers| u64::try_from(*numbers.get(place)?).ok());
            Ok(number.map(|number| (number > 0 || !has_no_limit_at_zero(file)).then_some(number)))
        }
        Setting::Rlimit(_, kernels) => {
            Ok(rlimits.iter().find(|limit| limit.name == kernels.as_bytes()).map(|limit| limit.soft))
        }
        Setting::Mount(_) => Ok(usage::in_dev_shm().map(|(size, _)| Some(size))),
        Setting::Fixed(_, Fixed::Number(number)) => Ok(Some(Some(number))),
        Setting::Fixed(_, Fixed::PageSize) => Ok(Some(Some(page_size()))),
    }
}

/// Whether 0 is no limit there: pipe(7).
fn has_no_limit_at_zero(file: Sysctl) -> bool {
    file.0.starts_with("fs/pipe-user-pages-")
}

impl Setting {
    /// Its name: `kernel.msgmni`, `RLIMIT_NOFILE`, a mount point, or the constant's name.
    pub fn name(self) -> String {
        match self {
            Setting::Sysctl(file, _) => file.name(),
            Setting::Rlimit(name, _) | Setting::Mount(name) | Setting::Fixed(name, _) => name.to_string(),
        }
    }
}
