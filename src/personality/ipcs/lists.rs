//! The tables: a line an object.

use super::{Unit, View, limits, summary};
use crate::fault::Fault;
use crate::ipc::identity::{Identity, Owner};
use crate::ipc::msgq::QueueStat;
use crate::ipc::sem::SetStat;
use crate::ipc::shm::SegmentStat;
use crate::ipc::{msgq, sem, shm};
use crate::personality::clock::Clock;
use crate::personality::text::{cut, human, key, left, number, octal, right, signed, word};
use crate::personality::voice::{Refusal, Voice};
use crate::proc::names::Names;
use crate::proc::sysvipc;
use crate::render::number::{push_signed, push_unsigned};

type Out = Vec<u8>;

/// What cells are looked up in.
#[derive(Default)]
struct LookedUp {
    names: Names,
    clock: Clock,
}

/// Message queues.
pub fn queues(voice: &mut Voice, view: View, unit: Unit) -> Result<(), Refusal> {
    match view {
        View::Limits => limits::queues(&mut voice.out, unit),
        View::Summary => summary::queues(&mut voice.out, unit),
        _ => {
            sysvipc::look_at_msg()?;
            table(voice, msgq::each, queue_heading(view, unit), |out, looked_up, queue| {
                queue_line(out, looked_up, queue, view, unit);
            })
        }
    }
}

/// Shared memory segments.
pub fn segments(voice: &mut Voice, view: View, unit: Unit) -> Result<(), Refusal> {
    match view {
        View::Limits => limits::segments(&mut voice.out, unit),
        View::Summary => summary::segments(&mut voice.out),
        _ => {
            sysvipc::look_at_shm()?;
            table(
                voice,
                |row| shm::each(false, row),
                segment_heading(view, unit),
                |out, looked_up, segment| {
                    segment_line(out, looked_up, segment, view, unit);
                },
            )
        }
    }
}

/// Semaphore sets; of their processes nothing is told.
pub fn sets(voice: &mut Voice, view: View) -> Result<(), Refusal> {
    match view {
        View::Limits => limits::sets(&mut voice.out),
        View::Summary => summary::sets(&mut voice.out),
        View::Pids => Ok(()),
        _ => {
            sysvipc::look_at_sem()?;
            table(voice, sem::each, set_heading(view), |out, looked_up, set| {
                set_line(out, looked_up, set, view)
            })
        }
    }
}

/// The heading, and a line for each object as it is found: there may be tens of thousands.
fn table<T>(
    voice: &mut Voice,
    each: impl FnOnce(&mut dyn FnMut(T)) -> Result<Vec<Fault>, Fault>,
    heading: &str,
    line: impl Fn(&mut Out, &LookedUp, &T),
) -> Result<(), Refusal> {
    let looked_up = LookedUp::default();
    let start = voice.out.len();
    voice.out.extend_from_slice(heading.as_bytes());
    let faults = each(&mut |row| {
        line(&mut voice.out, &looked_up, &row);
        voice.out.push(b'\n');
        voice.spill();
    });
    let fault = match faults {
        Ok(faults) => faults.into_iter().next(),
        Err(fault) => Some(fault),
    };
    // Where no line came, no heading shall either.
    if fault.is_some() && voice.out.ends_with(heading.as_bytes()) {
        voice.out.truncate(start);
    }
    fault.map_or(Ok(()), |fault| Err(fault.into()))
}

fn queue_heading(view: View, unit: Unit) -> &'static str {
    match view {
        View::Creators => {
            "------ Message Queues Creators/Owners --------\n\
             msqid      perms      cuid       cgid       uid        gid       \n"
        }
        View::Times => {
            "------ Message Queues Send/Recv/Change Times --------\n\
             msqid    owner      send                 recv                 change              \n"
        }
        View::Pids => {
            "------ Message Queues PIDs --------\n\
             msqid      owner      lspid      lrpid     \n"
        }
        _ if unit == Unit::Human => {
            "------ Message Queues --------\n\
             key        msqid      owner      perms      size         messages    \n"
        }
        _ => {
            "------ Message Queues --------\n\
             key        msqid      owner      perms      used-bytes   messages    \n"
        }
    }
}

fn queue_line(out: &mut Out, looked_up: &LookedUp, queue: &QueueStat, view: View, unit: Unit) {
    match view {
        View::Creators => creators(out, looked_up, &queue.identity, &queue.owner),
        View::Times => {
            id_and_owner(out, looked_up, &queue.identity, &queue.owner, 8);
            times(out, looked_up, [queue.stime, queue.rtime, queue.ctime]);
        }
        View::Pids => {
            id_and_owner(out, looked_up, &queue.identity, &queue.owner, 8);
            out.extend_from_slice(b"  ");
            right(out, 5, |out| push_signed(out, queue.lspid.unwrap_or(0).into()));
            out.extend_from_slice(b"     ");
            right(out, 5, |out| push_signed(out, queue.lrpid.unwrap_or(0).into()));
        }
        _ => {
            common(out, looked_up, &queue.identity, &queue.owner);
            size(out, 12, queue.cbytes, unit);
            number(out, 12, queue.qnum);
        }
    }
}

