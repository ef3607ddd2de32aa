//! The printable runs in bytes, as `strings -t x` shows them.

use std::io::{self, Write};

use super::number::push_power_of_two;

const BLOCK: usize = 64 * 1024;

/// Printable runs being written, one a line: the offset of its first byte in hexadecimal, at least seven columns wide,
/// a blank, the run. Printable are ASCII from blank to tilde, and tab.
///
/// Bytes go in by chunks of any size; a run may lie across them and be of any length. End it with [`Strings::finish`].
pub struct Strings<'o> {
    out: &'o mut dyn Write,
    block: Vec<u8>,
    least: usize,
    /// The offset of the next byte that comes in.
    offset: u64,
    run: Run,
}

/// The run that the last byte belongs to.
enum Run {
    /// Still too short to be shown.
    Short(Vec<u8>),
    /// Its line has begun.
    Shown,
}

impl<'o> Strings<'o> {
    /// Runs of `least` bytes and more (0 counts as 1), in bytes the first of which is at `offset`.
    pub fn new(least: usize, offset: u64, out: &'o mut dyn Write) -> Strings<'o> {
        let block = Vec::with_capacity(BLOCK + 4096);
        Strings { out, block, least: least.max(1), offset, run: Run::Short(Vec::new()) }
    }

    /// Add the next bytes.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn feed(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let length = bytes.iter().position(|byte| !is_printable(*byte)).unwrap_or(bytes.len());
            let (run, rest) = bytes.split_at(length);
            self.extend(run);
            let breaks = rest.iter().position(|byte| is_printable(*byte)).unwrap_or(rest.len());
            if breaks > 0 {
                self.end();
            }
            self.offset = self.offset.wrapping_add((length + breaks) as u64);
            bytes = &rest[breaks..];
            if self.block.len() >= BLOCK {
                self.leave()?;
            }
        }
        Ok(())
    }

    /// Let the runs so far leave, for bytes that go on coming.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn flush(&mut self) -> io::Result<()> {
        self.leave()?;
        self.out.flush()
    }

    /// End the last run and write what is left.
    ///
    /// # Errors
    /// What the writer answered.
    pub fn finish(mut self) -> io::Result<()> {
        self.end();
        self.flush()
    }

    fn extend(&mut self, run: &[u8]) {
        if let Run::Short(start) = &mut self.run {
            if start.len() + run.len() < self.least {
                return start.extend_from_slice(run);
            }
            push_offset(&mut self.block, self.offset.wrapping_sub(start.len() as u64));
            self.block.append(start);
            self.run = Run::Shown;
        }
        self.block.extend_from_slice(run);
    }

    fn end(&mut self) {
        match &mut self.run {
            Run::Short(start) => start.clear(),
            Run::Shown => {
                self.block.push(b'\n');
                self.run = Run::Short(Vec::new());
            }
        }
    }

    fn leave(&mut self) -> io::Result<()> {
        self.out.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e | b'\t')
}

/// Append an offset, to the right of seven columns, and the blank behind it.
fn push_offset(out: &mut Vec<u8>, offset: u64) {
    let digits = (u64::BITS - offset.leading_zeros()).div_ceil(4).max(1) as usize;
    out.resize(out.len() + 7usize.saturating_sub(digits), b' ');
    push_power_of_two(out, offset, 4, 1);
    out.push(b' ');
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::render::oracle::ask;
    use proptest::prelude::*;

    fn strings(least: usize, offset: u64, bytes: &[u8], chunk: usize) -> String {
        let mut out = Vec::new();
        let mut strings = Strings::new(least, offset, &mut out);
        bytes.chunks(chunk).for_each(|chunk| strings.feed(chunk).unwrap());
        strings.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn runs_and_their_offsets() {
        let bytes = b"ab\tcd\0xyz\nhello\x80wor ld";
        for chunk in 1..bytes.len() {
            assert_eq!(strings(4, 0, bytes, chunk), "      0 ab\tcd\n      a hello\n     10 wor ld\n");
        }
        assert_eq!(strings(0, 0xfffffff, b"\0a", 1), "10000000 a\n");
        assert_eq!(strings(3, 0, b"", 1), "");
    }

    #[test]
    fn as_binutils_finds_them() {
        let file = std::env::current_exe().unwrap();
        let mut command = Command::new("strings");
        let Some(theirs) = ask(command.args(["-a", "-t", "x", "-n", "6"]).arg(&file)) else { return };
        let bytes = std::fs::read(file).unwrap();
        assert!(strings(6, 0, &bytes, 4093).as_bytes() == theirs.stdout, "they differ");
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(bytes: Vec<u8>, least in 0usize..5, chunk in 1usize..20) {
            prop_assert_eq!(strings(least, 9, &bytes, chunk), strings(least, 9, &bytes, bytes.len().max(1)));
        }
    }
}
