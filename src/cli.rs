//! The command line: what can be typed, and the one dispatch.

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::{env, process};

use clap::{Arg, Command};
use clap_complete::CompleteEnv;

use crate::commands::leaf::{Leaf, Noun, parse};
use crate::commands::{
    change, complete, fifo, ftok, limits, link, ls, mmap, msgq, namespace, overview, pipe, report, rm, sem,
    shm, show, sig,
};
use crate::status::Status;

/// The commands.
static COMMANDS: &[Leaf] = &[
    Leaf::new::<ls::Args>("ls", |matches| ls::run(parse(matches)?, None)),
    Leaf::new::<show::Args>("show", |matches| show::run(parse(matches)?, None)),
    Leaf::new::<rm::Args>("rm", |matches| rm::run(parse(matches)?, None)),
    Leaf::new::<change::Args>("change", |matches| change::run(parse(matches)?, None)),
    Leaf::new::<limits::Args>("limits", |matches| limits::run(parse(matches)?)),
    Leaf::new::<link::Args>("link", |matches| link::run(parse(matches)?)),
    Leaf::new::<ftok::Args>("ftok", |matches| ftok::run(parse(matches)?)),
];

/// The kinds of objects, each with its verbs.
static NOUNS: &[&Noun] =
    &[&msgq::NOUN, &sem::NOUN, &shm::NOUN, &mmap::NOUN, &fifo::NOUN, &pipe::NOUN, &sig::NOUN];

/// Parses `args` (the program's name first) and runs what they say.
///
/// No word at all gives an overview. A wrong command line is a usage fault, and help and version are printed here; every
/// other error is the command's.
pub fn run(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<Status> {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.len() < 2 {
        return overview::print(NOUNS);
    }
    let Some((leaf, words)) = find(&args) else {
        let (level, words) = level(&args);
        return match ManuallyDrop::new(level).try_get_matches_from_mut(&args[words..]) {
            Ok(_) => Ok(Status::OK),
            Err(error) => report::usage(error),
        };
    };
    let typed: Vec<_> = args[1..=words].iter().map(|word| word.to_string_lossy()).collect();
    let command = namespace::with_flag(&typed[0], dressed(leaf.command_for(&args[words..])));
    // Never taken apart: its hundreds of small pieces go with the process.
    let mut command = ManuallyDrop::new(command.bin_name(format!("{NAME} {}", typed.join(" "))));
    let args = with_zero_as_flag(&command, &args[words..]);
    match command.try_get_matches_from_mut(args) {
        Ok(mut matches) => {
            namespace::enter(&matches)?;
            (leaf.run)(&mut matches)
        }
        Err(error) => report::usage(error),
    }
}

/// The arguments with `-0` spelled out where the command has that flag: clap takes it for a negative number, and so for
/// data, in commands whose data may be one.
fn with_zero_as_flag(command: &Command, args: &[OsString]) -> Vec<OsString> {
    let long = command.get_arguments().find(|arg| arg.get_short() == Some('0')).and_then(Arg::get_long);
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let spelled = |(place, arg): (usize, &OsString)| match long {
        Some(long) if place < end && arg == "-0" => format!("--{long}").into(),
        _ => arg.clone(),
    };
    args.iter().enumerate().map(spelled).collect()
}

/// The whole command line as clap sees it: for help on any of it, completions and man pages.
pub fn command() -> Command {
    root().subcommands(leaves()).subcommands(NOUNS.iter().map(|noun| verbs(noun)))
}

/// The part of the command line that says what is wrong with words that name no leaf, or prints their help; and how many
/// words stand before it. One level is a quarter of the whole.
fn level(args: &[OsString]) -> (Command, usize) {
    let first = args.get(1).and_then(|word| word.to_str()).unwrap_or_default();
    match NOUNS.iter().find(|noun| noun.name == first) {
        Some(noun) => (dressed(verbs(noun)).bin_name(format!("{NAME} {first}")), 1),
        None if first == "help" => (command(), 0),
        None => (root().subcommands(leaves()).subcommands(NOUNS.iter().map(|noun| noun.bare())), 0),
    }
}

fn root() -> Command {
    dressed(Command::new(NAME))
        .version(env!("CARGO_PKG_VERSION"))
        .about("See, use, debug and remove every Linux IPC object from a shell")
        .subcommand_required(true)
}

fn leaves() -> impl Iterator<Item = Command> {
    COMMANDS.iter().map(|leaf| namespace::with_flag(leaf.name, leaf.command()))
}

fn verbs(noun: &Noun) -> Command {
    noun.command().mut_subcommands(|verb| namespace::with_flag(noun.name, verb))
}

/// Answers the shell that asks what can stand where the cursor is, if one does, and ends the program then. `args` are what
/// it passes (the program's name first).
pub fn complete(args: &[OsString]) {
    let Some(shell) = env::var_os(COMPLETE) else { return };
    complete::hear(args);
    let whole = || complete::dressed(command(), &shell);
    let asked = CompleteEnv::with_factory(whole).var(COMPLETE).shells(complete::SHELLS);
    match asked.try_complete(args, env::current_dir().ok().as_deref()) {
        Ok(true) => process::exit(0),
        Ok(false) => {}
        Err(error) => error.exit(),
    }
}

/// The variable that asks for completions: its value is the shell.
const COMPLETE: &str = "COMPLETE";

const NAME: &str = env!("CARGO_PKG_NAME");

/// What help looks like everywhere.
fn dressed(command: Command) -> Command {
    command.max_term_width(80)
}

/// The leaf that was typed, and how many words name it.
fn find(args: &[OsString]) -> Option<(&'static Leaf, usize)> {
    let word = |place: usize| args.get(place).and_then(|word| word.to_str());
    let first = word(1)?;
    if let Some(leaf) = COMMANDS.iter().find(|leaf| leaf.is(first)) {
        return Some((leaf, 1));
    }
    let noun = NOUNS.iter().find(|noun| noun.name == first)?;
    let second = word(2)?;
    noun.verbs.iter().find(|leaf| leaf.is(second)).map(|leaf| (leaf, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_alone_says_what_the_whole_says() {
        let mut whole = command();
        whole.build();
        let help =
            |words: &[&str]| level(&words.iter().map(OsString::from).collect::<Vec<_>>()).0.render_help();
        assert_eq!(help(&[NAME]).to_string(), whole.render_help().to_string());
        assert_eq!(help(&[NAME, "--no-such-flag"]).to_string(), whole.render_help().to_string());
        for noun in NOUNS {
            let of_whole = whole.find_subcommand_mut(noun.name).unwrap().render_help();
            assert_eq!(help(&[NAME, noun.name]).to_string(), of_whole.to_string());
        }
    }
}
