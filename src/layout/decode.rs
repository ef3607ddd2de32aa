//! Bytes to values.

use super::bits;
use super::float::Float;
use super::path::span;
use super::target::Endian;
use super::types::{Array, Bits, Enum, Record, Shape, Type};
use super::value::Value;

/// The value of a `ty` that starts at `offset` of `bytes`; what the bytes do not reach is absent.
///
/// An array ends with its last whole element, a text with the last byte that is there.
pub fn decode(ty: &Type, place: Option<Bits>, offset: u64, bytes: &[u8], endian: Endian) -> Value {
    match &ty.shape {
        Shape::Record(record) => Value::Struct(members(record, offset, bytes, endian)),
        Shape::Array(array) => elements(array, ty, offset, bytes, endian),
        _ => match slice(bytes, offset, span(ty, place)) {
            Some(own) => scalar(ty, place, own, endian),
            None => Value::Absent,
        },
    }
}

/// The `length` bytes at `offset`, if all are there.
fn slice(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
}

/// The members' values; those of anonymous structs and unions stand among their parent's.
fn members(record: &Record, offset: u64, bytes: &[u8], endian: Endian) -> Vec<(String, Value)> {
    let mut values = Vec::with_capacity(record.members.len());
    for member in &record.members {
        let offset = offset + member.offset;
        match &member.ty.shape {
            Shape::Record(inner) if member.name.is_empty() => {
                values.extend(members(inner, offset, bytes, endian))
            }
            _ => values.push((member.name.clone(), decode(&member.ty, member.bits, offset, bytes, endian))),
        }
    }
    values
}

fn elements(array: &Array, ty: &Type, offset: u64, bytes: &[u8], endian: Endian) -> Value {
    let left = (bytes.len() as u64).saturating_sub(offset);
    if left == 0 && ty.size > 0 {
        return Value::Absent;
    }
    if ty.is_text() {
        let own = slice(bytes, offset, left.min(ty.size)).unwrap_or_default();
        let end = own.iter().position(|byte| *byte == 0).unwrap_or(own.len());
        return Value::Text(own[..end].to_vec());
    }
    let size = array.element.size;
    let there = if size == 0 { 0 } else { array.count.min(left.div_ceil(size)) };
    let values = (0..there).map(|at| decode(&array.element, None, offset + at * size, bytes, endian));
    let values: Vec<Value> = values.take_while(|value| *value != Value::Absent).collect();
    match values.is_empty() && ty.size > 0 {
        true => Value::Absent,
        false => Value::List(values),
    }
}

fn scalar(ty: &Type, place: Option<Bits>, own: &[u8], endian: Endian) -> Value {
    let number = match place {
        Some(place) => bits::read_bits(own, place, endian),
        None if own.len() <= 16 => bits::read(own, endian),
        None => 0,
    };
    let width = place.map_or(ty.size as u32 * 8, |place| place.width);
    let signed = |signed: bool| if signed { bits::extend(number, width) } else { number as i128 };
    match &ty.shape {
        Shape::Int { signed: true } => Value::Signed(bits::extend(number, width)),
        Shape::Int { signed: false } => Value::Unsigned(number),
        Shape::Char { signed: is } => Value::Char(signed(*is) as i16),
        Shape::Bool => Value::Bool(number != 0),
        Shape::Float(format) => Value::Float(Float::from_bits(*format, number)),
        Shape::Pointer => Value::Pointer(number as u64),
        Shape::Enum(of) => enumerated(of, signed(of.signed)),
        _ => Value::Bytes(own.to_vec()),
    }
}

/// The value of an enumeration with the first name of its number.
pub fn enumerated(of: &Enum, number: i128) -> Value {
    let name = of.names.iter().find(|(_, value)| *value == number).map(|(name, _)| name.clone());
    Value::Enum { number, name }
}
