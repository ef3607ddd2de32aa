//! Values as people type them: what is taken, what is refused and in which words; conditions, additions, short bodies.

use ipctool::layout::{Endian, Layout, Target, Value};
use ipctool::status::Status;

const TEXT: &[u8] = b"
    enum color { RED, GREEN, BLUE = 7 };
    struct pair { int x; char tag[4]; };
    struct all {
        int8_t small; uint8_t byte; int i; unsigned long ul; bool b; char c; wchar_t wide; float f; long double ld;
        enum color color; void *p; char name[4]; int list[3]; int grid[2][2]; struct pair pair; struct pair pairs[2];
        sem_t sem; union { int a; char raw[4]; } u; unsigned bits : 3; int minus : 3; _Bool flag : 1;
        unsigned short odd[2]; char letters[2][3];
    } __attribute__((packed));
";

fn layout() -> Layout {
    Layout::parse(TEXT, None, &Target::X86_64).unwrap()
}

/// The field's value after it was set, as a table shows it.
fn after(layout: &Layout, text: &[u8]) -> String {
    let mut bytes = vec![0xff; layout.size() as usize];
    assert!(layout.set(text, Endian::Little).unwrap().apply(&mut bytes));
    let at = text.iter().position(|byte| *byte == b'=').unwrap();
    let path = std::str::from_utf8(&text[..at]).unwrap();
    String::from_utf8_lossy(&layout.field(path).unwrap().value(&bytes, Endian::Little).table_bytes()).into()
}

/// What is typed and what the table then shows.
const TAKEN: &[(&str, &str)] = &[
    ("small=-128", "-128"),
    ("small=0x7f", "127"),
    ("small=' '", "32"),
    ("byte=0377", "255"),
    ("byte=0o17", "15"),
    ("byte=0b101", "5"),
    ("i=+5", "5"),
    ("i= 7 ", "7"),
    ("i=0", "0"),
    ("ul=0xffffffffffffffff", "18446744073709551615"),
    ("b=true", "true"),
    ("b=0", "false"),
    ("c=x", "120 'x'"),
    ("c='x'", "120 'x'"),
    ("c='\\''", "39 '''"),
    ("c='\\x41'", "65 'A'"),
    ("c='\\101'", "65 'A'"),
    ("c=10", "10"),
    ("c='\\xff'", "-1"),
    ("c==", "61 '='"),
    ("wide='x'", "120"),
    ("f=1", "1"),
    ("f=-.5e1", "-5"),
    ("f=inf", "inf"),
    ("ld=0.1", "0.1"),
    ("color=BLUE", "BLUE (7)"),
    ("color=1", "GREEN (1)"),
    ("color=9", "9"),
    ("p=0x10", "0x10"),
    ("p=NULL", "0x0"),
    ("name=abcd", "abcd"),
    ("name=", ""),
    ("name=a=b", "a=b"),
    ("name=\"a\"", "\"a\""),
    ("name=\u{e9}", "é"),
    ("name[1]=x", "120 'x'"),
    ("list={1,2,3}", "{1, 2, 3}"),
    ("list=1,2,3", "{1, 2, 3}"),
    ("list={1}", "{1, 0, 0}"),
    ("list={}", "{0, 0, 0}"),
    ("list=-1, 'a', 0x10,", "{-1, 97, 16}"),
    ("list[2]=5", "5"),
    ("grid={{1,2},{3}}", "{{1, 2}, {3, 0}}"),
    ("grid[1]=3,4", "{3, 4}"),
    ("pair={5, \"ab\"}", "{x = 5, tag = \"ab\"}"),
    ("pair={5}", "{x = 5, tag = \"\"}"),
    ("pairs={{1,x},{2,\"y,z\"}}", "{{x = 1, tag = \"x\"}, {x = 2, tag = \"y,z\"}}"),
    ("pairs[1].x=3", "3"),
    ("u.a=0x41424344", "1094861636"),
    ("u.raw=ab", "ab"),
    ("bits=7", "7"),
    ("minus=-4", "-4"),
    ("flag=1", "true"),
    ("letters={\"a\\x62c\", \"\"}", "{\"abc\", \"\"}"),
];

#[test]
fn what_is_taken() {
    let layout = layout();
    for (text, shown) in TAKEN {
        assert_eq!(after(&layout, text.as_bytes()), *shown, "{text}");
    }
    let sem = format!("sem={}", "0123456789abcdef".repeat(4));
    assert_eq!(after(&layout, sem.as_bytes()), &sem[4..]);
    assert_eq!(after(&layout, b"name=\xff\xfe"), "\u{fffd}\u{fffd}");
}

