//! `-i ID`: one object, a line a fact, and below a set its semaphores.

use super::columns::{Column, Shown};
use super::table::{Fit, Form, Heading, Table};
use crate::ipc::object::Object;
use crate::personality::ipcs::details::member;
use crate::personality::text::{left, word};
use crate::personality::voice::{Refusal, Voice};
use crate::render::number::push_signed;

/// A semaphore: its number, value, waiters for more, waiters for zero, last PID.
pub type Member = (i32, [i32; 4]);

/// All semaphores of a set; it takes read permission.
pub fn members(id: i32, nsems: u64) -> Result<Vec<Member>, Refusal> {
    (0..i32::try_from(nsems).unwrap_or(i32::MAX)).map(|semnum| Ok((semnum, member(id, semnum)?))).collect()
}

/// Writes the facts that there are; cells stand as they are, whatever they hold.
pub fn write(voice: &mut Voice, object: &Object, columns: &[&Column], shown: &Shown<'_>, members: &[Member]) {
    let out = &mut voice.out;
    for column in columns {
        let start = out.len();
        word(out, 36, format!("{}:", column.label).as_bytes());
        let mut known = None;
        left(out, 36, |out| known = (column.cell)(out, object, shown));
        match known {
            Some(()) => out.push(b'\n'),
            None => out.truncate(start),
        }
    }
    if let Object::Set(_) = object {
        out.extend_from_slice(b"Elements:\n\n");
        elements(members, shown).write(voice, Form::List);
    }
}

fn elements(members: &[Member], shown: &Shown<'_>) -> Table {
    let heading =
        |name: &str| Heading { name: name.to_string(), width: name.len(), right: true, fit: Fit::Whole };
    let headings = ["SEMNUM", "VALUE", "NCOUNT", "ZCOUNT", "PID", "COMMAND"].map(heading).to_vec();
    let mut table = Table::new("elements", headings, true);
    for (semnum, [value, ncount, zcount, pid]) in members {
        for number in [semnum, value, ncount, zcount, pid] {
            table.cell(|out| push_signed(out, (*number).into()));
        }
        let pid = Some(*pid).filter(|pid| *pid > 0);
        // Of a process that is gone the cell is empty.
        table.cell(|out| {
            let _ = shown.commands.push(out, pid);
        });
    }
    table
}
