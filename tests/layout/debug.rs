//! Debug information: what a binary cannot tell and why, C++ classes, types in units of their own, damaged files.

use std::process::Command;

use ipctool::fault::Fault;
use ipctool::layout::{Endian, Layout};
use ipctool::status::Status;

use crate::gcc::{self, Program};
use crate::generate::Random;

const C: &str = "
    enum color { RED, GREEN = 200, BLUE = -1 };
    typedef struct person { int age; char name[20]; enum color color; struct person *next; } person_t;
    struct declared;
    struct declared *pointer;
    person_t everybody[3];
    int main(void) { return 0; }
";

fn binary(program: &Program) -> Vec<u8> {
    std::fs::read(program.path()).unwrap()
}

fn refused(binary: &[u8], name: &str) -> (String, Option<String>) {
    let fault: Fault = Layout::from_elf(binary, name).unwrap_err();
    assert_eq!(fault.exit_status(), Status::FAILED);
    (fault.to_string(), fault.hint_line().map(String::from))
}

/// Runs a tool on the program in place.
fn change(program: &Program, tool: &str, arguments: &[&str]) {
    let status = Command::new(tool).args(arguments).arg(program.path()).status().unwrap();
    assert!(status.success());
}

fn told(layout: &Layout) -> String {
    let bytes = vec![0; layout.size() as usize];
    let fields = layout.rows(&bytes, Endian::Little).map(|(field, _)| field);
    let fields: Vec<String> =
        fields.map(|field| format!("{} {}@{}", field.type_text(), field.path, field.offset_text())).collect();
    format!("{} {}: {}", layout.name(), layout.size(), fields.join(", "))
}

#[test]
fn names_of_structs_and_typedefs() {
    let binary = binary(&gcc::compile(C, &["-g"]));
    let fields = "40: int age@0, char[20] name@4, enum color color@24, struct person * next@32";
    for (name, shown) in
        [("person", "struct person"), ("struct person", "struct person"), ("person_t", "person_t")]
    {
        assert_eq!(told(&Layout::from_elf(&binary, name).unwrap()), format!("{shown} {fields}"));
    }
    let layout = Layout::from_elf(&binary, "person").unwrap();
    for (typed, shown) in [("color=GREEN", "GREEN (200)"), ("color=-1", "BLUE (-1)"), ("color=5", "5")] {
        let mut bytes = vec![0; 40];
        layout.set(typed.as_bytes(), Endian::Little).unwrap().apply(&mut bytes);
        assert_eq!(
            layout.field("color").unwrap().value(&bytes, Endian::Little).table_bytes(),
            shown.as_bytes()
        );
    }
    let (line, hint) = refused(&binary, "perso");
    assert_eq!(
        line,
        "cannot find the struct \"perso\": the binary's debug information has none of this name"
    );
    assert_eq!(hint.as_deref(), Some("the nearest names are person, person_t"));
    let (line, _) = refused(&binary, "declared");
    assert_eq!(line, "cannot find the struct \"declared\": the binary only declares it, without its members");
    assert_eq!(refused(&binary, "union person").1.as_deref(), Some("the nearest names are person, person_t"));
}

#[test]
fn why_a_binary_tells_nothing() {
    let no = "cannot read the debug information: ";
    let expect = |binary: &[u8], cause: &str, hint: Option<&str>| {
        assert_eq!(refused(binary, "person"), (format!("{no}{cause}"), hint.map(String::from)));
    };
    expect(
        &binary(&gcc::compile(C, &["-g0"])),
        "the binary has none",
        Some("compile with -g, and do not strip"),
    );
    let compressed = binary(&gcc::compile(C, &["-g", "-gz"]));
    let hint = "objcopy --decompress-debug-sections BINARY PLAIN, or compile with -gz=none";
    expect(&compressed, "its debug sections are compressed", Some(hint));
    let object = binary(&gcc::compile(C, &["-g", "-c"]));
    expect(&object, "the file is not linked yet", Some("give the program or library that it is linked into"));

    let split = gcc::compile(C, &["-g", "-gsplit-dwarf"]);
    let (line, hint) = refused(&binary(&split), "person");
    assert_eq!(line, "cannot find the struct \"person\": the debug information is in other files (.dwo)");
    assert_eq!(hint.as_deref(), Some("compile without -gsplit-dwarf"));

    let stripped = gcc::compile(C, &["-g"]);
    let elsewhere = stripped.path().with_extension("debug");
    std::fs::write(&elsewhere, "its debug information").unwrap();
    change(&stripped, "objcopy", &["--strip-debug", &format!("--add-gnu-debuglink={}", elsewhere.display())]);
    let hint = "it is in a file of its own, \"program.debug\": give that one";
    expect(&binary(&stripped), "the binary has none", Some(hint));

    for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fELF"] {
        assert!(refused(bytes, "person").0.starts_with(&format!("{no}this is no whole ELF file: ")));
    }
}

#[test]
fn types_in_units_of_their_own() {
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        let binary = binary(&gcc::compile(C, &[version, "-fdebug-types-section"]));
        let layout = Layout::from_elf(&binary, "person").unwrap();
        assert_eq!(layout.size(), 40);
        assert_eq!(layout.field("color").unwrap().type_text(), "enum color");
    }
}

#[test]
fn cplusplus_classes() {
    let source = "
        namespace net {
            struct Base { virtual ~Base() {} int id; };
            enum class Mode : unsigned char { Off, On = 200 };
            class Queue : public Base {
            public:
                static int count;
                bool open; Mode mode; int &where; int Base::*member; char name[6];
                struct Slot { short at; long long wide : 40; } slots[2];
                int length() const { return 0; }
            };
            struct Diamond : virtual Base { int x; };
        }
        int net::Queue::count;
        namespace other { struct Queue { char small; }; }
        net::Queue copy(const net::Queue &queue) { return queue; }
        other::Queue small;
        net::Diamond diamond;
        int main() { return 0; }
    ";
    let binary = binary(&gcc::compile(source, &["-g", "-x", "c++", "-std=c++17", "-shared", "-fPIC"]));
    let queue = Layout::from_elf(&binary, "net::Queue").unwrap();
    assert_eq!(
        told(&queue),
        "Queue 56: int (**)(...) _vptr@0, int id@8, bool open@12, Mode mode@13, int & where@16, int Base::* member@24, \
         char[6] name@32, short slots[0].at@40, long long:40 slots[0].wide@42.0, short slots[1].at@48, \
         long long:40 slots[1].wide@50.0"
    );
    assert_eq!(Layout::from_elf(&binary, "other::Queue").unwrap().size(), 1);
    assert_eq!(Layout::from_elf(&binary, "Queue::Slot").unwrap().size(), 8);
    let (line, _) = refused(&binary, "net::Diamond");
    assert_eq!(line, "cannot read the debug information: a virtual base class has no fixed place");
}

#[test]
fn a_damaged_file_is_an_error() {
    for version in ["-gdwarf-4", "-gdwarf-5"] {
        let whole = binary(&gcc::compile(C, &[version]));
        for length in (0..whole.len()).step_by(37) {
            let _ = Layout::from_elf(&whole[..length], "person");
        }
        let mut random = Random::new(1);
        for _ in 0..2000 {
            let mut damaged = whole.clone();
            for _ in 0..1 + random.below(8) {
                let at = random.below(damaged.len() as u64) as usize;
                damaged[at] = random.next() as u8;
            }
            if let Ok(layout) = Layout::from_elf(&damaged, "person") {
                layout.rows(&damaged[..4096], Endian::Little).take(1000).for_each(drop);
            }
        }
    }
}
