//! Words of a fixed set: columns, fields, signals, users, limits, programs.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use clap_complete::engine::CompletionCandidate;

use super::candidate;
use super::line::Line;
use crate::commands::{columns, limits, mmap, pipe, show, sig};
use crate::ipc::sig::Signal;
use crate::proc::names::Name;
use crate::refs::Kind;

/// A name and what it means.
type Named = (&'static str, &'static str);

/// Column names of the list that is typed; of several with commas the last one is completed.
pub fn columns(typed: &OsStr, noun: Option<Kind>) -> Vec<CompletionCandidate> {
    let line = Line::asked();
    let all: Vec<Named> = match noun.or_else(|| line.kind()) {
        _ if line.begins(&["limits"]) => limits::columns().collect(),
        _ if line.begins(&["sig", "ls"]) => sig::ls::columns().collect(),
        Some(Kind::Mmap) => mmap::columns::named().collect(),
        Some(Kind::Pipe | Kind::Fifo) => pipe::columns::columns().collect(),
        Some(Kind::Sig) => sig::process::columns().collect(),
        kind => {
            let view = kind.map_or_else(columns::mixed, columns::of_kind);
            view.all.into_iter().map(|column| (column.name, column.help)).collect()
        }
    };
    behind_last(typed, &[',', '+', '-'], all.into_iter())
}

/// The fields of the object that is named, for `show --field`.
pub fn fields() -> Vec<CompletionCandidate> {
    let named = Line::asked().reference();
    let names = named.map(|named| show::field_names(&named)).unwrap_or_default();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// Signal names, the last one of several with commas; the realtime ones when they are begun.
pub fn signals(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let (before, last) = typed.rsplit_once(',').map_or(("", &*typed), |(before, last)| (before, last));
    let comma = if before.is_empty() { "" } else { "," };
    let sig = if last.starts_with("SIG") { "SIG" } else { "" };
    let begun = last.trim_start_matches("SIG").starts_with('R');
    let fitting = Signal::all().filter(|signal| !signal.is_reserved() && (begun || !signal.is_realtime()));
    fitting.map(|signal| candidate(format!("{before}{comma}{sig}{signal}"), signal.meaning())).collect()
}

/// Users or groups.
pub fn of(people: Vec<Name>) -> Vec<CompletionCandidate> {
    people.iter().map(|name| CompletionCandidate::new(String::from_utf8_lossy(name).into_owned())).collect()
}

/// The limits that can be set.
pub fn settings() -> Vec<CompletionCandidate> {
    limits::settings().map(|(name, meaning)| candidate(name, meaning)).collect()
}

/// The kinds of mappings, the last one of several with commas.
pub fn backings(typed: &OsStr) -> Vec<CompletionCandidate> {
    behind_last(typed, &[','], mmap::list::backings().map(|word| (word, "")))
}

/// The programs on PATH whose names begin so: all of them are no help.
pub fn programs(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str().filter(|typed| !typed.is_empty() && !typed.contains('/')) else {
        return Vec::new();
    };
    let path = env::var_os("PATH").unwrap_or_default();
    let entries = env::split_paths(&path).filter_map(|directory| fs::read_dir(directory).ok()).flatten();
    let mut found = BTreeMap::new();
    for entry in entries.flatten() {
        let Some(name) = entry.file_name().to_str().filter(|name| name.starts_with(typed)).map(String::from)
        else {
            continue;
        };
        if fs::metadata(entry.path())
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
        {
            found.insert(name, ());
        }
    }
    found.into_keys().map(CompletionCandidate::new).collect()
}

/// The names with what is typed up to the last of these marks in front.
fn behind_last(
    typed: &OsStr,
    marks: &[char],
    names: impl Iterator<Item = Named>,
) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let begun = typed.rfind(marks).map_or("", |mark| &typed[..=mark]);
    names.map(|(name, help)| candidate(format!("{begun}{name}"), help)).collect()
}
