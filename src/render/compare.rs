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
    Phrase(&'static str, i64, &'static str),
    Text(Vec<u8>),
}

impl Value {
    fn of(cell: Cell) -> Option<Value> {
        Some(match cell {
            Cell::Absent | Cell::Inapplicable => return None,
            Cell::Key(value) | Cell::Mode(value) => Value::Number(value.into()),
            Cell::Id(value) | Cell::Time(value) | Cell::Age(value) => Value::Number(value.into()),
            Cell::Count(value) | Cell::Bytes(value) | Cell::Hex(value) => Value::Number(value.into()),
            Cell::Percent(value) => Value::Fraction(Fraction(value)),
            Cell::Flag(yes) => Value::Number(yes.into()),
            Cell::Word(word) => Value::Text(word.into()),
            Cell::Phrase(words, number) => Value::Phrase(words.before, number, words.after),
            Cell::Safe(text) => Value::Text(text.into_bytes()),
            Cell::Text(text) => Value::Text(text),
            Cell::Shared(text) => Value::Text(text.to_vec()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Phrase;

    fn sorted(mut cells: Vec<Cell>, descending: bool) -> Vec<Cell> {
        cells.sort_by_cached_key(|cell| Place::of(cell.clone(), descending));
        cells
    }

    #[test]
    fn numbers_in_phrases_and_fractions_are_compared_as_numbers() {
        const MSGQ: &Phrase = &Phrase { before: "msgq:", after: "" };
        let [nine, ten] = [9, 10].map(|id| Cell::Phrase(MSGQ, id));
        let posix = Cell::text("msgq:/a");
        let cells = vec![posix.clone(), ten.clone(), nine.clone()];
        assert_eq!(sorted(cells, false), [nine, ten, posix]);
        let [low, high] = [-0.5, 12.0].map(Cell::Percent);
        assert_eq!(sorted(vec![low.clone(), high.clone()], true), [high, low]);
    }

    #[test]
    fn shared_text_is_compared_as_text() {
        let shared = Cell::Shared(b"b".as_slice().into());
        let cells = vec![Cell::text("c"), shared.clone(), Cell::text("a")];
        assert_eq!(sorted(cells, false), [Cell::text("a"), shared, Cell::text("c")]);
    }

    #[test]
    fn what_is_absent_comes_last_both_ways() {
        for descending in [false, true] {
            let cells = vec![Cell::Absent, Cell::Inapplicable, Cell::Flag(true)];
            assert_eq!(sorted(cells, descending)[0], Cell::Flag(true));
        }
    }
}
