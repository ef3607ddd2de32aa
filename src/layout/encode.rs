//! Values to bytes: exactly those of the field, and a mask for the bits that are its own.

use super::bits;
use super::decode::enumerated;
use super::target::Endian;
use super::types::{Array, Bits, Record, Shape, Type};
use super::value::Value;

/// New bytes for a part of an object. Where the mask has a 0 bit, the old bit stays: around bit-fields and in padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Where the first byte goes, from the layout's start.
    pub offset: u64,
    /// The new bytes.
    pub bytes: Vec<u8>,
    /// Which of their bits count; as long as `bytes`.
    pub mask: Vec<u8>,
}

impl Patch {
    /// Whether every bit counts: then the bytes can be written without reading the old ones.
    pub fn is_whole(&self) -> bool {
        self.mask.iter().all(|mask| *mask == 0xff)
    }

    /// Writes the patch over `object`, which starts where the layout does; false, and nothing written, when it is too short.
    pub fn apply(&self, object: &mut [u8]) -> bool {
        let Ok(start) = usize::try_from(self.offset) else {
            return false;
        };
        let Some(own) = start.checked_add(self.bytes.len()).and_then(|end| object.get_mut(start..end)) else {
            return false;
        };
        for ((old, new), mask) in own.iter_mut().zip(&self.bytes).zip(&self.mask) {
            *old = *old & !mask | new & mask;
        }
        true
    }
}

/// The bytes and mask of a value that is not the type's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch;

/// Writes `value` as a `ty` into `bytes`, and ones into `mask` for what counts; both are all 0 and as long as the value.
///
/// What is absent is left as it is. Of a union the first member that is not absent is written.
pub fn encode(
    ty: &Type,
    place: Option<Bits>,
    value: &Value,
    bytes: &mut [u8],
    mask: &mut [u8],
    endian: Endian,
) -> Result<(), Mismatch> {
    match (&ty.shape, value) {
        (_, Value::Absent) => Ok(()),
        (Shape::Record(record), Value::Struct(values)) => {
            let rest = members(record, values, bytes, mask, endian)?;
            if rest.is_empty() { Ok(()) } else { Err(Mismatch) }
        }
        (Shape::Array(_), Value::Text(text)) if ty.is_text() => {
            if text.len() > bytes.len() {
                return Err(Mismatch);
            }
            bytes[..text.len()].copy_from_slice(text);
            mask.fill(0xff);
            Ok(())
        }
        (Shape::Array(array), Value::List(values)) => elements(array, values, bytes, mask, endian),
        (Shape::Opaque, Value::Bytes(own)) if own.len() == bytes.len() => {
            bytes.copy_from_slice(own);
            mask.fill(0xff);
            Ok(())
        }
        _ => {
            let number = number(ty, place, value).ok_or(Mismatch)?;
            match place {
                Some(place) => bits::write_bits(bytes, mask, place, number, endian),
                None => {
                    bits::write(bytes, number, endian);
                    mask.fill(0xff);
                }
            }
            Ok(())
        }
    }
}

/// Writes the members that `values` begins with; returns the values that are left.
fn members<'v>(
    record: &Record,
    values: &'v [(String, Value)],
    bytes: &mut [u8],
    mask: &mut [u8],
    endian: Endian,
) -> Result<&'v [(String, Value)], Mismatch> {
    let mut rest = values;
    let mut written = false;
    for member in &record.members {
        let start = usize::try_from(member.offset).map_err(|_| Mismatch)?;
        let end = start + super::path::span(&member.ty, member.bits) as usize;
        let skip = record.union && written;
        let own = bytes.get_mut(start..end).ok_or(Mismatch)?;
        let own_mask = mask.get_mut(start..end).ok_or(Mismatch)?;
        if let (Shape::Record(inner), true) = (&member.ty.shape, member.name.is_empty()) {
            let (mut spare, mut spare_mask) = (own.to_vec(), own_mask.to_vec());
            let after = members(inner, rest, &mut spare, &mut spare_mask, endian)?;
            let present = rest[..rest.len() - after.len()].iter().any(|(_, value)| *value != Value::Absent);
            if !skip && present {
                own.copy_from_slice(&spare);
                own_mask.copy_from_slice(&spare_mask);
            }
            written |= present;
            rest = after;
            continue;
        }
        let Some(((name, value), after)) = rest.split_first() else {
            return Err(Mismatch);
        };
        rest = after;
        if *name != member.name {
            return Err(Mismatch);
        }
        if !skip {
            encode(&member.ty, member.bits, value, own, own_mask, endian)?;
        }
        written |= *value != Value::Absent;
    }
    Ok(rest)
}

fn elements(
    array: &Array,
    values: &[Value],
    bytes: &mut [u8],
    mask: &mut [u8],
    endian: Endian,
) -> Result<(), Mismatch> {
    let size = array.element.size as usize;
    if values.len() as u64 > array.count {
        return Err(Mismatch);
    }
    if size == 0 {
        return Ok(());
    }
    let places = bytes.chunks_exact_mut(size).zip(mask.chunks_exact_mut(size));
    values
        .iter()
        .zip(places)
        .try_for_each(|(value, (bytes, mask))| encode(&array.element, None, value, bytes, mask, endian))
}

/// The bits of a scalar, when the value is one of this type and fits.
fn number(ty: &Type, place: Option<Bits>, value: &Value) -> Option<u128> {
    if let (Shape::Float(format), Value::Float(float)) = (&ty.shape, value) {
        return (float.format() == *format).then(|| float.to_bits());
    }
    let number = match (&ty.shape, value) {
        (Shape::Int { signed: true }, Value::Signed(number)) => *number,
        (Shape::Int { signed: false }, Value::Unsigned(number)) if ty.size == 16 => return Some(*number),
        (Shape::Int { signed: false }, Value::Unsigned(number)) => i128::try_from(*number).ok()?,
        (Shape::Char { .. }, Value::Char(number)) => i128::from(*number),
        (Shape::Bool, Value::Bool(value)) => i128::from(*value),
        (Shape::Pointer, Value::Pointer(address)) => i128::from(*address),
        (Shape::Enum(_), Value::Enum { number, .. }) => *number,
        _ => return None,
    };
    let (low, high) = range(ty, place)?;
    (low <= number && number <= high).then_some(number as u128)
}

/// The least and greatest number of an integer, char, bool, enum or pointer.
///
/// An `unsigned __int128` ends here at 2¹²⁷ − 1; its larger values are taken as they are.
pub fn range(ty: &Type, place: Option<Bits>) -> Option<(i128, i128)> {
    let width = match (&ty.shape, place) {
        (Shape::Bool, _) => 1,
        (_, Some(place)) => place.width,
        (_, None) => u32::try_from(ty.size * 8).ok().filter(|width| (1..=128).contains(width))?,
    };
    Some(match ty.signed()? {
        true => (i128::MIN >> (128 - width), i128::MAX >> (128 - width)),
        false if width >= 127 => (0, i128::MAX),
        false => (0, (1 << width) - 1),
    })
}

/// The value of this number in a type of whole numbers.
pub fn whole(ty: &Type, number: i128) -> Value {
    match &ty.shape {
        Shape::Char { .. } => Value::Char(number as i16),
        Shape::Bool => Value::Bool(number != 0),
        Shape::Pointer => Value::Pointer(number as u64),
        Shape::Enum(of) => enumerated(of, number),
        _ if ty.signed() == Some(false) => Value::Unsigned(number as u128),
        _ => Value::Signed(number),
    }
}
