//! Who uses POSIX objects: who maps or has open the files of `/dev/shm`, who has a queue open or waits for it.
//!
//! The kernel keeps no count, so every process is looked at, as far as we may.

use std::collections::HashSet;
use std::os::fd::RawFd;

use nix::sys::stat::{major, minor, stat};

use crate::fault::Fault;
use crate::ipc::identity::FileId;
use crate::ipc::object::Object;
use crate::proc::blocked::sleepers::{self, Sleeper};
use crate::proc::fds::{self, Opener, Target};
use crate::proc::mappers::{self, Mapper};
use crate::proc::maps::{Device, Mapping};
use crate::proc::{Found, OurIpc};

/// The files that are in use, of a sort.
#[derive(Debug)]
pub struct Used {
    /// Which.
    pub files: HashSet<FileId>,
    /// Every process could be looked at: what is not here is not used.
    pub all_seen: bool,
}

/// A file as maps show it.
fn mapped(file: FileId) -> mappers::Object {
    let number = |part: u64| u32::try_from(part).unwrap_or(u32::MAX);
    let device = Device { major: number(major(file.device)), minor: number(minor(file.device)) };
    mappers::Object { device, inode: file.inode, path: None }
}

/// Who maps this file.
pub fn mappers(file: FileId) -> Result<Found<Mapper>, Fault> {
    mappers::mappers(&mapped(file))
}

/// Who has this file open.
pub fn openers(file: FileId) -> Result<Found<Opener>, Fault> {
    let mut found = fds::openers(could_be_ipc)?;
    found.hits.retain_mut(|opener| {
        let pid = opener.pid;
        opener.descriptors.retain(|(descriptor, _)| open_on(pid, descriptor.fd) == Some(file));
        !opener.descriptors.is_empty()
    });
    Ok(found)
}

/// Who is blocked on a descriptor of this queue.
pub fn blocked_on(file: FileId) -> Result<Found<Sleeper>, Fault> {
    let mut found = sleepers::on_descriptor(could_be_ipc)?;
    found.hits.retain(|hit| hit.fd.and_then(|fd| open_on(hit.pid, fd)) == Some(file));
    Ok(found)
}

/// Who sleeps on a semaphore at `offset` in this file.
pub fn sleeping_at(file: FileId, offset: u64) -> Result<Found<Sleeper>, Fault> {
    let object = mapped(file);
    sleepers::on_futex(None, |mapping: &Mapping| object.is_mapped_by(mapping), offset..offset + 8)
}

/// Who sleeps on a semaphore at `offset` in the System V segment `id`, whose inode in maps it is.
pub fn sleeping_in_segment(id: i32, offset: u64) -> Result<Found<Sleeper>, Fault> {
    let is_it = |mapping: &Mapping| {
        mapping.inode == u64::from(id.cast_unsigned()) && mapping.path.starts_with(b"/SYSV")
    };
    sleepers::on_futex(Some(OurIpc::own()?), is_it, offset..offset + 8)
}

/// A path in `/dev/shm`, or `/NAME`, as a queue's descriptor is called.
fn could_be_ipc(target: &Target) -> bool {
    let Target::Path { path, .. } = target else { return false };
    path.starts_with(b"/dev/shm/") || path.iter().filter(|byte| **byte == b'/').count() == 1
}

fn open_on(pid: i32, fd: RawFd) -> Option<FileId> {
    stat(format!("/proc/{pid}/fd/{fd}").as_str()).ok().map(|stat| FileId::from(&stat))
}

/// Which of the files of `objects` are mapped, or open in some process; `None` where no process can be looked at.
pub fn held(objects: &[Object]) -> Option<Used> {
    let files: Vec<FileId> = objects.iter().filter_map(Object::file).collect();
    let mut used = open_files(&files)?;
    let found = mappers::mapped_of(&files.iter().map(|file| mapped(*file)).collect::<Vec<_>>()).ok()?;
    used.all_seen &= found.visible.all();
    for file in files {
        let object = mapped(file);
        let maps = |mapper: &Mapper| mapper.mappings.iter().any(|mapping| object.is_mapped_by(mapping));
        if found.hits.iter().any(maps) {
            used.files.insert(file);
        }
    }
    Some(used)
}

/// Which of the files are open in some process.
fn open_files(files: &[FileId]) -> Option<Used> {
    let found = fds::openers(could_be_ipc).ok()?;
    let open = found.hits.iter().flat_map(|opener| {
        opener.descriptors.iter().filter_map(|(descriptor, _)| open_on(opener.pid, descriptor.fd))
    });
    let files = open.filter(|file| files.contains(file)).collect();
    Some(Used { files, all_seen: found.visible.all() })
}

/// Every queue that somebody is blocked on; `None` where no process can be looked at.
pub fn awaited() -> Option<HashSet<FileId>> {
    let hits = sleepers::on_descriptor(could_be_ipc).ok()?.hits;
    Some(hits.iter().filter_map(|hit| open_on(hit.pid, hit.fd?)).collect())
}
