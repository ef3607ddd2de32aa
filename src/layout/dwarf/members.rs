//! Members of structs, unions and classes, bit-fields in the manners of DWARF 4 and 5 included.

use gimli::{AttributeValue, EvaluationResult, Location};

use super::types::{aligned, complete, number};
use super::units::{Entry, Place, Units};
use super::{Outcome, broken};
use crate::layout::types::{Bits, MAX_SIZE, Member, Type};

/// The struct, union or class at `place`.
pub fn record<'d>(
    units: &Units<'d>,
    place: Place,
    entry: &Entry<'d>,
    name: &str,
    size: u64,
    depth: u32,
) -> Outcome<Type> {
    let union = entry.tag() == gimli::DW_TAG_union_type;
    let mut members = Vec::new();
    units.children(place, |child| {
        match child.tag() {
            gimli::DW_TAG_member if child.has_attr(gimli::DW_AT_external) || Units::declares(&child) => {}
            gimli::DW_TAG_member | gimli::DW_TAG_inheritance => {
                members.extend(member(units, place, &child, union, depth)?);
            }
            gimli::DW_TAG_variant_part => {
                return Err(format!("{name} has variants, which are not understood"));
            }
            _ => {}
        }
        Ok(())
    })?;
    let align = members.iter().map(|member| member.ty.align).max().unwrap_or(1);
    let align = if size.is_multiple_of(align) { align } else { 1 };
    Type::record(name, union, members, size, align).map_err(|cause| cause.to_string())
}

/// A member or base class; none for an unnamed bit-field, which only takes room.
fn member<'d>(
    units: &Units<'d>,
    place: Place,
    entry: &Entry<'d>,
    union: bool,
    depth: u32,
) -> Outcome<Option<Member>> {
    let full = units.name(place.unit, entry);
    let name = match entry.tag() {
        gimli::DW_TAG_inheritance => String::new(),
        // A C++ compiler's own members have names like `_vptr.Base`.
        _ => full.split(['.', '$', '[']).next().unwrap_or_default().to_string(),
    };
    let ty = match units.type_of(place.unit, entry)? {
        Some(at) => complete(units, at, depth + 1)?,
        None => None,
    };
    let ty = ty.ok_or_else(|| format!("the member {full:?} has no complete type"))?;
    let ty = aligned(ty, entry);
    let location = location(units, place, entry)?;
    let (start, width) = match number(entry, gimli::DW_AT_bit_size) {
        Some(_) if name.is_empty() => return Ok(None),
        None => (u64::try_from(location).ok().and_then(|byte| byte.checked_mul(8)), None),
        // They all start there; gcc 12 says otherwise for types that are aligned below their size.
        Some(width) if union => (Some(0), Some(width)),
        Some(width) => (bit_start(entry, &ty, location, width, units.big_endian()), Some(width)),
    };
    let start = start.filter(|start| *start / 8 <= MAX_SIZE).ok_or_else(|| damaged(&full))?;
    let bits =
        width.map(|width| Bits { shift: (start % 8) as u32, width: u32::try_from(width).unwrap_or(0) });
    if bits
        .is_some_and(|bits| bits.width == 0 || u64::from(bits.width) > ty.size * 8 || ty.signed().is_none())
    {
        return Err(damaged(&full));
    }
    if name.is_empty() && ty.innermost_record().is_none() {
        return Err(format!("a member of type {} has no name", ty.name));
    }
    Ok(Some(Member { name, ty, offset: start / 8, bits }))
}

/// The first bit of a bit-field: by DWARF 5's `data_bit_offset`, or by DWARF 4's count from the storage unit's high bit.
fn bit_start(entry: &Entry, ty: &Type, location: i64, width: u64, big_endian: bool) -> Option<u64> {
    let location = i128::from(location) * 8;
    let start = match number(entry, gimli::DW_AT_data_bit_offset) {
        Some(start) => location + i128::from(start),
        None => {
            let unit = number(entry, gimli::DW_AT_byte_size).unwrap_or(ty.size);
            let from_high = i128::from(entry.attr_value(gimli::DW_AT_bit_offset)?.sdata_value()?);
            match big_endian {
                true => location + from_high,
                false => location + i128::from(unit) * 8 - from_high - i128::from(width),
            }
        }
    };
    u64::try_from(start).ok()
}

/// The byte at which a member or base class starts; gcc has negative ones beside `DW_AT_bit_offset`.
fn location<'d>(units: &Units<'d>, place: Place, entry: &Entry<'d>) -> Outcome<i64> {
    match entry.attr_value(gimli::DW_AT_data_member_location) {
        None => Ok(0),
        Some(AttributeValue::Exprloc(expression)) => {
            let unit = units.unit(place.unit)?;
            let mut evaluation = expression.evaluation(unit.encoding());
            evaluation.set_initial_value(0);
            evaluation.set_max_iterations(16);
            let virtual_base = || "a virtual base class has no fixed place".to_string();
            match evaluation.evaluate().map_err(broken)? {
                EvaluationResult::Complete => {}
                _ => return Err(virtual_base()),
            }
            match evaluation.as_result() {
                [piece] => match piece.location {
                    Location::Address { address } => Ok(address as i64),
                    _ => Err(virtual_base()),
                },
                _ => Err(virtual_base()),
            }
        }
        Some(value) => {
            let unsigned = value.udata_value().and_then(|byte| i64::try_from(byte).ok());
            unsigned.or(value.sdata_value()).ok_or_else(|| damaged(&units.name(place.unit, entry)))
        }
    }
}

fn damaged(name: &str) -> String {
    format!("it is damaged: the member {name:?} is at no possible place")
}
