//! decode(encode(x)) = x, over generated layouts and any bytes.

use ipctool::layout::{Endian, Layout, Shape, Target, Type, Value};
use proptest::prelude::*;

use crate::generate::batch;

/// The layouts of one generated text.
fn layouts(seed: u64) -> Vec<Layout> {
    let batch = batch(seed, 6);
    let text = batch.text.as_bytes();
    let parse = |name: &String| Layout::parse(text, Some(name), &Target::X86_64).unwrap();
    batch.subjects.iter().map(|subject| parse(&subject.name)).collect()
}

/// Whether some bytes mean several things.
fn has_union(ty: &Type) -> bool {
    match &ty.shape {
        Shape::Record(record) => record.union || record.members.iter().any(|member| has_union(&member.ty)),
        Shape::Array(array) => has_union(&array.element),
        _ => false,
    }
}

/// A value as text that tells all that is in it; a NaN is itself.
fn told(value: &Value) -> String {
    format!("{value:?}")
}

fn endian(big: bool) -> Endian {
    if big { Endian::Big } else { Endian::Little }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_field_s_bytes_and_value_are_one(seed in 0..10_000_u64, bytes in proptest::collection::vec(any::<u8>(), 2000), big: bool) {
        let endian = endian(big);
        for layout in layouts(seed) {
            for (field, value) in layout.rows(&bytes, endian) {
                if field.offset + field.size() > bytes.len() as u64 {
                    continue;
                }
                let patch = field.patch(&value, endian).unwrap();
                let mut made = vec![0; bytes.len()];
                prop_assert!(patch.apply(&mut made));
                prop_assert_eq!(told(&field.value(&made, endian)), told(&value), "{}", field.path);

                // No other bit is touched.
                let mut inverse: Vec<u8> = made.iter().map(|byte| !byte).collect();
                let before = inverse.clone();
                prop_assert!(patch.apply(&mut inverse));
                let touched = before.iter().zip(&inverse).zip(0_u64..).filter(|((old, new), _)| old != new);
                for ((old, new), at) in touched {
                    let mask = patch.mask[(at - patch.offset) as usize];
                    prop_assert_eq!((old ^ new) & !mask, 0, "{} byte {}", field.path, at);
                }
            }
        }
    }

    #[test]
    fn what_is_shown_can_be_typed(seed in 0..10_000_u64, bytes in proptest::collection::vec(any::<u8>(), 2000)) {
        for layout in layouts(seed) {
            for (field, value) in layout.rows(&bytes, Endian::Little) {
                if field.offset + field.size() > bytes.len() as u64 {
                    continue;
                }
                let typed = field.read(&value.bare());
                prop_assert_eq!(typed.map(|value| value.to_string()), Ok(value.to_string()), "{}", field.path);
            }
        }
    }

    #[test]
    fn a_whole_struct_s_bytes_and_value_are_one(seed in 0..10_000_u64, bytes in proptest::collection::vec(any::<u8>(), 2000)) {
        for layout in layouts(seed).into_iter().filter(|layout| !has_union(layout.ty())) {
            let own = &bytes[..bytes.len().min(layout.size() as usize)];
            let tree = layout.tree(own, Endian::Little);
            let patch = layout.whole().patch(&tree, Endian::Little).unwrap();
            let mut made = vec![0; layout.size() as usize];
            prop_assert!(patch.apply(&mut made));
            let again = layout.tree(&made[..own.len()], Endian::Little);
            prop_assert_eq!(told(&again), told(&tree));
        }
    }

    #[test]
    fn a_short_body_has_the_fields_that_are_there(seed in 0..10_000_u64, length in 0..300_usize) {
        let bytes = vec![0x41; length];
        for layout in layouts(seed) {
            for (field, value) in layout.rows(&bytes, Endian::Little) {
                let there = field.offset + field.size() <= length as u64;
                let none = field.offset >= length as u64 && field.size() > 0;
                prop_assert!(!there || value != Value::Absent, "{} of {length}", field.path);
                prop_assert!(!none || value == Value::Absent, "{} of {length}", field.path);
            }
        }
    }
}
