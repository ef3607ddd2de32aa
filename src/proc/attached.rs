//! Who maps a System V segment.
//!
//! The kernel keeps a segment's memory in a file that nobody can open: on the device of its internal tmpfs, with the
//! segment's identifier as inode and `/SYSV` and the key in eight hexadecimal digits as name (ipc/shm.c newseg). Segments of
//! huge pages lie on another device. Every attach is one mapping, and a mapping that mprotect parted counts as its parts do
//! in `nattch`.

use super::mappers::{Mapper, Search};
use super::maps::Mapping;
use super::scan::{self, Found, Look, OurIpc};
use crate::fault::Fault;

/// A segment to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its identifier.
    pub shmid: i32,
    /// Its attach count: the search may end when so many mappings were found. `None` looks at every process.
    pub nattch: Option<u64>,
}

/// A process that has a segment attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Which of the segments.
    pub shmid: i32,
    /// Who.
    pub pid: i32,
    /// Its command.
    pub comm: Vec<u8>,
    /// Its effective user; `None` if it ended meanwhile.
    pub uid: Option<u32>,
    /// Where and how: one mapping an attach.
    pub mappings: Vec<Mapping>,
}

/// The identifier of the segment that a mapping is of, `None` if it is of none.
pub fn shmid(mapping: &Mapping) -> Option<i32> {
    i32::try_from(mapping.inode).ok().filter(|_| is_segment(mapping))
}

/// Whether a mapping is of a segment, of whatever namespace.
pub fn is_segment(mapping: &Mapping) -> bool {
    let is_key = |key: &[u8]| key.len() == 8 && key.iter().all(u8::is_ascii_hexdigit);
    mapping.path.strip_prefix(b"/SYSV").is_some_and(is_key) && mapping.deleted && mapping.shared
}

/// Who has these segments of our IPC namespace attached, as far as it can be seen. `likely` PIDs, those of a segment's creator
/// and last user, are looked at first: when they account for every attach, no other process needs to be. Fails when `/proc`
/// cannot be listed.
pub fn attached(segments: &[Segment], likely: &[i32]) -> Result<Found<Attachment>, Fault> {
    let ours = OurIpc::own()?;
    let inodes: Vec<u64> = segments.iter().filter_map(|segment| u64::try_from(segment.shmid).ok()).collect();
    let search = Search { inodes: &inodes, shared: true, is_it: &|mapping| shmid(mapping).is_some() };
    let look = |at| match ours.has(at) {
        Ok(true) => search.look(at).flat_map(by_segment),
        Ok(false) => Look::Outside,
        Err(errno) => Look::failed(errno, format_args!("tell the IPC namespace of process {}", at.pid)),
    };
    let enough = |hits: &[Attachment]| segments.iter().all(|segment| is_accounted_for(*segment, hits));
    let mut found = scan::first_then_every(likely, look, enough)?;
    found.hits.sort_by_key(|hit| (hit.pid, hit.shmid));
    Ok(found)
}

/// A process's mappings of several segments, one hit each.
fn by_segment(mapper: Mapper) -> Vec<Attachment> {
    let Mapper { pid, comm, uid, mappings } = mapper;
    let mut hits: Vec<Attachment> = Vec::new();
    for mapping in mappings {
        let Some(shmid) = shmid(&mapping) else { continue };
        match hits.iter_mut().find(|hit| hit.shmid == shmid) {
            Some(hit) => hit.mappings.push(mapping),
            None => hits.push(Attachment { shmid, pid, comm: comm.clone(), uid, mappings: vec![mapping] }),
        }
    }
    hits
}

/// True when as many mappings were found as the segment has, all at different addresses: a process that shares another's
/// memory (vfork) shows the same mappings, and they count once.
fn is_accounted_for(segment: Segment, hits: &[Attachment]) -> bool {
    let mappings = hits.iter().filter(|hit| hit.shmid == segment.shmid).flat_map(|hit| &hit.mappings);
    let mut starts: Vec<u64> = mappings.map(|mapping| mapping.start).collect();
    let found = starts.len();
    starts.sort_unstable();
    starts.dedup();
    starts.len() == found
        && segment.nattch.is_some_and(|nattch| u64::try_from(found).is_ok_and(|found| found >= nattch))
}

#[cfg(test)]
mod tests;
