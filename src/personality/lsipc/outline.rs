//! Which columns are shown, and the text of `--help` that names them.

use std::os::unix::ffi::OsStrExt;

use super::columns::{COLUMNS, Column, Of};
use super::{Asked, Kind};
use crate::personality::voice::Refusal;

/// The columns that were asked for.
pub fn columns(asked: &Asked) -> Result<Vec<&'static Column>, Refusal> {
    let typed = asked.output.as_ref().map(|output| output.as_bytes());
    let usual = usual(asked);
    not_too_many(usual.len())?;
    let Some(typed) = typed else { return Ok(usual) };
    let (mut columns, list) = match typed.strip_prefix(b"+") {
        Some(more) => (usual, more),
        None => (Vec::new(), typed),
    };
    let mut rest = list;
    loop {
        let comma = rest.iter().position(|byte| *byte == b',');
        // A comma at the very end is part of the name before it.
        let end = comma.filter(|at| at + 1 < rest.len()).unwrap_or(rest.len());
        if end == 0 || columns.len() == MOST {
            return Err(Refusal::silent());
        }
        columns.push(named(asked, &rest[..end], rest)?);
        match rest.get(end + 1..) {
            Some(next) => rest = next,
            None => return Ok(columns),
        }
    }
}

/// The column of this name; complaints show the list from there on.
fn named(asked: &Asked, name: &[u8], rest: &[u8]) -> Result<&'static Column, Refusal> {
    let column = Column::named(name).ok_or_else(|| Refusal::new([b"unknown column: ", rest].concat()))?;
    let applies = match column.of {
        Of::Every => true,
        Of::Summary => asked.global,
        Of::One(kind) => !asked.global && asked.kind == Some(kind),
    };
    let refusal = || Refusal::new([b"column ", rest, b" does not apply to the specified IPC"].concat());
    applies.then_some(column).ok_or_else(refusal)
}

/// The columns when none are named.
fn usual(asked: &Asked) -> Vec<&'static Column> {
    if asked.is_detailed() && !asked.creator && !asked.time {
        let applies = |column: &&Column| match column.of {
            Of::Every => true,
            Of::Summary => false,
            Of::One(kind) => asked.kind == Some(kind),
        };
        return COLUMNS.iter().filter(applies).collect();
    }
    let base = asked.kind.map_or(&[][..], base);
    let mut names = base.repeat(asked.named);
    if asked.global {
        names.extend(["RESOURCE", "DESCRIPTION", "LIMIT", "USED", "USE%"]);
    }
    if asked.creator {
        names.extend(["CUID", "CGID", "UID", "GID"]);
    }
    if asked.time {
        add_times(asked, &mut names);
    }
    names.iter().filter_map(|name| Column::named(name.as_bytes())).collect()
}

/// The columns of a kind when none are named.
pub fn base(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Segments => {
            &["KEY", "ID", "PERMS", "OWNER", "SIZE", "NATTCH", "STATUS", "CTIME", "CPID", "LPID", "COMMAND"]
        }
        Kind::Queues => &["KEY", "ID", "PERMS", "OWNER", "USEDBYTES", "MSGS", "LSPID", "LRPID"],
        Kind::Sets => &["KEY", "ID", "PERMS", "OWNER", "NSEMS"],
    }
}

/// How many columns this program has room for: twice as many as there are.
const MOST: usize = 2 * COLUMNS.len();

/// Refuses more columns than there is room for, in words which count one less.
pub fn not_too_many(columns: usize) -> Result<(), Refusal> {
    let refusal = || Refusal::new(format!("too many columns specified, the limit is {} columns", MOST - 1));
    (columns <= MOST).then_some(()).ok_or_else(refusal)
}

fn add_times(asked: &Asked, names: &mut Vec<&'static str>) {
    match asked.kind {
        // The command is wide: it stays the last unless other columns were added behind it.
        Some(Kind::Segments) => {
            let at = if names.last() == Some(&"COMMAND") { names.len() - 1 } else { names.len() };
            names.splice(at..at, ["ATTACH", "DETACH"]);
        }
        Some(Kind::Queues) => names.extend(["SEND", "RECV", "CTIME"]),
        Some(Kind::Sets) => names.extend(["OTIME", "CTIME"]),
        None => {}
    }
}

/// The text of `--help`.
pub fn help() -> String {
    let mut text = HELP.to_string();
    for (title, of) in [
        ("Generic columns", Of::Every),
        ("Shared-memory columns (--shmems)", Of::One(Kind::Segments)),
        ("Message-queue columns (--queues)", Of::One(Kind::Queues)),
        ("Semaphore columns (--semaphores)", Of::One(Kind::Sets)),
        ("Summary columns (--global)", Of::Summary),
    ] {
        text += &format!("\n{title}:\n");
        for column in COLUMNS.iter().filter(|column| column.of == of) {
            text += &format!(" {:>14}  {}\n", column.name, column.help);
        }
    }
    text + "\nFor more details see lsipc(1).\n"
}

const HELP: &str = "
Usage:
 NAME [options]

Show information on IPC facilities.

Resource options:
 -m, --shmems      shared memory segments
 -q, --queues      message queues
 -s, --semaphores  semaphores
 -g, --global      info about system-wide usage (may be used with -m, -q and -s)
 -i, --id <id>     print details on resource identified by <id>

Options:
     --noheadings         don't print headings
     --notruncate         don't truncate output
     --time-format=<type> display dates in short, full or iso format
 -b, --bytes              print SIZE in bytes rather than in human readable format
 -c, --creator            show creator and owner
 -e, --export             display in an export-able output format
 -J, --json               use the JSON output format
 -n, --newline            display each piece of information on a new line
 -l, --list               force list output format (for example with --id)
 -o, --output[=<list>]    define the columns to output
 -P, --numeric-perms      print numeric permissions (PERMS column)
 -r, --raw                display in raw mode
 -t, --time               show attach, detach and change times
 -y, --shell              use column names to be usable as shell variable identifiers

 -h, --help               display this help
 -V, --version            display version
";
