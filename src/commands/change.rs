//! `ipctool change`: mode, owner and size of objects.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::commands::{creation, report, size, targets};
use crate::fault::Fault;
use crate::ipc::change::{self, Changes};
use crate::ipc::object;
use crate::proc::names::Names;
use crate::refs::Kind;
use crate::status::Status;

/// Change mode, owner, group or size of an object.
///
/// What is not named stays as it is. An owner can mend an object whose mode forbids to look at it. Owner and creator may
/// change an object, and root; more than msgmnb bytes for a queue need CAP_SYS_RESOURCE. With several references each is
/// changed, and the first failure decides the status.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool change msgq:3 --mode 0660 --group adm
  ipctool change sem 0x4d2 0x4d3 --owner alice")]
pub struct Args {
    /// References; a kind word holds for what follows it
    #[arg(value_name = "REF", required = true)]
    words: Vec<OsString>,
    /// Permissions, octal
    #[arg(short = 'm', long, value_name = "MODE", value_parser = creation::parse_mode)]
    mode: Option<u32>,
    /// New owner (name or uid)
    #[arg(long, value_name = "USER", allow_negative_numbers = true)]
    owner: Option<OsString>,
    /// New group (name or gid)
    #[arg(long, value_name = "GROUP", allow_negative_numbers = true)]
    group: Option<OsString>,
    /// Bytes that a queue may hold (`64K`)
    #[arg(long, value_name = "N", value_parser = size::parse)]
    max_bytes: Option<u64>,
}

/// Runs `ipctool change`, or `ipctool NOUN change`.
pub fn run(args: Args, noun: Option<Kind>) -> anyhow::Result<Status> {
    let references = targets::references(&args.words, noun, "change")?;
    let names = Names::new();
    let changes = Changes {
        mode: args.mode,
        uid: args.owner.as_deref().map(|user| number(user, "user", |name| names.uid(name))).transpose()?,
        gid: args.group.as_deref().map(|group| number(group, "group", |name| names.gid(name))).transpose()?,
        max_bytes: args.max_bytes,
    };
    if changes == Changes::default() {
        return Err(Fault::usage("nothing to change")
            .hint("give --mode, --owner, --group or --max-bytes")
            .into());
    }
    references.iter().try_for_each(|named| change::can_change(named, &changes))?;
    let mut status = Status::OK;
    for named in &references {
        let changed = object::look(named).and_then(|object| change::change(&object, &changes));
        status = status.or(changed.map_or_else(|fault| report::fault_line(&fault), |()| Status::OK));
    }
    Ok(status)
}

/// The number of a user or group, which may be typed as one.
fn number(word: &OsStr, what: &str, by_name: impl Fn(&[u8]) -> Option<u32>) -> Result<u32, Fault> {
    let typed = || word.to_str().and_then(|text| text.parse().ok()).filter(|number| *number != u32::MAX);
    by_name(word.as_bytes()).or_else(typed).ok_or_else(|| {
        Fault::usage(format!("no {what} {}", os_display::Quotable::quote(word)))
            .hint(format!("give a {what}'s name or number"))
    })
}
