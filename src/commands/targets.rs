//! References among a command's words, and what exists of them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::FileTypeExt;

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
        RefError::KindMissing { text, possible, .. } => {
            let there = possible.iter().filter(|reference| object::look(reference).is_ok()).cloned();
            let named: Vec<_> = there.chain(file(text)).map(|found| found.typed()).collect();
            match (named.as_slice(), Kind::nearest(text)) {
                ([], None) => Fault::from(error),
                ([], Some(kind)) => Fault::from(error).hint(format!("the kind's word is {kind}")),
                (several, _) => Fault::from(error).hint(format!("there is {}", several.join(" and "))),
            }
        }
        _ => Fault::from(error),
    })?;
    read.refs.iter().try_for_each(can_exist)?;
    Ok(read)
}

/// What a path that is there would be meant as.
fn file(text: &OsStr) -> Option<Ref> {
    let kind = match fs::symlink_metadata(text).ok()?.file_type() {
        found if found.is_fifo() => Kind::Fifo,
        found if found.is_file() => Kind::Mmap,
        _ => return None,
    };
    refs::parse(text, Some(kind)).ok()
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
