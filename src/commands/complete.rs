//! TAB: what can stand here, asked of the binary by the shell, with the references that exist now.

use std::ffi::OsStr;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};
use clap_complete::env::{Elvish, Fish, Powershell, Shells, Zsh};

use crate::commands::{columns, mmap};
use crate::ipc::mmap::survey;
use crate::ipc::object::{self, Flavours, Object};
use crate::proc::process;
use crate::refs::{Kind, Process};
use crate::render::{self, Record};

mod bash;

/// The shells that can ask.
pub const SHELLS: Shells<'static> = Shells(&[&bash::Bash, &Elvish, &Fish, &Powershell, &Zsh]);

/// The whole command line with what completes each argument, by the name of its value: REF, PID, COL, USER, FILE …
pub fn dressed(command: Command) -> Command {
    command.mut_subcommands(|sub| {
        let noun = Kind::from_word(OsStr::new(sub.get_name()));
        let sub = sub.mut_args(|arg| completed(arg, noun));
        sub.mut_subcommands(|verb| verb.mut_args(|arg| completed(arg, noun)))
    })
}

fn completed(arg: Arg, noun: Option<Kind>) -> Arg {
    let value =
        arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    match value.as_str() {
        "REF" | "REF|KIND|-" | "KIND|REF" => {
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| references(typed, noun)))
        }
        "PID" => arg.add(ArgValueCompleter::new(processes)),
        "COL" | "COL,…" => arg.add(ArgValueCompleter::new(move |typed: &OsStr| column_names(typed, noun))),
        "PATH" | "FILE" | "DIR" | "BINARY" => arg.add(ArgValueCompleter::new(paths)),
        _ => arg,
    }
}

/// The objects there are: with their kind, unless the noun says it; and the kinds' words where both can stand.
fn references(typed: &OsStr, noun: Option<Kind>) -> Vec<CompletionCandidate> {
    let kinds = noun.map_or(Kind::MIXED.to_vec(), |kind| vec![kind]);
    let mut found: Vec<CompletionCandidate> = Vec::new();
    for kind in kinds.into_iter().filter(|kind| Kind::MIXED.contains(kind)) {
        for object in
            object::list(kind, false, Flavours::BOTH).map(|listing| listing.rows).unwrap_or_default()
        {
            let reference = object.reference().to_string();
            let value = if noun.is_some() { bare(&reference, kind) } else { reference };
            found.push(CompletionCandidate::new(value).help(Some(in_words(&object).into())));
        }
    }
    let paths = matches!(noun, Some(Kind::Fifo | Kind::Mmap));
    if paths {
        found.extend(PathCompleter::any().complete(typed));
    }
    if matches!(noun, Some(Kind::Pipe | Kind::Sig | Kind::Mmap)) {
        found.extend(processes(typed));
    }
    if noun == Some(Kind::Mmap) {
        found.extend(mappings(typed));
    }
    starting_with(typed, found)
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
    reference
        .strip_prefix(kind.word())
        .and_then(|rest| rest.strip_prefix(':'))
        .unwrap_or(reference)
        .to_string()
}

/// What the process in `PID:…` has mapped: nothing before its colon is typed.
fn mappings(typed: &OsStr) -> Vec<CompletionCandidate> {
    let pid = typed.to_str().and_then(|text| text.split_once(':')?.0.parse().ok());
    let found = pid.and_then(|pid| survey::of_process(Process::Pid(pid)).ok());
    let offered = found.into_iter().flat_map(|(mapped, _)| mapped).map(|one| {
        let path = String::from_utf8_lossy(&one.mapping.path).escape_debug().to_string();
        let help = format!("{} {path}", one.backing().word());
        CompletionCandidate::new(bare(&one.reference().to_string(), Kind::Mmap)).help(Some(help.into()))
    });
    offered.collect()
}

fn processes(typed: &OsStr) -> Vec<CompletionCandidate> {
    let all = process::processes().map(|listing| listing.rows).unwrap_or_default();
    let shown = all.into_iter().filter(|one| !one.stat.is_kernel_thread()).map(|one| {
        let command = String::from_utf8_lossy(&one.stat.comm).escape_debug().to_string();
        CompletionCandidate::new(one.stat.pid.to_string()).help(Some(command.into()))
    });
    starting_with(typed, shown.collect())
}

/// Column names; of a list with commas the last one is completed.
fn column_names(typed: &OsStr, noun: Option<Kind>) -> Vec<CompletionCandidate> {
    let of_objects = || {
        let kind = noun.filter(|kind| Kind::MIXED.contains(kind));
        let view = kind.map_or_else(columns::mixed, columns::of_kind);
        view.all.into_iter().map(|column| (column.name, column.help)).collect()
    };
    let named: Vec<_> = match noun {
        Some(Kind::Mmap) => mmap::columns::named().collect(),
        _ => of_objects(),
    };
    let typed = typed.to_string_lossy();
    let begun = typed.rfind([',', '+', '-']).map_or("", |comma| &typed[..=comma]);
    let candidates = named
        .into_iter()
        .map(|(name, help)| CompletionCandidate::new(format!("{begun}{name}")).help(Some(help.into())));
    starting_with(OsStr::new(typed.as_ref()), candidates.collect())
}

fn paths(typed: &OsStr) -> Vec<CompletionCandidate> {
    harmless(PathCompleter::any().complete(typed))
}

fn starting_with(typed: &OsStr, candidates: Vec<CompletionCandidate>) -> Vec<CompletionCandidate> {
    let typed = typed.as_encoded_bytes();
    let fitting = |one: &CompletionCandidate| one.get_value().as_encoded_bytes().starts_with(typed);
    harmless(candidates.into_iter().filter(fitting).collect())
}

/// Without those that would not stand for themselves on a command line: a name may be `$(reboot)`, whoever made it. Only zsh
/// and fish quote what they are offered; bash puts it down as it is, and has a completion of its own for files.
fn harmless(candidates: Vec<CompletionCandidate>) -> Vec<CompletionCandidate> {
    let shell = std::env::var_os("COMPLETE");
    if shell.is_some_and(|shell| shell == "zsh" || shell == "fish") {
        return candidates;
    }
    let is_itself = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"_./:@%+,=-".contains(byte);
    let harmless = |one: &CompletionCandidate| one.get_value().as_encoded_bytes().iter().all(is_itself);
    candidates.into_iter().filter(harmless).collect()
}
