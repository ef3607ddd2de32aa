//! Making and removing FIFOs.

use std::path::Path;

use nix::errno::Errno;

use super::Fifo;
use super::place::{Place, Trust};
use crate::fault::Fault;

/// Makes a FIFO with exactly the permission bits `mode`. One that is there is fine if it has them, unless `exclusive`.
///
/// Faults: another file is there, or a FIFO with another mode (1, naming it); the directory may not be written (4).
pub fn create(path: &Path, mode: u32, exclusive: bool) -> Result<Fifo, Fault> {
    let place = Place::of(path)?;
    let what = format!("create {}", place.reference());
    match place.make(mode) {
        Ok(()) => place.fifo(Trust::Own),
        Err(Errno::EEXIST) if exclusive => Err(Fault::os(what, Errno::EEXIST)),
        Err(Errno::EEXIST) => {
            let fifo = place.fifo(Trust::Own)?;
            let has = fifo.stat().st_mode & 0o7777;
            match has == mode {
                true => Ok(fifo),
                false => Err(Fault::new(what, format!("it exists with mode {has:04o}, not {mode:04o}"))
                    .hint("remove it, or ask for the mode that it has by --mode")),
            }
        }
        Err(errno) => Err(Fault::os(what, errno)),
    }
}

/// The FIFO at `path`; one is made if nothing is there. True: it was made by us.
pub fn find_or_make(path: &Path, mode: u32, exclusive: bool, trust: Trust) -> Result<(Fifo, bool), Fault> {
    let place = Place::of(path)?;
    let what = format!("create {}", place.reference());
    match place.make(mode) {
        Ok(()) => place.fifo(trust).map(|fifo| (fifo, true)),
        Err(Errno::EEXIST) if !exclusive => place.fifo(trust).map(|fifo| (fifo, false)),
        Err(errno) => Err(Fault::os(what, errno)),
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
