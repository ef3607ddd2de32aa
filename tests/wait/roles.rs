//! What the program plays when it is started in a role. Each ends as ipctool's `main` does: by [`cancel::finish`].

use std::ffi::OsStr;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ipctool::child::{Command, Ends, Facts};
use ipctool::fault::Fault;
use ipctool::framing::{Format, Records, Writer};
use ipctool::status::Status;
use ipctool::sys::stdio;
use ipctool::sys::sysv::{msg, sem};
use ipctool::wait::cancel::{self, Unbroken};
use ipctool::wait::{self, Stop, Turn, Undo, Wait};
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::signal::{SigSet, Signal, kill, raise};
use nix::sys::stat::Mode;

use crate::peer::let_pass;

/// Plays `role` and gives the exit status; a signal that came ends it.
pub fn play(role: &str, arguments: &[String]) -> u8 {
    let argument = |index: usize| arguments[index].as_str();
    let status = match role {
        "sleep" => {
            block(argument(0), arguments.get(1).map(|millis| Duration::from_millis(millis.parse().unwrap())))
        }
        "rounds" => rounds(argument(0), argument(1).parse().unwrap()),
        "late" => late(argument(0), argument(1).parse().unwrap()),
        "clean" => clean(argument(0)),
        "slow-clean" => slow_clean(),
        "unbroken" => unbroken(argument(0)),
        "panic" => panic_inside(argument(0)),
        "pump" => pump(argument(0)),
        "run" => run(arguments, cancel::forget),
        "each" => run(arguments, || {}),
        "relay" => relay(arguments),
        "become" => {
            let _ = cancel::watch();
            command(arguments).exec(&[]).exit_status()
        }
        "starts" => starts(argument(0).parse().unwrap()),
        "closed" => Status::of_command((0..3).map(|fd| u8::from(stdio::was_closed(fd)) << fd).sum()),
        other => panic!("no role {other}"),
    };
    cancel::finish(status).code()
}

/// A call that never finds anything: `pipe`, `msgrcv`, or `fifo:PATH`, an open for writing that no reader answers.
/// `msgrcv:ID` and `semop:ID` are calls on an object of the test's; `stdin` reads.
struct Call<'a> {
    kind: &'a str,
    object: &'a str,
    pipe: (OwnedFd, OwnedFd),
    queue: msg::MsqId,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if (self.kind, self.object) == ("msgrcv", "") {
            let _ = msg::msg_rmid(self.queue);
        }
    }
}

impl Call<'_> {
    fn new(what: &str) -> Call<'_> {
        let (kind, object) = what.split_once(':').unwrap_or((what, ""));
        let queue = if (kind, object) == ("msgrcv", "") {
            // From here on no signal can end us with the queue left behind.
            cancel::watch().unwrap();
            msg::msgget(0, 0o600).unwrap()
        } else {
            msg::MsqId(object.parse().unwrap_or(-1))
        };
        Call { kind, object, pipe: nix::unistd::pipe().unwrap(), queue }
    }

    fn make(&self, wait: &Wait, mut before: impl FnMut(Turn)) -> Result<(), Stop> {
        let mut room = [0; 64];
        match self.kind {
            "msgrcv" => wait::untimed(wait, |turn| {
                before(turn);
                msg::msgrcv(self.queue, &mut room, 0, nowait(turn)).map(drop)
            }),
            "semop" => wait::timed(wait, |turn| {
                before(turn);
                let mut take =
                    [libc::sembuf { sem_num: 0, sem_op: -1, sem_flg: i16::try_from(nowait(turn)).unwrap() }];
                let left = if let Turn::Sleep(left) = turn { left } else { None };
                sem::semtimedop(sem::SemId(self.object.parse().unwrap()), &mut take, left)
            }),
            "fifo" => wait::untimed(wait, |turn| {
                before(turn);
                let flag = if turn == Turn::Try { OFlag::O_NONBLOCK } else { OFlag::empty() };
                let opened = open(self.object, OFlag::O_WRONLY | flag, Mode::empty()).map(drop);
                opened.map_err(|errno| if errno == Errno::ENXIO { Errno::EAGAIN } else { errno })
            }),
            "stdin" => wait::read(std::io::stdin(), &mut room, wait).map(drop),
            _ => wait::untimed(wait, |turn| {
                before(turn);
                match turn {
                    Turn::Try => Err(Errno::EAGAIN),
                    Turn::Sleep(_) => nix::unistd::read(&self.pipe.0, &mut room).map(drop),
                }
            }),
        }
    }
}

/// Sleeps in a call until something ends it. Prints the milliseconds that it took.
fn block(what: &str, timeout: Option<Duration>) -> Status {
    let start = Instant::now();
    let end = Call::new(what).make(&Wait::new(false, timeout), |_| {});
    println!("{}", start.elapsed().as_millis());
    match end {
        Ok(()) => Status::OK,
        Err(stop) => stop.fault("sleep").exit_status(),
    }
}

/// The signal of a round: all three in turn, or always TERM.
fn signal_of(number: u32, kinds: u32) -> Signal {
    [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP][(number * kinds) as usize % 3]
}

/// Signals this process from another thread once a round, at a moment that changes from round to round, within the
/// first 33 µs.
fn send_in_rounds(round: &'static AtomicU32, count: u32, kinds: u32) {
    SigSet::all().thread_block().unwrap();
    thread::spawn(move || {
        for number in 1..=count {
            while round.load(Ordering::Acquire) != number {
                thread::yield_now();
            }
            let pause = Duration::from_nanos(u64::from(number.wrapping_mul(2_654_435_761) >> 17));
            let start = Instant::now();
            while start.elapsed() < pause {}
            kill(nix::unistd::getpid(), signal_of(number, kinds)).unwrap();
        }
    });
    SigSet::all().thread_unblock().unwrap();
}

