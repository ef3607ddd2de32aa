//! Becoming another program.

use std::convert::Infallible;
use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal};
use nix::unistd::{execv, execve};

use super::Variable;
use crate::sys::signal::sigaction_set;

/// Replaces this process by `path`, with our environment as `variables` change it and SIGPIPE at its default.
///
/// Not std's exec: that is execvp(3), which in glibc hands a file of unknown format to a shell, and in musl does not.
pub(super) fn exec(path: &Path, argv: &[OsString], variables: &[Variable]) -> Errno {
    let become_it = || -> nix::Result<Infallible> {
        let argv = argv.iter().map(|word| c_string(word.as_bytes())).collect::<nix::Result<Vec<_>>>()?;
        let path = c_string(path.as_os_str().as_bytes())?;
        let environment = environment(variables)?;
        sigaction_set(Signal::SIGPIPE, SigHandler::SigDfl)?;
        match environment {
            None => execv(&path, &argv),
            Some(environment) => execve(&path, &argv, &environment),
        }
    };
    match become_it() {
        Err(errno) => errno,
        Ok(never) => match never {},
    }
}

/// The changed environment; None where it shall be as it is.
fn environment(variables: &[Variable]) -> nix::Result<Option<Vec<CString>>> {
    if variables.is_empty() {
        return Ok(None);
    }
    let changed = |name: &OsStr| variables.iter().any(|(variable, _)| name == *variable);
    let kept = std::env::vars_os().filter(|(name, _)| !changed(name));
    let set = variables.iter().filter_map(|(name, value)| Some((OsString::from(name), value.clone()?)));
    let line =
        |(name, value): (OsString, OsString)| c_string(&[name.as_bytes(), b"=", value.as_bytes()].concat());
    kept.chain(set).map(line).collect::<nix::Result<Vec<_>>>().map(Some)
}

fn c_string(bytes: &[u8]) -> nix::Result<CString> {
    CString::new(bytes).map_err(|_| Errno::EINVAL)
}
