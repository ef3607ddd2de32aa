//! From text to [`Ref`].

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::flaw::Flaw;
use super::{Kind, Ref, RefError, escape, memory, process, sysv};

/// Reads one reference. `noun` is the kind that the command gives (`msgq send 42`), or the kind word before it.
///
/// With a noun, `KIND:REST` and `x:KIND:REST` must name that kind; a FIFO or file that is called so is `./msgq:42`.
/// Where the noun is `msgq`, `sem` or `shm`, a word that is no identifier, key, `ftok:`, `private` (or `in:`) is a
/// POSIX name without its slash if it begins with a letter, `_`, `.` or a byte above 127 and has no colon, slash or
/// blank in it and is no kind's word; all other names need their slash.
///
/// # Errors
/// [`RefError::KindMissing`] without a noun for what is not qualified; [`RefError::KindDiffers`] when kind and noun
/// disagree; [`RefError::Malformed`] for the rest.
pub fn parse(text: &OsStr, noun: Option<Kind>) -> Result<Ref, RefError> {
    let bytes = text.as_bytes();
    let refused = |kind, rest: &[u8], flaw| RefError::malformed(text, kind, rest, flaw);
    if bytes.is_empty() || bytes.contains(&0) {
        let reason = if bytes.is_empty() { "it is empty" } else { "it has a NUL byte" };
        return Err(refused(noun, bytes, Flaw::new(reason)));
    }
    match (split(bytes).map_err(|flaw| refused(None, bytes, flaw))?, noun) {
        (Split::Kind(named, _), Some(noun)) if named != noun => Err(RefError::differs(text, named, noun)),
        (Split::Kind(kind, rest), _) => bare(kind, &rest).map_err(|flaw| refused(Some(kind), &rest, flaw)),
        (Split::Bare, Some(kind)) => bare(kind, bytes).map_err(|flaw| refused(Some(kind), bytes, flaw)),
        (Split::Bare, None) => match Kind::from_word(text) {
            Some(kind) => Err(refused(Some(kind), b"", Flaw::new("nothing follows the kind's word"))),
            None => Err(RefError::kind_missing(text)),
        },
    }
}

/// A text with its kind taken off the front.
pub(super) enum Split<'a> {
    /// `KIND:REST` or `x:KIND:REST`, REST as it is meant.
    Kind(Kind, Cow<'a, [u8]>),
    /// No kind stands in front.
    Bare,
}

/// Takes one kind off the front, and the escapes out behind `x:`.
pub(super) fn split(text: &[u8]) -> Result<Split<'_>, Flaw> {
    let (escaped, rest) = match text.strip_prefix(b"x:") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let colon = rest.iter().position(|&byte| byte == b':');
    let kind = colon.and_then(|colon| Kind::from_word(OsStr::from_bytes(rest.get(..colon)?)));
    let behind = colon.and_then(|colon| rest.get(colon + 1..));
    match (kind, behind) {
        (Some(kind), Some(behind)) if escaped => {
            Ok(Split::Kind(kind, Cow::Owned(escape::unescaped(behind)?)))
        }
        (Some(kind), Some(behind)) => Ok(Split::Kind(kind, Cow::Borrowed(behind))),
        _ if escaped => Err(no_kind(rest, colon)),
        _ => Ok(Split::Bare),
    }
}

/// The flaw of `x:` without a kind behind it; the name of a file may begin so too.
fn no_kind(rest: &[u8], colon: Option<usize>) -> Flaw {
    let word = colon.and_then(|colon| rest.get(..colon));
    let flaw = Flaw::new("behind x: stands no kind");
    match word.and_then(|word| Kind::nearest(OsStr::from_bytes(word))) {
        Some(kind) => flaw.hint(format!("write x:{kind}:REF")),
        None => flaw.hint("write x:KIND:REF, or ./x:REST for a file of that name"),
    }
}

/// Reads what stands behind `KIND:`.
pub(super) fn bare(kind: Kind, text: &[u8]) -> Result<Ref, Flaw> {
    match kind {
        Kind::Msgq => sysv::object(kind, text).map(Ref::Msgq),
        Kind::Shm => sysv::object(kind, text).map(Ref::Shm),
        Kind::Sem => memory::semaphore(text).map(Ref::Sem),
        Kind::Fifo => sysv::checked_path(text).map(Ref::Fifo),
        Kind::Pipe => process::pipe(text),
        Kind::Mmap => process::mapping(text).map(Ref::Mmap),
        Kind::Sig => process::target(text).map(Ref::Sig),
    }
}
