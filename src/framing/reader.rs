//! The records of a command's input: its arguments, or a stream.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

use super::hex::parse_hex;
use super::{Format, HEAD, Record, Shape, Splitter};
use crate::fault::Fault;
use crate::sys::stdio;
use crate::wait::{self, Stop, Wait};

/// What faults call standard input.
const STDIN: &str = "standard input";

/// Records to be put somewhere, one after the other. See the module's head for how a verb uses them.
#[derive(Debug)]
pub struct Records(Source);

#[derive(Debug)]
enum Source {
    Arguments(Arguments),
    Stream(Stream),
}

#[derive(Debug)]
struct Arguments {
    /// Each with its head, complete before the first is taken.
    rooms: Vec<Vec<u8>>,
    taken: usize,
}

#[derive(Debug)]
struct Stream {
    fd: OwnedFd,
    name: String,
    splitter: Splitter,
    wait: Wait,
    ended: bool,
}

impl Records {
    /// The arguments, one record each, as typed; with `hex` as the bytes that they spell.
    ///
    /// Usage fault: one is no hexadecimal.
    pub fn arguments(arguments: &[OsString], hex: bool) -> Result<Records, Fault> {
        let mut rooms = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let mut room = vec![0; HEAD];
            match hex {
                true => {
                    room.extend(parse_hex(argument.as_bytes()).map_err(|cause| no_hex(argument, &cause))?)
                }
                false => room.extend_from_slice(argument.as_bytes()),
            }
            rooms.push(room);
        }
        Ok(Records(Source::Arguments(Arguments { rooms, taken: 0 })))
    }

    /// Whether there is a standard input: to be asked before something is made for what comes from it.
    ///
    /// Fault: the caller closed it.
    pub fn stdin_is_open() -> Result<(), Fault> {
        match stdio::was_closed(0) {
            true => Err(Fault::new(format!("read {STDIN}"), "it is closed")),
            false => Ok(()),
        }
    }

    /// Standard input. Reading it ends with `wait`'s deadline, not with its `--nowait`, which is about the object.
    ///
    /// Fault: the caller closed it.
    pub fn stdin(format: Format, wait: &Wait) -> Result<Records, Fault> {
        Records::stdin_is_open()?;
        let fd = std::io::stdin().as_fd().try_clone_to_owned();
        let fd = fd.map_err(|error| {
            Fault::os(format!("read {STDIN}"), nix::errno::Errno::from_raw(error.raw_os_error().unwrap_or(0)))
        })?;
        Ok(Records::stream(fd, STDIN, format, wait))
    }

    /// Any stream, called `name` in faults (`cannot read NAME: …`). `wait`'s idle timeout is its end.
    pub fn stream(fd: OwnedFd, name: &str, format: Format, wait: &Wait) -> Records {
        let (splitter, wait) = (Splitter::new(format), wait.clone().sleeping());
        Records(Source::Stream(Stream { fd, name: name.to_owned(), splitter, wait, ended: false }))
    }

    /// The same records, shaped for a C peer.
    ///
    /// Usage fault: an argument is longer than `shape` pads to. A stream's record is refused when it comes.
    pub fn shaped(mut self, shape: Shape) -> Result<Records, Fault> {
        match self.0 {
            Source::Arguments(ref mut arguments) => {
                for (index, room) in arguments.rooms.iter_mut().enumerate() {
                    let number = index + 1;
                    shape
                        .apply(room)
                        .map_err(|cause| Fault::usage(format!("cannot pad record {number}: {cause}")))?;
                }
            }
            Source::Stream(ref mut stream) => stream.splitter.set_shape(shape),
        }
        Ok(self)
    }

    /// The same records, for an object that takes `longest` bytes in one piece: a stream's record that goes on far beyond that
    /// is refused before its end. (Somewhat more may be told from what is too long by its exact size; JSON needs up to six
    /// bytes for one.)
    pub fn at_most(mut self, longest: usize) -> Records {
        if let Source::Stream(ref mut stream) = self.0 {
            stream.splitter.set_most(longest.saturating_mul(8).saturating_add(1 << 20));
        }
        self
    }

    /// How many there are, known only for arguments: the M of "N of M sent".
    pub fn total(&self) -> Option<usize> {
        match &self.0 {
            Source::Arguments(arguments) => Some(arguments.rooms.len()),
            Source::Stream(_) => None,
        }
    }

    /// The next record; none at the end. Reads no more of a stream than it must to find one.
    ///
    /// Faults: the stream cannot be read, holds no record there, or the wait ended.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, Fault> {
        match &mut self.0 {
            Source::Arguments(arguments) => Ok(arguments.next_record()),
            Source::Stream(stream) => stream.next_record(),
        }
    }
}

impl Arguments {
    fn next_record(&mut self) -> Option<Record<'_>> {
        let room = self.rooms.get_mut(self.taken)?;
        self.taken += 1;
        Some(Record::plain(room))
    }
}

