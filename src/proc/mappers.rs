//! Who maps an object: a file, a POSIX shared memory object, a memfd, a System V segment.
//!
//! A newer kernel is asked mapping by mapping (PROCMAP_QUERY, Linux 6.11), an older one for the text of all mappings.

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use super::maps::{self, Device, Mapping, Prot};
use super::scan::{self, At, Found, Look};
use super::{file, process};
use crate::fault::Fault;
use crate::sys::procmap::{self, Vma, procmap_query};

/// A file by what the kernel shows of it in maps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its device. Some file systems (btrfs, overlayfs) show another one in maps than stat does.
    pub device: Device,
    /// Its inode.
    pub inode: u64,
    /// Its absolute path: a mapping with this path and inode is taken for it, whatever its device. `None`: by device alone.
    pub path: Option<Vec<u8>>,
}

impl Object {
    /// True if a mapping is of this file.
    pub fn is_mapped_by(&self, mapping: &Mapping) -> bool {
        let is_path = || self.path.as_ref().is_some_and(|path| *path == mapping.path && !mapping.deleted);
        mapping.inode == self.inode && (mapping.device == self.device || is_path())
    }
}

/// A process that maps an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapper {
    /// Who.
    pub pid: i32,
    /// Its command.
    pub comm: Vec<u8>,
    /// Its effective user; `None` if it ended meanwhile.
    pub uid: Option<u32>,
    /// Where and how, by address.
    pub mappings: Vec<Mapping>,
}

/// Who maps this file, shared or private, as far as it can be seen. Fails when `/proc` cannot be listed.
pub fn mappers(object: &Object) -> Result<Found<Mapper>, Fault> {
    let is_it = |mapping: &Mapping| object.is_mapped_by(mapping);
    let search = Search { inodes: &[object.inode], shared: false, is_it: &is_it };
    let mut found = scan::every_process(|at| search.look(at), |_| false)?;
    found.hits.sort_by_key(|hit| hit.pid);
    Ok(found)
}

/// As [`mappers`], for many files at once: one look at each process.
pub fn mapped_of(objects: &[Object]) -> Result<Found<Mapper>, Fault> {
    let inodes: Vec<u64> = objects.iter().map(|object| object.inode).collect();
    let is_it = |mapping: &Mapping| objects.iter().any(|object| object.is_mapped_by(mapping));
    let search = Search { inodes: &inodes, shared: false, is_it: &is_it };
    scan::every_process(|at| search.look(at), |_| false)
}

/// What to look for in a process's mappings.
pub struct Search<'a> {
    /// The inodes that are worth a closer look.
    pub inodes: &'a [u64],
    /// Only MAP_SHARED.
    pub shared: bool,
    /// The closer look, at device and name.
    pub is_it: &'a (dyn Fn(&Mapping) -> bool + Sync),
}

impl Search<'_> {
    /// The mappings of one process that match, as one hit or none.
    pub fn look(&self, at: At) -> Look<Mapper> {
        match self.mappings(at) {
            Ok(Some(mappings)) if mappings.is_empty() => Look::Seen(Vec::new()),
            Ok(Some(mappings)) => Look::Seen(vec![Mapper {
                pid: at.pid,
                comm: process::comm(at.pid),
                uid: process::uid(at.pid).ok().flatten(),
                mappings,
            }]),
            Ok(None) => Look::Empty,
            Err(errno) => Look::failed(errno, format_args!("read the mappings of process {}", at.pid)),
        }
    }

    /// The mappings that match; `None` of a process without memory.
    fn mappings(&self, at: At) -> Result<Option<Vec<Mapping>>, Errno> {
        let maps = open(at.path("maps").as_str(), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
        match self.by_query(&maps) {
            // The kernel is older, or a name longer than it hands out this way.
            Err(Errno::ENOTTY | Errno::ENAMETOOLONG) => {}
            Err(Errno::ESRCH) => return Ok(None),
            answer => return answer.map(Some),
        }
        let mut text = Vec::new();
        file::rest_into(&maps, &mut text)?;
        let matching =
            |mapping: &Mapping| self.is_close(mapping.inode, mapping.shared) && (self.is_it)(mapping);
        let mappings = || maps::parse(&text, "").rows.into_iter().filter(matching).collect();
        Ok((!text.is_empty()).then(mappings))
    }

    fn by_query(&self, maps: &impl std::os::fd::AsFd) -> Result<Vec<Mapping>, Errno> {
        let shared = if self.shared { procmap::VMA_SHARED } else { 0 };
        let flags = procmap::COVERING_OR_NEXT_VMA | procmap::FILE_BACKED_VMA | shared;
        let mut mappings = Vec::new();
        let mut address = 0;
        loop {
            let vma = match procmap_query(maps, flags, address, &mut []) {
                Ok(vma) => vma,
                Err(Errno::ENOENT) => return Ok(mappings),
                Err(errno) => return Err(errno),
            };
            if self.is_close(vma.inode, vma.flags & procmap::VMA_SHARED != 0) {
                let is_it = |mapping: &Mapping| mapping.start == vma.start && (self.is_it)(mapping);
                mappings.extend(named(maps, flags, vma.start)?.filter(is_it));
            }
            address = vma.end;
        }
    }

    fn is_close(&self, inode: u64, shared: bool) -> bool {
        self.inodes.contains(&inode) && (shared || !self.shared)
    }
}

/// The mapping of a process that covers an address; `None` if there is none.
pub fn mapping_at(at: At, address: u64) -> Result<Option<Mapping>, Errno> {
    let covers = |mapping: &Mapping| (mapping.start..mapping.end).contains(&address);
    let maps = open(at.path("maps").as_str(), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    match named(&maps, 0, address) {
        Err(Errno::ENOTTY | Errno::ENAMETOOLONG) => {}
        answer => return answer.map(|found| found.filter(covers)),
    }
    let mut text = Vec::new();
    file::rest_into(&maps, &mut text)?;
    Ok(maps::parse(&text, "").rows.into_iter().find(covers))
}

/// The mapping at an address, with its name; `None` if it has gone meanwhile.
fn named(maps: &impl std::os::fd::AsFd, flags: u64, address: u64) -> Result<Option<Mapping>, Errno> {
    let mut name = [0; libc::PATH_MAX as usize];
    match procmap_query(maps, flags, address, &mut name) {
        Ok(vma) => Ok(Some(mapping(vma, &name))),
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

fn mapping(vma: Vma, name: &[u8]) -> Mapping {
    let (path, deleted) = maps::split_deleted(name[..vma.name_length].to_vec());
    let has = |bit| vma.flags & bit != 0;
    Mapping {
        start: vma.start,
        end: vma.end,
        prot: Prot {
            read: has(procmap::VMA_READABLE),
            write: has(procmap::VMA_WRITABLE),
            exec: has(procmap::VMA_EXECUTABLE),
        },
        shared: has(procmap::VMA_SHARED),
        offset: vma.offset,
        device: Device { major: vma.device.0, minor: vma.device.1 },
        inode: vma.inode,
        path,
        deleted,
    }
}

#[cfg(test)]
mod tests;
