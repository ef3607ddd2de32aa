//! C declarations: no text makes the parser panic or run away; what it reads is consistent, what it refuses is told on
//! one safe line.
//!
//! The first byte chooses the machine and whether a name is asked for; the rest is the text.

#![no_main]

use ipctool::fault::Fault;
use ipctool::layout::{Endian, Layout, Target};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    let target = if choice & 1 == 0 { Target::X86_64 } else { Target::AARCH64 };
    let name = (choice & 2 != 0).then_some("s");
    match Layout::parse(text, name, &target) {
        Ok(layout) => consistent(&layout, text),
        Err(fault) => one_safe_line(&fault),
    }
});

/// Each field lies inside the struct and is found by its own path.
fn consistent(layout: &Layout, bytes: &[u8]) {
    assert!(layout.align().is_power_of_two());
    for (field, _) in layout.rows(bytes, Endian::Little).take(200) {
        assert!(field.offset + field.size() <= layout.size(), "{} is outside", field.path);
        let found = layout.field(&field.path).expect("a path that is shown can be typed");
        assert_eq!((found.offset, found.bits, found.size()), (field.offset, field.bits, field.size()));
    }
    if layout.size() < 1 << 16 {
        layout.tree(bytes, Endian::Big).to_string();
    }
}

fn one_safe_line(fault: &Fault) {
    for text in [fault.to_string(), fault.hint_line().unwrap_or_default().to_string()] {
        assert!(
            !text.chars().any(|char| char.is_control() || char == '\u{2028}' || char == '\u{202e}'),
            "{text:?}"
        );
    }
}
