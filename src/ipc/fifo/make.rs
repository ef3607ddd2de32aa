//! Making and removing FIFOs.

use std::path::Path;

use nix::errno::Errno;

use super::Fifo;
use super::place::{Place, Trust};
use crate::fault::Fault;

/// The mode of a FIFO that is made without one being asked for: the owner's alone.
const OWNER_ONLY: u32 = 0o600;

/// A FIFO removed between our two looks is made anew, so often at most.
const RACES: u32 = 10_000;

/// Makes a FIFO with exactly the permission bits `mode`. One that is there is fine if it has them, unless `exclusive`.
///
/// Faults: another file is there, or a FIFO with another mode (1, naming it); the directory may not be written (4).
pub fn create(path: &Path, mode: u32, exclusive: bool) -> Result<Fifo, Fault> {
    find_or_make(path, Some(mode), exclusive, Trust::Own).map(|(fifo, _)| fifo)
}

/// The FIFO at `path`; one is made if nothing is there. True: it was made by us. Without `mode` a new one is its owner's
/// alone, and any will do of one that is there.
///
/// Faults: as [`create`]; another user's in a sticky directory, unless `trust` allows it (4).
pub fn find_or_make(
    path: &Path,
    mode: Option<u32>,
    exclusive: bool,
    trust: Trust,
) -> Result<(Fifo, bool), Fault> {
    let mut races = 0;
    loop {
        let place = Place::of(path)?;
        let what = format!("create {}", place.reference());
        let bits = mode.unwrap_or(OWNER_ONLY);
        let made = match place.make(bits) {
            Ok(()) => true,
            Err(Errno::EEXIST) if !exclusive => false,
            Err(errno) => return Err(Fault::os(what, errno)),
        };
        match place.fifo(trust) {
            Err(fault) if fault.errno() == Some(Errno::ENOENT) && races < RACES => races += 1,
            Ok(fifo) if !made => return with_mode(fifo, mode, &what).map(|fifo| (fifo, false)),
            // A directory's default ACL takes bits away.
            Ok(fifo) => {
                return fifo.set_mode(bits).map(|fifo| (fifo, true)).map_err(|errno| Fault::os(what, errno));
            }
            Err(fault) => return Err(fault),
        }
    }
}

/// The FIFO that is there, if it has the mode that was asked for.
fn with_mode(fifo: Fifo, mode: Option<u32>, what: &str) -> Result<Fifo, Fault> {
    let has = fifo.stat().st_mode & 0o7777;
    match mode.filter(|mode| *mode != has) {
        None => Ok(fifo),
        Some(mode) => Err(Fault::new(what, format!("it exists with mode {has:04o}, not {mode:04o}"))
            .hint("remove it, or ask for the mode that it has by --mode")),
    }
}

/// Removes the FIFO at `path`: no other kind of file is.
///
/// Faults: nothing is there (3), it is no FIFO (1), the directory may not be written (4).
pub fn remove(path: &Path) -> Result<(), Fault> {
    let fifo = Place::of(path)?.fifo(Trust::Anybody)?;
    match fifo.remove() {
        Ok(true) => Ok(()),
        Ok(false) => Err(fifo.gone("remove")),
        Err(errno) => Err(Fault::os(format!("remove {}", fifo.reference()), errno)),
    }
}
