//! The preprocessor as far as layouts need it: `#define NAME …`, conditions, `#pragma pack`; other lines are left out.

use std::collections::HashMap;
use std::rc::Rc;

use super::known;
use super::lex::{Kind, Token};
use super::parser::Parser;
use super::trouble::{Outcome, Trouble};
use crate::layout::target::Target;

/// The macros of a text make no more tokens than this, however they multiply.
const MOST_STEPS: u32 = 1 << 18;
/// Macros stand inside one another no deeper.
const DEEPEST: usize = 64;

struct Macro {
    body: Rc<[Token]>,
    /// It takes arguments: its use is refused.
    function: bool,
}

/// One `#if` and where its parts stand.
struct Branch {
    /// The lines here count.
    active: bool,
    /// One part was active already.
    taken: bool,
    /// The lines around the `#if` count.
    outer: bool,
}

/// Carries out the directives in `source` and expands its macros.
pub fn preprocess(source: Vec<Token>, target: &Target) -> Outcome<Vec<Token>> {
    let mut preprocessor = Preprocessor {
        target,
        macros: HashMap::new(),
        branches: Vec::new(),
        steps: 0,
        out: Vec::with_capacity(source.len()),
    };
    for row in source.chunk_by(|a, b| a.row == b.row) {
        match row.split_first() {
            Some((hash, rest)) if hash.is("#") => {
                let (end, rest) = match rest.split_last() {
                    Some((last, rest)) if last.kind == Kind::End => (Some(last), rest),
                    _ => (None, rest),
                };
                preprocessor.directive(rest)?;
                preprocessor.out.extend(end.cloned());
            }
            _ => preprocessor.row(row)?,
        }
    }
    match (preprocessor.branches.is_empty(), preprocessor.out.last()) {
        (false, Some(end)) => Err(Trouble::at(end, "an #if has no #endif")),
        _ => Ok(preprocessor.out),
    }
}

struct Preprocessor<'a> {
    target: &'a Target,
    macros: HashMap<String, Macro>,
    branches: Vec<Branch>,
    steps: u32,
    out: Vec<Token>,
}

