//! JSON objects of the same fields, one after the other. In a long listing most values are those of the object before: they
//! are compared as cells, which costs little, and copied as text, many fields at once.

use super::Cell;
use super::json::{self, push_value};
use super::time::Clock;

/// The fields of such objects, and the last object.
pub(super) struct Objects {
    /// Each field's name as it stands before its value.
    keys: Vec<Vec<u8>>,
    /// What the last object holds; nothing when it is not known any more.
    above: Vec<Field>,
    /// Where the last object begins.
    start: usize,
}

struct Field {
    cell: Cell,
    /// Bytes of its text: comma, key and value; 0 of one that is left out.
    length: usize,
}

impl Objects {
    pub(super) fn new(names: &[&'static str]) -> Objects {
        let keys = names.iter().map(|name| json::key(name)).collect();
        Objects { keys, above: Vec::with_capacity(names.len()), start: 0 }
    }

    /// The text before is gone from the buffer.
    pub(super) fn forget(&mut self) {
        self.above.clear();
        self.start = 0;
    }

    /// Append an object: one cell a field. `out` still holds the last object where it was, unless it was forgotten.
    pub(super) fn push(&mut self, out: &mut Vec<u8>, cells: impl Iterator<Item = Cell>, clock: &mut Clock) {
        let Objects { keys, above, start } = self;
        let begin = out.len();
        // Text of the last object: where we are in it, and how much before that is not copied yet.
        let (mut place, mut same) = (*start, 0);
        let mut count = 0;
        // Not a `for` loop over pairs: it would move every cell twice more.
        cells.for_each(|cell| {
            let Some(key) = keys.get(count) else { return };
            let field = above.get_mut(count);
            count += 1;
            if let Some(field) = &field
                && field.cell == cell
            {
                same += field.length;
                return;
            }
            push_copy(out, place, same);
            place += same;
            same = 0;
            let length = push_field(out, key, &cell, clock);
            match field {
                Some(field) => {
                    place += field.length;
                    *field = Field { cell, length };
                }
                None => above.push(Field { cell, length }),
            }
        });
        push_copy(out, place, same);
        above.truncate(count);
        *start = begin;
        json::close(out, begin);
    }
}

/// Append the text at `place` once more.
fn push_copy(out: &mut Vec<u8>, place: usize, length: usize) {
    let begin = out.len();
    out.extend_from_within(place..place + length);
    // Each field begins with a comma, but of the first one there was made a brace.
    if let Some(comma) = out.get_mut(begin) {
        *comma = b',';
    }
}

/// Append a field, unless it is left out: how many bytes.
fn push_field(out: &mut Vec<u8>, key: &[u8], cell: &Cell, clock: &mut Clock) -> usize {
    let begin = out.len();
    if !matches!(cell, Cell::Inapplicable) {
        out.extend_from_slice(key);
        push_value(out, cell, clock);
    }
    out.len() - begin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Phrase, Record};
    use proptest::prelude::*;

    const NAMES: [&str; 4] = ["ref", "size", "state", "user"];

    fn any_cell() -> impl Strategy<Value = Cell> {
        const WORDS: &Phrase = &Phrase { before: "msgq:", after: "" };
        prop_oneof![
            Just(Cell::Absent),
            Just(Cell::Inapplicable),
            (0i64..3).prop_map(|number| Cell::Phrase(WORDS, number)),
            (0u64..12).prop_map(Cell::Bytes),
            "[ab\"]{0,2}".prop_map(Cell::text),
        ]
    }

    proptest! {
        /// What is copied is what would have been written: the same objects as records, which know nothing of each other.
        #[test]
        fn each_object_is_as_if_it_stood_alone(
            rows in proptest::collection::vec((proptest::collection::vec(any_cell(), 0..=4), any::<bool>()), 0..12),
        ) {
            let mut clock = Clock::local();
            let mut objects = Objects::new(&NAMES);
            let mut out = Vec::new();
            for (row, is_new) in rows {
                if is_new {
                    out.clear();
                    objects.forget();
                }
                let begin = out.len();
                objects.push(&mut out, row.iter().cloned(), &mut clock);
                let mut alone = Vec::new();
                json::push_record(&mut alone, &Record { fields: NAMES.into_iter().zip(row).collect() }, &mut clock);
                prop_assert_eq!(String::from_utf8_lossy(&out[begin..]), String::from_utf8_lossy(&alone));
                out.extend_from_slice(b",\n");
            }
        }
    }
}
