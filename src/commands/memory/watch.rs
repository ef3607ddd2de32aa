//! Every difference between two looks at memory, once.

use std::io::Write;
use std::time::SystemTime;

use data_encoding::HEXLOWER;
use serde_json::json;

use super::{polling, range};
use crate::commands::stdout;
use crate::commands::structure::{self, Structure};
use crate::fault::Fault;
use crate::ipc::memory::Memory;
use crate::layout::{Field, Value};
use crate::status::Status;
use crate::wait::{Wait, parse_duration};

/// What is watched and for how long.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    range: range::Args,
    #[command(flatten)]
    structure: structure::Args,
    #[command(flatten)]
    polling: polling::Args,
    /// End after N differences
    #[arg(short = 'c', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Print one JSON object a difference
    #[arg(short = 'J', long, help_heading = "Output")]
    json: bool,
    /// End after D: exit with 124
    #[arg(short = 't', long, value_name = "D", value_parser = parse_duration, help_heading = "Waiting")]
    timeout: Option<std::time::Duration>,
}

/// A longer run of changed bytes is several differences: so many bytes fit a line.
const LONGEST: usize = 16;
/// The largest copy of a range that is held: 1 GiB.
const MOST: usize = 1 << 30;

/// Prints each difference of `memory`, called `name`, until one of the ends that the flags name.
///
/// # Errors
/// Status 3 when it is removed, 124 after the timeout, 1 if it is cut short under us.
pub fn run(args: &Args, memory: &Memory, name: &str) -> anyhow::Result<Status> {
    stdout::ready()?;
    let size = memory.size().map_err(|errno| Fault::os(format_args!("watch {name}"), errno))?;
    let structure = args.structure.structure()?;
    let mut range = args.range.clone();
    range.length = structure.as_ref().map(|structure| structure.layout.size()).or(range.length);
    let (offset, length) = range.within(size, "watch", name)?;
    let mut snapshot = Snapshot::take(memory, name, offset, length, structure)?;
    let wait = Wait::new(false, args.timeout);
    let mut left = args.count.unwrap_or(u64::MAX);
    while left > 0 {
        // It may leave while nothing changes: who waits for it, as a shell for its pipeline, shall not wait for us.
        let read = args.polling.until(memory, name, "watch", &wait, || match stdout::has_reader() {
            true => Ok(snapshot.look()?.map(|()| true)),
            false => Ok(Some(false)),
        })?;
        if !read {
            return Ok(Status::OK);
        }
        let now = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let status = stdout::facts(|out| {
            for change in snapshot.changes().take(usize::try_from(left).unwrap_or(usize::MAX)) {
                change.print(args.json, &now, out)?;
                left -= 1;
            }
            Ok(())
        })?;
        if status != Status::OK || !stdout::has_reader() {
            return Ok(status);
        }
        snapshot.keep();
    }
    Ok(Status::OK)
}

/// What is not as it was.
enum Change<'a> {
    /// A run of bytes.
    Bytes { offset: u64, old: &'a [u8], new: &'a [u8] },
    /// A field of a struct.
    Field { field: Field, old: Value, new: Value },
}

impl Change<'_> {
    fn print(&self, json: bool, time: &str, out: &mut dyn Write) -> std::io::Result<()> {
        match self {
            Change::Bytes { offset, old, new } => {
                let (length, old, new) = (new.len(), HEXLOWER.encode(old), HEXLOWER.encode(new));
                if json {
                    let object =
                        json!({ "time": time, "offset": offset, "length": length, "old": old, "new": new });
                    return writeln!(out, "{object}");
                }
                writeln!(out, "{time}  {offset:08x}  {old} -> {new}")
            }
            Change::Field { field, old, new } => {
                if json {
                    let (old, new) = (structure::json(old), structure::json(new));
                    let object = json!({ "time": time, "field": field.path, "old": old, "new": new });
                    return writeln!(out, "{object}");
                }
                writeln!(out, "{time}  {}  {old} -> {new}", field.path)
            }
        }
    }
}

/// The bytes as they were seen last.
struct Snapshot<'m> {
    memory: &'m Memory,
    name: &'m str,
    offset: u64,
    structure: Option<Structure>,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl<'m> Snapshot<'m> {
    fn take(
        memory: &'m Memory,
        name: &'m str,
        offset: u64,
        length: u64,
        structure: Option<Structure>,
    ) -> Result<Snapshot<'m>, Fault> {
        let length = usize::try_from(length).ok().filter(|length| *length <= MOST).ok_or_else(|| {
            let cause = format!("the range is {length} bytes, and a copy of it is held: {MOST} at most");
            Fault::new(format_args!("watch {name}"), cause).hint("name a part of it by --offset and --length")
        })?;
        let mut snapshot =
            Snapshot { memory, name, offset, structure, old: vec![0; length], new: vec![0; length] };
        snapshot.read()?;
        std::mem::swap(&mut snapshot.old, &mut snapshot.new);
        Ok(snapshot)
    }

    fn read(&mut self) -> Result<(), Fault> {
        let what = || format!("watch {}", self.name);
        match self.memory.read_at(self.offset, &mut self.new) {
            Ok(count) if count == self.new.len() => Ok(()),
            Ok(count) => {
                let end = self.memory.size().unwrap_or(u64::MAX).min(self.offset + count as u64);
                Err(range::cut_short("watch", self.name, end))
            }
            Err(errno) => Err(range::unreadable(what(), errno)),
        }
    }

    /// Looks whether something has changed since what was kept.
    fn look(&mut self) -> Result<Option<()>, Fault> {
        self.read()?;
        if self.old == self.new {
            return Ok(None);
        }
        let seen = self.changes().next().map(drop);
        if seen.is_none() {
            // Padding may change where no field does.
            self.keep();
        }
        Ok(seen)
    }

    /// What was seen last is what the next look is compared with.
    fn keep(&mut self) {
        std::mem::swap(&mut self.old, &mut self.new);
    }

    /// What has changed, one after the other: there may be more than should be held in memory.
    fn changes(&self) -> Box<dyn Iterator<Item = Change<'_>> + '_> {
        match &self.structure {
            Some(structure) => Box::new(self.fields(structure)),
            None => Box::new(self.runs()),
        }
    }

    fn fields<'s>(&'s self, structure: &'s Structure) -> impl Iterator<Item = Change<'s>> {
        let rows = |bytes| structure.layout.rows(bytes, structure.endian);
        let pairs = rows(&self.old).zip(rows(&self.new));
        // A NaN equals nothing, but one that stays as it was is no difference.
        let differ =
            pairs.filter(|((_, old), (_, new))| !old.equals(new) && old.to_string() != new.to_string());
        differ.map(|((field, old), (_, new))| Change::Field { field, old, new })
    }

    fn runs(&self) -> impl Iterator<Item = Change<'_>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let (old, new) = (&self.old[at..], &self.new[at..]);
            let first = old.iter().zip(new).position(|(old, new)| old != new)?;
            let (old, new) = (&old[first..], &new[first..]);
            let length = old.iter().zip(new).take(LONGEST).take_while(|(old, new)| old != new).count();
            let offset = self.offset + (at + first) as u64;
            at += first + length;
            Some(Change::Bytes { offset, old: &old[..length], new: &new[..length] })
        })
    }
}
