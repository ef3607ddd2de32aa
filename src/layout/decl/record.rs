//! Structs, unions and enumerations: their words, their members, their places.

use std::collections::HashSet;
use std::sync::Arc;

use super::attributes::Attributes;
use super::constant::Const;
use super::lex::{Kind, Token};
use super::parser::{Declared, Missing, Parser};
use super::specifiers::{Body, Specifiers};
use super::trouble::{Outcome, Trouble};
use crate::layout::place::{Placement, Slot};
use crate::layout::types::{Enum, Member, Shape, Type, TypeName};

/// A member as declared, not yet placed: `packed` may still follow the struct's last brace.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its name; none for an unnamed bit-field, an anonymous struct or union.
    pub name: Option<String>,
    /// Its type.
    pub ty: Type,
    /// What the declaration says about its place.
    pub slot: Slot,
    /// `T name[]`.
    pub flexible: bool,
    /// The token to blame.
    pub token: Token,
}

impl Parser<'_> {
    /// Reads a struct or union, from its first word on.
    pub fn record(&mut self, body: &mut Body) -> Outcome<Declared> {
        let word = self.bump();
        let mut attributes = self.attributes()?;
        let tag = (self.peek().kind == Kind::Word).then(|| self.bump());
        attributes = attributes.and(self.attributes()?);
        body.untagged = tag.is_none();
        let key = tag.as_ref().map(|tag| format!("{} {}", word.text, tag.text));
        if !self.peek().is("{") {
            return self.reference(key);
        }
        body.present = true;
        let brace = self.bump();
        if let Some(key) = key.as_ref().filter(|key| self.tags.contains_key(*key)) {
            return Err(Trouble::at(tag.as_ref().unwrap_or(&word), format!("{key} is declared twice")));
        }
        let members = self.members()?;
        let pack = self.pack;
        self.expect("}")?;
        attributes = attributes.and(self.attributes()?);
        let name = key.clone().unwrap_or_else(|| format!("{} {{...}}", word.text));
        let ty = self.placed(&name, word.text == "union", members, attributes, pack, &brace)?;
        self.records.push(ty.clone());
        self.tags.extend(key.map(|key| (key, ty.clone())));
        Ok(Declared::Object(ty))
    }

    /// A struct, union or enum that is named and not declared here.
    fn reference(&mut self, key: Option<String>) -> Outcome<Declared> {
        let Some(key) = key else {
            return Err(self.trouble("expected a tag or '{'"));
        };
        self.borrow_known(&key)?;
        Ok(match self.tags.get(&key) {
            Some(ty) => Declared::Object(ty.clone()),
            None => Declared::Partial(TypeName::plain(&key), Missing::Tag(key)),
        })
    }

    /// Reads members up to the closing brace.
    fn members(&mut self) -> Outcome<Vec<Pending>> {
        let mut members = Vec::new();
        while !self.peek().is("}") {
            if self.accept(";") || self.static_assertion()? {
                continue;
            }
            let first = self.peek().clone();
            let specifiers = self.specifiers()?;
            if specifiers.typedef {
                return Err(Trouble::at(&first, "typedef inside a struct"));
            }
            if self.peek().is(";") || self.peek().is("}") {
                members.extend(anonymous(&specifiers, &first));
            } else {
                self.declared_members(&specifiers, &mut members)?;
            }
            if !self.peek().is("}") {
                self.expect(";")?;
            }
        }
        Ok(members)
    }

    /// Reads the declarators of one member declaration.
    fn declared_members(&mut self, specifiers: &Specifiers, members: &mut Vec<Pending>) -> Outcome<()> {
        loop {
            members.push(self.member(specifiers)?);
            if !self.accept(",") {
                return Ok(());
            }
        }
    }

    /// Reads one member's declarator and width.
    fn member(&mut self, specifiers: &Specifiers) -> Outcome<Pending> {
        let first = self.peek().clone();
        let (declared, declarator) = self.declarator(specifiers)?;
        let token = declarator.name.clone().unwrap_or(first);
        self.pending(specifiers, declared, declarator.attributes, declarator.name, token)
    }

    /// Completes a member whose declarator is read; its width may follow.
    pub fn pending(
        &mut self,
        specifiers: &Specifiers,
        declared: Declared,
        attributes: Attributes,
        name: Option<Token>,
        token: Token,
    ) -> Outcome<Pending> {
        let ty = self.complete(&declared, &token)?;
        let width = if self.accept(":") { Some(self.width(&ty, name.is_some())?) } else { None };
        let attributes = specifiers.attributes.and(attributes).and(self.attributes()?);
        if name.is_none() && width.is_none() {
            return Err(self.trouble("expected a name"));
        }
        let slot =
            Slot { width, named: name.is_some(), packed: attributes.packed, aligned: attributes.aligned };
        let flexible = matches!(declared, Declared::Flexible(_));
        Ok(Pending { name: name.map(|name| name.text), ty, slot, flexible, token })
    }

    /// Reads the width of a bit-field.
    fn width(&mut self, ty: &Type, named: bool) -> Outcome<u32> {
        let token = self.peek().clone();
        let width = self.constant_size("the width")?;
        let most = match ty.shape {
            Shape::Bool => 1,
            Shape::Int { .. } | Shape::Char { .. } | Shape::Enum(_) => ty.size * 8,
            _ => return Err(Trouble::at(&token, format!("a bit-field cannot be of type {}", ty.name))),
        };
        if width > most {
            return Err(Trouble::at(
                &token,
                format!("{width} bits do not fit {}, which has {most}", ty.name),
            ));
        }
        if width == 0 && named {
            return Err(Trouble::at(&token, "a bit-field of width 0 has no name"));
        }
        Ok(width as u32)
    }

    /// Places the members and makes the type.
    pub fn placed(
        &self,
        name: &str,
        union: bool,
        pending: Vec<Pending>,
        attributes: Attributes,
        pack: Option<u64>,
        brace: &Token,
    ) -> Outcome<Type> {
        check_names(&pending)?;
        let mut placement = Placement::new(self.target, union, pack);
        let mut members = Vec::new();
        let last = pending.len().saturating_sub(1);
        for (at, Pending { name, ty, slot, flexible, token }) in pending.into_iter().enumerate() {
            if flexible && (union || at != last) {
                return Err(Trouble::at(
                    &token,
                    "an array without a size is only the last member of a struct",
                ));
            }
            let slot = Slot { packed: slot.packed || attributes.packed, ..slot };
            let (offset, bits) = placement.place(&ty, slot).map_err(|cause| Trouble::at(&token, cause))?;
            if name.is_some() || slot.width.is_none() {
                members.push(Member { name: name.unwrap_or_default(), ty, offset, bits });
            }
        }
        let (size, align) = placement.finish(attributes.aligned);
        Type::record(name, union, members, size, align).map_err(|cause| Trouble::at(brace, cause))
    }

    /// Reads an enumeration, from its first word on.
    pub fn enumeration(&mut self) -> Outcome<Declared> {
        self.bump();
        let mut attributes = self.attributes()?;
        let tag = (self.peek().kind == Kind::Word).then(|| self.bump());
        let key = tag.as_ref().map(|tag| format!("enum {}", tag.text));
        let fixed = match self.peek().is(":") && self.peek_second().kind == Kind::Word {
            true => {
                self.bump();
                let specifiers = self.specifiers()?;
                Some(self.complete(&specifiers.base, &tag.clone().unwrap_or_else(|| self.peek().clone()))?)
            }
            false => None,
        };
        if !self.peek().is("{") {
            return self.reference(key);
        }
        let brace = self.bump();
        let names = self.enumerators()?;
        attributes = attributes.and(self.attributes()?);
        let name = key.clone().unwrap_or_else(|| "enum {...}".to_string());
        let ty = enum_type(&name, names, fixed, attributes.packed)
            .ok_or_else(|| Trouble::at(&brace, "no integer type holds these values"))?;
        self.tags.extend(key.map(|key| (key, ty.clone())));
        Ok(Declared::Object(ty))
    }

    /// Reads constants up to the closing brace.
    fn enumerators(&mut self) -> Outcome<Vec<(String, i128)>> {
        let mut names = Vec::new();
        let mut next = 0;
        while !self.accept("}") {
            let name = self.expect_word("a name")?;
            self.attributes()?;
            let value = if self.accept("=") { self.constant()?.value } else { next };
            if self.constants.insert(name.text.clone(), Const::of(value)).is_some() {
                return Err(Trouble::at(&name, "declared twice"));
            }
            names.push((name.text, value));
            next = value + 1;
            if !self.accept(",") && !self.peek().is("}") {
                return Err(self.trouble("expected ',' or '}'"));
            }
        }
        Ok(names)
    }

    /// Skips a `_Static_assert`; false when there is none.
    pub fn static_assertion(&mut self) -> Outcome<bool> {
        if !self.peek().is("_Static_assert") && !self.peek().is("static_assert") {
            return Ok(false);
        }
        self.bump();
        self.expect("(")?;
        self.skip_group(")")?;
        Ok(true)
    }
}

