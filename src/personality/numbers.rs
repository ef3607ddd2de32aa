//! Numbers on these programs' command lines: strtol(3) and strtoul(3), and what each program makes of them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;

use super::voice::{Refusal, words};

/// Why a word is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is none, or something follows it.
    Odd,
    /// It is too large or too small.
    Range,
}

/// A number as strtoul(3) reads it.
pub struct Scanned<'a> {
    /// A minus sign stands before it.
    pub negative: bool,
    /// Its digits' value; `None` beyond 64 bits.
    pub magnitude: Option<u64>,
    /// Digits that were read; 0: there is no number, and nothing was read at all.
    pub digits: usize,
    /// What follows it.
    pub rest: &'a [u8],
}

/// Reads the number at the start of `text`. Base 0 takes it from the prefix `0x` or `0`.
pub fn scan(text: &[u8], base: u32) -> Scanned<'_> {
    // As isspace(3) has them: Rust leaves out the vertical tab.
    let blanks = text.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == 0x0b).count();
    let trimmed = &text[blanks..];
    let (negative, unsigned) = match trimmed {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, trimmed),
    };
    let (base, number) = match (base, unsigned) {
        (0 | 16, [b'0', b'x' | b'X', rest @ ..]) if rest.first().is_some_and(u8::is_ascii_hexdigit) => {
            (16, rest)
        }
        (0, [b'0', ..]) => (8, unsigned),
        (0, _) => (10, unsigned),
        (base, _) => (base, unsigned),
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(base);
    let digits = number.iter().take_while(|byte| digit(byte).is_some()).count();
    let add = |sum: Option<u64>, byte: &u8| {
        sum?.checked_mul(base.into())?.checked_add(u64::from(digit(byte).unwrap_or(0)))
    };
    let magnitude = number[..digits].iter().fold(Some(0), add);
    let rest = if digits == 0 { text } else { &number[digits..] };
    Scanned { negative, magnitude, digits, rest }
}

impl Scanned<'_> {
    fn is_whole(&self) -> Result<(), Flaw> {
        if self.digits == 0 || !self.rest.is_empty() { Err(Flaw::Odd) } else { Ok(()) }
    }

    /// As a signed number.
    fn signed(&self) -> Option<i128> {
        let magnitude = i128::from(self.magnitude?);
        Some(if self.negative { -magnitude } else { magnitude })
    }

    /// As strtoul(3) returns it: a minus sign turns the bits round.
    pub fn bits(&self) -> Option<u64> {
        self.magnitude.map(|magnitude| if self.negative { magnitude.wrapping_neg() } else { magnitude })
    }
}

/// A decimal number of 32 bits with a sign.
pub fn decimal(text: &OsStr) -> Result<i32, Flaw> {
    let scanned = scan(text.as_bytes(), 10);
    scanned.is_whole()?;
    scanned.signed().and_then(|number| i32::try_from(number).ok()).ok_or(Flaw::Range)
}

/// A key: decimal, octal behind `0`, hexadecimal behind `0x`; 32 bits, with or without a sign.
pub fn key(text: &OsStr) -> Result<u32, Flaw> {
    let scanned = scan(text.as_bytes(), 0);
    scanned.is_whole()?;
    let number = scanned.signed().ok_or(Flaw::Range)?;
    let signed = i32::try_from(number).map(i32::cast_unsigned);
    signed.or_else(|_| u32::try_from(number)).map_err(|_| Flaw::Range)
}

/// `WHAT: 'TEXT'`, and why if the number is out of range.
pub fn refusal(what: &str, text: &OsStr, flaw: Flaw) -> Refusal {
    let mut line = [what.as_bytes(), b": '", text.as_bytes(), b"'"].concat();
    if flaw == Flaw::Range {
        line.extend_from_slice(b": ");
        line.extend_from_slice(words(Errno::ERANGE).as_bytes());
    }
    Refusal::new(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_strtol_reads_them() {
        let decimal = |text: &str| decimal(OsStr::new(text));
        assert_eq!(decimal(" +12"), Ok(12));
        assert_eq!(decimal("\u{b}\n\t\u{c}\r 12"), Ok(12));
        assert_eq!(decimal("-2147483648"), Ok(i32::MIN));
        assert_eq!(decimal("2147483648"), Err(Flaw::Range));
        assert_eq!(decimal("99999999999999999999999"), Err(Flaw::Range));
        for odd in ["", "x", "1 ", "0x1", "-", "+", " "] {
            assert_eq!(decimal(odd), Err(Flaw::Odd), "{odd}");
        }
    }

    #[test]
    fn keys_have_32_bits() {
        let key = |text: &str| key(OsStr::new(text));
        assert_eq!(key("0xffffffff"), Ok(u32::MAX));
        assert_eq!(key("-1"), Ok(u32::MAX));
        assert_eq!(key("010"), Ok(8));
        assert_eq!(key("0x100000000"), Err(Flaw::Range));
        assert_eq!(key("-2147483649"), Err(Flaw::Range));
        assert_eq!(key("08"), Err(Flaw::Odd));
        assert_eq!(key("0x"), Err(Flaw::Odd));
    }
}
