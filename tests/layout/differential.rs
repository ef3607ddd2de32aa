//! Several hundred generated declarations: gcc's sizes, offsets and bits against ours.

use ipctool::layout::{Endian, Layout, Target, Value};

use crate::gcc;
use crate::generate::{Batch, PRELUDE, Probe, batch, program};

/// Compares what the C program printed with a layout for each subject.
fn compare(batch: &Batch, printed: &str, seed: u64, layouts: &[Layout]) {
    let mut lines = printed.lines();
    for (subject, layout) in batch.subjects.iter().zip(layouts) {
        let whole = format!("{} {}", layout.size(), layout.align());
        let wanted = lines.next().unwrap();
        assert_eq!(whole, wanted, "sizeof {} with seed {seed}:\n{}", subject.name, batch.text);
        for probe in &subject.probes {
            let (ours, wanted) = (answer(layout, probe), lines.next().unwrap());
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

/// One batch of 50 structs and unions: the text's layouts, and those of the debug information of two versions.
fn differ(seed: u64) {
    let batch = batch(seed, 50);
    let source = program(&batch);
    let program = gcc::compile(&source, &["-gdwarf-5"]);
    let printed = String::from_utf8(program.run(b"")).unwrap();
    let from_text = batch.subjects.iter().map(|subject| {
        let layout = Layout::parse(batch.text.as_bytes(), Some(&subject.name), &Target::X86_64);
        layout.unwrap_or_else(|fault| panic!("seed {seed}: {fault}\n{}", batch.text))
    });
    let layouts: Vec<Layout> = from_text.collect();
    compare(&batch, &printed, seed, &layouts);
    for program in [program, gcc::compile(&source, &["-gdwarf-4"])] {
        let binary = std::fs::read(program.path()).unwrap();
        compare_debug_information(&batch, &binary, seed, &layouts);
    }
}

/// The debug information says of each member what the text says, its type's words included.
fn compare_debug_information(batch: &Batch, binary: &[u8], seed: u64, layouts: &[Layout]) {
    for (subject, text) in batch.subjects.iter().zip(layouts) {
        let debug = Layout::from_elf(binary, &subject.name);
        let debug = debug
            .unwrap_or_else(|fault| panic!("{} with seed {seed}: {fault}\n{}", subject.name, batch.text));
        let told = |layout: &Layout, path: &str| {
            let field = layout.field(path).unwrap();
            (field.offset_text(), field.size(), field.type_text(), field.ty.signed())
        };
        assert_eq!(debug.size(), text.size(), "{} with seed {seed}:\n{}", subject.name, batch.text);
        for Probe { path, .. } in &subject.probes {
            let (ours, wanted) = (told(&debug, path), told(text, path));
            assert_eq!(ours, wanted, "{} {path} with seed {seed}:\n{}", subject.name, batch.text);
        }
    }
}

/// Declarations that were wrong once, or that no generator makes.
const CURIOUS: [&str; 14] = [
    "struct { low_int a : 32; }",
    "union { low_int a : 16; char b; }",
    "struct { char a; low_int b : 16; low_int c : 17; }",
    "struct { char a; int : 0; char b; }",
    "struct { char a; long : 0; } __attribute__((packed))",
    "struct { char a : 4; int : 0; } __attribute__((packed, aligned(2)))",
    "struct { _Atomic struct { char a[8]; } b; char c; _Atomic struct { char a[3]; } d; }",
    "struct { char a; struct { int b; } __attribute__((packed)) c; }",
    "struct { char a; _Alignas(8) char b; int c __attribute__((packed)); }",
    "struct { int a : 1 __attribute__((aligned(16))); int b : 1; }",
    "struct { enum { TWO = 2, SMALL = -1 } __attribute__((packed)) a; enum { HUGE_ONE = 1UL << 63 } b; }",
    "union { int : 5; char a; struct { int : 0; } b; }",
    "struct { char a[sizeof(union { long a; char b[12]; })]; typeless *b; }",
    "struct { long double a; char b; __int128 c : 70; _Bool d : 1; char e : 8; }",
];

#[test]
fn curious_declarations_are_gcc_s() {
    let declarations: String =
        CURIOUS.iter().enumerate().map(|(at, text)| format!("typedef {text} c{at};\n")).collect();
    let text = format!("{PRELUDE}typedef struct typeless typeless;\n{declarations}");
    let print = (0..CURIOUS.len())
        .map(|at| format!("printf(\"%zu %zu\\n\", sizeof(c{at}), _Alignof(c{at}));\n"))
        .collect::<String>();
    let printed = gcc::compile(&format!("{text}int main(void)\n{{\n{print}}}\n"), &[]).run(b"");
    for (at, line) in String::from_utf8(printed).unwrap().lines().enumerate() {
        let layout = Layout::parse(text.as_bytes(), Some(&format!("c{at}")), &Target::X86_64).unwrap();
        assert_eq!(format!("{} {}", layout.size(), layout.align()), line, "{}", CURIOUS[at]);
    }
}

/// A test of two batches, 100 structs and unions.
macro_rules! batches {
    ($($name:ident: $first:expr),*) => {
        $(
            #[test]
            fn $name() {
                ($first..$first + 2).for_each(differ);
            }
        )*
    };
}

batches!(layouts_are_gcc_s_1: 0, layouts_are_gcc_s_2: 2, layouts_are_gcc_s_3: 4, layouts_are_gcc_s_4: 6);

/// Every declaration that anyone has the patience for: `SEEDS=1000 cargo test --test layout -- --ignored`.
#[test]
#[ignore = "as many batches as SEEDS says"]
fn layouts_are_gcc_s_at_length() {
    let seeds = std::env::var("SEEDS").map_or(100, |count| count.parse().unwrap());
    (100..100 + seeds).for_each(differ);
}
