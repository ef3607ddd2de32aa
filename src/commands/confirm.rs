//! Asking before something cannot be undone.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};

use crate::fault::{Fault, counted};

/// Asks on the terminal whether `count` objects, called `names`, shall be removed; anything but y or yes is no.
///
/// # Errors
/// A usage fault without a terminal: nothing has been done.
pub fn removal(count: usize, names: &str) -> Result<bool, Fault> {
    let objects = counted(count, "object");
    yes(&format!("Remove {objects}: {names}? [y/N] ")).map_err(|_| {
        Fault::usage(format!("{objects} would be removed, and there is no terminal to ask on"))
            .hint("give --yes, or look first with --dry-run")
    })
}

/// Asks on the terminal whether `what` shall be done to every process; anything but y or yes is no.
///
/// # Errors
/// A usage fault without a terminal: nothing has been done.
pub fn everybody(what: &str) -> Result<bool, Fault> {
    yes(&format!("{what} every process that may be signalled? [y/N] "))
        .map_err(|_| Fault::usage("there is no terminal to ask on").hint("give --yes if you mean it"))
}

fn yes(question: &str) -> std::io::Result<bool> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(question.as_bytes())?;
    // Bytes: an answer that is no UTF-8 is no, and not a missing terminal.
    let mut answer = Vec::new();
    let mut terminal = BufReader::new(terminal);
    terminal.read_until(b'\n', &mut answer)?;
    if !answer.ends_with(b"\n") {
        terminal.get_mut().write_all(b"\n")?;
    }
    Ok([b"y".as_slice(), b"yes"].contains(&answer.trim_ascii().to_ascii_lowercase().as_slice()))
}
