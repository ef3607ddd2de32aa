//! Kernel settings: files of numbers under `/proc/sys` (proc_sys(5)). Those of IPC are of our IPC namespace.

use std::fmt::Write;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::unistd::write as write_bytes;

use super::{Odd, field, file};
use crate::fault::Fault;

/// A setting by its path under `/proc/sys`, such as `kernel/msgmni`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sysctl(pub &'static str);

impl Sysctl {
    /// The file that holds it.
    pub fn path(self) -> String {
        format!("/proc/sys/{}", self.0)
    }

    /// Its name as sysctl(8) has it: `kernel.msgmni`.
    pub fn name(self) -> String {
        self.0.replace('/', ".")
    }

    /// Its numbers: four of `kernel/sem`, one of most. Signed, because `kernel/msg_next_id` is −1 when it holds nothing, and
    /// wide, because `kernel/shmmax` takes all of 64 bits. `None` where the kernel has no such setting.
    pub fn numbers(self) -> Result<Option<Vec<i128>>, Fault> {
        match file::unless_gone(file::whole(self.path().as_str())) {
            Ok(Some(text)) => parse(&text).map(Some).map_err(|odd| odd.fault(&self.path())),
            Ok(None) => Ok(None),
            Err(errno) => Err(Fault::os(format_args!("read {}", self.path()), errno)),
        }
    }

    /// Its only number. `None` where the kernel has no such setting.
    pub fn number(self) -> Result<Option<i128>, Fault> {
        match self.numbers()?.as_deref() {
            None => Ok(None),
            Some([number]) => Ok(Some(*number)),
            Some(_) => Err(Odd { line: 1, field: "number" }.fault(&self.path())),
        }
    }

    /// Sets its numbers, all at once. The kernel refuses what is out of its range (EINVAL), and everybody but the superuser
    /// of the namespace (EACCES, EPERM); in a container the file is often read-only (EROFS).
    pub fn set(self, numbers: &[i128]) -> Result<(), Fault> {
        let fault = |errno| self.refusal(numbers, errno);
        let file =
            open(self.path().as_str(), OFlag::O_WRONLY | OFlag::O_CLOEXEC, Mode::empty()).map_err(fault)?;
        let text = text(numbers);
        // One write is one setting: the kernel takes a second one for a new value.
        match write_bytes(&file, text.as_bytes()) {
            Ok(count) if count == text.len() => Ok(()),
            Ok(_) => {
                Err(Fault::new(format_args!("set {}", self.name()), "the kernel took a part of it only"))
            }
            Err(errno) => Err(fault(errno)),
        }
    }

    fn refusal(self, numbers: &[i128], errno: Errno) -> Fault {
        let what = format!("set {} to {}", self.name(), text(numbers).trim_end());
        match errno {
            Errno::EINVAL | Errno::ERANGE => Fault::os_because(what, "out of the kernel's range", errno),
            Errno::EROFS => Fault::os_because(what, format_args!("{} is read-only here", self.path()), errno)
                .hint("set it outside of the container"),
            Errno::EACCES | Errno::EPERM => {
                Fault::os(what, errno).hint("it takes the superuser of the namespace: try sudo")
            }
            errno => Fault::os(what, errno),
        }
    }
}

fn text(numbers: &[i128]) -> String {
    let mut text = String::new();
    for number in numbers {
        let gap = if text.is_empty() { "" } else { " " };
        // Writing into a String cannot fail.
        let _ = write!(text, "{gap}{number}");
    }
    text + "\n"
}

/// The numbers of a settings file: one line, parted by tabs.
pub fn parse(text: &[u8]) -> Result<Vec<i128>, Odd> {
    let odd = Odd { line: 1, field: "number" };
    let mut lines = field::lines(text);
    let line = lines.next().ok_or(odd)?;
    let number = |word| {
        let signed = field::signed::<i64>(word).map(i128::from);
        signed.or_else(|| field::decimal::<u64>(word).map(i128::from)).ok_or(odd)
    };
    let numbers = field::words(line).map(number).collect::<Result<Vec<_>, _>>()?;
    if numbers.is_empty() || lines.next().is_some() {
        return Err(odd);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests;
