//! What stands on the line before the word that is completed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;

use crate::refs::{Kind, Ref, parse_words};

/// The whole command line of the program. The entry hands it over: musl tells it to nobody else.
static ARGUMENTS: OnceLock<Vec<OsString>> = OnceLock::new();

/// The words before the cursor, `ipctool` first.
pub struct Line {
    words: Vec<OsString>,
}

impl Line {
    /// What [`Line::asked`] looks at: the words that the shell passed, the program's name first.
    pub fn hear(args: &[OsString]) {
        let _ = ARGUMENTS.set(args.to_vec());
    }

    /// As the shell hands it over: behind `--`, up to the word that it counts (bash, zsh) or to the last one (fish).
    pub fn asked() -> Line {
        let passed = ARGUMENTS.get().map(Vec::as_slice).unwrap_or_default();
        let words: Vec<_> = passed.iter().skip(1).skip_while(|word| *word != "--").skip(1).cloned().collect();
        let counted = env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse().ok());
        let before = counted.unwrap_or(words.len().saturating_sub(1)).min(words.len());
        Line { words: words.into_iter().take(before).collect() }
    }

    /// Whether these words are typed behind the program's name: `limits`, `sig ls`.
    pub fn begins(&self, typed: &[&str]) -> bool {
        let words = self.words.get(1..=typed.len()).unwrap_or_default();
        words.len() == typed.len() && words.iter().zip(typed).all(|(word, typed)| word == typed)
    }

    /// The kind that the last kind's word gives to what follows it.
    pub fn kind(&self) -> Option<Kind> {
        self.words.iter().rev().find_map(|word| Kind::from_word(word))
    }

    /// The first reference that is typed behind the verb.
    pub fn reference(&self) -> Option<Ref> {
        let noun = self.words.get(1).and_then(|word| Kind::from_word(word));
        let behind = self.words.get(if noun.is_some() { 3 } else { 2 }..)?;
        let typed: Vec<OsString> = behind.iter().take_while(|word| !is_flag(word)).cloned().collect();
        parse_words(&typed, noun).ok()?.refs.into_iter().next()
    }

    /// Whether a command is begun whose first word is the one that is completed.
    pub fn at_command(&self) -> bool {
        self.words.last().is_some_and(|word| word == "--")
    }
}

fn is_flag(word: &OsStr) -> bool {
    word.as_encoded_bytes().starts_with(b"-")
}
