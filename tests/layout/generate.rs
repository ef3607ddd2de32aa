//! Random C declarations with a seed, and the C program that tells how gcc lays them out.

/// A small generator of random numbers (splitmix64): the same seed, the same declarations.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

/// A member that the C program asks about.
#[derive(Debug, Clone)]
pub struct Probe {
    /// How C and we reach it.
    pub path: String,
    /// The value that sets all its bits, for a bit-field.
    pub ones: Option<&'static str>,
}

/// A generated struct or union.
#[derive(Debug, Clone)]
pub struct Subject {
    /// `struct s3` or `union s4`.
    pub name: String,
    pub probes: Vec<Probe>,
}

/// A text of declarations and what is in it.
pub struct Batch {
    pub text: String,
    pub subjects: Vec<Subject>,
}

const SCALARS: [&str; 46] = [
    "char",
    "signed char",
    "unsigned char",
    "short",
    "unsigned short int",
    "int",
    "unsigned",
    "long",
    "unsigned long",
    "long long int",
    "unsigned long long",
    "float",
    "double",
    "long double",
    "_Bool",
    "bool",
    "int8_t",
    "uint8_t",
    "int16_t",
    "uint16_t",
    "int32_t",
    "uint32_t",
    "int64_t",
    "uint64_t",
    "size_t",
    "ssize_t",
    "time_t",
    "pid_t",
    "key_t",
    "off_t",
    "uid_t",
    "mode_t",
    "dev_t",
    "ino_t",
    "intptr_t",
    "wchar_t",
    "enum color",
    "enum wide",
    "enum tiny",
    "const volatile int",
    "_Atomic int",
    "__int128",
    "unsigned __int128",
    "struct timespec",
    "sem_t",
    "pthread_mutex_t",
];

const BIT_TYPES: [(&str, u64); 18] = [
    ("int", 32),
    ("unsigned", 32),
    ("signed int", 32),
    ("char", 8),
    ("signed char", 8),
    ("unsigned char", 8),
    ("short", 16),
    ("unsigned short", 16),
    ("long", 64),
    ("unsigned long long", 64),
    ("_Bool", 1),
    ("uint8_t", 8),
    ("int16_t", 16),
    ("uint32_t", 32),
    ("int64_t", 64),
    ("enum color", 32),
    ("enum wide", 64),
    ("low_int", 32),
];

const POINTERS: [&str; 12] = [
    "void *@",
    "const char *@",
    "struct unknown *@",
    "int (*@)(int, const char *)",
    "char **@",
    "int (*@)[3]",
    "void (*@)(void)",
    "double *const @",
    "char *@[3]",
    "int (*@[2][COUNT])(pair *, ...)",
    "const volatile pair *const *@",
    "long (*(*@)(unsigned, float))[2]",
];

const SIZES: [&str; 9] =
    ["1", "2", "3", "5", "0x7", "COUNT", "GREEN + 2", "sizeof(long) / 2", "(1 << 2) - 1"];

/// What every batch starts with. The headers are for gcc: we know these types by ourselves.
pub const PRELUDE: &str = "\
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/types.h>
#include <wchar.h>
#include <pthread.h>
#include <semaphore.h>
#define COUNT 4 /* an array size */
enum color { RED, GREEN, BLUE = 7 }; // a comment
enum wide { LOW = -5, HIGH = 1LL << 40 };
enum tiny { A_TINY, B_TINY = 200 } __attribute__((packed));
typedef int low_int __attribute__((aligned(2)));
typedef double high_double __attribute__((aligned(32)));
typedef unsigned int vector[3];
struct duo { short x; char y; };
typedef struct { short x; char y; } pair;
typedef int (*callback)(void *, size_t);
";

struct Generator {
    random: Random,
    /// A number for each member, so that no two names are alike.
    members: u32,
    /// Names of complete structs that may be used by value.
    structs: Vec<String>,
}

