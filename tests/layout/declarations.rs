//! Which struct of a text is meant, what the preprocessor does, and the line for what is not understood.

use ipctool::layout::{Layout, Target};
use ipctool::status::Status;

fn layout(text: &str) -> Layout {
    Layout::parse(text.as_bytes(), None, &Target::X86_64).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

/// Name, size and fields as `path@offset`.
fn told(layout: &Layout) -> String {
    let bytes = vec![0; layout.size() as usize];
    let fields = layout.rows(&bytes, ipctool::layout::Endian::Little);
    let fields: Vec<String> =
        fields.map(|(field, _)| format!("{}@{}", field.path, field.offset_text())).collect();
    format!("{} {}: {}", layout.name(), layout.size(), fields.join(" "))
}

#[test]
fn the_struct_that_is_meant() {
    let cases = [
        ("int age; char name[20]; int id", "struct {...} 28: age@0 name@4 id@24"),
        ("int age", "struct {...} 4: age@0"),
        ("struct {int written; char text[8];}", "struct {...} 12: written@0 text@4"),
        ("struct s { int a; };", "struct s 4: a@0"),
        ("struct s { int a; }", "struct s 4: a@0"),
        ("struct a { int x; }; struct b { char y; };", "struct b 1: y@0"),
        ("struct b { struct a { int x; } in; char y; };", "struct b 8: in.x@0 y@4"),
        ("typedef struct { int x; } name_t;", "name_t 4: x@0"),
        ("typedef struct tag { int x; } name_t;", "struct tag 4: x@0"),
        ("struct s { int a; } *shared;", "struct s 4: a@0"),
        ("struct s { int a; }; struct s *shared; extern int count; static int other;", "struct s 4: a@0"),
        ("struct s { int a; }; int main(void) { struct s x; return 0; }", "struct s 4: a@0"),
        (
            "struct p { int x, y; }; struct p from; struct p to",
            "struct {...} 16: from.x@0 from.y@4 to.x@8 to.y@12",
        ),
        ("char kind; union { int i; float f; }; int end", "struct {...} 12: kind@0 i@4 f@4 end@8"),
        ("unsigned a:3, b:5; int c : 4", "struct {...} 4: a@0.0 b@0.3 c@1.0"),
        ("enum e { A, B }; enum e which; int x[B + 1]", "struct {...} 12: which@0 x@4"),
        ("union u { int i; char c[4]; };", "union u 4: i@0 c@0"),
        (
            "struct node; typedef struct node node_t; struct node { node_t *next; int v; };",
            "struct node 16: next@0 v@8",
        ),
        ("struct s { long n; struct { int a; } items[]; };", "struct s 8: n@0 items@8"),
        ("struct s {};", "struct s 0: "),
        ("typedef enum { false, true } bool; struct s { bool b; char c; };", "struct s 8: b@0 c@4"),
        ("enum { PATH_MAX = 3 }; char c[PATH_MAX]", "struct {...} 3: c@0"),
        ("extern \"C\" { struct s { int a; }; }", "struct s 4: a@0"),
        (
            "struct s { int a; }; struct s table[2] = { { 1 }, { 2 } };",
            "struct {...} 8: table[0].a@0 table[1].a@4",
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(&layout(text)), wanted, "{text}");
    }
}

#[test]
fn a_name_chooses() {
    let text = b"struct point { int x; }; typedef struct { char y; } b_t; union u { short z; };
        typedef struct point p_t;";
    let named = |name| Layout::parse(text, Some(name), &Target::X86_64);
    let cases = [
        ("point", "struct point"),
        ("struct point", "struct point"),
        ("b_t", "b_t"),
        ("u", "union u"),
        ("p_t", "p_t"),
    ];
    for (name, wanted) in cases {
        assert_eq!(named(name).unwrap().name(), wanted);
    }
    let fault = named("struct pont").unwrap_err();
    assert_eq!(
        fault.to_string(),
        "cannot read the declarations: no struct \"struct pont\" is declared in them"
    );
    assert_eq!(fault.hint_line(), Some("the nearest names are struct point"));
    assert_eq!(fault.exit_status(), Status::USAGE);
}

#[test]
fn the_preprocessor() {
    let cases = [
        ("#define N 3\nint x[N]", "struct {...} 12: x@0"),
        ("#define N (M * 2)\n#define M 4\nchar x[N]", "struct {...} 8: x@0"),
        (
            "#define PACKED __attribute__((packed))\nstruct PACKED s { char a; int b; };",
            "struct s 5: a@0 b@1",
        ),
        ("#include <stdio.h>\n#include \"it's.h\"\n#pragma once\n#line 3\nint x", "struct {...} 4: x@0"),
        ("#ifndef GUARD_H\n#define GUARD_H\nstruct s { int a; };\n#endif /* GUARD_H */\n", "struct s 4: a@0"),
        (
            "#ifdef __cplusplus\nextern \"C\" {\n#endif\nstruct s { int a; };\n#ifdef __cplusplus\n}\n#endif",
            "struct s 4: a@0",
        ),
        (
            "#define V 2\nstruct s {\n#if V >= 2 && defined(V)\n long a;\n#else\n int a;\n#endif\n};",
            "struct s 8: a@0",
        ),
        (
            "struct s {\n#if 0\n it's wrong\n#elif UNKNOWN\n long a;\n#else\n int a;\n#endif\n};",
            "struct s 4: a@0",
        ),
        ("#define LONG \\\n  long\nLONG a; // a comment \\\nint b;\nint c", "struct {...} 16: a@0 c@8"),
        ("#define A A\n#define B C\n#define C B\nint A, B", "struct {...} 8: A@0 B@4"),
        ("#define N 1\n#undef N\nenum { N = 5 }; char x[N]", "struct {...} 5: x@0"),
        ("#define F(x) x\nint F", "struct {...} 4: F@0"),
        ("#pragma pack(1)\nstruct s { char a; int b; };", "struct s 5: a@0 b@1"),
        (
            "#pragma pack(push, 2)\nstruct r { char a; int b; };\n#pragma pack(pop)\nstruct s { char a; int b; };",
            "struct s 8: a@0 b@4",
        ),
        (
            "#if defined __linux__ && __GNUC__ > 4 && !defined BSD\nint a;\n#endif\nchar b[true]",
            "struct {...} 8: a@0 b@4",
        ),
        ("char path[PATH_MAX]", "struct {...} 4096: path@0"),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(&layout(text)), wanted, "{text}");
    }
}

