//! `ipctool` alone: what it can do, on one screen of 24 lines, the prompt among them.

use crate::commands::leaf::Noun;
use crate::commands::stdout;
use crate::status::Status;

/// Verbs that every kind has: they are told once.
const OF_EVERY_KIND: [&str; 4] = ["ls", "show", "rm", "change"];

/// Prints the commands and each kind's verbs, grouped by what one wants to do.
///
/// # Errors
/// A fault if standard output cannot be written to.
pub fn print(nouns: &[&Noun]) -> anyhow::Result<Status> {
    stdout::write_all(text(nouns).as_bytes())
}

fn text(nouns: &[&Noun]) -> String {
    let verbs = |noun: &&Noun| {
        let own = noun.verbs.iter().map(|verb| verb.name).filter(|name| !OF_EVERY_KIND.contains(name));
        format!("    {:<7} {}\n", noun.name, own.collect::<Vec<_>>().join(" "))
    };
    format!(
        "See, use, debug and remove every Linux IPC object.

See
    ls      what exists, whose it is and how it is used; 'ls KIND' for one kind
    show    everything about one object, and who waits for it
    limits  what IPC can run into, and how much of it is used
Use: ipctool KIND VERB REF
{}Mend and remove
    change  mode, owner, group, size
    rm      by reference, or 'rm msgq sem shm --orphan' after a crash
Others
    ftok    the key that a file gives
    link    be ipcs, ipcrm, ipcmk and lsipc

A REF is an identifier (42), a key (0x4d2), a name (/jobs), a path, a PID:FD ...
'ipctool KIND VERB --help' is the manual, with examples. Try 'ipctool ls' first.
",
        nouns.iter().map(verbs).collect::<String>()
    )
}
