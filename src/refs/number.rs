//! Numbers inside references: decimal or hexadecimal, never cut, never octal.

use super::flaw::Flaw;

/// Whether `text` is one decimal digit or more and nothing else.
pub(super) fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Whether `text` is one hexadecimal digit or more and nothing else.
pub(super) fn is_hex(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit)
}

/// Reads decimal digits; `what` begins the flaw. A leading zero is refused: C would read octal, a person decimal.
pub(super) fn decimal(what: &str, text: &[u8]) -> Result<u64, Flaw> {
    match text {
        b"" => Err(Flaw::new(format!("{what} is missing"))),
        _ if !is_digits(text) => Err(Flaw::new(format!("{what} is not a decimal number"))),
        [b'0', _, ..] => Err(Flaw::new(format!("{what} has a leading zero, which C reads as octal"))),
        _ => sum(what, text, 10),
    }
}

/// Reads hexadecimal digits of either case, without `0x`. Leading zeros are usual there.
pub(super) fn hex(what: &str, digits: &[u8]) -> Result<u64, Flaw> {
    match digits {
        b"" => Err(Flaw::new(format!("{what} has no digits"))),
        _ if is_hex(digits) => sum(what, digits, 16),
        _ => Err(Flaw::new(format!("{what} is not a hexadecimal number"))),
    }
}

/// Reads a number: decimal, or hexadecimal behind `0x`.
pub(super) fn number(what: &str, text: &[u8]) -> Result<u64, Flaw> {
    match text.strip_prefix(b"0x") {
        Some(digits) => hex(what, digits),
        None => decimal(what, text),
    }
}

/// Reads a decimal number that C's int holds, 0 and more.
pub(super) fn small(what: &str, text: &[u8]) -> Result<i32, Flaw> {
    let number = decimal(what, text)?;
    i32::try_from(number).map_err(|_| Flaw::new(format!("{what} is above {}", i32::MAX)))
}

/// Reads a decimal number as PIDs are: 1 and more.
pub(super) fn positive(what: &str, text: &[u8]) -> Result<i32, Flaw> {
    match small(what, text)? {
        0 => Err(Flaw::new(format!("{what} is 0"))),
        number => Ok(number),
    }
}

fn sum(what: &str, digits: &[u8], base: u32) -> Result<u64, Flaw> {
    let mut sum: u64 = 0;
    for &digit in digits {
        let value = char::from(digit).to_digit(base).map(u64::from);
        let next = value.and_then(|value| sum.checked_mul(u64::from(base))?.checked_add(value));
        sum = next.ok_or_else(|| Flaw::new(format!("{what} has more than 64 bits")))?;
    }
    Ok(sum)
}
