//! Values as people type them, read by the type of the field that takes them.

use super::encode::{range, whole};
use super::escape::{safe, unescape};
use super::float::Float;
use super::types::{Array, Bits, Enum, Record, Shape, Type};
use super::value::Value;
use crate::fault::counted;

/// Larger fields are not set at once, in bytes.
const LARGEST: u64 = 1 << 24;

/// The value that `text` is for a field of type `ty`; the error completes "cannot set FIELD: ".
///
/// Integers are decimal, hex (`0x`), octal (`0` or `0o`), binary (`0b`) or a character (`'x'`, `'\n'`); enums also a name;
/// bools also `true` and `false`; pointers also `NULL`. Text for `char[N]` is taken as it is, without quotes and escapes.
/// An array is `{1, 2, 3}` or `1,2,3`, a struct `{1, "text", {2, 3}}` in the order of its members; what is left out is
/// 0, as in C's initialisers. Bytes without a meaning are hex digits.
pub fn read(ty: &Type, place: Option<Bits>, text: &[u8]) -> Result<Value, String> {
    match &ty.shape {
        _ if ty.size > LARGEST => Err(format!("{} is too large to be set at once", ty.name)),
        Shape::Array(_) if ty.is_text() => characters(ty, text.to_vec()),
        Shape::Array(_) | Shape::Record(_) => {
            let mut list = List { rest: text };
            let braces = list.accept(b'{');
            let value = list.aggregate(ty, braces)?;
            match list.blank().is_empty() {
                true => Ok(value),
                false => Err(format!("'{}' is left over", shown(list.rest))),
            }
        }
        _ => scalar(ty, place, text),
    }
}

/// Text for an array of `char`: N bytes need no NUL, as in C.
fn characters(ty: &Type, text: Vec<u8>) -> Result<Value, String> {
    match (text.len() as u64 <= ty.size, text.contains(&0)) {
        (_, true) => Err("a text cannot hold a NUL".to_string()),
        (false, _) => Err(format!("{} given, {} has {}", counted(text.len(), "byte"), ty.name, ty.size)),
        _ => Ok(Value::Text(text)),
    }
}

fn scalar(ty: &Type, place: Option<Bits>, text: &[u8]) -> Result<Value, String> {
    let trimmed = text.trim_ascii();
    let word = std::str::from_utf8(trimmed).map_err(|_| format!("'{}' is no value", shown(text)))?;
    match &ty.shape {
        Shape::Float(format) => match Float::parse(*format, word) {
            Ok(number) => Ok(Value::Float(number)),
            Err(cause) => Err(format!("'{}' is {cause} for {}", shown(text), ty.name)),
        },
        Shape::Opaque => opaque(ty, word),
        Shape::Int { signed: false } if ty.size == 16 && place.is_none() => match natural(word) {
            Some(number) => Ok(Value::Unsigned(number)),
            None => integer(ty, place, word, text),
        },
        _ => integer(ty, place, word, text),
    }
}

/// Hex bytes, exactly as many as the type has.
fn opaque(ty: &Type, word: &str) -> Result<Value, String> {
    let digits = word.strip_prefix("0x").unwrap_or(word).as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes: Option<Vec<u8>> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some((digit(*high)? << 4 | digit(*low)?) as u8),
            _ => None,
        })
        .collect();
    match bytes {
        Some(bytes) if bytes.len() as u64 == ty.size => Ok(Value::Bytes(bytes)),
        Some(bytes) => Err(format!("{} given, {} has {}", counted(bytes.len(), "byte"), ty.name, ty.size)),
        None => Err(format!("{} takes its bytes as hex digits", ty.name)),
    }
}

