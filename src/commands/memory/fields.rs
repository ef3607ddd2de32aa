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

/// Prints the structs in `memory`, called `name` in errors.
///
/// # Errors
/// Status 1 if they do not lie within it; if not all of it can be read, what there is has been printed.
pub fn run(view: &View<'_>, memory: &Memory, name: &str) -> anyhow::Result<Status> {
    let (mut objects, mut stopped) = (Vec::new(), None);
    for number in 0..view.count {
        let (bytes, fault) = read(view, number, memory, name)?;
        objects.push(bytes);
        stopped = stopped.or(fault);
    }
    let status = stdout::facts(|out| {
        objects.iter().enumerate().try_for_each(|(number, bytes)| print(view, number, bytes, out))
    })?;
    stopped.map_or(Ok(status), |fault| Err(fault.into()))
}

/// One struct's bytes; fewer with the reason.
fn read(
    view: &View<'_>,
    number: u64,
    memory: &Memory,
    name: &str,
) -> Result<(Vec<u8>, Option<Fault>), Fault> {
    let fault = |errno| Fault::os(format_args!("read {name}"), errno);
    let (size, each) = (memory.size().map_err(fault)?, view.structure.layout.size());
    let at = number.checked_mul(each).and_then(|before| before.checked_add(view.offset));
    let within = at.and_then(|at| at.checked_add(each)).is_some_and(|end| end <= size);
    let (Some(at), true) = (at, within) else { return Err(past_the_end("dump", name, size)) };
    let mut bytes = vec![0; usize::try_from(each).map_err(|_| past_the_end("dump", name, size))?];
    let refused = |at: u64| move |errno| unreadable(format_args!("read {name} at {at}"), errno);
    let count = memory.read_at(at, &mut bytes).map_err(refused(at))?;
    if count == bytes.len() {
        return Ok((bytes, None));
    }
    bytes.truncate(count);
    let end = at + count as u64;
    let stopped = match memory.read_at(end, &mut [0]) {
        Err(errno) => refused(end)(errno),
        Ok(_) => cut_short("read", name, end),
    };
    Ok((bytes, Some(stopped)))
}

fn print(view: &View<'_>, number: usize, bytes: &[u8], out: &mut dyn Write) -> std::io::Result<()> {
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
