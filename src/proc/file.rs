//! Reading files and links under `/proc` whole.

use std::os::fd::AsFd;

use nix::NixPath;
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{OFlag, open, readlink};
use nix::sys::stat::Mode;
use nix::unistd::read;

use super::field;
use crate::fault::Fault;
use crate::status::Status;

/// The kernel hands out at most a page of most files at a time; a larger buffer only saves growing.
const STEP: usize = 16 * 1024;

/// All bytes of a file.
pub fn whole(path: &(impl NixPath + ?Sized)) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    whole_into(path, &mut bytes)?;
    Ok(bytes)
}

/// What the first read of a file gives, of `/proc` at most a page.
pub fn first_block(path: &(impl NixPath + ?Sized)) -> Result<Vec<u8>, Errno> {
    let file = open(path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    let mut block = vec![0; 4096];
    let count = read(file, &mut block)?;
    block.truncate(count);
    Ok(block)
}

/// What the first read of a file gives that has one short line: the kernel hands it out whole.
pub fn line(path: &(impl NixPath + ?Sized)) -> Result<Vec<u8>, Errno> {
    let file = open(path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    let mut block = [0; 256];
    let count = read(file, &mut block)?;
    Ok(block.get(..count).unwrap_or_default().to_vec())
}

/// All bytes of a file into `bytes`, whose old content is dropped and whose memory is used again.
pub fn whole_into(path: &(impl NixPath + ?Sized), bytes: &mut Vec<u8>) -> Result<(), Errno> {
    let file = open(path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    rest_into(file, bytes)
}

/// All bytes from the position of an open file into `bytes`, as [`whole_into`].
pub fn rest_into(file: impl AsFd, bytes: &mut Vec<u8>) -> Result<(), Errno> {
    bytes.clear();
    let mut filled = 0;
    loop {
        if bytes.len() < filled + STEP {
            // By a quarter: what is made larger is written with zeros, and so touched.
            bytes.resize(filled + STEP.max(filled / 4), 0);
        }
        match read(file.as_fd(), &mut bytes[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    bytes.truncate(filled);
    Ok(())
}

/// What a link holds.
pub fn link(path: &(impl NixPath + ?Sized)) -> Result<Vec<u8>, Errno> {
    use std::os::unix::ffi::OsStringExt;
    readlink(path).map(|target| target.into_vec())
}

/// Opens a directory to list it, and to look at what is in it without walking its path again.
pub fn directory(path: &(impl NixPath + ?Sized)) -> Result<Dir, Errno> {
    Dir::open(path, OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())
}

/// The entries of a directory whose names are numbers: processes of `/proc`, threads of `task`, descriptors of `fd`.
pub fn numbers(directory: &mut Dir) -> Result<Vec<i32>, Errno> {
    let mut numbers = Vec::new();
    for entry in directory.iter() {
        numbers.extend(field::decimal::<i32>(entry?.file_name().to_bytes()));
    }
    Ok(numbers)
}

/// [`numbers`] of the directory at a path.
pub fn numbers_in(path: &(impl NixPath + ?Sized)) -> Result<Vec<i32>, Errno> {
    numbers(&mut directory(path)?)
}

/// All bytes of a file that every kernel with a mounted `/proc` has: its absence is no missing object, it is our failure.
pub fn needed(path: &str) -> Result<Vec<u8>, Fault> {
    whole(path).map_err(|errno| absence(path, errno))
}

/// The fault of such a file.
pub fn absence(path: &str, errno: Errno) -> Fault {
    let fault = Fault::os(format_args!("read {path}"), errno);
    match errno {
        Errno::ENOENT => fault.status(Status::FAILED).hint("is /proc mounted? mount -t proc proc /proc"),
        _ => fault,
    }
}

/// `None` when the process, thread or descriptor went away before we looked.
pub fn unless_gone<T>(result: Result<T, Errno>) -> Result<Option<T>, Errno> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Errno::ENOENT | Errno::ESRCH) => Ok(None),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_larger_than_the_step_comes_whole() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let content: Vec<u8> = (0..5 * STEP + 7).map(|i| (i % 251) as u8).collect();
        std::fs::write(file.path(), &content).unwrap();
        assert_eq!(whole(file.path()).unwrap(), content);
    }

    #[test]
    fn a_proc_that_is_not_mounted_is_no_missing_object() {
        let fault = needed("/proc/no-such-file").unwrap_err();
        assert_eq!(fault.exit_status(), Status::FAILED);
        assert_eq!(fault.to_string(), "cannot read /proc/no-such-file: no such file or directory (ENOENT)");
        assert_eq!(absence("x", Errno::EACCES).exit_status(), Status::DENIED);
    }

    #[test]
    fn gone_is_none() {
        assert_eq!(unless_gone(whole("/proc/self/no-such-file")), Ok(None));
    }
}
