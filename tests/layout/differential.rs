//! Several hundred generated declarations: gcc's sizes, offsets and bits against ours.

use ipctool::layout::{Endian, Layout, Target, Value};

use crate::gcc;
use crate::generate::{Batch, Probe, Subject, batch, program};

/// Compares what the C program printed with a layout for each subject.
fn compare(batch: &Batch, printed: &str, seed: u64, mut layout_of: impl FnMut(&Subject) -> Layout) {
    let mut lines = printed.lines();
    for subject in &batch.subjects {
        let layout = layout_of(subject);
        let whole = format!("{} {}", layout.size(), layout.align());
        let wanted = lines.next().unwrap();
        assert_eq!(whole, wanted, "sizeof {} with seed {seed}:\n{}", subject.name, batch.text);
        for probe in &subject.probes {
            let (ours, wanted) = (answer(&layout, probe), lines.next().unwrap());
            assert_eq!(ours, wanted, "{} {} with seed {seed}:\n{}", subject.name, probe.path, batch.text);
        }
    }
    assert_eq!(lines.next(), None);
}

/// What the C program prints about a member, by our layout.
fn answer(layout: &Layout, probe: &Probe) -> String {
    let field = layout.field(&probe.path).unwrap();
    if probe.ones.is_none() {
        return format!("{} {}", field.offset, field.size());
    }
    let signed = field.ty.signed() == Some(true);
    let width = field.bits.unwrap().width;
    let all = if signed { -1 } else { (1_i128 << width) - 1 };
    let patch = layout.set(format!("{}={all}", probe.path).as_bytes(), Endian::Little).unwrap();
    let mut bytes = vec![0; layout.size() as usize];
    assert!(patch.apply(&mut bytes));
    match field.value(&bytes, Endian::Little) {
        Value::Signed(number) | Value::Enum { number, .. } => assert_eq!(number, all),
        Value::Unsigned(number) => assert_eq!(number as i128, all),
        Value::Char(number) => assert_eq!(i128::from(number), all),
        Value::Bool(value) => assert!(value),
        other => panic!("{other:?} in a bit-field"),
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One batch of 50 structs and unions.
fn differ(seed: u64) {
    let batch = batch(seed, 50);
    let source = program(&batch);
    let printed = String::from_utf8(gcc::compile(&source, &["-g0"]).run(b"")).unwrap();
    let target = Target::X86_64;
    compare(&batch, &printed, seed, |subject| {
        let layout = Layout::parse(batch.text.as_bytes(), Some(&subject.name), &target);
        layout.unwrap_or_else(|fault| panic!("seed {seed}: {fault}\n{}", batch.text))
    });
}

#[test]
fn text_layouts_are_gcc_s() {
    for seed in 0..8 {
        differ(seed);
    }
}
