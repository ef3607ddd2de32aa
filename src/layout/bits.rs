//! Numbers in bytes: whole ones of up to 16 bytes, and those of bit-fields.

use super::target::Endian;
use super::types::Bits;

/// The unsigned number in `bytes`, of which there are at most 16.
pub fn read(bytes: &[u8], endian: Endian) -> u128 {
    let shift = |number: u128, byte: &u8| (number << 8) | u128::from(*byte);
    match endian {
        Endian::Little => bytes.iter().rev().fold(0, shift),
        Endian::Big => bytes.iter().fold(0, shift),
    }
}

/// Writes the low bytes of `number` over all of `bytes`.
pub fn write(bytes: &mut [u8], number: u128, endian: Endian) {
    let mut rest = number;
    let mut put = |byte: &mut u8| {
        *byte = rest as u8;
        rest = rest.checked_shr(8).unwrap_or(0);
    };
    match endian {
        Endian::Little => bytes.iter_mut().for_each(&mut put),
        Endian::Big => bytes.iter_mut().rev().for_each(&mut put),
    }
}

/// The unsigned number in the `bits` of `bytes`.
pub fn read_bits(bytes: &[u8], bits: Bits, endian: Endian) -> u128 {
    let mut number = 0;
    for at in 0..bits.width {
        let (byte, mask) = place(bits, at, endian);
        let set = bytes.get(byte).is_some_and(|byte| byte & mask != 0);
        number |= u128::from(set) << at;
    }
    number
}

/// Writes `number` into the `bits` of `bytes`, and ones into the same bits of `mask`.
pub fn write_bits(bytes: &mut [u8], mask: &mut [u8], bits: Bits, number: u128, endian: Endian) {
    for at in 0..bits.width {
        let (byte, one) = place(bits, at, endian);
        let set = number >> at & 1 != 0;
        if let (Some(byte), Some(mask)) = (bytes.get_mut(byte), mask.get_mut(byte)) {
            *byte = if set { *byte | one } else { *byte & !one };
            *mask |= one;
        }
    }
}

/// The byte and the bit in it where bit `at` of the number is, 0 being the lowest.
fn place(bits: Bits, at: u32, endian: Endian) -> (usize, u8) {
    match endian {
        Endian::Little => {
            let position = bits.shift + at;
            ((position / 8) as usize, 1 << (position % 8))
        }
        Endian::Big => {
            let position = bits.shift + bits.width - 1 - at;
            ((position / 8) as usize, 0x80 >> (position % 8))
        }
    }
}

/// The signed number whose low `width` bits are those of `number`.
pub fn extend(number: u128, width: u32) -> i128 {
    let unused = 128 - width.clamp(1, 128);
    (number << unused) as i128 >> unused
}
