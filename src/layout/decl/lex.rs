//! C's tokens: from bytes to a list, each with its place. Nothing is refused here; the parser refuses what it meets.

/// Where a token stands, both counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column of its first character.
    pub column: u32,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or keyword.
    Word,
    /// A preprocessing number: it may still be no valid one.
    Number,
    /// A character constant with its quotes.
    Char,
    /// A string with its quotes.
    Text,
    /// An operator or other sign.
    Sign,
    /// `#pragma pack`, whose text is what stands inside its parentheses.
    Pack,
    /// What cannot be a token: an open quote, an open comment, a strange character.
    Stray,
    /// The end of the text.
    End,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// The logical line, after joining those that end in a backslash: a directive is one of these.
    pub row: u32,
    /// It follows white space.
    pub spaced: bool,
}

impl Token {
    /// Whether it is this sign or word.
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && self.text == text
    }
}

/// The signs of more than one character, longer ones first.
const SIGNS: [&str; 18] = [
    "...", "<<=", ">>=", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "##", "->", "++", "--", "::", "+=",
    "-=",
];

/// Cuts `source` into tokens; the last one is [`Kind::End`].
pub fn tokens(source: &[u8]) -> Vec<Token> {
    let mut lexer = Lexer { rest: source, place: Place { line: 1, column: 1 }, row: 1 };
    let mut found = Vec::new();
    loop {
        let before = lexer.rest.len();
        let open = lexer.skip_blanks();
        let (place, row) = (lexer.place, lexer.row);
        let spaced = lexer.rest.len() != before;
        let (kind, length) = if open { (Kind::Stray, lexer.rest.len().min(2)) } else { lexer.measure() };
        let text = lexer.take(length);
        let end = kind == Kind::End;
        found.push(Token { kind, text, place, row, spaced });
        if open {
            lexer.rest = &[];
        }
        if end {
            return found;
        }
    }
}

struct Lexer<'a> {
    rest: &'a [u8],
    place: Place,
    row: u32,
}

impl Lexer<'_> {
    /// Skips blanks, joined lines and comments; true when a comment has no end (which then is what is left).
    fn skip_blanks(&mut self) -> bool {
        loop {
            let skip = match self.rest {
                [b'\n', ..] => {
                    self.row += 1;
                    1
                }
                [b'\\', b'\n', ..] => 2,
                [b'\\', b'\r', b'\n', ..] => 3,
                [b' ' | b'\t' | b'\r' | 0x0b | 0x0c, ..] => 1,
                [b'/', b'/', rest @ ..] => 2 + line_length(rest),
                [b'/', b'*', rest @ ..] => match rest.windows(2).position(|two| two == b"*/") {
                    Some(length) => length + 4,
                    None => return true,
                },
                _ => return false,
            };
            self.advance(skip);
        }
    }

    /// The kind and length of the token that starts here.
    fn measure(&self) -> (Kind, usize) {
        let rest = self.rest;
        match rest {
            [] => (Kind::End, 0),
            [b'_' | b'$' | b'a'..=b'z' | b'A'..=b'Z', ..] => (Kind::Word, count(rest, is_word)),
            [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => (Kind::Number, number_length(rest)),
            [quote @ (b'\'' | b'"'), tail @ ..] => match quoted_length(tail, *quote) {
                Some(length) if *quote == b'"' => (Kind::Text, length + 1),
                Some(length) => (Kind::Char, length + 1),
                None => (Kind::Stray, 1),
            },
            _ => match SIGNS.iter().find(|sign| rest.starts_with(sign.as_bytes())) {
                Some(sign) => (Kind::Sign, sign.len()),
                None if rest[0].is_ascii_punctuation() && !matches!(rest[0], b'@' | b'`' | b'\\') => {
                    (Kind::Sign, 1)
                }
                None => (Kind::Stray, character_length(rest)),
            },
        }
    }

    fn take(&mut self, length: usize) -> String {
        let text = String::from_utf8_lossy(&self.rest[..length]).into_owned();
        self.advance(length);
        text
    }

    /// Moves on, counting lines and, in characters, columns.
    fn advance(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length.min(self.rest.len()));
        for byte in passed {
            match byte {
                b'\n' => self.place = Place { line: self.place.line + 1, column: 1 },
                0x80..=0xbf => {}
                _ => self.place.column += 1,
            }
        }
        self.rest = rest;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

fn count(bytes: &[u8], holds: fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| holds(**byte)).count()
}

/// The length of the line, without its end, where a backslash joins the next one to it.
fn line_length(bytes: &[u8]) -> usize {
    let mut from = 0;
    while let Some(length) = bytes[from..].iter().position(|byte| *byte == b'\n') {
        let line = &bytes[..from + length];
        if !line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"\\") {
            return from + length;
        }
        from += length + 1;
    }
    bytes.len()
}

/// A preprocessing number takes letters and dots, and a sign after an exponent's letter.
fn number_length(bytes: &[u8]) -> usize {
    let hex = bytes.starts_with(b"0x") || bytes.starts_with(b"0X");
    let mut last = 0;
    count_with(bytes, |byte| {
        let exponent = matches!(last, b'p' | b'P') || (!hex && matches!(last, b'e' | b'E'));
        let belongs = is_word(byte) || byte == b'.' || (exponent && matches!(byte, b'+' | b'-'));
        last = byte;
        belongs
    })
}

fn count_with(bytes: &[u8], mut belongs: impl FnMut(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

/// The length after the opening quote up to the closing one, on this line.
fn quoted_length(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            byte if *byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn character_length(bytes: &[u8]) -> usize {
    1 + bytes[1..].iter().take_while(|byte| matches!(byte, 0x80..=0xbf)).take(3).count()
}
