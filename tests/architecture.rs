//! Holds the house's rules that no compiler checks: who may use whom, what may stand where, how large a file may be.
//! It reads the sources as text: paths that begin with `crate::` or `ipctool::`, comments left out.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room of `src`, and the rooms it may use. `status` and `fault` are open to all, `lib.rs` names every room.
/// `sys` lies under everything but the pure rooms: `refs` and `layout` make no system call.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("main", &["cli", "commands", "personality", "render", "wait", "sys"]),
    ("cli", &["commands", "personality", "refs", "framing", "render", "wait"]),
    (
        "commands",
        &["personality", "refs", "child", "ipc", "proc", "layout", "framing", "render", "wait", "sys"],
    ),
    ("personality", &["refs", "child", "ipc", "proc", "layout", "framing", "render", "wait", "sys"]),
    ("ipc", &["refs", "wait", "proc", "sys"]),
    ("child", &["wait", "sys"]),
    ("framing", &["wait", "sys"]),
    ("proc", &["sys"]),
    ("wait", &["sys"]),
    ("render", &["sys"]),
    ("layout", &[]),
    ("refs", &[]),
    ("sys", &[]),
];

/// What a room must not know, beside other rooms.
const MUST_NOT_NAME: [(&str, &[&str]); 8] = [
    ("ipc", &["clap::", "anyhow::", "println!", "print!"]),
    ("proc", &["clap::", "anyhow::", "println!", "print!"]),
    ("wait", &["clap::", "anyhow::", "println!", "print!"]),
    ("sys", &["clap::", "anyhow::", "println!", "print!"]),
    ("framing", &["clap::", "anyhow::", "println!", "print!"]),
    ("render", &["clap::", "libc::"]),
    ("layout", &["clap::", "libc::", "std::fs", "println!", "print!"]),
    ("refs", &["clap::", "libc::", "std::fs", "println!", "print!"]),
];

const NO_NAMES: [&str; 7] = ["utils", "util", "helpers", "common", "manager", "handler", "misc"];

/// One source file, comments and line ends kept apart from what counts.
struct Source {
    path: String,
    /// Its lines without comments, numbered as in the file from 1.
    code: Vec<String>,
    lines: usize,
    test_only: bool,
}

impl Source {
    /// The room: the first step below `src`, `main` and `lib` for those files.
    fn room(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        below.split('/').next().unwrap_or(below).trim_end_matches(".rs")
    }

    /// How many modules lie between the crate and what the file holds.
    fn depth(&self) -> usize {
        let steps = self.path.matches('/').count();
        if self.path.ends_with("/mod.rs") { steps - 1 } else { steps }
    }

    /// The line where the unit tests begin, at a file's end.
    fn tests_from(&self) -> usize {
        if self.test_only {
            return 0;
        }
        let begins = |at: &usize| self.is_for_tests(*at) && !self.code[at + 1].ends_with(';');
        (0..self.code.len()).find(begins).unwrap_or(self.code.len())
    }

    fn is_for_tests(&self, at: usize) -> bool {
        self.code[at].trim() == "#[cfg(test)]" && at + 1 < self.code.len()
    }

    /// The paths, without an ending, of the modules that this file declares for tests only.
    fn test_modules(&self) -> Vec<String> {
        let dir = self.path.trim_end_matches(".rs");
        let dir = ["/mod", "/lib", "/main"].iter().find_map(|own| dir.strip_suffix(own)).unwrap_or(dir);
        let declared = (0..self.code.len()).filter(|at| self.is_for_tests(*at));
        let names = declared.filter_map(|at| self.code[at + 1].strip_suffix(';')?.rsplit_once("mod "));
        names.map(|(_, name)| format!("{dir}/{name}")).collect()
    }

    fn complaints(&self, what: &str, wrong: impl Fn(&str) -> bool) -> Vec<String> {
        let numbered = self.code.iter().enumerate().filter(|(_, line)| wrong(line));
        numbered.map(|(at, line)| format!("{}:{}: {what}: {}", self.path, at + 1, line.trim())).collect()
    }
}

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a directory of the project.
fn sources(below: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![top().join(below)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).expect("a directory of sources").flatten() {
            match entry.path() {
                path if path.is_dir() => open.push(path),
                path if path.extension().is_some_and(|ending| ending == "rs") => found.push(read(&path)),
                _ => (),
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {below}");
    found.sort_by(|one, other| one.path.cmp(&other.path));
    let test_modules: Vec<String> = found.iter().flat_map(Source::test_modules).collect();
    for source in &mut found {
        let below = |module: &String| {
            source
                .path
                .strip_prefix(module)
                .is_some_and(|rest| [Some('/'), Some('.')].contains(&rest.chars().next()))
        };
        source.test_only = test_modules.iter().any(below);
    }
    found
}

fn read(path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("a source file");
    let path = path.strip_prefix(top()).expect("below the top").to_string_lossy().into_owned();
    let code: Vec<String> = text.lines().map(|line| without_comment(line).to_string()).collect();
    Source { path, lines: code.len(), code, test_only: false }
}

/// A `//` inside a string is taken for a comment too: nothing is held against what follows it.
fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

/// The names that follow `path` in a text, also those in braces: `crate::{a, b::C}` names `a` and `b`.
fn named_after(text: &str, path: &str) -> BTreeSet<String> {
    let word =
        |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let starts =
        text.match_indices(path).filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_alphanumeric()));
    let mut names = BTreeSet::new();
    for (at, _) in starts {
        let rest = &text[at + path.len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(outer_parts(group).iter().map(|part| word(part))),
            None => drop(names.insert(word(rest))),
        }
    }
    names.remove("");
    names
}

