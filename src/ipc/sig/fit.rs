//! Whether a signal would be received, or do what it does by default.

use super::receiver::{Receiver, Target};
use super::set::SignalSet;
use super::signal::Signal;
use super::state::threads;
use crate::fault::Fault;
use crate::proc::sigwait;
use crate::proc::status::{self, ProcessStatus};

/// Holds where every process of `receiver` has a handler for `signal`, or every thread blocks it or waits for it, as in
/// programs that take signals by sigwait(3) or signalfd(2).
///
/// # Errors
/// Status 1 where it would do what it does by default, or nothing; status 3 where nobody is left.
pub fn would_reach_a_handler(receiver: &Receiver, signal: Signal) -> Result<(), Fault> {
    let what = format!("send {signal} to {}", receiver.reference());
    if signal.is_beyond_control() {
        return Err(Fault::new(what, "no process can have a handler for it"));
    }
    if let Target::Thread { pid, tid, .. } = &receiver.target {
        let state = status::of_thread(*pid, *tid)?.into_iter().collect::<Vec<_>>();
        return fits(&state, signal, &what, *pid);
    }
    for process in &receiver.processes {
        fits(&threads(process.pid)?, signal, &what, process.pid)?;
    }
    Ok(())
}

fn fits(threads: &[ProcessStatus], signal: Signal, what: &str, pid: i32) -> Result<(), Fault> {
    let Some(first) = threads.first() else {
        return Err(Fault::not_found(what, "it has ended"));
    };
    let has = |mask| SignalSet::from_bits(mask).contains(signal);
    let takes = |thread: &ProcessStatus| {
        has(thread.signals.blocked) || sigwait::awaited(pid, thread.pid).is_some_and(has)
    };
    let cause = match () {
        () if has(first.signals.caught) || threads.iter().all(takes) => return Ok(()),
        () if has(first.signals.ignored) => format!("process {pid} ignores it"),
        () => {
            format!("process {pid} has no handler for it; the default action is: {}", signal.action().word())
        }
    };
    Err(Fault::new(what, cause).hint(format!("'ipctool sig show {pid}' tells what it catches")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipc::sig::{Many, find};
    use crate::refs::{Process, TargetName};
    use crate::status::Status;
    use std::process::{Child, Command};

    struct Held(Child);

    impl Drop for Held {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[test]
    fn a_program_without_handlers_is_spared() {
        let held = Held(Command::new("sleep").arg("1000").spawn().unwrap());
        let name = TargetName::Process(Process::Pid(held.0.id().cast_signed()));
        let receiver = &find(&name, Signal::CHECK, Many::One).unwrap()[0];
        for text in ["USR1", "KILL", "RTMIN+4"] {
            let fault = would_reach_a_handler(receiver, Signal::parse(text).unwrap()).unwrap_err();
            assert_eq!(fault.exit_status(), Status::FAILED);
        }
    }
}
