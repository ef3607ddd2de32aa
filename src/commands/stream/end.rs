//! How a stream ends.

use super::Why;
use crate::fault::{Fault, counted};
use crate::status::Status;
use crate::wait::Stop;

/// The end of a stream that is no regular one.
pub(super) enum End {
    Stop(Stop),
    Fault(Fault),
}

impl End {
    pub(super) fn fault(self, name: &str) -> Fault {
        match self {
            End::Stop(stop) => stop.fault(format!("read {name}")),
            End::Fault(fault) => fault,
        }
    }
}

impl From<Stop> for End {
    fn from(stop: Stop) -> End {
        End::Stop(stop)
    }
}

impl From<Fault> for End {
    fn from(fault: Fault) -> End {
        End::Fault(fault)
    }
}

/// The end of a stream that has one: fewer records than were wanted are a failure.
///
/// # Errors
/// Status 1, `no writer left`.
pub fn complete(
    end: Result<(Why, Status), Fault>,
    wanted: Option<u64>,
    name: &str,
) -> Result<(Why, Status), Fault> {
    match (end?, wanted) {
        ((why @ (Why::End | Why::Quiet), _), Some(wanted)) => {
            let cause =
                if why == Why::End { "no writer left" } else { "nothing came within the idle timeout" };
            Err(Fault::new(format!("read {} of {name}", counted(wanted, "record")), cause))
        }
        (end, _) => Ok(end),
    }
}
