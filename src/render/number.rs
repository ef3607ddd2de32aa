//! Integers to digits without the machinery of `write!`, which costs more than all the rest of a long listing.
//!
/// Room for the digits of any `u64` in decimal and octal.
const ROOM: usize = 24;

/// Append `value` in decimal.
pub(crate) fn push_unsigned(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0; ROOM];
    let mut start = digits.len();
    let mut rest = value;
    while rest >= 10 {
        start -= 2;
        digits[start..start + 2].copy_from_slice(&pair(rest));
        rest /= 100;
    }
    // One digit is left, or none that counts.
    if rest > 0 || value == 0 {
        start -= 1;
        digits[start] = b'0' + rest as u8;
    }
    out.extend_from_slice(&digits[start..]);
}

/// Append `value` in decimal, with a minus sign when it is below zero.
pub(crate) fn push_signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    push_unsigned(out, value.unsigned_abs());
}

/// The two last decimal digits of `value`.
pub(crate) fn pair(value: u64) -> [u8; 2] {
    [b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8]
}

/// Append `value` in base 2^`bits` (4: hexadecimal in lower case, 3: octal), at least `digits` of them (1 to 16).
pub(crate) fn push_power_of_two(out: &mut Vec<u8>, mut value: u64, bits: u32, digits: u32) {
    let length = (u64::BITS - value.leading_zeros()).div_ceil(bits).max(digits);
    let mask = (1 << bits) - 1;
    for digit in room(out, length as usize).iter_mut().rev() {
        *digit = b"0123456789abcdef"[(value & mask) as usize];
        value >>= bits;
    }
}

/// Append `length` bytes (at most [`ROOM`]) and give them out to be written.
fn room(out: &mut Vec<u8>, length: usize) -> &mut [u8] {
    let start = out.len();
    out.extend_from_slice(&[0; ROOM]);
    out.truncate(start + length);
    &mut out[start..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::written;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn digits_are_those_of_the_standard_library(value: u64, signed: i64, shift in 0u32..64) {
            let (value, signed) = (value >> shift, signed >> shift);
            prop_assert_eq!(written(|out| push_unsigned(out, value)), value.to_string());
            prop_assert_eq!(written(|out| push_signed(out, signed)), signed.to_string());
            prop_assert_eq!(written(|out| push_power_of_two(out, value, 4, 1)), format!("{value:x}"));
            prop_assert_eq!(written(|out| push_power_of_two(out, value, 3, 4)), format!("{value:04o}"));
            prop_assert_eq!(pair(value).to_vec(), format!("{:02}", value % 100).into_bytes());
        }
    }

    #[test]
    fn the_ends_of_the_ranges() {
        assert_eq!(written(|out| push_unsigned(out, 0)), "0");
        assert_eq!(written(|out| push_unsigned(out, u64::MAX)), u64::MAX.to_string());
        assert_eq!(written(|out| push_signed(out, i64::MIN)), i64::MIN.to_string());
        assert_eq!(written(|out| push_power_of_two(out, 0, 4, 1)), "0");
        assert_eq!(written(|out| push_power_of_two(out, u64::MAX, 3, 1)), format!("{:o}", u64::MAX));
    }
}
