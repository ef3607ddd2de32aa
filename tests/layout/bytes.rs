//! Bytes that a C program wrote, and bytes that a C program reads.

use ipctool::layout::{Endian, Layout, Target};

use crate::gcc;

/// Members of every kind, with the value that C gives them and the text that we show for it.
const MEMBERS: [(&str, &str, &str, &str); 33] = [
    ("char letter", "letter", "'x'", "120 'x'"),
    ("char control", "control", "'\\n'", "10"),
    ("char minus", "minus", "-1", "-1"),
    ("signed char small", "small", "-128", "-128"),
    ("unsigned char byte", "byte", "255", "255"),
    ("short s", "s", "-32768", "-32768"),
    ("unsigned short us", "us", "65535", "65535"),
    ("int age", "age", "29", "29"),
    ("unsigned mask", "mask", "0xdeadbeef", "3735928559"),
    ("long l", "l", "-9223372036854775807L - 1", "-9223372036854775808"),
    ("unsigned long ul", "ul", "18446744073709551615UL", "18446744073709551615"),
    ("__int128 wide", "wide", "-((__int128)1 << 100)", "-1267650600228229401496703205376"),
    ("unsigned __int128 wider", "wider", "~(unsigned __int128)0", "340282366920938463463374607431768211455"),
    ("float f", "f", "0.1f", "0.1"),
    ("double d", "d", "-1e300", "-1e+300"),
    ("double tiny", "tiny", "5e-324", "5e-324"),
    ("double third", "third", "1.0 / 3", "0.3333333333333333"),
    ("double endless", "endless", "1.0 / 0.0", "inf"),
    ("_Bool yes", "yes", "1", "true"),
    ("bool no", "no", "0", "false"),
    ("enum color { RED, GREEN, BLUE = 7 } color", "color", "BLUE", "BLUE (7)"),
    ("enum color odd", "odd", "5", "5"),
    ("void *where", "where", "(void *)0x7fff1234", "0x7fff1234"),
    ("char name[8]", "name", "\"bob\"", "bob"),
    ("char full[4]", "full", "\"abcd\"", "abcd"),
    ("char quoted[8]", "quoted", "\"a\\\"\\\\\\n\"", "a\"\\\n"),
    ("int grid[2][3]", "grid", "{{1, 2, 3}, {4, 5, -6}}", "{{1, 2, 3}, {4, 5, -6}}"),
    ("char names[2][4]", "names", "{\"ab\", \"cd\"}", "{\"ab\", \"cd\"}"),
    ("unsigned bits : 3", "bits", "5", "5"),
    ("int minus_bits : 5", "minus_bits", "-16", "-16"),
    ("bool bit : 1", "bit", "1", "true"),
    ("long long many : 40", "many", "-549755813888", "-549755813888"),
    ("enum color hue : 4", "hue", "GREEN", "GREEN (1)"),
];

fn declarations(attribute: &str) -> String {
    let members: String = MEMBERS.iter().map(|(declaration, ..)| format!("  {declaration};\n")).collect();
    format!("struct all {{\n{members}}} {attribute};\n")
}

/// A C program that writes a `struct all`, or with an argument of input compares it member by member.
fn program(attribute: &str) -> gcc::Program {
    let declarations = declarations(attribute);
    let values: String =
        MEMBERS.iter().map(|(_, name, value, _)| format!("  .{name} = {value},\n")).collect();
    let checks: String = MEMBERS.iter().map(|(_, name, ..)| check(name)).collect();
    gcc::compile(
        &format!(
            "#include <stdbool.h>\n#include <stdio.h>\n#include <string.h>\n{declarations}\
             static struct all want = {{\n{values}}};\nint main(void)\n{{\n  struct all got;\n\
             if (fread(&got, 1, sizeof got, stdin) != sizeof got) {{\n\
             fwrite(&want, sizeof want, 1, stdout);\n    return 0;\n  }}\n{checks}  puts(\"alike\");\n  return 0;\n}}\n"
        ),
        &[],
    )
}

fn check(name: &str) -> String {
    let array = ["name", "full", "quoted", "grid", "names"].contains(&name);
    let test = if array {
        format!("memcmp(got.{name}, want.{name}, sizeof want.{name})")
    } else {
        format!("got.{name} != want.{name}")
    };
    format!("  if ({test}) return puts(\"{name}\"), 0;\n")
}

/// What to type for a member, from C's own initialiser.
fn typed(name: &str, value: &str, shown: &str) -> String {
    let value = match name {
        "name" | "full" => value.trim_matches('"').to_string(),
        "quoted" => "a\"\\\n".to_string(),
        "l" | "wide" | "wider" | "third" | "endless" | "ul" | "where" => shown.to_string(),
        "f" => "0.1".to_string(),
        "no" => "false".to_string(),
        _ => value.to_string(),
    };
    format!("{name}={value}")
}

fn both_ways(attribute: &str, endian: Endian) {
    let program = program(attribute);
    // The order of bytes is the caller's word, as it is for `--endian`: gcc's attribute for it is none of ours.
    let known = if endian == Endian::Big { "" } else { attribute };
    let layout = Layout::parse(declarations(known).as_bytes(), None, &Target::X86_64).unwrap();

    let bytes = program.run(b"");
    assert_eq!(bytes.len() as u64, layout.size());
    let shown: Vec<(String, String)> = layout
        .rows(&bytes, endian)
        .map(|(field, value)| (field.path, String::from_utf8(value.table_bytes()).unwrap()))
        .collect();
    let wanted: Vec<(String, String)> =
        MEMBERS.iter().map(|(_, name, _, shown)| (name.to_string(), shown.to_string())).collect();
    assert_eq!(shown, wanted);

    // From nothing but zeros, and over ones everywhere: no bit of a neighbour is touched.
    for filler in [0x00, 0xff] {
        let mut made = vec![filler; bytes.len()];
        for (_, name, value, shown) in MEMBERS {
            let patch = layout.set(typed(name, value, shown).as_bytes(), endian).unwrap();
            assert!(patch.apply(&mut made), "{name}");
        }
        assert_eq!(String::from_utf8(program.run(&made)).unwrap(), "alike\n");
    }
}

#[test]
fn c_reads_what_we_write_and_we_read_what_c_writes() {
    both_ways("", Endian::Little);
}

#[test]
fn packed_and_unaligned_too() {
    both_ways("__attribute__((packed))", Endian::Little);
}

#[test]
fn big_endian_is_what_gcc_calls_so() {
    both_ways("__attribute__((scalar_storage_order(\"big-endian\")))", Endian::Big);
}

#[test]
fn the_programs_of_the_handbooks() {
    let person = Layout::parse(b"int age; char name[20]; int id", None, &Target::HOST).unwrap();
    let source = "#include <stdio.h>\nstruct { int age; char name[20]; int id; } p;\nint main(void)\n{\n\
                  fread(&p, 1, sizeof p, stdin);\n  printf(\"%d %s %d\", p.age, p.name, p.id);\n}\n";
    let mut bytes = vec![0xaa; 28];
    for text in ["age=29", "name=Ada Lovelace", "id=0x1f"] {
        assert!(person.set(text.as_bytes(), Endian::Little).unwrap().apply(&mut bytes));
    }
    assert_eq!(gcc::compile(source, &[]).run(&bytes), b"29 Ada Lovelace 31");
    assert_eq!(&bytes[16..24], &[0; 8], "what is left of a text is filled up");
}
