//! Complete types from their entries.

use std::sync::Arc;

use gimli::{AttributeValue, DwAt, DwAte};

use super::sections::Slice;
use super::units::{Entry, Place, Units};
use super::{Outcome, members, names};
use crate::layout::target::FloatFormat;
use crate::layout::types::{Enum, MAX_DEPTH, MAX_SIZE, Shape, Type, TypeName};

/// The complete type at `place`; none for what has no size: `void`, functions, structs that are only declared.
pub fn complete(units: &Units, place: Place, depth: u32) -> Outcome<Option<Type>> {
    if depth > MAX_DEPTH {
        return Err("a type is nested too deeply".to_string());
    }
    let entry = units.entry(place)?;
    let inner = || match units.type_of(place.unit, &entry)? {
        Some(inner) => complete(units, inner, depth + 1),
        None => Ok(None),
    };
    let tag = entry.tag();
    if names::qualifier(tag).is_some() {
        return inner();
    }
    let size = number(&entry, gimli::DW_AT_byte_size);
    if size.is_some_and(|size| size > MAX_SIZE) {
        return Err("it is damaged: a type is too large".to_string());
    }
    if names::pointer(tag).is_some() {
        let name = names::named(units, Some(place), depth)?.name;
        let size = size.unwrap_or_else(|| units.address_size(place.unit));
        return Ok(Some(Type { name, ..scalar(size, Shape::Pointer) }));
    }
    let name = TypeName::plain(&names::own(units, place, &entry));
    let ty = match tag {
        gimli::DW_TAG_base_type => Some(Type { name, ..base(units, place, &entry, size.unwrap_or(0)) }),
        gimli::DW_TAG_typedef => inner()?.map(|ty| Type { name, ..ty }),
        gimli::DW_TAG_enumeration_type => {
            enumeration(units, place, &entry, size)?.map(|ty| Type { name, ..ty })
        }
        gimli::DW_TAG_array_type => inner()?.map(|element| array(units, place, element)).transpose()?,
        gimli::DW_TAG_structure_type | gimli::DW_TAG_union_type | gimli::DW_TAG_class_type => {
            if Units::declares(&entry) {
                let elsewhere = units.target(place.unit, &entry, gimli::DW_AT_signature)?;
                return elsewhere.map_or(Ok(None), |place| complete(units, place, depth + 1));
            }
            Some(members::record(units, place, &entry, &name.to_string(), size.unwrap_or(0), depth)?)
        }
        gimli::DW_TAG_unspecified_type => size.map(|size| Type { name, ..scalar(size, Shape::Pointer) }),
        gimli::DW_TAG_ptr_to_member_type => {
            let name = names::named(units, Some(place), depth)?.name;
            Some(Type { name, ..member_pointer(units, place, &entry, size)? })
        }
        _ => None,
    };
    Ok(ty.map(|ty| aligned(ty, &entry)))
}

/// The type with the alignment that its entry names, if it does.
pub fn aligned(ty: Type, entry: &Entry) -> Type {
    match number(entry, gimli::DW_AT_alignment) {
        Some(align) if align.is_power_of_two() && align <= MAX_SIZE => Type { align, ..ty },
        _ => ty,
    }
}

/// A type of this size, if its shape can have it; bytes without a meaning otherwise.
fn scalar(size: u64, shape: Shape) -> Type {
    let fits = match shape {
        Shape::Int { .. } | Shape::Enum(_) => matches!(size, 1 | 2 | 4 | 8 | 16),
        Shape::Char { .. } | Shape::Bool => size == 1,
        Shape::Pointer => matches!(size, 2 | 4 | 8),
        _ => true,
    };
    let ty = Type::scalar("", size, if fits { shape } else { Shape::Opaque });
    Type { align: if size.is_power_of_two() && size <= 16 { size } else { 1 }, ..ty }
}

/// A basic type by its encoding.
fn base<'d>(units: &Units<'d>, place: Place, entry: &Entry<'d>, size: u64) -> Type {
    let encoding = match entry.attr_value(gimli::DW_AT_encoding) {
        Some(AttributeValue::Encoding(encoding)) => encoding,
        _ => DwAte(0),
    };
    let name = units.name(place.unit, entry);
    let shape = match encoding {
        gimli::DW_ATE_signed => Shape::Int { signed: true },
        gimli::DW_ATE_signed_char | gimli::DW_ATE_unsigned_char if name == "char" => {
            Shape::Char { signed: encoding == gimli::DW_ATE_signed_char }
        }
        gimli::DW_ATE_signed_char => Shape::Int { signed: true },
        gimli::DW_ATE_unsigned | gimli::DW_ATE_unsigned_char | gimli::DW_ATE_UTF => {
            Shape::Int { signed: false }
        }
        gimli::DW_ATE_boolean if size == 1 => Shape::Bool,
        gimli::DW_ATE_boolean => Shape::Int { signed: false },
        gimli::DW_ATE_float => float(units, &name, size).map_or(Shape::Opaque, Shape::Float),
        _ => Shape::Opaque,
    };
    let ty = scalar(size, shape);
    // i386 has `long double` in 12 bytes.
    if size == 12 { Type { align: 4, ..ty } } else { ty }
}

