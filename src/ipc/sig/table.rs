//! The standard signals: signal(7).

/// What a signal does to a process that has made no choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Ends it.
    Terminate,
    /// Ends it and dumps core.
    Core,
    /// Nothing.
    Ignore,
    /// Stops it.
    Stop,
    /// Lets it go on if it was stopped.
    Continue,
}

impl Action {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            Action::Terminate => "terminate",
            Action::Core => "core",
            Action::Ignore => "ignore",
            Action::Stop => "stop",
            Action::Continue => "continue",
        }
    }
}

/// A standard signal.
pub(super) struct Row {
    pub number: i32,
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub action: Action,
    pub meaning: &'static str,
}

/// The row of the standard signal with this number.
pub(super) fn find(number: i32) -> Option<&'static Row> {
    STANDARD.iter().find(|row| row.number == number)
}

const fn row(number: i32, name: &'static str, action: Action, meaning: &'static str) -> Row {
    Row { number, name, aliases: &[], action, meaning }
}

/// All of them, by their numbers on x86 and ARM.
pub(super) static STANDARD: [Row; 31] = [
    row(
        libc::SIGHUP,
        "HUP",
        Action::Terminate,
        "the terminal is gone; daemons read their configuration again",
    ),
    row(libc::SIGINT, "INT", Action::Terminate, "Ctrl-C at the terminal"),
    row(libc::SIGQUIT, "QUIT", Action::Core, "Ctrl-\\ at the terminal"),
    row(libc::SIGILL, "ILL", Action::Core, "illegal instruction"),
    row(libc::SIGTRAP, "TRAP", Action::Core, "breakpoint or trace"),
    Row {
        number: libc::SIGABRT,
        name: "ABRT",
        aliases: &["IOT"],
        action: Action::Core,
        meaning: "abort(3) was called",
    },
    row(libc::SIGBUS, "BUS", Action::Core, "memory that is not there, as past the end of a mapped file"),
    row(libc::SIGFPE, "FPE", Action::Core, "arithmetic error, as division by zero"),
    row(libc::SIGKILL, "KILL", Action::Terminate, "end at once; cannot be caught, blocked or ignored"),
    row(libc::SIGUSR1, "USR1", Action::Terminate, "free for programs"),
    row(libc::SIGSEGV, "SEGV", Action::Core, "memory access that is not allowed"),
    row(libc::SIGUSR2, "USR2", Action::Terminate, "free for programs"),
    row(libc::SIGPIPE, "PIPE", Action::Terminate, "write to a pipe or socket without reader"),
    row(libc::SIGALRM, "ALRM", Action::Terminate, "alarm(2) or the real interval timer ran out"),
    row(libc::SIGTERM, "TERM", Action::Terminate, "please end"),
    row(libc::SIGSTKFLT, "STKFLT", Action::Terminate, "coprocessor stack fault; unused"),
    Row {
        number: libc::SIGCHLD,
        name: "CHLD",
        aliases: &["CLD"],
        action: Action::Ignore,
        meaning: "a child ended, stopped or went on",
    },
    row(libc::SIGCONT, "CONT", Action::Continue, "go on after a stop"),
    row(libc::SIGSTOP, "STOP", Action::Stop, "stop; cannot be caught, blocked or ignored"),
    row(libc::SIGTSTP, "TSTP", Action::Stop, "Ctrl-Z at the terminal"),
    row(libc::SIGTTIN, "TTIN", Action::Stop, "a background process reads from its terminal"),
    row(libc::SIGTTOU, "TTOU", Action::Stop, "a background process writes to its terminal"),
    row(libc::SIGURG, "URG", Action::Ignore, "urgent data on a socket"),
    row(libc::SIGXCPU, "XCPU", Action::Core, "the limit of CPU time (RLIMIT_CPU) is reached"),
    row(libc::SIGXFSZ, "XFSZ", Action::Core, "the limit of a file's size (RLIMIT_FSIZE) is reached"),
    row(libc::SIGVTALRM, "VTALRM", Action::Terminate, "the timer of CPU time in user mode ran out"),
    row(libc::SIGPROF, "PROF", Action::Terminate, "the timer of all CPU time ran out"),
    row(libc::SIGWINCH, "WINCH", Action::Ignore, "the terminal's window changed its size"),
    Row {
        number: libc::SIGIO,
        name: "IO",
        aliases: &["POLL"],
        action: Action::Terminate,
        meaning: "input or output is possible",
    },
    row(libc::SIGPWR, "PWR", Action::Terminate, "the power fails"),
    Row {
        number: libc::SIGSYS,
        name: "SYS",
        aliases: &["UNUSED"],
        action: Action::Core,
        meaning: "system call that is not allowed (seccomp)",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_numbers() {
        for (number, row) in (1..).zip(&STANDARD) {
            assert_eq!(row.number, number, "{}", row.name);
        }
    }
}
