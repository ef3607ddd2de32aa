//! How a cell looks: to a person in a table, and exactly in TSV and `--field`.

use super::time::{Clock, push_age};
use super::{Cell, Look, bytes, json, number, safe};

/// The dress of cells: the options and the clock they need.
pub(super) struct Dress {
    exact_bytes: bool,
    long: bool,
    /// The local clock, which JSON needs too.
    pub(super) clock: Clock,
}

impl Dress {
    pub(super) fn new(look: &Look) -> Dress {
        Dress { exact_bytes: look.exact_bytes, long: look.long, clock: Clock::local() }
    }

    /// Append `cell` as a table shows it: never empty, no blank at either end.
    pub(super) fn push_shown(&mut self, out: &mut Vec<u8>, cell: &Cell) {
        match cell {
            // An empty word is an empty set of them; JSON says "" there.
            Cell::Absent | Cell::Inapplicable | Cell::Word("") => out.push(b'-'),
            Cell::Bytes(size) if !self.exact_bytes => bytes::push_human(out, *size),
            Cell::Time(seconds) if self.long => self.clock.push_long(out, *seconds),
            Cell::Time(seconds) => self.clock.push_short(out, *seconds),
            Cell::Age(seconds) => push_age(out, *seconds),
            Cell::Percent(percent) if percent.is_finite() => {
                number::push_signed(out, percent.round() as i64);
                out.push(b'%');
            }
            Cell::Percent(_) => out.push(b'-'),
            Cell::Text(text) => push_edged(out, text),
            Cell::Shared(text) => push_edged(out, text),
            Cell::Records(records) => number::push_unsigned(out, records.len() as u64),
            _ => self.push_exact(out, cell),
        }
    }

    /// Append `cell` as it is, on one line: sizes, ages and numbers as digits, times in RFC 3339, text with escapes,
    /// nothing for what is absent. A list of records is written as JSON.
    pub(super) fn push_exact(&mut self, out: &mut Vec<u8>, cell: &Cell) {
        match cell {
            Cell::Absent | Cell::Inapplicable => {}
            Cell::Key(key) => push_hex(out, u64::from(*key), 8),
            Cell::Hex(value) => push_hex(out, *value, 1),
            Cell::Mode(mode) => number::push_power_of_two(out, u64::from(*mode), 3, 4),
            Cell::Id(value) | Cell::Age(value) => number::push_signed(out, *value),
            Cell::Count(value) | Cell::Bytes(value) => number::push_unsigned(out, *value),
            Cell::Time(seconds) => self.clock.push_rfc3339(out, *seconds),
            Cell::Percent(percent) => push_tenths(out, *percent),
            Cell::Flag(yes) => out.extend_from_slice(if *yes { b"yes" } else { b"no" }),
            Cell::Word(word) => out.extend_from_slice(word.as_bytes()),
            Cell::Safe(text) => out.extend_from_slice(text.as_bytes()),
            Cell::Phrase(words, number) => {
                out.extend_from_slice(words.before.as_bytes());
                number::push_signed(out, *number);
                out.extend_from_slice(words.after.as_bytes());
            }
            Cell::Text(text) => safe::push_safe(out, text),
            Cell::Shared(text) => safe::push_safe(out, text),
            Cell::Records(_) => {
                let mut array = Vec::new();
                json::push_value(&mut array, cell, &mut self.clock);
                safe::push_safe(out, &array);
            }
        }
    }
}

/// Append text for a table, where an empty one is `""` and a blank at an end is `\x20`: both would be lost to the eye.
fn push_edged(out: &mut Vec<u8>, text: &[u8]) {
    if text.is_empty() {
        return out.extend_from_slice(br#""""#);
    }
    let leading = usize::from(text[0] == b' ');
    let trailing = usize::from(text.len() > leading && text.ends_with(b" "));
    if leading > 0 {
        out.extend_from_slice(br"\x20");
    }
    safe::push_safe(out, &text[leading..text.len() - trailing]);
    if trailing > 0 {
        out.extend_from_slice(br"\x20");
    }
}

fn push_hex(out: &mut Vec<u8>, value: u64, digits: u32) {
    out.extend_from_slice(b"0x");
    number::push_power_of_two(out, value, 4, digits);
}

/// Append a number with one decimal; nothing when it is none.
pub(super) fn push_tenths(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        let tenths = (value * 10.0).round() as i64;
        if tenths < 0 {
            out.push(b'-');
        }
        number::push_unsigned(out, tenths.unsigned_abs() / 10);
        out.extend_from_slice(&[b'.', b'0' + (tenths.unsigned_abs() % 10) as u8]);
    }
}
