//! Floating-point numbers of C's formats, to and from decimal text that round-trips.

mod big;
mod decimal;

use std::cmp::Ordering;
use std::fmt;

use self::decimal::Shape;
use super::target::FloatFormat;

/// A floating-point number in the format in which memory holds it.
///
/// `Display` is the shortest decimal text that reads back as the same bits: plain from 0.0001 to 17 digits, else with an
/// exponent; `inf`, `-inf`, `nan`, `-nan`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Float {
    /// A `float`.
    Single(f32),
    /// A `double`.
    Double(f64),
    /// An x87 `long double`, its low 80 bits.
    Extended(u128),
    /// A binary128.
    Quad(u128),
}

/// A wide number taken apart.
enum Parts {
    Nan,
    Infinite,
    /// `mantissa` × 2 to the `exponent`.
    Finite {
        mantissa: u128,
        exponent: i32,
    },
}

impl Float {
    /// The number whose bits these are.
    pub fn from_bits(format: FloatFormat, bits: u128) -> Float {
        match format {
            FloatFormat::Single => Float::Single(f32::from_bits(bits as u32)),
            FloatFormat::Double => Float::Double(f64::from_bits(bits as u64)),
            FloatFormat::Extended => Float::Extended(bits & ((1 << 80) - 1)),
            FloatFormat::Quad => Float::Quad(bits),
        }
    }

    /// The bits of the number, without padding.
    pub fn to_bits(self) -> u128 {
        match self {
            Float::Single(number) => u128::from(number.to_bits()),
            Float::Double(number) => u128::from(number.to_bits()),
            Float::Extended(bits) | Float::Quad(bits) => bits,
        }
    }

    /// The format.
    pub fn format(self) -> FloatFormat {
        match self {
            Float::Single(_) => FloatFormat::Single,
            Float::Double(_) => FloatFormat::Double,
            Float::Extended(_) => FloatFormat::Extended,
            Float::Quad(_) => FloatFormat::Quad,
        }
    }

    /// Neither infinite nor NaN.
    pub fn is_finite(self) -> bool {
        match self {
            Float::Single(number) => number.is_finite(),
            Float::Double(number) => number.is_finite(),
            _ => matches!(self.parts(), Parts::Finite { .. }),
        }
    }

