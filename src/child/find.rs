//! Finding a command in PATH, before anything is taken for it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::sys::stat::{SFlag, stat};
use nix::unistd::{AccessFlags, faccessat};
use os_display::Quotable;

use crate::fault::Fault;
use crate::status::Status;

/// Where to look when PATH is not set, as exec(3) does.
const USUAL: &str = "/bin:/usr/bin";

/// The file that `name` means: itself with a slash in it, else the first executable of that name in `path`.
///
/// Faults: status 127 if there is none, 126 if there is one that may not be executed.
pub(super) fn find(name: &OsStr, path: Option<&OsStr>) -> Result<PathBuf, Fault> {
    let what = || format!("run {}", name.maybe_quote());
    if name.as_bytes().contains(&b'/') {
        let file = PathBuf::from(name);
        return match executable(&file) {
            Ok(()) => Ok(file),
            Err(errno @ Errno::EACCES) => Err(Fault::os(what(), errno).status(Status::NOT_EXECUTABLE)),
            Err(errno) => Err(Fault::os(what(), errno).status(Status::NO_COMMAND)),
        };
    }
    let mut refused = false;
    for directory in std::env::split_paths(path.unwrap_or(OsStr::new(USUAL))) {
        // An empty entry is the current directory; the slash keeps exec from searching once more.
        let file =
            if directory.as_os_str().is_empty() { Path::new(".").join(name) } else { directory.join(name) };
        match executable(&file) {
            Ok(()) if !name.is_empty() => return Ok(file),
            // Of a directory that we may not search, shells say nothing either.
            Err(Errno::EACCES) if !name.is_empty() && stat(&file).is_ok() => refused = true,
            _ => {}
        }
    }
    Err(match refused {
        true => Fault::os(what(), Errno::EACCES).status(Status::NOT_EXECUTABLE),
        false => Fault::new(what(), "no such command in PATH").status(Status::NO_COMMAND),
    })
}

/// EACCES: it is there, and is no file that we may execute.
fn executable(file: &Path) -> nix::Result<()> {
    let kind = SFlag::from_bits_truncate(stat(file)?.st_mode) & SFlag::S_IFMT;
    if kind != SFlag::S_IFREG {
        return Err(Errno::EACCES);
    }
    faccessat(AT_FDCWD, file, AccessFlags::X_OK, AtFlags::AT_EACCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, create_dir, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    fn status(found: Result<PathBuf, Fault>) -> u8 {
        found.unwrap_err().exit_status().code()
    }

    #[test]
    fn the_first_executable_in_path_wins() {
        let root = tempfile::tempdir().unwrap();
        for (directory, mode) in [("a", 0o600), ("b", 0o700), ("c", 0o700)] {
            create_dir(root.path().join(directory)).unwrap();
            let file = root.path().join(directory).join("tool");
            write(&file, "").unwrap();
            set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        }
        let path =
            |names: &[&str]| std::env::join_paths(names.iter().map(|name| root.path().join(name))).unwrap();
        let found = find(OsStr::new("tool"), Some(&path(&["none", "a", "b", "c"])));
        assert_eq!(found, Ok(root.path().join("b/tool")));
        assert_eq!(status(find(OsStr::new("tool"), Some(&path(&["a", "none"])))), 126);
        assert_eq!(status(find(OsStr::new("other"), Some(&path(&["a", "b"])))), 127);
        assert_eq!(status(find(OsStr::new(""), Some(&path(&["a"])))), 127);
        assert_eq!(status(find(OsStr::new("b"), Some(&path(&[""])))), 126);
    }

    #[test]
    fn a_path_is_itself() {
        assert_eq!(find(OsStr::new("/bin/sh"), Some(OsStr::new("/nowhere"))), Ok(PathBuf::from("/bin/sh")));
        let fault = find(OsStr::new("./no such"), None).unwrap_err();
        assert_eq!(fault.to_string(), "cannot run './no such': no such file or directory (ENOENT)");
        assert_eq!(fault.exit_status(), Status::NO_COMMAND);
        assert_eq!(status(find(OsStr::new("/tmp"), None)), 126);
        assert_eq!(status(find(OsStr::new("/bin/sh/x"), None)), 127);
    }

    #[test]
    fn without_path_the_usual_places() {
        assert!(find(OsStr::new("sh"), None).is_ok());
    }
}
