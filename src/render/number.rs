//! Integers to digits without the machinery of `write!`, which costs more than all the rest of a long listing.

/// Append `value` in decimal.
pub(super) fn push_unsigned(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Append `value` in decimal, with a minus sign when it is below zero.
pub(super) fn push_signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    push_unsigned(out, value.unsigned_abs());
}

/// Append `value` in decimal, with zeros in front up to `digits` of them.
pub(super) fn push_padded(out: &mut Vec<u8>, value: u64, digits: u32) {
    for power in (1..digits).rev() {
        if value >= 10u64.pow(power) {
            break;
        }
        out.push(b'0');
    }
    push_unsigned(out, value);
}

/// Append `value` in base 2^`bits` (4: hexadecimal in lower case, 3: octal), at least `digits` of them.
pub(super) fn push_power_of_two(out: &mut Vec<u8>, value: u64, bits: u32, digits: u32) {
    let needed = (u64::BITS - value.leading_zeros()).div_ceil(bits);
    let mask = (1 << bits) - 1;
    for place in (0..needed.max(digits)).rev() {
        out.push(b"0123456789abcdef"[((value >> (place * bits)) & mask) as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(push: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn digits_are_those_of_the_standard_library(value: u64, signed: i64) {
            prop_assert_eq!(text(|out| push_unsigned(out, value)), value.to_string());
            prop_assert_eq!(text(|out| push_signed(out, signed)), signed.to_string());
            prop_assert_eq!(text(|out| push_power_of_two(out, value, 4, 1)), format!("{value:x}"));
            prop_assert_eq!(text(|out| push_power_of_two(out, value, 3, 4)), format!("{value:04o}"));
            prop_assert_eq!(text(|out| push_padded(out, value % 200_000, 4)), format!("{:04}", value % 200_000));
        }
    }

    #[test]
    fn the_ends_of_the_ranges() {
        assert_eq!(text(|out| push_unsigned(out, 0)), "0");
        assert_eq!(text(|out| push_unsigned(out, u64::MAX)), u64::MAX.to_string());
        assert_eq!(text(|out| push_signed(out, i64::MIN)), i64::MIN.to_string());
        assert_eq!(text(|out| push_power_of_two(out, 0, 4, 1)), "0");
        assert_eq!(text(|out| push_power_of_two(out, u64::MAX, 3, 1)), format!("{:o}", u64::MAX));
        assert_eq!(text(|out| push_padded(out, 0, 2)), "00");
    }
}
