//! Payload on a terminal, by chunks: text with its lines, everything else as escapes.

use std::io::{self, Write};

use super::safe;

/// Payload being written to a terminal: newline and tab stay, other control bytes, bytes that are not UTF-8 and invisible
/// characters are escaped as [`safe::push_payload`] has it. A character may lie across chunks.
pub struct Payload<'o> {
    out: &'o mut dyn Write,
    block: Vec<u8>,
    /// The start of a character whose end has not come yet.
    open: Vec<u8>,
}

impl<'o> Payload<'o> {
    /// Payload to `out`.
    pub fn new(out: &'o mut dyn Write) -> Payload<'o> {
        Payload { out, block: Vec::new(), open: Vec::new() }
    }

    /// Write the next bytes, all but the start of a character at their end.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn feed(&mut self, bytes: &[u8]) -> io::Result<()> {
        let joined;
        let mut bytes = bytes;
        if !self.open.is_empty() {
            self.open.extend_from_slice(bytes);
            joined = std::mem::take(&mut self.open);
            bytes = &joined;
        }
        let (whole, open) = bytes.split_at(bytes.len() - unfinished(bytes));
        self.open.extend_from_slice(open);
        self.write(whole)
    }

    /// Write what is left: the start of a character is escaped.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn finish(mut self) -> io::Result<()> {
        let open = std::mem::take(&mut self.open);
        self.write(&open)?;
        self.out.flush()
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.block.clear();
        safe::push_payload(&mut self.block, bytes);
        self.out.write_all(&self.block)
    }
}

/// How many bytes at the end of `bytes` could be the start of a character.
fn unfinished(bytes: &[u8]) -> usize {
    let longest = bytes.len().min(3);
    let starts = (1..=longest).find(|length| bytes[bytes.len() - length] >= 0xc0);
    starts
        .filter(|length| {
            let tail = &bytes[bytes.len() - length..];
            matches!(std::str::from_utf8(tail), Err(error) if error.error_len().is_none())
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn payload(bytes: &[u8], chunk: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let mut payload = Payload::new(&mut out);
        bytes.chunks(chunk).for_each(|chunk| payload.feed(chunk).unwrap());
        payload.finish().unwrap();
        out
    }

    #[test]
    fn a_character_across_chunks_is_one() {
        let text = "a\u{e9}\u{4e16}\u{1f980}\n";
        assert_eq!(payload(text.as_bytes(), 1), text.as_bytes());
        assert_eq!(payload(b"\xe4\xb8", 1), br"\xe4\xb8");
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(bytes: Vec<u8>, text: String, chunk in 1usize..9) {
            let bytes = [text.as_bytes(), &bytes, text.as_bytes()].concat();
            let mut whole = Vec::new();
            safe::push_payload(&mut whole, &bytes);
            prop_assert_eq!(payload(&bytes, chunk), whole);
        }
    }
}
