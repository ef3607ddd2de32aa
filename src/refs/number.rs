//! Numbers inside references: decimal or hexadecimal, never cut, never octal.

use super::flaw::Flaw;

/// Whether `text` is one decimal digit or more and nothing else.
pub(super) fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Reads decimal digits. A leading zero is refused: C would read octal, a person decimal.
pub(super) fn decimal(text: &[u8]) -> Result<u64, Flaw> {
    match text {
        [b'0', _, ..] if is_digits(text) => Err(Flaw::new("a decimal number has no leading zero")),
        _ if is_digits(text) => accumulate(text, 10),
        b"" => Err(Flaw::new("a number is missing")),
        _ => Err(Flaw::new("a decimal number has digits only")),
    }
}

/// Reads hexadecimal digits of either case, without `0x`. Leading zeros are usual there.
pub(super) fn hex(digits: &[u8]) -> Result<u64, Flaw> {
    match digits {
        b"" => Err(Flaw::new("no hexadecimal digit follows")),
        _ if digits.iter().all(u8::is_ascii_hexdigit) => accumulate(digits, 16),
        _ => Err(Flaw::new("a hexadecimal number has the digits 0-9 and a-f only")),
    }
}

/// Reads a number: decimal, or hexadecimal behind `0x`.
pub(super) fn number(text: &[u8]) -> Result<u64, Flaw> {
    match text.strip_prefix(b"0x") {
        Some(digits) => hex(digits),
        None => decimal(text),
    }
}

fn accumulate(digits: &[u8], base: u32) -> Result<u64, Flaw> {
    let mut sum: u64 = 0;
    for &digit in digits {
        let value = char::from(digit).to_digit(base).map(u64::from);
        let next = value.and_then(|value| sum.checked_mul(u64::from(base))?.checked_add(value));
        sum = next.ok_or_else(|| Flaw::new("the number has more than 64 bits"))?;
    }
    Ok(sum)
}
