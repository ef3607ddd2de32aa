//! Command lines that a reader can type: those of the hand-written pages are run here as they stand, and must end with
//! the status that is written behind them.
//!
//! A line begins with `$ `. Behind ` # ` stands the exit status if it is not 0, and the errno's name, which the error
//! must tell (unless it would have blocked, which is told in words). Other words there say what the line needs that no test has: it is not run. A line that begins with `sudo`
//! runs with the privileges that the sandbox has, every other one without any. None can write to anything of the real machine.

use std::fs;
use std::os::unix::process::ExitStatusExt;

use crate::sandbox::{Sandbox, source};

/// A command line of a page.
struct Typed {
    section: String,
    line: String,
    status: i32,
    errno: String,
    /// What it needs that no test has.
    needs: String,
}

impl Typed {
    fn new(section: &str, text: &str) -> Typed {
        let (line, note) = text.rsplit_once(" # ").unwrap_or((text, ""));
        let (status, errno) = note.split_once(' ').unwrap_or((note, ""));
        let known = note.is_empty() || status.parse::<i32>().is_ok();
        Typed {
            section: section.to_string(),
            line: line.trim().to_string(),
            status: status.parse().unwrap_or(0),
            errno: if known { errno.to_string() } else { String::new() },
            needs: if known { String::new() } else { note.to_string() },
        }
    }
}

/// The command lines of a page of section 7.
fn lines_of(page: &str) -> Vec<Typed> {
    let text = fs::read_to_string(source("man").join(page)).expect("a page");
    let mut section = String::new();
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix(".SH ").or(line.strip_prefix(".SS ")) {
            section = title.to_string();
        }
        if let Some(typed) = line.strip_prefix("$ ") {
            found.push(Typed::new(&section, &plain(typed)));
        }
    }
    found
}

/// Text without the escapes of roff.
fn plain(text: &str) -> String {
    let signs =
        [("\\-", "-"), ("\\(aq", "'"), ("\\(dq", "\""), ("\\(ha", "^"), ("\\(ti", "~"), ("\\e", "\\")];
    signs.iter().fold(text.to_string(), |text, (escape, sign)| text.replace(escape, sign))
}

/// Runs a page's lines, each section's in a world of its own, and tells of all that end otherwise than it says.
fn run_all(page: &str) -> usize {
    let lines = lines_of(page);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let sections = lines.chunk_by(|one, next| one.section == next.section);
        let running: Vec<_> = sections.map(|section| scope.spawn(|| run_section(section))).collect();
        running.into_iter().flat_map(|section| section.join().expect("a section")).collect()
    });
    assert!(wrong.is_empty(), "{page}:\n{}", wrong.concat());
    lines.len()
}

/// Runs the lines of a section one after the other, and gives those that end otherwise than they say.
fn run_section(lines: &[Typed]) -> Vec<String> {
    let sb = Sandbox::plan().read_only().start();
    lines.iter().filter(|typed| typed.needs.is_empty()).filter_map(|typed| run(&sb, typed)).collect()
}

fn run(sb: &Sandbox, typed: &Typed) -> Option<String> {
    let script = typed.line.trim_start_matches("sudo ");
    let run = sb.sh(script);
    let seen = if script == typed.line { run.powerless() } else { run }.run();
    let errors = String::from_utf8_lossy(&seen.stderr);
    let named = typed.status == 5 || typed.errno.split(' ').all(|word| errors.contains(word));
    let status = seen.ended.code().or(seen.ended.signal().map(|signal| 128 + signal));
    let as_said = status == Some(typed.status) && named;
    (!as_said).then(|| {
        let wish = format!("$ {} # {} {}", typed.line, typed.status, typed.errno);
        format!("{wish}\n    {}: {}{errors}", seen.ended, seen.text())
    })
}

#[test]
fn the_lines_of_the_grammar_do_what_they_say() {
    assert!(run_all("ipctool-ref.7") > 20);
}

#[test]
fn the_lines_about_blocking_and_lifetime_do_what_they_say() {
    assert!(run_all("ipctool-ipc.7") > 20);
}

#[test]
fn the_lines_for_each_system_call_do_what_they_say() {
    assert!(run_all("ipctool-c.7") > 190);
}

#[test]
fn the_lines_about_the_faces_do_what_they_say() {
    assert!(run_all("ipctool-faces.7") > 5);
}
