//! `write --struct`: fields of a C struct, by name.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;

use super::range::{cut_short, past_the_end, unreadable, unwritable};
use crate::commands::stdout;
use crate::commands::structure::Structure;
use crate::fault::Fault;
use crate::ipc::memory::Memory;
use crate::layout::{Condition, Patch, Step};
use crate::status::Status;

/// What is done to which fields.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Struct")]
pub struct Args {
    /// Give a field a value: exactly its bytes are written, a bit-field's with the bits beside it as
    /// just read, not atomically
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<OsString>,
    /// Only if this holds (=, !=, <, >): else exit with 5, nothing written
    #[arg(long = "if", value_name = "FIELD=VALUE")]
    condition: Vec<OsString>,
    /// Add to an integer by one atomic instruction, and print the new value
    #[arg(long, value_name = "FIELD=N", conflicts_with = "set")]
    add: Option<OsString>,
}

/// The same, understood: nothing has been looked at yet.
pub struct Plan<'a> {
    structure: &'a Structure,
    patches: Vec<Patch>,
    conditions: Vec<Condition>,
    step: Option<Step>,
}

impl Args {
    /// The flag that was given, if one was.
    pub fn given(&self) -> Option<&'static str> {
        match () {
            () if !self.set.is_empty() => Some("--set"),
            () if self.add.is_some() => Some("--add"),
            () if !self.condition.is_empty() => Some("--if"),
            () => None,
        }
    }

    /// Checks every field and value.
    ///
    /// # Errors
    /// A usage fault: no such field, or a value that does not fit.
    pub fn plan<'a>(&self, structure: &'a Structure) -> Result<Plan<'a>, Fault> {
        let (layout, endian) = (&structure.layout, structure.endian);
        let set = self.set.iter().map(|text| layout.set(text.as_bytes(), endian));
        let conditions = self.condition.iter().map(|text| layout.condition(text.as_bytes()));
        let plan = Plan {
            structure,
            patches: set.collect::<Result<_, _>>()?,
            conditions: conditions.collect::<Result<_, _>>()?,
            step: self.add.as_ref().map(|text| layout.step(text.as_bytes(), endian)).transpose()?,
        };
        match plan.patches.is_empty() && plan.step.is_none() {
            true => Err(Fault::usage("nothing to write").hint("give --set FIELD=VALUE or --add FIELD=N")),
            false => Ok(plan),
        }
    }
}

impl Plan<'_> {
    /// Carries the plan out on the struct at `offset` of `memory`, called `name` in errors.
    ///
    /// # Errors
    /// Status 5 if a condition does not hold, 1 if the struct does not lie within the memory.
    pub fn run(&self, memory: &Memory, offset: u64, name: &str) -> anyhow::Result<Status> {
        let fault = |errno| Fault::os(format_args!("write to {name}"), errno);
        let size = memory.size().map_err(fault)?;
        let each = self.structure.layout.size();
        if offset.checked_add(each).is_none_or(|end| end > size) {
            return Err(past_the_end("write to", name, size).into());
        }
        let mut bytes = vec![0; usize::try_from(each)?];
        // It may have been cut short since: what is not there meets no condition.
        let there = memory.read_at(offset, &mut bytes);
        if there.map_err(|errno| unreadable(format_args!("read {name}"), errno))? < bytes.len() {
            return Err(past_the_end("write to", name, memory.size().map_err(fault)?).into());
        }
        if let Some(condition) =
            self.conditions.iter().find(|one| one.holds(&bytes, self.structure.endian) != Some(true))
        {
            let field = &condition.field.path;
            let value = condition.field.value(&bytes, self.structure.endian);
            let cause = format!("the condition on {field} does not hold: it is {value}");
            return Err(Fault::new(format_args!("write to {name}"), cause)
                .status(Status::WOULD_BLOCK)
                .into());
        }
        for patch in &self.patches {
            let at = offset + patch.offset;
            self.write(memory, at, patch).map_err(|errno| match errno {
                Errno::ENXIO => cut_short("write to", name, memory.size().unwrap_or(at)),
                errno => unwritable(format_args!("write to {name}"), errno),
            })?;
        }
        match &self.step {
            Some(step) => self.add(step, memory, offset, name),
            None => Ok(Status::OK),
        }
    }

    /// Exactly the bytes of the patch; where only some bits of a byte count, the others are those that are there now.
    fn write(&self, memory: &Memory, at: u64, patch: &Patch) -> nix::Result<()> {
        let mut bytes = patch.bytes.clone();
        if !patch.is_whole() {
            memory.read_at(at, &mut bytes)?;
            let local = Patch { offset: 0, ..patch.clone() };
            local.apply(&mut bytes);
        }
        match memory.write_at(at, &bytes)? {
            count if count == bytes.len() => Ok(()),
            _ => Err(Errno::ENXIO),
        }
    }

    fn add(&self, step: &Step, memory: &Memory, offset: u64, name: &str) -> anyhow::Result<Status> {
        stdout::ready()?;
        let at = offset + step.field.offset;
        if !at.is_multiple_of(u64::from(step.width)) {
            return Err(Fault::usage(format!(
                "{} at {at} is not aligned: no atomic instruction adds to it",
                step.field.path
            ))
            .into());
        }
        let old = memory.add(at, step.width, step.amount).map_err(|errno| match errno {
            Errno::ENXIO => cut_short("add to", name, memory.size().unwrap_or(at)),
            errno => unwritable(format_args!("add to {name}"), errno),
        })?;
        let new = step.value(old.wrapping_add(step.amount));
        stdout::write_all(format!("{new}\n").as_bytes())
    }
}
