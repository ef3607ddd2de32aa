//! `dump --struct`: memory as the fields of C structs.

use std::io::Write;

use crate::commands::facts::Output;
use crate::commands::stdout;
use crate::commands::structure::Structure;
use crate::fault::Fault;
use crate::ipc::memory::Memory;
use crate::layout::Field;
use crate::render;
use crate::status::Status;

use super::range::{cut_short, past_the_end, unreadable};

/// What is shown of the structs.
pub struct View<'a> {
    /// Which struct.
    pub structure: &'a Structure,
    /// Where the first lies.
    pub offset: u64,
    /// How many, one behind the other.
    pub count: u64,
    /// Only this field's bare value.
    pub field: Option<Field>,
    /// One JSON object a struct.
    pub json: bool,
}

/// Prints the structs in `memory`, called `name` in errors, one after the other: none but one is held.
///
/// # Errors
/// Status 1 if they do not lie within it; if not all of it can be read, what there is has been printed.
pub fn run(view: &View<'_>, memory: &Memory, name: &str) -> anyhow::Result<Status> {
    let size = memory.size().map_err(|errno| Fault::os(format_args!("read {name}"), errno))?;
    let each = view.structure.layout.size();
    let end = view.count.checked_mul(each).and_then(|all| all.checked_add(view.offset));
    if end.is_none_or(|end| end > size) {
        return Err(past_the_end("dump", name, size).into());
    }
    let mut bytes = vec![0; usize::try_from(each)?];
    let mut stopped = None;
    let status = stdout::facts(|out| {
        for number in 0..view.count {
            let (there, fault) = read(view.offset + number * each, &mut bytes, memory, name);
            stopped = fault;
            if stopped.is_none() || !there.is_empty() {
                print(view, number, there, out)?;
            }
            if stopped.is_some() {
                break;
            }
        }
        Ok(())
    })?;
    stopped.map_or(Ok(status), |fault| Err(fault.into()))
}

/// One struct's bytes at `at`, in `room`; fewer with the reason.
fn read<'a>(at: u64, room: &'a mut [u8], memory: &Memory, name: &str) -> (&'a [u8], Option<Fault>) {
    let refused = |at: u64, errno| unreadable(format_args!("read {name} at {at}"), errno);
    let count = match memory.read_at(at, room) {
        Ok(count) if count == room.len() => return (room, None),
        Ok(count) => count,
        Err(errno) => return (&[], Some(refused(at, errno))),
    };
    let end = at + count as u64;
    let stopped = match memory.read_at(end, &mut [0]) {
        Err(errno) => refused(end, errno),
        Ok(_) => cut_short("read", name, end),
    };
    (&room[..count], Some(stopped))
}

fn print(view: &View<'_>, number: u64, bytes: &[u8], out: &mut dyn Write) -> std::io::Result<()> {
    if let Some(field) = &view.field {
        return out.write_all(&view.structure.bare(field, bytes));
    }
    if view.json {
        return writeln!(out, "{}", view.structure.json(bytes));
    }
    if number > 0 {
        out.write_all(b"\n")?;
    }
    render::list(out, &view.structure.records(bytes), &Output::default().look())
}
