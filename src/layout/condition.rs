//! Conditions on a field: `FIELD=VALUE`, also `!=`, `<`, `>`, `<=`, `>=`.

use std::cmp::Ordering;

use super::path::Field;
use super::target::Endian;
use super::value::Value;

/// How a field's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
}

/// The signs, those of two characters first.
const SIGNS: [(&[u8], Comparison); 6] = [
    (b"!=", Comparison::Unequal),
    (b"<=", Comparison::AtMost),
    (b">=", Comparison::AtLeast),
    (b"=", Comparison::Equal),
    (b"<", Comparison::Less),
    (b">", Comparison::Greater),
];

/// A condition on one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The field that is looked at: a caller may read its bytes only.
    pub field: Field,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub value: Value,
}

impl Condition {
    /// Whether the condition holds for `bytes`, which start where the layout does; none when they do not reach the field.
    ///
    /// Text is compared up to its NUL and byte by byte, enums by number. With a NaN only `!=` holds.
    pub fn holds(&self, bytes: &[u8], endian: Endian) -> Option<bool> {
        let actual = self.field.value(bytes, endian);
        if actual == Value::Absent {
            return None;
        }
        let order = actual.compare(&self.value);
        Some(match self.comparison {
            Comparison::Equal => actual.equals(&self.value),
            Comparison::Unequal => !actual.equals(&self.value),
            Comparison::Less => order == Some(Ordering::Less),
            Comparison::Greater => order == Some(Ordering::Greater),
            Comparison::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Comparison::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        })
    }
}

/// Cuts a condition into path, comparison and value.
pub fn split(text: &[u8]) -> Option<(&[u8], Comparison, &[u8])> {
    let at = text.iter().position(|byte| matches!(byte, b'=' | b'!' | b'<' | b'>'))?;
    let (path, rest) = text.split_at(at);
    let (sign, comparison) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign))?;
    Some((path, *comparison, &rest[sign.len()..]))
}