impl Preprocessor<'_> {
    fn active(&self) -> bool {
        self.branches.last().is_none_or(|branch| branch.active)
    }

    /// A line of declarations.
    fn row(&mut self, row: &[Token]) -> Outcome<()> {
        let mut out = std::mem::take(&mut self.out);
        for (at, token) in row.iter().enumerate() {
            if token.kind == Kind::End {
                out.push(token.clone());
            } else if self.active() {
                let called = row.get(at + 1).is_some_and(|next| next.is("("));
                self.expand(token, token, called, &mut Vec::new(), &mut out)?;
            }
        }
        self.out = out;
        Ok(())
    }

    /// Puts what `token` stands for into `out`; `user` is the token in the text that led to it.
    fn expand(
        &mut self,
        token: &Token,
        user: &Token,
        called: bool,
        inside: &mut Vec<String>,
        out: &mut Vec<Token>,
    ) -> Outcome<()> {
        self.steps += u32::from(!inside.is_empty());
        if self.steps > MOST_STEPS || inside.len() > DEEPEST {
            return Err(Trouble::at(user, "the macros make too much text"));
        }
        let found = if token.kind == Kind::Word { self.macros.get(&token.text) } else { None };
        let Some(found) = found.filter(|_| !inside.contains(&token.text)) else {
            out.push(Token { place: user.place, ..token.clone() });
            return Ok(());
        };
        if found.function {
            return match called {
                true => Err(Trouble::at(user, "macros with arguments are not understood")),
                false => {
                    out.push(Token { place: user.place, ..token.clone() });
                    Ok(())
                }
            };
        }
        let body = Rc::clone(&found.body);
        inside.push(token.text.clone());
        for (at, part) in body.iter().enumerate() {
            let called = body.get(at + 1).map_or(called, |next| next.is("("));
            self.expand(part, user, called, inside, out)?;
        }
        inside.pop();
        Ok(())
    }

    /// A line that starts with `#`, without that sign.
    fn directive(&mut self, line: &[Token]) -> Outcome<()> {
        let Some((name, rest)) = line.split_first() else {
            return Ok(());
        };
        match name.text.as_str() {
            "if" | "ifdef" | "ifndef" => self.open_branch(name, rest),
            "elif" | "else" | "endif" => self.next_branch(name, rest),
            _ if !self.active() => Ok(()),
            "define" => self.define(name, rest),
            "undef" => {
                rest.first().and_then(|undefined| self.macros.remove(&undefined.text));
                Ok(())
            }
            "pragma" if rest.first().is_some_and(|word| word.is("pack")) => self.pack(rest),
            "error" => Err(Trouble::at(name, "the text says that it is not to be used so")),
            _ => Ok(()),
        }
    }

    fn define(&mut self, name: &Token, rest: &[Token]) -> Outcome<()> {
        let Some((defined, body)) = rest.split_first().filter(|(word, _)| word.kind == Kind::Word) else {
            return Err(Trouble::at(rest.first().unwrap_or(name), "expected a name to define"));
        };
        let function = body.first().is_some_and(|next| next.is("(") && !next.spaced);
        self.macros.insert(defined.text.clone(), Macro { body: body.into(), function });
        Ok(())
    }

    fn open_branch(&mut self, name: &Token, rest: &[Token]) -> Outcome<()> {
        let outer = self.active();
        let holds = outer
            && match name.text.as_str() {
                "if" => self.condition(name, rest)?,
                word => rest.first().is_some_and(|asked| self.defined(asked)) == (word == "ifdef"),
            };
        self.branches.push(Branch { active: holds, taken: holds, outer });
        Ok(())
    }

    fn next_branch(&mut self, name: &Token, rest: &[Token]) -> Outcome<()> {
        let Some(branch) = self.branches.pop() else {
            return Err(Trouble::at(name, "there is no #if before it"));
        };
        let holds = match name.text.as_str() {
            "endif" => return Ok(()),
            "elif" if branch.outer && !branch.taken => self.condition(name, rest)?,
            _ => name.text == "else",
        };
        let active = holds && branch.outer && !branch.taken;
        self.branches.push(Branch { active, taken: branch.taken || active, ..branch });
        Ok(())
    }

    fn defined(&self, name: &Token) -> bool {
        self.macros.contains_key(&name.text) || known::constant(&name.text).is_some()
    }

    /// The truth of an `#if` expression: names that nobody defined count as 0.
    fn condition(&mut self, name: &Token, line: &[Token]) -> Outcome<bool> {
        let mut text = Vec::new();
        let mut rest = line;
        while let Some((token, tail)) = rest.split_first() {
            rest = tail;
            if !token.is("defined") {
                let called = tail.first().is_some_and(|next| next.is("("));
                self.expand(token, token, called, &mut Vec::new(), &mut text)?;
                continue;
            }
            let (asked, after) = match tail {
                [open, asked, close, after @ ..] if open.is("(") && close.is(")") => (asked, after),
                [asked, after @ ..] if asked.kind == Kind::Word => (asked, after),
                _ => return Err(Trouble::at(token, "expected a name after it")),
            };
            text.push(number(token, u32::from(self.defined(asked))));
            rest = after;
        }
        for token in text.iter_mut().filter(|token| token.kind == Kind::Word) {
            let value = known::constant(&token.text).unwrap_or(0);
            *token = number(token, value);
        }
        if text.is_empty() {
            return Err(Trouble::at(name, "expected a condition"));
        }
        let mut parser = Parser::new(text, self.target);
        let value = parser.constant()?.value;
        match parser.peek().kind {
            Kind::End => Ok(value != 0),
            _ => Err(parser.trouble("expected the end of the condition")),
        }
    }

    /// `#pragma pack(…)`: one token that the parser applies where it stands.
    fn pack(&mut self, line: &[Token]) -> Outcome<()> {
        let inner = match line {
            [_, open, inner @ .., close] if open.is("(") && close.is(")") => inner,
            [word, ..] => {
                return Err(Trouble::at(word, "expected #pragma pack(N), pack(push, N) or pack(pop)"));
            }
            [] => return Ok(()),
        };
        let mut expanded = Vec::new();
        for token in inner {
            self.expand(token, token, false, &mut Vec::new(), &mut expanded)?;
        }
        for part in expanded.split(|token| token.is(",")).flatten() {
            if !matches!(part.text.as_str(), "push" | "pop" | "1" | "2" | "4" | "8" | "16") {
                return Err(Trouble::at(part, "#pragma pack takes push, pop, 1, 2, 4, 8 or 16"));
            }
        }
        let text = expanded.iter().map(|token| token.text.as_str()).collect();
        self.out.push(Token { kind: Kind::Pack, text, ..line[0].clone() });
        Ok(())
    }
}

/// A token for a number in the place of another.
fn number(token: &Token, value: u32) -> Token {
    Token { kind: Kind::Number, text: value.to_string(), ..token.clone() }
}