fn float(units: &Units, name: &str, size: u64) -> Option<FloatFormat> {
    match size {
        4 => Some(FloatFormat::Single),
        8 => Some(FloatFormat::Double),
        16 if name.contains("128") => Some(FloatFormat::Quad),
        12 | 16 => units.wide_float().filter(|format| size == 16 || *format == FloatFormat::Extended),
        _ => None,
    }
}

fn enumeration<'d>(
    units: &Units<'d>,
    place: Place,
    entry: &Entry<'d>,
    size: Option<u64>,
) -> Outcome<Option<Type>> {
    if Units::declares(entry) {
        return Ok(None);
    }
    let underlying = match units.type_of(place.unit, entry)? {
        Some(at) => complete(units, at, MAX_DEPTH - 8)?,
        None => None,
    };
    let size = size.or(underlying.as_ref().map(|ty| ty.size)).unwrap_or(4);
    let mut values = Vec::new();
    units.children(place, |child| {
        if child.tag() == gimli::DW_TAG_enumerator {
            values.extend(
                child
                    .attr_value(gimli::DW_AT_const_value)
                    .map(|value| (units.name(place.unit, &child), value)),
            );
        }
        Ok(())
    })?;
    let negative =
        values.iter().any(|(_, value)| matches!(value, AttributeValue::Sdata(value) if *value < 0));
    let signed = underlying.and_then(|ty| ty.signed()).unwrap_or(negative);
    let names = values
        .into_iter()
        .filter_map(|(name, value)| Some((name, constant(&value, signed, size)?)))
        .collect();
    Ok(Some(scalar(size, Shape::Enum(Arc::new(Enum { signed, names })))))
}

/// An enumerator's value: forms without a sign have the enumeration's own when they are as wide.
fn constant(value: &AttributeValue<Slice>, signed: bool, size: u64) -> Option<i128> {
    let wide = |number: u64, bytes: u64| match signed && bytes == size {
        true => crate::layout::bits::extend(u128::from(number), bytes as u32 * 8),
        false => i128::from(number),
    };
    Some(match value {
        AttributeValue::Data1(number) => wide(u64::from(*number), 1),
        AttributeValue::Data2(number) => wide(u64::from(*number), 2),
        AttributeValue::Data4(number) => wide(u64::from(*number), 4),
        AttributeValue::Data8(number) => wide(*number, 8),
        AttributeValue::Udata(number) => i128::from(*number),
        AttributeValue::Sdata(number) if !signed && *number < 0 && size == 8 => i128::from(*number as u64),
        AttributeValue::Sdata(number) => i128::from(*number),
        _ => return None,
    })
}

fn array(units: &Units, place: Place, element: Type) -> Outcome<Type> {
    let mut ty = element;
    for count in counts(units, place)?.into_iter().rev() {
        let name = ty.name.array(count);
        let array = Type::array(ty, count.unwrap_or(0)).map_err(|cause| cause.to_string())?;
        ty = Type { name, ..array };
    }
    Ok(ty)
}

/// The sizes of an array's dimensions; none where it has none.
pub fn counts(units: &Units, place: Place) -> Outcome<Vec<Option<u64>>> {
    let mut counts = Vec::new();
    units.children(place, |child| {
        if child.tag() == gimli::DW_TAG_subrange_type {
            let last = || match child.attr_value(gimli::DW_AT_upper_bound)? {
                AttributeValue::Sdata(last) => u64::try_from(last.checked_add(1)?).ok(),
                _ => number(&child, gimli::DW_AT_upper_bound).map(|last| last.wrapping_add(1)),
            };
            counts.push(number(&child, gimli::DW_AT_count).or_else(last));
        }
        Ok(())
    })?;
    if counts.len() > MAX_DEPTH as usize {
        return Err("it is damaged: an array has too many dimensions".to_string());
    }
    Ok(counts)
}

/// A C++ pointer to member: an offset, or for a function two words.
fn member_pointer<'d>(
    units: &Units<'d>,
    place: Place,
    entry: &Entry<'d>,
    size: Option<u64>,
) -> Outcome<Type> {
    let to = units.type_of(place.unit, entry)?.map(|to| units.entry(to)).transpose()?;
    let words = if to.is_some_and(|to| to.tag() == gimli::DW_TAG_subroutine_type) { 2 } else { 1 };
    Ok(scalar(size.unwrap_or(words * units.address_size(place.unit)), Shape::Opaque))
}

/// A constant attribute that is not negative.
pub fn number(entry: &Entry, attribute: DwAt) -> Option<u64> {
    entry.attr_value(attribute)?.udata_value()
}
