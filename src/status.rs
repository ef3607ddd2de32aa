//! The exit statuses, the only place where their numbers stand.

/// How a run ended, as the shell sees it (SPEC S2, the status table).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status(u8);

impl Status {
    /// Done; for facts also: the reader of standard output went away.
    pub const OK: Status = Status(0);
    /// The operation failed.
    pub const FAILED: Status = Status(1);
    /// The command line is wrong: nothing was done.
    pub const USAGE: Status = Status(2);
    /// No such object, or it was removed while we waited.
    pub const NOT_FOUND: Status = Status(3);
    /// Permission denied.
    pub const DENIED: Status = Status(4);
    /// The operation would block, and `--nowait` was given.
    pub const WOULD_BLOCK: Status = Status(5);
    /// The timeout passed.
    pub const TIMED_OUT: Status = Status(124);
    /// `-- COMMAND`: a failure of ours, not the command's.
    pub const OURS: Status = Status(125);
    /// `-- COMMAND`: the command was found and could not be executed.
    pub const NOT_EXECUTABLE: Status = Status(126);
    /// `-- COMMAND`: there is no such command.
    pub const NO_COMMAND: Status = Status(127);

    /// The status that a command of ours ended with, passed on.
    pub fn of_command(code: u8) -> Status {
        Status(code)
    }

    /// The status for a command that signal `number` ended: 128 + number, as shells have it.
    pub fn of_signal(number: i32) -> Status {
        Status(128 | (number & 0x7f) as u8)
    }

    /// The bare number, as the shell's `$?` shows it.
    pub fn code(self) -> u8 {
        self.0
    }

    /// This status unless it is success, else `next`: the first failure decides.
    pub fn or(self, next: Status) -> Status {
        if self == Status::OK { next } else { self }
    }
}
