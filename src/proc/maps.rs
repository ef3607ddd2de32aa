//! The mappings of a process: `/proc/PID/maps` (proc_pid_maps(5)).

use super::{Listing, Odd, field, file};
use crate::fault::Fault;

/// What may be done with a mapping's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prot {
    /// PROT_READ.
    pub read: bool,
    /// PROT_WRITE.
    pub write: bool,
    /// PROT_EXEC.
    pub exec: bool,
}

impl Prot {
    /// As in maps: `rw-`.
    pub fn text(self) -> String {
        let letter = |holds, letter| if holds { letter } else { '-' };
        [letter(self.read, 'r'), letter(self.write, 'w'), letter(self.exec, 'x')].iter().collect()
    }
}

/// A device by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Device {
    /// The driver's number, 0 for a file system without a device.
    pub major: u32,
    /// The number within it.
    pub minor: u32,
}

/// One mapping of a process's address space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// First address.
    pub start: u64,
    /// First address behind it.
    pub end: u64,
    /// What may be done with it.
    pub prot: Prot,
    /// MAP_SHARED: writes reach the object.
    pub shared: bool,
    /// Where in the object it starts, in bytes.
    pub offset: u64,
    /// The object's device.
    pub device: Device,
    /// The object's inode, 0 for anonymous memory.
    pub inode: u64,
    /// The object's name: a path, `/memfd:NAME`, `/SYSV0000002a`, `[heap]`, or empty.
    pub path: Vec<u8>,
    /// The name is followed by ` (deleted)`. A file whose name ends so cannot be told apart.
    pub deleted: bool,
}

impl Mapping {
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// The mappings of a process in the order of their addresses; none of a kernel thread. `None` when it has ended.
/// Needs the right to trace it (PTRACE_MODE_READ), else status 4.
pub fn mappings(pid: i32) -> Result<Option<Listing<Mapping>>, Fault> {
    let path = format!("/proc/{pid}/maps");
    file::unless_gone(file::whole(path.as_str()))
        .map(|found| found.map(|text| parse(&text, &path)))
        .map_err(|errno| Fault::os(format_args!("read {path}"), errno))
}

/// The text of a maps file as mappings; `file` names it in faults.
pub fn parse(text: &[u8], file: &str) -> Listing<Mapping> {
    let mut listing = Listing { rows: Vec::new(), odd: Vec::new() };
    for (line, content) in (1..).zip(field::lines(text)) {
        match parse_line(content) {
            Ok(mapping) => listing.rows.push(mapping),
            Err(field) => listing.odd.push(Odd { line, field }.fault(file)),
        }
    }
    listing
}

/// One line: `start-end perms offset major:minor inode   path`. Fails with the field's name.
pub fn parse_line(line: &[u8]) -> Result<Mapping, &'static str> {
    let (range, rest) = next_word(line).ok_or("address")?;
    let (perms, rest) = next_word(rest).ok_or("perms")?;
    let (offset, rest) = next_word(rest).ok_or("offset")?;
    let (device, rest) = next_word(rest).ok_or("dev")?;
    let (inode, rest) = next_word(rest).ok_or("inode")?;
    let (start, end) = field::split_once(range, b'-').ok_or("address")?;
    let (major, minor) = field::split_once(device, b':').ok_or("dev")?;
    let &[read, write, exec, shared, ..] = perms else { return Err("perms") };
    let (path, deleted) = parse_path(rest);
    Ok(Mapping {
        start: field::hex(start).ok_or("address")?,
        end: field::hex(end).ok_or("address")?,
        prot: Prot { read: read == b'r', write: write == b'w', exec: exec == b'x' },
        shared: shared == b's',
        offset: field::hex(offset).ok_or("offset")?,
        device: Device { major: field::hex(major).ok_or("dev")?, minor: field::hex(minor).ok_or("dev")? },
        inode: field::decimal(inode).ok_or("inode")?,
        path,
        deleted,
    })
}

/// The first word, and the rest from the blank behind it on.
fn next_word(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = line.iter().position(|byte| *byte != b' ')?;
    let line = &line[start..];
    let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    Some(line.split_at(end))
}

/// What follows the inode: the kernel pads with blanks to column 73 and then writes the name as it is (a name starts with
/// `/` or `[`). Only newlines are escaped, as `\012`; a backslash stands for itself (fs/proc/task_mmu.c), so that a name with those
/// four characters in it is read as one with a newline.
fn parse_path(rest: &[u8]) -> (Vec<u8>, bool) {
    let start = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
    split_deleted(unescape(&rest[start..], b"\n"))
}

/// Takes ` (deleted)` off a name.
pub(super) fn split_deleted(mut path: Vec<u8>) -> (Vec<u8>, bool) {
    const MARK: &[u8] = b" (deleted)";
    let deleted = path.ends_with(MARK);
    if deleted {
        path.truncate(path.len() - MARK.len());
    }
    (path, deleted)
}

/// Puts back the bytes that the kernel wrote as `\` and three octal digits: only those of `escaped`.
fn unescape(text: &[u8], escaped: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..3).filter(|_| *first == b'\\').and_then(field::octal::<u8>);
        match code.filter(|byte| escaped.contains(byte)) {
            Some(byte) => {
                plain.push(byte);
                rest = &behind[3..];
            }
            None => {
                plain.push(*first);
                rest = behind;
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests;