#[test]
fn constant_expressions() {
    let cases = [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 / 3 % 2", 1),
        ("1 << 3 | 1", 9),
        ("0x1F & ~3", 28),
        ("5 > 3 ? 2 : 1", 2),
        ("sizeof(long) * 2", 16),
        ("sizeof(struct { char c; int i; })", 8),
        ("_Alignof(long double)", 16),
        ("'A'", 65),
        ("'\\n'", 10),
        ("010", 8),
        ("0b101", 5),
        ("3u", 3),
        ("10UL", 10),
        ("!0 + !5", 1),
        ("-1 < 0u", 0),
        ("-1 < 0", 1),
        ("~0u >> 28", 15),
        ("(unsigned char)300", 44),
        ("(char)200 < 0", 1),
        ("sizeof(int[5])", 20),
        ("sizeof(void *)", 8),
        ("offsetof(struct { int a; struct { short b[4]; } c; }, c.b[2])", 8),
        ("1 ? 2 : 3 ? 4 : 5", 2),
        ("(int)7L", 7),
        ("0xFFFFFFFF == 4294967295u", 1),
        ("2147483647 + 1 < 0", 1),
        ("2147483647 + 1L > 0", 1),
        ("1L + 2147483647 > 0", 1),
        ("1 || 0 && 0", 1),
        ("7 ^ 2 == 2", 6),
    ];
    for (text, wanted) in cases {
        assert_eq!(layout(&format!("char x[{text}]")).size(), wanted, "{text}");
    }
}

#[test]
fn other_machines() {
    let text =
        b"char c; long double ld; wchar_t w; struct { char a; int : 0; char b; } gap; pthread_mutex_t m";
    let told = |target: &Target| {
        let layout = Layout::parse(text, None, target).unwrap();
        let signed = |path: &str| layout.field(path).unwrap().ty.signed();
        (signed("c"), signed("w"), layout.field("gap").unwrap().size(), layout.field("m").unwrap().size())
    };
    // By the procedure call standards: on aarch64 an unnamed bit-field aligns its struct.
    assert_eq!(told(&Target::X86_64), (Some(true), Some(true), 5, 40));
    assert_eq!(told(&Target::AARCH64), (Some(false), Some(false), 8, 48));
}

