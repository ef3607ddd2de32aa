//! Records out of a pipe, a FIFO or a command's standard output: one code for `pipe recv`, `pipe read` and `fifo listen`.

use nix::errno::Errno;

use crate::commands::delivery::{Delivery, Label};
use crate::commands::progress::Progress;
use crate::commands::report;
use crate::fault::{Fault, counted_were};
use crate::framing::bulk::Outlet;
use crate::framing::{BadRecord, HEAD, Splitter};
use crate::ipc::pipe::{Got, Ready, Source};
use crate::status::Status;
use crate::wait::{Stop, Wait};

mod end;
mod flags;
mod leaving;
mod watch;

use end::End;
pub use end::complete;
pub use flags::Args;
use watch::{LOOKS, Watch};

/// The way of the records, ready before the first is taken.
pub struct Stream {
    way: Way,
    name: String,
    limit: Option<u64>,
    taken: u64,
    wait: Wait,
    progress: Progress,
    watch: Watch,
}

enum Way {
    /// Bytes as they come.
    Bulk(Box<Outlet>),
    /// One record after the other; with `sparing`, no byte is taken behind the last one that is wanted.
    Records { splitter: Box<Splitter>, delivery: Box<Delivery>, sparing: Sparing },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sparing {
    /// Take what is there.
    No,
    /// At most as many records as are wanted in all.
    ToLimit,
    /// One at a time: a command runs in between.
    Single,
}

/// Why a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// As many records came as were wanted.
    Enough,
    /// The last writer left, or the session ended that was wanted.
    End,
    /// It was quiet for the idle timeout.
    Quiet,
}

/// When a FIFO's sessions are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// After the first.
    One,
    /// Never.
    All,
}

impl Stream {
    /// Takes and delivers until the end. `leave` is called when a signal came, before what is there still is taken out of a
    /// FIFO: no writer shall come any more.
    ///
    /// # Errors
    /// The first failure; what was taken until then has been delivered, or the fault says what was not.
    pub fn run(
        mut self,
        mut source: Source,
        sessions: Sessions,
        leave: impl FnOnce(),
    ) -> Result<(Why, Status), Fault> {
        let is_fifo = source.fifo().is_some();
        if matches!(self.way, Way::Bulk(_)) {
            source.enlarge();
        }
        if is_fifo {
            self.watch.begin();
        }
        let end = self.take_all(&mut source, sessions);
        let drained = match &end {
            Err(End::Stop(Stop::Signal(_))) if is_fifo => {
                leave();
                self.drain(&source)
            }
            _ => Ok(()),
        };
        let unread = if is_fifo { source.unread() } else { 0 };
        // Before a slow reader of ours has taken the last: nobody shall believe to be heard any more.
        drop(source);
        let name = self.name.clone();
        let cut = self.cut_off(&end);
        let finished = self.finish(cut.is_none() && !matches!(end, Err(End::Fault(_))));
        if unread > 0 {
            report::note(format_args!("{} left unread in {name}", counted_were(unread, "byte")));
        }
        let what = format!("read {name}");
        let why = match end {
            Ok(why) => why,
            Err(End::Stop(Stop::Idle)) => Why::Quiet,
            Err(End::Stop(stop)) => {
                let fault = stop.fault(what);
                if let Err(lost) = drained {
                    report::fault_line(&lost);
                }
                return finished.and(Err(match cut {
                    Some(lost) => fault.besides(lost),
                    None => fault,
                }));
            }
            Err(End::Fault(fault)) => {
                return Err(match finished {
                    Ok(_) => fault,
                    Err(lost) => {
                        report::fault_line(&fault);
                        lost
                    }
                });
            }
        };
        drained?;
        finished.map(|status| (why, status))
    }

    fn take_all(&mut self, source: &mut Source, sessions: Sessions) -> Result<Why, End> {
        let (mut looks, mut first) = (0, true);
        loop {
            if self.limit.is_some_and(|limit| self.taken >= limit) {
                return Ok(Why::Enough);
            }
            if !std::mem::take(&mut first) && self.wait.deadline().is_some_and(|deadline| deadline.passed()) {
                return Err(End::Stop(Stop::TimedOut));
            }
            match self.take(source)? {
                Got::Bytes(count) => {
                    if sessions == Sessions::One {
                        source.expect_no_other();
                    }
                    self.watch.count(count);
                    self.progress.add(count as u64);
                    self.deliver()?;
                    looks = 0;
                }
                Got::End => {
                    self.watch.end_session(self.is_unfinished());
                    self.end_session()?;
                    if source.fifo().is_none() || sessions == Sessions::One {
                        return Ok(Why::End);
                    }
                    looks = 0;
                }
                Got::Nothing if looks < LOOKS && self.watch.is_eager(self.is_unfinished()) => looks += 1,
                Got::Nothing => {
                    self.flush()?;
                    match source.wait(&self.wait) {
                        // The reader of standard output left while we slept.
                        Err(Stop::Failed(Errno::EPIPE)) => self.ready()?,
                        Ok(Ready::Gone) => return Err(gone(source)),
                        other => drop(other?),
                    }
                    looks = 0;
                }
            }
            if !self.watch.is_eager(self.is_unfinished()) {
                self.flush_bulk()?;
            }
        }
    }

