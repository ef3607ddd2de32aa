//! Keys out of files: ftok(3), and the way back.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use crate::fault::Fault;
use crate::refs::Key;

/// A key and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileKey {
    /// The key.
    pub key: Key,
    /// The file's device number.
    pub dev: u64,
    /// The file's inode number.
    pub inode: u64,
    /// The project byte.
    pub proj: u8,
    /// The file.
    pub path: PathBuf,
}

/// ftok(3) bit for bit as glibc computes it; symbolic links are followed, as there.
///
/// Status 3 if the file does not exist, 1 if the key comes out 0 (IPC_PRIVATE: every program would get an object of
/// its own).
pub fn ftok(path: &Path, proj: u8) -> Result<FileKey, Fault> {
    let what = || format!("make a key from {}", shown(path));
    let meta = std::fs::metadata(path).map_err(|error| Fault::os(what(), errno_of(&error)))?;
    let (dev, inode) = (meta.dev(), meta.ino());
    let key = Key::ftok(dev, inode, proj).ok_or_else(|| {
        Fault::new(what(), "it comes out 0, which is IPC_PRIVATE").hint("choose another PROJ or another file")
    })?;
    Ok(FileKey { key, dev, inode, proj, path: path.to_path_buf() })
}

/// The files directly in `directory` (and the directory itself) that `wanted` can come from, with the project byte.
///
/// A key holds the low 16 bits of the inode and the low 8 of the device number, so a hit is a candidate, not a proof.
/// Faults are entries that could not be looked at.
pub fn candidates(wanted: Key, directory: &Path) -> Result<super::identity::Listing<FileKey>, Fault> {
    let what = || format!("look through {}", shown(directory));
    let entries = std::fs::read_dir(directory).map_err(|error| Fault::os(what(), errno_of(&error)))?;
    let proj = (wanted.0 >> 24) as u8;
    let mut found = super::identity::Listing::from(Vec::new());
    let mut paths = vec![directory.to_path_buf()];
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => found.faults.push(Fault::os(what(), errno_of(&error))),
        }
    }
    for path in paths {
        match std::fs::metadata(&path) {
            Ok(meta) if Key::ftok(meta.dev(), meta.ino(), proj) == Some(wanted) => {
                found.rows.push(FileKey { key: wanted, dev: meta.dev(), inode: meta.ino(), proj, path });
            }
            Ok(_) => {}
            // A dangling link or a file removed meanwhile has no key.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                found.faults.push(Fault::os(format_args!("look at {}", shown(&path)), errno_of(&error)));
            }
        }
    }
    found.rows.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn shown(path: &Path) -> String {
    os_display::Quotable::maybe_quote(path).to_string()
}

fn errno_of(error: &std::io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(libc::EIO))
}
