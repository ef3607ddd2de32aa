//! The ends of processes, each told as it comes: what `sig wait` and `sig send --wait` print.

use crate::commands::stdout;
use crate::ipc::sig::{End, Signal};
use crate::refs::{Process, Ref, TargetName};
use crate::render::safe::push_safe;
use crate::render::{self, Cell, Format, Look, Record};
use crate::status::Status;
use crate::sys::process::Ended;

/// Prints ends, one line each.
pub struct Ends {
    /// One JSON object a line.
    pub json: bool,
    /// The lines tell which signal of ours was the last before the end.
    pub tell_signal: bool,
}

impl Ends {
    /// Prints one end; `after` is the last signal that was sent to the process.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn print(&self, end: &End, after: Option<Signal>) -> anyhow::Result<Status> {
        if !self.json {
            return stdout::write_all(&self.line(end, after));
        }
        let look = Look { format: Format::JsonLines, ..Look::default() };
        stdout::facts(|out| render::list(out, &[self.record(end, after)], &look))
    }

    /// `4711 exited 0`, `4711 killed TERM`, `4711 ended`; with ` after TERM`.
    fn line(&self, end: &End, after: Option<Signal>) -> Vec<u8> {
        let how = match (how(end.how), number(end.how)) {
            (how, Some(number)) => format!("{how} {number}"),
            (how, None) => match signal(end.how) {
                Some(signal) => format!("{how} {signal}"),
                None => how.to_owned(),
            },
        };
        let after = after.filter(|_| self.tell_signal).map(|after| format!(" after {after}"));
        let mut line = Vec::new();
        push_safe(&mut line, format!("{} {how}{}", end.pid, after.unwrap_or_default()).as_bytes());
        line.push(b'\n');
        line
    }

    fn record(&self, end: &End, after: Option<Signal>) -> Record {
        let reference = Ref::Sig(TargetName::Process(Process::Pid(end.pid)));
        let text = |text: Option<String>| text.map_or(Cell::Absent, Cell::text);
        let mut fields = vec![
            ("ref", Cell::text(reference.to_bytes())),
            ("pid", Cell::Id(end.pid.into())),
            ("command", Cell::text(end.comm.clone())),
            ("how", Cell::Word(how(end.how))),
            ("status", number(end.how).map_or(Cell::Absent, |status| Cell::Id(status.into()))),
            ("signal", text(signal(end.how))),
        ];
        if self.tell_signal {
            fields.push(("after", text(after.map(|after| after.to_string()))));
        }
        Record { fields }
    }
}

fn how(how: Option<Ended>) -> &'static str {
    match how {
        Some(Ended::Exited(_)) => "exited",
        Some(Ended::Killed(_)) => "killed",
        None => "ended",
    }
}

/// The exit status.
fn number(how: Option<Ended>) -> Option<i32> {
    match how {
        Some(Ended::Exited(status)) => Some(status),
        _ => None,
    }
}

/// The signal that ended it.
fn signal(how: Option<Ended>) -> Option<String> {
    match how {
        Some(Ended::Killed(number)) => {
            Some(Signal::new(number).map_or_else(|| number.to_string(), |signal| signal.to_string()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_for_read() {
        let end = |how| End { pid: 7, comm: b"a".to_vec(), how };
        let ends = Ends { json: false, tell_signal: true };
        let line = |how, after| String::from_utf8(ends.line(&end(how), after)).unwrap();
        assert_eq!(line(Some(Ended::Exited(3)), Some(Signal::KILL)), "7 exited 3 after KILL\n");
        assert_eq!(line(Some(Ended::Killed(37)), None), "7 killed RTMIN+3\n");
        assert_eq!(line(None, None), "7 ended\n");
    }
}
