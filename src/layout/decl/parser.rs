//! The parser's state: where it is among the tokens, and what is declared so far.

use std::collections::HashMap;

use super::constant::Const;
use super::lex::{Kind, Place, Token};
use super::trouble::{Outcome, Trouble};
use crate::layout::target::Target;
use crate::layout::types::{Type, TypeName};

/// Structs, parentheses and operators nest no deeper in the text.
const DEEPEST: u32 = 64;

/// What a declaration gives a name to.
#[derive(Debug, Clone)]
pub enum Declared {
    /// A complete type.
    Object(Type),
    /// `T name[]`: an array of no elements, only at the end of a struct.
    Flexible(Type),
    /// A type that has no size here.
    Partial(TypeName, Missing),
}

/// Why a type has no size.
#[derive(Debug, Clone)]
pub enum Missing {
    /// It is `void`.
    Void,
    /// It is a function.
    Function,
    /// The struct, union or enum of this tag (`struct s`) has no body so far.
    Tag(String),
    /// Nobody declared this name.
    Unknown(Token),
}

/// A parser over tokens without directives and macros.
pub struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    /// The machine whose layout is wanted.
    pub target: &'a Target,
    /// Types by typedef name.
    pub typedefs: HashMap<String, Declared>,
    /// Complete types by tag: `struct s`, `union u`, `enum e`.
    pub tags: HashMap<String, Type>,
    /// Constants of enumerations.
    pub constants: HashMap<String, Const>,
    /// Structs and unions in the order in which their bodies ended.
    pub records: Vec<Type>,
    /// `#pragma pack`: the number of bytes in force.
    pub pack: Option<u64>,
    pack_stack: Vec<Option<u64>>,
}

impl<'a> Parser<'a> {
    /// A parser at the first of `tokens`.
    pub fn new(mut tokens: Vec<Token>, target: &'a Target) -> Parser<'a> {
        if tokens.last().is_none_or(|last| last.kind != Kind::End) {
            let place = tokens.last().map_or(Place { line: 1, column: 1 }, |last| last.place);
            tokens.push(Token { kind: Kind::End, text: String::new(), place, row: 0, spaced: true });
        }
        let mut parser = Parser {
            tokens,
            at: 0,
            depth: 0,
            target,
            typedefs: HashMap::new(),
            tags: HashMap::new(),
            constants: HashMap::new(),
            records: Vec::new(),
            pack: None,
            pack_stack: Vec::new(),
        };
        parser.take_pragmas();
        parser
    }

    /// The token that is next.
    pub fn peek(&self) -> &Token {
        &self.tokens[self.at]
    }

    /// The token after the next one.
    pub fn peek_second(&self) -> &Token {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)]
    }

    /// Takes the next token; the last one stays.
    pub fn bump(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        if token.kind != Kind::End {
            self.at += 1;
            self.take_pragmas();
        }
        token
    }

    /// Takes the next token if it is this sign or word.
    pub fn accept(&mut self, text: &str) -> bool {
        let is = self.peek().is(text);
        if is {
            self.bump();
        }
        is
    }

    /// Takes the next token, which must be this sign or word.
    pub fn expect(&mut self, text: &str) -> Outcome<()> {
        match self.accept(text) {
            true => Ok(()),
            false => Err(self.trouble(format!("expected '{text}'"))),
        }
    }

    /// Takes the next token, which must be a name.
    pub fn expect_word(&mut self, what: &str) -> Outcome<Token> {
        match self.peek().kind {
            Kind::Word => Ok(self.bump()),
            _ => Err(self.trouble(format!("expected {what}"))),
        }
    }

    /// Trouble with the next token.
    pub fn trouble(&self, reason: impl std::fmt::Display) -> Trouble {
        Trouble::at(self.peek(), reason)
    }

    /// Runs `read` one level deeper; too many levels are refused.
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth == DEEPEST {
            return Err(self.trouble("nested too deeply"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Takes what stands up to the matching `close`, whose opening sign was taken before.
    pub fn skip_group(&mut self, close: &str) -> Outcome<()> {
        let mut closers = vec![close];
        while let Some(close) = closers.last() {
            let token = self.peek();
            if token.kind == Kind::End {
                return Err(self.trouble(format!("expected '{close}'")));
            }
            if token.is(close) {
                closers.pop();
            } else if let Some(close) = closer(token) {
                closers.push(close);
            }
            self.bump();
        }
        Ok(())
    }

    /// The complete type of what is declared; `token` is blamed for one that has no size.
    pub fn complete(&self, declared: &Declared, token: &Token) -> Outcome<Type> {
        match declared {
            Declared::Object(ty) | Declared::Flexible(ty) => Ok(ty.clone()),
            Declared::Partial(_, Missing::Void) => Err(Trouble::at(token, "void has no size")),
            Declared::Partial(_, Missing::Function) => Err(Trouble::at(token, "a function has no size")),
            Declared::Partial(_, Missing::Unknown(name)) => Err(Trouble::at(name, "unknown type")),
            Declared::Partial(name, Missing::Tag(tag)) => match self.tags.get(tag) {
                Some(ty) => Ok(Type { name: name.clone(), ..ty.clone() }),
                None => Err(Trouble::at(token, format!("{tag} has no body here"))),
            },
        }
    }

    /// Applies the `#pragma pack` lines that stand here.
    fn take_pragmas(&mut self) {
        while self.tokens[self.at].kind == Kind::Pack {
            let text = std::mem::take(&mut self.tokens[self.at].text);
            for word in text.split(',') {
                match word {
                    "push" => self.pack_stack.push(self.pack),
                    "pop" => self.pack = self.pack_stack.pop().flatten(),
                    "" => self.pack = None,
                    number => self.pack = number.parse().ok().filter(|bytes| *bytes > 0),
                }
            }
            self.at += 1;
        }
    }
}

/// The sign that closes what `token` opens.
fn closer(token: &Token) -> Option<&'static str> {
    match token.text.as_str() {
        "(" if token.is("(") => Some(")"),
        "[" if token.is("[") => Some("]"),
        "{" if token.is("{") => Some("}"),
        _ => None,
    }
}

impl Declared {
    /// The text of the type.
    pub fn name(&self) -> &TypeName {
        match self {
            Declared::Object(ty) | Declared::Flexible(ty) => &ty.name,
            Declared::Partial(name, _) => name,
        }
    }

    /// The same under a typedef's name.
    pub fn renamed(self, name: &str) -> Declared {
        match self {
            Declared::Object(ty) => Declared::Object(ty.renamed(name)),
            Declared::Flexible(ty) => Declared::Flexible(ty.renamed(name)),
            Declared::Partial(_, missing) => Declared::Partial(TypeName::plain(name), missing),
        }
    }
}
