//! getopt_long(3) as these programs show it: bundled short options, long ones abbreviated, operands anywhere, and the
//! C library's own words for what is wrong.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::voice::Refusal;

/// Whether an option takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// None.
    No,
    /// The rest of its word, or the next one.
    Needed,
    /// The rest of its word (of a long one: behind `=`), if there is any.
    Attached,
}

/// An option: its letter, which is also what it is called by, its long name, and its value.
///
/// One without a letter to type has a number below 32 in its place.
pub struct Opt(pub u8, pub &'static str, pub Value);

/// The words of a command line, parted into options and operands as they are asked for.
pub struct Words<'a> {
    options: &'static [Opt],
    rest: &'a [OsString],
    /// Letters of a bundle that are still to come.
    bundle: &'a [u8],
    /// The first operand ends the options, as POSIXLY_CORRECT asks for.
    strict: bool,
    /// The operands met so far; all of them when no option is left.
    pub operands: Vec<&'a OsStr>,
}

/// An option that was met, with its value.
pub type Met<'a> = (u8, Option<&'a OsStr>);

impl<'a> Words<'a> {
    /// The words behind the program's name, none of them looked at yet.
    pub fn new(options: &'static [Opt], words: &'a [OsString]) -> Words<'a> {
        let strict = std::env::var_os("POSIXLY_CORRECT").is_some();
        Words { options, rest: words, bundle: &[], strict, operands: Vec::new() }
    }

    /// The next option; None when there is no further one.
    pub fn next_option(&mut self) -> Result<Option<Met<'a>>, Refusal> {
        if let Some((letter, left)) = self.bundle.split_first() {
            self.bundle = left;
            return self.short(*letter).map(Some);
        }
        while let Some((word, rest)) = self.rest.split_first() {
            self.rest = rest;
            match word.as_bytes() {
                b"--" => self.all_operands(rest),
                [b'-', b'-', long @ ..] => return self.long(long).map(Some),
                [b'-', letter, left @ ..] => {
                    self.bundle = left;
                    return self.short(*letter).map(Some);
                }
                _ => {
                    self.operands.push(word);
                    if self.strict {
                        self.all_operands(rest);
                    }
                }
            }
        }
        Ok(None)
    }

    fn all_operands(&mut self, words: &'a [OsString]) {
        self.operands.extend(words.iter().map(OsString::as_os_str));
        self.rest = &[];
    }

    fn short(&mut self, letter: u8) -> Result<Met<'a>, Refusal> {
        let known = |option: &&Opt| option.0 == letter && letter >= b' ';
        let Some(option) = self.options.iter().find(known) else {
            return Err(refusal(&[b"invalid option -- '", &[letter], b"'"]));
        };
        let attached = (!self.bundle.is_empty()).then(|| OsStr::from_bytes(self.bundle));
        if option.2 == Value::No {
            return Ok((option.0, None));
        }
        self.bundle = &[];
        match option.2 {
            Value::Needed if attached.is_none() => match self.next_word() {
                Some(value) => Ok((option.0, Some(value))),
                None => Err(refusal(&[b"option requires an argument -- '", &[letter], b"'"])),
            },
            _ => Ok((option.0, attached)),
        }
    }

    fn long(&mut self, typed: &'a [u8]) -> Result<Met<'a>, Refusal> {
        let equals = typed.iter().position(|byte| *byte == b'=');
        let name = &typed[..equals.unwrap_or(typed.len())];
        let value = equals.map(|at| OsStr::from_bytes(&typed[at + 1..]));
        let option = self.named(name, typed)?;
        let its_name = option.1.as_bytes();
        match (option.2, value) {
            (Value::No, Some(_)) => Err(refusal(&[b"option '--", its_name, b"' doesn't allow an argument"])),
            (Value::Needed, None) => match self.next_word() {
                Some(value) => Ok((option.0, Some(value))),
                None => Err(refusal(&[b"option '--", its_name, b"' requires an argument"])),
            },
            (_, value) => Ok((option.0, value)),
        }
    }

    /// The option whose name this is, or the only one whose name begins so.
    fn named(&self, name: &[u8], typed: &[u8]) -> Result<&'static Opt, Refusal> {
        if let Some(option) = self.options.iter().find(|option| option.1.as_bytes() == name) {
            return Ok(option);
        }
        let begins = |option: &&Opt| option.1.as_bytes().starts_with(name);
        let candidates: Vec<&'static Opt> = self.options.iter().filter(begins).collect();
        match candidates[..] {
            [only] => Ok(only),
            [] => Err(refusal(&[b"unrecognized option '--", typed, b"'"])),
            _ => {
                let names: Vec<_> = candidates.iter().map(|option| format!(" '--{}'", option.1)).collect();
                let list = names.concat();
                Err(refusal(&[b"option '--", typed, b"' is ambiguous; possibilities:", list.as_bytes()]))
            }
        }
    }

    fn next_word(&mut self) -> Option<&'a OsStr> {
        let (word, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(word)
    }
}

fn refusal(parts: &[&[u8]]) -> Refusal {
    Refusal::by_getopt(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    static OPTIONS: &[Opt] = &[
        Opt(b'a', "all", Value::Attached),
        Opt(b'i', "id", Value::Needed),
        Opt(b'q', "queues", Value::No),
        Opt(1, "quiet", Value::No),
    ];

    /// All options as text, then the operands; or what is wrong.
    fn read(words: &[&str]) -> String {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let mut parted = Words::new(OPTIONS, &words);
        let mut text = String::new();
        loop {
            match parted.next_option() {
                Ok(None) => return format!("{text}{:?}", parted.operands),
                Ok(Some((letter, value))) => text += &format!("{letter}{value:?} "),
                Err(refusal) => return String::from_utf8(refusal.text).unwrap(),
            }
        }
    }

    #[test]
    fn words_are_parted_as_getopt_long_parts_them() {
        assert_eq!(read(&["x", "-qi", "7", "y"]), r#"113None 105Some("7") ["x", "y"]"#);
        assert_eq!(read(&["-qashm", "shm"]), r#"113None 97Some("shm") ["shm"]"#);
        assert_eq!(read(&["--al=x", "--i", "--", "--", "-q"]), r#"97Some("x") 105Some("--") ["-q"]"#);
        assert_eq!(read(&["--qui", "-"]), r#"1None ["-"]"#);
    }

    #[test]
    fn what_is_wrong_is_said_in_the_c_librarys_words() {
        assert_eq!(read(&["-qZ"]), "invalid option -- 'Z'");
        assert_eq!(read(&["-\u{1}"]), "invalid option -- '\u{1}'");
        assert_eq!(read(&["-i"]), "option requires an argument -- 'i'");
        assert_eq!(read(&["--i"]), "option '--id' requires an argument");
        assert_eq!(read(&["--queues=1"]), "option '--queues' doesn't allow an argument");
        assert_eq!(read(&["--no=1"]), "unrecognized option '--no=1'");
        assert_eq!(read(&["--qu"]), "option '--qu' is ambiguous; possibilities: '--queues' '--quiet'");
    }
}
