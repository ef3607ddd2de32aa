//! C's escapes in character constants and strings, and text that is safe in an error line.

/// The bytes of what stands between quotes; the error is the escape that is none.
///
/// Known are C's: `\n \t \r \0 \a \b \f \v \e \\ \' \" \?`, octal `\101` and hex `\x41` (two digits at most).
pub fn unescape(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        if *first != b'\\' {
            bytes.push(*first);
            rest = tail;
            continue;
        }
        let (byte, length) = escaped(tail).ok_or_else(|| {
            let end = tail.len().min(1);
            format!("unknown escape \\{}", String::from_utf8_lossy(&tail[..end]).escape_default())
        })?;
        bytes.push(byte);
        rest = &tail[length..];
    }
    Ok(bytes)
}

/// The byte that the text after a backslash means, and how much of the text it takes.
fn escaped(text: &[u8]) -> Option<(u8, usize)> {
    let first = *text.first()?;
    let byte = match first {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'v' => 0x0b,
        b'e' => 0x1b,
        b'\\' | b'\'' | b'"' | b'?' => first,
        b'x' => return digits(&text[1..], 16, 2).map(|(byte, length)| (byte, length + 1)),
        b'0'..=b'7' => return digits(text, 8, 3),
        _ => return None,
    };
    Some((byte, 1))
}

fn digits(text: &[u8], radix: u32, most: usize) -> Option<(u8, usize)> {
    let length = text.iter().take(most).take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let digits = std::str::from_utf8(&text[..length]).ok()?;
    Some((u8::from_str_radix(digits, radix).ok()?, length))
}

/// The text between quotes for `bytes`: printable ASCII as it is, the rest escaped so that [`unescape`] reads it back.
pub fn escape(bytes: &[u8], quote: char) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' if char::from(*byte) != quote => text.push(char::from(*byte)),
            b' '..=b'~' => {
                text.push('\\');
                text.push(quote);
            }
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}

/// Text for an error line: what is not printable escaped, no more than `longest` characters of it.
pub fn safe(text: &str, longest: usize) -> String {
    let mut safe = String::new();
    for character in text.chars().take(longest) {
        match character {
            '\'' | '"' | '\\' => safe.push(character),
            _ => safe.extend(character.escape_debug()),
        }
    }
    if text.chars().nth(longest).is_some() {
        safe.push_str("...");
    }
    safe
}
