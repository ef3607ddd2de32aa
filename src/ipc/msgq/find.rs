//! From a name to a queue's identifier.

use crate::fault::Fault;
use crate::ipc::sysv;
use crate::refs::{Kind, SysvName};
use crate::sys::sysv::msg::{self, MsqId};

/// The identifier of the System V queue that `name` names; status 3 if no queue has that key.
pub fn find(name: &SysvName) -> Result<MsqId, Fault> {
    sysv::find(Kind::Msgq, name, |key| msg::msgget(key, 0).map(|id| id.0)).map(MsqId)
}
