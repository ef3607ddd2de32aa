//! INT, TERM and HUP: the one place that catches them, around the `ctrlc` crate.
//!
//! Two steps, each taken when it is first needed. [`watch`] (a few system calls) installs handlers that only note the
//! signal, so that a message taken is a message written and clean-up runs. Arming (a thread, 100 µs) is for calls
//! that may sleep: `ctrlc`'s thread then sends SIGURG to the sleeping thread again and again until that one says that
//! it is out, because a signal that arrives just before the call would otherwise be noted and the call sleep on.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, kill, raise};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;

use super::stop::Stop;
use crate::fault::Fault;
use crate::status::Status;
use crate::sys::sigmask::{Change, rt_sigprocmask};
use crate::sys::signal::{Handler, exit_now, sigaction_get, sigaction_set, tgkill, thread_id};

/// The signals that mean "end": finish the record in hand, clean up, die of it.
const ENDING: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// The same as the kernel's mask.
pub(super) const ENDING_MASK: u64 =
    1 << (libc::SIGINT - 1) | 1 << (libc::SIGTERM - 1) | 1 << (libc::SIGHUP - 1);

/// What else ends a process unless it is caught, and does not say that the program itself went wrong.
const OTHERS: [Signal; 11] = [
    Signal::SIGQUIT,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGALRM,
    Signal::SIGVTALRM,
    Signal::SIGPROF,
    Signal::SIGIO,
    Signal::SIGPWR,
    Signal::SIGSTKFLT,
    Signal::SIGXCPU,
    Signal::SIGXFSZ,
];

/// What breaks a sleeping call: ignored by default, so a stray one does no harm.
pub(super) const KICK: Signal = Signal::SIGURG;

/// Two signals closer than this are one request: `timeout` signals its child, then the child's whole group. In
/// milliseconds; long enough for a sender that is interrupted between the two.
const ONE_REQUEST: u64 = 100;

/// What [`CAUGHT`] is once no signal counts any more.
const SEALED: i32 = -1;

/// The first ending signal, 0 before, [`SEALED`] at the end.
static CAUGHT: AtomicI32 = AtomicI32::new(0);
/// When it came, in milliseconds of the monotonic clock.
static CAUGHT_AT: AtomicU64 = AtomicU64::new(0);
/// The PID of a command that runs in the foreground and gets TERM and HUP passed on; 0: none.
static FORWARD_TO: AtomicI32 = AtomicI32::new(0);
/// The handlers are in place.
static WATCHING: AtomicBool = AtomicBool::new(false);
/// Those of [`OTHERS`] as well.
static WATCHING_ALL: AtomicBool = AtomicBool::new(false);
/// `ctrlc`'s thread runs.
static ARMED: AtomicBool = AtomicBool::new(false);
/// The waiting thread has seen the signal: no more kicks.
static OUT: AtomicBool = AtomicBool::new(false);
/// An [`Unbroken`] lives.
static UNBROKEN: AtomicBool = AtomicBool::new(false);
/// `ctrlc`'s own handler, which wakes its thread.
static WAKE: OnceLock<Handler> = OnceLock::new();

/// From now on INT, TERM and HUP are noted and no longer end us on the spot, except those that we inherited ignored.
///
/// Cheap, and may be called again. Everything that waits, and [`super::Undo`], does it by itself.
pub fn watch() -> nix::Result<()> {
    if WATCHING.load(Ordering::Relaxed) {
        return Ok(());
    }
    WATCHING.store(true, Ordering::Relaxed);
    ENDING.into_iter().try_for_each(note_from_now_on)
}

/// [`watch`], and the same for every other signal that would end us and can be caught: for what nobody but we can give
/// back. A running command gets them passed on; QUIT, like INT, it gets from the terminal.
pub fn watch_all() -> nix::Result<()> {
    watch()?;
    WATCHING_ALL.store(true, Ordering::Relaxed);
    OTHERS.into_iter().try_for_each(note_from_now_on)
}

fn note_from_now_on(signal: Signal) -> nix::Result<()> {
    match sigaction_get(signal)? {
        SigHandler::SigIgn => Ok(()),
        _ => sigaction_set(signal, SigHandler::Handler(note)),
    }
}

/// The signals that may have handlers of ours.
pub fn handled() -> impl Iterator<Item = Signal> {
    let others: &[Signal] = if WATCHING_ALL.load(Ordering::Relaxed) { &OTHERS } else { &[] };
    ENDING.into_iter().chain([KICK]).chain(others.iter().copied())
}

