//! From a name to a segment's identifier.

use crate::fault::Fault;
use crate::ipc::sysv;
use crate::refs::{Kind, SysvName};
use crate::sys::sysv::shm::{self, ShmId};

/// The identifier of the System V segment that `name` names; status 3 if no segment has that key.
pub fn find(name: &SysvName) -> Result<ShmId, Fault> {
    sysv::find(Kind::Shm, name, |key| shm::shmget(key, 0, 0).map(|id| id.0)).map(ShmId)
}
