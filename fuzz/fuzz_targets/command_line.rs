//! Whole command lines, as clap reads them by our tables: no words make it panic, and what is refused is told on one
//! safe line, whatever bytes were typed.
//!
//! The first byte chooses the command or verb; the rest, cut at each newline, are its words. A word that begins with
//! 0xff stands for a flag: the next byte chooses it, and what follows is its value.

#![no_main]

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::LazyLock;

use clap::Command;
use ipctool::commands::report;
use ipctool::fault::Fault;
use libfuzzer_sys::fuzz_target;

/// Each command and verb alone, as one that was typed is built.
static LEAVES: LazyLock<Vec<Command>> = LazyLock::new(|| {
    let mut found = Vec::new();
    collect(&ipctool::cli::command(), &mut found);
    found
});

fn collect(command: &Command, found: &mut Vec<Command>) {
    for sub in command.get_subcommands() {
        let mut leaf = sub.clone();
        leaf.build();
        found.push(leaf);
        collect(sub, found);
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    let leaf = &LEAVES[usize::from(choice) % LEAVES.len()];
    let name = OsString::from(leaf.get_name());
    let words = text.split(|byte| *byte == b'\n').map(|word| typed(leaf, word));
    let Err(error) = leaf.clone().try_get_matches_from(std::iter::once(name).chain(words)) else { return };
    if !error.use_stderr() {
        return;
    }
    let refused = report::usage(error).expect_err("it is an error");
    let fault = refused.downcast_ref::<Fault>().expect("a usage fault");
    for text in [fault.to_string(), fault.hint_line().unwrap_or_default().to_string()] {
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
});

fn typed(leaf: &Command, word: &[u8]) -> OsString {
    let [0xff, flag, value @ ..] = word else { return OsStr::from_bytes(word).into() };
    let flags: Vec<_> = leaf.get_arguments().filter_map(|arg| arg.get_long()).collect();
    let Some(flag) = flags.get(usize::from(*flag) % flags.len().max(1)) else { return OsString::new() };
    let equals: &[u8] = if value.is_empty() { b"" } else { b"=" };
    OsString::from_vec([b"--", flag.as_bytes(), equals, value].concat())
}
