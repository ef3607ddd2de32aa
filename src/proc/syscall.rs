//! Where a thread is blocked: `/proc/PID/task/TID/syscall` (proc_pid_syscall(5)).

use super::{Odd, field, file};
use nix::errno::Errno;

/// What a thread is doing, as the kernel sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It is on a CPU or ready to be.
    Running,
    /// It is blocked, and not in a system call: stopped, or waiting for a page.
    Elsewhere,
    /// It is blocked in this system call.
    Blocked(Call),
    /// It never makes one: a thread of the kernel, or one that has ended.
    Nothing,
}

/// A system call with its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Its number (`libc::SYS_…`) on this machine. A 32-bit program's calls have other numbers.
    pub number: i64,
    /// Its six arguments, as the registers hold them: unused ones hold anything.
    pub args: [u64; 6],
}

impl Call {
    /// An argument of the C type `int`: the upper half of the register means nothing.
    pub fn int(&self, index: usize) -> i32 {
        (self.args[index] as u32).cast_signed()
    }
}

/// The text of a syscall file: the call's number, its arguments (none for −1), stack pointer and program counter.
pub fn parse(text: &[u8]) -> Result<Doing, Odd> {
    let odd = |field| Odd { line: 1, field };
    let line = field::lines(text).next().ok_or(odd("nr"))?;
    let mut words = field::words(line);
    let number: i64 = match words.next() {
        Some(b"running") => return Ok(Doing::Running),
        Some(word) => field::signed(word).ok_or(odd("nr"))?,
        None => return Err(odd("nr")),
    };
    let mut pointer = |field| {
        let word = words.next().and_then(|word| word.strip_prefix(b"0x"));
        word.and_then(field::hex::<u64>).ok_or(odd(field))
    };
    let mut args = [0; 6];
    if number >= 0 {
        for arg in &mut args {
            *arg = pointer("args")?;
        }
    }
    let (stack, counter) = (pointer("sp")?, pointer("pc")?);
    Ok(match number {
        _ if (stack, counter) == (0, 0) => Doing::Nothing,
        0.. => Doing::Blocked(Call { number, args }),
        _ => Doing::Elsewhere,
    })
}

/// What a thread is doing. The kernel's errno says why it cannot be told: EACCES or EPERM without the right to attach to the
/// process as a debugger (Yama may refuse even its owner), ENOENT or ESRCH when it has ended.
pub fn doing(pid: i32, tid: i32) -> Result<Doing, Errno> {
    let text = file::line(format!("/proc/{pid}/task/{tid}/syscall").as_str())?;
    parse(&text).map_err(|_| Errno::EINVAL)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::Held;
    use super::*;

    #[test]
    fn captured_texts() {
        assert_eq!(parse(b"running\n"), Ok(Doing::Running));
        assert_eq!(parse(b"0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n"), Ok(Doing::Nothing), "a kernel thread");
        assert_eq!(parse(b"-1 0x0 0x0\n"), Ok(Doing::Nothing), "a zombie");
        assert_eq!(parse(b"-1 0x7ffe3a4f6b58 0x7f8c5d0f1a3b\n"), Ok(Doing::Elsewhere));
        let text = b"70 0x0 0x7ffd0 0x64 0xfffffffffffffffd 0x0 0xffffffff 0x7ffd 0x7f11\n";
        let Ok(Doing::Blocked(call)) = parse(text) else { panic!("{:?}", parse(text)) };
        assert_eq!((call.number, call.args[2], call.args[3].cast_signed()), (70, 100, -3));
        assert_eq!((call.int(0), call.int(5)), (0, -1));
    }

    #[test]
    fn odd_texts() {
        assert_eq!(parse(b"").unwrap_err().field, "nr");
        assert_eq!(parse(b"x").unwrap_err().field, "nr");
        assert_eq!(parse(b"70 0x0 0x1").unwrap_err().field, "args");
        assert_eq!(parse(b"-1 0x1").unwrap_err().field, "pc");
        assert_eq!(parse(b"70 0 0 0 0 0 0").unwrap_err().field, "args");
    }

    #[test]
    fn a_child_that_sleeps_is_blocked_in_its_sleep() {
        let mut child = Held::sleeper();
        let pid = child.pid();
        child.end();
        assert_eq!(doing(pid, pid), Err(Errno::ENOENT));
    }

    proptest! {
        #[test]
        fn any_bytes_end(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&text);
            let _ = parse(&[b"70 0x1 0x", &text[..]].concat());
        }
    }
}
