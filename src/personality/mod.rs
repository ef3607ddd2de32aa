//! The faces of util-linux 2.38: called through a link named `ipcs`, `ipcrm`, `ipcmk` or `lsipc`, or as
//! `ipctool --as NAME …`, we are that program: its options, layout, blanks, messages and status (SPEC S4).
//!
//! Five differences, on purpose: `ipcrm -a KIND` with a blank removes that kind only; ipcrm checks its whole command
//! line before it acts on any of it; an empty or odd /proc/sysvipc file is an error, not a loop; keys wider than 32 bits
//! are refused; `-i -1` is "not found".
//!
//! Known by running those programs, not from their sources.

mod clock;
pub mod getopt;
mod ipcmk;
mod ipcrm;
mod ipcs;
mod lsipc;
pub mod numbers;
mod outlet;
#[cfg(test)]
mod testing;
mod text;
mod voice;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::fault::Fault;
use crate::status::Status;
use voice::{Ended, Voice};

pub use ipcmk::parse_size;

/// One of the programs that we can be.
struct Face {
    name: &'static str,
    run: fn(&mut Voice, &[OsString]) -> Ended,
}

static FACES: &[Face] = &[
    Face { name: "ipcs", run: ipcs::run },
    Face { name: "ipcrm", run: ipcrm::run },
    Face { name: "ipcmk", run: ipcmk::run },
    Face { name: "lsipc", run: lsipc::run },
];

/// The names of the programs, as `ipctool link` makes them.
pub fn names() -> impl Iterator<Item = &'static str> {
    FACES.iter().map(|face| face.name)
}

/// Runs the program that `args` (the program's name first) call for; None if that is `ipctool` itself.
///
/// # Errors
/// A usage fault for `--as` without one of the four names.
pub fn run(args: &[OsString]) -> Option<Result<Status, Fault>> {
    let (called, rest) = args.split_first()?;
    if let Some(face) = by_name(short_name(called)) {
        return Some(Ok(speak(face, called, rest)));
    }
    let (first, rest) = rest.split_first()?;
    let (name, rest) = match first.as_bytes().strip_prefix(b"--as")? {
        b"" => rest.split_first().map_or((OsStr::new(""), rest), |(name, rest)| (name.as_os_str(), rest)),
        [b'=', name @ ..] => (OsStr::from_bytes(name), rest),
        _ => return None,
    };
    let wanted = by_name(name.as_bytes()).map(|face| (face, name, rest));
    Some(match wanted {
        Some((face, name, rest)) => Ok(speak(face, name, rest)),
        None => Err(Fault::usage(format!("--as takes one of {}", names().collect::<Vec<_>>().join(", ")))
            .hint("the program's name comes first: ipctool --as ipcs -q")),
    })
}

fn speak(face: &Face, called: &OsStr, rest: &[OsString]) -> Status {
    let mut voice = Voice::new(called.as_bytes(), short_name(called));
    let ended = (face.run)(&mut voice, rest);
    voice.finish(ended)
}

fn by_name(name: &[u8]) -> Option<&'static Face> {
    FACES.iter().find(|face| face.name.as_bytes() == name)
}

/// What follows the last slash.
fn short_name(called: &OsStr) -> &[u8] {
    called.as_bytes().rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}
