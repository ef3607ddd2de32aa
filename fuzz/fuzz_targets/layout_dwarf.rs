//! Debug information: no file makes the reader panic or run away.
//!
//! A file that starts as ELF does is taken whole. Anything else is three sections, `.debug_info`, `.debug_abbrev` and
//! `.debug_str`, with the lengths of the first two in front, put into an ELF file by the target.

#![no_main]

use ipctool::layout::{Endian, Layout};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let made;
    let binary = if data.starts_with(b"\x7fELF") {
        data
    } else {
        made = elf(data);
        &made
    };
    for name in ["s", "a_t", "ns::C"] {
        match Layout::from_elf(binary, name) {
            Ok(layout) => {
                for (field, value) in layout.rows(data, Endian::Little).take(200) {
                    value.table_bytes();
                    field.type_text();
                    field.patch(&value, Endian::Little);
                }
            }
            Err(fault) => {
                let text = format!("{fault}{}", fault.hint_line().unwrap_or_default());
                assert!(!text.chars().any(char::is_control), "{text:?}");
            }
        }
    }
});

const NAMES: &[u8] = b"\0.debug_info\0.debug_abbrev\0.debug_str\0.shstrtab\0";

/// An ELF file for x86_64 of nothing but sections.
fn elf(data: &[u8]) -> Vec<u8> {
    let (lengths, rest) = data.split_at(data.len().min(4));
    let length = |at: usize| match lengths.get(at..at + 2) {
        Some(bytes) => usize::from(bytes[0]) | usize::from(bytes[1]) << 8,
        None => 0,
    };
    let (info, rest) = rest.split_at(length(0).min(rest.len()));
    let (abbrev, text) = rest.split_at(length(2).min(rest.len()));
    let sections = [(1, info), (13, abbrev), (27, text), (38, NAMES)];

    let mut body: Vec<u8> = Vec::new();
    let mut headers: Vec<u8> = vec![0; 64];
    for (name, bytes) in sections {
        let offset = 64 + body.len() as u64;
        let kind: u32 = if name == 38 { 3 } else { 1 };
        headers.extend((name as u32).to_le_bytes());
        headers.extend(kind.to_le_bytes());
        for field in [0_u64, 0, offset, bytes.len() as u64, 0, 1, 0] {
            headers.extend(field.to_le_bytes());
        }
        body.extend(bytes);
    }
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    // Executable, x86_64; no entry, no segments; five section headers of 64 bytes, the last one with the names.
    file.extend([2, 0, 62, 0, 1, 0, 0, 0]);
    file.extend([0; 16]);
    file.extend((64 + body.len() as u64).to_le_bytes());
    file.extend([0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 64, 0, 5, 0, 4, 0]);
    file.extend(body);
    file.extend(headers);
    file
}
