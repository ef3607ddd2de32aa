//! `-i ID`: all that is known of one object.

use std::io::Write;

use nix::errno::Errno;

use super::Unit;
use crate::fault::Fault;
use crate::ipc::identity::Owner;
use crate::ipc::shm::SegmentStat;
use crate::ipc::{msgq, sem, shm};
use crate::personality::clock::Clock;
use crate::personality::text::{human, left, octal_with_zero};
use crate::personality::voice::{Ended, Refusal, Voice, words};
use crate::proc::sysvipc;
use crate::render::number::push_unsigned;
use crate::status::Status;
use crate::sys::sysv::msg::{MsqId, msg_stat};
use crate::sys::sysv::sem::{self as set_calls, SemId};
use crate::sys::sysv::shm::{SHM_DEST, SHM_LOCKED, ShmId};

type Out = Vec<u8>;

/// A message queue.
pub fn queue(voice: &mut Voice, id: i32, unit: Unit) -> Ended {
    sysvipc::look_at_msg()?;
    let Some(queue) = found(voice, id, msgq::stat(MsqId(id)))? else { return Ok(Status::OK) };
    let (cuid, cgid) = queue.owner.creator.unwrap_or_default();
    let out = &mut voice.out;
    // Its limit is told only to those who may read it, to others as 0.
    let qbytes = msg_stat(MsqId(id)).map_or(0, |ds| ds.qbytes);
    line(out, format_args!("\nMessage Queue msqid={id}"));
    put(
        out,
        format_args!("uid={}\tgid={}\tcuid={cuid}\tcgid={cgid}\tmode=", queue.owner.uid, queue.owner.gid),
    );
    octal_with_zero(out, queue.owner.mode);
    sized(out, "\ncbytes=", "\ncsize=", queue.cbytes, unit);
    sized(out, "\tqbytes=", "\tqsize=", qbytes, unit);
    let (lspid, lrpid) = (queue.lspid.unwrap_or(0), queue.lrpid.unwrap_or(0));
    line(out, format_args!("\tqnum={}\tlspid={lspid}\tlrpid={lrpid}", queue.qnum));
    time(out, "send_time=", queue.stime);
    time(out, "rcv_time=", queue.rtime);
    time(out, "change_time=", queue.ctime);
    out.push(b'\n');
    Ok(Status::OK)
}

/// A shared memory segment.
pub fn segment(voice: &mut Voice, id: i32, unit: Unit) -> Ended {
    sysvipc::look_at_shm()?;
    let Some(segment) = found(voice, id, shm::stat(ShmId(id)))? else { return Ok(Status::OK) };
    let (cuid, cgid) = segment.owner.creator.unwrap_or_default();
    let out = &mut voice.out;
    line(out, format_args!("\nShared memory Segment shmid={id}"));
    line(out, format_args!("uid={}\tgid={}\tcuid={cuid}\tcgid={cgid}", segment.owner.uid, segment.owner.gid));
    out.extend_from_slice(b"mode=");
    octal_with_zero(out, whole_mode(&segment));
    out.extend_from_slice(b"\taccess_perms=");
    octal_with_zero(out, segment.owner.mode);
    sized(out, "\nbytes=", "\nsize=", segment.segsz, unit);
    let (lpid, cpid) = (segment.lpid.unwrap_or(0), segment.cpid.unwrap_or(0));
    line(out, format_args!("\tlpid={lpid}\tcpid={cpid}\tnattch={}", segment.nattch));
    time(out, "att_time=", segment.atime);
    time(out, "det_time=", segment.dtime);
    time(out, "change_time=", segment.ctime);
    out.push(b'\n');
    Ok(Status::OK)
}

/// A semaphore set and its semaphores.
pub fn set(voice: &mut Voice, id: i32) -> Ended {
    sysvipc::look_at_sem()?;
    let Some(set) = found(voice, id, sem::stat(SemId(id)))? else { return Ok(Status::OK) };
    let mut members = Vec::new();
    for semnum in 0..i32::try_from(set.nsems).unwrap_or(i32::MAX) {
        members.push((semnum, member(id, semnum)?));
    }
    let out = &mut voice.out;
    let Owner { uid, gid, creator, mode } = set.owner;
    let (cuid, cgid) = creator.unwrap_or_default();
    line(out, format_args!("\nSemaphore Array semid={id}"));
    line(out, format_args!("uid={uid}\t gid={gid}\t cuid={cuid}\t cgid={cgid}"));
    out.extend_from_slice(b"mode=");
    octal_with_zero(out, mode);
    out.extend_from_slice(b", access_perms=");
    octal_with_zero(out, mode);
    line(out, format_args!("\nnsems = {}", set.nsems));
    time(out, "otime = ", set.otime);
    time(out, "ctime = ", set.ctime);
    line(out, format_args!("semnum     value      ncount     zcount     pid       "));
    for (semnum, [value, ncount, zcount, pid]) in members {
        line(out, format_args!("{semnum:<10} {value:<10} {ncount:<10} {zcount:<10} {pid:<10}"));
    }
    out.push(b'\n');
    Ok(Status::OK)
}

/// Value, waiters for more, waiters for zero, and the last PID of one semaphore.
pub fn member(id: i32, semnum: i32) -> Result<[i32; 4], Refusal> {
    let ask = |name: &str, call: fn(SemId, i32) -> Result<i32, Errno>| {
        call(SemId(id), semnum)
            .map_err(|errno| Refusal::new(format!("semctl({name}) failed: {}", words(errno))))
    };
    Ok([
        ask("GETVAL", set_calls::sem_getval)?,
        ask("GETNCNT", set_calls::sem_getncnt)?,
        ask("GETZCNT", set_calls::sem_getzcnt)?,
        ask("GETPID", set_calls::sem_getpid)?,
    ])
}

/// The object, or None and a line if there is none; that is no failure to this program.
pub fn found<T>(voice: &mut Voice, id: i32, told: Result<T, Fault>) -> Result<Option<T>, Refusal> {
    match told {
        Ok(told) => Ok(Some(told)),
        Err(fault) if fault.exit_status() == Status::NOT_FOUND => {
            voice.warn(format!("id {id} not found").as_bytes());
            Ok(None)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// The mode with the bits that only a segment has.
fn whole_mode(segment: &SegmentStat) -> u32 {
    let bit = |set: bool, bit: u32| if set { bit } else { 0 };
    segment.owner.mode | bit(segment.dest, SHM_DEST) | bit(segment.locked, SHM_LOCKED)
}

fn sized(out: &mut Out, plain: &str, for_people: &str, size: u64, unit: Unit) {
    if unit == Unit::Human {
        out.extend_from_slice(for_people.as_bytes());
        human(out, size);
    } else {
        out.extend_from_slice(plain.as_bytes());
        push_unsigned(out, size);
    }
}

fn time(out: &mut Out, name: &str, time: Option<i64>) {
    out.extend_from_slice(name.as_bytes());
    left(out, 26, |out| {
        let most = out.len() + 24;
        Clock::default().long_or_not_set(out, time);
        out.truncate(most);
    });
    out.push(b'\n');
}

fn line(out: &mut Out, text: std::fmt::Arguments<'_>) {
    put(out, text);
    out.push(b'\n');
}

fn put(out: &mut Out, text: std::fmt::Arguments<'_>) {
    // Writing into a Vec cannot fail.
    let _ = out.write_fmt(text);
}