#[test]
fn what_is_refused() {
    let layout = layout();
    let cases = [
        ("small=128", "cannot set \"small\": 128 is outside int8_t (-128 to 127)"),
        ("small=0xff", "cannot set \"small\": 255 is outside int8_t (-128 to 127)"),
        ("byte=-1", "cannot set \"byte\": -1 is outside uint8_t (0 to 255)"),
        ("byte=08", "cannot set \"byte\": '08' is no value for uint8_t"),
        ("i=", "cannot set \"i\": '' is no value for int"),
        ("i=1.5", "cannot set \"i\": '1.5' is no value for int"),
        ("i=0x", "cannot set \"i\": '0x' is no value for int"),
        ("i=--1", "cannot set \"i\": '--1' is no value for int"),
        ("i=x", "cannot set \"i\": 'x' is no value for int"),
        (
            "i=99999999999999999999999999999999999999999",
            "cannot set \"i\": '99999999999999999999999999999999999999999' is no value for int",
        ),
        (
            "ul=18446744073709551616",
            "cannot set \"ul\": 18446744073709551616 is outside unsigned long (0 to 18446744073709551615)",
        ),
        ("b=2", "cannot set \"b\": 2 is outside bool (0 to 1)"),
        ("b=yes", "cannot set \"b\": 'yes' is no value for bool"),
        ("c='ab'", "cannot set \"c\": 'ab' is not one character"),
        ("c='\\q'", "cannot set \"c\": unknown escape \\q"),
        ("f=1e999", "cannot set \"f\": '1e999' is too large for float"),
        ("f=1,5", "cannot set \"f\": '1,5' is not a number for float"),
        ("color=PINK", "cannot set \"color\": 'PINK' is no constant of enum color (RED, GREEN, BLUE)"),
        ("name=abcde", "cannot set \"name\": 5 bytes given, char[4] has 4"),
        ("name=a\0b", "cannot set \"name\": a text cannot hold a NUL"),
        ("list={1,2,3,4}", "cannot set \"list\": more than 3 values for int[3]"),
        ("list={1,2", "cannot set \"list\": '}' is missing"),
        ("list={1 2}", "cannot set \"list\": '1 2' is no value for int"),
        ("list={1,2}x", "cannot set \"list\": 'x' is left over"),
        ("list[3]=1", "cannot set \"list[3]\": [3] is outside int[3], whose first index is 0"),
        ("list[x]=1", "cannot set \"list[x]\": 'list[x]' is no path of fields like a.b[3].c"),
        ("i[0]=1", "cannot set \"i[0]\": [0] is applied to int, which is no array"),
        ("i.x=1", "cannot set \"i.x\": 'i' is int, which has no members"),
        ("grid=1,2", "cannot set \"grid\": int[2] takes its values as {...}"),
        ("pair=1", "cannot set \"pair\": struct pair takes its members as {...}"),
        ("pair={1,x,2}", "cannot set \"pair\": more than 2 values for struct pair"),
        ("u={1}", "cannot set \"u\": union {...} is a union: set one of its members"),
        ("sem=00", "cannot set \"sem\": 1 byte given, sem_t has 32"),
        ("sem=xyz", "cannot set \"sem\": sem_t takes its bytes as hex digits"),
        ("bits=8", "cannot set \"bits\": 8 is outside unsigned int:3 (0 to 7)"),
        ("minus=4", "cannot set \"minus\": 4 is outside int:3 (-4 to 3)"),
        ("nmae=x", "cannot set \"nmae\": there is no field 'nmae'"),
        ("pair.y=x", "cannot set \"pair.y\": there is no field 'y' in 'pair'"),
        ("=x", "cannot set \"\": there is no field ''"),
        ("name", "\"name\" is not FIELD=VALUE"),
    ];
    for (text, wanted) in cases {
        let fault = layout.set(text.as_bytes(), Endian::Little).unwrap_err();
        assert_eq!(fault.to_string(), wanted);
        assert_eq!(fault.exit_status(), Status::USAGE);
    }
    let hint = layout.set(b"nmae=x", Endian::Little).unwrap_err();
    assert_eq!(hint.hint_line(), Some("the nearest names are name"));
}

