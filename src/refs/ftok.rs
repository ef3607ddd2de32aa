//! `ftok:PATH[:PROJ]`, and the project byte alone.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::flaw::{Flaw, quoted_ref};
use super::number::{decimal, hex, is_digits, is_hex};
use super::sysv::checked_path;
use super::{Kind, RefError, SysvName};

/// The project byte where none is given.
const DEFAULT_PROJ: u8 = 1;

/// Reads ftok's project byte: one character, which is not a digit, or a number 0–255.
///
/// # Errors
/// [`RefError::Malformed`] for anything else; above 255 the hint names the byte that C would use.
pub fn parse_proj(text: &OsStr) -> Result<u8, RefError> {
    let read =
        proj(text.as_bytes()).unwrap_or_else(|| Err(ProjFlaw::new("it is no character and no number 0-255")));
    read.map_err(|flaw| {
        let hint = flaw.byte.map(|byte| format!("C's ftok uses the low 8 bits: write {byte}"));
        RefError::part(text, "a project byte", Flaw { reason: flaw.reason, hint })
    })
}

/// Reads `PATH[:PROJ]`: PROJ is what follows the last colon if it is one character or a number, else the whole text
/// is the path and PROJ is 1. What looks like a PROJ gone wrong (empty, above 255, negative, octal, a character of
/// several bytes) is refused, not taken for a path's end.
pub(super) fn ftok(kind: Kind, text: &[u8]) -> Result<SysvName, Flaw> {
    let colon = text.iter().rposition(|&byte| byte == b':');
    let parts = colon.and_then(|colon| Some((text.get(..colon)?, text.get(colon + 1..)?)));
    let (path, proj) = match parts.and_then(|(path, tail)| Some((path, proj(tail)?))) {
        None => (text, DEFAULT_PROJ),
        Some((path, Ok(proj))) => (path, proj),
        Some((path, Err(flaw))) => return Err(flaw.behind(kind, path, text)),
    };
    Ok(SysvName::Ftok { path: checked_path(path)?, proj })
}

/// What is wrong with a PROJ, and the byte that C makes of it.
struct ProjFlaw {
    reason: String,
    byte: Option<u8>,
}

impl ProjFlaw {
    fn new(reason: &str) -> ProjFlaw {
        ProjFlaw { reason: reason.to_string(), byte: None }
    }

    /// The flaw in `text`, which is `path`, a colon and this PROJ. The colon may also belong to the path.
    fn behind(self, kind: Kind, path: &[u8], text: &[u8]) -> Flaw {
        let whole = quoted_ref(kind, &[b"ftok:", text, b":1"].concat());
        let whole = format!("write {whole} if the colon belongs to the path");
        let Some(byte) = self.byte else {
            return Flaw::new(self.reason).hint(whole);
        };
        let cut = quoted_ref(kind, &[b"ftok:", path, b":", byte.to_string().as_bytes()].concat());
        Flaw::new(self.reason).hint(format!("C's ftok uses the low 8 bits: write {cut}; {whole}"))
    }
}

/// Reads a PROJ; None when the text has nothing of one.
fn proj(text: &[u8]) -> Option<Result<u8, ProjFlaw>> {
    let what = "PROJ";
    match text {
        b"" => Some(Err(ProjFlaw::new("PROJ is empty"))),
        &[byte] if !byte.is_ascii_digit() => Some(Ok(byte)),
        [b'0', b'x', digits @ ..] if is_hex(digits) => Some(low_byte(hex(what, digits), false)),
        [b'-', digits @ ..] if is_digits(digits) => Some(low_byte(decimal(what, digits), true)),
        _ if is_digits(text) => Some(low_byte(decimal(what, text), false)),
        _ if is_one_char(text) => Some(Err(ProjFlaw::new("PROJ is a character of several bytes"))),
        _ => None,
    }
}

fn low_byte(number: Result<u64, Flaw>, negative: bool) -> Result<u8, ProjFlaw> {
    let number = number.map_err(|flaw| ProjFlaw::new(&flaw.reason))?;
    let [low, ..] = number.to_le_bytes();
    match (negative, u8::try_from(number)) {
        (false, Ok(byte)) => Ok(byte),
        (false, Err(_)) => Err(ProjFlaw { reason: "PROJ is above 255".to_string(), byte: Some(low) }),
        (true, _) => Err(ProjFlaw { reason: "PROJ is negative".to_string(), byte: Some(low.wrapping_neg()) }),
    }
}

fn is_one_char(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.chars().count() == 1)
}
