//! `lsipc`: the same facts as tables, pairs and JSON.

mod columns;
mod details;
mod locale;
mod outline;
mod summary;
mod table;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::clock::{Clock, Style};
use super::getopt::{Opt, Value, Words};
use super::ipcs::details::found;
use super::numbers::{decimal, refusal};
use super::voice::{Ended, Refusal, Voice};
use crate::ipc::object::Object;
use crate::ipc::{msgq, sem, shm};
use crate::proc::names::Names;
use crate::proc::sysvipc;
use crate::status::Status;
use crate::sys::sysv::msg::MsqId;
use crate::sys::sysv::sem::SemId;
use crate::sys::sysv::shm::ShmId;
use columns::{Column, Commands, Shown};
use table::{Fit, Form, Heading, Table};

static OPTIONS: &[Opt] = &[
    Opt(b'b', "bytes", Value::No),
    Opt(b'c', "creator", Value::No),
    Opt(b'e', "export", Value::No),
    Opt(b'g', "global", Value::No),
    Opt(b'h', "help", Value::No),
    Opt(b'i', "id", Value::Needed),
    Opt(b'J', "json", Value::No),
    Opt(b'l', "list", Value::No),
    Opt(b'n', "newline", Value::No),
    Opt(NO_HEADINGS, "noheadings", Value::No),
    Opt(NO_TRUNCATE, "notruncate", Value::No),
    Opt(b'P', "numeric-perms", Value::No),
    Opt(b'o', "output", Value::Needed),
    Opt(b'q', "queues", Value::No),
    Opt(b'r', "raw", Value::No),
    Opt(b's', "semaphores", Value::No),
    Opt(b'm', "shmems", Value::No),
    Opt(b't', "time", Value::No),
    Opt(TIME_FORMAT, "time-format", Value::Needed),
    Opt(b'V', "version", Value::No),
    Opt(b'y', "shell", Value::No),
];

const NO_HEADINGS: u8 = 1;
const NO_TRUNCATE: u8 = 2;
const TIME_FORMAT: u8 = 3;

/// Options of which one may be given, and what is said otherwise.
static EXCLUSIVE: &[(&[u8], &str)] = &[
    (b"Jelnr", "--json --export --list --newline --raw"),
    (b"gi", "--global --id"),
    // Though the words say so, -c goes with both.
    (b"ot", "--creator --output --time"),
    (b"mqs", "--shmems --queues --semaphores"),
];

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Segments,
    Queues,
    Sets,
}

impl Kind {
    /// The name of its list in JSON.
    fn in_json(self) -> &'static str {
        match self {
            Kind::Segments => "sharedmemory",
            Kind::Queues => "messages",
            Kind::Sets => "semaphores",
        }
    }
}

/// What was typed.
#[derive(Default)]
struct Asked {
    kind: Option<Kind>,
    /// How often the kind was named: each time adds its columns.
    named: usize,
    global: bool,
    id: Option<i32>,
    form: Option<Form>,
    headless: bool,
    /// Nothing is cut.
    whole: bool,
    bytes: bool,
    creator: bool,
    time: bool,
    numeric: bool,
    shell: bool,
    style: Option<Style>,
    output: Option<OsString>,
    /// The letters of exclusive options that were typed.
    typed: Vec<u8>,
}

/// Runs `lsipc`.
pub fn run(voice: &mut Voice, words: &[OsString]) -> Ended {
    let mut asked = Asked::default();
    let mut parted = Words::new(OPTIONS, words);
    while let Some((letter, value)) = parted.next_option()? {
        asked.alone(letter)?;
        match letter {
            b'h' => return voice.help(&outline::help()),
            b'V' => return voice.version(),
            _ => asked.note(letter, value.unwrap_or_default())?,
        }
    }
    asked.check()?;
    let columns = asked.columns()?;
    match asked.kind.filter(|_| !asked.global) {
        None => summary::show(voice, &asked, &columns),
        Some(kind) => asked.objects(voice, kind, &columns),
    }
}

impl Asked {
    /// Refuses a second option of a group.
    fn alone(&mut self, letter: u8) -> Result<(), Refusal> {
        for (group, names) in EXCLUSIVE.iter().filter(|(group, _)| group.contains(&letter)) {
            if self.typed.iter().any(|typed| *typed != letter && group.contains(typed)) {
                return Err(Refusal::new(format!("mutually exclusive arguments: {names}")));
            }
        }
        self.typed.push(letter);
        Ok(())
    }

