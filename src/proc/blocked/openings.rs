//! Who is blocked in opening a FIFO, and which: it has no descriptor of it until the other end is opened too.

use std::os::unix::ffi::OsStringExt;

use nix::sys::stat::{SFlag, stat};

use super::super::scan::Found;
use super::calls::{Wait, wait};
use super::sleepers::{Act, Sleeper, place, sleeper};
use super::{Blocked, blocked};
use crate::fault::Fault;

/// A thread that waits until the other end of a FIFO is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The thread.
    pub sleeper: Sleeper,
    /// The FIFO's path, absolute where it can be told.
    pub path: Vec<u8>,
    /// The device of the FIFO's file system.
    pub device: u64,
    /// The FIFO's inode.
    pub inode: u64,
    /// It opens to write; else to read.
    pub writes: bool,
}

/// Everybody who waits so. The files are looked at where they lie: one on a file server that is gone hangs us too. Rights and
/// failures as [`blocked`].
pub fn openings() -> Result<Found<Opening>, Fault> {
    let mut found = blocked(None, opening)?;
    found.hits.sort_by_key(|hit| (hit.sleeper.pid, hit.sleeper.tid));
    Ok(found)
}

fn opening(thread: &Blocked) -> Option<Opening> {
    let Some(Wait::Open { directory, path, flags: Some(flags) }) = wait(&thread.call) else { return None };
    let path = thread.text(path, libc::PATH_MAX as usize)?;
    let place = place(thread, directory, &path);
    let status = stat(&place).ok()?;
    let is_fifo = SFlag::from_bits_truncate(status.st_mode) & SFlag::S_IFMT == SFlag::S_IFIFO;
    let writes = flags & libc::O_ACCMODE == libc::O_WRONLY;
    let (device, inode) = (status.st_dev, status.st_ino);
    let path = std::fs::canonicalize(place).map_or(path, |real| real.into_os_string().into_vec());
    is_fifo.then(|| Opening { sleeper: sleeper(thread, None, Act::Open), path, device, inode, writes })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::super::super::testing::{Held, until};
    use super::*;

    #[test]
    fn who_opens_a_fifo_is_found_by_its_own_path() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f\n");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let inode = stat(&path).unwrap().st_ino;
        let perl = |program: &str, argument: &Path| {
            Held::spawn(Command::new("perl").arg("-e").arg(program).arg(argument))
        };
        let absolute = perl("open F, '>', $ARGV[0]", &path);
        let relative = perl("chdir $ARGV[0]; open F, '>', qq(./f\\n)", dir.path());
        let ours =
            || openings().unwrap().hits.into_iter().filter(|hit| hit.inode == inode).collect::<Vec<_>>();
        until(|| ours().len() == 2);
        let mut expected = [absolute.pid(), relative.pid()];
        expected.sort_unstable();
        let hits = ours();
        assert_eq!([0, 1].map(|one| hits[one].sleeper.pid), expected);
        for hit in hits {
            assert_eq!((hit.writes, hit.sleeper.tid, hit.sleeper.act), (true, hit.sleeper.pid, Act::Open));
            assert!(hit.path.starts_with(b"/") && hit.path.ends_with(b"/f\n"), "{:?}", hit.path);
        }
    }
}
