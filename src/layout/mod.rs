//! C declarations and DWARF to a [`Layout`]; bytes to values and values to bytes by it. No I/O, nothing printed.
//!
//! ```
//! use ipctool::layout::{Endian, Layout, Target};
//! // What `--endian` says; without it `Target::HOST.endian`.
//!
//! # fn main() -> Result<(), ipctool::fault::Fault> {
//! let layout = Layout::parse(b"int age; char name[20]; int id", None, &Target::HOST)?;
//! // Or `Layout::from_elf(&bytes_of_the_binary, "person")`, with feature `dwarf`.
//! let mut bytes = vec![0; layout.size() as usize];
//!
//! // `--set`: all are checked before the first is applied; offset, bytes and mask say what to write.
//! for patch in [layout.set(b"age=29", Endian::Little)?, layout.set(b"name=x", Endian::Little)?] {
//!     assert!(patch.apply(&mut bytes));
//! }
//! // `dump --struct`: leaf fields in order, or one tree for JSON. `--get`: one field's bare value.
//! for (field, value) in layout.rows(&bytes, Endian::Little) {
//!     println!("{} {} {} {value}", field.path, field.offset_text(), field.type_text());
//!     assert!(!value.table_bytes().is_empty());
//! }
//! let tree = layout.tree(&bytes, Endian::Little);
//! let name = layout.field("name")?.value(&bytes, Endian::Little);
//! assert_eq!(&name.bare()[..], b"x");
//! // `--if`, `--until`: `None` when the bytes do not reach the field.
//! assert_eq!(layout.condition(b"age>18")?.holds(&bytes, Endian::Little), Some(true));
//! // `--add`: offset, width and amount for one atomic instruction; then the new value.
//! let step = layout.step(b"age=1", Endian::Little)?;
//! assert_eq!((step.field.offset, step.width, step.amount), (0, 4, 1));
//! assert_eq!(step.value(30).to_string(), "30");
//! # drop(tree);
//! # Ok(())
//! # }
//! ```
//!
//! `bytes` always start where the layout does; they may be shorter (what they do not reach is [`Value::Absent`]) or
//! longer. `--count N` is N layouts, each [`Layout::size`] bytes after the other. Faults here have status 2, those of
//! binaries 1.

mod bits;
mod condition;
mod decl;
mod decode;
#[cfg(feature = "dwarf")]
mod dwarf;
mod encode;
mod escape;
mod float;
mod literal;
mod nearest;
mod path;
mod place;
mod step;
mod target;
mod types;
mod value;

pub use self::condition::{Comparison, Condition};
pub use self::encode::Patch;
pub use self::float::Float;
pub use self::path::Field;
pub use self::step::Step;
pub use self::target::{Endian, FloatFormat, Target};
pub use self::types::{Array, Bits, Enum, Member, Record, Shape, Type, TypeName};
pub use self::value::Value;

use self::path::{Leaves, NoField};
use crate::fault::Fault;
use crate::status::Status;

/// How one struct lies in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    ty: Type,
}

impl Layout {
    /// Reads C declarations: the struct, union or typedef `name`, else the members at the top of the text, else its last
    /// struct. Sizes and offsets are gcc's on `target`.
    ///
    /// # Errors
    /// What is not understood, with line, column and token; no struct of this name.
    pub fn parse(text: &[u8], name: Option<&str>, target: &Target) -> Result<Layout, Fault> {
        Ok(Layout { ty: decl::parse(text, name, target)? })
    }

    /// Reads the debug information (DWARF 4 or 5) in the bytes of an ELF file: its struct, union, class or typedef `name`.
    ///
    /// # Errors
    /// No ELF file; no debug information, or it is compressed or in another file, with a hint what to do; no such type,
    /// with the nearest names; damaged information.
    #[cfg(feature = "dwarf")]
    pub fn from_elf(binary: &[u8], name: &str) -> Result<Layout, Fault> {
        Ok(Layout { ty: dwarf::read(binary, name)? })
    }

    /// The name as C writes it: `struct person`, a typedef's name, or `struct {...}`.
    pub fn name(&self) -> String {
        self.ty.name.to_string()
    }

    /// `sizeof`, in bytes.
    pub fn size(&self) -> u64 {
        self.ty.size
    }

    /// `_Alignof`, in bytes; out of debug information a natural guess.
    pub fn align(&self) -> u64 {
        self.ty.align
    }

    /// The type itself, always of [`Shape::Record`].
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The whole struct as one field, of an empty path: to make bytes from a [`Value::Struct`], or to set all members.
    pub fn whole(&self) -> Field {
        Field { path: String::new(), offset: 0, bits: None, ty: self.ty.clone() }
    }

    /// The leaf fields in order, each with its value in `bytes`.
    ///
    /// Structs and arrays of structs are entered, the latter as far as the bytes reach. `char[N]` is one field of text,
    /// any other array one field with a list.
    pub fn rows<'a>(&'a self, bytes: &'a [u8], endian: Endian) -> impl Iterator<Item = (Field, Value)> + 'a {
        Leaves::new(&self.ty, bytes.len() as u64).map(move |field| {
            let value = field.value(bytes, endian);
            (field, value)
        })
    }

