//! `ipctool link`: the names under which ipctool is another program.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use os_display::Quotable;

use crate::commands::report;
use crate::fault::Fault;
use crate::personality;
use crate::status::Status;

/// Make links in a directory under which ipctool is ipcs, ipcrm, ipcmk and lsipc.
///
/// Each is a symbolic link to this very program. Called through it, ipctool behaves as util-linux's program of that
/// name: its options, layout, messages and status. The same without a link: ipctool --as NAME. Links that are there
/// already are left as they are. Anything else of one of the names is not replaced without --force: nothing is done
/// then.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool link ~/bin
  ipctool link --force /usr/local/bin")]
pub struct Args {
    /// Where to make the links
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Replace what is there, except directories
    #[arg(long)]
    force: bool,
}

/// Runs `ipctool link`.
pub fn run(args: Args) -> anyhow::Result<Status> {
    // One line for all four where there is no such directory.
    let place = fs::metadata(&args.dir).and_then(|found| match found.is_dir() {
        true => Ok(()),
        false => Err(Errno::ENOTDIR.into()),
    });
    place.map_err(|error| fault(&format!("link in {}", args.dir.maybe_quote()), &error))?;
    let program = std::env::current_exe().map_err(|error| fault("find this program", &error))?;
    let own = fs::metadata(&program).map_err(|error| fault("find this program", &error))?;
    let mut missing = Vec::new();
    let mut refused = Vec::new();
    for name in personality::names() {
        let link = args.dir.join(name);
        match fs::symlink_metadata(&link) {
            Ok(_) if fs::read_link(&link).is_ok_and(|target| target == program) => {}
            Ok(found) if (found.dev(), found.ino()) == (own.dev(), own.ino()) => {
                refused.push(in_the_way(&link, "it is this very program"));
            }
            Ok(found) if found.is_dir() => refused.push(in_the_way(&link, "it is a directory")),
            Ok(_) if !args.force => {
                refused.push(in_the_way(&link, "there is something of that name").hint("--force replaces it"))
            }
            Err(error) if error.kind() != ErrorKind::NotFound => {
                refused.push(fault(&format!("link {}", link.maybe_quote()), &error));
            }
            _ => missing.push(link),
        }
    }
    if !refused.is_empty() {
        return Ok(report::all(&refused));
    }
    let made = missing.iter().filter_map(|link| make(&program, link).err()).collect::<Vec<_>>();
    Ok(report::all(&made))
}

/// The link takes its place by rename, so that there is always a program of that name.
fn make(program: &Path, link: &Path) -> Result<(), Fault> {
    let fresh = link.with_extension(format!("{}.new", std::process::id()));
    let what = format!("link {}", link.maybe_quote());
    symlink(program, &fresh).map_err(|error| fault(&what, &error))?;
    fs::rename(&fresh, link).map_err(|error| {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&fresh);
        fault(&what, &error)
    })
}

fn in_the_way(link: &Path, cause: &str) -> Fault {
    Fault::os_because(format_args!("link {}", link.maybe_quote()), cause, Errno::EEXIST)
}

fn fault(what: &str, error: &io::Error) -> Fault {
    Fault::os(what, Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO)))
}