impl Stream {
    fn next_record(&mut self) -> Result<Option<Record<'_>>, Fault> {
        // The borrow of a record found in a loop would outlive the loop, so look first and take after it.
        while !self.ended && !self.splitter.has_record().map_err(|bad| fault(&self.name, bad))? {
            let count = match wait::read(&self.fd, self.splitter.room(), &self.wait) {
                Err(Stop::Idle) => 0,
                other => other.map_err(|stop| stop.fault(format!("read {}", self.name)))?,
            };
            self.splitter.filled(count);
            if count == 0 {
                self.ended = true;
                return self.splitter.last_record().map_err(|bad| fault(&self.name, bad));
            }
        }
        self.splitter.next_record().map_err(|bad| fault(&self.name, bad))
    }
}

fn fault(name: &str, bad: super::BadRecord) -> Fault {
    Fault::new(format!("read record {} of {name}", bad.number), bad.cause)
}

/// Which flag asks for hex is the caller's to know: `--hex`, `--bytes`.
fn no_hex(argument: &OsStr, cause: &str) -> Fault {
    let fault = format!("cannot take '{}' as bytes in hex: {cause}", argument.as_bytes().escape_ascii());
    match argument.as_bytes() {
        [b'0', b'x' | b'X', ..] => Fault::usage(fault).hint("leave out 0x: the digits only"),
        _ => Fault::usage(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{pipe, write};
    use std::time::Duration;

    fn bodies(mut records: Records) -> Result<Vec<Vec<u8>>, String> {
        let mut all = vec![];
        while let Some(record) = records.next_record().map_err(|fault| fault.to_string())? {
            all.push(record.body().to_vec());
        }
        Ok(all)
    }

    fn typed(arguments: &[&str], hex: bool) -> Result<Records, Fault> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        Records::arguments(&arguments, hex)
    }

    #[test]
    fn arguments_are_records_as_typed() {
        let records = typed(&["a\n", "", "b"], false).unwrap();
        assert_eq!(records.total(), Some(3));
        assert_eq!(bodies(records), Ok(vec![b"a\n".to_vec(), vec![], b"b".to_vec()]));
        assert_eq!(bodies(typed(&["00 ff"], true).unwrap()), Ok(vec![vec![0, 0xff]]));
        let fault = typed(&["00", "xy"], true).unwrap_err();
        assert_eq!(fault.to_string(), "cannot take 'xy' as bytes in hex: 'x' is not a hexadecimal digit");
        assert_eq!((fault.exit_status().code(), fault.hint_line()), (2, None));
        let fault = typed(&["0x0f"], true).unwrap_err();
        assert_eq!(fault.hint_line(), Some("leave out 0x: the digits only"));
    }

    #[test]
    fn arguments_too_long_to_pad_are_refused_before_any_is_taken() {
        let shape = Shape { cstr: true, pad: Some(3) };
        assert_eq!(bodies(typed(&["a", "bb"], false).unwrap().shaped(shape).unwrap()).unwrap()[0], b"a\0\0");
        let fault = typed(&["a", "bbb"], false).unwrap().shaped(shape).unwrap_err();
        assert_eq!(fault.to_string(), "cannot pad record 2: 4 bytes are more than the 3 to pad to");
    }

    #[test]
    fn a_record_is_given_before_more_is_read() {
        let (reader, writer) = pipe().unwrap();
        write(&writer, b"one\ntwo\nthr").unwrap();
        let mut records = Records::stream(reader, "the pipe", Format::Lines, &Wait::forever());
        assert_eq!(records.next_record().unwrap().unwrap().body(), b"one");
        assert_eq!(records.next_record().unwrap().unwrap().body(), b"two");
        drop(writer);
        assert_eq!(bodies(records), Ok(vec![b"thr".to_vec()]));
    }

    #[test]
    fn a_quiet_stream_ends_by_idle_and_fails_by_timeout() {
        let open = |wait: &Wait| {
            let (reader, writer) = pipe().unwrap();
            write(&writer, b"unfinished").unwrap();
            (Records::stream(reader, "the pipe", Format::Lines, wait), writer)
        };
        let (records, _writer) = open(&Wait::forever().idle(Some(Duration::from_millis(5))));
        assert_eq!(bodies(records), Ok(vec![b"unfinished".to_vec()]));
        let (records, _writer) = open(&Wait::new(true, Some(Duration::from_millis(5))));
        assert_eq!(bodies(records), Err("cannot read the pipe: the timeout passed".into()));
    }

    #[test]
    fn a_bad_record_is_named() {
        let (reader, writer) = pipe().unwrap();
        write(&writer, b"{\"data\":\"a\"}\n{}\n").unwrap();
        let records = Records::stream(reader, "the pipe", Format::JsonLines, &Wait::forever());
        let line = "cannot read record 2 of the pipe: neither data nor data_base64 in the JSON object";
        assert_eq!(bodies(records), Err(line.into()));
    }
}
