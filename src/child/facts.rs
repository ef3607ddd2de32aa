//! What a run is told of its record.

use std::ffi::{OsStr, OsString};

/// An environment variable for a command; without a value the command shall not have it.
pub type Variable = (&'static str, Option<OsString>);

/// One record's facts, in the environment of the command that gets it. What is unknown is not set at all.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// IPCTOOL_REF: the object, as a reference that can be typed back.
    pub reference: &'a OsStr,
    /// IPCTOOL_TYPE: a System V message's type; a signal's number.
    pub kind: Option<i64>,
    /// IPCTOOL_PRIORITY: a POSIX message's priority.
    pub priority: Option<u32>,
    /// IPCTOOL_SIZE: the body's bytes, without its frame.
    pub size: usize,
    /// IPCTOOL_SEQ: which record this is, from 1.
    pub seq: u64,
}

impl Facts<'_> {
    /// As variables, for [`super::Command::start`].
    pub fn variables(&self) -> [Variable; 5] {
        let number = |value: Option<i64>| value.map(|value| OsString::from(value.to_string()));
        [
            ("IPCTOOL_REF", Some(self.reference.to_owned())),
            ("IPCTOOL_TYPE", number(self.kind)),
            ("IPCTOOL_PRIORITY", number(self.priority.map(i64::from))),
            ("IPCTOOL_SIZE", Some(self.size.to_string().into())),
            ("IPCTOOL_SEQ", Some(self.seq.to_string().into())),
        ]
    }
}
