//! The order of cells: by value, never by their text.

use std::cmp::{Ordering, Reverse};

use super::Cell;

/// A cell as a sort key: absent values come last, whichever way the others go.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Ascending(Value),
    Descending(Reverse<Value>),
    Last,
}

impl Place {
    pub(super) fn of(cell: Cell, descending: bool) -> Place {
        match Value::of(cell) {
            None => Place::Last,
            Some(value) if descending => Place::Descending(Reverse(value)),
            Some(value) => Place::Ascending(value),
        }
    }
}

/// What two cells of a column are compared by. A column holds one kind; were it mixed, numbers would come before text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Number(i128),
    Fraction(Fraction),
    Text(Vec<u8>),
}

impl Value {
    fn of(cell: Cell) -> Option<Value> {
        Some(match cell {
            Cell::Absent | Cell::Inapplicable => return None,
            Cell::Key(value) | Cell::Mode(value) => Value::Number(value.into()),
            Cell::Id(value) | Cell::Signed(value) | Cell::Time(value) | Cell::Age(value) => {
                Value::Number(value.into())
            }
            Cell::Count(value) | Cell::Bytes(value) | Cell::Hex(value) => Value::Number(value.into()),
            Cell::Percent(value) => Value::Fraction(Fraction(value)),
            Cell::Flag(yes) => Value::Number(yes.into()),
            Cell::Word(word) => Value::Text(word.into()),
            Cell::Text(text) => Value::Text(text),
            Cell::Records(records) => Value::Number(records.len() as i128),
        })
    }
}

/// A floating-point number in its total order.
#[derive(Debug)]
pub(super) struct Fraction(f64);

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Fraction) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Fraction {}
