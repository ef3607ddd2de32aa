//! Bytes in the canonical layout of `hexdump -C`: address, sixteen bytes in hexadecimal, the same in ASCII.

use std::io::{self, Write};

use super::number::push_power_of_two;

const LINE: usize = 16;
const BLOCK: usize = 64 * 1024;

/// A dump being written. Bytes go in by chunks of any size and are never all held.
///
/// Lines that repeat the one before are one `*`, as `hexdump -C` has it. End it with [`Hexdump::finish`].
pub struct Hexdump<'o> {
    out: &'o mut dyn Write,
    block: Vec<u8>,
    /// The address of the first byte in `line`.
    address: u64,
    /// The bytes of a line that is not whole yet.
    line: Vec<u8>,
    last: Option<[u8; LINE]>,
    squeezed: bool,
    begun: bool,
}

impl<'o> Hexdump<'o> {
    /// A dump whose first byte has the address `offset`.
    pub fn new(offset: u64, out: &'o mut dyn Write) -> Hexdump<'o> {
        Hexdump {
            out,
            block: Vec::with_capacity(BLOCK + 128),
            address: offset,
            line: Vec::with_capacity(LINE),
            last: None,
            squeezed: false,
            begun: false,
        }
    }

    /// Add the next bytes.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn feed(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.begun |= !bytes.is_empty();
        let missing = if self.line.is_empty() { 0 } else { LINE - self.line.len() };
        let (head, bytes) = bytes.split_at(missing.min(bytes.len()));
        self.line.extend_from_slice(head);
        if let Ok(whole) = <[u8; LINE]>::try_from(self.line.as_slice()) {
            self.line.clear();
            self.whole(&whole)?;
        }
        let (lines, rest) = bytes.as_chunks::<LINE>();
        for line in lines {
            self.whole(line)?;
        }
        self.line.extend_from_slice(rest);
        Ok(())
    }

    fn whole(&mut self, line: &[u8; LINE]) -> io::Result<()> {
        if self.last.as_ref() != Some(line) {
            push_line(&mut self.block, self.address, line);
            self.last = Some(*line);
            self.squeezed = false;
        } else if !self.squeezed {
            self.block.extend_from_slice(b"*\n");
            self.squeezed = true;
        }
        self.address = self.address.wrapping_add(LINE as u64);
        if self.block.len() >= BLOCK { self.leave() } else { Ok(()) }
    }

    /// Let the whole lines so far leave, for a dump that goes on.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn flush(&mut self) -> io::Result<()> {
        self.leave()?;
        self.out.flush()
    }

    /// Write the last line, if it is short, and the address behind the last byte; of no bytes nothing is written.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn finish(mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            push_line(&mut self.block, self.address, &self.line);
            self.address = self.address.wrapping_add(self.line.len() as u64);
        }
        if self.begun {
            push_power_of_two(&mut self.block, self.address, 4, 8);
            self.block.push(b'\n');
        }
        self.flush()
    }

    fn leave(&mut self) -> io::Result<()> {
        self.out.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }
}

/// Append the line of up to sixteen bytes.
fn push_line(out: &mut Vec<u8>, address: u64, bytes: &[u8]) {
    // Two blanks, sixteen fields of three with one blank between the eights, one more, then the bar.
    let mut columns = *b"                                                    |";
    for (place, byte) in bytes.iter().enumerate() {
        let at = 2 + 3 * place + place / 8;
        columns[at] = b"0123456789abcdef"[usize::from(byte >> 4)];
        columns[at + 1] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    let mut characters = [0; LINE];
    for (character, byte) in characters.iter_mut().zip(bytes) {
        *character = if matches!(byte, 0x20..=0x7e) { *byte } else { b'.' };
    }
    push_power_of_two(out, address, 4, 8);
    out.extend_from_slice(&columns);
    out.extend_from_slice(&characters[..bytes.len().min(LINE)]);
    out.extend_from_slice(b"|\n");
}

#[cfg(test)]
mod tests {
    use std::io::Seek;
    use std::process::Command;

    use super::*;
    use crate::render::oracle::ask;
    use proptest::prelude::*;

    fn dump(offset: u64, bytes: &[u8], chunk: usize) -> String {
        let mut out = Vec::new();
        let mut dump = Hexdump::new(offset, &mut out);
        bytes.chunks(chunk).for_each(|chunk| dump.feed(chunk).unwrap());
        dump.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    /// What the real one writes for `bytes` lying at `offset` in a sparse file; `None` where it is not installed.
    fn oracle(offset: u64, bytes: &[u8]) -> Option<String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.seek(io::SeekFrom::Start(offset)).unwrap();
        file.write_all(bytes).unwrap();
        let mut command = Command::new("hexdump");
        let output = ask(command.arg("-C").arg("-s").arg(offset.to_string()).arg(file.path()))?;
        Some(String::from_utf8(output.stdout).unwrap())
    }

    #[test]
    fn the_canonical_layout() {
        let text = "00000010  41 42 00 ff 20 7e 7f 43  44                       |AB.. ~.CD|\n00000019\n";
        assert_eq!(dump(16, b"AB\0\xff ~\x7fCD", 3), text);
        assert_eq!(dump(0, b"", 1), "");
    }

    #[test]
    fn repeated_lines_are_squeezed_across_chunks() {
        for length in [15, 16, 17, 32, 33, 48, 70, 4096] {
            let bytes = vec![7; length];
            for chunk in [1, 5, 16, 40, 5000] {
                if let Some(theirs) = oracle(0, &bytes) {
                    assert_eq!(dump(0, &bytes, chunk), theirs, "{length} bytes by {chunk}");
                }
            }
        }
    }

    #[test]
    fn addresses_grow_beyond_eight_digits() {
        let offset = (1 << 32) - 6;
        if let Some(theirs) = oracle(offset, &[1; 70]) {
            assert_eq!(dump(offset, &[1; 70], 70), theirs);
        }
    }

    #[test]
    fn a_writer_that_fails_is_reported() {
        let mut full = [0; 4];
        let mut out = full.as_mut_slice();
        let mut dump = Hexdump::new(0, &mut out);
        dump.feed(b"abc").unwrap();
        assert_eq!(dump.finish().unwrap_err().kind(), io::ErrorKind::WriteZero);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn as_the_real_one(
            lines in proptest::collection::vec(proptest::sample::select(vec![[0; 16], [b'a'; 16], [0x80; 16]]), 0..9),
            tail: Vec<u8>, offset in 0u64..100_000, chunk in 1usize..50,
        ) {
            let bytes = [lines.concat(), tail].concat();
            // At the end of a file there is nothing to seek to.
            if let Some(theirs) = oracle(offset, &bytes).filter(|_| !bytes.is_empty()) {
                prop_assert_eq!(dump(offset, &bytes, chunk), theirs);
            }
        }
    }
}
