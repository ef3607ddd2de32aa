//! From [`Ref`] to text.

use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::flaw::quoted;
use super::{MappingName, MemoryName, ObjectName, Process, Ref, SemName, SysvName, TargetName};
use super::{escape, memory, process};

/// Qualified, one line, safe UTF-8, and read back by [`super::parse()`] as the same reference.
impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, rest) = (self.kind(), self.rest());
        match std::str::from_utf8(&rest) {
            Ok(text) if escape::is_plain(&rest) => write!(f, "{kind}:{text}"),
            _ => {
                write!(f, "x:{kind}:")?;
                escape::write_escaped(f, &rest)
            }
        }
    }
}

impl Ref {
    /// The printed form, as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }

    /// The printed form as it is typed at a shell's prompt: in quotes where it would not stand for itself there. A name may be
    /// `$(reboot)`, whoever made it.
    pub fn typed(&self) -> String {
        quoted(&self.to_bytes()).to_string()
    }

    /// What stands behind `KIND:`, before any escape.
    fn rest(&self) -> Vec<u8> {
        match self {
            Ref::Msgq(name) | Ref::Shm(name) => object(name),
            Ref::Sem(SemName::Sysv(name)) => sysv(name),
            Ref::Sem(SemName::Posix(name)) => name.with_slash(),
            Ref::Sem(SemName::InMemory { memory, offset }) => {
                [b"in:", memory_text(memory).as_slice(), b"+", offset.to_string().as_bytes()].concat()
            }
            Ref::Fifo(path) => path.as_os_str().as_bytes().to_vec(),
            Ref::Pipe { process, fd } => format!("{process}:{fd}").into_bytes(),
            Ref::Mmap(MappingName::File(path)) => file(path),
            Ref::Mmap(MappingName::At { process, start, end: None }) => {
                format!("{process}:0x{start:x}").into_bytes()
            }
            Ref::Mmap(MappingName::At { process, start, end: Some(end) }) => {
                format!("{process}:{start:08x}-{end:08x}").into_bytes()
            }
            Ref::Sig(name) => target(name),
        }
    }
}

fn object(name: &ObjectName) -> Vec<u8> {
    match name {
        ObjectName::Sysv(name) => sysv(name),
        ObjectName::Posix(name) => name.with_slash(),
    }
}

fn sysv(name: &SysvName) -> Vec<u8> {
    match name {
        SysvName::Id(id) => id.to_string().into_bytes(),
        SysvName::Key(key) => key.to_string().into_bytes(),
        SysvName::Ftok { path, proj } => {
            [b"ftok:", path.as_os_str().as_bytes(), b":", proj.to_string().as_bytes()].concat()
        }
        SysvName::Private => b"private".to_vec(),
    }
}

/// The memory of `in:`; `mmap:` stands before a path only if the path alone would be read as something else.
fn memory_text(name: &MemoryName) -> Vec<u8> {
    match name {
        MemoryName::Sysv(name) => sysv(name),
        MemoryName::Posix(name) => name.with_slash(),
        MemoryName::File(path) => {
            let text = path.as_os_str().as_bytes();
            match memory::memory_name(text) {
                Ok(MemoryName::File(read)) if read.as_os_str() == path.as_os_str() => text.to_vec(),
                _ => [b"mmap:", file(path).as_slice()].concat(),
            }
        }
    }
}

/// A mapped file's path; `./` stands before one that would be read as a process.
fn file(path: &Path) -> Vec<u8> {
    let text = path.as_os_str().as_bytes();
    match process::begins_with_process(text) {
        true => [b"./", text].concat(),
        false => text.to_vec(),
    }
}

fn target(name: &TargetName) -> Vec<u8> {
    match name {
        TargetName::Process(process) => process.to_string().into_bytes(),
        TargetName::Thread { process, tid } => format!("{process}/{tid}").into_bytes(),
        TargetName::Group(Some(group)) => format!("pgrp:{group}").into_bytes(),
        TargetName::Group(None) => b"pgrp:self".to_vec(),
        TargetName::Command(command) => [b"name:", command.as_bytes()].concat(),
        TargetName::All => b"all".to_vec(),
    }
}

/// As a reference has it: `self`, or the number.
impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Process::Own => f.write_str("self"),
            Process::Pid(pid) => pid.fmt(f),
        }
    }
}
