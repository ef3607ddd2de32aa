//! `--add`: which fields one atomic instruction can add to, and what comes out.

use super::bits;
use super::encode::whole;
use super::path::Field;
use super::types::Shape;
use super::value::Value;

/// An addition to an integer field, for one atomic instruction of its width.
///
/// It wraps around, as C's atomic and unsigned additions do: an atomic instruction cannot refuse.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The field: its offset in the object must be a multiple of its size, which the layout's own was checked for.
    pub field: Field,
    /// The width in bytes: 1, 2, 4 or 8.
    pub width: u32,
    /// What is added, in two's complement; only the low `width` bytes count.
    pub amount: u64,
}

impl Step {
    /// The value that the field has when its memory holds `raw`: a number, also that of a `char`.
    pub fn value(&self, raw: u64) -> Value {
        let signed = self.field.ty.signed() == Some(true);
        let number = u128::from(raw) & ((1 << (8 * self.width)) - 1);
        let number = if signed { bits::extend(number, 8 * self.width) } else { number as i128 };
        match whole(&self.field.ty, number) {
            Value::Char(number) => Value::Signed(number.into()),
            other => other,
        }
    }
}

/// The step by `amount` on `field`; the error completes "cannot add to FIELD: ".
pub fn step(field: Field, amount: i128) -> Result<Step, String> {
    let name = field.type_text();
    if !matches!(field.ty.shape, Shape::Int { .. } | Shape::Char { .. }) {
        return Err(format!("{name} is no integer"));
    }
    if field.bits.is_some() {
        return Err(format!("{name} is a bit-field, which no atomic instruction adds to"));
    }
    let width = field.ty.size as u32;
    if !matches!(width, 1 | 2 | 4 | 8) {
        return Err(format!("{name} is wider than an atomic instruction"));
    }
    if !field.offset.is_multiple_of(field.ty.size) {
        return Err(format!("its offset {} is no multiple of its size {width}", field.offset));
    }
    let most = 1_i128 << (8 * width);
    if amount <= -most || amount >= most {
        return Err(format!("{amount} does not fit {name}"));
    }
    Ok(Step { field, width, amount: amount as u64 })
}
