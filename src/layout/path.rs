//! Fields by path: `a.b[3].c` to a place and a type, and all leaf fields in order.

use std::fmt;

use super::escape::safe;
use super::types::{Bits, Member, Record, Shape, Type};

/// One field of a layout.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// How it is reached from the layout's start: `a.b[3].c`.
    pub path: String,
    /// Its first byte, from the layout's start.
    pub offset: u64,
    /// Where its bits are within the bytes at `offset`, for a bit-field.
    pub bits: Option<Bits>,
    /// Its type.
    pub ty: Type,
}

impl Field {
    /// How many bytes hold it: for a bit-field those that its bits touch.
    pub fn size(&self) -> u64 {
        span(&self.ty, self.bits)
    }

    /// The type as C writes it, a bit-field's width included: `unsigned int:3`.
    pub fn type_text(&self) -> String {
        match self.bits {
            Some(bits) => format!("{}:{}", self.ty.name, bits.width),
            None => self.ty.name.to_string(),
        }
    }

    /// The offset in bytes; of a bit-field `4.3`, with the first bit of that byte (see [`Bits::shift`]).
    pub fn offset_text(&self) -> String {
        match self.bits {
            Some(bits) => format!("{}.{}", self.offset, bits.shift),
            None => self.offset.to_string(),
        }
    }
}

/// How many bytes a value of this type and these bits touches.
pub fn span(ty: &Type, bits: Option<Bits>) -> u64 {
    bits.map_or(ty.size, |bits| u64::from((bits.shift + bits.width).div_ceil(8)))
}

/// A path that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoField {
    cause: String,
    /// The name that was not found; empty when something else is wrong.
    pub wanted: String,
    /// The names that are there instead.
    pub known: Vec<String>,
}

impl fmt::Display for NoField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl NoField {
    fn because(cause: String) -> NoField {
        NoField { cause, wanted: String::new(), known: Vec::new() }
    }
}

/// The field at `path` in `ty`, which may also be a whole struct or array.
pub fn resolve(ty: &Type, path: &str) -> Result<Field, NoField> {
    let mut field = Field { path: path.to_string(), offset: 0, bits: None, ty: ty.clone() };
    for (at, part) in path.split('.').enumerate() {
        let (name, indices) = part.split_at(part.find('[').unwrap_or(part.len()));
        let before = path.split('.').take(at).collect::<Vec<_>>().join(".");
        enter(&mut field, name, &before)?;
        let mut rest = indices;
        while !rest.is_empty() {
            rest = index(&mut field, rest, path)?;
        }
    }
    Ok(field)
}

/// Goes from a struct to its member.
fn enter(field: &mut Field, name: &str, before: &str) -> Result<(), NoField> {
    let Shape::Record(record) = &field.ty.shape else {
        let cause = format!("'{before}' is {}, which has no members", field.ty.name);
        return Err(NoField::because(cause));
    };
    let Some((offset, member)) = find(record, name) else {
        let mut known = Vec::new();
        record.promoted(&mut known);
        let known = known.into_iter().map(String::from).collect();
        let inside = if before.is_empty() { String::new() } else { format!(" in '{before}'") };
        let cause = format!("there is no field '{}'{inside}", safe(name, 60));
        return Err(NoField { cause, wanted: name.to_string(), known });
    };
    let (offset, bits, ty) = (field.offset + offset, member.bits, member.ty.clone());
    (field.offset, field.bits, field.ty) = (offset, bits, ty);
    Ok(())
}

/// The member of this name and its offset, looked for in anonymous structs and unions too.
fn find<'a>(record: &'a Record, name: &str) -> Option<(u64, &'a Member)> {
    record.members.iter().find_map(|member| match (&member.ty.shape, member.name.is_empty()) {
        (Shape::Record(inner), true) => {
            find(inner, name).map(|(offset, found)| (member.offset + offset, found))
        }
        _ => (member.name == name && !name.is_empty()).then_some((member.offset, member)),
    })
}

/// Goes from an array to the element whose index `text` starts with; returns what follows.
fn index<'a>(field: &mut Field, text: &'a str, path: &str) -> Result<&'a str, NoField> {
    let wrong = || NoField::because(format!("'{}' is no path of fields like a.b[3].c", safe(path, 60)));
    let (digits, rest) = text.strip_prefix('[').and_then(|text| text.split_once(']')).ok_or_else(wrong)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let Shape::Array(array) = &field.ty.shape else {
        return Err(NoField::because(format!(
            "[{digits}] is applied to {}, which is no array",
            field.ty.name
        )));
    };
    let at = digits.parse::<u64>().ok().filter(|at| *at < array.count).ok_or_else(|| {
        NoField::because(format!("[{digits}] is outside {}, whose first index is 0", field.ty.name))
    })?;
    let (offset, ty) = (field.offset + at * array.element.size, array.element.clone());
    (field.offset, field.ty) = (offset, ty);
    Ok(rest)
}

/// The leaf fields of a type in order: structs are entered, arrays of them too, other arrays are one field.
///
/// An array of structs is entered as far as `available` bytes reach; one that starts behind them is one field.
pub struct Leaves<'a> {
    available: u64,
    stack: Vec<Visit<'a>>,
}

/// What is still to be visited.
struct Visit<'a> {
    path: String,
    offset: u64,
    bits: Option<Bits>,
    ty: &'a Type,
    /// The next element, of an array that is entered.
    next: u64,
}

impl<'a> Leaves<'a> {
    /// The leaves of `ty`.
    pub fn new(ty: &'a Type, available: u64) -> Leaves<'a> {
        Leaves { available, stack: vec![Visit { path: String::new(), offset: 0, bits: None, ty, next: 0 }] }
    }

    fn enter(&mut self, visit: &Visit<'a>, record: &'a Record) {
        let base = if visit.path.is_empty() { String::new() } else { format!("{}.", visit.path) };
        self.stack.extend(record.members.iter().rev().map(|member| Visit {
            path: if member.name.is_empty() { visit.path.clone() } else { format!("{base}{}", member.name) },
            offset: visit.offset + member.offset,
            bits: member.bits,
            ty: &member.ty,
            next: 0,
        }));
    }
}

impl Iterator for Leaves<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        while let Some(visit) = self.stack.pop() {
            match &visit.ty.shape {
                Shape::Record(record) => self.enter(&visit, record),
                Shape::Array(array) if array.element.innermost_record().is_some() => {
                    let offset = visit.offset + visit.next * array.element.size;
                    let there = visit.next < array.count && offset < self.available && array.element.size > 0;
                    if there {
                        let path = format!("{}[{}]", visit.path, visit.next);
                        self.stack.push(Visit { next: visit.next + 1, ..visit });
                        self.stack.push(Visit { path, offset, bits: None, ty: &array.element, next: 0 });
                    } else if visit.next == 0 {
                        return Some(visit.field());
                    }
                }
                _ => return Some(visit.field()),
            }
        }
        None
    }
}

impl Visit<'_> {
    fn field(self) -> Field {
        Field { path: self.path, offset: self.offset, bits: self.bits, ty: self.ty.clone() }
    }
}
