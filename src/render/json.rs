//! JSON: one array, or one object a line.
//!
//! Text that is UTF-8 is that very text; what could harm a terminal is written with JSON's own escapes. Text that is not
//! UTF-8 has no place in JSON: it is written with the escapes of [`super::safe`]. A script that must name an object takes
//! its `ref`, which is always UTF-8 and can always be typed back.

use super::number::{push_power_of_two, push_signed, push_unsigned};
use super::text::push_tenths;
use super::time::Clock;
use super::{Cell, Record, safe};

/// Append one value.
pub(super) fn push_value(out: &mut Vec<u8>, cell: &Cell, clock: &mut Clock) {
    match cell {
        Cell::Absent | Cell::Inapplicable => out.extend_from_slice(b"null"),
        Cell::Key(key) => push_digits(out, b"\"0x", u64::from(*key), 4, 8),
        Cell::Hex(value) => push_digits(out, b"\"0x", *value, 4, 1),
        Cell::Mode(mode) => push_digits(out, b"\"", u64::from(*mode), 3, 4),
        Cell::Id(value) | Cell::Age(value) => push_signed(out, *value),
        Cell::Count(value) | Cell::Bytes(value) => push_unsigned(out, *value),
        Cell::Time(seconds) => {
            out.push(b'"');
            clock.push_rfc3339(out, *seconds);
            out.push(b'"');
        }
        Cell::Percent(percent) if percent.is_finite() => push_tenths(out, *percent),
        Cell::Percent(_) => out.extend_from_slice(b"null"),
        Cell::Flag(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
        Cell::Word(word) => push_string(out, word.as_bytes()),
        Cell::Phrase(words, number) => {
            out.push(b'"');
            push_inside(out, words.before.as_bytes());
            push_signed(out, *number);
            push_inside(out, words.after.as_bytes());
            out.push(b'"');
        }
        Cell::Safe(text) => push_string(out, text.as_bytes()),
        Cell::Text(text) => push_string(out, text),
        Cell::Shared(text) => push_string(out, text),
        Cell::Records(records) => push_array(out, records, clock),
    }
}

fn push_array(out: &mut Vec<u8>, records: &[Record], clock: &mut Clock) {
    out.push(b'[');
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        push_record(out, record, clock);
    }
    out.push(b']');
}

/// Append one record as an object.
pub(super) fn push_record(out: &mut Vec<u8>, record: &Record, clock: &mut Clock) {
    let start = out.len();
    for (name, cell) in record.fields.iter().filter(|(_, cell)| *cell != Cell::Inapplicable) {
        out.extend_from_slice(&key(name));
        push_value(out, cell, clock);
    }
    close(out, start);
}

/// A field's name as it stands before its value, with the comma that parts it from the field before. Names of columns
/// are the program's own: they need no escapes.
pub(super) fn key(name: &str) -> Vec<u8> {
    format!(",\"{name}\":").into_bytes()
}

/// Make the fields behind `start` an object: the first comma becomes the brace.
pub(super) fn close(out: &mut Vec<u8>, start: usize) {
    match out.get_mut(start) {
        Some(comma) => *comma = b'{',
        None => out.push(b'{'),
    }
    out.push(b'}');
}

fn push_digits(out: &mut Vec<u8>, start: &[u8], value: u64, bits: u32, digits: u32) {
    out.extend_from_slice(start);
    push_power_of_two(out, value, bits, digits);
    out.push(b'"');
}

/// Append a JSON string.
pub(super) fn push_string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    push_inside(out, text);
    out.push(b'"');
}

/// Append what stands between the quotes of a JSON string.
fn push_inside(out: &mut Vec<u8>, text: &[u8]) {
    if text.iter().all(|byte| matches!(byte, 0x20..=0x7e) && !matches!(byte, b'"' | b'\\')) {
        out.extend_from_slice(text);
    } else if let Ok(text) = std::str::from_utf8(text) {
        text.chars().for_each(|character| push_character(out, character));
    } else {
        let mut escaped = Vec::new();
        safe::push_safe(&mut escaped, text);
        String::from_utf8_lossy(&escaped).chars().for_each(|character| push_character(out, character));
    }
}

fn push_character(out: &mut Vec<u8>, character: char) {
    match character {
        '"' => out.extend_from_slice(br#"\""#),
        '\\' => out.extend_from_slice(br"\\"),
        '\n' => out.extend_from_slice(br"\n"),
        '\t' => out.extend_from_slice(br"\t"),
        _ if character.is_ascii_control() || safe::is_hidden(character) => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(br"\u");
                push_power_of_two(out, u64::from(*unit), 4, 4);
            }
        }
        _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Phrase;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn value(cell: &Cell) -> Value {
        let mut out = Vec::new();
        push_value(&mut out, cell, &mut Clock::local());
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn every_kind_of_cell_has_its_json_type() {
        assert_eq!(value(&Cell::Absent), Value::Null);
        assert_eq!(value(&Cell::Key(0x4d2)), json!("0x000004d2"));
        assert_eq!(value(&Cell::Id(-3)), json!(-3));
        assert_eq!(value(&Cell::Bytes(u64::MAX)), json!(u64::MAX));
        assert_eq!(value(&Cell::Mode(0o600)), json!("0600"));
        assert_eq!(value(&Cell::Age(90)), json!(90));
        assert_eq!(value(&Cell::Hex(0)), json!("0x0"));
        assert_eq!(value(&Cell::Percent(12.345)), json!(12.3));
        assert_eq!(value(&Cell::Percent(f64::NAN)), Value::Null);
        assert_eq!(value(&Cell::Flag(false)), json!(false));
        assert_eq!(value(&Cell::Word("in use")), json!("in use"));
        assert_eq!(value(&Cell::Phrase(&Phrase { before: "msgq:", after: "" }, 42)), json!("msgq:42"));
        assert_eq!(value(&Cell::Shared(b"a\"\n".as_slice().into())), json!("a\"\n"));
        let nested = Record { fields: vec![("pid", Cell::Id(7)), ("since", Cell::Absent)] };
        assert_eq!(value(&Cell::Records(vec![nested])), json!([{"pid": 7, "since": null}]));
        assert_eq!(value(&Cell::Records(vec![])), json!([]));
    }

    #[test]
    fn text_that_is_not_utf8_is_escaped() {
        assert_eq!(value(&Cell::text(b"a\xff\"".to_vec())), json!(r#"a\xff""#));
    }

    #[test]
    fn characters_that_are_not_seen_are_written_with_jsons_escapes() {
        let mut out = Vec::new();
        push_string(&mut out, "\u{202e}\u{9b}\u{e0001}\x7f\r".as_bytes());
        assert_eq!(out, br#""\u202e\u009b\udb40\udc01\u007f\u000d""#);
    }

    proptest! {
        #[test]
        fn text_parses_back_and_holds_nothing_that_harms(text: String) {
            let mut out = Vec::new();
            push_string(&mut out, text.as_bytes());
            let written = String::from_utf8(out).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
            prop_assert!(!written.chars().any(|c| c.is_control() || safe::is_hidden(c)));
        }

        #[test]
        fn bytes_are_always_json(text: Vec<u8>) {
            let mut out = Vec::new();
            push_string(&mut out, &text);
            prop_assert!(serde_json::from_slice::<String>(&out).is_ok());
        }
    }
}
