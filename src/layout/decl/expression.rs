//! Constant expressions as array sizes, bit-field widths and enumerators have them: C's operators, `sizeof`,
//! `_Alignof`, `offsetof` and casts to integer types.

use super::constant::{self, Const, usual};
use super::lex::Kind;
use super::parser::Parser;
use super::trouble::{Outcome, Trouble};
use crate::layout::path;
use crate::layout::types::{Shape, Type};

/// The binary operators, from the loosest to the tightest.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<", ">", "<=", ">="],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Parser<'_> {
    /// Reads a constant expression, conditional ones included.
    pub fn constant(&mut self) -> Outcome<Const> {
        self.deeper(|parser| {
            let condition = parser.binary(0)?;
            if !parser.accept("?") {
                return Ok(condition);
            }
            let yes = parser.constant()?;
            parser.expect(":")?;
            let no = parser.constant()?;
            let (yes, no) = usual(yes, no);
            Ok(if condition.value != 0 { yes } else { no })
        })
    }

    /// Reads a constant expression that is a size: not negative.
    pub fn constant_size(&mut self, what: &str) -> Outcome<u64> {
        let token = self.peek().clone();
        let value = self.constant()?.value;
        u64::try_from(value).map_err(|_| Trouble::at(&token, format!("{what} is negative: {value}")))
    }

    fn binary(&mut self, level: usize) -> Outcome<Const> {
        let Some(signs) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        loop {
            let Some(sign) = signs.iter().find(|sign| self.peek().is(sign)) else {
                return Ok(left);
            };
            let token = self.bump();
            let right = self.binary(level + 1)?;
            left = Const::binary(left, sign, right).ok_or_else(|| {
                Trouble::at(&token, format!("{} {sign} {} has no value", left.value, right.value))
            })?;
        }
    }

    fn unary(&mut self) -> Outcome<Const> {
        if let Some(sign) = ["-", "+", "~", "!"].into_iter().find(|sign| self.peek().is(sign)) {
            self.bump();
            return self.deeper(|parser| Ok(parser.unary()?.unary(sign)));
        }
        if self.peek().is("(") {
            self.bump();
            return self.parenthesised();
        }
        self.primary()
    }

    /// What follows an opening parenthesis: a cast, or an expression and its end.
    fn parenthesised(&mut self) -> Outcome<Const> {
        if !self.starts_type() {
            let value = self.constant()?;
            self.expect(")")?;
            return Ok(value);
        }
        let token = self.peek().clone();
        let ty = self.type_name()?;
        self.expect(")")?;
        let value = self.deeper(Parser::unary)?;
        cast(value, &ty)
            .ok_or_else(|| Trouble::at(&token, format!("a cast to {} is not understood", ty.name)))
    }

    fn primary(&mut self) -> Outcome<Const> {
        let token = self.peek().clone();
        match token.kind {
            Kind::Number => constant::number(&self.bump()),
            Kind::Char => constant::character(&self.bump(), self.target.char_signed),
            Kind::Word => {
                self.bump();
                match token.text.as_str() {
                    "sizeof" => Ok(Const::size(self.measured()?.size)),
                    "_Alignof" | "alignof" | "__alignof__" | "__alignof" => {
                        Ok(Const::size(self.measured()?.align))
                    }
                    "offsetof" | "__builtin_offsetof" => self.offset_of(),
                    name => {
                        let known = || super::known::constant(name).map(|value| Const::of(value.into()));
                        let value = self.constants.get(name).copied().or_else(known);
                        value.ok_or_else(|| Trouble::at(&token, "unknown constant"))
                    }
                }
            }
            _ => Err(self.trouble("expected a constant expression")),
        }
    }

    /// `(TYPE)` after `sizeof`.
    fn measured(&mut self) -> Outcome<Type> {
        self.expect("(")?;
        if !self.starts_type() {
            return Err(self.trouble("expected a type: sizeof of an object is not understood"));
        }
        let ty = self.type_name()?;
        self.expect(")")?;
        Ok(ty)
    }

    /// `(TYPE, member.path[1])` after `offsetof`.
    fn offset_of(&mut self) -> Outcome<Const> {
        self.expect("(")?;
        let ty = self.type_name()?;
        self.expect(",")?;
        let first = self.peek().clone();
        let mut member = String::new();
        while !self.peek().is(")") && self.peek().kind != Kind::End {
            member.push_str(&self.bump().text);
        }
        self.expect(")")?;
        let field = path::resolve(&ty, &member).map_err(|cause| Trouble::at(&first, cause))?;
        Ok(Const::size(field.offset))
    }

    /// Reads a type name, as in a cast; one without a size is refused.
    pub fn type_name(&mut self) -> Outcome<Type> {
        let token = self.peek().clone();
        let specifiers = self.specifiers()?;
        let (declared, _) = self.declarator(&specifiers)?;
        self.complete(&declared, &token)
    }
}

/// The value converted to an integer type.
fn cast(value: Const, ty: &Type) -> Option<Const> {
    let signed = ty.signed()?;
    if matches!(ty.shape, Shape::Bool) {
        return Some(Const::truth(value.value != 0));
    }
    let small = match (ty.size, signed) {
        (1, true) => i128::from(value.value as i8),
        (1, false) => i128::from(value.value as u8),
        (2, true) => i128::from(value.value as i16),
        (2, false) => i128::from(value.value as u16),
        (4 | 8, _) => return Some(value.converted(ty.size == 8, !signed)),
        _ => return None,
    };
    Some(Const::of(small))
}
