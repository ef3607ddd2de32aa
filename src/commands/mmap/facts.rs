//! What `ipctool show` says of a mapping, or of a file that is mapped.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::sys::stat::SFlag;

use super::columns;
use crate::commands::columns::object::{group, user, user_or_uid};
use crate::commands::report;
use crate::fault::{Fault, counted};
use crate::ipc::mmap::survey::{self, Mapped};
use crate::proc::Found;
use crate::refs::{MappingName, Ref};
use crate::render::{Cell, Record};

type Field = (&'static str, Cell);

/// All that is known of what `name` names, and who maps it.
///
/// # Errors
/// Status 3 if there is no such file, process or mapping; 4 if we may not look at it.
pub fn record(name: &MappingName) -> Result<Record, Fault> {
    match name {
        MappingName::File(path) => of_file(path),
        MappingName::At { process, start, .. } => {
            let mapped = survey::at(*process, *start)?;
            let mut fields: Vec<Field> =
                columns::COLUMNS.iter().map(|column| (column.name, (column.show)(&mapped))).collect();
            let found = survey::sharing(&mapped)?;
            fields.extend(mappers(&found));
            Ok(Record { fields })
        }
    }
}

fn of_file(path: &Path) -> Result<Record, Fault> {
    let stat = survey::file(path)?;
    let is_device = stat.st_mode & SFlag::S_IFMT.bits() != SFlag::S_IFREG.bits();
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let kind = match whole.starts_with("/dev/shm") {
        _ if is_device => "device",
        true => "posix",
        false => "file",
    };
    let mut fields = vec![
        ("ref", Cell::Safe(Ref::Mmap(MappingName::File(path.to_path_buf())).to_string())),
        ("kind", Cell::Word(kind)),
        ("owner", user_or_uid(stat.st_uid)),
        ("uid", Cell::Id(stat.st_uid.into())),
        ("user", user(stat.st_uid)),
        ("gid", Cell::Id(stat.st_gid.into())),
        ("group", group(stat.st_gid)),
        ("mode", Cell::Mode(stat.st_mode & 0o7777)),
        ("size", Cell::Bytes(u64::try_from(stat.st_size).unwrap_or_default())),
        ("dev", Cell::Count(stat.st_dev)),
        ("ino", Cell::Count(stat.st_ino)),
        ("path", Cell::Text(whole.as_os_str().as_bytes().to_vec())),
    ];
    let found = survey::of_file(path, true)?;
    fields.extend(mappers(&found));
    Ok(Record { fields })
}

/// Who maps it, where and how, and how many processes could be looked at.
fn mappers(found: &Found<Mapped>) -> [Field; 2] {
    report::all(&found.odd);
    let seen = found.visible;
    let hidden = if seen.hidden { ", and /proc hides others" } else { "" };
    let visible = if found.complete {
        "its process alone can have it".to_string()
    } else {
        format!("{} of {}{hidden}", seen.looked, counted(seen.of, "process"))
    };
    [("mapped", Cell::Records(found.hits.iter().map(mapper).collect())), ("visible", Cell::text(visible))]
}

/// One row: the columns that tell one user of an object from another.
fn mapper(mapped: &Mapped) -> Record {
    const SHOWN: [&str; 10] =
        ["pid", "owner", "command", "address", "size", "prot", "shared", "offset", "rss", "copied"];
    let shown = columns::COLUMNS.iter().filter(|column| SHOWN.contains(&column.name));
    Record { fields: shown.map(|column| (column.name, (column.show)(mapped))).collect() }
}
