//! `-i ID`: one object, a line a fact, and below a set its semaphores.

use super::columns::{Column, Shown};
use super::table::{Form, Heading, Table};
use crate::ipc::object::Object;
use crate::personality::ipcs::details::member;
use crate::personality::text::word;
use crate::personality::voice::Refusal;

/// A semaphore: its number, value, waiters for more, waiters for zero, last PID.
pub type Member = (i32, [i32; 4]);

/// All semaphores of a set; it takes read permission.
pub fn members(id: i32, nsems: u64) -> Result<Vec<Member>, Refusal> {
    (0..i32::try_from(nsems).unwrap_or(i32::MAX)).map(|semnum| Ok((semnum, member(id, semnum)?))).collect()
}

/// Writes the facts that there are; cells stand as they are, whatever they hold.
pub fn write(out: &mut Vec<u8>, object: &Object, columns: &[&Column], shown: &Shown<'_>, members: &[Member]) {
    for column in columns {
        if let Some(cell) = (column.cell)(object, shown) {
            word(out, 36, format!("{}:", column.label).as_bytes());
            word(out, 36, &cell);
            out.push(b'\n');
        }
    }
    if let Object::Set(_) = object {
        out.extend_from_slice(b"Elements:\n\n");
        elements(members, shown).write(out, Form::List);
    }
}

fn elements(members: &[Member], shown: &Shown<'_>) -> Table {
    let heading = |name: &str| Heading { name: name.to_string(), width: name.len(), right: true };
    let row = |(semnum, [value, ncount, zcount, pid]): &Member| {
        let numbers = [semnum, value, ncount, zcount, pid].map(|number| number.to_string().into_bytes());
        let command = shown.commands.of(Some(*pid).filter(|pid| *pid > 0)).unwrap_or_default();
        numbers.into_iter().chain([command]).collect()
    };
    Table {
        headings: ["SEMNUM", "VALUE", "NCOUNT", "ZCOUNT", "PID", "COMMAND"].map(heading).to_vec(),
        rows: members.iter().map(row).collect(),
        name: "elements",
        headed: true,
    }
}
