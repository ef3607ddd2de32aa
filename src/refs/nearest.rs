//! The nearest valid form of a text that was refused. Each one that is told has been read by the grammar before.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::flaw::quoted;
use super::number::{is_digits, is_hex};
use super::{Kind, MappingName, Ref, parse};

/// Beginnings that people write, what the grammar has instead, and for which kind alone.
const BEGINNINGS: [(&[u8], &[u8], Option<Kind>); 9] = [
    (b"#", b"", None),
    (b"+", b"", None),
    (b"0X", b"0x", None),
    (b"key:0X", b"key:0x", None),
    (b"//", b"/", None),
    (b"/dev/mqueue/", b"/", Some(Kind::Msgq)),
    (b"/dev/shm/sem.", b"/", Some(Kind::Sem)),
    (b"/dev/shm/", b"/", Some(Kind::Shm)),
    (b"/proc/", b"", Some(Kind::Sig)),
];

/// What to write for `text`, which is no reference of `kind`.
pub(super) fn of_kind(kind: Kind, text: &[u8]) -> Option<String> {
    let tidied = spellings(kind, text).into_iter().find_map(|text| parse::bare(kind, &text).ok());
    let renamed = renamed(text).filter(|found| found.kind() == kind);
    let found: Vec<Ref> = tidied.or(renamed).into_iter().chain(slashed(kind, text)).collect();
    list(&found).or_else(|| file_key(kind, text))
}

/// What to write for `text`, for which no kind is given: every reading as it stands, else what it may stand for.
pub(super) fn of_any(text: &[u8]) -> Option<String> {
    let plain = readings(|kind| parse::bare(kind, text).ok());
    let (paths, objects): (Vec<Ref>, Vec<Ref>) = plain.into_iter().partition(is_path);
    let tidied =
        readings(|kind| spellings(kind, text).into_iter().find_map(|text| parse::bare(kind, &text).ok()));
    let tidied = tidied.into_iter().filter(|found| !is_path(found)).collect();
    let renamed = renamed(text).into_iter().collect();
    [renamed, objects, tidied, paths].iter().find_map(|found: &Vec<Ref>| list(found))
}

fn readings(reading: impl FnMut(Kind) -> Option<Ref>) -> Vec<Ref> {
    Kind::ALL.into_iter().filter_map(reading).collect()
}

/// Spellings that `text` may stand for as `kind`, likeliest first. Not each one is valid.
fn spellings(kind: Kind, text: &[u8]) -> Vec<Vec<u8>> {
    let text = text.trim_ascii();
    let beginnings = BEGINNINGS.iter().filter(|(_, _, only)| only.is_none_or(|only| only == kind));
    let begun = beginnings.filter_map(|(old, new, _)| Some([*new, text.strip_prefix(*old)?].concat()));
    let mut found = vec![text.to_vec()];
    found.extend(begun);
    found.extend(text.strip_suffix(b"/").map(<[u8]>::to_vec));
    found.extend(without_zeros(text));
    found.extend(as_hex(text));
    found.extend(as_descriptor(text));
    found
}

/// `042` and `key:042` without the zeros in front.
fn without_zeros(text: &[u8]) -> Option<Vec<u8>> {
    let (front, digits) = match text.strip_prefix(b"key:") {
        Some(digits) => (b"key:".as_slice(), digits),
        None => (b"".as_slice(), text),
    };
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    is_digits(digits).then(|| [front, digits.get(zeros..).unwrap_or_default()].concat())
}

/// `4d2` and `key:4d2` as the key that ipcs shows with `0x`.
fn as_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(b"key:").unwrap_or(text);
    let hex = digits.first().is_some_and(u8::is_ascii_digit) && is_hex(digits);
    (hex && !is_digits(digits)).then(|| [b"0x", digits].concat())
}

/// `/proc/4711/fd/1` and `4711/1` as `4711:1`.
fn as_descriptor(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_prefix(b"/proc/").unwrap_or(text);
    let at = text.iter().position(|&byte| byte == b'/')?;
    let (process, fd) = (text.get(..at)?, text.get(at + 1..)?);
    Some([process, b":", fd.strip_prefix(b"fd/").unwrap_or(fd)].concat())
}

/// `WORD:REST` or `WORD/REST` with a word that is a kind's, or nearly.
fn renamed(text: &[u8]) -> Option<Ref> {
    let text = text.trim_ascii();
    let at = text.iter().position(|byte| matches!(byte, b':' | b'/'))?;
    let kind = Kind::nearest(OsStr::from_bytes(text.get(..at)?))?;
    parse::bare(kind, text.get(at + 1..)?).ok()
}

/// A POSIX name that needs its slash: one that looks like a number gone wrong, or is a kind's word.
fn slashed(kind: Kind, text: &[u8]) -> Option<Ref> {
    let odd = !is_digits(text) && !text.starts_with(b"0x") && !text.starts_with(b"0X");
    let plain = text.iter().all(|&byte| byte.is_ascii_graphic() && byte != b':');
    let first = text.first().is_some_and(|first| !matches!(first, b'/' | b'-' | b'+' | b'#'));
    if !(odd && plain && first) {
        return None;
    }
    parse::bare(kind, &[b"/", text].concat()).ok()
}

/// A path where a name should stand: its file may be meant as what a key is made of.
fn file_key(kind: Kind, text: &[u8]) -> Option<String> {
    if !Kind::MIXED.contains(&kind) || !text.contains(&b'/') {
        return None;
    }
    let found = parse::bare(kind, &[b"ftok:", text].concat()).ok()?;
    Some(format!("write {} for the key of that file", quoted(&found.to_bytes())))
}

fn is_path(found: &Ref) -> bool {
    matches!(found, Ref::Fifo(_) | Ref::Mmap(MappingName::File(_)))
}

/// "write A, B or C"; None for none.
fn list(found: &[Ref]) -> Option<String> {
    let (last, others) = found.split_last()?;
    let others: Vec<String> = others.iter().map(|found| quoted(&found.to_bytes()).to_string()).collect();
    let front = if others.is_empty() { String::new() } else { format!("{} or ", others.join(", ")) };
    Some(format!("write {front}{}", quoted(&last.to_bytes())))
}
