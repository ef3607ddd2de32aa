//! What `ls mmap` is asked of: processes, mappings and files.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::target;
use crate::fault::Fault;
use crate::refs::{Kind, MappingName, Process};

/// One word of `ls mmap`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// All that a process has mapped.
    Process(Process),
    /// A mapping, or every mapping of a file.
    Mapping(MappingName),
}

/// The words of a list of mappings; `None` if another kind is listed. `noun` is the kind that stood in front of the verb.
///
/// # Errors
/// A usage fault: a word that is none of these, or another kind's word beside them.
pub fn places(words: &[OsString], noun: Option<Kind>) -> Result<Option<Vec<Place>>, Fault> {
    let is_kind = |word: &OsString| Kind::from_word(word).is_some();
    let rest = match (noun, words) {
        (Some(Kind::Mmap), words) => words,
        (None, [first, rest @ ..]) if Kind::from_word(first) == Some(Kind::Mmap) => rest,
        (None, [first, ..]) if is_qualified(first) => words,
        (None, words) if words.iter().any(|word| Kind::from_word(word) == Some(Kind::Mmap)) => {
            return Err(alone());
        }
        _ => return Ok(None),
    };
    if rest.iter().any(is_kind) {
        return Err(alone());
    }
    rest.iter().map(|word| place(word)).collect::<Result<_, _>>().map(Some)
}

fn alone() -> Fault {
    Fault::usage("mmap has a list of its own").hint("name one kind")
}

fn is_qualified(word: &OsStr) -> bool {
    word.as_bytes().starts_with(b"mmap:") || word.as_bytes().starts_with(b"x:mmap:")
}

/// A process by itself means all it has mapped; everything else is a reference.
fn place(word: &OsStr) -> Result<Place, Fault> {
    let bare = word.as_bytes().strip_prefix(b"mmap:").unwrap_or(word.as_bytes());
    if bare == b"self" {
        return Ok(Place::Process(Process::Own));
    }
    let digits = std::str::from_utf8(bare).ok().filter(|text| !text.starts_with('+'));
    if let Some(Ok(pid @ 1..)) = digits.map(str::parse) {
        return Ok(Place::Process(Process::Pid(pid)));
    }
    target::name(word).map(Place::Mapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str], noun: Option<Kind>) -> Result<Option<Vec<Place>>, Fault> {
        places(&words.iter().map(OsString::from).collect::<Vec<_>>(), noun)
    }

    #[test]
    fn processes_mappings_and_files() {
        let file = Place::Mapping(MappingName::File("./7".into()));
        let at = Place::Mapping(MappingName::At { process: Process::Pid(7), start: 16, end: None });
        let process = Place::Process(Process::Pid(7));
        assert_eq!(
            read(&["mmap", "7", "./7", "7:0x10"], None),
            Ok(Some(vec![process.clone(), file, at.clone()]))
        );
        assert_eq!(read(&["mmap:7:0x10"], None), Ok(Some(vec![at])));
        assert_eq!(read(&["mmap:7"], None), Ok(Some(vec![process])));
        assert_eq!(read(&["self"], Some(Kind::Mmap)), Ok(Some(vec![Place::Process(Process::Own)])));
        assert_eq!(read(&["mmap"], None), Ok(Some(Vec::new())));
        assert_eq!(read(&["shm", "7"], None), Ok(None));
        assert_eq!(read(&[], None), Ok(None));
        for wrong in
            [&["mmap", "shm"][..], &["shm", "mmap"], &["mmap", "0"], &["mmap", "7:8"], &["mmap", "pipe:7:1"]]
        {
            assert!(read(wrong, None).is_err(), "{wrong:?}");
        }
    }
}
