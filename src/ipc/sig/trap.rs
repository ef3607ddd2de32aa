//! Receiving signals: blocked, so that none does what it would, and taken off the queue one by one.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;

use super::received::{Received, SIZE};
use super::set::SignalSet;
use super::signal::Signal;
use crate::fault::Fault;
use crate::sys::disposition::{Disposition, disposition};
use crate::sys::sigmask::{Change, rt_sigprocmask, signalfd};
use crate::wait::{Stop, Wait, any_readable};

/// At most so many signals come out of the kernel at once.
const BATCH: usize = 128;

/// A set of signals that this process receives from here on. Its signals stay blocked to the process's end: what comes
/// after the trap does not end it.
#[derive(Debug)]
pub struct Trap {
    fd: OwnedFd,
    room: Vec<u8>,
}

/// Why `signal` cannot be trapped, blocked or ignored: a usage fault.
pub fn refused(what: &str, signal: Signal) -> Option<Fault> {
    let number = signal.number();
    let cause = match () {
        () if signal.is_beyond_control() => {
            format!("{signal} cannot be {what}: the kernel lets no process catch, block or ignore it")
        }
        () if signal.is_reserved() => {
            format!("{number} cannot be {what}: the C library keeps 32 and 33 for its threads")
        }
        () => return None,
    };
    let hint = match () {
        () if signal == Signal::KILL => "TERM asks a process to end, and can be caught",
        () if signal.is_reserved() => "the first realtime signal for programs is RTMIN (34)",
        () => "TSTP stops like Ctrl-Z, and can be caught",
    };
    Some(Fault::usage(cause).hint(hint))
}

impl Trap {
    /// Receives the signals of `wanted`; before any thread is started, which would get them.
    ///
    /// # Errors
    /// A usage fault for a signal that no process can receive.
    pub fn arm(wanted: SignalSet) -> Result<Trap, Fault> {
        if let Some(fault) = wanted.iter().find_map(|signal| refused("trapped", signal)) {
            return Err(fault);
        }
        let fault = |errno| Fault::os("trap signals", errno);
        rt_sigprocmask(Change::Block, wanted.bits()).map_err(fault)?;
        let fd = signalfd(wanted.bits()).map_err(fault)?;
        Ok(Trap { fd, room: vec![0; BATCH * SIZE] })
    }

    /// HUP, USR1, USR2 and every realtime signal, without those that we inherited ignored (as HUP under nohup).
    pub fn usual() -> SignalSet {
        let named = [libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2].into_iter().filter_map(Signal::new);
        named.chain(SignalSet::realtime().iter()).filter(|signal| !is_ignored(*signal)).collect()
    }

    /// Takes what is pending, at most `most` signals: an empty list where nothing is.
    ///
    /// Of one process's realtime signals the lowest number comes first, and those of one number in their order.
    pub fn take(&mut self, most: usize) -> Result<Vec<Received>, Fault> {
        let room = self.room.get_mut(..most.clamp(1, BATCH) * SIZE).unwrap_or_default();
        let filled = loop {
            match nix::unistd::read(&self.fd, room) {
                Ok(filled) => break filled,
                Err(Errno::EAGAIN) => break 0,
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(Fault::os("take signals", errno)),
            }
        };
        let (infos, _) = room.get(..filled).unwrap_or_default().as_chunks::<SIZE>();
        Ok(infos.iter().filter_map(Received::parse).collect())
    }

    /// A descriptor that is readable while a signal is pending.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// Waits until a signal is pending; takes none.
    pub fn wait(&self, wait: &Wait) -> Result<(), Stop> {
        any_readable(&[self.fd()], wait).map(drop)
    }
}

fn is_ignored(signal: Signal) -> bool {
    disposition(signal.number()) == Ok(Disposition::Ignore)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::send::rt_tgsigqueueinfo;
    use crate::sys::signal::thread_id;

    #[test]
    fn realtime_signals_come_in_order_and_are_not_merged() {
        let signal = Signal::parse("RTMIN+9").unwrap();
        let mut trap = Trap::arm([signal].into_iter().collect()).unwrap();
        assert_eq!(trap.wait(&Wait::nowait()), Err(Stop::WouldBlock));
        let own = i32::try_from(std::process::id()).unwrap();
        for value in 0..300 {
            rt_tgsigqueueinfo(own, thread_id(), signal.number(), value).unwrap();
        }
        assert_eq!(trap.wait(&Wait::forever()), Ok(()));
        let mut values = Vec::new();
        loop {
            let taken = trap.take(7).unwrap();
            assert!(taken.len() <= 7);
            if taken.is_empty() {
                break;
            }
            values.extend(taken.iter().filter_map(|one| one.value));
        }
        assert_eq!(values, (0..300).collect::<Vec<_>>());
    }

    #[test]
    fn what_nobody_can_receive_is_refused() {
        for (text, told) in [("KILL", "KILL"), ("STOP", "STOP"), ("32", "C library"), ("33", "C library")] {
            let fault = Trap::arm([Signal::parse(text).unwrap()].into_iter().collect()).unwrap_err();
            assert!(fault.to_string().contains(told), "{fault}");
            assert_eq!(fault.exit_status(), crate::status::Status::USAGE);
        }
    }
}
