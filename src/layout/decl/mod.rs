//! C declarations to a type: what is declared at the top of a text, and which of it is meant.

mod attributes;
pub mod base;
mod constant;
mod declarator;
mod expression;
mod known;
mod lex;
mod macros;
mod parser;
mod record;
pub mod specifiers;
mod trouble;

use self::attributes::Attributes;
use self::lex::Kind;
use self::parser::{Declared, Missing, Parser};
use self::record::{Pending, anonymous};
use self::specifiers::Specifiers;
use self::trouble::{Outcome, Trouble};
use super::nearest;
use super::target::Target;
use super::types::{Shape, Type};
use crate::fault::Fault;
use crate::status::Status;

/// Reads the declarations in `text`: the struct `name`, else the members declared at its top, else its last struct.
///
/// Objects declared at the top (`int age; char name[20]`) are the members of one struct. They are not when all of them
/// are pointers, or are declared together with the body of a struct: then the text is a program's, and the last struct
/// is meant.
pub fn parse(text: &[u8], name: Option<&str>, target: &Target) -> Result<Type, Fault> {
    let fault = |cause: Trouble| Fault::new("read the declarations", cause).status(Status::USAGE);
    let tokens = macros::preprocess(lex::tokens(text), target).map_err(fault)?;
    let mut parser = Parser::new(tokens, target);
    let found = parser.items().map_err(fault)?;
    match name {
        Some(name) => parser.called(name),
        None => parser.subject(found).map_err(fault),
    }
}

/// What stands at the top of a text.
#[derive(Default)]
struct Found {
    /// Objects, and untagged structs and unions without a name.
    members: Vec<Pending>,
    /// Among the members is one that makes them a list: see [`parse`].
    list: bool,
    /// The typedef's name that was last given to a struct.
    subject: Option<Type>,
}

impl Parser<'_> {
    /// Reads all declarations.
    fn items(&mut self) -> Outcome<Found> {
        let mut found = Found::default();
        let mut braces = 0;
        while self.peek().kind != Kind::End {
            if self.accept(";") || self.static_assertion()? {
                continue;
            }
            if self.peek().is("extern") && self.peek_second().kind == Kind::Text {
                self.bump();
                self.bump();
                braces += u32::from(self.accept("{"));
                continue;
            }
            if braces > 0 && self.accept("}") {
                braces -= 1;
                continue;
            }
            self.item(&mut found)?;
        }
        Ok(found)
    }

    /// Reads one declaration: typedef, struct, object or function.
    fn item(&mut self, found: &mut Found) -> Outcome<()> {
        let first = self.peek().clone();
        let specifiers = self.specifiers()?;
        if specifiers.body {
            found.subject = self.records.last().cloned();
        }
        if self.peek().is(";") || self.peek().kind == Kind::End {
            found.members.extend(anonymous(&specifiers, &first));
            return Ok(());
        }
        loop {
            let (declared, declarator) = self.declarator(&specifiers)?;
            let token = declarator.name.clone().unwrap_or_else(|| self.peek().clone());
            let attributes = declarator.attributes;
            if specifiers.typedef {
                let Some(name) = declarator.name else {
                    return Err(self.trouble("expected a name"));
                };
                self.define_type(&specifiers, declared, attributes, &name.text, found);
            } else if matches!(declared, Declared::Partial(_, Missing::Function)) {
                if self.accept("{") {
                    return self.skip_group("}");
                }
            } else if specifiers.storage {
                self.skip_initialiser()?;
            } else {
                let pointer = matches!(&declared, Declared::Object(ty) if matches!(ty.shape, Shape::Pointer));
                let member = self.pending(&specifiers, declared, attributes, declarator.name, token)?;
                found.list |= !pointer && !specifiers.body;
                found.members.push(member);
                self.skip_initialiser()?;
            }
            if !self.accept(",") {
                break;
            }
        }
        match self.peek().kind {
            Kind::End => Ok(()),
            _ => self.expect(";"),
        }
    }

    /// Gives a type its typedef's name.
    fn define_type(
        &mut self,
        specifiers: &Specifiers,
        declared: Declared,
        attributes: Attributes,
        name: &str,
        found: &mut Found,
    ) {
        let mut renamed = declared.renamed(name);
        if let (Declared::Object(ty), Some(bytes)) =
            (&mut renamed, specifiers.attributes.and(attributes).aligned)
        {
            ty.align = bytes;
        }
        if let (true, Declared::Object(ty)) = (specifiers.body, &renamed) {
            let own = found.subject.as_ref().is_some_and(|subject| subject.shape == ty.shape);
            if own && specifiers.untagged {
                found.subject = Some(ty.clone());
            }
        }
        self.typedefs.insert(name.to_string(), renamed);
    }

    /// Skips `= …` up to the comma or semicolon after it.
    fn skip_initialiser(&mut self) -> Outcome<()> {
        if !self.accept("=") {
            return Ok(());
        }
        while !self.peek().is(",") && !self.peek().is(";") && self.peek().kind != Kind::End {
            let token = self.bump();
            let close = ["()", "[]", "{}"].into_iter().find(|pair| token.is(&pair[..1]));
            if let Some(pair) = close {
                self.skip_group(&pair[1..])?;
            }
        }
        Ok(())
    }

    /// The struct that is meant when nobody named one.
    fn subject(&self, found: Found) -> Outcome<Type> {
        match found.subject {
            Some(ty) if !found.list => Ok(ty),
            _ if found.members.is_empty() => Err(self.trouble("no struct and no member is declared")),
            _ => self.placed(
                "struct {...}",
                false,
                found.members,
                Attributes::default(),
                self.pack,
                self.peek(),
            ),
        }
    }

    /// The struct or union of this name: a tag, with or without `struct`, or a typedef.
    fn called(&self, name: &str) -> Result<Type, Fault> {
        let keys = [name.to_string(), format!("struct {name}"), format!("union {name}")];
        let tagged = keys.iter().find_map(|key| self.tags.get(key)).cloned();
        let declared = self.typedefs.get(name).and_then(|declared| self.complete(declared, self.peek()).ok());
        let found = tagged.or(declared).filter(|ty| matches!(ty.shape, Shape::Record(_)));
        found.ok_or_else(|| {
            let known = self.tags.keys().chain(self.typedefs.keys()).map(String::as_str);
            let fault =
                Fault::new("read the declarations", format!("no struct {name:?} is declared in them"));
            nearest::hint(fault.status(Status::USAGE), name, known)
        })
    }
}
