//! A signal that was taken off the queue: what its siginfo tells.

use super::signal::Signal;

/// The bytes of a struct signalfd_siginfo.
pub(super) const SIZE: usize = size_of::<libc::signalfd_siginfo>();

/// Why a signal was sent: si_code of sigaction(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// kill(2).
    User,
    /// sigqueue(3), with a value.
    Queue,
    /// A timer of timer_create(2), with a value.
    Timer,
    /// A message came to a POSIX queue (mq_notify(3)), with a value.
    MessageQueue,
    /// An asynchronous read or write is done.
    AsyncIo,
    /// Input or output is possible.
    Io,
    /// tgkill(2): raise(3), pthread_kill(3).
    Tkill,
    /// The kernel itself: setitimer(2), alarm(2), a key at the terminal.
    Kernel,
    /// A child: it exited, was killed, dumped core, was traced, stopped, went on.
    Child(&'static str),
    /// Anything else, by its number.
    Other(i32),
}

impl Code {
    /// One word for it: `user`, `queue`, `timer`, `tkill`, `kernel` …, or the number.
    pub fn word(self) -> String {
        let word = match self {
            Code::User => "user",
            Code::Queue => "queue",
            Code::Timer => "timer",
            Code::MessageQueue => "mqueue",
            Code::AsyncIo => "aio",
            Code::Io => "io",
            Code::Tkill => "tkill",
            Code::Kernel => "kernel",
            Code::Child(how) => how,
            Code::Other(number) => return number.to_string(),
        };
        word.to_owned()
    }

    fn of(signal: i32, code: i32) -> Code {
        const CHILD: [&str; 6] = ["exited", "killed", "dumped", "trapped", "stopped", "continued"];
        match code {
            libc::SI_USER => Code::User,
            libc::SI_QUEUE => Code::Queue,
            libc::SI_TIMER => Code::Timer,
            libc::SI_MESGQ => Code::MessageQueue,
            libc::SI_ASYNCIO => Code::AsyncIo,
            libc::SI_SIGIO => Code::Io,
            libc::SI_TKILL => Code::Tkill,
            libc::SI_KERNEL => Code::Kernel,
            1..=6 if signal == libc::SIGCHLD => Code::Child(
                usize::try_from(code - 1).ok().and_then(|at| CHILD.get(at)).copied().unwrap_or("child"),
            ),
            1..=6 if signal == libc::SIGIO => Code::Io,
            other => Code::Other(other),
        }
    }
}

/// One signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Which.
    pub signal: Signal,
    /// Why it was sent.
    pub code: Code,
    /// Who sent it, where that is known; a child that changed, for CHLD.
    pub pid: Option<i32>,
    /// The sender's real user.
    pub uid: Option<u32>,
    /// The value that came with it (sival_int).
    pub value: Option<i32>,
    /// How many expiries of a timer came to this one signal, beside the first.
    pub overrun: Option<u32>,
    /// A child's exit status, or the signal that it got.
    pub status: Option<i32>,
}

impl Received {
    /// Reads one struct signalfd_siginfo (signalfd(2)); None if the signal's number is none.
    pub fn parse(info: &[u8; SIZE]) -> Option<Received> {
        let field = |at: usize| {
            info.get(at..at + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).unwrap_or_default()
        };
        let signed = |at| i32::from_ne_bytes(field(at));
        let unsigned = |at| u32::from_ne_bytes(field(at));
        let signal = Signal::new(signed(SIGNO))?;
        let code = Code::of(signal.number(), signed(CODE));
        let has_sender = matches!(
            code,
            Code::User | Code::Queue | Code::MessageQueue | Code::AsyncIo | Code::Tkill | Code::Child(_)
        );
        let has_value = matches!(code, Code::Queue | Code::Timer | Code::MessageQueue | Code::AsyncIo);
        Some(Received {
            signal,
            code,
            // 0 is the kernel, or a sender whom our PID namespace does not show.
            pid: Some(signed(PID)).filter(|pid| has_sender && *pid > 0),
            uid: has_sender.then(|| unsigned(UID)),
            value: has_value.then(|| signed(INT)),
            overrun: (code == Code::Timer).then(|| unsigned(OVERRUN)),
            status: matches!(code, Code::Child(_)).then(|| signed(STATUS)),
        })
    }
}

// Where the fields stand in struct signalfd_siginfo (linux/signalfd.h).
const SIGNO: usize = 0;
const CODE: usize = 8;
const PID: usize = 12;
const UID: usize = 16;
const OVERRUN: usize = 32;
const STATUS: usize = 40;
const INT: usize = 44;

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    fn info(fields: &[(usize, i32)]) -> [u8; SIZE] {
        let mut info = [0; SIZE];
        for (at, value) in fields {
            info[*at..at + 4].copy_from_slice(&value.to_ne_bytes());
        }
        info
    }

    #[test]
    fn fields_stand_where_the_c_library_has_them() {
        assert_eq!(SIGNO, offset_of!(libc::signalfd_siginfo, ssi_signo));
        assert_eq!(CODE, offset_of!(libc::signalfd_siginfo, ssi_code));
        assert_eq!(PID, offset_of!(libc::signalfd_siginfo, ssi_pid));
        assert_eq!(UID, offset_of!(libc::signalfd_siginfo, ssi_uid));
        assert_eq!(OVERRUN, offset_of!(libc::signalfd_siginfo, ssi_overrun));
        assert_eq!(STATUS, offset_of!(libc::signalfd_siginfo, ssi_status));
        assert_eq!(INT, offset_of!(libc::signalfd_siginfo, ssi_int));
    }

    #[test]
    fn a_queued_signal_has_sender_and_value() {
        let queued =
            Received::parse(&info(&[(SIGNO, 37), (CODE, -1), (PID, 42), (UID, 7), (INT, -5)])).unwrap();
        assert_eq!((queued.signal.to_string().as_str(), queued.code.word().as_str()), ("RTMIN+3", "queue"));
        assert_eq!(
            (queued.pid, queued.uid, queued.value, queued.overrun),
            (Some(42), Some(7), Some(-5), None)
        );
    }

    #[test]
    fn the_kernel_and_strangers_are_nobody() {
        let kernel = Received::parse(&info(&[(SIGNO, 14), (CODE, 0x80)])).unwrap();
        assert_eq!((kernel.code, kernel.pid, kernel.uid), (Code::Kernel, None, None));
        let stranger = Received::parse(&info(&[(SIGNO, 10), (CODE, 0), (UID, 9)])).unwrap();
        assert_eq!((stranger.pid, stranger.uid), (None, Some(9)));
    }

    #[test]
    fn what_a_field_means_hangs_on_the_code() {
        let child = Received::parse(&info(&[(SIGNO, 17), (CODE, 1), (PID, 42), (STATUS, 3)])).unwrap();
        assert_eq!((child.code.word().as_str(), child.status), ("exited", Some(3)));
        let fault = Received::parse(&info(&[(SIGNO, 11), (CODE, 1)])).unwrap();
        assert_eq!((fault.code, fault.pid), (Code::Other(1), None));
        let timer = Received::parse(&info(&[(SIGNO, 10), (CODE, -2), (OVERRUN, 4), (INT, 9)])).unwrap();
        assert_eq!((timer.value, timer.overrun, timer.pid), (Some(9), Some(4), None));
        assert_eq!(Received::parse(&info(&[(SIGNO, 0)])), None);
    }
}
