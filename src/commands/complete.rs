//! TAB: what can stand here, asked of the binary by the shell, with the references that exist now.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};
use clap_complete::env::{Elvish, Fish, Powershell, Shells, Zsh};

use crate::proc::names as people;
use crate::refs::Kind;
use line::Line;

mod bash;
mod line;
mod names;
mod references;

/// The shells that can ask.
pub const SHELLS: Shells<'static> = Shells(&[&bash::Bash, &Elvish, &Fish, &Powershell, &Zsh]);

/// Hands over what the shell passed to the program, its name first: what stands before the cursor is among it.
pub fn hear(args: &[OsString]) {
    Line::hear(args);
}

/// The whole command line with what completes each argument, by the name of its value: REF, PID, COL, USER, FILE …; `shell`
/// is the one that asks.
pub fn dressed(command: Command, shell: &OsStr) -> Command {
    let quotes = shell == "zsh" || shell == "fish";
    command.mut_subcommands(|sub| {
        let noun = Kind::from_word(OsStr::new(sub.get_name()));
        let sub = sub.mut_args(|arg| completed(arg, noun, quotes));
        sub.mut_subcommands(|verb| verb.mut_args(|arg| completed(arg, noun, quotes)))
    })
}

fn completed(arg: Arg, noun: Option<Kind>, quotes: bool) -> Arg {
    let offer = Offer { quotes };
    let value =
        arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    match value.as_str() {
        "REF" | "REF|KIND|-" | "KIND|REF" => offer.to(arg, move |typed| references::any(typed, noun)),
        "PATH" if noun == Some(Kind::Fifo) => offer.to(arg, |typed| references::of_kind(Kind::Fifo, typed)),
        "PID:FD" => offer.to(arg, |typed| references::of_kind(Kind::Pipe, typed)),
        "PID" => offer.to(arg, |_| references::processes()),
        "TARGET" => offer.to(arg, references::targets),
        "COL" | "COL,…" => offer.to(arg, move |typed| names::columns(typed, noun)),
        "FIELD" if arg.get_id() == "field" => offer.to(arg, |_| names::fields()),
        "SIGNAL" | "SIGNAL,…" => offer.to(arg, names::signals),
        "USER" => offer.to(arg, |_| names::of(people::users())),
        "GROUP" => offer.to(arg, |_| names::of(people::groups())),
        "KIND" if arg.get_possible_values().is_empty() => offer.to(arg, names::backings),
        "NAME" => offer.to(arg, |_| names::settings()),
        "COMMAND" => offer.to(arg, command_words),
        "PATH" | "FILE" | "DIR" | "BINARY" => offer.to(arg, |typed| PathCompleter::any().complete(typed)),
        _ => arg,
    }
}

/// How what completes an argument is handed over.
#[derive(Clone, Copy)]
struct Offer {
    /// The shell quotes what it puts down.
    quotes: bool,
}

impl Offer {
    /// Has `arg` completed by what `all` finds, as far as that begins as it is typed.
    fn to(self, arg: Arg, all: impl Fn(&OsStr) -> Vec<CompletionCandidate> + Send + Sync + 'static) -> Arg {
        arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
            let begun = typed.as_encoded_bytes();
            let mut found = all(typed);
            found.retain(|one| one.get_value().as_encoded_bytes().starts_with(begun));
            found.retain(|one| self.quotes || is_itself(one.get_value()));
            found
        }))
    }
}

/// Whether a word would stand for itself on a command line: a name may be `$(reboot)`, whoever made it. Only zsh and fish quote
/// what they are offered; bash puts it down as it is, and has a completion of its own for files.
fn is_itself(word: &OsStr) -> bool {
    let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"_./:@%+,=-".contains(byte);
    word.as_encoded_bytes().iter().all(harmless)
}

/// A command's name, then its arguments, which may be files.
fn command_words(typed: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = if Line::asked().at_command() { names::programs(typed) } else { Vec::new() };
    found.extend(PathCompleter::any().complete(typed));
    found
}

/// What can be put in, and what it is.
fn candidate(value: impl Into<String>, help: impl AsRef<str>) -> CompletionCandidate {
    let help = help.as_ref();
    CompletionCandidate::new(value.into()).help((!help.is_empty()).then(|| help.to_string().into()))
}
