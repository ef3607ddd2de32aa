//! What `show` says beyond an object's columns: its slot, what is inside, and who uses it.

mod posix;

use nix::errno::Errno;

use crate::commands::columns::object::user_or_uid;
use crate::commands::report;
use crate::fault::{Fault, counted};
use crate::ipc::denied;
use crate::ipc::memory::page_size;
use crate::ipc::object::Object;
use crate::ipc::sem::{self, SetStat};
use crate::proc::attached::{self, Attachment, Segment};
use crate::proc::maps::Mapping;
use crate::proc::process;
use crate::proc::waiters::{self, Awaited, Waiter};
use crate::proc::{Found, Visible};
use crate::render::{Cell, Record};
use crate::sys::sysv::sem::SemId;

type Field = (&'static str, Cell);

/// The fields that follow an object's columns. What could not be looked at goes to `faults`.
pub fn fields(object: &Object, faults: &mut Vec<Fault>) -> Vec<Field> {
    let Some(id) = object.identity().id() else { return posix::fields(object, faults) };
    let openers = || vec![("openers", Cell::Absent)];
    match object {
        Object::Queue(queue) => {
            [slot(id, queue.seq), openers(), waiting(Awaited::Queue(id), faults)].concat()
        }
        Object::Set(set) => {
            let attached = vec![("attached", Cell::Absent)];
            let inside = semaphores(SemId(id), set, faults);
            [slot(id, set.seq), inside, attached, waiting(Awaited::Set(id), faults)].concat()
        }
        Object::Segment(segment) => {
            let pages = vec![("pages", Cell::Count(segment.segsz.div_ceil(page_size())))];
            // Mostly the creator and the last user are all there are: then nobody else is looked at.
            let likely: Vec<i32> = [segment.cpid, segment.lpid].into_iter().flatten().collect();
            let attached = attachments(Segment { shmid: id, nattch: Some(segment.nattch) }, &likely, faults);
            [slot(id, segment.seq), pages, openers(), attached].concat()
        }
    }
}

/// Where the kernel keeps it: an identifier is the sequence number and the index of its slot (ipc/util.h: 15 bits of
/// index, or 24 with the boot option `ipcmni_extend`).
fn slot(id: i32, seq: Option<u16>) -> Vec<Field> {
    let seq = seq.map(i32::from);
    let index = seq.map(|seq| if id >> 15 == seq { id & 0x7fff } else { id & 0xff_ffff });
    vec![("seq", number(seq)), ("index", number(index))]
}

fn semaphores(id: SemId, set: &SetStat, faults: &mut Vec<Fault>) -> Vec<Field> {
    let inside = match sem::semaphores(id, set.nsems) {
        Ok(inside) => inside,
        Err(errno) => {
            let (what, reference) = (format!("read the values of sem:{}", id.0), format!("sem:{}", id.0));
            faults.push(match errno {
                Errno::EACCES => denied::fault(what, reference, &set.owner),
                Errno::EINVAL | Errno::EIDRM => Fault::not_found(what, "the set was removed"),
                _ => Fault::os(what, errno),
            });
            return vec![("semaphores", Cell::Absent)];
        }
    };
    let rows = inside.into_iter().map(|one| Record {
        fields: vec![
            ("semnum", Cell::Id(one.semnum.into())),
            ("value", Cell::Count(one.value.into())),
            ("ncnt", Cell::Count(one.ncnt.into())),
            ("zcnt", Cell::Count(one.zcnt.into())),
            ("sempid", number(one.sempid)),
            ("command", one.sempid.map_or(Cell::Absent, command)),
        ],
    });
    vec![("semaphores", Cell::Records(rows.collect()))]
}

fn waiting(object: Awaited, faults: &mut Vec<Fault>) -> Vec<Field> {
    found("waiters", waiters::waiters(&[object]), faults, |waiter: &Waiter| {
        vec![Record {
            fields: vec![
                ("pid", Cell::Id(waiter.pid.into())),
                ("tid", Cell::Id(waiter.tid.into())),
                ("user", waiter.uid.map_or(Cell::Absent, user_or_uid)),
                ("command", Cell::Text(waiter.comm.clone())),
                ("wants", Cell::Text(waiter.want.words().into_bytes())),
                ("since", waiter.since.map_or(Cell::Absent, Cell::Time)),
            ],
        }]
    })
}

fn attachments(segment: Segment, likely: &[i32], faults: &mut Vec<Fault>) -> Vec<Field> {
    found("attached", attached::attached(&[segment], likely), faults, |attachment: &Attachment| {
        let row = |mapping| mapping_row(attachment.pid, attachment.uid, &attachment.comm, mapping);
        attachment.mappings.iter().map(row).collect()
    })
}

/// Who maps it where, and how.
fn mapping_row(pid: i32, uid: Option<u32>, comm: &[u8], mapping: &Mapping) -> Record {
    Record {
        fields: vec![
            ("pid", Cell::Id(pid.into())),
            ("user", uid.map_or(Cell::Absent, user_or_uid)),
            ("command", Cell::Text(comm.to_vec())),
            ("address", Cell::Hex(mapping.start)),
            ("size", Cell::Bytes(mapping.size())),
            ("prot", Cell::Text(mapping.prot.text().into_bytes())),
        ],
    }
}

/// A search through the processes as fields: the hits, and how many processes could be looked at.
fn found<T>(
    name: &'static str,
    search: Result<Found<T>, Fault>,
    faults: &mut Vec<Fault>,
    rows: impl Fn(&T) -> Vec<Record>,
) -> Vec<Field> {
    match search {
        Ok(found) => {
            report::all(&found.odd);
            let rows = found.hits.iter().flat_map(rows).collect();
            vec![(name, Cell::Records(rows)), ("visible", visible(found.visible, found.complete))]
        }
        Err(fault) => {
            faults.push(fault);
            vec![(name, Cell::Absent), ("visible", Cell::Absent)]
        }
    }
}

fn visible(visible: Visible, complete: bool) -> Cell {
    let Visible { looked, of, hidden } = visible;
    let of = counted(of, "process");
    let words = match (complete, hidden) {
        (true, _) => "all of them found".to_string(),
        (false, true) => format!("{looked} of {of}, and /proc hides others"),
        (false, false) => format!("{looked} of {of}"),
    };
    Cell::Text(words.into_bytes())
}

fn command(pid: i32) -> Cell {
    match process::comm(pid) {
        comm if comm.is_empty() => Cell::Absent,
        comm => Cell::Text(comm),
    }
}

fn number(number: Option<i32>) -> Cell {
    number.map_or(Cell::Absent, |number| Cell::Id(number.into()))
}
