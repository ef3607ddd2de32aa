//! Padding as printf(3) does it, and sizes for people.

use crate::render::number::{push_power_of_two, push_signed, push_unsigned};

/// What `push` appends, followed by blanks up to `width`: `%-10d`.
pub fn left(out: &mut Vec<u8>, width: usize, push: impl FnOnce(&mut Vec<u8>)) {
    let end = out.len() + width;
    push(out);
    if out.len() < end {
        out.resize(end, b' ');
    }
}

/// What `push` appends, with blanks before it up to `width`: `%10d`.
pub fn right(out: &mut Vec<u8>, width: usize, push: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    push(out);
    let blanks = (start + width).saturating_sub(out.len());
    out.resize(out.len() + blanks, b' ');
    out[start..].rotate_right(blanks);
}

/// Text padded on the right, and cut at `width`: `%-10.10s`.
pub fn cut(out: &mut Vec<u8>, width: usize, text: &[u8]) {
    left(out, width, |out| out.extend_from_slice(&text[..text.len().min(width)]));
}

/// Text padded on the right: `%-10s`.
pub fn word(out: &mut Vec<u8>, width: usize, text: &[u8]) {
    left(out, width, |out| out.extend_from_slice(text));
}

/// A number padded on the right: `%-10lu`.
pub fn number(out: &mut Vec<u8>, width: usize, value: u64) {
    left(out, width, |out| push_unsigned(out, value));
}

/// A signed number padded on the right: `%-10d`.
pub fn signed(out: &mut Vec<u8>, width: usize, value: i32) {
    left(out, width, |out| push_signed(out, value.into()));
}

/// A key: `0x%08x`.
pub fn key(out: &mut Vec<u8>, key: u32) {
    out.extend_from_slice(b"0x");
    push_power_of_two(out, key.into(), 4, 8);
}

/// Octal digits: `%o`.
pub fn octal(out: &mut Vec<u8>, value: u32) {
    push_power_of_two(out, value.into(), 3, 1);
}

/// Octal digits behind a zero, unless they are a zero: `%#o`.
pub fn octal_with_zero(out: &mut Vec<u8>, value: u32) {
    if value != 0 {
        out.push(b'0');
    }
    octal(out, value);
}

/// A size for people: the largest power of 1,024 that it reaches, one digit behind the point unless that is zero.
pub fn human(out: &mut Vec<u8>, size: u64) {
    let power = size.checked_ilog2().unwrap_or(0) / 10;
    let shift = power * 10;
    let mut whole = size >> shift;
    if power > 0 {
        let rest = u128::from(size) & ((1 << shift) - 1);
        let tenth = (rest * 10 + (1 << (shift - 1))) >> shift;
        whole += u64::from(tenth == 10);
        push_unsigned(out, whole);
        if (1..10).contains(&tenth) {
            out.extend_from_slice(&[b'.', b'0' + tenth as u8]);
        }
    } else {
        push_unsigned(out, whole);
    }
    out.push(b"BKMGTPE"[power as usize]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personality::testing::text;

    #[test]
    fn sizes_are_those_that_ipcs_shows() {
        let cases = [
            (0, "0B"),
            (1023, "1023B"),
            (1024, "1K"),
            (5000, "4.9K"),
            (123_456, "120.6K"),
            (1_048_575, "1024K"),
            (0x7fff_ffff, "2G"),
            (u64::MAX, "16E"),
        ];
        for (size, expected) in cases {
            assert_eq!(text(|out| human(out, size)), expected);
        }
    }

    #[test]
    fn padding_is_that_of_printf() {
        assert_eq!(text(|out| number(out, 4, 12)), "12  ");
        assert_eq!(text(|out| right(out, 4, |out| octal(out, 0o12))), "  12");
        assert_eq!(text(|out| right(out, 1, |out| key(out, 18))), "0x00000012");
        assert_eq!(text(|out| cut(out, 3, b"abcd")), "abc");
        assert_eq!(text(|out| octal_with_zero(out, 0)), "0");
        assert_eq!(text(|out| octal_with_zero(out, 0o600)), "0600");
    }
}