    fn note(&mut self, letter: u8, text: &OsStr) -> Result<(), Refusal> {
        match letter {
            b'm' => self.name(Kind::Segments)?,
            b'q' => self.name(Kind::Queues)?,
            b's' => self.name(Kind::Sets)?,
            b'g' => self.global = true,
            b'i' => {
                let id =
                    decimal(text).map_err(|flaw| refusal("failed to parse IPC identifier", text, flaw))?;
                self.id = Some(id);
            }
            b'o' => self.output = Some(text.to_os_string()),
            b'b' => self.bytes = true,
            b'c' => self.creator = true,
            b't' => self.time = true,
            b'P' => self.numeric = true,
            b'y' => self.shell = true,
            b'J' => self.form = Some(Form::Json),
            b'e' => self.form = Some(Form::Export),
            b'l' => self.form = Some(Form::List),
            b'n' => self.form = Some(Form::Newline),
            b'r' => self.form = Some(Form::Raw),
            NO_HEADINGS => self.headless = true,
            NO_TRUNCATE => self.whole = true,
            TIME_FORMAT => self.style = Some(style(text)?),
            _ => {}
        }
        Ok(())
    }

    fn name(&mut self, kind: Kind) -> Result<(), Refusal> {
        self.kind = Some(kind);
        self.named += 1;
        outline::not_too_many(self.named * outline::base(kind).len())
    }

    fn check(&mut self) -> Result<(), Refusal> {
        if self.kind.is_some() {
            return Ok(());
        }
        self.global = true;
        // Beside a kind they only add columns.
        if self.creator || self.time || self.id.is_some() {
            return Err(Refusal::new("--global is mutually exclusive with --creator, --id and --time"));
        }
        Ok(())
    }

    /// Whether one object is shown line by line.
    fn is_detailed(&self) -> bool {
        self.id.is_some() && self.form.is_none()
    }

    fn columns(&self) -> Result<Vec<&'static Column>, Refusal> {
        outline::columns(self)
    }

    fn objects(&self, voice: &mut Voice, kind: Kind, columns: &[&'static Column]) -> Ended {
        let (names, commands, clock) = (Names::new(), Commands::default(), Clock::default());
        let usual = if self.is_detailed() { Style::Full } else { Style::Short };
        let times = self.style.unwrap_or(usual);
        let shown = Shown { asked: self, names: &names, times, clock: &clock, commands: &commands };
        let mut table = self.table(columns, kind.in_json());
        let mut add = |object: Object| {
            for column in columns {
                table.cell(|out| {
                    // What is not known is an empty cell.
                    let _ = (column.cell)(out, &object, &shown);
                });
            }
        };
        match self.id {
            None => each(kind, &mut add)?,
            Some(id) => {
                let Some(object) = one(voice, kind, id)? else { return self.end(voice, &table) };
                let members = match &object {
                    Object::Set(set) => details::members(id, set.nsems)?,
                    _ => Vec::new(),
                };
                if self.is_detailed() {
                    details::write(voice, &object, columns, &shown, &members);
                    return Ok(Status::OK);
                }
                add(object);
            }
        }
        self.end(voice, &table)
    }

    /// Writes the table, unless details were asked for, of which there are none.
    fn end(&self, voice: &mut Voice, table: &Table) -> Ended {
        if !self.is_detailed() {
            table.write(voice, self.form.unwrap_or(Form::List));
        }
        Ok(Status::OK)
    }

    fn table(&self, columns: &[&'static Column], name: &'static str) -> Table {
        let heading = |column: &&Column| Heading {
            name: column.heading(self),
            width: column.name.len(),
            right: column.right,
            fit: match column.name {
                "COMMAND" if !self.whole => Fit::Cut,
                "STATUS" => Fit::Spill,
                _ => Fit::Whole,
            },
        };
        Table::new(name, columns.iter().map(heading).collect(), !self.headless)
    }
}

fn style(text: &OsStr) -> Result<Style, Refusal> {
    match text.as_bytes() {
        b"short" => Ok(Style::Short),
        b"full" => Ok(Style::Full),
        b"iso" => Ok(Style::Iso),
        other => Err(Refusal::new([b"unknown time format: ", other].concat())),
    }
}

fn look(kind: Kind) -> Result<(), Refusal> {
    match kind {
        Kind::Segments => sysvipc::look_at_shm(),
        Kind::Queues => sysvipc::look_at_msg(),
        Kind::Sets => sysvipc::look_at_sem(),
    }
    .map_err(Refusal::from)
}

fn each(kind: Kind, add: &mut dyn FnMut(Object)) -> Result<(), Refusal> {
    look(kind)?;
    let faults = match kind {
        Kind::Segments => shm::each(false, &mut |row| add(Object::Segment(row)))?,
        Kind::Queues => msgq::each(&mut |row| add(Object::Queue(row)))?,
        Kind::Sets => sem::each(&mut |row| add(Object::Set(row)))?,
    };
    faults.into_iter().next().map_or(Ok(()), |fault| Err(fault.into()))
}

fn one(voice: &mut Voice, kind: Kind, id: i32) -> Result<Option<Object>, Refusal> {
    look(kind)?;
    let told = match kind {
        Kind::Segments => shm::stat_with_resident(ShmId(id)).map(Object::Segment),
        Kind::Queues => msgq::stat(MsqId(id)).map(Object::Queue),
        Kind::Sets => sem::stat(SemId(id)).map(Object::Set),
    };
    found(voice, id, told)
}
