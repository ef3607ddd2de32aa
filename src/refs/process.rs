//! References that begin with a process: ends of pipes, mappings, targets of signals.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::flaw::{Flaw, quoted};
use super::number::{decimal, hex, is_digits};
use super::sysv::checked_path;
use super::{MappingName, Process, Ref, TargetName};

/// Reads what stands behind `pipe:`.
pub(super) fn pipe(text: &[u8]) -> Result<Ref, Flaw> {
    let Some((process, fd)) = split_once(text, b':') else {
        return Err(no_descriptor(text));
    };
    let process = process_of(process)?;
    let fd = small(fd).map_err(|flaw| {
        let standard = [b"stdin".as_slice(), b"stdout", b"stderr"].iter().position(|name| *name == fd);
        let hint = standard.map(|number| format!("write pipe:{process}:{number}"));
        Flaw { reason: format!("the descriptor: {}", flaw.reason), hint }
    })?;
    Ok(Ref::Pipe { process, fd })
}

/// `PID` alone, or one of the spellings that /proc has for a descriptor.
fn no_descriptor(text: &[u8]) -> Flaw {
    let flaw = Flaw::new("it names no descriptor");
    match process_of(text) {
        Ok(process) => flaw.hint(format!("write pipe:{process}:FD; ls pipe lists them")),
        Err(_) => flaw,
    }
}

/// Reads what stands behind `mmap:`. A text that begins with a process is never a path: `./4711:0x1000` is one.
pub(super) fn mapping(text: &[u8]) -> Result<MappingName, Flaw> {
    if !begins_with_process(text) {
        return checked_path(text).map(MappingName::File);
    }
    let Some((process, place)) = split_once(text, b':') else {
        let (word, file) = (quoted(text), [b"./", text].concat());
        let hint = format!("write mmap:{word}:0xADDRESS, or mmap:{} for a file of that name", quoted(&file));
        return Err(Flaw::new("it names no address").hint(hint));
    };
    let process = process_of(process)?;
    let (start, end) = match split_once(place, b'-') {
        Some((start, end)) => (bound(start)?, Some(bound(end)?)),
        None => (address(process, place)?, None),
    };
    if end.is_some_and(|end| end <= start) {
        return Err(Flaw::new("the range's end is not above its start"));
    }
    Ok(MappingName::At { process, start, end })
}

/// Reads the path of a mapped file where a mapping in a process cannot stand.
pub(super) fn file(text: &[u8]) -> Result<PathBuf, Flaw> {
    if begins_with_process(text) {
        let file = [b"mmap:./", text].concat();
        return Err(Flaw::new("that is a process").hint(format!("a file of that name is {}", quoted(&file))));
    }
    checked_path(text)
}

/// Whether a text is `PID` or `self`, alone or before a colon.
pub(super) fn begins_with_process(text: &[u8]) -> bool {
    let head = text.split(|&byte| byte == b':').next().unwrap_or_default();
    head == b"self" || is_digits(head)
}

/// One end of a range, as /proc/PID/maps writes it; `0x` may stand in front.
fn bound(text: &[u8]) -> Result<u64, Flaw> {
    hex(text.strip_prefix(b"0x").unwrap_or(text))
        .map_err(|flaw| Flaw::new(format!("the range: {}", flaw.reason)))
}

fn address(process: Process, text: &[u8]) -> Result<u64, Flaw> {
    match (text.strip_prefix(b"0x"), hex(text)) {
        (Some(digits), _) => hex(digits).map_err(|flaw| Flaw::new(format!("the address: {}", flaw.reason))),
        (None, Ok(address)) => {
            let flaw = Flaw::new("an address begins with 0x");
            Err(flaw.hint(format!("write mmap:{process}:0x{address:x}")))
        }
        (None, Err(_)) => Err(Flaw::new("an address is 0xADDRESS or START-END")),
    }
}

/// Reads what stands behind `sig:`.
pub(super) fn target(text: &[u8]) -> Result<TargetName, Flaw> {
    if text == b"all" {
        Ok(TargetName::All)
    } else if let Some(group) = text.strip_prefix(b"pgrp:") {
        process_group(group)
    } else if let Some(command) = text.strip_prefix(b"name:") {
        command_name(command)
    } else if let Some((process, tid)) = split_once(text, b'/') {
        let process = process_of(process)?;
        let tid = positive(tid).map_err(|flaw| Flaw::new(format!("the thread: {}", flaw.reason)))?;
        Ok(TargetName::Thread { process, tid })
    } else {
        process_of(text).map(TargetName::Process).map_err(|flaw| match kill_number(text) {
            Some(hint) => Flaw::new(flaw.reason).hint(hint),
            None => flaw,
        })
    }
}

fn process_group(text: &[u8]) -> Result<TargetName, Flaw> {
    match text {
        b"self" => Ok(TargetName::Group(None)),
        _ => {
            let group = positive(text).map_err(|flaw| Flaw::new(format!("the group: {}", flaw.reason)))?;
            Ok(TargetName::Group(Some(group)))
        }
    }
}

fn command_name(text: &[u8]) -> Result<TargetName, Flaw> {
    match text {
        b"" => Err(Flaw::new("the command's name is empty")),
        _ if text.contains(&0) => Err(Flaw::new("a command's name has no NUL byte")),
        _ => Ok(TargetName::Command(OsStr::from_bytes(text).to_os_string())),
    }
}

/// What kill(2) means by a number that is no PID, and a bare word by `pkill`.
fn kill_number(text: &[u8]) -> Option<String> {
    match text.strip_prefix(b"-") {
        Some(b"1") => Some("every process that may be signalled is sig:all".to_string()),
        Some(group) => positive(group).ok().map(|group| format!("the process group is sig:pgrp:{group}")),
        None if text == b"0" => Some("our own process group is sig:pgrp:self".to_string()),
        None if text.first().is_some_and(u8::is_ascii_alphabetic) && !text.contains(&b':') => {
            Some(format!("the processes that run it are {}", quoted(&[b"sig:name:", text].concat())))
        }
        None => None,
    }
}

/// Reads `self` or a PID.
fn process_of(text: &[u8]) -> Result<Process, Flaw> {
    match text {
        b"self" => Ok(Process::Own),
        _ => positive(text)
            .map(Process::Pid)
            .map_err(|flaw| Flaw::new(format!("the process: {}", flaw.reason))),
    }
}

/// Reads a number as PIDs are: 1 and more.
fn positive(text: &[u8]) -> Result<i32, Flaw> {
    match small(text)? {
        0 => Err(Flaw::new("0 is none")),
        number => Ok(number),
    }
}

/// Reads a number that C's int holds, 0 and more.
fn small(text: &[u8]) -> Result<i32, Flaw> {
    i32::try_from(decimal(text)?).map_err(|_| Flaw::new(format!("a number up to {} is needed", i32::MAX)))
}

fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}
