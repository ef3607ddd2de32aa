//! Text that may hold anything, made safe for a terminal and for one line.
//!
//! **The escapes of a fact.** Printable Unicode stands as it is. Everything else is escaped: control bytes (newline and tab
//! too), DEL and bytes that are not UTF-8 as `\xNN`, two digits a byte; control and invisible formatting characters above
//! ASCII (C1, zero-width, bidirectional, line separators) as `\u{H…}`, their code point. A backslash stands as it is
//! unless a reader could take it for the start of an escape, that is, before `x`, `u`, another backslash or something
//! escaped: there it is doubled. To undo it, read from left to right: `\\` is a backslash, `\xNN` a byte, `\u{H…}` a
//! character, and any other backslash is itself.

use super::number::push_power_of_two;

/// Append `text` with everything escaped that is not printable: the escapes of a fact.
pub fn push_safe(out: &mut Vec<u8>, text: &[u8]) {
    if is_plain(text) {
        return out.extend_from_slice(text);
    }
    let mut rest = text;
    while let Some(head) = Head::of(rest) {
        rest = &rest[head.length()..];
        match head {
            Head::Printable(b"\\") if could_be_escape(rest) => out.extend_from_slice(br"\\"),
            Head::Printable(bytes) => out.extend_from_slice(bytes),
            Head::Byte(byte) => push_byte(out, byte),
            Head::Hidden(character) => push_character(out, character),
        }
    }
}

/// Append `text` as payload on a terminal: newline and tab stay, as does every backslash; other control bytes and what
/// is not printable are escaped as in [`push_safe`].
pub fn push_payload(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(head) = Head::of(rest) {
        rest = &rest[head.length()..];
        match head {
            Head::Printable(bytes) => out.extend_from_slice(bytes),
            Head::Byte(byte @ (b'\n' | b'\t')) => out.push(byte),
            Head::Byte(byte) => push_byte(out, byte),
            Head::Hidden(character) => push_character(out, character),
        }
    }
}

/// Append `text` as a line of words of ours, with what a user typed in it: as [`push_payload`], newline and tab escaped
/// too.
pub fn push_line(out: &mut Vec<u8>, text: &[u8]) {
    for part in text.split_inclusive(|byte| matches!(byte, b'\n' | b'\t')) {
        match part.split_last() {
            Some((byte @ (b'\n' | b'\t'), before)) => {
                push_payload(out, before);
                push_byte(out, *byte);
            }
            _ => push_payload(out, part),
        }
    }
}

/// What a text begins with.
enum Head<'t> {
    /// One printable character.
    Printable(&'t [u8]),
    /// A control byte, or one that is not UTF-8.
    Byte(u8),
    /// A control or formatting character above ASCII.
    Hidden(char),
}

impl<'t> Head<'t> {
    fn of(text: &'t [u8]) -> Option<Head<'t>> {
        let first = *text.first()?;
        if first < 0x80 {
            return Some(if is_printable_ascii(first) {
                Head::Printable(&text[..1])
            } else {
                Head::Byte(first)
            });
        }
        let Some(character) = first_character(text) else { return Some(Head::Byte(first)) };
        if is_hidden(character) {
            return Some(Head::Hidden(character));
        }
        Some(Head::Printable(&text[..character.len_utf8()]))
    }

    fn length(&self) -> usize {
        match self {
            Head::Printable(bytes) => bytes.len(),
            Head::Byte(_) => 1,
            Head::Hidden(character) => character.len_utf8(),
        }
    }
}

/// The character that `text` begins with, `None` when its first bytes are not UTF-8.
fn first_character(text: &[u8]) -> Option<char> {
    let longest = &text[..text.len().min(4)];
    let valid = match std::str::from_utf8(longest) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(&longest[..error.valid_up_to()]).ok()?,
    };
    valid.chars().next()
}

fn is_printable_ascii(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}

/// Nothing to escape and no backslash: nearly every text there is.
fn is_plain(text: &[u8]) -> bool {
    text.iter().fold(true, |plain, byte| plain & is_printable_ascii(*byte) & (*byte != b'\\'))
}

