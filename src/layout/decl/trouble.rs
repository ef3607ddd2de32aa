//! Why declarations are not understood: the place, the token and the reason, in one line.

use std::fmt;

use super::lex::{Kind, Place, Token};
use crate::layout::escape::safe;

/// No more of a token is quoted.
const LONGEST: usize = 40;

/// What is wrong with the declarations, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    place: Place,
    token: Option<String>,
    reason: String,
}

/// What reading a part of the declarations comes to.
pub type Outcome<T> = Result<T, Trouble>;

impl Trouble {
    /// The trouble is with `token`.
    pub fn at(token: &Token, reason: impl fmt::Display) -> Trouble {
        let shown = (token.kind != Kind::End).then(|| safe(&token.text, LONGEST));
        Trouble { place: token.place, token: shown, reason: reason.to_string() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Trouble { place: Place { line, column }, token, reason } = self;
        match token {
            Some(token) => write!(f, "line {line}, column {column}, at '{token}': {reason}"),
            None => write!(f, "line {line}, column {column}, at the end: {reason}"),
        }
    }
}
