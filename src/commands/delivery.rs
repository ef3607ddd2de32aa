//! Where taken records go: to standard output, or each to a run of a command (SPEC S2 "Taken is delivered").
//!
//! ```ignore
//! let mut delivery = Delivery::open(&args.output, &args.command, queue.reference())?;  // before the first take
//! let end = take_all(&mut delivery);   // ready, take into room, commit; flush before a sleep
//! let status = delivery.finish(end)?;
//! ```

use std::ffi::{OsStr, OsString};
use std::time::Instant;

use crate::child::{Command, Facts};
use crate::commands::decoder::Decoder;
use crate::commands::payload::Output;
use crate::commands::report;
use crate::fault::{Fault, counted};
use crate::framing::{Format, HEAD, Value, Writer, before_nul, encode};
use crate::status::Status;
use crate::wait::{Wait, cancel};

/// What an object says of a record beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Label {
    /// A System V message's type; a signal's number.
    pub kind: Option<i64>,
    /// A POSIX message's priority.
    pub priority: Option<u32>,
}

impl Label {
    /// The fields of a JSON line.
    fn fields(self) -> Vec<(&'static str, Value)> {
        let kind = self.kind.map(|kind| ("type", Value::Int(kind)));
        let priority = self.priority.map(|priority| ("priority", Value::Count(priority.into())));
        kind.into_iter().chain(priority).collect()
    }

    /// The number and what it is called.
    pub fn named(self) -> Option<(&'static str, i64)> {
        let priority = self.priority.map(|priority| ("priority", i64::from(priority)));
        self.kind.map(|kind| ("type", kind)).or(priority)
    }

    /// What `--show-type` puts before a body.
    pub fn prefix(self) -> String {
        let number = self.kind.or(self.priority.map(i64::from));
        number.map(|number| format!("{number}\t")).unwrap_or_default()
    }
}

/// The records' way out, with an account of them.
pub struct Delivery {
    way: Way,
    format: Format,
    cstr: bool,
    reference: OsString,
    labelled: bool,
    decoder: Option<Decoder>,
    delivered: u64,
    failed: bool,
    /// Where a body is received that cannot go straight into the writer's buffer, [`HEAD`] bytes before it.
    room: Vec<u8>,
    /// What a command gets, or a body with its label.
    framed: Vec<u8>,
    /// A decoded body.
    text: Vec<u8>,
}

enum Way {
    Stdout(Writer),
    Command(Command),
}

impl Delivery {
    /// To a run of `command` each, or to standard output where that is empty; `reference` is for the command.
    ///
    /// # Errors
    /// Standard output is closed; the command cannot be found (127) or executed (126). Nothing was taken then.
    pub fn open(
        output: &Output,
        command: &[OsString],
        reference: impl AsRef<OsStr>,
    ) -> Result<Delivery, Fault> {
        let way = match command {
            [] => Way::Stdout(output.writer()?),
            argv => Way::Command(Command::resolve(argv)?),
        };
        Ok(Delivery {
            way,
            format: output.format(),
            cstr: output.cstr,
            reference: reference.as_ref().to_owned(),
            labelled: false,
            decoder: None,
            delivered: 0,
            failed: false,
            room: Vec::new(),
            framed: Vec::new(),
            text: Vec::new(),
        })
    }

    /// The same for an object that is opened later than the command is found.
    pub fn of(mut self, reference: impl AsRef<OsStr>) -> Delivery {
        self.reference = reference.as_ref().to_owned();
        self
    }

    /// The same for records that are looked at and not taken.
    pub fn of_copies(mut self) -> Delivery {
        self.way = match self.way {
            Way::Stdout(writer) => Way::Stdout(writer.of_copies()),
            command => command,
        };
        self
    }

    /// The same, with each record's type (or priority) and a tab before it.
    pub fn labelled(mut self, labelled: bool) -> Delivery {
        self.labelled = labelled;
        self
    }

    /// The same, with each body as `decoder` reads it.
    pub fn decoded(mut self, decoder: Option<Decoder>) -> Delivery {
        self.decoder = decoder;
        self
    }

    /// How many bytes a body may have, if more of them would be none of what was asked for.
    pub fn most(&self) -> Option<usize> {
        self.decoder.as_ref().map(Decoder::size)
    }

    /// How many records went this way.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Whether a record can still be delivered: to be asked before each take.
    ///
    /// # Errors
    /// The reader of standard output is gone.
    pub fn ready(&mut self) -> Result<(), Fault> {
        match &mut self.way {
            Way::Stdout(writer) => writer.ready(),
            Way::Command(_) => Ok(()),
        }
    }

    /// Whether records go to a reader that can leave.
    pub fn has_reader(&self) -> bool {
        matches!(&self.way, Way::Stdout(writer) if writer.has_reader())
    }

