//! C's basic types: from the words of a declaration, in any order, to one type with its usual spelling.

use crate::layout::target::{FloatFormat, Target};
use crate::layout::types::{Shape, Type};

/// The words of a basic type, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Words {
    signed: u8,
    unsigned: u8,
    short: u8,
    long: u8,
    /// `int`, at most once and only beside the words above.
    int: u8,
    /// `char`, `float`, `double`, `void`, `bool`, `__int128`, `_Float128`.
    kind: Option<&'static str>,
}

impl Words {
    /// Counts one more word; false when it is none of a basic type, or does not go with those before.
    pub fn add(&mut self, word: &str) -> bool {
        let kind = match word {
            "signed" | "__signed__" | "__signed" => return more(&mut self.signed, 1),
            "unsigned" => return more(&mut self.unsigned, 1),
            "short" => return more(&mut self.short, 1),
            "long" => return more(&mut self.long, 2),
            "int" => return more(&mut self.int, 1),
            "char" => "char",
            "float" => "float",
            "double" => "double",
            "void" => "void",
            "bool" | "_Bool" => "bool",
            "__int128" => "__int128",
            "_Float128" | "__float128" => "_Float128",
            _ => return false,
        };
        self.kind.replace(kind).is_none()
    }

    /// Whether no word was counted.
    pub fn none(&self) -> bool {
        *self == Words::default()
    }

    /// Whether this is `void`.
    pub fn void(&self) -> bool {
        self.kind == Some("void") && self.plain()
    }

    /// No word beside the kind.
    fn plain(&self) -> bool {
        (self.signed, self.unsigned, self.short, self.long, self.int) == (0, 0, 0, 0, 0)
    }

    /// The type; none when the words do not go together.
    pub fn ty(&self, target: &Target) -> Option<Type> {
        if self.signed + self.unsigned > 1 || self.none() {
            return None;
        }
        let unsigned = self.unsigned == 1;
        let signed = !unsigned;
        let lengths = (self.short, self.long, self.int);
        let scalar = |name, size, shape| Some(Type::scalar(name, size, shape));
        let format = target.long_double;
        match (self.kind, lengths) {
            (None, (1, 0, _)) => scalar(pick(unsigned, "unsigned short", "short"), 2, Shape::Int { signed }),
            (None, (0, 0, _)) => scalar(pick(unsigned, "unsigned int", "int"), 4, Shape::Int { signed }),
            (None, (0, 1, _)) => scalar(pick(unsigned, "unsigned long", "long"), 8, Shape::Int { signed }),
            (None, (0, 2, _)) => {
                scalar(pick(unsigned, "unsigned long long", "long long"), 8, Shape::Int { signed })
            }
            (Some("char"), (0, 0, 0)) if self.signed + self.unsigned == 0 => {
                scalar("char", 1, Shape::Char { signed: target.char_signed })
            }
            (Some("char"), (0, 0, 0)) => {
                scalar(pick(unsigned, "unsigned char", "signed char"), 1, Shape::Int { signed })
            }
            (Some("__int128"), (0, 0, 0)) => {
                scalar(pick(unsigned, "unsigned __int128", "__int128"), 16, Shape::Int { signed })
            }
            (Some("double"), (0, 1, 0)) if self.signed == 0 && signed => {
                scalar("long double", 16, Shape::Float(format))
            }
            (Some(kind), _) if self.plain() => match kind {
                "float" => scalar(kind, 4, Shape::Float(FloatFormat::Single)),
                "double" => scalar(kind, 8, Shape::Float(FloatFormat::Double)),
                "_Float128" => scalar(kind, 16, Shape::Float(FloatFormat::Quad)),
                "bool" => scalar(kind, 1, Shape::Bool),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The basic type that these words name.
pub fn basic<'a>(words: impl Iterator<Item = &'a str>, target: &Target) -> Option<Type> {
    let mut counted = Words::default();
    for word in words {
        if !counted.add(word) {
            return None;
        }
    }
    counted.ty(target)
}

fn more(count: &mut u8, most: u8) -> bool {
    *count += 1;
    *count <= most
}

fn pick(unsigned: bool, yes: &'static str, no: &'static str) -> &'static str {
    if unsigned { yes } else { no }
}
