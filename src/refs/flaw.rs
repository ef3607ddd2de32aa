//! What is wrong with a text, told by the rule that refused it; [`super::RefError`] adds the text itself.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use os_display::{Quotable, Quoted};

/// Why a rule refuses a text, and what to write instead where the rule knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Completes "cannot read TEXT as KIND: …".
    pub reason: String,
    /// What to write instead: one line.
    pub hint: Option<String>,
}

impl Flaw {
    /// A flaw without a hint of its own.
    pub fn new(reason: impl Into<String>) -> Flaw {
        Flaw { reason: reason.into(), hint: None }
    }

    /// The same flaw with what to write instead.
    pub fn hint(mut self, hint: impl Into<String>) -> Flaw {
        self.hint = Some(hint.into());
        self
    }
}

/// Bytes of the user's as they may stand in a message: one line, nothing a terminal would obey, ready for a shell.
pub(super) fn quoted(bytes: &[u8]) -> Quoted<'_> {
    OsStr::from_bytes(bytes).maybe_quote()
}

/// `KIND:REST` as it may stand in a message.
pub(super) fn quoted_ref(kind: super::Kind, rest: &[u8]) -> String {
    quoted(&[kind.word().as_bytes(), b":", rest].concat()).to_string()
}
