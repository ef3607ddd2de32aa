//! Who maps a System V segment.
//!
//! The kernel keeps a segment's memory in a file that nobody can open: on the device of its internal tmpfs, with the
//! segment's identifier as inode and `/SYSV` and the key in eight hexadecimal digits as name (ipc/shm.c newseg). Segments of
//! huge pages lie on another device. Every attach is one mapping, and a mapping that mprotect parted counts as its parts do
//! in `nattch`.

use nix::errno::Errno;

use super::maps::{self, Mapping};
use super::scan::{self, Found, Look};
use super::{file, namespaces, process};
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
    let key = mapping.path.strip_prefix(b"/SYSV")?;
    let is_key = key.len() == 8 && key.iter().all(u8::is_ascii_hexdigit);
    i32::try_from(mapping.inode).ok().filter(|_| is_key && mapping.deleted && mapping.shared)
}

/// Who has these segments of our IPC namespace attached, as far as it can be seen. Fails when `/proc` cannot be listed.
pub fn attached(segments: &[Segment]) -> Result<Found<Attachment>, Fault> {
    let own = namespaces::own(namespaces::Sort::Ipc)?;
    let look = |pid| match in_process(pid, own, segments) {
        Ok(Some(hits)) => Look::Seen(hits),
        Ok(None) => Look::Outside,
        Err(errno) => scan::failed(errno, format_args!("read the mappings of process {pid}")),
    };
    let mut found =
        scan::every_process(look, |hits| segments.iter().all(|segment| is_accounted_for(*segment, hits)))?;
    found.hits.sort_by_key(|hit| (hit.pid, hit.shmid));
    Ok(found)
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

/// The attachments of one process; `None` when it is in another IPC namespace.
fn in_process(pid: i32, own: u64, segments: &[Segment]) -> Result<Option<Vec<Attachment>>, Errno> {
    if !scan::is_in_ipc(pid, own)? {
        return Ok(None);
    }
    let text = file::whole(format!("/proc/{pid}/maps").as_str())?;
    let mut hits: Vec<Attachment> = Vec::new();
    for mapping in maps::parse(&text, "").rows {
        let Some(shmid) = shmid(&mapping).filter(|id| segments.iter().any(|wanted| wanted.shmid == *id))
        else {
            continue;
        };
        match hits.iter_mut().find(|hit| hit.shmid == shmid) {
            Some(hit) => hit.mappings.push(mapping),
            None => hits.push(Attachment {
                shmid,
                pid,
                comm: process::comm(pid),
                uid: process::uid(pid).ok().flatten(),
                mappings: vec![mapping],
            }),
        }
    }
    Ok(Some(hits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(line: &str) -> Mapping {
        maps::parse_line(line.as_bytes()).unwrap()
    }

    fn hit(pid: i32, line: &str) -> Attachment {
        Attachment { shmid: 5, pid, comm: vec![], uid: None, mappings: vec![mapping(line)] }
    }

    #[test]
    fn a_segment_is_known_by_name_and_inode() {
        for line in [
            "1000-2000 rw-s 00000000 00:01 32768      /SYSV00000000 (deleted)",
            "1000-2000 r--s 00000000 00:0f 32768      /SYSVffffffff (deleted)",
        ] {
            assert_eq!(shmid(&mapping(line)), Some(32768));
        }
        for line in [
            "1000-2000 rw-s 00000000 00:01 32768      /SYSV00000000",
            "1000-2000 rw-p 00000000 00:01 32768      /SYSV00000000 (deleted)",
            "1000-2000 rw-s 00000000 00:01 32768      /SYSVz (deleted)",
            "1000-2000 rw-s 00000000 00:01 32768      /memfd:SYSV00000000 (deleted)",
            "1000-2000 rw-s 00000000 00:01 4294967296 /SYSV00000000 (deleted)",
        ] {
            assert_eq!(shmid(&mapping(line)), None, "{line}");
        }
    }

    #[test]
    fn shared_memory_counts_once() {
        let segment = Segment { shmid: 5, nattch: Some(2) };
        let parent = hit(1, "1000-2000 rw-s 0 00:01 5 /SYSV00000000 (deleted)");
        let same = hit(2, "1000-2000 rw-s 0 00:01 5 /SYSV00000000 (deleted)");
        let other = hit(3, "3000-4000 rw-s 0 00:01 5 /SYSV00000000 (deleted)");
        assert!(!is_accounted_for(segment, std::slice::from_ref(&parent)));
        assert!(!is_accounted_for(segment, &[parent.clone(), same]));
        assert!(is_accounted_for(segment, &[parent, other]));
        assert!(!is_accounted_for(Segment { shmid: 5, nattch: None }, &[]));
        assert!(is_accounted_for(Segment { shmid: 6, nattch: Some(0) }, &[]));
    }

    #[test]
    fn nobody_has_a_segment_that_cannot_be() {
        let found = attached(&[Segment { shmid: i32::MAX, nattch: None }]).unwrap();
        assert_eq!(found.hits, []);
        assert!(found.visible.looked >= 1 && found.visible.looked <= found.visible.of);
        assert!(!found.complete);
    }
}