fn integer(ty: &Type, place: Option<Bits>, word: &str, text: &[u8]) -> Result<Value, String> {
    let (low, high) = range(ty, place).ok_or_else(|| format!("{} takes no value", ty.name))?;
    let special = match (&ty.shape, word) {
        (Shape::Bool, "true") => Some(1),
        (Shape::Bool, "false") => Some(0),
        (Shape::Pointer, "NULL" | "nullptr") => Some(0),
        (Shape::Enum(of), word) => constant(of, word),
        _ => None,
    };
    let number = match special.or_else(|| number(word)) {
        Some(number) => number,
        None => i128::from(character(ty, word).ok_or_else(|| unknown(ty, text))??),
    };
    if number < low || number > high {
        let bits = place.map_or_else(String::new, |place| format!(":{}", place.width));
        return Err(format!("{number} is outside {}{bits} ({low} to {high})", ty.name));
    }
    Ok(whole(ty, number))
}

fn unknown(ty: &Type, text: &[u8]) -> String {
    match &ty.shape {
        Shape::Enum(of) => {
            let names: Vec<&str> = of.names.iter().take(8).map(|(name, _)| name.as_str()).collect();
            let more = if of.names.len() > names.len() { " and more" } else { "" };
            format!("'{}' is no constant of {} ({}{more})", shown(text), ty.name, names.join(", "))
        }
        _ => format!("'{}' is no value for {}", shown(text), ty.name),
    }
}

fn constant(of: &Enum, word: &str) -> Option<i128> {
    of.names.iter().find(|(name, _)| name == word).map(|(_, value)| *value)
}

/// An integer with a sign.
pub fn number(word: &str) -> Option<i128> {
    match word.strip_prefix('-') {
        Some(digits) => {
            natural(digits).filter(|number| *number <= 1 << 127).map(|number| (number as i128).wrapping_neg())
        }
        None => {
            natural(word.strip_prefix('+').unwrap_or(word)).and_then(|number| i128::try_from(number).ok())
        }
    }
}

/// An integer without a sign: decimal, or by its prefix hex, binary or octal.
fn natural(word: &str) -> Option<u128> {
    let lower = word.to_ascii_lowercase();
    let prefixes = [("0x", 16), ("0b", 2), ("0o", 8), ("0", 8)];
    let prefixed = prefixes.iter().find_map(|(prefix, radix)| Some((lower.strip_prefix(prefix)?, *radix)));
    let (digits, radix) = prefixed.filter(|(digits, _)| !digits.is_empty()).unwrap_or((&lower, 10));
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    u128::from_str_radix(digits, radix).ok()
}

/// The number of `'x'`; for a plain `char` also of a bare `x`.
fn character(ty: &Type, word: &str) -> Option<Result<i16, String>> {
    let plain = matches!(ty.shape, Shape::Char { .. });
    let sign = |byte: u8| {
        if ty.signed() == Some(true) && ty.size == 1 { i16::from(byte as i8) } else { i16::from(byte) }
    };
    match word.strip_prefix('\'').and_then(|word| word.strip_suffix('\'')) {
        Some(inner) => Some(unescape(inner.as_bytes()).and_then(|bytes| match bytes.as_slice() {
            [byte] => Ok(sign(*byte)),
            _ => Err(format!("{} is not one character", shown(word.as_bytes()))),
        })),
        None => match word.as_bytes() {
            [byte] if plain => Some(Ok(sign(*byte))),
            _ => None,
        },
    }
}

/// What of the text an error line quotes.
fn shown(text: &[u8]) -> String {
    safe(&String::from_utf8_lossy(text), 60)
}

/// A list of values as C's initialisers have it.
struct List<'t> {
    rest: &'t [u8],
}