/// A text of `count` structs and unions.
pub fn batch(seed: u64, count: usize) -> Batch {
    let mut generator = Generator { random: Random::new(seed), members: 0, structs: Vec::new() };
    let mut batch = Batch { text: PRELUDE.to_string(), subjects: Vec::new() };
    for number in 0..count {
        let pack = generator.random.one_in(12).then(|| generator.random.pick(&["1", "2", "4", "8"]));
        if let Some(bytes) = pack {
            batch.text.push_str(&format!("#pragma pack(push, {bytes})\n"));
        }
        let word = if generator.random.one_in(6) { "union" } else { "struct" };
        let name = format!("{word} s{number}");
        let mut probes = Vec::new();
        let mut body = generator.body(word == "union", 0, "", &mut probes);
        let flexible = word == "struct" && !probes.is_empty() && generator.random.one_in(15);
        if flexible {
            body.push_str("  int rest[];\n");
            probes.push(Probe { path: "rest".into(), ones: None });
        }
        let (before, after) = generator.struct_attributes();
        batch.text.push_str(&format!("{word} {before}s{number} {{\n{body}}}{after};\n"));
        if pack.is_some() {
            batch.text.push_str("#pragma pack(pop)\n");
        }
        if !flexible {
            generator.structs.push(name.clone());
        }
        batch.subjects.push(Subject { name, probes });
    }
    batch
}

impl Generator {
    fn struct_attributes(&mut self) -> (&'static str, String) {
        let align = self.random.pick(&["1", "2", "4", "8", "16", "64"]);
        match self.random.below(12) {
            0 => ("__attribute__((packed)) ", String::new()),
            1 => ("", " __attribute__((__packed__))".into()),
            2 => ("", format!(" __attribute__((aligned({align})))")),
            3 => ("", format!(" __attribute__((packed, aligned({align})))")),
            _ => ("", String::new()),
        }
    }

    fn body(&mut self, union: bool, depth: u32, path: &str, probes: &mut Vec<Probe>) -> String {
        let count = if self.random.one_in(40) { 0 } else { 1 + self.random.below(7) };
        (0..count).map(|_| self.member(union, depth, path, probes)).collect()
    }

    fn member(&mut self, union: bool, depth: u32, path: &str, probes: &mut Vec<Probe>) -> String {
        self.members += 1;
        let name = format!("m{}", self.members);
        let full = format!("{path}{name}");
        let plain = |probes: &mut Vec<Probe>| probes.push(Probe { path: full.clone(), ones: None });
        match self.random.below(20) {
            0..6 => {
                plain(probes);
                let ty = self.random.pick(&SCALARS);
                format!("  {}{ty} {name}{};\n", self.align_specifier(ty), self.member_attribute())
            }
            6..12 => self.bit_field(union, &name, &full, probes),
            12 => {
                plain(probes);
                format!("  {};\n", self.random.pick(&POINTERS).replace('@', &name))
            }
            13 | 14 => {
                plain(probes);
                let dimensions: String = (0..1 + self.random.below(3))
                    .map(|_| format!("[{}]", self.random.pick(&SIZES)))
                    .collect();
                format!("  {} {name}{dimensions}{};\n", self.random.pick(&SCALARS), self.member_attribute())
            }
            15 => {
                plain(probes);
                let types = [
                    "low_int",
                    "high_double",
                    "vector",
                    "pair",
                    "callback",
                    "_Atomic struct duo",
                    "_Atomic(int *)",
                ];
                let ty = self.random.pick(&types);
                format!("  {ty} {name};\n")
            }
            16 | 17 if !self.structs.is_empty() => {
                plain(probes);
                let at = self.random.below(self.structs.len() as u64) as usize;
                let array = if self.random.one_in(3) { "[2]" } else { "" };
                format!("  {} {name}{array}{};\n", self.structs[at].clone(), self.member_attribute())
            }
            _ if depth < 3 => self.nested(depth, &name, path, probes),
            _ => {
                plain(probes);
                format!("  int {name}, *{name}_too;\n")
            }
        }
    }