/// The parts of a brace group up to its end, split at the commas of its own level.
fn outer_parts(group: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ if depth == 0 => parts.last_mut().expect("never empty").push(c),
            _ => (),
        }
    }
    parts
}

#[track_caller]
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let rooms: BTreeSet<&str> = MAY_USE.iter().map(|(room, _)| *room).chain(["status", "fault"]).collect();
    let mut complaints = Vec::new();
    for source in sources("src").iter().filter(|source| source.room() != "lib") {
        let room = source.room();
        if !rooms.contains(room) {
            complaints.push(format!("{}: {room} is not a room of the house", source.path));
            continue;
        }
        let allowed = MAY_USE.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, allowed)| allowed);
        // What is shipped counts: a room's own tests may look from where they like.
        let text = source.code[..source.tests_from()].join("\n");
        let mut used = named_after(&text, "crate::");
        used.extend(named_after(&text, "ipctool::"));
        for name in used.iter().map(String::as_str).filter(|name| rooms.contains(name)) {
            if name != room && name != "status" && name != "fault" && !allowed.contains(&name) {
                complaints.push(format!("{}: {room} must not use {name}", source.path));
            }
        }
    }
    none(complaints);
}

#[test]
fn a_room_is_left_by_its_crate_path_only() {
    let mut complaints = Vec::new();
    for source in sources("src").iter().filter(|source| source.path.matches('/').count() > 0) {
        for (at, line) in source.code.iter().enumerate() {
            // Inside `mod tests` one step more is still in the file.
            let steps = source.depth() + usize::from(at > source.tests_from());
            if line.contains(&"super::".repeat(steps)) {
                complaints.push(format!("{}:{}: say crate:: instead: {}", source.path, at + 1, line.trim()));
            }
        }
    }
    none(complaints);
}

#[test]
fn rooms_do_not_name_what_is_none_of_their_business() {
    let mut complaints = Vec::new();
    for mut source in sources("src") {
        source.code.truncate(source.tests_from());
        let names =
            MUST_NOT_NAME.iter().filter(|(room, _)| *room == source.room()).flat_map(|(_, names)| *names);
        for name in names {
            complaints.extend(source.complaints("none of its business", |line| line.contains(name)));
        }
    }
    none(complaints);
}

#[test]
fn unsafe_stands_in_sys_only() {
    let unsafe_code =
        |line: &str| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
    let outside = sources("src").into_iter().filter(|source| source.room() != "sys");
    none(
        outside
            .chain(sources("tests"))
            .flat_map(|source| {
                if source.path == "tests/architecture.rs" {
                    Vec::new()
                } else {
                    source.complaints("unsafe", unsafe_code)
                }
            })
            .collect(),
    );
}

#[test]
fn nothing_panics_outside_tests() {
    // `expect` is left to clippy, which knows types: a parser may have one of its own.
    const PANICS: [&str; 5] = [".unwrap()", "panic!(", "todo!(", "unimplemented!(", "unreachable!("];
    let mut complaints = Vec::new();
    for mut source in sources("src") {
        source.code.truncate(source.tests_from());
        complaints
            .extend(source.complaints("panics", |line| PANICS.iter().any(|panic| line.contains(panic))));
    }
    none(complaints);
}

#[test]
fn files_stay_readable() {
    let limit = |path: &str| if path.starts_with("src/") { 350 } else { 500 };
    let all = sources("src").into_iter().chain(sources("tests"));
    let large = all.filter(|source| source.lines > limit(&source.path));
    none(large.map(|source| format!("{}: {} lines: split it by idea", source.path, source.lines)).collect());
}

#[test]
fn names_say_what_a_thing_is() {
    let mut complaints = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        let vague = source.path.trim_end_matches(".rs").split('/').find(|step| NO_NAMES.contains(step));
        complaints.extend(vague.map(|name| format!("{}: {name} says nothing", source.path)));
        let empty = |line: &str| line.trim_start().trim_start_matches("pub ").starts_with("fn do_");
        complaints.extend(source.complaints("an empty name", empty));
    }
    none(complaints);
}

#[test]
fn tests_wait_on_facts_and_never_for_a_time() {
    let mut complaints = Vec::new();
    for source in sources("tests") {
        // The places where waiting is done, and this page that speaks about it.
        let allowed = ["tests/integration/sandbox/facts.rs", "tests/wait/peer.rs", "tests/architecture.rs"];
        if !allowed.contains(&source.path.as_str()) {
            let waits = |line: &str| line.contains("sleep(") || line.contains("park_timeout(");
            complaints.extend(source.complaints("wait on a kernel fact", waits));
        }
    }
    none(complaints);
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let text =
        "use crate::{cli, commands::{self, ls}, sys};\nuse crate::wait::Wait; xcrate::no; crate::refs::Ref";
    let expected = ["cli", "commands", "refs", "sys", "wait"].map(String::from);
    assert_eq!(named_after(text, "crate::"), BTreeSet::from(expected));
}
