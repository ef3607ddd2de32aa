//! The words behind `ls`, `show` and `rm`: kind words and references.

use std::ffi::OsString;

use super::{Kind, Ref, RefError, parse};

/// What a line of words names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// The references, in the order in which they stood.
    pub refs: Vec<Ref>,
    /// The kinds whose word stood with no reference behind it, each once: all of that kind for `ls`, an error for
    /// `rm` without a filter.
    pub bare_kinds: Vec<Kind>,
}

/// Reads a line of words: a bare kind word holds for what follows it, up to the next one (`shm 42 43 msgq /jobs`).
/// `noun` counts as a kind word in front of the line: `msgq rm 42` is `rm msgq 42`.
///
/// A kind word is never a file: that is `./shm`.
///
/// # Errors
/// Those of [`parse()`], for the first word that is wrong.
pub fn parse_words(words: &[OsString], noun: Option<Kind>) -> Result<Words, RefError> {
    let mut read = Words::default();
    let mut holding = noun;
    let (mut used, mut typed) = (false, false);
    for word in words {
        if let Some(kind) = Kind::from_word(word) {
            read.leave(holding, used);
            (holding, used, typed) = (Some(kind), false, true);
        } else {
            let found = parse(word, holding);
            read.refs.push(if typed { found.map_err(behind_word)? } else { found? });
            used = true;
        }
    }
    read.leave(holding, used);
    Ok(read)
}

/// The same error, of a text behind a kind word.
fn behind_word(mut error: RefError) -> RefError {
    if let RefError::KindDiffers { by_word, .. } = &mut error {
        *by_word = true;
    }
    error
}

impl Words {
    /// Ends the reach of a kind word.
    fn leave(&mut self, holding: Option<Kind>, used: bool) {
        if let Some(kind) = holding.filter(|kind| !used && !self.bare_kinds.contains(kind)) {
            self.bare_kinds.push(kind);
        }
    }
}
