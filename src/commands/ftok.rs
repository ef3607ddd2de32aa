//! `ipctool ftok`: the key that a file and a project byte make, and the files a key can come from.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use os_display::Quotable;

use crate::commands::facts::Output;
use crate::commands::{report, stdout};
use crate::fault::Fault;
use crate::ipc::key::{self, FileKey};
use crate::refs::{parse_key, parse_proj};
use crate::render::{self, Cell, Record};
use crate::status::Status;

/// Print the System V key that ftok(3) makes of a file.
///
/// PROJ is one character or a number from 0 to 255 (default 1); digits are a number, so that C's ftok(path, '1') is PROJ
/// 49. With --find, print the files in a directory that a key can come from: a key holds 16 bits of the inode number
/// and 8 of the device, so each is a candidate.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ipctool ftok /etc/hostname A
  ipctool ftok --find 0x41020c5e /srv/app")]
pub struct Args {
    /// The file; with --find, the directory to look through
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Project byte
    #[arg(value_name = "PROJ", conflicts_with = "find", allow_negative_numbers = true)]
    proj: Option<OsString>,
    /// Look for the files that KEY can come from
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    find: Option<OsString>,
    #[command(flatten)]
    output: Output,
}

/// Runs `ipctool ftok`. Status 3 if the file does not exist, or no file gives the key.
pub fn run(args: Args) -> anyhow::Result<Status> {
    let look = args.output.look();
    if let Some(wanted) = &args.find {
        let wanted = parse_key(wanted)?;
        let found = key::candidates(wanted, &args.path)?;
        let status = report::all(&found.faults);
        let records: Vec<_> = found.rows.iter().map(record).collect();
        let written = stdout::facts(|out| render::list(out, &records, &look))?;
        let none = || {
            let what = format!("find a file that gives {wanted} in {}", args.path.maybe_quote());
            report::fault_line(&Fault::not_found(what, "there is none"))
        };
        let found = if records.is_empty() { none() } else { Status::OK };
        return Ok(status.or(written).or(found));
    }
    let proj = args.proj.as_deref().map(parse_proj).transpose()?.unwrap_or(1);
    let made = key::ftok(&args.path, proj)?;
    stdout::facts(|out| render::list(out, &[record(&made)], &look))
}

fn record(made: &FileKey) -> Record {
    Record {
        fields: vec![
            ("key", Cell::Key(made.key.0)),
            ("decimal", Cell::Id(made.key.0.into())),
            ("dev", Cell::Hex(made.dev)),
            ("inode", Cell::Count(made.inode)),
            ("proj", Cell::Id(made.proj.into())),
            ("path", Cell::Text(made.path.as_os_str().as_bytes().to_vec())),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refs::Key;

    /// Files of FUSE and of network file systems may have such inodes.
    #[test]
    fn an_inode_has_all_of_64_bits() {
        let made = FileKey { key: Key(7), dev: 1, inode: u64::MAX - 1, proj: 1, path: PathBuf::from("x") };
        let shown = render::fields(&[record(&made)], "inode").unwrap();
        assert_eq!(shown, b"18446744073709551614\n");
    }
}
