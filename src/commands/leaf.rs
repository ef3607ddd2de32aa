//! What can be typed: a table of leaves, so that only the one that was typed is built by clap.
//!
//! Building the whole tree costs more than most verbs do (1 ms and more); one leaf costs some 50 µs.

use std::ffi::OsString;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use crate::status::Status;

/// A command or verb: `ls`, or `send` of `msgq send`.
pub struct Leaf {
    /// The word for it.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// Its flags and arguments; the doc comment of its `Args` is its help.
    pub args: fn(Command) -> Command,
    /// Runs it.
    pub run: fn(&mut ArgMatches) -> anyhow::Result<Status>,
}

/// A kind of object and its verbs: `msgq`.
pub struct Noun {
    /// The word for it.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// Its verbs.
    pub verbs: &'static [Leaf],
}

impl Leaf {
    /// A leaf with one word for it.
    pub const fn new<A: Args>(
        name: &'static str,
        run: fn(&mut ArgMatches) -> anyhow::Result<Status>,
    ) -> Leaf {
        Leaf { name, aliases: &[], args: A::augment_args, run }
    }

    /// The same leaf with further words.
    pub const fn or(self, aliases: &'static [&'static str]) -> Leaf {
        Leaf { aliases, ..self }
    }

    /// True if `word` means this leaf.
    pub fn is(&self, word: &str) -> bool {
        self.name == word || self.aliases.contains(&word)
    }

    /// The leaf as clap sees it.
    pub fn command(&self) -> Command {
        (self.args)(Command::new(self.name).visible_aliases(self.aliases))
    }

    /// The leaf as clap sees it that is to take `words`. A negative number is a value: a wrong one is told as that, and is no
    /// unknown flag.
    pub fn command_for(&self, words: &[OsString]) -> Command {
        let command = self.command();
        // To go through all arguments costs a start, and seldom is there such a number.
        match words.iter().any(|word| matches!(word.as_encoded_bytes(), [b'-', b'0'..=b'9' | b'.', ..])) {
            true => with_negative_values(command),
            false => command,
        }
    }
}

fn with_negative_values(command: Command) -> Command {
    // -0 is a flag where there is one, before it is a number.
    let null = command.get_arguments().any(|arg| arg.get_short() == Some('0'));
    command.mut_args(|arg| match arg.get_action().takes_values() {
        true if !arg.is_positional() || !(null || arg.is_last_set()) => arg.allow_negative_numbers(true),
        _ => arg,
    })
}

impl Noun {
    /// The noun with its verbs as clap sees it.
    pub fn command(&self) -> Command {
        self.bare().subcommand_required(true).subcommands(self.verbs.iter().map(Leaf::command))
    }

    /// The noun without its verbs: its line in the help above it.
    pub fn bare(&self) -> Command {
        Command::new(self.name).about(self.about)
    }
}

/// The flags and arguments that clap has read, taken out of `matches`.
///
/// # Errors
/// None that a user can cause: clap has checked them.
pub fn parse<A: FromArgMatches>(matches: &mut ArgMatches) -> anyhow::Result<A> {
    Ok(A::from_arg_matches_mut(matches)?)
}
