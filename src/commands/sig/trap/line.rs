//! A received signal as a line.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::fault::Fault;
use crate::framing::{Format as Framing, Writer};
use crate::ipc::sig::Received;
use crate::proc::names::Names;
use crate::proc::process;
use crate::render::safe::push_safe;
use crate::render::{self, Cell, Format, Look, Record};

/// Makes lines of signals, and writes them to standard output.
pub struct Lines {
    /// None: no signal is printed, and standard output is the commands'.
    out: Option<Writer>,
    json: bool,
    names: Names,
    /// The last sender and its command: a stream comes from one, and looking it up costs more than all the rest. Asked
    /// again after each write, since a PID may be given to another process.
    sender: Option<(i32, Vec<u8>)>,
}

impl Lines {
    /// Lines, on standard output if they are `printed`; with `json` objects.
    ///
    /// # Errors
    /// It was closed by our caller.
    pub fn open(json: bool, printed: bool) -> Result<Lines, Fault> {
        let out = if printed { Some(Writer::stdout(Framing::Lines)?) } else { None };
        Ok(Lines { out, json, names: Names::new(), sender: None })
    }

    /// Whether a line can still be written: to be asked before each take.
    ///
    /// # Errors
    /// The reader is gone.
    pub fn ready(&mut self) -> Result<(), Fault> {
        self.out.as_mut().map_or(Ok(()), Writer::ready)
    }

    /// Adds a line.
    ///
    /// # Errors
    /// It could not be written.
    pub fn put(&mut self, line: &[u8]) -> Result<(), Fault> {
        self.out.as_mut().map_or(Ok(()), |out| out.put(&[], line))
    }

    /// Writes what was taken.
    ///
    /// # Errors
    /// With the number of signals that were taken and not written.
    pub fn flush(&mut self) -> Result<(), Fault> {
        self.sender = None;
        self.out.as_mut().map_or(Ok(()), Writer::flush)
    }

    /// The line of a signal, without its end.
    pub fn format(&mut self, received: &Received) -> Vec<u8> {
        let command = received.pid.map(|pid| self.command(pid)).filter(|command| !command.is_empty());
        if self.json { self.object(received, command) } else { plain(received, command.as_deref()) }
    }

    fn command(&mut self, pid: i32) -> Vec<u8> {
        match &self.sender {
            Some((known, command)) if *known == pid => command.clone(),
            _ => {
                let command = process::comm(pid);
                self.sender = Some((pid, command.clone()));
                command
            }
        }
    }

    fn object(&self, received: &Received, command: Option<Vec<u8>>) -> Vec<u8> {
        let user = received.uid.and_then(|uid| self.names.user(uid));
        let id = |value: Option<i64>| value.map_or(Cell::Absent, Cell::Id);
        let fields = vec![
            ("signal", Cell::text(received.signal.to_string())),
            ("number", Cell::Id(received.signal.number().into())),
            ("code", Cell::text(received.code.word())),
            ("value", id(received.value.map(i64::from))),
            ("pid", id(received.pid.map(i64::from))),
            ("uid", id(received.uid.map(i64::from))),
            ("user", user.map_or(Cell::Absent, |name| Cell::text(name.to_vec()))),
            ("command", command.map_or(Cell::Absent, Cell::text)),
            ("status", id(received.status.map(i64::from))),
            ("overrun", received.overrun.map_or(Cell::Absent, |count| Cell::Count(count.into()))),
            ("time", Cell::Time(now())),
        ];
        let look = Look { format: Format::JsonLines, ..Look::default() };
        let mut line = Vec::new();
        // A vector takes everything.
        let _ = render::list(&mut line, &[Record { fields }], &look);
        line.pop_if(|byte| *byte == b'\n');
        line
    }
}

/// Seconds since the epoch.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// `USR1 user - 4711 0 bash`: the command last, as it may hold blanks.
fn plain(received: &Received, command: Option<&[u8]>) -> Vec<u8> {
    fn or_dash<T: ToString>(value: Option<T>) -> String {
        value.map_or_else(|| "-".to_owned(), |value| value.to_string())
    }
    let Received { signal, code, value, pid, uid, .. } = received;
    let (value, pid, uid) = (or_dash(*value), or_dash(*pid), or_dash(*uid));
    let mut line = format!("{signal} {} {value} {pid} {uid} ", code.word()).into_bytes();
    push_safe(&mut line, command.unwrap_or(b"-"));
    line
}
