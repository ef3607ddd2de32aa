//! `ipcs`: what there is of System V IPC.

pub mod details;
mod limits;
mod lists;
mod summary;

use std::ffi::{OsStr, OsString};

use super::getopt::{Opt, Value, Words};
use super::numbers::{decimal, refusal};
use super::voice::{Ended, Refusal, Voice};
use crate::status::Status;

static OPTIONS: &[Opt] = &[
    Opt(b'i', "id", Value::Needed),
    Opt(b'q', "queues", Value::No),
    Opt(b'm', "shmems", Value::No),
    Opt(b's', "semaphores", Value::No),
    Opt(b'a', "all", Value::No),
    Opt(b't', "time", Value::No),
    Opt(b'p', "pid", Value::No),
    Opt(b'c', "creator", Value::No),
    Opt(b'l', "limits", Value::No),
    Opt(b'u', "summary", Value::No),
    Opt(HUMAN, "human", Value::No),
    Opt(b'b', "bytes", Value::No),
    Opt(b'V', "version", Value::No),
    Opt(b'h', "help", Value::No),
];

const HUMAN: u8 = 1;

/// What is shown of each object; of several the last that was typed counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Objects,
    Times,
    Pids,
    Creators,
    Limits,
    Summary,
}

/// How sizes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// As each view has it.
    Usual,
    Bytes,
    Human,
}

/// What was typed.
struct Asked {
    queues: bool,
    segments: bool,
    sets: bool,
    view: View,
    unit: Unit,
    id: Option<i32>,
}

/// Runs `ipcs`.
pub fn run(voice: &mut Voice, words: &[OsString]) -> Ended {
    let mut asked = Asked {
        queues: false,
        segments: false,
        sets: false,
        view: View::Objects,
        unit: Unit::Usual,
        id: None,
    };
    let mut parted = Words::new(OPTIONS, words);
    while let Some((letter, value)) = parted.next_option()? {
        match letter {
            b'V' => return voice.version(),
            b'h' => return voice.help(HELP),
            _ => asked.note(letter, value)?,
        }
    }
    match asked.id {
        Some(id) => asked.one(voice, id),
        None => asked.lists(voice),
    }
}

impl Asked {
    fn note(&mut self, letter: u8, value: Option<&OsStr>) -> Result<(), Refusal> {
        match letter {
            b'i' => {
                let text = value.unwrap_or_default();
                self.id =
                    Some(decimal(text).map_err(|flaw| refusal("failed to parse id argument", text, flaw))?);
            }
            b'q' => self.queues = true,
            b'm' => self.segments = true,
            b's' => self.sets = true,
            b'a' => (self.queues, self.segments, self.sets) = (true, true, true),
            b't' => self.view = View::Times,
            b'p' => self.view = View::Pids,
            b'c' => self.view = View::Creators,
            b'l' => self.view = View::Limits,
            b'u' => self.view = View::Summary,
            b'b' => self.unit = Unit::Bytes,
            _ => self.unit = Unit::Human,
        }
        Ok(())
    }

    fn one(&self, voice: &mut Voice, id: i32) -> Ended {
        match (self.queues, self.segments, self.sets) {
            (true, false, false) => details::queue(voice, id, self.unit),
            (false, true, false) => details::segment(voice, id, self.unit),
            (false, false, true) => details::set(voice, id),
            _ => Err(Refusal::new("when using an ID, a single resource must be specified")),
        }
    }

    fn lists(&self, voice: &mut Voice) -> Ended {
        let all = !(self.queues || self.segments || self.sets);
        voice.out.push(b'\n');
        if all || self.queues {
            lists::queues(voice, self.view, self.unit)?;
            voice.out.push(b'\n');
        }
        if all || self.segments {
            lists::segments(voice, self.view, self.unit)?;
            voice.out.push(b'\n');
        }
        if all || self.sets {
            lists::sets(voice, self.view)?;
            voice.out.push(b'\n');
        }
        Ok(Status::OK)
    }
}

const HELP: &str = "
Usage:
 NAME [resource-option...] [output-option]
 NAME -m|-q|-s -i <id>

Show information on IPC facilities.

Options:
 -i, --id <id>  print details on resource identified by <id>
 -h, --help     display this help
 -V, --version  display version

Resource options:
 -m, --shmems      shared memory segments
 -q, --queues      message queues
 -s, --semaphores  semaphores
 -a, --all         all (default)

Output options:
 -t, --time        show attach, detach and change times
 -p, --pid         show PIDs of creator and last operator
 -c, --creator     show creator and owner
 -l, --limits      show resource limits
 -u, --summary     show status summary
     --human       show sizes in human-readable format
 -b, --bytes       show sizes in bytes

For more details see ipcs(1).
";
