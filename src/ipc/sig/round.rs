//! Sending to several receivers, once or again and again, and watching them end.

use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::receiver::{Receiver, Way};
use super::signal::Signal;
use super::watched::{End, Watched, any_ended};
use crate::fault::Fault;
use crate::wait::{Stop, Wait};

/// When signals are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Schedule {
    /// From the start to the first.
    pub after: Duration,
    /// Between two; none: they follow at once.
    pub every: Option<Duration>,
    /// How many; none: no end.
    pub count: Option<u64>,
}

/// What happens on the way, for the command to tell.
#[derive(Debug)]
pub enum News<'a> {
    /// A receiver gets nothing more.
    Lost(Fault),
    /// A signal went by number: it cannot be told whether the number was given to others meanwhile.
    ByNumber(&'a Receiver),
    /// A process has ended; the signal is the last one that we sent it.
    Ended(End, Option<Signal>),
}

/// Receivers and what is sent to them.
#[derive(Debug)]
pub struct Round {
    receivers: Vec<Receiver>,
    signal: Signal,
    value: Option<i32>,
    sent: u64,
}

impl Round {
    /// Nothing is sent yet.
    pub fn new(receivers: Vec<Receiver>, signal: Signal, value: Option<i32>) -> Round {
        Round { receivers, signal, value, sent: 0 }
    }

    /// Sends by the schedule. A receiver that ends or refuses is news and gets nothing more; without any left it is over.
    ///
    /// An expiry that could not be kept (we were stopped) is left out: the later ones stay in step.
    ///
    /// # Errors
    /// The wait's: nothing is sent after it.
    pub fn send(
        &mut self,
        schedule: Schedule,
        wait: &Wait,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Result<(), Stop> {
        let mut next = moment(Instant::now(), schedule.after);
        if !schedule.after.is_zero() {
            self.sleep(next, wait, schedule.count, tell)?;
        }
        while !self.receivers.is_empty() {
            self.send_once(schedule.count, tell);
            self.sent += 1;
            if schedule.count == Some(self.sent) {
                break;
            }
            let every = schedule.every.unwrap_or_default();
            next = following(next, every, Instant::now());
            self.sleep(next, wait, schedule.count, tell)?;
        }
        Ok(())
    }

    fn send_once(&mut self, count: Option<u64>, tell: &mut dyn FnMut(News<'_>)) {
        let (signal, value, sent) = (self.signal, self.value, self.sent);
        self.receivers.retain(|receiver| match receiver.send(signal, value) {
            Ok(Way::Pidfd) => true,
            Ok(Way::Number) => {
                if sent == 0 && !receiver.processes().is_empty() {
                    tell(News::ByNumber(receiver));
                }
                true
            }
            Err(fault) => {
                tell(News::Lost(with_count(fault, sent, count)));
                false
            }
        });
    }

    /// Sleeps until `next`; receivers that end meanwhile are news.
    fn sleep(
        &mut self,
        next: Instant,
        wait: &Wait,
        count: Option<u64>,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Result<(), Stop> {
        loop {
            self.drop_ended(count, tell);
            if self.receivers.is_empty() {
                return Ok(());
            }
            let left = next.saturating_duration_since(Instant::now());
            let single = self.receivers.iter().filter(|receiver| receiver.is_single());
            let held = single.flat_map(Receiver::processes);
            match any_ended(held, &wait.clone().idle(Some(left))) {
                Err(Stop::Idle) => return Ok(()),
                other => other.map(drop)?,
            }
        }
    }

    fn drop_ended(&mut self, count: Option<u64>, tell: &mut dyn FnMut(News<'_>)) {
        let (signal, sent) = (self.signal, self.sent);
        self.receivers.retain(|receiver| {
            let ended = receiver.is_single() && receiver.processes().iter().all(Watched::has_ended);
            if ended {
                let what = format!("send {signal} to {}", receiver.reference());
                tell(News::Lost(with_count(Fault::not_found(what, "it has ended"), sent, count)));
            }
            !ended
        });
    }

    /// Waits until all receivers have ended, each end being news. With `then`, those that have not after that time get its
    /// signal.
    ///
    /// # Errors
    /// The wait's.
    pub fn wait(
        &mut self,
        then: Option<(Signal, Duration)>,
        wait: &Wait,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Result<(), Stop> {
        if let Some((signal, grace)) = then {
            let until = moment(Instant::now(), grace);
            if self.ends(Some(until), wait, tell)? {
                return Ok(());
            }
            self.signal = signal;
            self.receivers.retain(|receiver| match receiver.send(signal, None) {
                // Ended just now: its end is told below.
                Err(fault) if fault.errno() != Some(Errno::ESRCH) => {
                    tell(News::Lost(fault));
                    false
                }
                _ => true,
            });
        }
        self.ends(None, wait, tell).map(drop)
    }

    /// Tells of ends until there is none to come, or `until`: true when all have ended.
    fn ends(
        &mut self,
        until: Option<Instant>,
        wait: &Wait,
        tell: &mut dyn FnMut(News<'_>),
    ) -> Result<bool, Stop> {
        let after = Some(self.signal).filter(|signal| *signal != Signal::CHECK);
        loop {
            for receiver in &mut self.receivers {
                for process in receiver.processes.extract_if(.., |process| process.has_ended()) {
                    tell(News::Ended(process.end(), after));
                }
            }
            self.receivers.retain(|receiver| !receiver.processes().is_empty());
            if self.receivers.is_empty() {
                return Ok(true);
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let wait = left.map_or_else(|| wait.clone(), |left| wait.clone().idle(Some(left)));
            match any_ended(self.watched(), &wait) {
                Err(Stop::Idle) => return Ok(false),
                other => other.map(drop)?,
            }
        }
    }

    fn watched(&self) -> impl Iterator<Item = &Watched> {
        self.receivers.iter().flat_map(Receiver::processes)
    }

    /// `fault` with how many went before it, of `count`; none: there was no end.
    pub fn counted(&self, fault: Fault, count: Option<u64>) -> Fault {
        with_count(fault, self.sent, count)
    }

    /// The receivers that are left, by their references.
    pub fn names(&self) -> String {
        self.receivers.iter().map(|receiver| receiver.reference().to_string()).collect::<Vec<_>>().join(" ")
    }
}

/// Longer than anybody waits, short enough for the clock's arithmetic.
const FAR: Duration = Duration::from_secs(100 * 365 * 86_400);

fn moment(from: Instant, by: Duration) -> Instant {
    from + by.min(FAR)
}

/// The next moment in step with `last` that is not over.
fn following(last: Instant, every: Duration, now: Instant) -> Instant {
    if every.is_zero() {
        return now;
    }
    let late = now.saturating_duration_since(last);
    let missed = u32::try_from(late.as_nanos() / every.as_nanos()).unwrap_or(u32::MAX);
    moment(last, every.saturating_mul(missed.saturating_add(1)))
}

/// How many went before, where more than one was to go.
fn with_count(fault: Fault, sent: u64, count: Option<u64>) -> Fault {
    match count {
        Some(1) => fault,
        None if sent == 0 => fault,
        None => fault.besides(format!("{sent} sent")),
        Some(count) => fault.besides(format!("{sent} of {count} sent")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_expiries_are_left_out_and_the_rest_stays_in_step() {
        let start = Instant::now();
        let after = |millis| start + Duration::from_millis(millis);
        let every = Duration::from_millis(100);
        assert_eq!(following(start, every, after(3)), after(100));
        assert_eq!(following(start, every, after(250)), after(300));
        assert_eq!(following(start, Duration::ZERO, after(7)), after(7));
    }
}