    /// All values of `bytes` as one [`Value::Struct`]; arrays end where the bytes end.
    pub fn tree(&self, bytes: &[u8], endian: Endian) -> Value {
        decode::decode(&self.ty, None, 0, bytes, endian)
    }

    /// The field at `path`: `age`, `pos.x`, `slots[3].name`, `name[0]`; also a whole struct or array.
    ///
    /// # Errors
    /// No such field, with the nearest names; an index outside its array.
    pub fn field(&self, path: &str) -> Result<Field, Fault> {
        self.find(path).map_err(|no| no_field(&format!("find the field {path:?}"), &no))
    }

    /// The new bytes for `FIELD=VALUE`; how values are written is said in the commands' help.
    ///
    /// `char[N]` takes the text as it is and is filled up with NULs. An array or struct given in part gets 0 for the rest.
    ///
    /// # Errors
    /// No such field; a value that is none of its type, is out of range or too long.
    pub fn set(&self, text: &[u8], endian: Endian) -> Result<Patch, Fault> {
        let Some(at) = text.iter().position(|byte| *byte == b'=') else {
            return Err(Fault::usage(format!("{:?} is not FIELD=VALUE", String::from_utf8_lossy(text))));
        };
        let path = String::from_utf8_lossy(&text[..at]);
        let what = format!("set {path:?}");
        let field = self.find(&path).map_err(|no| no_field(&what, &no))?;
        let value = field.read(&text[at + 1..]).map_err(|cause| usage(&what, cause))?;
        field.patch(&value, endian).ok_or_else(|| usage(&what, "the value is none of its type"))
    }

    /// The condition `FIELD=VALUE`, `FIELD!=VALUE`, `FIELD<VALUE`, `FIELD>VALUE`, `FIELD<=VALUE` or `FIELD>=VALUE`.
    ///
    /// # Errors
    /// As [`Layout::set`]; an order asked of a list or struct.
    pub fn condition(&self, text: &[u8]) -> Result<Condition, Fault> {
        let Some((path, comparison, value)) = condition::split(text) else {
            let line = format!(
                "{:?} is not FIELD=VALUE, nor with !=, <, >, <= or >=",
                String::from_utf8_lossy(text)
            );
            return Err(Fault::usage(line));
        };
        let path = String::from_utf8_lossy(path);
        let what = format!("compare {path:?}");
        let field = self.find(&path).map_err(|no| no_field(&what, &no))?;
        let value = field.read(value).map_err(|cause| usage(&what, cause))?;
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
        match value {
            Value::List(_) | Value::Struct(_) if ordered => {
                Err(usage(&what, "lists and structs have no order"))
            }
            _ => Ok(Condition { field, comparison, value }),
        }
    }

    /// The addition `FIELD=N`, N decimal, hex or octal, perhaps negative.
    ///
    /// # Errors
    /// No such field, or none that one atomic instruction adds to: an integer of 1, 2, 4 or 8 bytes at an offset that is a
    /// multiple of its size, no bit-field, in the machine's own order of bytes.
    pub fn step(&self, text: &[u8], endian: Endian) -> Result<Step, Fault> {
        let text = String::from_utf8_lossy(text);
        let Some((path, amount)) = text.split_once('=') else {
            return Err(Fault::usage(format!("{text:?} is not FIELD=N")));
        };
        let what = format!("add to {path:?}");
        let field = self.find(path).map_err(|no| no_field(&what, &no))?;
        if endian != Target::HOST.endian {
            return Err(usage(&what, "an atomic instruction adds in the machine's own order of bytes"));
        }
        let number =
            literal::number(amount).ok_or_else(|| usage(&what, format!("{amount:?} is no integer")))?;
        step::step(field, number).map_err(|cause| usage(&what, cause))
    }

    fn find(&self, path: &str) -> Result<Field, NoField> {
        path::resolve(&self.ty, path)
    }
}

impl Field {
    /// Its value in `bytes`, which start where the layout does.
    pub fn value(&self, bytes: &[u8], endian: Endian) -> Value {
        decode::decode(&self.ty, self.bits, self.offset, bytes, endian)
    }

    /// The value that `text` is for this field; the error is the cause alone.
    pub fn read(&self, text: &[u8]) -> Result<Value, String> {
        literal::read(&self.ty, self.bits, text)
    }

    /// The new bytes for `value`; none when it is no value of the field's type, or out of its range.
    pub fn patch(&self, value: &Value, endian: Endian) -> Option<Patch> {
        let size = usize::try_from(self.size()).ok()?;
        let (mut bytes, mut mask) = (vec![0; size], vec![0; size]);
        encode::encode(&self.ty, self.bits, value, &mut bytes, &mut mask, endian).ok()?;
        Some(Patch { offset: self.offset, bytes, mask })
    }
}

fn usage(what: &str, cause: impl std::fmt::Display) -> Fault {
    Fault::new(what, cause).status(Status::USAGE)
}

fn no_field(what: &str, no: &NoField) -> Fault {
    nearest::hint(usage(what, no), &no.wanted, no.known.iter().map(String::as_str))
}
