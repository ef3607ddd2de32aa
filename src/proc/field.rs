//! The words and numbers of a line, as bytes: no UTF-8 is assumed and no number is cut.

/// The words of a line: what blanks and tabs part.
pub fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut rest = line;
    // Not by splitting at each blank: most of the kernel's lists are blanks.
    std::iter::from_fn(move || {
        let start = rest.iter().position(|byte| !is_blank(byte))?;
        let word = &rest[start..];
        let (word, after) = word.split_at(word.iter().position(is_blank).unwrap_or(word.len()));
        rest = after;
        Some(word)
    })
}

/// The lines of a text without their ends; an unfinished last line counts.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

/// A decimal number without a sign.
pub fn decimal<T: TryFrom<u64>>(word: &[u8]) -> Option<T> {
    digits(word, 10).and_then(|number| T::try_from(number).ok())
}

/// A decimal number, with a minus sign or none.
pub fn signed<T: TryFrom<i64>>(word: &[u8]) -> Option<T> {
    let number = match word.strip_prefix(b"-") {
        Some(rest) => 0i64.checked_sub_unsigned(digits(rest, 10)?)?,
        None => i64::try_from(digits(word, 10)?).ok()?,
    };
    T::try_from(number).ok()
}

/// An octal number.
pub fn octal<T: TryFrom<u64>>(word: &[u8]) -> Option<T> {
    digits(word, 8).and_then(|number| T::try_from(number).ok())
}

/// A hexadecimal number without `0x`.
pub fn hex<T: TryFrom<u64>>(word: &[u8]) -> Option<T> {
    digits(word, 16).and_then(|number| T::try_from(number).ok())
}

/// One digit at least, all of `radix`, at most 64 bits.
fn digits(word: &[u8], radix: u32) -> Option<u64> {
    if word.is_empty() {
        return None;
    }
    word.iter().try_fold(0u64, |number, byte| {
        let digit = char::from(*byte).to_digit(radix)?;
        number.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
    })
}

/// `word` up to the first `mark` and what follows it.
pub fn split_once(word: &[u8], mark: u8) -> Option<(&[u8], &[u8])> {
    let at = word.iter().position(|byte| *byte == mark)?;
    Some((&word[..at], &word[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_never_cut() {
        assert_eq!(decimal::<u32>(b"4294967295"), Some(u32::MAX));
        assert_eq!(decimal::<u32>(b"4294967296"), None);
        assert_eq!(decimal::<u64>(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(decimal::<u64>(b"18446744073709551616"), None);
        assert_eq!(signed::<i64>(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(signed::<i32>(b"-2147483649"), None);
        assert_eq!(octal::<u32>(b"1600"), Some(0o1600));
        assert_eq!(octal::<u32>(b"8"), None);
        assert_eq!(hex::<u64>(b"ffffffffff600000"), Some(0xffff_ffff_ff60_0000));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for word in [&b""[..], b"-", b"+1", b" 1", b"1 ", b"0x1", b"\xff", b"--1"] {
            assert_eq!(signed::<i64>(word), None, "{word:?}");
            assert_eq!(decimal::<u64>(word), None, "{word:?}");
        }
    }

    #[test]
    fn lines_and_words() {
        assert_eq!(lines(b"a\n\nb").collect::<Vec<_>>(), [&b"a"[..], b"", b"b"]);
        assert_eq!(lines(b"").count(), 0);
        assert_eq!(words(b"  a\t b ").collect::<Vec<_>>(), [b"a", b"b"]);
        assert_eq!(split_once(b"a:b:c", b':'), Some((&b"a"[..], &b"b:c"[..])));
    }
}
