//! Values: decode(encode(x)) = x for any bytes, what is shown can be typed, and no text given as a value, a condition
//! or an addition makes anything panic.
//!
//! The first line is the text, the rest the bytes of the struct; after a first line of `wide`, of one of wide floats.

#![no_main]

use std::sync::LazyLock;

use ipctool::layout::{Endian, Layout, Target, Value};
use libfuzzer_sys::fuzz_target;

static LAYOUT: LazyLock<Layout> = LazyLock::new(|| {
    let text = b"
        enum color { RED, GREEN, BLUE = 7, DARK = -1 };
        struct point { short x; float y; } __attribute__((packed));
        struct all {
            char c; signed char sc; unsigned char uc; int i; unsigned long ul; __int128 wide; unsigned __int128 wider;
            float f; double d; bool yes; enum color color; void *p; sem_t sem; char name[8];
            char names[2][4]; int list[3]; struct point points[2]; union { int a; char raw[4]; } u;
            unsigned bits : 3; int minus : 7; bool bit : 1; long long many : 40; enum color hue : 5;
        };";
    Layout::parse(text, None, &Target::X86_64).expect("the text is C")
});

/// Apart, for their conversion takes most of the time.
static WIDE: LazyLock<Layout> = LazyLock::new(|| {
    Layout::parse(b"long double extended; _Float128 quad", None, &Target::X86_64).expect("the text is C")
});

fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (text, bytes) = (&data[..end], &data[(end + 1).min(data.len())..]);
    if text == b"wide" {
        return round_trip(&WIDE, bytes, Endian::Little);
    }
    for endian in [Endian::Little, Endian::Big] {
        round_trip(&LAYOUT, bytes, endian);
        typed(text, bytes, endian);
    }
});

fn round_trip(layout: &Layout, bytes: &[u8], endian: Endian) {
    for (field, value) in layout.rows(bytes, endian) {
        if value == Value::Absent || field.offset + field.size() > bytes.len() as u64 {
            continue;
        }
        let patch = field.patch(&value, endian).expect("a value that was read can be written");
        let mut made = vec![0xa5; bytes.len()];
        assert!(patch.apply(&mut made));
        assert_eq!(format!("{:?}", field.value(&made, endian)), format!("{value:?}"), "{}", field.path);
        let read = field.read(&value.bare()).expect("what is shown can be typed");
        assert_eq!(read.to_string(), value.to_string(), "{}", field.path);
    }
    layout.tree(bytes, endian).to_string();
}

fn typed(text: &[u8], bytes: &[u8], endian: Endian) {
    if let Ok(patch) = LAYOUT.set(text, endian) {
        let mut made = vec![0; LAYOUT.size() as usize];
        assert!(patch.apply(&mut made), "a patch is inside the struct");
    }
    if let Ok(condition) = LAYOUT.condition(text) {
        condition.holds(bytes, endian);
    }
    if let Ok(step) = LAYOUT.step(text, endian) {
        assert_eq!(step.field.offset % u64::from(step.width), 0);
        step.value(step.amount).to_string();
    }
    for fault in
        [LAYOUT.set(text, endian).err(), LAYOUT.condition(text).err(), LAYOUT.step(text, endian).err()]
    {
        let line = fault.map_or_else(String::new, |fault| fault.to_string());
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}
