//! Mappings as facts: those of a process, those that are shared, and who maps one object.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::stat::{FileStat, SFlag, major, minor, stat};

use super::file::regular;
use super::region::{number, refused};
use crate::fault::Fault;
use crate::proc::backing::Backing;
use crate::proc::mappers::{self, Mapper, Object};
use crate::proc::maps::{Device, Mapping};
use crate::proc::smaps::{self, Usage};
use crate::proc::{Found, process, sharers};
use crate::refs::{MappingName, Process, Ref};

/// A mapping, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// Whose.
    pub pid: i32,
    /// Its command.
    pub comm: Vec<u8>,
    /// Its effective user; `None` if it ended meanwhile.
    pub uid: Option<u32>,
    /// Where and how.
    pub mapping: Mapping,
    /// What it has in memory, where that was asked for and the process still lives.
    pub usage: Option<Usage>,
}

impl Mapped {
    /// `PID:0xADDRESS`.
    pub fn reference(&self) -> Ref {
        Ref::Mmap(MappingName::At { process: Process::Pid(self.pid), start: self.mapping.start, end: None })
    }

    /// What it is of.
    pub fn backing(&self) -> Backing {
        Backing::of(&self.mapping)
    }

    /// Whether it is of an object that others can map too; a segment's inode may be 0.
    pub fn has_object(&self) -> bool {
        self.backing() != Backing::Anonymous
    }

    /// Bytes that a private mapping made its own; nothing of a shared one ever is.
    pub fn copied(&self) -> Option<u64> {
        self.usage.filter(|_| !self.mapping.shared).map(Usage::own)
    }
}

/// All mappings of a process by address; with it the lines that could not be read.
///
/// # Errors
/// Status 3 if there is no such process, 4 if we may not trace it.
pub fn of_process(process: Process) -> Result<(Vec<Mapped>, Vec<Fault>), Fault> {
    let pid = number(process)?;
    let what = format!("list the mappings of process {pid}");
    let listing = smaps::usages(pid).map_err(|errno| refused(&what, pid, errno))?;
    let listing = listing.ok_or_else(|| refused(&what, pid, Errno::ESRCH))?;
    let (comm, uid) = (process::comm(pid), process::uid(pid).ok().flatten());
    let mapped = |(mapping, usage)| Mapped { pid, comm: comm.clone(), uid, mapping, usage: Some(usage) };
    Ok((listing.rows.into_iter().map(mapped).collect(), listing.odd))
}

/// The mapping that `start` of a process lies in.
///
/// # Errors
/// As [`of_process`], and status 3 if nothing is mapped there.
pub fn at(process: Process, start: u64) -> Result<Mapped, Fault> {
    let covers = |mapped: &Mapped| (mapped.mapping.start..mapped.mapping.end).contains(&start);
    let pid = number(process)?;
    of_process(process)?.0.into_iter().find(covers).ok_or_else(|| {
        Fault::not_found(
            format_args!("show mmap:{pid}:{start:#x}"),
            format_args!("nothing is mapped at {start:#x}"),
        )
        .hint(format!("'ipctool mmap ls {pid}' shows what is"))
    })
}

/// Every shared mapping of every process, as far as it can be seen; with `used`, how much memory each has.
///
/// # Errors
/// `/proc` cannot be listed.
pub fn shared(used: bool) -> Result<Found<Mapped>, Fault> {
    Ok(each(sharers::shared()?, used))
}

/// Every mapping, by any process, of the object that `mapped` is of. Memory that is no object's is its process's alone.
///
/// # Errors
/// `/proc` cannot be listed.
pub fn sharing(mapped: &Mapped) -> Result<Found<Mapped>, Fault> {
    if !mapped.has_object() {
        let visible = crate::proc::Visible { looked: 1, of: 1, hidden: false };
        return Ok(Found { hits: vec![mapped.clone()], visible, complete: true, odd: Vec::new() });
    }
    Ok(each(sharers::sharers(&mapped.mapping, mapped.pid)?, true))
}

/// What stat(2) says of the file at `path`, which is not opened.
///
/// # Errors
/// Status 3 if there is none, 4 if a directory is closed to us, 1 if it is neither a regular file nor a device.
pub fn file(path: &Path) -> Result<FileStat, Fault> {
    let what = format!("show {}", Ref::Mmap(MappingName::File(path.to_path_buf())));
    let stat = stat(path).map_err(|errno| Fault::os(&what, errno))?;
    match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFCHR | SFlag::S_IFBLK => Ok(stat),
        _ => regular(&stat, &what).map(|()| stat),
    }
}

/// Every mapping of the file at `path`, by any process.
///
/// # Errors
/// As [`file()`]; `/proc` cannot be listed.
pub fn of_file(path: &Path, used: bool) -> Result<Found<Mapped>, Fault> {
    let stat = file(path)?;
    let number = |part: u64| u32::try_from(part).unwrap_or(u32::MAX);
    let device = Device { major: number(major(stat.st_dev)), minor: number(minor(stat.st_dev)) };
    let path = path.canonicalize().ok().map(|path| path.as_os_str().as_bytes().to_vec());
    Ok(each(mappers::mappers(&Object { device, inode: stat.st_ino, path })?, used))
}

/// One row a mapping.
fn each(found: Found<Mapper>, used: bool) -> Found<Mapped> {
    let Found { hits, visible, complete, odd } = found;
    let hits = hits.into_iter().flat_map(|mapper| rows(mapper, used)).collect();
    Found { hits, visible, complete, odd }
}

fn rows(mapper: Mapper, used: bool) -> impl Iterator<Item = Mapped> {
    let Mapper { pid, comm, uid, mappings } = mapper;
    let usages = if used { smaps::usages(pid).ok().flatten() } else { None };
    let usages = usages.map(|listing| listing.rows).unwrap_or_default();
    mappings.into_iter().map(move |mapping| {
        // In the order of their addresses, as the kernel has them: there may be tens of thousands.
        let place = usages.binary_search_by_key(&mapping.start, |(other, _)| other.start).ok();
        let same = place.and_then(|place| usages.get(place)).filter(|(other, _)| other.end == mapping.end);
        let usage = same.map(|(_, usage)| *usage);
        Mapped { pid, comm: comm.clone(), uid, mapping, usage }
    })
}
