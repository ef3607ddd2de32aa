//! The words before a declared name: storage, qualifiers, attributes and the type.

use super::attributes::Attributes;
use super::base::Words;
use super::known;
use super::lex::{Kind, Token, tokens};
use super::parser::{Declared, Missing, Parser};
use super::trouble::{Outcome, Trouble};
use crate::layout::types::TypeName;

/// `const`, `volatile` and the like, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Qualifiers {
    bits: u8,
}

/// The qualifiers in the order in which they are written; the last one changes alignments.
const QUALIFIERS: [&str; 4] = ["const", "volatile", "restrict", "_Atomic"];

impl Qualifiers {
    /// Adds the qualifier that `word` is; false when it is none.
    pub fn add(&mut self, word: &str) -> bool {
        let plain = match word {
            "__const" | "__const__" => "const",
            "__volatile" | "__volatile__" => "volatile",
            "__restrict" | "__restrict__" => "restrict",
            word => word,
        };
        match QUALIFIERS.iter().position(|known| *known == plain) {
            Some(at) => self.bits |= 1 << at,
            None => return false,
        }
        true
    }

    /// Whether `_Atomic` is among them.
    pub fn atomic(self) -> bool {
        self.bits & 8 != 0
    }

    /// The text of a type so qualified.
    pub fn apply(self, name: &TypeName) -> TypeName {
        let words: Vec<&str> = QUALIFIERS
            .iter()
            .enumerate()
            .filter(|(at, _)| self.bits & (1 << at) != 0)
            .map(|(_, word)| *word)
            .collect();
        if words.is_empty() { name.clone() } else { name.qualified(&words.join(" ")) }
    }
}

/// What the words before a declared name say.
#[derive(Debug, Clone)]
pub struct Specifiers {
    /// The type.
    pub base: Declared,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
    /// The attributes of whatever is declared.
    pub attributes: Attributes,
    /// `typedef` stands here.
    pub typedef: bool,
    /// `static`, `extern` or the like stands here: at the top of a text no member.
    pub storage: bool,
    /// The body of a struct or union stands here.
    pub body: bool,
    /// The struct or union has no tag.
    pub untagged: bool,
}

/// Words without a meaning for layouts.
const STORAGE: [&str; 10] = [
    "static",
    "extern",
    "register",
    "auto",
    "inline",
    "__inline",
    "__inline__",
    "_Thread_local",
    "__thread",
    "_Noreturn",
];

/// Words that make types which we have no values for.
const REFUSED: [&str; 9] = [
    "_Complex",
    "__complex__",
    "_Imaginary",
    "_BitInt",
    "_Float16",
    "typeof",
    "__typeof__",
    "__typeof",
    "__auto_type",
];

/// What is collected while the words are read.
#[derive(Default)]
struct Found {
    words: Words,
    named: Option<Declared>,
    qualifiers: Qualifiers,
    attributes: Attributes,
    typedef: bool,
    storage: bool,
    body: bool,
    untagged: bool,
}

