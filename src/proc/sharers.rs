//! Shared memory as processes have it mapped: all there is, and who shares one mapping's object.

use super::backing::Backing;
use super::mappers::{Mapper, Search};
use super::maps::{self, Mapping};
use super::namespaces;
use super::scan::{self, At, Found, Look};
use super::{file, process};
use crate::fault::Fault;

/// Every process's mappings that are MAP_SHARED, as far as they can be seen. Fails when `/proc` cannot be listed.
pub fn shared() -> Result<Found<Mapper>, Fault> {
    let mut found = scan::every_process(shared_by, |_| false)?;
    found.hits.sort_by_key(|hit| hit.pid);
    Ok(found)
}

fn shared_by(at: At) -> Look<Mapper> {
    let text = match file::whole(at.path("maps").as_str()) {
        Ok(text) if text.is_empty() => return Look::Empty,
        Ok(text) => text,
        Err(errno) => return Look::failed(errno, format_args!("read the mappings of process {}", at.pid)),
    };
    let mut listing = maps::parse(&text, &at.path("maps"));
    if let Some(fault) = listing.odd.pop() {
        return Look::Odd(fault);
    }
    listing.rows.retain(|mapping| mapping.shared);
    let mapper = |mappings| Mapper {
        pid: at.pid,
        comm: process::comm(at.pid),
        uid: process::uid(at.pid).ok().flatten(),
        mappings,
    };
    Look::Seen(if listing.rows.is_empty() { Vec::new() } else { vec![mapper(listing.rows)] })
}

/// Who maps the object that `of`, a mapping of process `pid`, is of, as far as it can be seen; by device and inode.
///
/// The kernel's own file system of memory has memfds, anonymous memory and segments of every IPC namespace, whose inodes
/// are their identifiers: there the name and the namespace must be the same too. Fails when `/proc` cannot be listed.
pub fn sharers(of: &Mapping, pid: i32) -> Result<Found<Mapper>, Fault> {
    let backing = Backing::of(of);
    let is_memory = |backing| matches!(backing, Backing::AnonymousShared | Backing::Memfd | Backing::Sysv);
    let is_it = |mapping: &Mapping| {
        let other = Backing::of(mapping);
        mapping.inode == of.inode
            && mapping.device == of.device
            && (other == backing || !(is_memory(other) || is_memory(backing)))
    };
    let search = Search { inodes: &[of.inode], shared: false, is_it: &is_it };
    let namespace = match backing {
        Backing::Sysv => namespaces::of(pid, namespaces::Sort::Ipc)?,
        _ => None,
    };
    let look = |at: At| match namespace
        .map(|wanted| namespaces::inode(&at.path("ns/ipc")).map(|is| is == wanted))
    {
        None | Some(Ok(true)) => search.look(at),
        Some(Ok(false)) => Look::Outside,
        Some(Err(errno)) => Look::failed(errno, format_args!("tell the IPC namespace of process {}", at.pid)),
    };
    let mut found = scan::every_process(look, |_| false)?;
    found.hits.sort_by_key(|hit| hit.pid);
    Ok(found)
}
