//! The escaped form's bytes: `\xNN` and `\\`, nothing else.

use std::fmt::{self, Write};

use super::flaw::Flaw;

/// Whether `bytes` can be printed as they are: UTF-8, no backslash, and no character that breaks a line, moves a
/// cursor, turns the direction of writing or shows nothing at all.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    if bytes.iter().all(|&byte| matches!(byte, b' '..=b'~') && byte != b'\\') {
        return true;
    }
    std::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(|char| char == '\\' || is_unsafe(char)))
}

/// Writes `bytes` with each backslash doubled and each unsafe byte as `\xNN`.
pub(super) fn write_escaped(out: &mut impl Write, bytes: &[u8]) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '\\' => out.write_str("\\\\")?,
                _ if is_unsafe(char) => write_hex(out, char.encode_utf8(&mut [0; 4]).as_bytes())?,
                _ => out.write_char(char)?,
            }
        }
        write_hex(out, chunk.invalid())?;
    }
    Ok(())
}

/// The bytes that an escaped text means. Other bytes than the backslash stand for themselves.
pub(super) fn unescaped(text: &[u8]) -> Result<Vec<u8>, Flaw> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let (byte, after) = if first == b'\\' { escape(after)? } else { (first, after) };
        out.push(byte);
        rest = after;
    }
    Ok(out)
}

/// The byte that stands behind a backslash, and what follows it.
fn escape(text: &[u8]) -> Result<(u8, &[u8]), Flaw> {
    match text {
        [b'\\', after @ ..] => Ok((b'\\', after)),
        [b'x', high, low, after @ ..] => {
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => Ok((high << 4 | low, after)),
                _ => Err(bad_escape()),
            }
        }
        _ => Err(bad_escape()),
    }
}

fn bad_escape() -> Flaw {
    let flaw = Flaw::new("behind x: only \\xNN and \\\\ begin with a backslash");
    flaw.hint("write x:KIND:/a\\x0ab for a line break between a and b")
}

fn write_hex(out: &mut impl Write, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(out, "\\x{byte:02x}"))
}

/// Characters that must not reach a terminal or a list of lines as themselves: controls, line and paragraph
/// separators, and the invisible ones (Unicode's default-ignorable and bidirectional format characters).
fn is_unsafe(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
