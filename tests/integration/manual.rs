//! The manual in `man/`: the pages of section 1 are made from the command line itself, as `--help` is, and are held to
//! what it says now. `SNAPSHOTS=overwrite cargo test manual` writes them anew. Those of section 7 are written by hand.

mod page;
mod roff;

use std::collections::BTreeMap;
use std::fs;

use clap::Command;

use crate::sandbox::{Sandbox, assert_kept, need_program, source};

/// The pages that nothing generates.
const BY_HAND: &[&str] = &["ipctool-c.7", "ipctool-faces.7", "ipctool-ipc.7", "ipctool-ref.7"];

/// The pages of section 1, by file name.
fn generated() -> BTreeMap<String, String> {
    let mut whole = ipctool::cli::command().disable_help_subcommand(true);
    whole.build();
    let mut pages = BTreeMap::from([("ipctool.1".to_string(), page::overview(&whole))]);
    for sub in page::own_pages(&whole, &whole) {
        collect(&whole, sub, &["ipctool"], &mut pages);
    }
    pages
}

fn collect(whole: &Command, command: &Command, above: &[&str], pages: &mut BTreeMap<String, String>) {
    let words: Vec<&str> = above.iter().copied().chain([command.get_name()]).collect();
    for sub in page::own_pages(whole, command) {
        collect(whole, sub, &words, pages);
    }
    pages.insert(format!("{}.1", words.join("-")), page::of(whole, command, &words));
}

#[test]
fn the_pages_say_what_the_command_line_knows() {
    let pages = generated();
    assert!(pages.len() > 50, "{} pages", pages.len());
    for (name, text) in &pages {
        assert_kept(&source("man").join(name), text);
    }
    let kept = fs::read_dir(source("man")).expect("man").flatten().map(|entry| entry.file_name());
    for name in kept {
        let name = name.to_string_lossy();
        assert!(pages.contains_key(&*name) || BY_HAND.contains(&&*name), "man/{name} is no command's page");
    }
}

#[test]
fn mandoc_finds_nothing_to_complain_about() {
    if !need_program("mandoc") {
        return;
    }
    let pages = || generated().into_keys().chain(BY_HAND.iter().map(ToString::to_string));
    let files = pages().map(|name| source("man").join(name).into_os_string());
    let sb = Sandbox::new();
    let words = ["-Tlint".into(), "-Wstyle".into()].into_iter().chain(files);
    sb.command("mandoc", words).run().status(0).stdout_is("");
}

#[test]
fn no_page_cuts_the_name_of_a_command() {
    for entry in fs::read_dir(source("man")).expect("man").flatten() {
        let text = fs::read_to_string(entry.path()).expect("a page");
        assert!(text.contains(&format!("\n{}", page::AS_TYPED)), "{}", entry.path().display());
    }
}

#[test]
fn each_page_that_is_named_is_there() {
    let named = references();
    assert!(named.len() > 60, "{} references", named.len());
    for (page, reference) in named {
        assert!(source("man").join(&reference).exists(), "{page} names {reference}");
    }
}

/// Each `ipctool…(N)` that a page names, as a file name, with the page.
fn references() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(source("man")).expect("man").flatten() {
        let text = fs::read_to_string(entry.path()).expect("a page").replace("\\fR", "").replace('\\', "");
        let page = entry.file_name().to_string_lossy().into_owned();
        for (at, _) in text.match_indices("ipctool") {
            let rest = &text[at..];
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(rest.len());
            let section = rest[end..].trim_start_matches(' ');
            if section.starts_with("(1)") || section.starts_with("(7)") {
                found.push((page.clone(), format!("{}.{}", &rest[..end], &section[1..2])));
            }
        }
    }
    found
}
