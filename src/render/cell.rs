//! The typed facts that every format starts from.

use std::rc::Rc;

/// One typed fact. It says what the value *is*; each format decides how it looks.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Unknown or not applicable: `-` in a table, null in JSON, empty in TSV.
    Absent,
    /// No field of this record's kind, in a list of several kinds: left out of JSON, otherwise as [`Cell::Absent`].
    Inapplicable,
    /// A System V key: `0x000004d2` everywhere.
    Key(u32),
    /// A plain integer that is not a quantity: identifier, index, uid, PID, message type.
    Id(i64),
    /// A number of things.
    Count(u64),
    /// A size in bytes: an integer in JSON and TSV, in a table human-readable unless exact bytes are asked for.
    Bytes(u64),
    /// Permission bits: octal, four digits, a string in JSON.
    Mode(u32),
    /// Seconds since the epoch: RFC 3339 with the local offset in JSON and TSV, short and local in a table.
    Time(i64),
    /// A length of time in seconds: in a table `45s`, `2h5m`, `3d`; an integer in JSON and TSV.
    Age(i64),
    /// An address or bit mask: `0x7f…`, a string in JSON.
    Hex(u64),
    /// A fraction of a limit, in percent: whole in a table, one decimal in JSON and TSV.
    Percent(f64),
    /// Yes or no: true/false in JSON.
    Flag(bool),
    /// Words of the program's own: known to be safe. None at all are `-` in a table.
    Word(&'static str),
    /// Words of the program's own around a number: `msgq:42`, `3 messages`. In every format the text that it makes.
    Phrase(&'static Phrase, i64),
    /// Text that is one safe line already, and is to be typed back as it is: a reference. Never escaped again.
    Safe(String),
    /// Text that may hold anything (names, paths, commands): made safe by every format.
    Text(Vec<u8>),
    /// The same, shared by many records (a user's name): no copy is made.
    Shared(Rc<[u8]>),
    /// A list of records inside a record (`show`): an array in JSON, a table of its own below in a table.
    Records(Vec<Record>),
}

impl Cell {
    /// A cell of text.
    pub fn text(text: impl Into<Vec<u8>>) -> Cell {
        Cell::Text(text.into())
    }

    /// Whether a table aligns it to the right: digits that are compared with those above and below.
    pub(super) fn is_number(&self) -> bool {
        use Cell::{Age, Bytes, Count, Id, Percent};
        matches!(self, Id(_) | Count(_) | Bytes(_) | Age(_) | Percent(_))
    }

    /// Whether a table may cut it to fit the screen.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Cell::Text(_) | Cell::Safe(_) | Cell::Shared(_) | Cell::Phrase(..) | Cell::Word(_))
    }
}

/// What stands before and behind the number of a [`Cell::Phrase`]: known to be safe.
#[derive(Debug)]
pub struct Phrase {
    /// In front of the number.
    pub before: &'static str,
    /// Behind it.
    pub after: &'static str,
}

/// Rows of one list have the very same words: their texts are seldom read.
impl PartialEq for Phrase {
    fn eq(&self, other: &Phrase) -> bool {
        std::ptr::eq(self, other) || (self.before, self.after) == (other.before, other.after)
    }
}

/// One object's facts: name and value in a fixed order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// The fields; a name is heading (in upper case), JSON key and `-o` word at once.
    pub fields: Vec<(&'static str, Cell)>,
}

impl Record {
    /// The value of the field `name`, exactly so spelt.
    pub fn get(&self, name: &str) -> Option<&Cell> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, cell)| cell)
    }
}