/// Texts and the line that each one gets.
const TROUBLES: &[(&str, &str)] = &[
    ("", "line 1, column 1, at the end: no struct and no member is declared"),
    ("int a;\n  itn b;", "line 2, column 3, at 'itn': unknown type"),
    ("int a b;", "line 1, column 7, at 'b': expected ';'"),
    ("int a[n];", "line 1, column 7, at 'n': unknown constant"),
    ("int a[-1];", "line 1, column 7, at '-': the size of the array is negative: -1"),
    ("int a[1 / 0];", "line 1, column 9, at '/': 1 / 0 has no value"),
    ("struct s { int a; int b, a; };", "line 1, column 26, at 'a': a second member 'a'"),
    ("struct s { int a; union { int b; char a; }; };", "line 1, column 19, at 'union': a second member 'a'"),
    ("struct s { int a;", "line 1, column 18, at the end: expected a type"),
    ("struct s { struct t x; };", "line 1, column 21, at 'x': struct t has no body here"),
    ("struct s { void x; };", "line 1, column 17, at 'x': void has no size"),
    ("struct s { int f(void); };", "line 1, column 16, at 'f': a function has no size"),
    (
        "struct s { int a[]; int b; };",
        "line 1, column 16, at 'a': an array without a size is only the last member of a struct",
    ),
    ("struct s { int a[2][]; };", "line 1, column 17, at '[': only the first dimension may be left out"),
    ("struct s { int a : 33; };", "line 1, column 20, at '33': 33 bits do not fit int, which has 32"),
    ("struct s { bool a : 2; };", "line 1, column 21, at '2': 2 bits do not fit bool, which has 1"),
    ("struct s { int a : 0; };", "line 1, column 20, at '0': a bit-field of width 0 has no name"),
    ("struct s { float a : 3; };", "line 1, column 22, at '3': a bit-field cannot be of type float"),
    ("struct s { int a; }; struct s { int b; };", "line 1, column 29, at 's': struct s is declared twice"),
    ("long long long a", "line 1, column 11, at 'long': this word does not go with those before"),
    ("unsigned float a", "line 1, column 1, at 'unsigned': these words make no type"),
    ("int struct s { int a; } b", "line 1, column 1, at 'int': two types in one declaration"),
    ("float _Complex z", "line 1, column 7, at '_Complex': this type is not understood"),
    ("typeof(int) z", "line 1, column 1, at 'typeof': this type is not understood"),
    (
        "int x __attribute__((vector_size(16)))",
        "line 1, column 22, at 'vector_size': this attribute is not understood",
    ),
    (
        "int x __attribute__((aligned(3)))",
        "line 1, column 30, at '3': the alignment 3 is no power of two up to 268435456",
    ),
    ("int a; /* open", "line 1, column 8, at '/*': expected a type"),
    ("char a['];", "line 1, column 8, at ''': expected a constant expression"),
    ("int \u{e9}t\u{e9};", "line 1, column 5, at '\u{e9}': expected a name"),
    ("int a;\u{1b}[2J", "line 1, column 7, at '\\u{1b}': expected a type"),
    ("/* \u{e9}\u{e9}\u{e9} */ itn a;", "line 1, column 11, at 'itn': unknown type"),
    ("enum e { A, A };", "line 1, column 13, at 'A': declared twice"),
    ("enum { A B }", "line 1, column 10, at 'B': expected ',' or '}'"),
    ("int a[09]", "line 1, column 7, at '09': not an integer constant"),
    ("int a[1.5]", "line 1, column 7, at '1.5': not an integer constant"),
    ("int a['ab']", "line 1, column 7, at ''ab'': not a single character"),
    (
        "typedef double d_t __attribute__((aligned(32))); d_t x[2]",
        "line 1, column 55, at '[': d_t is aligned beyond its size",
    ),
    ("#define F(x) x\nint a[F(3)]", "line 2, column 7, at 'F': macros with arguments are not understood"),
    ("#if 1 +\n#endif", "line 1, column 7, at the end: expected a constant expression"),
    ("#if 1\nint a;\n#if 0\n#endif\n", "line 5, column 1, at the end: an #if has no #endif"),
    ("#else", "line 1, column 2, at 'else': there is no #if before it"),
    ("#error no\nint a", "line 1, column 2, at 'error': the text says that it is not to be used so"),
    ("#pragma pack(3)\nint a", "line 1, column 14, at '3': #pragma pack takes push, pop, 1, 2, 4, 8 or 16"),
    ("struct s { int *; };", "line 1, column 17, at ';': expected a name"),
    ("char a[1LL << 60]", "line 1, column 7, at '[': the type is too large or nested too deeply"),
];

fn trouble(text: &str) -> String {
    let fault = match Layout::parse(text.as_bytes(), None, &Target::X86_64) {
        Ok(layout) => panic!("{text:?} was read: {}", told(&layout)),
        Err(fault) => fault,
    };
    assert_eq!(fault.exit_status(), Status::USAGE);
    fault.to_string()
}

#[test]
fn the_line_for_what_is_not_understood() {
    for (text, wanted) in TROUBLES {
        assert_eq!(trouble(text), format!("cannot read the declarations: {wanted}"), "{text}");
    }
}

#[test]
fn texts_that_would_take_for_ever() {
    let deep = format!("char x[{}1{}]", "(".repeat(500), ")".repeat(500));
    assert!(trouble(&deep).ends_with("line 1, column 72, at '(': nested too deeply"));
    let bomb: String = (1..40).map(|at| format!("#define A{at} A{0} A{0}\n", at - 1)).collect();
    assert!(trouble(&bomb).ends_with("no struct and no member is declared"));
    let lit = format!("{bomb}int A39;");
    assert!(trouble(&lit).ends_with("line 40, column 5, at 'A39': the macros make too much text"));
    let pointers = format!("int {}x", "*".repeat(100_000));
    assert!(trouble(&pointers).ends_with("nested too deeply"));
    let braces = "struct {".repeat(100_000);
    assert!(trouble(&braces).ends_with("nested too deeply"));
    let dimensions = format!("int x{}", "[1]".repeat(100_000));
    assert!(trouble(&dimensions).ends_with("nested too deeply"));
    let chain: String = (1..5000).map(|at| format!("struct s{at} {{ struct s{} a; }};", at - 1)).collect();
    assert!(trouble(&format!("struct s0 {{ int a; }}; {chain}")).ends_with("nested too deeply"));
}
