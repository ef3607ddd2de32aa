//! Integer constants with C's types: `int`, `unsigned`, `long` and `unsigned long` of an LP64 machine.

use super::lex::{Kind, Token};
use super::trouble::{Outcome, Trouble};

/// An integer constant. The value always fits the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Const {
    /// The value.
    pub value: i128,
    /// 64 bits wide, else 32.
    pub long: bool,
    /// Of an unsigned type.
    pub unsigned: bool,
}

impl Const {
    /// The constant of the first of `int`, `long`, `unsigned long` that holds `value`; larger ones wrap.
    pub fn of(value: i128) -> Const {
        let long = i32::try_from(value).is_err();
        let unsigned = long && i64::try_from(value).is_err();
        Const { value, long, unsigned }.wrapped()
    }

    /// A `size_t`.
    pub fn size(value: u64) -> Const {
        Const { value: i128::from(value), long: true, unsigned: true }
    }

    /// A truth value, of type `int`.
    pub fn truth(value: bool) -> Const {
        Const::of(i128::from(value))
    }

    /// The same bits in the type `unsigned` and `long` name.
    pub fn converted(self, long: bool, unsigned: bool) -> Const {
        Const { value: self.value, long, unsigned }.wrapped()
    }

    /// Cuts the value to the type's bits, as two's complement machines do.
    fn wrapped(self) -> Const {
        let value = match (self.long, self.unsigned) {
            (false, false) => i128::from(self.value as i32),
            (false, true) => i128::from(self.value as u32),
            (true, false) => i128::from(self.value as i64),
            (true, true) => i128::from(self.value as u64),
        };
        Const { value, ..self }
    }

    /// `sign` applied to one operand.
    pub fn unary(self, sign: &str) -> Const {
        match sign {
            "-" => Const { value: -self.value, ..self }.wrapped(),
            "~" => Const { value: !self.value, ..self }.wrapped(),
            "!" => Const::truth(self.value == 0),
            _ => self,
        }
    }

    /// `left sign right` after C's usual conversions; none for a division by zero or a shift that C does not define.
    pub fn binary(left: Const, sign: &str, right: Const) -> Option<Const> {
        if matches!(sign, "<<" | ">>") {
            let bits = if left.long { 64 } else { 32 };
            let count = u32::try_from(right.value).ok().filter(|count| *count < bits)?;
            let value = if sign == "<<" { left.value << count } else { left.value >> count };
            return Some(Const { value, ..left }.wrapped());
        }
        let (l, r) = usual(left, right);
        let (a, b) = (l.value, r.value);
        let number = |value| Some(Const { value, ..l }.wrapped());
        match sign {
            "*" => number(a.wrapping_mul(b)),
            "/" => number(a.checked_div(b)?),
            "%" => number(a.checked_rem(b)?),
            "+" => number(a + b),
            "-" => number(a - b),
            "&" => number(a & b),
            "^" => number(a ^ b),
            "|" => number(a | b),
            "<" => Some(Const::truth(a < b)),
            ">" => Some(Const::truth(a > b)),
            "<=" => Some(Const::truth(a <= b)),
            ">=" => Some(Const::truth(a >= b)),
            "==" => Some(Const::truth(a == b)),
            "!=" => Some(Const::truth(a != b)),
            "&&" => Some(Const::truth(a != 0 && b != 0)),
            "||" => Some(Const::truth(a != 0 || b != 0)),
            _ => None,
        }
    }
}

/// C's usual arithmetic conversions: both operands in their common type.
pub fn usual(left: Const, right: Const) -> (Const, Const) {
    let long = left.long || right.long;
    let unsigned = (left.unsigned && left.long == long) || (right.unsigned && right.long == long);
    (left.converted(long, unsigned), right.converted(long, unsigned))
}

/// The value of an integer constant's token: decimal, hex, octal or binary, with a suffix.
pub fn number(token: &Token) -> Outcome<Const> {
    let wrong = || Trouble::at(token, "not an integer constant");
    let text = token.text.to_ascii_lowercase();
    let digits = text.trim_end_matches(['u', 'l']);
    let suffix = &text[digits.len()..];
    if !matches!(suffix, "" | "u" | "l" | "ul" | "lu" | "ll" | "ull" | "llu") {
        return Err(wrong());
    }
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(wrong());
    }
    let value = u64::from_str_radix(digits, radix).map_err(|_| wrong())?;
    Ok(typed(value, suffix.contains('u'), suffix.contains('l'), radix == 10))
}

/// The first type in C's list for the constant's form that holds the value.
fn typed(value: u64, unsigned: bool, long: bool, decimal: bool) -> Const {
    let fits_int = value <= i32::MAX as u64;
    let fits_unsigned = value <= u64::from(u32::MAX);
    let fits_long = value <= i64::MAX as u64;
    let value = i128::from(value);
    if !long && (fits_int || (fits_unsigned && (unsigned || !decimal))) {
        return Const { value, long: false, unsigned: unsigned || !fits_int };
    }
    Const { value, long: true, unsigned: unsigned || !fits_long }
}

/// The value of a character constant's token, of type `int`; only single characters.
pub fn character(token: &Token, char_signed: bool) -> Outcome<Const> {
    debug_assert_eq!(token.kind, Kind::Char);
    let inner = token.text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or("");
    let bytes = crate::layout::escape::unescape(inner.as_bytes());
    match bytes.as_deref() {
        Ok([byte]) if char_signed => Ok(Const::of(i128::from(*byte as i8))),
        Ok([byte]) => Ok(Const::of(i128::from(*byte))),
        _ => Err(Trouble::at(token, "not a single character")),
    }
}
