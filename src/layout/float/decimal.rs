//! Binary to decimal and back for the formats that the standard library does not know.

use std::cmp::Ordering;

use super::big::Big;

/// A binary format's limits.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Bits of the mantissa, the integer bit included.
    pub bits: u32,
    /// The least exponent of the mantissa's lowest bit.
    pub least: i32,
}

/// x87's 80 bits.
pub const EXTENDED: Shape = Shape { bits: 64, least: -16445 };
/// IEEE 754 binary128.
pub const QUAD: Shape = Shape { bits: 113, least: -16494 };

/// The greatest exponent of the lowest bit is this less the mantissa's bits.
const GREATEST: i32 = 16384;
/// Longer decimal texts are refused.
const LONGEST: usize = 2000;
/// Beyond these powers of ten every number of such a length is infinite or 0.
const FAR: i64 = 9000;

impl Shape {
    /// The shortest text, as `d.ddde±N`, that [`Shape::nearest`] reads as `mantissa` × 2 to the `exponent`.
    pub fn shortest(self, mantissa: u128, exponent: i32) -> String {
        if mantissa == 0 {
            return "0e0".to_string();
        }
        let (digits, power) = Digits::new(self, mantissa, exponent).generate();
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{power}")
    }

    /// The mantissa and exponent nearest to the decimal number in `text`, which has no sign; `Some(None)` is infinity.
    pub fn nearest(self, text: &str) -> Option<Option<(u128, i32)>> {
        let (digits, power) = parse(text)?;
        let number = Big::from_digits(&digits);
        let size = power + digits.trim_start_matches('0').len() as i64;
        if number.bits() == 0 || size < -FAR {
            return Some(Some((0, self.least)));
        }
        if size > FAR {
            return Some(None);
        }
        let ten = Big::power_of_ten(power.unsigned_abs() as u32);
        let (above, below) = if power < 0 { (number, ten) } else { (number.times(&ten), Big::from(1)) };
        let mut exponent = (above.bits() as i32 - below.bits() as i32 - self.bits as i32).max(self.least);
        let mut mantissa = scaled(&above, &below, exponent);
        if mantissa >> self.bits != 0 {
            exponent += 1;
            mantissa = scaled(&above, &below, exponent);
        }
        if mantissa >> self.bits != 0 {
            (mantissa, exponent) = (mantissa >> 1, exponent + 1);
        }
        Some((exponent + self.bits as i32 <= GREATEST).then_some((mantissa, exponent)))
    }
}

/// `above / below` divided by 2 to the `exponent`, rounded.
fn scaled(above: &Big, below: &Big, exponent: i32) -> u128 {
    let count = exponent.unsigned_abs();
    match exponent < 0 {
        true => above.shifted(count).rounded_quotient(below),
        false => above.rounded_quotient(&below.shifted(count)),
    }
}

/// A number while its digits are found, by Steele and White's method: the number and the half distances to its
/// neighbours, all as parts of one unit, which is the digit in question.
struct Digits {
    rest: Big,
    unit: Big,
    below: Big,
    above: Big,
    /// The power of ten of the next digit.
    power: i32,
    /// Halfway to a neighbour still reads as this number.
    even: bool,
}

impl Digits {
    fn new(shape: Shape, mantissa: u128, exponent: i32) -> Digits {
        // The neighbour below a power of two is only half as far.
        let closer = mantissa == 1 << (shape.bits - 1) && exponent > shape.least;
        let extra = 1 + u32::from(closer);
        let (up, down) = (exponent.max(0) as u32, exponent.min(0).unsigned_abs());
        let step = Big::from(1).shifted(up);
        let bits = (128 - mantissa.leading_zeros()) as i32 + exponent;
        let power = (f64::from(bits - 1) * std::f64::consts::LOG10_2).floor() as i32;
        let ten = Big::power_of_ten(power.unsigned_abs());
        let mut digits = Digits {
            rest: Big::from(mantissa).shifted(up + extra),
            unit: Big::from(1).shifted(down + extra),
            above: step.shifted(extra - 1),
            below: step,
            power,
            even: mantissa & 1 == 0,
        };
        if power < 0 {
            for number in [&mut digits.rest, &mut digits.below, &mut digits.above] {
                *number = number.times(&ten);
            }
        } else {
            digits.unit = digits.unit.times(&ten);
        }
        // The estimate is right or one too small.
        let mut next = digits.unit.clone();
        next.multiply(10, 0);
        if digits.reaches(&next) {
            digits.unit = next;
            digits.power += 1;
        }
        digits
    }

    /// Whether the number, or what still reads as it, is as large as `limit`.
    fn reaches(&self, limit: &Big) -> bool {
        let order = self.rest.plus(&self.above).compare(limit);
        order == Ordering::Greater || (self.even && order == Ordering::Equal)
    }

    /// The digits, and the power of ten of the first one.
    fn generate(mut self) -> (String, i32) {
        let mut digits = String::new();
        loop {
            let mut digit = 0;
            while self.rest.compare(&self.unit) != Ordering::Less {
                self.rest.subtract(&self.unit);
                digit += 1;
            }
            let order = self.rest.compare(&self.below);
            let low = order == Ordering::Less || (self.even && order == Ordering::Equal);
            let high = self.reaches(&self.unit);
            if low || high {
                let half = self.rest.shifted(1).compare(&self.unit) != Ordering::Less;
                let last = digit + u8::from(if low && high { half } else { high });
                digits.push(char::from(b'0' + last));
                return (digits, self.power);
            }
            digits.push(char::from(b'0' + digit));
            for number in [&mut self.rest, &mut self.below, &mut self.above] {
                number.multiply(10, 0);
            }
        }
    }
}

/// The digits of a decimal number and the power of ten of the last one.
fn parse(text: &str) -> Option<(String, i64)> {
    let (number, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > LONGEST || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let far = if exponent.starts_with('-') { -4 * FAR } else { 4 * FAR };
    let exponent = exponent.parse::<i64>().unwrap_or(far).clamp(-4 * FAR, 4 * FAR);
    Some((digits, exponent - fraction.len() as i64))
}

#[cfg(test)]
mod tests {
    use super::Shape;
    use proptest::prelude::*;

    /// A `double`, for which the standard library gives the answers.
    const DOUBLE: Shape = Shape { bits: 53, least: -1074 };

    /// Our digits of a positive `double`, and the standard library's.
    fn agree(number: f64) {
        let bits = number.to_bits();
        let (fraction, exponent) = (u128::from(bits & ((1 << 52) - 1)), (bits >> 52) as i32);
        let (mantissa, exponent) = match exponent {
            0 => (fraction, DOUBLE.least),
            _ => (fraction | 1 << 52, DOUBLE.least + exponent - 1),
        };
        assert_eq!(DOUBLE.shortest(mantissa, exponent), format!("{number:e}"));
        assert_eq!(DOUBLE.nearest(&format!("{number:.30e}")), Some(Some((mantissa, exponent))));
    }

    #[test]
    fn powers_of_two_and_their_neighbours_have_the_standard_library_s_digits() {
        for exponent in -1022..1023 {
            let number = 2_f64.powi(exponent);
            [number.next_down(), number, number.next_up()].into_iter().for_each(agree);
        }
        [5e-324, 1e23, 9.5e-323, 2e-323, f64::MAX].into_iter().for_each(agree);
    }

    proptest! {
        #[test]
        fn doubles_have_the_standard_library_s_digits(bits in 1_u64..0x7ff0_0000_0000_0000) {
            agree(f64::from_bits(bits));
        }
    }
}
