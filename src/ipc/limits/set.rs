//! Changing a limit.

use nix::errno::Errno;

use super::{Row, Setting, has_no_limit_at_zero, table};
use crate::fault::Fault;
use crate::proc::sysctl::Sysctl;
use crate::sys::resource;

/// The limit called `name`, or the only one that is set where `name` says: `msgmni`, `kernel.msgmni`.
pub fn named(name: &str) -> Option<&'static Row> {
    let there = |row: &&Row| row.setting.name().eq_ignore_ascii_case(name);
    let mut set_there = table::ROWS.iter().filter(there);
    let by_setting = set_there.next().filter(|_| set_there.next().is_none());
    table::ROWS.iter().find(|row| row.name.eq_ignore_ascii_case(name)).or(by_setting)
}

/// The names of all limits.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    table::ROWS.iter().map(|row| row.name)
}

/// `row`, if it is one that can be changed.
///
/// # Errors
/// A usage fault for one that is the kernel's own, or the size of a file system.
pub fn settable(row: &'static Row) -> Result<&'static Row, Fault> {
    match row.setting {
        Setting::Sysctl(..) | Setting::Rlimit(..) => Ok(row),
        Setting::Mount(path) => {
            Err(Fault::usage(format!("{} is the size of the file system at {path}", row.name))
                .hint(format!("mount -o remount,size=SIZE {path}")))
        }
        Setting::Fixed(constant, _) => {
            Err(Fault::usage(format!("{constant} is the kernel's own: it cannot be set")))
        }
    }
}

/// Sets a limit to `amount` (None: no limit) in its unit; a resource limit is that of process `pid`.
///
/// # Errors
/// Usage: a resource limit without a process, a setting with one, or no limit where a number must be. Status 4 without
/// the privilege, 3 if there is no such process, 1 if the kernel refuses the number (EINVAL).
pub fn set(row: &'static Row, amount: Option<u64>, pid: Option<i32>) -> Result<(), Fault> {
    match (row.setting, pid, amount) {
        (Setting::Sysctl(file, place), None, Some(amount)) => set_number(file, place, amount),
        (Setting::Sysctl(..), Some(_), _) => {
            Err(Fault::usage(format!("{} is not one process's limit", row.name))
                .hint("leave out --pid: it holds for the whole namespace or system"))
        }
        (Setting::Sysctl(file, place), None, None) if has_no_limit_at_zero(file) => {
            set_number(file, place, 0)
        }
        (Setting::Sysctl(..), None, None) => Err(Fault::usage(format!("{} takes a number", row.name))),
        (Setting::Rlimit(name, _), Some(pid), amount) => set_resource(name, pid, amount),
        (Setting::Rlimit(name, _), None, _) => Err(Fault::usage(format!("{name} is one process's limit"))
            .hint(format!("ipctool limits set {} VALUE --pid PID", row.name))),
        (Setting::Mount(_) | Setting::Fixed(..), ..) => settable(row).map(drop),
    }
}

/// The other numbers of the file stay as they are.
fn set_number(file: Sysctl, place: usize, amount: u64) -> Result<(), Fault> {
    let missing = || Fault::new(format_args!("set {}", file.name()), "this kernel has no such setting");
    let mut numbers = file.numbers()?.ok_or_else(missing)?;
    *numbers.get_mut(place).ok_or_else(missing)? = amount.into();
    file.set(&numbers)
}

/// Sets the soft limit, and the hard one too where that is lower.
fn set_resource(name: &'static str, pid: i32, amount: Option<u64>) -> Result<(), Fault> {
    let fault = |errno| {
        let what = format_args!("set {name} of process {pid}");
        match errno {
            Errno::EPERM => Fault::os(what, errno).hint(
                "a hard limit is raised with CAP_SYS_RESOURCE only; a process of another user needs it too",
            ),
            _ => Fault::os(what, errno),
        }
    };
    let resource = match name {
        "RLIMIT_MSGQUEUE" => resource::MSGQUEUE,
        "RLIMIT_MEMLOCK" => resource::MEMLOCK,
        "RLIMIT_SIGPENDING" => resource::SIGPENDING,
        "RLIMIT_NOFILE" => resource::NOFILE,
        _ => resource::NPROC,
    };
    let soft = amount.unwrap_or(resource::UNLIMITED);
    let (_, hard) = resource::prlimit_get(pid, resource).map_err(fault)?;
    resource::prlimit_set(pid, resource, soft, hard.max(soft)).map_err(fault)
}
