//! Floating-point numbers against the C library's own conversions.

use std::fmt::Write;

use ipctool::layout::{Endian, Float, FloatFormat, Layout, Target};

use crate::gcc;
use crate::generate::Random;

/// A program that reads a decimal text a line and writes each one's bytes, and with `-DPRINT` the other way round.
fn program(ty: &str, from_text: &str, to_text: &str, flags: &[&str]) -> gcc::Program {
    let source = format!(
        "#define __STDC_WANT_IEC_60559_TYPES_EXT__ 1\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\
         int main(void)\n{{\n  static char line[20000];\n  {ty} number;\n\
         #ifdef PRINT\n  while (fread(&number, 1, sizeof number, stdin) == sizeof number) {{\n    {to_text};\n    \
         puts(line);\n  }}\n#else\n  while (fgets(line, sizeof line, stdin)) {{\n    \
         memset(&number, 0, sizeof number);\n    number = {from_text}(line, NULL);\n    \
         fwrite(&number, sizeof number, 1, stdout);\n  }}\n#endif\n}}\n"
    );
    gcc::compile(&source, flags)
}

/// Bit patterns of finite numbers: random ones, small whole ones, the ends of the range, subnormal ones.
fn patterns(format: FloatFormat) -> Vec<u128> {
    let mut random = Random::new(7);
    let mut patterns = Vec::new();
    for round in 0..120 {
        let bits = u128::from(random.next()) << 64 | u128::from(random.next());
        let exponent = match round % 4 {
            0 => u128::from(random.below(0x7fff)),
            1 => 0x3fff + u128::from(random.below(64)),
            2 => u128::from(random.below(3)),
            _ => 0x7ffe - u128::from(random.below(3)),
        };
        let few = if round % 3 == 0 { u128::MAX << random.below(100) } else { u128::MAX };
        patterns.push(match format {
            FloatFormat::Quad => (bits & few) << 16 >> 16 | exponent << 112,
            _ => {
                let integer = if exponent == 0 { 0 } else { 1 << 63 };
                (bits & few) << 65 >> 65 | integer | exponent << 64
            }
        });
    }
    patterns
}

/// Our shortest text means the same number to C, and C's long text the same to us.
fn agree(format: FloatFormat, ty: &str, from_text: &str, to_text: &str) {
    let patterns = patterns(format);
    let texts = patterns.iter().fold(String::new(), |mut texts, bits| {
        writeln!(texts, "{}", Float::from_bits(format, *bits)).unwrap();
        texts
    });
    let used = if format == FloatFormat::Quad { 16 } else { 10 };
    let bytes = program(ty, from_text, to_text, &[]).run(texts.as_bytes());
    for ((bits, text), bytes) in patterns.iter().zip(texts.lines()).zip(bytes.chunks(16)) {
        assert_eq!(&bits.to_le_bytes()[..used], &bytes[..used], "{text}");
    }

    let memory: Vec<u8> = patterns.iter().flat_map(|bits| bits.to_le_bytes()).collect();
    let printed = program(ty, from_text, to_text, &["-DPRINT"]).run(&memory);
    for (bits, text) in patterns.iter().zip(String::from_utf8(printed).unwrap().lines()) {
        assert_eq!(Float::parse(format, text).map(Float::to_bits), Ok(*bits), "{text}");
    }
}

#[test]
fn long_double_is_the_c_library_s() {
    agree(FloatFormat::Extended, "long double", "strtold", "sprintf(line, \"%.60Le\", number)");
}

#[test]
fn binary128_is_the_c_library_s() {
    agree(FloatFormat::Quad, "_Float128", "strtof128", "strfromf128(line, sizeof line, \"%.60e\", number)");
}

#[test]
fn the_shortest_text_is_printed() {
    let cases = [
        (FloatFormat::Extended, "0.1", "0.1"),
        (FloatFormat::Extended, "3.14159265358979323846", "3.1415926535897932385"),
        (FloatFormat::Extended, "1", "1"),
        (FloatFormat::Extended, "-0", "-0"),
        (FloatFormat::Extended, "1e4932", "1e+4932"),
        (FloatFormat::Extended, "3.6e-4951", "4e-4951"),
        (FloatFormat::Extended, "1e-5000", "0"),
        (FloatFormat::Extended, "-inf", "-inf"),
        (FloatFormat::Extended, "nan", "nan"),
        (FloatFormat::Quad, "0.1", "0.1"),
        (FloatFormat::Quad, "12345678901234567890123", "1.2345678901234567890123e+22"),
        (FloatFormat::Single, "0.1", "0.1"),
        (FloatFormat::Single, "16777217", "16777216"),
        (FloatFormat::Double, "1e16", "10000000000000000"),
        (FloatFormat::Double, "1e17", "1e+17"),
        (FloatFormat::Double, "0.0001", "0.0001"),
        (FloatFormat::Double, "0.00001", "1e-05"),
        (FloatFormat::Double, "123456.789", "123456.789"),
        (FloatFormat::Double, "-nan", "-nan"),
    ];
    for (format, typed, shown) in cases {
        let number = Float::parse(format, typed).unwrap();
        assert_eq!(number.to_string(), shown, "{typed}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for format in [FloatFormat::Single, FloatFormat::Double, FloatFormat::Extended, FloatFormat::Quad] {
        for text in ["", "x", "1,5", "0x", "1e", "e5", "--1", ".", "1.5f"] {
            assert_eq!(Float::parse(format, text), Err("not a number"), "{text:?}");
        }
        assert_eq!(Float::parse(format, "1e999999999999999999999"), Err("too large"));
        assert_eq!(Float::parse(format, "1e-999999999999999999999").map(Float::to_bits), Ok(0));
    }
}

#[test]
fn the_x87_s_invalid_forms_are_nan() {
    let layout = Layout::parse(b"long double x", None, &Target::X86_64).unwrap();
    // An exponent without the integer bit: the processor takes it for no number since the 387.
    let mut bytes = [0; 16];
    bytes[9] = 0x40;
    let (_, value) = layout.rows(&bytes, Endian::Little).next().unwrap();
    assert_eq!(value.to_string(), "nan");
}