    /// The `double` that the shortest text reads back as: for a `float` the one that prints alike.
    pub fn as_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The number that `text` is in C; the error says why it is none.
    pub fn parse(format: FloatFormat, text: &str) -> Result<Float, &'static str> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text).to_ascii_lowercase();
        let special = matches!(unsigned.as_str(), "inf" | "infinity" | "nan");
        let number = match format {
            FloatFormat::Single => text.parse().ok().map(Float::Single),
            FloatFormat::Double => text.parse().ok().map(Float::Double),
            FloatFormat::Extended | FloatFormat::Quad => wide(format, text.starts_with('-'), &unsigned),
        };
        let number = number.ok_or("not a number")?;
        match number.is_finite() || special {
            true => Ok(number),
            false => Err("too large"),
        }
    }

    /// The order; none with a NaN. Both are of one format.
    pub fn compare(&self, other: &Float) -> Option<Ordering> {
        match (self, other) {
            (Float::Single(a), Float::Single(b)) => a.partial_cmp(b),
            (Float::Double(a), Float::Double(b)) => a.partial_cmp(b),
            _ if self.format() == other.format() => self.compare_wide(other),
            _ => None,
        }
    }

    /// Wide numbers of one sign are ordered as their bits are.
    fn compare_wide(&self, other: &Float) -> Option<Ordering> {
        if matches!(self.parts(), Parts::Nan) || matches!(other.parts(), Parts::Nan) {
            return None;
        }
        let signed = |float: &Float| {
            let size = float.to_bits() & !(1 << float.sign_bit());
            let size = size as i128;
            if float.is_negative() { -size } else { size }
        };
        Some(signed(self).cmp(&signed(other)))
    }

    fn sign_bit(self) -> u32 {
        match self.format() {
            FloatFormat::Single => 31,
            FloatFormat::Double => 63,
            FloatFormat::Extended => 79,
            FloatFormat::Quad => 127,
        }
    }

    fn is_negative(self) -> bool {
        self.to_bits() >> self.sign_bit() & 1 == 1
    }

    /// Takes a wide number apart; the x87's invalid forms count as NaN, as the processor has it.
    fn parts(self) -> Parts {
        let (bits, shape) = match self {
            Float::Extended(bits) => (bits, decimal::EXTENDED),
            Float::Quad(bits) => (bits, decimal::QUAD),
            _ => return Parts::Nan,
        };
        let explicit = matches!(self, Float::Extended(_));
        let stored = if explicit { 64 } else { 112 };
        let field = bits & ((1 << stored) - 1);
        let exponent = (bits >> stored & 0x7fff) as i32;
        let top = 1 << (shape.bits - 1);
        let fraction = if explicit { field & !top } else { field };
        match exponent {
            0x7fff if fraction == 0 => Parts::Infinite,
            0x7fff => Parts::Nan,
            0 => Parts::Finite { mantissa: field, exponent: shape.least },
            _ if explicit && field & top == 0 => Parts::Nan,
            _ => Parts::Finite { mantissa: field | top, exponent: shape.least + exponent - 1 },
        }
    }
}

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        let scientific = match self {
            Float::Single(number) if number.is_nan() => "nan".to_string(),
            Float::Double(number) if number.is_nan() => "nan".to_string(),
            Float::Single(number) => format!("{:e}", number.abs()),
            Float::Double(number) => format!("{:e}", number.abs()),
            wide => match wide.parts() {
                Parts::Nan => "nan".to_string(),
                Parts::Infinite => "inf".to_string(),
                Parts::Finite { mantissa, exponent } => wide.shape().shortest(mantissa, exponent),
            },
        };
        write!(f, "{sign}{}", plain(&scientific))
    }
}

impl Float {
    fn shape(self) -> Shape {
        if matches!(self, Float::Quad(_)) { decimal::QUAD } else { decimal::EXTENDED }
    }
}

/// The wide number that `text`, in lower case and without a sign, is.
fn wide(format: FloatFormat, negative: bool, text: &str) -> Option<Float> {
    let quad = format == FloatFormat::Quad;
    let (shape, stored) = if quad { (decimal::QUAD, 112) } else { (decimal::EXTENDED, 64) };
    let top: u128 = 1 << (shape.bits - 1);
    let special = |fraction: u128| (0x7fff, if quad { fraction } else { fraction | top });
    let (exponent, field) = match text {
        "inf" | "infinity" => special(0),
        "nan" => special(top >> 1),
        _ => match shape.nearest(text)? {
            None => special(0),
            Some((mantissa, _)) if mantissa < top => (0, mantissa),
            Some((mantissa, exponent)) => {
                ((exponent - shape.least + 1) as u128, if quad { mantissa & !top } else { mantissa })
            }
        },
    };
    let sign = u128::from(negative) << if quad { 127 } else { 79 };
    Some(Float::from_bits(format, sign | exponent << stored | field))
}

/// `1.25e3` as `1250`: without an exponent where that is short.
fn plain(scientific: &str) -> String {
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific.to_string();
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    match exponent {
        -4..0 => format!("0.{}{all}", "0".repeat((-exponent - 1) as usize)),
        0..17 => {
            let point = exponent as usize + 1;
            let zeros = "0".repeat(point.saturating_sub(all.len()));
            let (before, after) = all.split_at(point.min(all.len()));
            let dot = if after.is_empty() { "" } else { "." };
            format!("{before}{zeros}{dot}{after}")
        }
        _ => format!("{digits}e{exponent:+03}"),
    }
}
