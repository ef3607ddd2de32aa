//! `__attribute__`, `[[…]]` and `_Alignas`: what changes a layout is kept, what cannot be honoured is refused.

use super::lex::{Kind, Token};
use super::parser::Parser;
use super::trouble::{Outcome, Trouble};

/// What `aligned` without a number means: the largest alignment of any basic type, 16 on both targets.
const LARGEST: u64 = 16;
/// gcc takes no larger alignment.
const MOST: u64 = 1 << 28;

/// The attributes that change a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes {
    /// `packed`.
    pub packed: bool,
    /// The largest of all `aligned(N)` and `_Alignas`, in bytes.
    pub aligned: Option<u64>,
}

impl Attributes {
    /// Both together.
    pub fn and(self, other: Attributes) -> Attributes {
        Attributes { packed: self.packed || other.packed, aligned: self.aligned.max(other.aligned) }
    }
}

impl Parser<'_> {
    /// Reads all attributes that stand here, perhaps none.
    pub fn attributes(&mut self) -> Outcome<Attributes> {
        let mut found = Attributes::default();
        loop {
            let token = self.peek();
            if token.is("__attribute__") || token.is("__attribute") {
                self.bump();
                self.expect("(")?;
                self.expect("(")?;
                found = found.and(self.attribute_list(")")?);
                self.expect(")")?;
            } else if token.is("[") && self.peek_second().is("[") {
                self.bump();
                self.bump();
                found = found.and(self.attribute_list("]")?);
                self.expect("]")?;
            } else if token.is("_Alignas") || token.is("alignas") {
                self.bump();
                found = found.and(self.alignas()?);
            } else if token.is("__asm__") || token.is("asm") {
                self.bump();
                self.expect("(")?;
                self.skip_group(")")?;
            } else {
                return Ok(found);
            }
        }
    }

    /// The attributes up to `close`.
    fn attribute_list(&mut self, close: &str) -> Outcome<Attributes> {
        let mut found = Attributes::default();
        while !self.accept(close) {
            if self.accept(",") {
                continue;
            }
            let mut name = self.expect_word("an attribute")?;
            if self.accept("::") || (self.accept(":") && self.accept(":")) {
                name = self.expect_word("an attribute")?;
            }
            found = found.and(self.attribute(&name)?);
        }
        Ok(found)
    }

    fn attribute(&mut self, name: &Token) -> Outcome<Attributes> {
        let bare =
            name.text.strip_prefix("__").and_then(|text| text.strip_suffix("__")).unwrap_or(&name.text);
        match bare {
            "packed" => Ok(Attributes { packed: true, aligned: None }),
            "aligned" if self.accept("(") => {
                let token = self.peek().clone();
                let bytes = self.constant_size("the alignment")?;
                self.expect(")")?;
                aligned(bytes, &token)
            }
            "aligned" => Ok(Attributes { packed: false, aligned: Some(LARGEST) }),
            "vector_size" | "mode" | "ms_struct" | "scalar_storage_order" => {
                Err(Trouble::at(name, "this attribute is not understood"))
            }
            _ => {
                if self.accept("(") {
                    self.skip_group(")")?;
                }
                Ok(Attributes::default())
            }
        }
    }

    /// `(N)` or `(TYPE)` after `_Alignas`.
    fn alignas(&mut self) -> Outcome<Attributes> {
        self.expect("(")?;
        let token = self.peek().clone();
        let bytes =
            if self.starts_type() { self.type_name()?.align } else { self.constant_size("the alignment")? };
        self.expect(")")?;
        match bytes {
            0 => Ok(Attributes::default()),
            _ => aligned(bytes, &token),
        }
    }
}

fn aligned(bytes: u64, token: &Token) -> Outcome<Attributes> {
    if !bytes.is_power_of_two() || bytes > MOST || token.kind == Kind::End {
        return Err(Trouble::at(token, format!("the alignment {bytes} is no power of two up to {MOST}")));
    }
    Ok(Attributes { packed: false, aligned: Some(bytes) })
}
