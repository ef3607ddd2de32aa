//! Payload on a terminal: nothing in it may command the terminal.

/// Appends `body` to `out` as a terminal may have it: `\n` and `\t` stay, every other control character and every
/// byte that is no UTF-8 becomes `\x1b` and the like.
pub(super) fn write_safe(body: &[u8], out: &mut Vec<u8>) {
    for chunk in body.utf8_chunks() {
        let mut buffer = [0; 4];
        for c in chunk.valid().chars() {
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            match c {
                '\n' | '\t' => out.extend_from_slice(bytes),
                c if c.is_control() => bytes.iter().for_each(|byte| write_escaped(*byte, out)),
                _ => out.extend_from_slice(bytes),
            }
        }
        chunk.invalid().iter().for_each(|byte| write_escaped(*byte, out));
    }
}

fn write_escaped(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(&[b'\\', b'x', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

#[cfg(test)]
mod tests {
    use super::write_safe;
    use proptest::prelude::*;

    fn safe(body: &[u8]) -> String {
        let mut out = vec![];
        write_safe(body, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn control_bytes_are_shown() {
        assert_eq!(safe(b"a\tb\nc"), "a\tb\nc");
        assert_eq!(safe(b"\x1b[31mred\x07\r\x7f\0"), "\\x1b[31mred\\x07\\x0d\\x7f\\x00");
        assert_eq!(safe("gr\u{fc}n \u{9b}31m".as_bytes()), "gr\u{fc}n \\xc2\\x9b31m");
        assert_eq!(safe(b"\xff\xc3"), "\\xff\\xc3");
    }

    proptest! {
        #[test]
        fn no_control_character_comes_through(body: Vec<u8>) {
            prop_assert!(safe(&body).chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
        }
    }
}
