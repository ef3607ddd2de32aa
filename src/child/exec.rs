//! A program with its arguments and environment, ready for the kernel; and becoming it.

use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::execve;

use super::Variable;

/// What execve(2) takes. Not std's: its exec is execvp(3), which in glibc hands a file of unknown format to a shell, and
/// in musl does not; and its spawn hands our signal mask down.
pub(super) struct Image {
    pub(super) path: CString,
    pub(super) argv: Vec<CString>,
    pub(super) environment: Vec<CString>,
}

impl Image {
    /// The program at `path`, with our environment as `variables` change it. EINVAL: a NUL byte in one of them.
    pub(super) fn new(path: &Path, argv: &[OsString], variables: &[Variable]) -> nix::Result<Image> {
        let argv = argv.iter().map(|word| c_string(word.as_bytes())).collect::<nix::Result<Vec<_>>>()?;
        let path = c_string(path.as_os_str().as_bytes())?;
        Ok(Image { path, argv, environment: environment(variables)? })
    }

    /// Replaces this process by the program; returns only why it could not.
    pub(super) fn exec(&self) -> Errno {
        let Err(errno) = execve(&self.path, &self.argv, &self.environment);
        errno
    }
}

fn environment(variables: &[Variable]) -> nix::Result<Vec<CString>> {
    let changed = |name: &OsStr| variables.iter().any(|(variable, _)| name == *variable);
    let kept = std::env::vars_os().filter(|(name, _)| !changed(name));
    let set = variables.iter().filter_map(|(name, value)| Some((OsString::from(name), value.clone()?)));
    let line =
        |(name, value): (OsString, OsString)| c_string(&[name.as_bytes(), b"=", value.as_bytes()].concat());
    kept.chain(set).map(line).collect()
}

fn c_string(bytes: &[u8]) -> nix::Result<CString> {
    CString::new(bytes).map_err(|_| Errno::EINVAL)
}
