//! References among a command's words, and what exists of them.

use std::ffi::OsString;

use crate::fault::Fault;
use crate::ipc::object::{self, can_exist};
use crate::refs::{self, Kind, Ref, RefError, Words, parse_words};

/// The kinds and references among `words`; `noun` is the kind that stood in front of the verb.
///
/// # Errors
/// A usage fault. A reference without a kind is one too: its hint names the kinds which have such an object; and so is
/// `private`, which names none that exists.
pub fn words(words: &[OsString], noun: Option<Kind>) -> Result<Words, Fault> {
    let read = parse_words(words, noun).map_err(|error| match &error {
        RefError::KindMissing { possible, .. } => {
            let there: Vec<_> = possible.iter().filter(|reference| object::look(reference).is_ok()).collect();
            let named: Vec<_> = there.iter().map(ToString::to_string).collect();
            match named.as_slice() {
                [] => Fault::from(error),
                several => Fault::from(error).hint(format!("there is {}", several.join(" and "))),
            }
        }
        _ => Fault::from(error),
    })?;
    read.refs.iter().try_for_each(can_exist)?;
    Ok(read)
}

/// The references among `words`, at least one, for a verb that acts on each.
///
/// # Errors
/// As [`words`], and a usage fault for a kind word with nothing behind it; `verb` says what was to be done.
pub fn references(words: &[OsString], noun: Option<Kind>, verb: &str) -> Result<Vec<Ref>, Fault> {
    let read = self::words(words, noun)?;
    match read.bare_kinds.first() {
        Some(kind) => Err(Fault::usage(format!("nothing to {verb} behind '{kind}'"))
            .hint(format!("name an object; 'ipctool ls {kind}' shows those that exist"))),
        None => Ok(read.refs),
    }
}

/// The one reference that `word` is, kind words having no meaning.
///
/// # Errors
/// A usage fault.
pub fn one(word: OsString, noun: Option<Kind>) -> Result<Ref, Fault> {
    let named = refs::parse(&word, noun)?;
    can_exist(&named)?;
    Ok(named)
}
