//! Shared memory without a name, whose size is fixed.

use std::path::PathBuf;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::ftruncate;

use crate::fault::Fault;

/// Descriptors from this one on are no standard ones.
const FIRST: i32 = 3;

/// Makes a memfd of `size` zero bytes that nobody can lengthen or shorten (memfd_create(2), fcntl(2) F_ADD_SEALS), and
/// leaves it open over an exec. Returns its path for whoever has the descriptor.
///
/// # Errors
/// Status 1: no memory (ENOMEM), too large (EFBIG), no descriptor left (EMFILE).
pub fn sealed(size: u64) -> Result<PathBuf, Fault> {
    make(size).map_err(|errno| Fault::os(format_args!("make {size} bytes of shared memory"), errno))
}

fn make(size: u64) -> Result<PathBuf, Errno> {
    let memory = memfd_create("ipctool", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
    ftruncate(&memory, i64::try_from(size).map_err(|_| Errno::EFBIG)?)?;
    let seals = SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
    fcntl(&memory, FcntlArg::F_ADD_SEALS(seals))?;
    let kept = fcntl(&memory, FcntlArg::F_DUPFD(FIRST))?;
    Ok(PathBuf::from(format!("/proc/self/fd/{kept}")))
}