/// The member that a declaration without a declarator makes: an untagged struct or union.
pub fn anonymous(specifiers: &Specifiers, token: &Token) -> Option<Pending> {
    match &specifiers.base {
        Declared::Object(ty) if specifiers.body && specifiers.untagged => {
            let attributes = specifiers.attributes;
            let slot = Slot { packed: attributes.packed, aligned: attributes.aligned, ..Slot::default() };
            Some(Pending { name: None, ty: ty.clone(), slot, flexible: false, token: token.clone() })
        }
        _ => None,
    }
}

/// Refuses two members of one name, those of anonymous structs and unions included.
fn check_names(members: &[Pending]) -> Outcome<()> {
    let mut seen = HashSet::new();
    for member in members {
        let mut names = Vec::new();
        match (&member.name, member.ty.innermost_record()) {
            (Some(name), _) => names.push(name.as_str()),
            (None, Some(record)) => record.promoted(&mut names),
            (None, None) => {}
        }
        if let Some(name) = names.into_iter().find(|name| !seen.insert(name.to_string())) {
            return Err(Trouble::at(&member.token, format!("a second member '{name}'")));
        }
    }
    Ok(())
}

/// The enumeration's type: gcc's `unsigned int`, else `int`, else the 64-bit ones; the smallest when packed.
fn enum_type(name: &str, names: Vec<(String, i128)>, fixed: Option<Type>, packed: bool) -> Option<Type> {
    let low = names.iter().map(|(_, value)| *value).min().unwrap_or(0).min(0);
    let high = names.iter().map(|(_, value)| *value).max().unwrap_or(0).max(0);
    let signed = low < 0;
    let fits = |bytes: &u64| {
        let bits = 8 * *bytes as u32;
        match signed {
            true => low >= -(1 << (bits - 1)) && high < 1 << (bits - 1),
            false => high < 1 << bits,
        }
    };
    let sizes: &[u64] = if packed { &[1, 2, 4, 8] } else { &[4, 8] };
    let (size, signed) = match &fixed {
        Some(ty) => (ty.size, ty.signed()?),
        None => (*sizes.iter().find(|bytes| fits(bytes))?, signed),
    };
    Some(Type::scalar(name, size, Shape::Enum(Arc::new(Enum { signed, names }))))
}
