//! Why a text is no reference.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;

use crate::fault::Fault;

use super::flaw::{self, Flaw, quoted};
use super::{Kind, Ref, nearest, parse};

/// Why a text is no reference. `Display` is one line; the hint stands apart, as in [`Fault`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefError {
    /// No kind is given: neither by the command nor in front of the text.
    KindMissing {
        /// What was typed.
        text: OsString,
        /// What it names as each kind that it fits, in the order of [`Kind::ALL`]: a caller may look which are there.
        possible: Vec<Ref>,
        /// What to write instead, as far as the text alone tells.
        hint: Option<String>,
    },
    /// The kind in front of the text is not the one that the command gives.
    KindDiffers {
        /// What was typed.
        text: OsString,
        /// The kind in front of it.
        named: Kind,
        /// The kind that the command gives, or the kind word before the text.
        noun: Kind,
        /// A kind word gives it.
        by_word: bool,
    },
    /// It breaks the grammar.
    Malformed {
        /// What was typed.
        text: OsString,
        /// What it was read as, with its article.
        expected: &'static str,
        /// The kind whose grammar it breaks.
        kind: Option<Kind>,
        /// What is wrong.
        reason: String,
        /// What to write instead.
        hint: Option<String>,
    },
}

/// How references of a kind are written, in one line.
pub fn grammar(kind: Kind) -> &'static str {
    match kind {
        Kind::Msgq => {
            "a message queue is ID, 0xKEY, key:N, ftok:PATH[:PROJ] or /NAME; create also takes private"
        }
        Kind::Sem => {
            "a semaphore is ID, 0xKEY, key:N, ftok:PATH[:PROJ], /NAME or in:REF+OFFSET; create also takes private"
        }
        Kind::Shm => {
            "shared memory is ID, 0xKEY, key:N, ftok:PATH[:PROJ] or /NAME; create also takes private"
        }
        Kind::Fifo => "a FIFO is a path",
        Kind::Pipe => "an end of a pipe is PID:FD or self:FD",
        Kind::Mmap => "a mapping is a path, PID:0xADDRESS or PID:START-END",
        Kind::Sig => "a target of signals is PID, PID/TID, pgrp:N, pgrp:self, name:COMMAND or all",
    }
}

impl RefError {
    /// A flaw in what was read as `kind`; `rest` is the text without its kind.
    pub(super) fn malformed(text: &OsStr, kind: Option<Kind>, rest: &[u8], flaw: Flaw) -> RefError {
        let hint = flaw.hint.or_else(|| nearest::of_kind(kind?, rest));
        let expected = kind.map_or("a reference", Kind::title);
        RefError::Malformed { text: text.to_os_string(), expected, kind, reason: flaw.reason, hint }
    }

    /// A flaw in a text that is a part of references only.
    pub(super) fn part(text: &OsStr, expected: &'static str, flaw: Flaw) -> RefError {
        let Flaw { reason, hint } = flaw;
        RefError::Malformed { text: text.to_os_string(), expected, kind: None, reason, hint }
    }

    /// What was to be `noun` by the command, and names another kind.
    pub fn differs(text: &OsStr, named: Kind, noun: Kind) -> RefError {
        RefError::KindDiffers { text: text.to_os_string(), named, noun, by_word: false }
    }

    /// No kind: every reading is tried.
    pub(super) fn kind_missing(text: &OsStr) -> RefError {
        let bytes = text.as_bytes();
        let possible = Kind::ALL.into_iter().filter_map(|kind| parse::bare(kind, bytes).ok()).collect();
        RefError::KindMissing { text: text.to_os_string(), possible, hint: nearest::of_any(bytes) }
    }

    /// What to write instead; where that is not known, how references of the kind are written. One line.
    pub fn hint_line(&self) -> Option<String> {
        match self {
            RefError::KindMissing { hint, .. } => hint.clone(),
            RefError::KindDiffers { text, named, noun, by_word: true } => {
                let text = quoted(text.as_bytes());
                Some(format!("'{noun}' holds for all behind it: write {text} before it, or '{named} {text}'"))
            }
            RefError::KindDiffers { text, noun: noun @ (Kind::Fifo | Kind::Mmap), .. } => {
                Some(format!("write {} for a file of that name", flaw::quoted_ref(*noun, text.as_bytes())))
            }
            RefError::KindDiffers { noun, .. } => Some(grammar(*noun).to_string()),
            RefError::Malformed { hint: Some(hint), .. } => Some(hint.clone()),
            RefError::Malformed { kind, .. } => kind.map(|kind| grammar(kind).to_string()),
        }
    }
}

impl fmt::Display for RefError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RefError::KindMissing { text, .. } => {
                write!(f, "cannot read {} as a reference: no kind is given", quoted(text.as_bytes()))
            }
            RefError::KindDiffers { text, named, noun, .. } => {
                let (text, noun, named) = (quoted(text.as_bytes()), noun.title(), named.title());
                write!(f, "cannot read {text} as {noun}: it names {named}")
            }
            RefError::Malformed { text, expected, reason, .. } => {
                write!(f, "cannot read {} as {expected}: {reason}", quoted(text.as_bytes()))
            }
        }
    }
}

impl std::error::Error for RefError {}

impl From<RefError> for Fault {
    fn from(error: RefError) -> Fault {
        let fault = Fault::usage(error.to_string());
        match error.hint_line() {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    }
}
