//! JSON Lines: `{"type":1,"data":"…"}`, or `data_base64` where the bytes are no UTF-8.

use std::io::Write;

use data_encoding::BASE64;
use serde::Deserialize;

use super::encode::Value;

/// What a JSON line may say. Other fields (those that we print: `size`, `seq` …) are ignored.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<i64>,
    priority: Option<u32>,
    data: Option<String>,
    data_base64: Option<String>,
}

/// A JSON line as read: the type and the priority that it gives.
pub(super) type Given = (Option<i64>, Option<u32>);

/// Reads one JSON line and appends its data to `body`. The error is the cause.
pub(super) fn parse_json(line: &[u8], body: &mut Vec<u8>) -> Result<Given, String> {
    let line: Line =
        serde_json::from_slice(line).map_err(|error| format!("not such a JSON object: {error}"))?;
    match (&line.data, &line.data_base64) {
        (Some(text), None) => body.extend_from_slice(text.as_bytes()),
        (None, Some(text)) => {
            let bytes = BASE64.decode(text.as_bytes());
            body.extend_from_slice(&bytes.map_err(|error| format!("data_base64: {error}"))?);
        }
        (None, None) => return Err("neither data nor data_base64 in the JSON object".to_owned()),
        (Some(_), Some(_)) => return Err("both data and data_base64 in the JSON object".to_owned()),
    }
    Ok((line.kind, line.priority))
}

/// Appends one JSON line: `fields` in their order, then the body.
pub(super) fn write_json(fields: &[(&str, Value)], body: &[u8], out: &mut Vec<u8>) {
    out.push(b'{');
    for (name, value) in fields {
        write_string(name, out);
        out.push(b':');
        write_value(*value, out);
        out.push(b',');
    }
    match std::str::from_utf8(body) {
        Ok(text) => {
            out.extend_from_slice(b"\"data\":");
            write_string(text, out);
        }
        Err(_) => {
            out.extend_from_slice(b"\"data_base64\":");
            write_string(&BASE64.encode(body), out);
        }
    }
    out.extend_from_slice(b"}\n");
}

fn write_value(value: Value, out: &mut Vec<u8>) {
    // Writing to a Vec cannot fail.
    let _ = match value {
        Value::Int(number) => write!(out, "{number}"),
        Value::Count(number) => write!(out, "{number}"),
    };
}

/// A JSON string, all control characters escaped: also DEL and C1, which JSON allows and a terminal may obey.
fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut buffer = [0; 4];
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend_from_slice(&[b'\\', c as u8]),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(line: &str) -> Result<(Given, Vec<u8>), String> {
        let mut body = vec![];
        parse_json(line.as_bytes(), &mut body).map(|given| (given, body))
    }

    #[test]
    fn reads_text_and_base64() {
        assert_eq!(parsed(r#"{"type":7,"data":"a\nb"}"#), Ok(((Some(7), None), b"a\nb".to_vec())));
        assert_eq!(
            parsed(r#"{"data_base64":"/wA=","priority":3,"x":[]}"#),
            Ok(((None, Some(3)), vec![0xff, 0]))
        );
        assert_eq!(parsed(r#"{"data":""}"#), Ok(((None, None), vec![])));
    }

    #[test]
    fn refuses_what_is_no_record() {
        for line in
            ["", "7", "{", "{}", r#"{"data":1}"#, r#"{"data":"","data_base64":""}"#, r#"{"data_base64":"?"}"#]
        {
            assert!(parsed(line).is_err(), "{line}");
        }
        for line in [r#"{"type":1.5,"data":""}"#, r#"{"priority":-1,"data":""}"#, r#"{"data":"a"} x"#] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn writes_fields_then_data() {
        let mut out = vec![];
        let fields = [("type", Value::Int(-3)), ("size", Value::Count(2))];
        write_json(&fields, "a\"\u{9b}".as_bytes(), &mut out);
        let expected = r#"{"type":-3,"size":2,"data":"a\"\u009b"}"#;
        assert_eq!(String::from_utf8(out).unwrap(), format!("{expected}\n"));
        let mut out = vec![];
        write_json(&[], b"\xff\x00", &mut out);
        assert_eq!(out, b"{\"data_base64\":\"/wA=\"}\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(body: Vec<u8>, kind: i64) {
            let mut out = vec![];
            write_json(&[("type", Value::Int(kind))], &body, &mut out);
            let line = out.strip_suffix(b"\n").unwrap();
            prop_assert!(!line.contains(&b'\n'));
            let mut back = vec![];
            prop_assert_eq!(parse_json(line, &mut back), Ok((Some(kind), None)));
            prop_assert_eq!(back, body);
        }
    }
}
