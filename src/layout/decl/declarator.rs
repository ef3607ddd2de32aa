//! Declarators: the pointers, arrays and functions around a declared name.

use super::attributes::Attributes;
use super::lex::{Kind, Token};
use super::parser::{Declared, Missing, Parser};
use super::specifiers::{Qualifiers, Specifiers};
use super::trouble::{Outcome, Trouble};
use crate::layout::types::{MAX_DEPTH, Shape, Type};

/// One step from the base type to the declared one.
enum Step {
    Pointer(&'static str, Qualifiers),
    /// The size, none for `[]`, and the token of the bracket.
    Array(Option<u64>, Token),
    /// The texts of the parameters.
    Function(Vec<String>, Token),
}

/// What a declarator says beside the type.
pub struct Declarator {
    /// The declared name.
    pub name: Option<Token>,
    /// The attributes after it.
    pub attributes: Attributes,
}

impl Parser<'_> {
    /// Reads a declarator, with or without a name, and makes its type.
    pub fn declarator(&mut self, specifiers: &Specifiers) -> Outcome<(Declared, Declarator)> {
        let mut steps = Vec::new();
        let mut name = None;
        self.steps(&mut steps, &mut name)?;
        let attributes = self.attributes()?;
        let mut declared = specifiers.base.clone();
        let mut qualifiers = specifiers.qualifiers;
        for step in steps {
            declared = self.apply(declared, &mut qualifiers, step)?;
        }
        Ok((declared, Declarator { name, attributes }))
    }

    /// Reads the steps in the order in which they apply to the base type.
    fn steps(&mut self, steps: &mut Vec<Step>, name: &mut Option<Token>) -> Outcome<()> {
        while let Some(sign) = ["*", "&", "&&"].into_iter().find(|sign| self.peek().is(sign)) {
            self.bump();
            self.attributes()?;
            let mut qualifiers = Qualifiers::default();
            while qualifiers.add(&self.peek().text) {
                self.bump();
            }
            steps.push(Step::Pointer(sign, qualifiers));
            self.check_length(steps)?;
        }
        let mut inner = Vec::new();
        if self.peek().is("(") && self.groups() {
            self.bump();
            self.attributes()?;
            self.deeper(|parser| parser.steps(&mut inner, name))?;
            self.expect(")")?;
        } else if self.peek().kind == Kind::Word
            && !self.peek().is("__attribute__")
            && !self.peek().is("__asm__")
        {
            *name = Some(self.bump());
        }
        let mut suffixes = Vec::new();
        loop {
            let token = self.peek().clone();
            if token.is("[") && !self.peek_second().is("[") {
                self.bump();
                suffixes.push(Step::Array(self.array_size()?, token));
            } else if token.is("(") {
                self.bump();
                suffixes.push(Step::Function(self.deeper(Parser::parameters)?, token));
            } else {
                break;
            }
            self.check_length(&suffixes)?;
        }
        steps.extend(suffixes.into_iter().rev());
        steps.append(&mut inner);
        Ok(())
    }

    /// Refuses more pointers or dimensions than anyone writes, for their text grows with each.
    fn check_length(&self, steps: &[Step]) -> Outcome<()> {
        match steps.len() > MAX_DEPTH as usize {
            true => Err(self.trouble("nested too deeply")),
            false => Ok(()),
        }
    }

    /// Whether the parenthesis here groups a declarator, and does not hold parameters.
    fn groups(&self) -> bool {
        let next = self.peek_second();
        let unknown_type = || {
            let known = super::base::Words::default().add(&next.text)
                || Qualifiers::default().add(&next.text)
                || matches!(next.text.as_str(), "struct" | "union" | "enum")
                || self.typedefs.contains_key(&next.text)
                || super::known::typedef(&next.text, self.target).is_some();
            !known
        };
        match next.kind {
            Kind::Sign => matches!(next.text.as_str(), "*" | "(" | "&"),
            Kind::Word => unknown_type(),
            _ => false,
        }
    }

    /// What stands between the brackets of an array.
    fn array_size(&mut self) -> Outcome<Option<u64>> {
        let mut qualifiers = Qualifiers::default();
        while self.peek().is("static") || qualifiers.add(&self.peek().text) {
            self.bump();
        }
        let count = match self.peek().is("]") {
            true => None,
            false => Some(self.constant_size("the size of the array")?),
        };
        self.expect("]")?;
        Ok(count)
    }

    /// The texts of a function's parameters up to the closing parenthesis.
    fn parameters(&mut self) -> Outcome<Vec<String>> {
        let mut texts = Vec::new();
        while !self.accept(")") {
            if !texts.is_empty() {
                self.expect(",")?;
            }
            if self.accept("...") {
                texts.push("...".to_string());
                continue;
            }
            let specifiers = self.specifiers()?;
            let (declared, _) = self.declarator(&specifiers)?;
            texts.push(decayed(&declared));
        }
        Ok(texts)
    }

    /// The type that is one step further from the base.
    fn apply(&self, declared: Declared, qualifiers: &mut Qualifiers, step: Step) -> Outcome<Declared> {
        match step {
            Step::Pointer(sign, own) => {
                let name = qualifiers.apply(declared.name()).pointer(sign);
                *qualifiers = own;
                Ok(Declared::Object(Type { name, ..Type::scalar("", 8, Shape::Pointer) }))
            }
            Step::Array(count, token) => {
                let element = self.complete(&declared, &token)?;
                if matches!(declared, Declared::Flexible(_)) {
                    return Err(Trouble::at(&token, "only the first dimension may be left out"));
                }
                if element.align > 1 && element.size % element.align != 0 {
                    return Err(Trouble::at(&token, format!("{} is aligned beyond its size", element.name)));
                }
                let name = element.name.array(None);
                let ty =
                    Type::array(element, count.unwrap_or(0)).map_err(|cause| Trouble::at(&token, cause))?;
                Ok(match count {
                    Some(_) => Declared::Object(ty),
                    None => Declared::Flexible(Type { name, ..ty }),
                })
            }
            Step::Function(parameters, token) => match &declared {
                Declared::Partial(_, Missing::Function) => {
                    Err(Trouble::at(&token, "a function cannot return a function"))
                }
                _ => Ok(Declared::Partial(declared.name().function(&parameters), Missing::Function)),
            },
        }
    }
}

/// The text of a parameter's type: arrays and functions are pointers there.
fn decayed(declared: &Declared) -> String {
    match declared {
        Declared::Object(ty) | Declared::Flexible(ty) => match &ty.shape {
            Shape::Array(array) => array.element.name.pointer("*").to_string(),
            _ => ty.name.to_string(),
        },
        Declared::Partial(name, Missing::Function) => name.pointer("*").to_string(),
        Declared::Partial(name, _) => name.to_string(),
    }
}
