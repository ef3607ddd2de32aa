//! `-g`: each limit and how much of it is used.

use super::columns::Column;
use super::table::Form;
use super::{Asked, Kind};
use crate::fault::Fault;
use crate::ipc::identity::Listing;
use crate::ipc::{sem, shm};
use crate::personality::ipcs::limits::{page_size, setting};
use crate::personality::text::human;
use crate::personality::voice::{Ended, Refusal, Voice};
use crate::status::Status;
use crate::sys::sysv::msg::msg_info;
use crate::sys::sysv::sem::sem_info;
use crate::sys::sysv::shm::shm_info;

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
    let cells = |line: &Line| columns.iter().map(|column| line.cell(column.name, asked.bytes)).collect();
    let table = asked.table(columns, lines.iter().map(cells).collect(), "ipclimits");
    table.write(&mut voice.out, asked.form.unwrap_or(Form::List));
    Ok(Status::OK)
}

impl Line {
    fn cell(&self, column: &str, bytes: bool) -> Vec<u8> {
        match column {
            "RESOURCE" => self.resource.as_bytes().to_vec(),
            "DESCRIPTION" => self.description.as_bytes().to_vec(),
            "LIMIT" if self.sized && !bytes => {
                let mut text = Vec::new();
                human(&mut text, self.limit);
                text
            }
            "LIMIT" => self.limit.to_string().into_bytes(),
            "USED" => self.used.map_or("-".to_string(), |used| used.to_string()).into_bytes(),
            "USE%" => self.used.map_or("-".to_string(), |used| self.percent(used)).into_bytes(),
            _ => Vec::new(),
        }
    }

    fn percent(&self, used: u64) -> String {
        format!("{:2.2}%", used as f64 / self.limit as f64 * 100.0)
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
    let (_, info) = shm_info().map_err(|errno| Fault::os("read the limits of shared memory", errno))?;
    let sizes = rows(shm::list()?)?.iter().fold(0u64, |sum, segment| sum.wrapping_add(segment.segsz));
    let used = u64::try_from(info.segments).ok();
    Ok([
        count("SHMMNI", "Shared memory segments", setting("kernel/shmmni")?, used),
        count("SHMALL", "Shared memory pages", setting("kernel/shmall")?, Some(sizes / page_size())),
        bytes("SHMMAX", "Max size of shared memory segment (bytes)", setting("kernel/shmmax")?),
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
