//! From a name to a set's identifier.

use crate::fault::Fault;
use crate::ipc::sysv;
use crate::refs::{Kind, SysvName};
use crate::sys::sysv::sem::{self, SemId};

/// The identifier of the System V set that `name` names; status 3 if no set has that key.
pub fn find(name: &SysvName) -> Result<SemId, Fault> {
    sysv::find(Kind::Sem, name, |key| sem::semget(key, 0, 0).map(|id| id.0)).map(SemId)
}