fn segment_heading(view: View, unit: Unit) -> &'static str {
    match view {
        View::Creators => {
            "------ Shared Memory Segment Creators/Owners --------\n\
             shmid      perms      cuid       cgid       uid        gid       \n"
        }
        View::Times => {
            "------ Shared Memory Attach/Detach/Change Times --------\n\
             shmid      owner      attached             detached             changed             \n"
        }
        View::Pids => {
            "------ Shared Memory Creator/Last-op PIDs --------\n\
             shmid      owner      cpid       lpid      \n"
        }
        _ if unit == Unit::Human => {
            "------ Shared Memory Segments --------\n\
             key        shmid      owner      perms      size       nattch     status      \n"
        }
        _ => {
            "------ Shared Memory Segments --------\n\
             key        shmid      owner      perms      bytes      nattch     status      \n"
        }
    }
}

fn segment_line(out: &mut Out, looked_up: &LookedUp, segment: &SegmentStat, view: View, unit: Unit) {
    match view {
        View::Creators => creators(out, looked_up, &segment.identity, &segment.owner),
        View::Times => {
            id_and_owner(out, looked_up, &segment.identity, &segment.owner, 10);
            times(out, looked_up, [segment.atime, segment.dtime, segment.ctime]);
        }
        View::Pids => {
            id_and_owner(out, looked_up, &segment.identity, &segment.owner, 10);
            out.push(b' ');
            signed(out, 10, segment.cpid.unwrap_or(0));
            out.push(b' ');
            signed(out, 10, segment.lpid.unwrap_or(0));
        }
        _ => {
            common(out, looked_up, &segment.identity, &segment.owner);
            size(out, 10, segment.segsz, unit);
            number(out, 10, segment.nattch);
            out.push(b' ');
            word(out, 6, if segment.dest { b"dest" } else { b"" });
            out.push(b' ');
            word(out, 6, if segment.locked { b"locked" } else { b"" });
        }
    }
}

fn set_heading(view: View) -> &'static str {
    match view {
        View::Creators => {
            "------ Semaphore Arrays Creators/Owners --------\n\
             semid      perms      cuid       cgid       uid        gid       \n"
        }
        View::Times => {
            "------ Semaphore Operation/Change Times --------\n\
             semid    owner      last-op                    last-changed              \n"
        }
        _ => {
            "------ Semaphore Arrays --------\n\
             key        semid      owner      perms      nsems     \n"
        }
    }
}

fn set_line(out: &mut Out, looked_up: &LookedUp, set: &SetStat, view: View) {
    match view {
        View::Creators => creators(out, looked_up, &set.identity, &set.owner),
        View::Times => {
            id_and_owner(out, looked_up, &set.identity, &set.owner, 8);
            out.extend_from_slice(b"  ");
            cut_long(out, looked_up, set.otime);
            out.push(b' ');
            cut_long(out, looked_up, set.ctime);
        }
        _ => {
            common(out, looked_up, &set.identity, &set.owner);
            number(out, 10, set.nsems);
        }
    }
}

fn cut_long(out: &mut Out, looked_up: &LookedUp, time: Option<i64>) {
    left(out, 26, |out| {
        let most = out.len() + 24;
        looked_up.clock.long_or_not_set(out, time);
        out.truncate(most);
    });
}

/// The columns that the usual view of each kind begins with, up to the blank behind the permissions.
fn common(out: &mut Out, looked_up: &LookedUp, identity: &Identity, owner: &Owner) {
    key(out, identity.key().map_or(0, |key| key.0));
    out.push(b' ');
    id_and_owner(out, looked_up, identity, owner, 10);
    out.push(b' ');
    left(out, 10, |out| octal(out, owner.mode));
    out.push(b' ');
}

fn id_and_owner(out: &mut Out, looked_up: &LookedUp, identity: &Identity, owner: &Owner, width: usize) {
    signed(out, width, identity.id().unwrap_or(0));
    out.push(b' ');
    match looked_up.names.user(owner.uid) {
        Some(name) => cut(out, 10, &name),
        None => number(out, 10, owner.uid.into()),
    }
}

fn times(out: &mut Out, looked_up: &LookedUp, times: [Option<i64>; 3]) {
    for time in times {
        out.push(b' ');
        left(out, 20, |out| looked_up.clock.without_year(out, time));
    }
}

/// A size and the blank behind it.
fn size(out: &mut Out, width: usize, size: u64, unit: Unit) {
    left(out, width, |out| match unit {
        Unit::Human => right(out, 6, |out| human(out, size)),
        _ => push_unsigned(out, size),
    });
    out.push(b' ');
}

fn creators(out: &mut Out, looked_up: &LookedUp, identity: &Identity, owner: &Owner) {
    let (cuid, cgid) = owner.creator.unwrap_or_default();
    signed(out, 10, identity.id().unwrap_or(0));
    out.push(b' ');
    left(out, 10, |out| octal(out, owner.mode));
    for (id, name) in [
        (cuid, looked_up.names.user(cuid)),
        (cgid, looked_up.names.group(cgid)),
        (owner.uid, looked_up.names.user(owner.uid)),
        (owner.gid, looked_up.names.group(owner.gid)),
    ] {
        out.push(b' ');
        match name {
            Some(name) => word(out, 10, &name),
            None => number(out, 10, id.into()),
        }
    }
}
