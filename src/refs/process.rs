//! References that begin with a process: ends of pipes, mappings, targets of signals.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::flaw::{Flaw, quoted, quoted_ref};
use super::number::{hex, is_digits, positive, small};
use super::sysv::checked_path;
use super::{Kind, MappingName, Process, Ref, TargetName};

/// Reads what stands behind `pipe:`.
pub(super) fn pipe(text: &[u8]) -> Result<Ref, Flaw> {
    let Some((process, fd)) = split_once(text, b':') else {
        let flaw = Flaw::new("it names no descriptor");
        return Err(match process_of(text) {
            Ok(process) => flaw.hint(format!("write pipe:{process}:FD")),
            Err(_) => flaw,
        });
    };
    let process = process_of(process)?;
    let fd = small("the descriptor", fd).map_err(|flaw| {
        let standard = [b"stdin".as_slice(), b"stdout", b"stderr"].iter().position(|name| *name == fd);
        Flaw { hint: standard.map(|number| format!("write pipe:{process}:{number}")), ..flaw }
    })?;
    Ok(Ref::Pipe { process, fd })
}

/// Reads what stands behind `mmap:`. A text that begins with a process is never a path: `./4711:0x1000` is one.
pub(super) fn mapping(text: &[u8]) -> Result<MappingName, Flaw> {
    if !begins_with_process(text) {
        return checked_path(text).map(MappingName::File);
    }
    let Some((process, place)) = split_once(text, b':') else {
        let file = quoted_ref(Kind::Mmap, &[b"./", text].concat());
        let hint = format!("write mmap:{}:0xADDRESS, or {file} for a file of that name", quoted(text));
        return Err(Flaw::new("it names no address").hint(hint));
    };
    let process = process_of(process)?;
    let (start, end) = match split_once(place, b'-') {
        Some((start, end)) => (bound("the range's start", start)?, Some(bound("the range's end", end)?)),
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
        let file = quoted_ref(Kind::Mmap, &[b"./", text].concat());
        return Err(Flaw::new("that is a process").hint(format!("a file of that name is {file}")));
    }
    checked_path(text)
}

/// Whether a text is `PID` or `self`, alone or before a colon.
pub(super) fn begins_with_process(text: &[u8]) -> bool {
    let head = text.split(|&byte| byte == b':').next().unwrap_or_default();
    head == b"self" || is_digits(head)
}

/// One end of a range, as /proc/PID/maps writes it; `0x` may stand in front.
fn bound(what: &str, text: &[u8]) -> Result<u64, Flaw> {
    hex(what, text.strip_prefix(b"0x").unwrap_or(text))
}

fn address(process: Process, text: &[u8]) -> Result<u64, Flaw> {
    let what = "the address";
    match text.strip_prefix(b"0x") {
        Some(digits) => hex(what, digits),
        None => match hex(what, text) {
            Err(flaw) => Err(flaw),
            Ok(address) => {
                let flaw = Flaw::new("an address begins with 0x");
                Err(flaw.hint(format!("write mmap:{process}:0x{address:x}")))
            }
        },
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
        Ok(TargetName::Thread { process: process_of(process)?, tid: positive("the TID", tid)? })
    } else {
        let process = process_of(text).map(TargetName::Process);
        process.map_err(|flaw| Flaw { hint: as_kill_has_it(text), ..flaw })
    }
}

fn process_group(text: &[u8]) -> Result<TargetName, Flaw> {
    match text {
        b"self" => Ok(TargetName::Group(None)),
        b"0" => Err(Flaw::new("the process group is 0").hint("write sig:pgrp:self for our own")),
        _ => positive("the process group", text).map(|group| TargetName::Group(Some(group))),
    }
}

fn command_name(text: &[u8]) -> Result<TargetName, Flaw> {
    match text {
        b"" => Err(Flaw::new("the command's name is empty")),
        _ if text.contains(&0) => Err(Flaw::new("a command's name has no NUL byte")),
        _ => Ok(TargetName::Command(OsStr::from_bytes(text).to_os_string())),
    }
}

/// What to write for what kill(1) takes besides PIDs (0, -1, -PGRP, %JOB), and for what pkill(1) takes.
fn as_kill_has_it(text: &[u8]) -> Option<String> {
    match text {
        b"0" => Some("write sig:pgrp:self for our own process group".to_string()),
        b"-1" => Some("write sig:all for every process that may be signalled".to_string()),
        [b'-', group @ ..] => {
            let group = positive("", group).ok()?;
            Some(format!("write sig:pgrp:{group} for the process group"))
        }
        [b'%', job @ ..] if is_digits(job) => {
            Some(format!("only the shell knows its jobs: write $(jobs -p {})", quoted(text)))
        }
        [b'a'..=b'z' | b'A'..=b'Z', ..] if !text.contains(&b':') => {
            let name = quoted_ref(Kind::Sig, &[b"name:", text].concat());
            Some(format!("write {name} for the processes that run it"))
        }
        _ => None,
    }
}

/// Reads `self` or a PID.
fn process_of(text: &[u8]) -> Result<Process, Flaw> {
    match text {
        b"self" => Ok(Process::Own),
        _ => positive("the PID", text).map(Process::Pid),
    }
}

fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}
