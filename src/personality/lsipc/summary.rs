//! `-g`: each limit and how much of it is used.

use super::columns::Column;
use super::table::Form;
use super::{Asked, Kind};
use crate::fault::Fault;
use crate::ipc::identity::Listing;
use crate::ipc::memory::page_size;
use crate::ipc::{sem, shm};
use crate::personality::text::human;
use crate::personality::voice::{Ended, Refusal, Voice};
use crate::render::number::push_unsigned;
use crate::status::Status;
use crate::sys::sysv::msg::msg_info;
use crate::sys::sysv::sem::sem_info;
use crate::sys::sysv::shm::{shm_info, shm_limits};

/// One line: the resource, what it is, its limit, and its use where there is one.
struct Line {
    resource: &'static str,
    description: &'static str,
    limit: u64,
    /// Whether the limit is in bytes.
    sized: bool,
    used: Option<u64>,
}

/// Shows the limits of the kind that was named, or of all.
pub fn show(voice: &mut Voice, asked: &Asked, columns: &[&'static Column]) -> Ended {
    let mut lines = Vec::new();
    let wanted = |kind| asked.kind.is_none_or(|asked| asked == kind);
    if wanted(Kind::Queues) {
        lines.extend(queues()?);
    }
    if wanted(Kind::Segments) {
        lines.extend(segments()?);
    }
    if wanted(Kind::Sets) {
        lines.extend(sets()?);
    }
    let mut table = asked.table(columns, "ipclimits");
    for line in &lines {
        for column in columns {
            table.cell(|out| line.push(out, column.name, asked.bytes));
        }
    }
    table.write(voice, asked.form.unwrap_or(Form::List));
    Ok(Status::OK)
}

impl Line {
    fn push(&self, out: &mut Vec<u8>, column: &str, bytes: bool) {
        match column {
            "RESOURCE" => out.extend_from_slice(self.resource.as_bytes()),
            "DESCRIPTION" => out.extend_from_slice(self.description.as_bytes()),
            "LIMIT" if self.sized && !bytes => human(out, self.limit),
            "LIMIT" => push_unsigned(out, self.limit),
            "USED" | "USE%" => match self.used {
                None => out.push(b'-'),
                Some(used) if column == "USED" => push_unsigned(out, used),
                Some(used) => out.extend_from_slice(self.percent(used).as_bytes()),
            },
            _ => {}
        }
    }

    fn percent(&self, used: u64) -> String {
        let percent = used as f64 / self.limit as f64 * 100.0;
        match percent.is_nan() {
            // Nothing of nothing, as printf(3) has it: with the sign that this machine gives it.
            true if percent.is_sign_negative() => "-nan%".to_string(),
            true => "nan%".to_string(),
            false => format!("{percent:.2}%"),
        }
    }
}

fn count(
    resource: &'static str,
    description: &'static str,
    limit: impl TryInto<u64>,
    used: Option<u64>,
) -> Line {
    Line { resource, description, limit: limit.try_into().unwrap_or(0), sized: false, used }
}

fn bytes(resource: &'static str, description: &'static str, limit: impl TryInto<u64>) -> Line {
    Line { sized: true, ..count(resource, description, limit, None) }
}

fn queues() -> Result<[Line; 3], Refusal> {
    let (_, info) = msg_info().map_err(|errno| Fault::os("read the limits of message queues", errno))?;
    let used = u64::try_from(info.queues).ok();
    Ok([
        count("MSGMNI", "Number of message queues", info.msgmni, used),
        bytes("MSGMAX", "Max size of message (bytes)", info.msgmax),
        bytes("MSGMNB", "Default max size of queue (bytes)", info.msgmnb),
    ])
}

fn segments() -> Result<[Line; 4], Refusal> {
    let told = shm_info().and_then(|(_, info)| Ok((info, shm_limits()?)));
    let (info, limits) = told.map_err(|errno| Fault::os("read the limits of shared memory", errno))?;
    let sizes = rows(shm::list()?)?.iter().fold(0u64, |sum, segment| sum.wrapping_add(segment.segsz));
    let used = u64::try_from(info.segments).ok();
    Ok([
        count("SHMMNI", "Shared memory segments", limits.shmmni, used),
        count("SHMALL", "Shared memory pages", limits.shmall, Some(sizes / page_size())),
        bytes("SHMMAX", "Max size of shared memory segment (bytes)", limits.shmmax),
        bytes("SHMMIN", "Min size of shared memory segment (bytes)", 1),
    ])
}

fn sets() -> Result<[Line; 5], Refusal> {
    let (_, info) = sem_info().map_err(|errno| Fault::os("read the limits of semaphores", errno))?;
    let sets = rows(sem::list()?)?;
    // As this program counts: the semaphores of the first set, once for each set.
    let semaphores = sets.first().map_or(0, |first| first.nsems.wrapping_mul(sets.len() as u64));
    let used = u64::try_from(info.sets).ok();
    Ok([
        count("SEMMNI", "Number of semaphore identifiers", info.semmni, used),
        count("SEMMNS", "Total number of semaphores", info.semmns, Some(semaphores)),
        count("SEMMSL", "Max semaphores per semaphore set.", info.semmsl, None),
        count("SEMOPM", "Max number of operations per semop(2)", info.semopm, None),
        count("SEMVMX", "Semaphore max value", info.semvmx, None),
    ])
}

fn rows<T>(listing: Listing<T>) -> Result<Vec<T>, Refusal> {
    listing.faults.into_iter().next().map_or(Ok(listing.rows), |fault| Err(fault.into()))
}