    fn take(&mut self, source: &mut Source) -> Result<Got, End> {
        match &mut self.way {
            Way::Bulk(outlet) => {
                outlet.ready()?;
                let passed = outlet.pass(source.fd(), || source.waiting())?;
                if passed > 0 {
                    return Ok(Got::Bytes(passed));
                }
                let got = source.take(outlet.room()?)?;
                if let Got::Bytes(count) = got {
                    outlet.put(count);
                }
                Ok(got)
            }
            Way::Records { splitter, delivery, sparing } => {
                delivery.ready()?;
                let wanted = match sparing {
                    Sparing::No => {
                        let got = source.take(splitter.room())?;
                        if let Got::Bytes(count) = got {
                            splitter.filled(count);
                        }
                        return Ok(got);
                    }
                    Sparing::ToLimit => self.limit.map_or(u64::MAX, |limit| limit - self.taken),
                    Sparing::Single => 1,
                };
                match source.look()? {
                    Got::Bytes(_) => take_records(source, splitter, wanted),
                    other => Ok(other),
                }
            }
        }
    }

    /// Whether what comes can still be written.
    fn ready(&mut self) -> Result<(), Fault> {
        match &mut self.way {
            Way::Bulk(outlet) => outlet.ready(),
            Way::Records { delivery, .. } => delivery.ready(),
        }
    }

    /// Writes what was taken: before we sleep.
    fn flush(&mut self) -> Result<(), Fault> {
        match &mut self.way {
            Way::Bulk(outlet) => outlet.flush(),
            Way::Records { delivery, .. } => delivery.flush(),
        }
    }

    fn flush_bulk(&mut self) -> Result<(), Fault> {
        match &mut self.way {
            Way::Bulk(outlet) => outlet.flush(),
            Way::Records { .. } => Ok(()),
        }
    }

    /// Delivers every record that is complete.
    fn deliver(&mut self) -> Result<(), End> {
        let Way::Records { splitter, delivery, .. } = &mut self.way else { return Ok(()) };
        while let Some(record) = splitter.next_record().map_err(|bad| bad_record(&self.name, bad))? {
            put(delivery, record.body(), &mut self.wait)?;
            self.taken += 1;
        }
        Ok(())
    }

    /// Ends a session: what has no frame's end is a record too; without a frame the session is one, also an empty one.
    fn end_session(&mut self) -> Result<(), End> {
        match &mut self.way {
            Way::Bulk(outlet) => Ok(outlet.end_session()?),
            Way::Records { splitter, delivery, .. } => {
                let last = splitter.last_record().map_err(|bad| bad_record(&self.name, bad))?;
                if let Some(record) = last {
                    put(delivery, record.body(), &mut self.wait)?;
                    self.taken += 1;
                }
                Ok(())
            }
        }
    }

    /// Writes what was taken; with `whole`, a record that never ended too.
    fn finish(mut self, whole: bool) -> Result<Status, Fault> {
        if whole && self.is_unfinished() {
            self.end_session().map_err(|end| end.fault(&self.name))?;
        }
        match self.way {
            Way::Bulk(mut outlet) => outlet.flush().map(|()| Status::OK),
            Way::Records { delivery, .. } => delivery.finish(Ok(())),
        }
    }

    /// What is lost by an end before the stream's own: part of a record of a known length.
    fn cut_off(&self, end: &Result<Why, End>) -> Option<String> {
        let Way::Records { splitter, .. } = &self.way else { return None };
        let early = matches!(end, Err(End::Stop(stop)) if *stop != Stop::Idle);
        let bytes = Some(splitter.cut_off()).filter(|bytes| early && *bytes > 0)?;
        Some(format!("{} taken and not written, of an unfinished record", counted_were(bytes, "byte")))
    }

    fn is_unfinished(&self) -> bool {
        match &self.way {
            Way::Bulk(outlet) => outlet.is_unfinished(),
            Way::Records { splitter, .. } => splitter.is_unfinished(),
        }
    }
}

fn gone(source: &Source) -> End {
    match source.fifo() {
        Some(fifo) => End::Fault(fifo.gone("listen to")),
        None => End::Stop(Stop::Idle),
    }
}

/// Takes the bytes of at most `wanted` records, and none behind them: a look tells where they end.
fn take_records(source: &mut Source, splitter: &mut Splitter, wanted: u64) -> Result<Got, End> {
    let seen = source.peek()?.bytes;
    let whole = splitter.bytes_of(wanted, &seen).unwrap_or(seen.len());
    let mut left = whole;
    while left > 0 {
        let room = splitter.room();
        let size = room.len().min(left);
        let Got::Bytes(count) = source.take(&mut room[..size])? else { break };
        splitter.filled(count);
        left -= count;
    }
    Ok(if whole > left { Got::Bytes(whole - left) } else { Got::Nothing })
}

fn put(delivery: &mut Delivery, body: &[u8], wait: &mut Wait) -> Result<(), Fault> {
    delivery.room(body.len())?[HEAD..].copy_from_slice(body);
    delivery.commit(Label::default(), body.len(), wait)
}

fn bad_record(name: &str, bad: BadRecord) -> Fault {
    Fault::new(format!("read record {} of {name}", bad.number), bad.cause)
}
