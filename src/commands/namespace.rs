//! `--ns PID`: the objects of another process's IPC namespace.

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::fault::Fault;
use crate::ipc::namespace;

const FLAG: &str = "ns";

/// The commands and nouns that know `--ns`: those about objects that an IPC namespace holds.
const KNOW: [&str; 8] = ["ls", "show", "rm", "change", "limits", "msgq", "sem", "shm"];

/// `command` with the flag, if the command or noun that `word` names knows it.
pub fn with_flag(word: &str, command: Command) -> Command {
    if !KNOW.contains(&word) {
        return command;
    }
    let flag = Arg::new(FLAG)
        .long(FLAG)
        .value_name("PID")
        .help_heading(None::<&'static str>)
        .value_parser(value_parser!(i32).range(1..))
        .help("Work in the IPC namespace of this process; PIDs and users stay yours");
    command.arg(flag)
}

/// Goes into the namespace that was named, if one was.
///
/// # Errors
/// As [`namespace::enter`].
pub fn enter(matches: &ArgMatches) -> Result<(), Fault> {
    match matches.try_get_one::<i32>(FLAG) {
        Ok(Some(pid)) => namespace::enter(*pid),
        Ok(None) | Err(_) => Ok(()),
    }
}
