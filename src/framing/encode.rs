//! One record out, as bytes.

use super::Format;
use super::json::write_json;

/// A field beside the data in a JSON line (`type`, `priority`, `size`, `seq` …).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A number that may be negative.
    Int(i64),
    /// A number of things or bytes.
    Count(u64),
}

/// Appends `body` in its frame to `out`. `fields` stand only in JSON lines, before the data, in their order.
///
/// The error is the body's size where it does not fit a 32-bit length prefix; `out` is untouched then.
pub fn encode(format: Format, fields: &[(&str, Value)], body: &[u8], out: &mut Vec<u8>) -> Result<(), usize> {
    match format {
        Format::JsonLines => {
            write_json(fields, body, out);
            return Ok(());
        }
        Format::LengthPrefix => {
            let length = u32::try_from(body.len()).map_err(|_| body.len())?;
            out.extend_from_slice(&length.to_be_bytes());
        }
        Format::Lines | Format::Null | Format::Raw => {}
    }
    out.extend_from_slice(body);
    out.extend(format.end());
    Ok(())
}

impl Format {
    /// The byte after each record, where the frame has one.
    pub(super) fn end(self) -> Option<u8> {
        match self {
            Format::Lines | Format::JsonLines => Some(b'\n'),
            Format::Null => Some(0),
            Format::Raw | Format::LengthPrefix => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(format: Format, body: &[u8]) -> Vec<u8> {
        let mut out = b"<".to_vec();
        encode(format, &[("type", Value::Int(1))], body, &mut out).unwrap();
        out
    }

    #[test]
    fn every_frame_whatever_the_body_holds() {
        assert_eq!(encoded(Format::Lines, b"a\n"), b"<a\n\n");
        assert_eq!(encoded(Format::Lines, b""), b"<\n");
        assert_eq!(encoded(Format::Null, b"a\0"), b"<a\0\0");
        assert_eq!(encoded(Format::Raw, b"a"), b"<a");
        assert_eq!(encoded(Format::LengthPrefix, b"abc"), b"<\0\0\0\x03abc");
        assert_eq!(encoded(Format::JsonLines, b"a"), b"<{\"type\":1,\"data\":\"a\"}\n");
    }
}
