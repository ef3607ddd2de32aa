//! The one error type: what could not be done, why, with which status, and what the user can do about it.

use std::fmt;

use nix::errno::Errno;

use crate::status::Status;

/// A failed operation, as its error line tells it: `cannot WHAT: CAUSE (ERRNO NAME)`, and at most one hint.
///
/// `Display` gives the line without the program's name; the hint is printed apart, as a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    status: Status,
    line: String,
    errno: Option<Errno>,
    hint: Option<String>,
}

impl Fault {
    /// The kernel refused: `what` completes "cannot …", the status and the words follow from `errno`.
    pub fn os(what: impl fmt::Display, errno: Errno) -> Fault {
        Fault::os_because(what, words(errno), errno)
    }

    /// As [`Fault::os`], with a better cause than the errno's own words.
    pub fn os_because(what: impl fmt::Display, cause: impl fmt::Display, errno: Errno) -> Fault {
        let line = format!("cannot {what}: {cause} ({errno:?})");
        Fault { status: status_of(errno), line, errno: Some(errno), hint: None }
    }

    /// A failure that no single errno tells: `cannot WHAT: CAUSE`, status 1 unless changed.
    pub fn new(what: impl fmt::Display, cause: impl fmt::Display) -> Fault {
        Fault { status: Status::FAILED, line: format!("cannot {what}: {cause}"), errno: None, hint: None }
    }

    /// The command line is wrong; `line` says how. Nothing was done.
    pub fn usage(line: impl Into<String>) -> Fault {
        Fault { status: Status::USAGE, line: line.into(), errno: None, hint: None }
    }

    /// The object is not there, or was removed while we waited.
    pub fn not_found(what: impl fmt::Display, cause: impl fmt::Display) -> Fault {
        Fault::new(what, cause).status(Status::NOT_FOUND)
    }

    /// The same fault with another exit status.
    pub fn status(mut self, status: Status) -> Fault {
        self.status = status;
        self
    }

    /// The same fault with a hint: what the user can do, in one line.
    pub fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = Some(hint.into());
        self
    }

    /// The same fault, with what the user must know besides at the end of its line.
    pub fn besides(mut self, more: impl fmt::Display) -> Fault {
        self.line = format!("{}; {more}", self.line);
        self
    }

    /// The exit status that this fault ends the program with.
    pub fn exit_status(&self) -> Status {
        self.status
    }

    /// The kernel's errno, where one call's refusal is the cause.
    pub fn errno(&self) -> Option<Errno> {
        self.errno
    }

    /// What the user can do about it.
    pub fn hint_line(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl std::error::Error for Fault {}

/// A number with its noun as a line tells it: `1 byte`, `0 records`, `2 processes`.
pub fn counted<N: fmt::Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    match number == N::from(1) {
        true => format!("{number} {noun}"),
        false if noun.ends_with('s') => format!("{number} {noun}es"),
        false => format!("{number} {noun}s"),
    }
}

/// The same with the verb behind it: `1 record was`, `2 records were`.
pub fn counted_were<N: fmt::Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    let verb = if number == N::from(1) { "was" } else { "were" };
    format!("{} {verb}", counted(number, noun))
}

/// The exit status that an errno means when nothing more is known.
fn status_of(errno: Errno) -> Status {
    match errno {
        Errno::EACCES | Errno::EPERM => Status::DENIED,
        Errno::ENOENT | Errno::EIDRM | Errno::ESRCH => Status::NOT_FOUND,
        _ => Status::FAILED,
    }
}

/// The C library's words for an errno, in lower case to stand inside a line; an abbreviation stays (`I/O error`).
fn words(errno: Errno) -> String {
    let mut text = errno.desc().to_string();
    let is_word = text.as_bytes().get(1).is_some_and(u8::is_ascii_lowercase);
    if let Some(first) = text.get_mut(0..1).filter(|_| is_word) {
        first.make_ascii_lowercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Errno, Fault, counted, counted_were};

    #[test]
    fn words_are_in_lower_case_and_abbreviations_stay() {
        let told = |errno| Fault::os("read it", errno).to_string();
        assert_eq!(told(Errno::EIO), "cannot read it: I/O error (EIO)");
        assert_eq!(told(Errno::ENOENT), "cannot read it: no such file or directory (ENOENT)");
    }

    #[test]
    fn a_number_has_the_right_form_of_its_noun() {
        assert_eq!([0_u64, 1, 2].map(|number| counted(number, "byte")), ["0 bytes", "1 byte", "2 bytes"]);
        assert_eq!([1, 2].map(|number| counted(number, "process")), ["1 process", "2 processes"]);
        let were = [0_usize, 1, 2].map(|number| counted_were(number, "record"));
        assert_eq!(were, ["0 records were", "1 record was", "2 records were"]);
    }
}
