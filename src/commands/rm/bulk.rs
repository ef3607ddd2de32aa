//! Bulk removal: every object of some kinds that meets the conditions.

use super::{Args, at_once};
use crate::commands::filter::Filter;
use crate::commands::{confirm, report, stdout};
use crate::fault::Fault;
use crate::ipc::identity::Identity;
use crate::ipc::object::{self, Object};
use crate::ipc::remove::remove;
use crate::refs::{Kind, Ref};
use crate::render::number::push_signed;
use crate::status::Status;
use crate::wait::cancel;

/// Removes what meets the conditions in `args`; `spare` leaves alone what is in use.
pub fn run(kinds: &[Kind], args: &Args, spare: bool) -> anyhow::Result<Status> {
    if let Some(other) = kinds.iter().find(|kind| !Kind::MIXED.contains(kind)) {
        return Err(Fault::usage(format!("{other} is no kind that is removed by conditions"))
            .hint("msgq, sem and shm are; FIFOs by path: ipctool rm fifo PATH")
            .into());
    }
    // What went is printed, and nowhere else.
    stdout::ready()?;
    let sweeps = match args.yes && !args.dry_run {
        true => at_once::sweep(kinds, args, spare)?,
        false => {
            let mut sweep = Sweep::new(args.filter.filter()?, spare);
            sweep.chosen(kinds, args.dry_run)?;
            vec![sweep]
        }
    };
    let mut status = Status::OK;
    let mut spared = Vec::new();
    for mut sweep in sweeps {
        sweep.report();
        status = status.or(sweep.status).or(stdout::write_all(&sweep.printed)?);
        spared.append(&mut sweep.spared);
    }
    tell_spared(&spared);
    Ok(status)
}

/// How many objects are named where all would be too many.
const NAMED: usize = 8;

fn names(references: impl ExactSizeIterator<Item = Ref>) -> String {
    let more = match references.len() {
        count if count > NAMED => format!(" and {} more", count - NAMED),
        _ => String::new(),
    };
    let named: Vec<String> = references.take(NAMED).map(|reference| reference.to_string()).collect();
    named.join(", ") + &more
}

/// Who asked for all is told what was left, and why.
fn tell_spared(spared: &[Ref]) {
    if spared.is_empty() {
        return;
    }
    report::note(format_args!("in use, and left without --in-use: {}", names(spared.iter().cloned())));
}

/// From now on a signal ends the removal after the object in hand: what has gone is told before we die of it.
pub(super) fn watch() -> Result<(), Fault> {
    cancel::watch().map_err(|errno| Fault::os("catch signals", errno))
}

/// What is to go, and what has gone.
pub(super) struct Sweep {
    filter: Filter,
    spare: bool,
    printed: Vec<u8>,
    faults: Vec<Fault>,
    status: Status,
    /// What would have gone, were it not in use.
    spared: Vec<Ref>,
}

impl Sweep {
    pub(super) fn new(filter: Filter, spare: bool) -> Sweep {
        Sweep {
            filter,
            spare,
            printed: Vec::new(),
            faults: Vec::new(),
            status: Status::OK,
            spared: Vec::new(),
        }
    }

    /// Removes an object that is meant, as long as no signal has come.
    pub(super) fn meet(&mut self, object: &Object) {
        if cancel::caught().is_none() && self.means(object) {
            self.remove(object);
        }
    }

    /// Notes what could not be looked at.
    pub(super) fn note(&mut self, unseen: Result<Vec<Fault>, Fault>) {
        match unseen {
            Ok(faults) => self.faults.extend(faults),
            Err(fault) => self.faults.push(fault),
        }
    }

    /// Shows what would go, or asks and removes what still is as it was chosen: another object in its place, or one that has
    /// come into use, stays.
    fn chosen(&mut self, kinds: &[Kind], dry_run: bool) -> Result<(), Fault> {
        let found = self.choose(kinds);
        self.report();
        if dry_run {
            found.iter().for_each(|object| self.print(object));
            return Ok(());
        }
        if !found.is_empty() && !confirm::removal(found.len(), &names(found.iter().map(Object::reference)))? {
            self.status = self.status.or(Status::FAILED);
            return Ok(());
        }
        watch()?;
        for object in found.iter().take_while(|_| cancel::caught().is_none()) {
            match object::glance(&object.reference()) {
                Ok(now) if self.means(&now) => self.remove(&now),
                Ok(_) => {
                    report::note(format_args!(
                        "{} is no longer what was chosen: it stays",
                        object.reference()
                    ));
                }
                Err(fault) => self.failed(fault),
            }
        }
        Ok(())
    }

    fn choose(&mut self, kinds: &[Kind]) -> Vec<Object> {
        let mut found = Vec::new();
        for kind in kinds {
            let listed = object::list(*kind, false, self.filter.flavours());
            self.note(listed.map(|listing| {
                found.extend(listing.rows);
                listing.faults
            }));
        }
        found.retain(|object| self.means(object));
        found
    }

    /// Tells of the failures so far.
    fn report(&mut self) {
        self.status = self.status.or(report::all(&self.faults));
        self.faults.clear();
    }

    fn means(&mut self, object: &Object) -> bool {
        if !self.filter.keeps(object) {
            return false;
        }
        let stays = self.spare && self.filter.is_in_use(object);
        if stays {
            self.spared.push(object.reference());
        }
        !stays
    }

    fn remove(&mut self, object: &Object) {
        match remove(object) {
            Ok(()) => self.print(object),
            Err(fault) => self.failed(fault),
        }
    }

    /// What is not there any more somebody else was faster with: no failure.
    fn failed(&mut self, fault: Fault) {
        if fault.exit_status() != Status::NOT_FOUND {
            self.faults.push(fault);
        }
    }

    fn print(&mut self, object: &Object) {
        match object.identity() {
            // Tens of thousands of these: without the machinery of a `Ref`.
            Identity::Sysv { id, .. } => {
                self.printed.extend_from_slice(object.kind().word().as_bytes());
                self.printed.push(b':');
                push_signed(&mut self.printed, i64::from(*id));
            }
            Identity::Posix(_) | Identity::InMemory { .. } => {
                self.printed.extend(object.reference().to_bytes());
            }
        }
        self.printed.push(b'\n');
    }
}
