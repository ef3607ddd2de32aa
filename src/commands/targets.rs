//! References among a command's words, and what exists of them.

use std::ffi::OsString;

use crate::fault::Fault;
use crate::ipc::object;
use crate::refs::{Kind, RefError, Words, parse_words};

/// The kinds and references among `words`; `noun` is the kind that stood in front of the verb.
///
/// # Errors
/// A usage fault. A reference without a kind is one too: its hint names the kinds which have such an object.
pub fn words(words: &[OsString], noun: Option<Kind>) -> Result<Words, Fault> {
    parse_words(words, noun).map_err(|error| match &error {
        RefError::KindMissing { possible, .. } => {
            let there: Vec<_> = possible.iter().filter(|reference| object::look(reference).is_ok()).collect();
            let named: Vec<_> = there.iter().map(ToString::to_string).collect();
            match named.as_slice() {
                [] => Fault::from(error),
                several => Fault::from(error).hint(format!("there is {}", several.join(" and "))),
            }
        }
        _ => Fault::from(error),
    })
}