    /// Where a body of up to `size` bytes may be received, behind [`HEAD`] bytes for its type.
    ///
    /// # Errors
    /// As [`Delivery::flush`].
    pub fn room(&mut self, size: usize) -> Result<&mut [u8], Fault> {
        let is_direct = !self.labelled && self.decoder.is_none();
        match &mut self.way {
            Way::Stdout(writer) if is_direct => writer.room(size),
            _ => {
                if self.room.len() < HEAD + size {
                    self.room.resize(HEAD + size, 0);
                }
                Ok(&mut self.room[..HEAD + size])
            }
        }
    }

    /// A body of `size` bytes was taken into [`Delivery::room`]. A command runs now, outside of `wait`'s time.
    ///
    /// # Errors
    /// The record could not be written, or the command not be started. A command that fails is reported, and no error.
    pub fn commit(&mut self, label: Label, size: usize, wait: &mut Wait) -> Result<(), Fault> {
        self.delivered += 1;
        self.decode(label, size);
        match &mut self.way {
            Way::Stdout(writer) if self.decoder.is_some() => writer.put(&label.fields(), &self.text),
            Way::Stdout(writer) if !self.labelled => match self.format {
                Format::JsonLines => writer.commit(&label.fields(), size),
                _ => writer.commit(&[], size),
            },
            Way::Stdout(writer) => {
                self.framed.clear();
                self.framed.extend_from_slice(label.prefix().as_bytes());
                self.framed.extend_from_slice(&self.room[HEAD..HEAD + size]);
                writer.put(&label.fields(), &self.framed)
            }
            Way::Command(_) => {
                let began = Instant::now();
                let ran = self.run(label, size);
                wait.extend(began.elapsed());
                ran
            }
        }
    }

    /// Makes text of the body in the room, where bodies are decoded. A field that it has not is reported.
    fn decode(&mut self, label: Label, size: usize) {
        let Some(decoder) = &self.decoder else { return };
        let body = &self.room[HEAD..HEAD + size];
        self.text.clear();
        if decoder.is_table() && self.delivered > 1 && matches!(self.way, Way::Stdout(_)) {
            self.text.push(b'\n');
        }
        decoder.write(body, label, self.labelled, &mut self.text);
        if let Some(field) = decoder.missing(body) {
            let what =
                format!("get {} of record {} of {}", field.path, self.delivered, self.reference.display());
            report::fault_line(&Fault::new(
                what,
                format!("it ends before that, after {}", counted(size, "byte")),
            ));
            self.failed = true;
        }
    }

    fn run(&mut self, label: Label, size: usize) -> Result<(), Fault> {
        let Way::Command(command) = &self.way else { return Ok(()) };
        let lost = |fault: Fault| fault.besides("1 record was taken and not delivered");
        let body = match &self.decoder {
            Some(_) => self.text.as_slice(),
            None => &self.room[HEAD..HEAD + size],
        };
        let body = if self.cstr { before_nul(body) } else { body };
        self.framed.clear();
        encode(self.format, &label.fields(), body, &mut self.framed).map_err(|size| {
            lost(Fault::new("frame a record", format!("{size} bytes do not fit a 32-bit length prefix")))
        })?;
        let facts = Facts {
            reference: &self.reference,
            kind: label.kind,
            priority: label.priority,
            size: if self.decoder.is_some() { size } else { body.len() },
            seq: self.delivered,
        };
        let status = command.run(&self.framed, &facts).map_err(lost)?;
        // Of a signal that ended the run and is about to end us there is nothing to tell.
        if status != Status::OK && cancel::caught().is_none() {
            let what = format!("deliver record {} of {}", self.delivered, self.reference.display());
            report::fault_line(&Fault::new(what, format!("the command's status is {}", status.code())));
        }
        self.failed |= status != Status::OK;
        Ok(())
    }

    /// Writes what was taken.
    ///
    /// # Errors
    /// With the number of records that were taken and not written.
    pub fn flush(&mut self) -> Result<(), Fault> {
        match &mut self.way {
            Way::Stdout(writer) => writer.flush(),
            Way::Command(_) => Ok(()),
        }
    }

    /// The end of taking, which ended well or not: writes what was taken. Status 1 if a run of the command failed.
    ///
    /// # Errors
    /// `end`'s own; and before that of [`Delivery::flush`], as records that are lost count more than records that did
    /// not come. A signal still is what the program dies of.
    pub fn finish(mut self, end: Result<(), Fault>) -> Result<Status, Fault> {
        match (end, self.flush()) {
            (Ok(()), Ok(())) => Ok(if self.failed { Status::FAILED } else { Status::OK }),
            (Err(fault), Ok(())) | (Ok(()), Err(fault)) => Err(fault),
            (Err(cancelled), Err(lost)) if cancel::is_cancel(&cancelled) => {
                report::fault_line(&lost);
                Err(cancelled)
            }
            (Err(fault), Err(lost)) => {
                report::fault_line(&fault);
                Err(lost)
            }
        }
    }
}
