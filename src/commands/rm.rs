//! `ipctool rm`: remove objects by reference, or all that meet conditions.

mod at_once;
mod bulk;

use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use nix::errno::Errno;

use crate::commands::{filter, report, stdout, targets};
use crate::fault::Fault;
use crate::ipc::fifo;
use crate::ipc::object;
use crate::ipc::remove::{in_memory, remove, unseen};
use crate::refs::{Kind, MappingName, Ref, SemName};
use crate::status::Status;
use crate::sys::stdio;

/// Remove IPC objects.
///
/// By reference: those are removed, used or not. By KIND with filters or --all: each removed object's reference is printed;
/// what is in use is skipped, and named on standard error, unless --in-use is given: with --all everything goes then, beside
/// other filters only what is in use. Asks on the terminal, and without one needs --yes. `-` reads references from standard
/// input, one a line, all of them before the first is removed. Whoever waits for a removed queue or set is told (EIDRM); a
/// segment goes when its last user detaches it. References and filters do not mix.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool rm msgq:3 shm 0x4d2
  ipctool rm msgq shm --orphan --older 1h --dry-run")]
pub struct Args {
    /// References; or kinds, when there are filters; or `-`
    #[arg(value_name = "REF|KIND|-")]
    words: Vec<OsString>,
    #[command(flatten)]
    filter: filter::Args,
    /// Every object of the kinds named
    #[arg(short = 'a', long, help_heading = "Filters")]
    all: bool,
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
    /// Print what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
    /// An object that does not exist is no failure
    #[arg(long)]
    ignore_missing: bool,
}

/// Runs `ipctool rm`, or `ipctool NOUN rm`.
pub fn run(mut args: Args, noun: Option<Kind>) -> anyhow::Result<Status> {
    let bulk = args.all || args.filter.is_any();
    if args.words.iter().any(|word| word == "-") {
        if args.words.len() > 1 || bulk {
            return Err(Fault::usage("'-' stands alone: references come from standard input").into());
        }
        return by_reference(&references_of_stdin(noun)?, &args);
    }
    let words = targets::words(&args.words, noun)?;
    match (words.refs.is_empty(), words.bare_kinds.first()) {
        (false, _) if bulk => Err(Fault::usage("references and filters do not mix").into()),
        (false, Some(kind)) => Err(Fault::usage(format!("nothing to remove behind '{kind}'")).into()),
        (false, None) => by_reference(&words.refs, &args),
        (true, None) if bulk => Err(Fault::usage("a kind is required: which objects are meant?")
            .hint("for example: ipctool rm msgq sem shm --orphan")
            .into()),
        (true, None) => {
            Err(Fault::usage("nothing to remove").hint("name objects, or kinds with filters").into())
        }
        (true, Some(Kind::Fifo)) if !bulk => Err(Fault::usage("nothing to remove behind 'fifo'")
            .hint("name paths: ipctool rm fifo PATH")
            .into()),
        (true, Some(kind)) if !bulk => Err(Fault::usage(format!("nothing to remove behind '{kind}'"))
            .hint(format!("name objects, filters, or --all: ipctool rm {kind} --unused"))
            .into()),
        (true, Some(_)) => {
            // With --all, --in-use widens what goes; else it is a filter as in `ls`.
            let spare = !args.filter.in_use;
            args.filter.in_use &= !args.all;
            bulk::run(&words.bare_kinds, &args, spare)
        }
    }
}

fn by_reference(references: &[Ref], args: &Args) -> anyhow::Result<Status> {
    references.iter().try_for_each(may_be_removed)?;
    let mut status = Status::OK;
    for named in references {
        let looked = match named {
            Ref::Fifo(path) => {
                let gone = remove_fifo(path, args.dry_run)?;
                status = status.or(told(gone, args));
                continue;
            }
            _ => object::look(named),
        };
        let gone = match looked {
            Ok(object) if args.dry_run => {
                stdout::write_all(format!("{}\n", object.reference()).as_bytes())?;
                Ok(())
            }
            Ok(object) => remove(&object),
            Err(fault) if args.dry_run => Err(fault),
            Err(fault) => unseen(named, fault),
        };
        status = status.or(told(gone, args));
    }
    Ok(status)
}

/// Whether such an object is one to remove: asked of all of them before the first one goes.
fn may_be_removed(named: &Ref) -> Result<(), Fault> {
    match named {
        Ref::Sem(SemName::InMemory { .. }) => Err(in_memory(named)),
        Ref::Msgq(_) | Ref::Sem(_) | Ref::Shm(_) | Ref::Fifo(_) => Ok(()),
        Ref::Mmap(MappingName::File(_)) => {
            Err(Fault::usage(format!("cannot remove {named}: a mapped file is a file as any other"))
                .hint("rm(1) removes files"))
        }
        Ref::Sig(_) => Err(Fault::usage(format!("cannot remove {named}: a process is ended, not removed"))
            .hint("ipctool sig send TERM PID")),
        _ => Err(Fault::usage(format!("cannot remove {named}: it goes when its last user does"))),
    }
}

/// Reports a failure that counts, and gives its status.
fn told(gone: Result<(), Fault>, args: &Args) -> Status {
    match gone {
        Err(fault) if args.ignore_missing && fault.exit_status() == Status::NOT_FOUND => Status::OK,
        Err(fault) => report::fault_line(&fault),
        Ok(()) => Status::OK,
    }
}

/// Removes a FIFO's path; under --dry-run it is only found and printed.
fn remove_fifo(path: &Path, dry_run: bool) -> anyhow::Result<Result<(), Fault>> {
    if !dry_run {
        return Ok(fifo::remove(path));
    }
    Ok(match fifo::Fifo::find(path, fifo::Trust::Anybody) {
        Ok(found) => {
            stdout::write_all(format!("{}\n", found.reference()).as_bytes())?;
            Ok(())
        }
        Err(fault) => Err(fault),
    })
}

/// Every line of standard input, read to its end before anything is done. Lines are not trimmed: a name may hold blanks.
fn references_of_stdin(noun: Option<Kind>) -> anyhow::Result<Vec<Ref>> {
    if stdio::was_closed(libc::STDIN_FILENO) {
        return Err(Fault::os("read standard input", Errno::EBADF).into());
    }
    if std::io::stdin().is_terminal() {
        report::note("reading references from standard input; Ctrl-D ends it");
    }
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text).map_err(|error| {
        Fault::os("read standard input", Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))
    })?;
    let body = text.strip_suffix(b"\n").unwrap_or(&text);
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let lines = body.split(|byte| *byte == b'\n');
    Ok(lines.map(|line| targets::one(OsString::from_vec(line.to_vec()), noun)).collect::<Result<_, _>>()?)
}
