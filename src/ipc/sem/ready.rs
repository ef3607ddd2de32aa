//! Whether a set has got its first values: its creator makes it and gives it values in two steps.
//!
//! Ours gives them by a semop, which sets otime. A set of a C program that uses SETVAL has otime 0 for ever, but a value,
//! or at least the PID of who set it. So only a set that nobody has touched, and that is young, is waited for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use nix::poll::{PollTimeout, poll};

use crate::fault::Fault;
use crate::ipc::sem::{Set, semaphores, stat};
use crate::status::Status;
use crate::sys::sysv::sem::SemId;
use crate::wait::{self, Deadline, Stop, Turn, Wait};

/// How long a creator is given, and how old a set may be that we wait for at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to let the creator run between two looks.
const BETWEEN: Duration = Duration::from_millis(2);

/// What speaks for a creator that is still at it.
struct Raw {
    /// No operation was made, and no value set.
    untouched: bool,
    /// Less than [`PATIENCE`] old.
    young: bool,
}

impl Set {
    /// Waits until the creator of a young set has given it its first values, at most 5 s.
    ///
    /// # Errors
    /// 1 if it did not: it was probably killed in the middle; 3 when the set is gone; 5, 124 as the wait says.
    pub(super) fn wait_until_ready(&self, verb: &str, wait: &Wait) -> Result<(), Fault> {
        // Asked before `wait` is used: a set that is ready, or old, costs nothing of its time.
        match self.look()? {
            Raw { untouched: true, young: true } => {}
            _ => return Ok(()),
        }
        let patience = Deadline::after(PATIENCE);
        let ready = wait::timed(wait, |turn| {
            if let Turn::Sleep(left) = turn {
                pause(left.unwrap_or(BETWEEN).min(BETWEEN))?;
            }
            match self.look() {
                Ok(Raw { untouched: false, .. }) => Ok(Ok(true)),
                Ok(Raw { young: true, .. }) if !patience.passed() => Err(Errno::EAGAIN),
                Ok(_) => Ok(Ok(false)),
                Err(fault) => Ok(Err(fault)),
            }
        });
        match ready {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(self.abandoned(verb)),
            Ok(Err(fault)) => Err(fault),
            Err(Stop::WouldBlock) => {
                Err(Fault::new(self.what(verb), "its creator has not given it its first value yet")
                    .status(Status::WOULD_BLOCK))
            }
            Err(stop) => Err(stop.fault(self.what(verb))),
        }
    }

    fn look(&self) -> Result<Raw, Fault> {
        let stat = stat(self.id)?;
        let untouched = stat.otime.is_none() && is_untouched(self.id, stat.nsems);
        Ok(Raw { untouched, young: is_young(stat.ctime) })
    }

    fn abandoned(&self, verb: &str) -> Fault {
        let reference = self.reference();
        Fault::new(self.what(verb), "its creator did not give it its first value in 5 s").hint(format!(
            "if that was killed: ipctool rm {0}, and create it again; or ipctool sem set {0} VALUE",
            reference.typed()
        ))
    }
}

fn is_young(ctime: Option<i64>) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let age = now.saturating_sub(u64::try_from(ctime.unwrap_or(0)).unwrap_or(0));
    age < PATIENCE.as_secs()
}

/// No value, and nobody who set one. What we may not read counts as untouched: nobody shall act on it too early.
fn is_untouched(id: SemId, nsems: u64) -> bool {
    semaphores(id, nsems)
        .map_or(true, |inside| inside.iter().all(|one| one.value == 0 && one.sempid.is_none()))
}

/// Sleeps, and is interrupted by a signal: std's sleep would go on.
fn pause(time: Duration) -> nix::Result<()> {
    let time = PollTimeout::try_from(time.max(Duration::from_millis(1))).unwrap_or(PollTimeout::ZERO);
    poll(&mut [], time).map(drop)
}