#[test]
fn a_value_of_another_type_or_range_makes_no_bytes() {
    let layout = layout();
    let patch = |path: &str, value: Value| layout.field(path).unwrap().patch(&value, Endian::Little);
    assert!(patch("small", Value::Signed(-128)).is_some());
    let text = |bytes: &[u8]| Value::Text(bytes.to_vec());
    let refused = [
        ("small", Value::Signed(-129)),
        ("small", Value::Signed(128)),
        ("small", Value::Unsigned(1)),
        ("byte", Value::Unsigned(256)),
        ("bits", Value::Unsigned(8)),
        ("minus", Value::Signed(-5)),
        ("f", Value::Signed(1)),
        ("name", text(b"abcde")),
        ("i", text(b"1")),
        ("list", Value::List(vec![Value::Signed(0); 4])),
        ("list", Value::List(vec![Value::Bool(true)])),
        ("pair", Value::Struct(vec![("x".into(), Value::Signed(1))])),
        ("pair", Value::Struct(vec![("y".into(), Value::Signed(1)), ("tag".into(), text(b""))])),
        ("sem", Value::Bytes(vec![0; 31])),
    ];
    for (path, value) in refused {
        assert_eq!(patch(path, value.clone()), None, "{path} {value:?}");
    }
    // What is absent is left as it is.
    let part = Value::Struct(vec![("x".into(), Value::Absent), ("tag".into(), text(b"ab"))]);
    assert_eq!(patch("pair", part).unwrap().mask, [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
}

#[test]
fn conditions() {
    let layout = layout();
    let mut bytes = vec![0; layout.size() as usize];
    for text in ["i=-5", "name=bob", "color=GREEN", "f=1.5", "list={1,2,3}", "c=m", "ul=10", "bits=5"] {
        assert!(layout.set(text.as_bytes(), Endian::Little).unwrap().apply(&mut bytes));
    }
    let hold = [
        "i=-5",
        "i!=5",
        "i<0",
        "i>-6",
        "i<=-5",
        "i>=-5",
        "name=bob",
        "name!=bo",
        "name<boc",
        "name>b",
        "name=bob",
        "color=GREEN",
        "color=1",
        "color<BLUE",
        "f>1.4",
        "f=1.5",
        "list={1,2,3}",
        "list!={1,2}",
        "list[1]=2",
        "c=m",
        "c>a",
        "c!='n'",
        "ul=0xa",
        "bits>4",
        "name[3]=0",
    ];
    let fail =
        ["i=5", "i!=-5", "i>0", "name=bo", "name<a", "color=RED", "f<1.5", "list={3,2,1}", "bits=4", "f=nan"];
    let holds = |text: &str| layout.condition(text.as_bytes()).unwrap().holds(&bytes, Endian::Little);
    for text in hold {
        assert_eq!(holds(text), Some(true), "{text}");
    }
    for text in fail {
        assert_eq!(holds(text), Some(false), "{text}");
    }
    assert_eq!(layout.condition(b"i=1").unwrap().holds(&bytes[..3], Endian::Little), None);

    let refused = [
        ("i", "\"i\" is not FIELD=VALUE, nor with !=, <, >, <= or >="),
        ("i!5", "\"i!5\" is not FIELD=VALUE, nor with !=, <, >, <= or >="),
        ("list<{1}", "cannot compare \"list\": lists and structs have no order"),
        ("i=x", "cannot compare \"i\": 'x' is no value for int"),
        ("k=1", "cannot compare \"k\": there is no field 'k'"),
    ];
    for (text, wanted) in refused {
        assert_eq!(layout.condition(text.as_bytes()).unwrap_err().to_string(), wanted);
    }
}

#[test]
fn additions() {
    let text =
        b"char c; short s; int i; long l; unsigned u; unsigned bits:3; float f; __int128 w; int list[2]; \
                 struct { char x; int odd; } __attribute__((packed)) p; enum { A } e; bool b";
    let layout = Layout::parse(text, None, &Target::X86_64).unwrap();
    let step = |text: &str| layout.step(text.as_bytes(), Target::HOST.endian);
    let told = |text: &str| step(text).map(|step| (step.field.offset, step.width, step.amount)).unwrap();
    assert_eq!(told("c=1"), (0, 1, 1));
    assert_eq!(told("s=-1"), (2, 2, u64::MAX));
    assert_eq!(told("i=0x10"), (4, 4, 16));
    assert_eq!(told("l=-9223372036854775808"), (8, 8, 1 << 63));
    assert_eq!(told("list[1]=2").1, 4);

    // It wraps, and the value is the field's own, but a char's a number.
    assert_eq!(step("i=1").unwrap().value(0x8000_0000).to_string(), "-2147483648");
    assert_eq!(step("u=1").unwrap().value(u64::MAX).to_string(), "4294967295");
    assert_eq!(step("c=1").unwrap().value(0x80), Value::Signed(-128));

    let refused = [
        (
            "bits=1",
            "cannot add to \"bits\": unsigned int:3 is a bit-field, which no atomic instruction adds to",
        ),
        ("f=1", "cannot add to \"f\": float is no integer"),
        ("b=1", "cannot add to \"b\": bool is no integer"),
        ("e=1", "cannot add to \"e\": enum {...} is no integer"),
        ("list=1", "cannot add to \"list\": int[2] is no integer"),
        ("w=1", "cannot add to \"w\": __int128 is wider than an atomic instruction"),
        ("p.odd=1", "cannot add to \"p.odd\": its offset 57 is no multiple of its size 4"),
        ("c=256", "cannot add to \"c\": 256 does not fit char"),
        ("i=x", "cannot add to \"i\": \"x\" is no integer"),
        ("i", "\"i\" is not FIELD=N"),
        ("k=1", "cannot add to \"k\": there is no field 'k'"),
    ];
    for (text, wanted) in refused {
        assert_eq!(step(text).unwrap_err().to_string(), wanted);
    }
    let other = if Target::HOST.endian == Endian::Big { Endian::Little } else { Endian::Big };
    assert_eq!(
        layout.step(b"i=1", other).unwrap_err().to_string(),
        "cannot add to \"i\": an atomic instruction adds in the machine's own order of bytes"
    );
}

#[test]
fn a_short_body() {
    let text = b"int size; char text[8]; short list[3]; struct { char a; int b; } s[2]; int end";
    let layout = Layout::parse(text, None, &Target::X86_64).unwrap();
    let shown = |bytes: &[u8]| {
        let rows = layout.rows(bytes, Endian::Little);
        rows.map(|(field, value)| {
            format!("{}:{}", field.path, String::from_utf8(value.table_bytes()).unwrap())
        })
        .collect::<Vec<_>>()
        .join(" ")
    };
    let body = b"\x05\0\0\0hello\0\0\0\x01\0\x02\0\x03\0\0\0x...\x07\0\0\0y";
    assert_eq!(shown(&body[..0]), "size:- text:- list:- s:- end:-");
    assert_eq!(shown(&body[..3]), "size:- text:- list:- s:- end:-");
    assert_eq!(shown(&body[..7]), "size:5 text:hel list:- s:- end:-");
    assert_eq!(shown(&body[..15]), "size:5 text:hello list:{1} s:- end:-");
    assert_eq!(
        shown(body),
        "size:5 text:hello list:{1, 2, 3} s[0].a:120 'x' s[0].b:7 s[1].a:121 'y' s[1].b:- end:-"
    );
    assert_eq!(
        layout.tree(body, Endian::Little).to_string(),
        "{size = 5, text = \"hello\", list = {1, 2, 3}, s = {{a = 'x', b = 7}, {a = 'y', b = null}}, end = null}"
    );
    assert_eq!(
        layout.tree(b"", Endian::Little).to_string(),
        "{size = null, text = null, list = null, s = null, end = null}"
    );
}

#[test]
fn nothing_absurd_takes_all_memory() {
    let text = b"struct big { char text[1L << 49]; int list[1L << 40]; int none[1L << 40][0]; struct { int x; } s[1L << 40]; \
                 struct {} empty[1L << 40]; };";
    let layout = Layout::parse(text, None, &Target::X86_64).unwrap();
    assert_eq!(layout.rows(b"abc", Endian::Little).count(), 5);
    layout.tree(b"abc", Endian::Little);
    for text in ["text=x", "list={1}", "s={{1}}"] {
        let fault = layout.set(text.as_bytes(), Endian::Little).unwrap_err();
        assert!(fault.to_string().ends_with("is too large to be set at once"), "{fault}");
    }
    layout.set(b"none={}", Endian::Little).unwrap();
    let unions: String = (1..40).map(|at| format!("union u{at} {{ union u{} a, b; }};\n", at - 1)).collect();
    let text = format!("union u0 {{ int a; char b; }};\n{unions}");
    let fault = Layout::parse(text.as_bytes(), None, &Target::X86_64).unwrap_err();
    assert!(fault.to_string().ends_with("at '{': the type is too large or nested too deeply"), "{fault}");
}