    fn nested(&mut self, depth: u32, name: &str, path: &str, probes: &mut Vec<Probe>) -> String {
        let word = if self.random.one_in(2) { "union" } else { "struct" };
        let anonymous = self.random.one_in(2);
        let inner = if anonymous { path.to_string() } else { format!("{path}{name}.") };
        let body = self.body(word == "union", depth + 1, &inner, probes);
        let (before, after) = self.struct_attributes();
        let name = if anonymous { "" } else { name };
        format!("  {word} {before}{{\n{body}  }}{after} {name};\n")
    }

    fn bit_field(&mut self, union: bool, name: &str, full: &str, probes: &mut Vec<Probe>) -> String {
        let at = self.random.below(BIT_TYPES.len() as u64) as usize;
        let (ty, bits) = BIT_TYPES[at];
        if self.random.one_in(8) && !union {
            let width = if self.random.one_in(2) { 0 } else { 1 + self.random.below(bits) };
            return format!("  {ty} : {width};\n");
        }
        let ones = match ty {
            "_Bool" => "1",
            "enum color" => "(enum color)-1",
            "enum wide" => "(enum wide)-1",
            _ => "-1",
        };
        probes.push(Probe { path: full.to_string(), ones: Some(ones) });
        let width = 1 + if self.random.one_in(4) { bits - 1 } else { self.random.below(bits) };
        format!("  {ty} {name} : {width}{};\n", self.member_attribute())
    }

    fn member_attribute(&mut self) -> String {
        let align = self.random.pick(&["1", "2", "4", "8", "16", "32"]);
        match self.random.below(24) {
            0 => " __attribute__((packed))".into(),
            1 => format!(" __attribute__((aligned({align})))"),
            2 => format!(" __attribute__((packed, aligned({align})))"),
            3 => " __attribute__((aligned))".into(),
            _ => String::new(),
        }
    }

    /// `_Alignas`, which C allows from the type's own alignment on.
    fn align_specifier(&mut self, ty: &str) -> &'static str {
        match self.random.below(20) {
            0 => "_Alignas(32) ",
            1 if !ty.contains("color") => "_Alignas(long double) ",
            _ => "",
        }
    }
}

/// A C program that prints size and alignment of each subject, offset and size of each member, and for a bit-field the
/// bytes of an object where only its bits are set.
pub fn program(batch: &Batch) -> String {
    let mut main = String::new();
    let mut globals = String::new();
    for (at, subject) in batch.subjects.iter().enumerate() {
        let name = &subject.name;
        globals.push_str(&format!("{name} v{at};\n"));
        main.push_str(&format!("  printf(\"%zu %zu\\n\", sizeof({name}), _Alignof({name}));\n"));
        for Probe { path, ones } in &subject.probes {
            match ones {
                None if path == "rest" => {
                    main.push_str(&format!("  printf(\"%zu 0\\n\", offsetof({name}, rest));\n"))
                }
                None => main.push_str(&format!(
                    "  printf(\"%zu %zu\\n\", offsetof({name}, {path}), sizeof(v{at}.{path}));\n"
                )),
                Some(ones) => main.push_str(&format!(
                    "  memset(&v{at}, 0, sizeof v{at}); v{at}.{path} = {ones}; image(&v{at}, sizeof v{at});\n"
                )),
            }
        }
    }
    format!(
        "{}\n{globals}\nstatic void image(const void *at, size_t size)\n{{\n  for (size_t i = 0; i < size; i++)\n    \
         printf(\"%02x\", ((const unsigned char *)at)[i]);\n  printf(\"\\n\");\n}}\nint main(void)\n{{\n{main}  \
         return 0;\n}}\n",
        batch.text
    )
}
