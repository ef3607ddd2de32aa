//! Binary to decimal and back for the formats that the standard library does not know.

use super::big::Big;

/// A binary format's limits.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Bits of the mantissa, the integer bit included.
    pub bits: u32,
    /// The least exponent of the mantissa's lowest bit.
    pub least: i32,
    /// So many decimal digits tell all numbers apart.
    digits: u32,
}

/// x87's 80 bits.
pub const EXTENDED: Shape = Shape { bits: 64, least: -16445, digits: 21 };
/// IEEE 754 binary128.
pub const QUAD: Shape = Shape { bits: 113, least: -16494, digits: 36 };

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
        let (mut low, mut high) = (1, self.digits);
        while low < high {
            let middle = (low + high) / 2;
            let text = rounded(mantissa, exponent, middle);
            match self.nearest(&text) == Some(self.normal(mantissa, exponent)) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        rounded(mantissa, exponent, low)
    }

    /// The form in which [`Shape::nearest`] gives this number.
    fn normal(self, mantissa: u128, exponent: i32) -> Option<(u128, i32)> {
        let free =
            (mantissa.leading_zeros() as i32 - (128 - self.bits as i32)).clamp(0, exponent - self.least);
        Some((mantissa << free, exponent - free))
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

/// `mantissa` × 2 to the `exponent`, rounded to so many decimal digits.
fn rounded(mantissa: u128, exponent: i32, digits: u32) -> String {
    let bits = (128 - mantissa.leading_zeros()) as i32 + exponent;
    let mut power = (f64::from(bits - 1) * std::f64::consts::LOG10_2).floor() as i32;
    loop {
        let number = quotient(mantissa, exponent, digits as i32 - 1 - power).to_string();
        if number.len() == digits as usize {
            let trimmed = number.trim_end_matches('0');
            let (first, rest) = trimmed.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            return format!("{first}{dot}{rest}e{power}");
        }
        power += if number.len() > digits as usize { 1 } else { -1 };
    }
}

/// `mantissa` × 2 to the `exponent` × 10 to the `power`, rounded.
fn quotient(mantissa: u128, exponent: i32, power: i32) -> u128 {
    let ten = Big::power_of_ten(power.unsigned_abs());
    let number = Big::from(mantissa);
    let (above, below) = if power < 0 { (number, ten) } else { (number.times(&ten), Big::from(1)) };
    scaled(&above, &below, -exponent)
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
