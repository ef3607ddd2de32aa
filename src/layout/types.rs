//! Types as memory holds them: size, alignment and shape, with the text that C writes for them.

use std::fmt;
use std::sync::Arc;

use super::target::FloatFormat;

/// No object is larger, in bytes: so that offsets in bits never overflow.
pub const MAX_SIZE: u64 = 1 << 50;
/// Structs and arrays nest no deeper, so that recursion over a type is bounded.
pub const MAX_DEPTH: u32 = 100;
/// The most members that one struct may have, counted through nested ones: unions of unions grow as powers of two.
const MAX_LEAVES: u64 = 1 << 16;

/// A complete C type.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// How C writes it: `unsigned int`, `struct point`, `char *[4]`.
    pub name: TypeName,
    /// `sizeof`, in bytes.
    pub size: u64,
    /// `_Alignof`, in bytes; out of debug information a natural guess.
    pub align: u64,
    /// What the bytes mean.
    pub shape: Shape,
}

/// What the bytes of a type mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// An integer of 1, 2, 4, 8 or 16 bytes.
    Int {
        /// Two's complement.
        signed: bool,
    },
    /// C's plain `char`: arrays of it are text.
    Char {
        /// Plain `char` is signed on this target.
        signed: bool,
    },
    /// `_Bool`: any byte but 0 is true.
    Bool,
    /// A floating-point number.
    Float(FloatFormat),
    /// A pointer: an address in the program that wrote it.
    Pointer,
    /// An enumeration.
    Enum(Arc<Enum>),
    /// A struct or union.
    Record(Arc<Record>),
    /// An array.
    Array(Arc<Array>),
    /// Bytes without a published meaning, such as `sem_t`.
    Opaque,
}

/// An enumeration's constants, in the order of their declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    /// The underlying integer is signed.
    pub signed: bool,
    /// Names and values.
    pub names: Vec<(String, i128)>,
}

/// A struct's or union's members.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// A union: all members start at 0.
    pub union: bool,
    /// The members in the order of their declaration.
    pub members: Vec<Member>,
    depth: u32,
    leaves: u64,
}

/// One member.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name; empty for an anonymous struct or union, whose members count as the parent's.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its first byte, from the start of the struct.
    pub offset: u64,
    /// Where its bits are, for a bit-field.
    pub bits: Option<Bits>,
}

/// Where the bits of a bit-field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bits {
    /// The first bit within the byte at the member's offset, 0 to 7: from the low bit in little endian, from the high one in big.
    pub shift: u32,
    /// How many bits.
    pub width: u32,
}

/// An array; one of several dimensions is an array of arrays.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The type of each element.
    pub element: Type,
    /// How many; 0 for a flexible array member.
    pub count: u64,
    depth: u32,
}

/// A type that would be too large, too deep or of too many members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the type is too large or nested too deeply")
    }
}

impl Record {
    /// Adds the names by which the members are reached, those of anonymous structs and unions included.
    pub fn promoted<'a>(&'a self, names: &mut Vec<&'a str>) {
        for member in &self.members {
            match (member.name.is_empty(), member.ty.innermost_record()) {
                (true, Some(record)) => record.promoted(names),
                _ => names.push(&member.name),
            }
        }
    }
}

impl Type {
    /// A scalar, whose alignment is its size.
    pub fn scalar(name: &str, size: u64, shape: Shape) -> Type {
        Type { name: TypeName::plain(name), size, align: size.max(1), shape }
    }

    /// An array of `count` elements.
    pub fn array(element: Type, count: u64) -> Result<Type, TooLarge> {
        let size = element.size.checked_mul(count).filter(|size| *size <= MAX_SIZE).ok_or(TooLarge)?;
        let depth = element.depth() + 1;
        if depth > MAX_DEPTH {
            return Err(TooLarge);
        }
        let (name, align) = (element.name.array(Some(count)), element.align);
        Ok(Type { name, size, align, shape: Shape::Array(Arc::new(Array { element, count, depth })) })
    }

    /// A struct or union of members that are already placed.
    pub fn record(
        name: &str,
        union: bool,
        members: Vec<Member>,
        size: u64,
        align: u64,
    ) -> Result<Type, TooLarge> {
        let depth = 1 + members.iter().map(|member| member.ty.depth()).max().unwrap_or(0);
        let leaves = members.iter().map(|member| member.ty.leaves()).sum();
        if depth > MAX_DEPTH || leaves > MAX_LEAVES || size > MAX_SIZE {
            return Err(TooLarge);
        }
        let shape = Shape::Record(Arc::new(Record { union, members, depth, leaves }));
        Ok(Type { name: TypeName::plain(name), size, align, shape })
    }

    /// The same type under a typedef's name.
    pub fn renamed(mut self, name: &str) -> Type {
        self.name = TypeName::plain(name);
        self
    }

    /// Whether this is an array of plain `char`, which is shown and set as text.
    pub fn is_text(&self) -> bool {
        matches!(&self.shape, Shape::Array(array) if matches!(array.element.shape, Shape::Char { .. }))
    }

    /// The struct or union behind this type or, through arrays, behind its elements.
    pub fn innermost_record(&self) -> Option<&Record> {
        match &self.shape {
            Shape::Record(record) => Some(record),
            Shape::Array(array) => array.element.innermost_record(),
            _ => None,
        }
    }

    /// The range of values that `width` bits of this type hold; none for what is no integer, enum, bool, char or pointer.
    pub fn signed(&self) -> Option<bool> {
        match &self.shape {
            Shape::Int { signed } | Shape::Char { signed } => Some(*signed),
            Shape::Enum(of) => Some(of.signed),
            Shape::Bool | Shape::Pointer => Some(false),
            _ => None,
        }
    }

    fn depth(&self) -> u32 {
        match &self.shape {
            Shape::Record(record) => record.depth,
            Shape::Array(array) => array.depth,
            _ => 0,
        }
    }

    fn leaves(&self) -> u64 {
        self.innermost_record().map_or(1, |record| record.leaves.max(1))
    }
}

/// A type's text in C, in the two parts between which a declared name stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    before: String,
    after: String,
}

impl TypeName {
    /// A name that is all before the declared one.
    pub fn plain(name: &str) -> TypeName {
        TypeName { before: name.to_string(), after: String::new() }
    }

    /// A pointer to this type; `sign` is `*`, `&` or `&&`.
    pub fn pointer(&self, sign: &str) -> TypeName {
        let gap = if self.before.ends_with(['*', '(']) { "" } else { " " };
        match self.after.starts_with(['[', '(']) {
            true => {
                TypeName { before: format!("{}{gap}({sign}", self.before), after: format!("){}", self.after) }
            }
            false => TypeName { before: format!("{}{gap}{sign}", self.before), after: self.after.clone() },
        }
    }

    /// An array of this type.
    pub fn array(&self, count: Option<u64>) -> TypeName {
        let count = count.map_or_else(String::new, |count| count.to_string());
        TypeName { before: self.before.clone(), after: format!("[{count}]{}", self.after) }
    }

    /// A function that returns this type.
    pub fn function(&self, parameters: &[String]) -> TypeName {
        let after = format!("({}){}", parameters.join(", "), self.after);
        TypeName { before: self.before.clone(), after }
    }

    /// This type with `const` or `volatile`: before a name, after a pointer's star.
    pub fn qualified(&self, word: &str) -> TypeName {
        let before = match self.before.ends_with('*') {
            true => format!("{}{word}", self.before),
            false => format!("{word} {}", self.before),
        };
        TypeName { before, after: self.after.clone() }
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.before, self.after)
    }
}
