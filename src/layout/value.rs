//! Values: what a field holds, free of any format.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use super::escape::escape;
use super::float::Float;

/// What a field holds.
///
/// `Display` writes it on one line of printable ASCII: numbers in decimal, a printable `char` as `'A'`, pointers in hex,
/// enums by name, text escaped, bytes in hex, lists as `{1, 2}`. Scalars can be typed back as a new value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The bytes end before this field.
    Absent,
    /// A signed integer.
    Signed(i128),
    /// An unsigned integer.
    Unsigned(u128),
    /// A plain `char`: its number, from −128 to 255 by target.
    Char(i16),
    /// A `_Bool`.
    Bool(bool),
    /// A floating-point number.
    Float(Float),
    /// An address.
    Pointer(u64),
    /// An enumeration's value.
    Enum {
        /// The number.
        number: i128,
        /// The first constant of that number.
        name: Option<String>,
    },
    /// An array of `char`, up to its first NUL.
    Text(Vec<u8>),
    /// Bytes without a known meaning.
    Bytes(Vec<u8>),
    /// An array, as far as the bytes reach.
    List(Vec<Value>),
    /// A struct or union: names and values in the order of the declaration.
    Struct(Vec<(String, Value)>),
}

impl Value {
    /// The bytes of a bare value: text as it is in memory, everything else as `Display` writes it.
    pub fn bare(&self) -> Cow<'_, [u8]> {
        match self {
            Value::Text(bytes) => Cow::Borrowed(bytes),
            other => Cow::Owned(other.to_string().into_bytes()),
        }
    }

    /// The bytes for a table, which escapes what is not printable itself: as `Display`, but text as it is in memory, `65 'A'`
    /// for a `char`, `RED (1)` for an enum and `-` for what is absent.
    pub fn table_bytes(&self) -> Vec<u8> {
        match self {
            Value::Absent => b"-".to_vec(),
            Value::Char(number) => match printable(*number) {
                Some(byte) => format!("{number} '{}'", char::from(byte)).into_bytes(),
                None => number.to_string().into_bytes(),
            },
            Value::Enum { number, name: Some(name) } => format!("{name} ({number})").into_bytes(),
            Value::Text(bytes) => bytes.clone(),
            other => {
                let mut bytes = Vec::new();
                other.push_unescaped(&mut bytes);
                bytes
            }
        }
    }

    /// As `Display` writes it inside a list, but with the bytes of text as they are between their quotes.
    fn push_unescaped(&self, to: &mut Vec<u8>) {
        match self {
            Value::Text(bytes) => {
                to.push(b'"');
                to.extend_from_slice(bytes);
                to.push(b'"');
            }
            Value::List(values) => {
                to.push(b'{');
                for (at, value) in values.iter().enumerate() {
                    to.extend_from_slice(if at == 0 { b"" } else { b", " });
                    value.push_unescaped(to);
                }
                to.push(b'}');
            }
            Value::Struct(members) => {
                to.push(b'{');
                for (at, (name, value)) in members.iter().enumerate() {
                    let before = if at == 0 { "" } else { ", " };
                    to.extend_from_slice(format!("{before}{name} = ").as_bytes());
                    value.push_unescaped(to);
                }
                to.push(b'}');
            }
            other => to.extend_from_slice(other.to_string().as_bytes()),
        }
    }

    /// The order of two values of the same field; none where there is none: NaN, lists, structs, what is absent.
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Signed(a), Value::Signed(b)) => Some(a.cmp(b)),
            (Value::Unsigned(a), Value::Unsigned(b)) => Some(a.cmp(b)),
            (Value::Char(a), Value::Char(b)) => Some(a.cmp(b)),
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Value::Float(a), Value::Float(b)) => a.compare(b),
            (Value::Pointer(a), Value::Pointer(b)) => Some(a.cmp(b)),
            (Value::Enum { number: a, .. }, Value::Enum { number: b, .. }) => Some(a.cmp(b)),
            (Value::Text(a), Value::Text(b)) | (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// Whether two values of the same field are the same; a NaN is not even itself.
    pub fn equals(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.equals(b))
            }
            (Value::Struct(a), Value::Struct(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((_, a), (_, b))| a.equals(b))
            }
            _ => self.compare(other) == Some(Ordering::Equal),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, nested: bool) -> fmt::Result {
        match self {
            Value::Absent => f.write_str("null"),
            Value::Signed(number) => write!(f, "{number}"),
            Value::Unsigned(number) => write!(f, "{number}"),
            Value::Char(number) => match printable(*number) {
                Some(byte) => write!(f, "'{}'", escape(&[byte], '\'')),
                None => write!(f, "{number}"),
            },
            Value::Bool(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value}"),
            Value::Pointer(address) => write!(f, "{address:#x}"),
            Value::Enum { name: Some(name), .. } => f.write_str(name),
            Value::Enum { number, name: None } => write!(f, "{number}"),
            Value::Text(bytes) if nested => write!(f, "\"{}\"", escape(bytes, '"')),
            Value::Text(bytes) => f.write_str(&escape(bytes, '\0')),
            Value::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Value::List(values) => {
                f.write_str("{")?;
                for (at, value) in values.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    value.write(f, true)?;
                }
                f.write_str("}")
            }
            Value::Struct(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{name} = ", if at == 0 { "" } else { ", " })?;
                    value.write(f, true)?;
                }
                f.write_str("}")
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}

/// The byte of a `char` that is a visible ASCII character or a blank.
fn printable(number: i16) -> Option<u8> {
    u8::try_from(number).ok().filter(|byte| matches!(byte, b' '..=b'~'))
}
