//! The objects, processes and files that a reference can name now.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};

use super::candidate;
use super::line::Line;
use crate::commands::columns;
use crate::ipc::mmap::survey as mappings_of;
use crate::ipc::object::{self, Flavours, Object};
use crate::ipc::pipe::{Pipe, Sort, survey};
use crate::proc::fds::{self, Target};
use crate::proc::process;
use crate::refs::{Kind, Process};
use crate::render::{self, Record};

/// Of the noun's kind, or of that whose word is typed; else of all kinds, with the kind in front, and the kinds' words.
pub fn any(typed: &OsStr, noun: Option<Kind>) -> Vec<CompletionCandidate> {
    let mut found: Vec<_> = match noun.or_else(|| Line::asked().kind()) {
        Some(kind) => of_kind(kind, typed),
        None => Kind::ALL.into_iter().flat_map(|kind| qualified(kind, typed)).collect(),
    };
    if noun.is_none() {
        found.extend(Kind::ALL.map(|kind| candidate(kind.word(), kind.title())));
    }
    found
}

/// With their kind in front: of those kinds that have many only when that is typed.
fn qualified(kind: Kind, typed: &OsStr) -> Vec<CompletionCandidate> {
    let rest = typed.as_bytes().strip_prefix(kind.word().as_bytes()).and_then(|rest| rest.strip_prefix(b":"));
    if rest.is_none() && !Kind::MIXED.contains(&kind) {
        return Vec::new();
    }
    let found = of_kind(kind, OsStr::from_bytes(rest.unwrap_or_default()));
    let with_kind = |one: CompletionCandidate| match one.get_value().as_bytes().starts_with(b"x:") {
        true => one,
        false => one.add_prefix(format!("{kind}:")),
    };
    found.into_iter().map(with_kind).collect()
}

/// As they are typed where the kind is known.
pub fn of_kind(kind: Kind, typed: &OsStr) -> Vec<CompletionCandidate> {
    match kind {
        Kind::Msgq | Kind::Sem | Kind::Shm => objects(kind),
        Kind::Fifo => fifos(typed),
        Kind::Pipe => ends(typed),
        Kind::Mmap => {
            let files = PathCompleter::any().complete(typed);
            files.into_iter().chain(processes()).chain(mappings(typed)).collect()
        }
        Kind::Sig => processes(),
    }
}

fn objects(kind: Kind) -> Vec<CompletionCandidate> {
    let all = object::list(kind, false, Flavours::BOTH).map(|listing| listing.rows).unwrap_or_default();
    all.iter()
        .map(|object| candidate(bare(&object.reference().to_string(), kind), in_words(object)))
        .collect()
}

/// What the object holds and who uses it: its column `use`.
fn in_words(object: &Object) -> String {
    let column = columns::of_kind(object.kind()).all.into_iter().find(|column| column.name == "use");
    let record = Record { fields: column.map(|column| ("use", (column.show)(object))).into_iter().collect() };
    let words = render::fields(&[record], "use").unwrap_or_default();
    String::from_utf8_lossy(&words).trim_end().to_string()
}

/// A printed reference without its kind: `3` of `msgq:3`. One with odd bytes (`x:…`) stays whole.
fn bare(reference: &str, kind: Kind) -> String {
    let rest = reference.strip_prefix(kind.word()).and_then(|rest| rest.strip_prefix(':'));
    rest.unwrap_or(reference).to_string()
}

/// FIFOs, and the directories on the way to them.
fn fifos(typed: &OsStr) -> Vec<CompletionCandidate> {
    let leads_to_one = |path: &std::path::Path| {
        path.metadata().is_ok_and(|found| found.is_dir() || found.file_type().is_fifo())
    };
    PathCompleter::any().filter(leads_to_one).complete(typed)
}

/// One end of each pipe; with a PID before the colon, every end that this process has.
fn ends(typed: &OsStr) -> Vec<CompletionCandidate> {
    if let Some(pid) = pid_before_colon(typed) {
        let open = fds::descriptors(pid).ok().flatten().unwrap_or_default().into_iter();
        let pipes = open.filter(|one| matches!(one.target, Target::Pipe(_)));
        return pipes.map(|one| candidate(format!("{pid}:{}", one.fd), command(pid))).collect();
    }
    let pipes = survey(Sort::Pipes).map(|found| found.pipes).unwrap_or_default();
    let holders = pipes.iter().filter_map(Pipe::holder);
    holders.map(|end| candidate(format!("{}:{}", end.pid, end.fd), printable(&end.comm))).collect()
}

/// What the process in `PID:…` has mapped: nothing before its colon is typed.
fn mappings(typed: &OsStr) -> Vec<CompletionCandidate> {
    let found = pid_before_colon(typed).and_then(|pid| mappings_of::of_process(Process::Pid(pid)).ok());
    let offered = found.into_iter().flat_map(|(mapped, _)| mapped).map(|one| {
        let help = format!("{} {}", one.backing().word(), printable(&one.mapping.path));
        candidate(bare(&one.reference().to_string(), Kind::Mmap), help)
    });
    offered.collect()
}

fn pid_before_colon(typed: &OsStr) -> Option<i32> {
    typed.to_str()?.split_once(':')?.0.parse().ok()
}

fn command(pid: i32) -> String {
    let stat = process::stat(pid).ok().flatten();
    stat.map(|stat| printable(&stat.comm)).unwrap_or_default()
}

fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).escape_debug().to_string()
}

/// The processes, without those of the kernel.
pub fn processes() -> Vec<CompletionCandidate> {
    let all = process::processes().map(|listing| listing.rows).unwrap_or_default();
    let shown = all
        .into_iter()
        .filter(|one| !one.stat.is_kernel_thread())
        .map(|one| candidate(one.stat.pid.to_string(), printable(&one.stat.comm)));
    shown.collect()
}

/// What signals can be sent to.
pub fn targets(typed: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = processes();
    if typed.as_bytes().starts_with(b"name:") {
        let all = process::processes().map(|listing| listing.rows).unwrap_or_default();
        let named = all.iter().filter(|one| !one.stat.is_kernel_thread());
        let mut names: Vec<_> = named.map(|one| String::from_utf8_lossy(&one.stat.comm)).collect();
        names.sort();
        names.dedup();
        found.extend(names.iter().map(|name| candidate(format!("name:{name}"), "processes of this command")));
    }
    found.push(candidate("pgrp:self", "our own process group"));
    found
}