/// The ending signal that has come, if one has: begin no further record. Costs no system call.
pub fn caught() -> Option<Signal> {
    Signal::try_from(CAUGHT.load(Ordering::Relaxed)).ok()
}

/// [`caught`] as an error, for loops that never wait (`drain`).
pub fn check() -> Result<(), Stop> {
    match caught() {
        None => Ok(()),
        Some(signal) => {
            acknowledge();
            Err(Stop::Signal(signal))
        }
    }
}

/// Nothing needs to be broken any more: the signal has been seen.
pub(super) fn acknowledge() {
    OUT.store(true, Ordering::Relaxed);
}

/// Whether `fault` only says that a signal ended the command: `main` prints no line for it.
pub fn is_cancel(fault: &Fault) -> bool {
    fault.errno() == Some(Errno::EINTR) && caught().is_some()
}

/// The last thing in `main`, after all clean-up: dies of the signal that came, if one came; else gives `status` back.
pub fn finish(status: Status) -> Status {
    let Some(signal) = caught() else { return status };
    die_of(signal);
    Status::of_signal(signal as i32)
}

/// All work is done: from now on INT, TERM and HUP change nothing, as the status is to say that it is. Gives the
/// signal that came before; of that we still die, so what was done must be told.
pub fn done() -> nix::Result<Option<Signal>> {
    if WATCHING.load(Ordering::Relaxed) {
        ENDING.into_iter().try_for_each(|signal| sigaction_set(signal, SigHandler::SigIgn))?;
    }
    Ok(caught())
}

/// Forgets the signal: a command of ours has dealt with it, and its status is what we report. A later one counts anew.
pub fn forget() {
    CAUGHT.store(0, Ordering::Relaxed);
}

/// While it lives, a second signal does not end us on the spot: it could do so between a take and the word of it, and what
/// was taken would be lost. Nothing may sleep meanwhile that the first signal does not end.
#[must_use = "it ends when this is dropped"]
pub struct Unbroken(());

impl Unbroken {
    /// From now on; the first signal is noted as ever.
    pub fn begin() -> Unbroken {
        UNBROKEN.store(true, Ordering::Relaxed);
        Unbroken(())
    }

    /// It has happened, nothing is left to do, and the status will say so: signals, also those that came, change nothing any
    /// more. Costs no system call.
    pub fn happened(self) {
        CAUGHT.store(SEALED, Ordering::Relaxed);
        acknowledge();
    }
}

impl Drop for Unbroken {
    fn drop(&mut self) {
        UNBROKEN.store(false, Ordering::Relaxed);
    }
}

/// Puts the dispositions back as they were inherited and empties the mask, before another program takes our place.
///
/// [`Stop::Signal`]: one came before that; later ones end us on the spot. Either way none is lost.
pub fn restore() -> Result<(), Stop> {
    WATCHING.store(false, Ordering::Relaxed);
    for signal in handled() {
        if matches!(sigaction_get(signal)?, SigHandler::Handler(_)) {
            sigaction_set(signal, SigHandler::SigDfl)?;
        }
    }
    SigSet::empty().thread_set_mask()?;
    check()
}

/// While it lives, TERM and HUP (with [`watch_all`] the others too) go to the process `pid` and end nothing here; INT and
/// QUIT are only noted (a terminal sends them to the command too).
pub struct Forward {
    /// What was caught before the process was there; 0: nothing.
    before: i32,
}

impl Forward {
    /// Runs `spawn` and passes signals on to the PID that it gives, without losing or repeating one: they are blocked
    /// meanwhile, so that `spawn` must give the child a mask of its own.
    pub fn to(spawn: impl FnOnce() -> nix::Result<i32>) -> nix::Result<(i32, Forward)> {
        watch()?;
        let mask =
            rt_sigprocmask(Change::Block, handled().fold(0, |mask, signal| mask | 1 << (signal as i32 - 1)))?;
        let before = CAUGHT.load(Ordering::Relaxed);
        let spawned = spawn();
        if let Ok(pid) = spawned {
            FORWARD_TO.store(pid, Ordering::Relaxed);
        }
        rt_sigprocmask(Change::Set, mask)?;
        Ok((spawned?, Forward { before }))
    }

    /// Passes on what was caught before the process was there, for one that nothing but a signal may ever end.
    pub fn catch_up(&self) {
        pass_on(self.before, FORWARD_TO.load(Ordering::Relaxed));
    }
}