/// A signal around a call's beginning, `count` times or for 20 seconds.
fn rounds(what: &str, count: u32) -> Status {
    let round = &*Box::leak(Box::new(AtomicU32::new(0)));
    cancel::watch().unwrap();
    send_in_rounds(round, count, 1);
    let call = Call::new(what);
    let start = Instant::now();
    // On a machine that is busy with other work, every round costs turns of others' on the processor.
    for number in (1..=count).take_while(|_| start.elapsed() < Duration::from_secs(20)) {
        round.store(number, Ordering::Release);
        let end = call.make(&Wait::forever(), |_| {});
        assert_eq!(end, Err(Stop::Signal(signal_of(number, 1))));
        cancel::forget();
    }
    Status::OK
}

/// A signal between the look for one and the call: the window that nothing but the kicks closes.
fn late(what: &str, count: u32) -> Status {
    let call = Call::new(what);
    for _ in 0..count {
        let mut first = true;
        let end = call.make(&Wait::forever(), |turn| {
            if turn != Turn::Try && std::mem::take(&mut first) {
                raise(Signal::SIGTERM).unwrap();
            }
        });
        assert_eq!(end, Err(Stop::Signal(Signal::SIGTERM)));
        cancel::forget();
    }
    Status::OK
}

/// Makes a file, sleeps, and removes the file at its end.
fn clean(path: &str) -> Status {
    // Before the file is there: a signal between the two would leave it.
    cancel::watch().unwrap();
    std::fs::write(path, "").unwrap();
    let _undo = Undo::new(|| std::fs::remove_file(path).unwrap());
    say("ready");
    block("pipe", None)
}

/// Panics while something is to be cleaned up.
fn panic_inside(path: &str) -> Status {
    std::fs::write(path, "").unwrap();
    let _undo = Undo::new(|| std::fs::remove_file(path).unwrap());
    panic!("as it was asked to");
}

/// A clean-up that hangs: only a second signal ends it.
fn slow_clean() -> Status {
    let _undo = Undo::new(|| {
        say("cleaning");
        loop {
            thread::park();
        }
    });
    say("ready");
    block("pipe", None)
}

/// Two signals that are two requests, while something is taken; then it has happened, and two more come.
fn unbroken(end: &str) -> Status {
    cancel::watch().unwrap();
    let unbroken = Unbroken::begin();
    two_requests();
    if end == "happened" {
        unbroken.happened();
        two_requests();
    }
    Status::OK
}

fn two_requests() {
    raise(Signal::SIGINT).unwrap();
    let_pass(Duration::from_millis(150));
    raise(Signal::SIGTERM).unwrap();
    say("still here");
}

fn say(text: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{text}").and_then(|()| out.flush()).unwrap();
}

/// Takes every message of a queue and writes it as a line, as `msgq recv -f` does.
fn pump(id: &str) -> Status {
    let mut out = Writer::stdout(Format::Lines).unwrap();
    let end = pump_all(msg::MsqId(id.parse().unwrap()), &mut out, &Wait::forever());
    let fault = out.flush().and(end).unwrap_err();
    if !cancel::is_cancel(&fault) {
        eprintln!("{fault}");
    }
    fault.exit_status()
}

fn pump_all(queue: msg::MsqId, out: &mut Writer, wait: &Wait) -> Result<(), Fault> {
    loop {
        out.ready()?;
        let room = out.room(64)?;
        let taken = match wait::attempt(wait, || msg::msgrcv(queue, room, 0, libc::IPC_NOWAIT)) {
            Err(Stop::WouldBlock) => {
                out.flush()?;
                let room = out.room(64)?;
                wait::untimed(wait, |turn| msg::msgrcv(queue, room, 0, nowait(turn)))
            }
            other => other,
        };
        out.commit(&[], taken.map_err(|stop| stop.fault("receive"))?)?;
    }
}

fn nowait(turn: Turn) -> i32 {
    if turn == Turn::Try { libc::IPC_NOWAIT } else { 0 }
}

fn command(argv: &[String]) -> Command {
    let argv: Vec<_> = argv.iter().map(Into::into).collect();
    Command::resolve(&argv).unwrap()
}

/// Runs a command once, as `sem run` of a POSIX semaphore does: its status is ours. `then` says what follows a signal.
fn run(argv: &[String], then: fn()) -> Status {
    let facts = Facts { reference: OsStr::new("sem:/x"), kind: None, priority: None, size: 0, seq: 1 };
    let status = command(argv).run(b"", &facts).unwrap();
    then();
    status
}

/// Passes a command's output on to its end, as `pipe recv -- COMMAND` does.
fn relay(argv: &[String]) -> Status {
    let mut child = command(argv).start(Ends { stdout: true, ..Ends::default() }, &[]).unwrap();
    let wait = Wait::forever().past_signals();
    let mut records = Records::stream(child.stdout.take().unwrap(), "its output", Format::Lines, &wait);
    while let Some(record) = records.next_record().unwrap() {
        say(std::str::from_utf8(record.body()).unwrap());
    }
    let status = child.wait().unwrap();
    cancel::forget();
    status
}

/// A TERM at any moment of a command's start reaches the command, once.
fn starts(count: u32) -> Status {
    let round = &*Box::leak(Box::new(AtomicU32::new(0)));
    send_in_rounds(round, count, 0);
    cancel::watch().unwrap();
    let sleep = command(&["sleep".to_owned(), "1000".to_owned()]);
    for number in 1..=count {
        round.store(number, Ordering::Release);
        let child = sleep.start(Ends::default(), &[]).unwrap();
        assert_eq!(child.wait(), Ok(Status::of_signal(libc::SIGTERM)));
        cancel::forget();
    }
    Status::OK
}
