//! Which bytes of the memory are meant.

use nix::errno::Errno;

use crate::commands::size;
use crate::fault::{Fault, counted};

/// A range of bytes.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Begin N bytes from the start (decimal, 0x, K, M, G)
    #[arg(long, value_name = "N", value_parser = size::parse, default_value = "0")]
    pub offset: u64,
    /// So many bytes, not all to the end
    #[arg(long, value_name = "N", value_parser = size::parse)]
    pub length: Option<u64>,
}

impl Args {
    /// Start and length of the range within `size` bytes of `name`.
    ///
    /// # Errors
    /// Status 1 if it does not lie within: nothing is cut unasked.
    pub fn within(&self, size: u64, what: &str, name: &str) -> Result<(u64, u64), Fault> {
        let rest = size.checked_sub(self.offset);
        match (rest, self.length) {
            (Some(rest), None) => Ok((self.offset, rest)),
            (Some(rest), Some(length)) if length <= rest => Ok((self.offset, length)),
            _ => Err(past_the_end(what, name, size)),
        }
    }
}

/// The range asked for does not lie within the memory.
pub fn past_the_end(what: &str, name: &str, size: u64) -> Fault {
    Fault::new(
        format_args!("{what} {name}"),
        format_args!("the range goes past its end, {}", counted(size, "byte")),
    )
}

/// Bytes that cannot be read: `what` says which. A process may have unmapped them since.
pub fn unreadable(what: impl std::fmt::Display, errno: Errno) -> Fault {
    match errno {
        Errno::EFAULT => Fault::os_because(what, "nothing that can be read is mapped there now", errno),
        errno => Fault::os(what, errno),
    }
}

/// Bytes that cannot be written: `what` says which. In a process they may lie where it has nothing mapped, or only to read.
pub fn unwritable(what: impl std::fmt::Display, errno: Errno) -> Fault {
    match errno {
        Errno::EFAULT => Fault::os_because(what, "nothing that can be written is mapped there now", errno),
        Errno::EOPNOTSUPP => Fault::os_because(
            what,
            "no atomic instruction reaches the memory of another process",
            errno,
        )
        .hint("--set with --if writes it, but not atomically; what several map can be named by its file"),
        errno => Fault::os(what, errno),
    }
}

/// The memory became shorter under us: it ends at `end` now.
pub fn cut_short(what: &str, name: &str, end: u64) -> Fault {
    Fault::new(format_args!("{what} {name}"), format_args!("it was cut short at {end}"))
}
