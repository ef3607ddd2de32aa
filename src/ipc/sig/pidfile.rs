//! The file that tells others our PID, once they may send.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use os_display::Quotable;

use crate::fault::Fault;
use crate::wait::cancel;

/// A file with our PID in it. Removed when dropped, if it still is the one that we made.
#[derive(Debug)]
pub struct PidFile {
    path: PathBuf,
    /// Device and inode.
    made: (u64, u64),
}

impl PidFile {
    /// Writes it whole, then puts it in its place at once by rename: who sees it can read it. An old one is replaced.
    ///
    /// # Errors
    /// The directory cannot be written to, or a directory stands in the place.
    pub fn create(path: &Path) -> Result<PidFile, Fault> {
        let fault = |error: std::io::Error| {
            let errno = Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO));
            Fault::os(format_args!("write the PID file {}", path.maybe_quote()), errno)
        };
        // Before it is there: whoever sees it may end us at once, and it must go then as well.
        cancel::watch().map_err(|errno| Fault::os("catch signals", errno))?;
        let (file, draft) = draft(path).map_err(fault)?;
        let made = fill(file).and_then(|made| fs::rename(&draft, path).map(|()| made));
        if made.is_err() {
            let _ = fs::remove_file(&draft);
        }
        made.map(|made| PidFile { path: path.to_owned(), made }).map_err(fault)
    }
}

/// A new file beside `path`, never one that is there, nor behind a link.
fn draft(path: &Path) -> std::io::Result<(File, PathBuf)> {
    let pid = std::process::id();
    let mut tried = 0;
    loop {
        let mut name = OsString::from(path);
        name.push(format!(".{pid}.{tried}"));
        match OpenOptions::new().write(true).create_new(true).mode(0o644).open(&name) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && tried < 99 => tried += 1,
            other => return other.map(|file| (file, PathBuf::from(name))),
        }
    }
}

/// Our PID and a newline; gives device and inode.
fn fill(mut file: File) -> std::io::Result<(u64, u64)> {
    writeln!(file, "{}", std::process::id())?;
    let status = file.metadata()?;
    Ok((status.dev(), status.ino()))
}

impl Drop for PidFile {
    fn drop(&mut self) {
        let there = fs::symlink_metadata(&self.path).map(|status| (status.dev(), status.ino()));
        if there.is_ok_and(|there| there == self.made) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_there_while_it_lives_and_nothing_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pid");
        fs::write(&path, "old").unwrap();
        let file = PidFile::create(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", std::process::id()));
        drop(file);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn anothers_file_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pid");
        let file = PidFile::create(&path).unwrap();
        fs::rename(&path, dir.path().join("away")).unwrap();
        fs::write(&path, "another's").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "another's");
    }

    #[test]
    fn where_it_cannot_be_nothing_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("place");
        fs::create_dir(&place).unwrap();
        assert!(PidFile::create(&place).unwrap_err().to_string().contains("EISDIR"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(PidFile::create(&dir.path().join("none/pid")).unwrap_err().to_string().contains("ENOENT"));
    }
}