impl Drop for Forward {
    /// Must come before the process is reaped, or the PID could be another's.
    fn drop(&mut self) {
        FORWARD_TO.store(0, Ordering::Relaxed);
    }
}

/// Makes sleeping calls breakable: called when a verb is really about to sleep.
pub(super) fn arm() -> nix::Result<()> {
    if ARMED.load(Ordering::Relaxed) {
        return Ok(());
    }
    watch()?;
    // The new thread inherits a full mask, so that every signal is handled in this thread and breaks its call. None
    // can be lost to ctrlc's own dispositions meanwhile: they stay pending.
    let mut before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let armed = start_kicker(thread_id());
    before.remove(KICK);
    before.thread_set_mask()?;
    ARMED.store(armed.is_ok(), Ordering::Relaxed);
    armed
}

/// Starts `ctrlc` and puts our own dispositions back over its own (SA_RESTART, no signal number, SIG_IGN lost).
fn start_kicker(thread: i32) -> nix::Result<()> {
    let mut ours = Vec::with_capacity(ENDING.len());
    for signal in ENDING {
        ours.push((signal, sigaction_get(signal)?));
    }
    sigaction_set(KICK, SigHandler::Handler(nothing))?;
    let started = ctrlc::set_handler(move || kick(thread)).map_err(|error| match error {
        ctrlc::Error::System(error) => Errno::from_raw(error.raw_os_error().unwrap_or(libc::EAGAIN)),
        _ => Errno::EBUSY,
    });
    if let SigHandler::Handler(wake) = sigaction_get(Signal::SIGINT)? {
        let _ = WAKE.set(wake);
    }
    // Also where no thread could be had: ctrlc's handlers without it would swallow the signals.
    ours.into_iter().try_for_each(|(signal, to)| sigaction_set(signal, to))?;
    started
}

/// `ctrlc`'s thread: breaks `thread`'s calls until it says that it has seen the signal.
fn kick(thread: i32) {
    let mut pause = Duration::from_millis(1);
    while CAUGHT.load(Ordering::Relaxed) != 0 && !OUT.load(Ordering::Relaxed) {
        let _ = tgkill(thread, KICK);
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// The handler of the ending signals. Atomics and async-signal-safe calls only; errno as it was.
extern "C" fn note(signal: i32) {
    let errno = Errno::last_raw();
    let command = FORWARD_TO.load(Ordering::Relaxed);
    let first = CAUGHT.compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed).is_ok();
    if first {
        OUT.store(false, Ordering::Relaxed);
        CAUGHT_AT.store(milliseconds(), Ordering::Relaxed);
        if let Some(wake) = WAKE.get() {
            wake(signal);
        }
    }
    if command != 0 {
        pass_on(signal, command);
    } else if first || UNBROKEN.load(Ordering::Relaxed) || CAUGHT.load(Ordering::Relaxed) == SEALED {
        // Noted: the thread that waits does the rest.
    } else if milliseconds().saturating_sub(CAUGHT_AT.load(Ordering::Relaxed)) >= ONE_REQUEST {
        die_now(signal);
    }
    Errno::set_raw(errno);
}

/// Passes a signal on to the running command; INT and QUIT it gets from the terminal itself.
fn pass_on(signal: i32, command: i32) {
    if ![libc::SIGINT, libc::SIGQUIT].contains(&signal)
        && let Ok(signal) = Signal::try_from(signal)
    {
        let _ = kill(Pid::from_raw(command), signal);
    }
}

/// Dies by `signal`'s default action, as if it had never been caught. Async-signal-safe.
///
/// Returns only where the kernel spares us (PID 1 of a PID namespace).
fn die_of(signal: Signal) {
    let _ = sigaction_set(signal, SigHandler::SigDfl);
    let _ = raise(signal);
    let mut one = SigSet::empty();
    one.add(signal);
    let _ = one.thread_unblock();
}

/// The second signal: at once, with nothing cleaned up.
fn die_now(signal: i32) {
    if let Ok(signal) = Signal::try_from(signal) {
        die_of(signal);
    }
    exit_now(128 + signal);
}

/// The handler of [`KICK`]: that the call is broken is all it is for.
extern "C" fn nothing(_: i32) {}

/// The monotonic clock in milliseconds; async-signal-safe.
fn milliseconds() -> u64 {
    let Ok(now) = clock_gettime(ClockId::CLOCK_MONOTONIC) else { return 0 };
    u64::try_from(now.tv_sec() * 1000 + now.tv_nsec() / 1_000_000).unwrap_or(0)
}