impl<'t> List<'t> {
    /// Skips blanks; what is left.
    fn blank(&mut self) -> &'t [u8] {
        self.rest = self.rest.trim_ascii_start();
        self.rest
    }

    fn accept(&mut self, sign: u8) -> bool {
        let is = self.blank().first() == Some(&sign);
        if is {
            self.rest = &self.rest[1..];
        }
        is
    }

    /// An array or struct; its opening brace is taken when there is one.
    fn aggregate(&mut self, ty: &Type, braces: bool) -> Result<Value, String> {
        match &ty.shape {
            Shape::Array(array) => self.array(ty, array, braces),
            Shape::Record(record) if record.union => {
                Err(format!("{} is a union: set one of its members", ty.name))
            }
            Shape::Record(_) if !braces => Err(format!("{} takes its members as {{...}}", ty.name)),
            Shape::Record(record) => self.record(ty, record),
            _ => Err(format!("{} takes one value", ty.name)),
        }
    }

    fn array(&mut self, ty: &Type, array: &Array, braces: bool) -> Result<Value, String> {
        let mut values = Vec::new();
        while !self.ends(braces)? {
            if values.len() as u64 == array.count {
                return Err(format!("more than {} values for {}", array.count, ty.name));
            }
            values.push(self.element(&array.element, None)?);
            self.separate(braces)?;
        }
        if array.element.size > 0 {
            values.resize(array.count as usize, zero(&array.element, None));
        }
        Ok(Value::List(values))
    }

    fn record(&mut self, ty: &Type, record: &Record) -> Result<Value, String> {
        let mut values = Vec::new();
        for member in &record.members {
            if member.name.is_empty() {
                return Err(format!("{} has anonymous members: set them one by one", ty.name));
            }
            let value = if self.ends(true)? {
                self.rest = b"}";
                zero(&member.ty, member.bits)
            } else {
                let value = self.element(&member.ty, member.bits)?;
                self.separate(true)?;
                value
            };
            values.push((member.name.clone(), value));
        }
        match self.ends(true)? {
            true => Ok(Value::Struct(values)),
            false => Err(format!("more than {} values for {}", record.members.len(), ty.name)),
        }
    }

    /// Whether the list ends here; its closing brace is taken.
    fn ends(&mut self, braces: bool) -> Result<bool, String> {
        if self.blank().is_empty() {
            return if braces { Err("'}' is missing".to_string()) } else { Ok(true) };
        }
        Ok(braces && self.accept(b'}'))
    }

    /// Takes the comma between two values.
    fn separate(&mut self, braces: bool) -> Result<(), String> {
        match self.accept(b',') || self.blank().is_empty() || (braces && self.rest.starts_with(b"}")) {
            true => Ok(()),
            false => Err(format!("',' is missing before '{}'", shown(self.rest))),
        }
    }

    fn element(&mut self, ty: &Type, place: Option<Bits>) -> Result<Value, String> {
        if self.accept(b'{') {
            return self.aggregate(ty, true);
        }
        let token = self.token();
        match (&ty.shape, token) {
            (_, [b'"', inner @ .., b'"']) if ty.is_text() => characters(ty, unescape(inner)?),
            (_, bare) if ty.is_text() => characters(ty, bare.to_vec()),
            (Shape::Array(_) | Shape::Record(_), _) => {
                Err(format!("{} takes its values as {{...}}", ty.name))
            }
            (_, bare) => scalar(ty, place, bare),
        }
    }

    /// The text up to the next comma or brace, quotes kept together.
    fn token(&mut self) -> &'t [u8] {
        let text = self.blank();
        let mut quote = None;
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            match (quote, *byte) {
                (Some(_), b'\\') => at += 1,
                (Some(open), byte) if open == byte => quote = None,
                (None, b'"' | b'\'') => quote = Some(*byte),
                (None, b',' | b'}' | b'{') => break,
                _ => {}
            }
            at += 1;
        }
        let (token, rest) = text.split_at(at.min(text.len()));
        self.rest = rest;
        token.trim_ascii_end()
    }
}

/// The value whose bytes are all 0.
fn zero(ty: &Type, place: Option<Bits>) -> Value {
    let bytes = vec![0; super::path::span(ty, place) as usize];
    super::decode::decode(ty, place, 0, &bytes, super::target::Endian::Little)
}