/// Whether a backslash before `rest` would be read as the start of an escape.
fn could_be_escape(rest: &[u8]) -> bool {
    match Head::of(rest) {
        Some(Head::Printable(bytes)) => matches!(bytes, b"x" | b"u" | b"\\"),
        Some(_) => true,
        None => false,
    }
}

/// Characters above ASCII that show nothing or change how others show: C1 controls and Unicode's categories Cf, Zl, Zp.
pub(super) fn is_hidden(character: char) -> bool {
    matches!(
        u32::from(character),
        0x80..=0x9f
            | 0xad
            | 0x600..=0x605
            | 0x61c
            | 0x6dd
            | 0x70f
            | 0x890..=0x891
            | 0x8e2
            | 0x180e
            | 0x200b..=0x200f
            | 0x2028..=0x202e
            | 0x2060..=0x206f
            | 0xfeff
            | 0xfff9..=0xfffb
            | 0x110bd
            | 0x110cd
            | 0x13430..=0x1343f
            | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a
            | 0xe0000..=0xe007f
    )
}

fn push_byte(out: &mut Vec<u8>, byte: u8) {
    out.extend_from_slice(br"\x");
    push_power_of_two(out, u64::from(byte), 4, 2);
}

fn push_character(out: &mut Vec<u8>, character: char) {
    out.extend_from_slice(br"\u{");
    push_power_of_two(out, u64::from(u32::from(character)), 4, 1);
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::written;
    use proptest::prelude::*;

    fn safe(text: &[u8]) -> String {
        written(|out| push_safe(out, text))
    }

    /// The rule for readers, as the module says it.
    fn undo(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            rest = &rest[character.len_utf8()..];
            if character == '\\' {
                if let Some(after) = rest.strip_prefix('\\') {
                    rest = after;
                } else if let Some(after) = rest.strip_prefix('x') {
                    out.push(u8::from_str_radix(&after[..2], 16).unwrap());
                    rest = &after[2..];
                    continue;
                } else if let Some(after) = rest.strip_prefix("u{") {
                    let (digits, after) = after.split_once('}').unwrap();
                    let code = u32::from_str_radix(digits, 16).unwrap();
                    out.extend(char::from_u32(code).unwrap().to_string().bytes());
                    rest = after;
                    continue;
                }
            }
            out.extend(character.to_string().bytes());
        }
        out
    }

    #[test]
    fn what_is_escaped_and_how() {
        let cases: [(&[u8], &str); 12] = [
            (b"plain name", "plain name"),
            ("h\u{e9}llo \u{4e16}".as_bytes(), "h\u{e9}llo \u{4e16}"),
            (b"\x1b[31mred\x07", r"\x1b[31mred\x07"),
            (b"a\nb\tc\x7f", r"a\x0ab\x09c\x7f"),
            (b"\xff\xc3(", r"\xff\xc3("),
            ("a\u{202e}b\u{200b}".as_bytes(), r"a\u{202e}b\u{200b}"),
            ("\u{9b}31m".as_bytes(), r"\u{9b}31m"),
            (br"C:\new", r"C:\new"),
            (br"\x41", r"\\x41"),
            (br"\u{41}", r"\\u{41}"),
            (b"\\\n", r"\\\x0a"),
            (b"\xe2\x80", r"\xe2\x80"),
        ];
        for (text, escaped) in cases {
            assert_eq!(safe(text), escaped);
        }
    }

    #[test]
    fn payload_keeps_its_lines() {
        let mut out = Vec::new();
        push_payload(&mut out, b"a\tb\n\\x\x1b\xff");
        assert_eq!(
            out,
            br"a	b
\x\x1b\xff"
        );
    }

    proptest! {
        #[test]
        fn nothing_but_printable_comes_out(text: Vec<u8>) {
            for character in safe(&text).chars() {
                prop_assert!(!character.is_control() && !is_hidden(character));
            }
        }

        #[test]
        fn escapes_can_be_undone(text: Vec<u8>) {
            prop_assert_eq!(undo(&safe(&text)), text);
        }

        #[test]
        fn backslashes_can_be_undone(text in r"[\\xu{}0-9a\n\x1b\u{202e}]{0,12}") {
            prop_assert_eq!(undo(&safe(text.as_bytes())), text.as_bytes());
        }
    }
}