impl Parser<'_> {
    /// Reads the words before a declared name.
    pub fn specifiers(&mut self) -> Outcome<Specifiers> {
        let first = self.peek().clone();
        let mut found = Found::default();
        while self.specifier(&mut found)? {}
        let base = match (found.named, found.words.none()) {
            (Some(named), true) => named,
            (None, true) => return Err(Trouble::at(self.peek(), "expected a type")),
            (None, false) if found.words.void() => Declared::Partial(TypeName::plain("void"), Missing::Void),
            (None, false) => {
                let ty = found.words.ty(self.target);
                Declared::Object(ty.ok_or_else(|| Trouble::at(&first, "these words make no type"))?)
            }
            (Some(_), false) => return Err(Trouble::at(&first, "two types in one declaration")),
        };
        let Found { qualifiers, attributes, typedef, storage, body, untagged, .. } = found;
        let base = if qualifiers.atomic() { atomic(base) } else { base };
        Ok(Specifiers { base, qualifiers, attributes, typedef, storage, body, untagged })
    }

    /// Reads one more word or attribute; false when the next token belongs to a declarator.
    fn specifier(&mut self, found: &mut Found) -> Outcome<bool> {
        let token = self.peek().clone();
        if token.kind != Kind::Word {
            let attributes = token.is("[") && self.peek_second().is("[");
            if attributes {
                found.attributes = found.attributes.and(self.attributes()?);
            }
            return Ok(attributes);
        }
        match token.text.as_str() {
            "__attribute__" | "__attribute" | "_Alignas" | "alignas" => {
                found.attributes = found.attributes.and(self.attributes()?);
                return Ok(true);
            }
            word if REFUSED.contains(&word) => {
                return Err(Trouble::at(&token, "this type is not understood"));
            }
            "typedef" => found.typedef = true,
            "__extension__" => {}
            "struct" | "union" => return self.named(found, Parser::record),
            "enum" => return self.named(found, |parser, _| parser.enumeration()),
            "_Atomic" if self.peek_second().is("(") => {
                return self.named(found, |parser, _| parser.atomic_type());
            }
            word if STORAGE.contains(&word) => found.storage = true,
            word if found.qualifiers.add(word) => {}
            // Before C23 `bool` is a name like others, which old texts declare by themselves.
            "bool" if self.typedefs.contains_key("bool") || found.named.is_some() || !found.words.none() => {
                return Ok(self.typedef_name(found, &token));
            }
            word if found.named.is_none() && found.words.add(word) => {}
            word if Words::default().add(word) => {
                return Err(Trouble::at(&token, "this word does not go with those before"));
            }
            _ => return Ok(self.typedef_name(found, &token)),
        }
        self.bump();
        Ok(true)
    }

    /// Takes the next token as the name of the type; false when there is one already, and it is the declared name.
    fn typedef_name(&mut self, found: &mut Found, token: &Token) -> bool {
        let missing = found.named.is_none() && found.words.none();
        if missing {
            found.named = Some(self.type_called(&token.text, token));
            self.bump();
        }
        missing
    }

    /// Reads a struct, union, enum or `_Atomic(T)` as the type.
    fn named(
        &mut self,
        found: &mut Found,
        read: impl FnOnce(&mut Self, &mut Body) -> Outcome<Declared>,
    ) -> Outcome<bool> {
        if found.named.is_some() {
            return Err(self.trouble("two types in one declaration"));
        }
        let mut body = Body::default();
        found.named = Some(self.deeper(|parser| read(parser, &mut body))?);
        found.body |= body.present;
        found.untagged |= body.untagged;
        Ok(true)
    }

    /// `_Atomic(T)`.
    fn atomic_type(&mut self) -> Outcome<Declared> {
        self.bump();
        self.expect("(")?;
        let ty = self.type_name()?;
        self.expect(")")?;
        Ok(atomic(Declared::Object(ty)))
    }

    /// The type behind a typedef's name.
    fn type_called(&self, name: &str, token: &Token) -> Declared {
        if let Some(declared) = self.typedefs.get(name) {
            return declared.clone();
        }
        match known::typedef(name, self.target) {
            Some(ty) => Declared::Object(ty),
            None => Declared::Partial(TypeName::plain(name), Missing::Unknown(token.clone())),
        }
    }

    /// Whether the next token starts a type name.
    pub fn starts_type(&self) -> bool {
        let token = self.peek();
        if token.kind != Kind::Word || self.constants.contains_key(&token.text) {
            return false;
        }
        let word = token.text.as_str();
        matches!(word, "struct" | "union" | "enum" | "__extension__")
            || Words::default().add(word)
            || Qualifiers::default().add(word)
            || self.typedefs.contains_key(word)
            || known::typedef(word, self.target).is_some()
    }

    /// Declares the struct of this tag if the usual headers have it.
    pub fn borrow_known(&mut self, tag: &str) -> Outcome<()> {
        let Some(text) = known::declaration(tag).filter(|_| !self.tags.contains_key(tag)) else {
            return Ok(());
        };
        let mut parser = Parser::new(tokens(text.as_bytes()), self.target);
        parser.specifiers()?;
        self.tags.extend(parser.tags);
        Ok(())
    }
}

/// What a struct's or union's words held beside its type.
#[derive(Debug, Default)]
pub struct Body {
    /// Its members stand here.
    pub present: bool,
    /// It has no tag.
    pub untagged: bool,
}

/// `_Atomic` aligns what a machine word can hold to its size.
fn atomic(base: Declared) -> Declared {
    match base {
        Declared::Object(mut ty) if matches!(ty.size, 1 | 2 | 4 | 8 | 16) => {
            ty.align = ty.align.max(ty.size);
            Declared::Object(ty)
        }
        other => other,
    }
}
