//! A column, defined once: heading, JSON key and `-o` word are one name.

use super::Cell;

/// One column of a listing whose rows are of type `T`.
pub struct Column<T: 'static> {
    /// In lower case: the JSON key and the `-o` word; in upper case: the heading.
    pub name: &'static str,
    /// What it says, for the help text: a few words without a full stop.
    pub help: &'static str,
    /// Its value in a row.
    pub show: fn(&T) -> Cell,
}
