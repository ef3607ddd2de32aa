//! What the Debian package is to hold, read from Cargo.toml: each of its files is there, and nothing of the manual, the
//! completions, the examples and the licences is left out. The package itself is made and installed by `.ci/run`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::sandbox::source;

/// One line of `assets`: a file or pattern of the sources, where it goes, its mode.
type Asset = [String; 3];

fn text_of(path: &str) -> String {
    fs::read_to_string(source(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of `[package.metadata.deb]`.
fn settings() -> Vec<String> {
    let manifest = text_of("Cargo.toml");
    let behind = manifest.lines().skip_while(|line| *line != "[package.metadata.deb]").skip(1);
    behind.take_while(|line| !line.starts_with("[features]")).map(str::to_string).collect()
}

/// The text behind `NAME = `.
fn setting(name: &str) -> String {
    let value =
        settings().iter().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(" = ")?.to_string()));
    value.unwrap_or_else(|| panic!("no {name}")).trim_matches('"').to_string()
}

fn assets() -> Vec<Asset> {
    let lines = settings().into_iter().skip_while(|line| line != "assets = [").skip(1);
    let rows = lines.take_while(|line| line != "]");
    rows.map(|row| serde_json::from_str(row.trim().trim_end_matches(',')).expect(&row)).collect()
}

/// The files that a pattern names: its last part may begin with a star.
fn files(pattern: &str) -> Vec<String> {
    let Some((directory, ending)) = pattern.split_once("/*") else { return vec![pattern.to_string()] };
    let names = fs::read_dir(source(directory)).expect(directory).flatten().map(|entry| entry.file_name());
    let names = names.map(|name| name.into_string().expect("a plain name"));
    names.filter(|name| name.ends_with(ending)).map(|name| format!("{directory}/{name}")).collect()
}

#[test]
fn every_file_of_the_package_is_there_and_goes_below_usr() {
    let assets = assets();
    assert!(assets.len() >= 10, "{assets:?}");
    for [pattern, place, mode] in &assets {
        assert!(place.starts_with("usr/"), "{pattern} goes to {place}");
        let found = files(pattern);
        assert!(!found.is_empty(), "{pattern} names no file");
        for file in found.iter().filter(|file| *file != "target/release/ipctool") {
            let kept = fs::metadata(source(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            let runs = kept.permissions().mode() & 0o111 != 0;
            assert_eq!(mode, if runs { "755" } else { "644" }, "{file}");
        }
    }
    assert!(assets.contains(&["target/release/ipctool", "usr/bin/", "755"].map(str::to_string)));
}

#[test]
fn nothing_that_a_user_reads_is_left_out() {
    let packed: BTreeSet<String> = assets().iter().flat_map(|[pattern, ..]| files(pattern)).collect();
    for directory in ["man", "completions", "examples", "schema"] {
        for file in files(&format!("{directory}/*")) {
            assert!(packed.contains(&file), "{file} is in no asset");
        }
    }
    for file in ["README.md", "README.zh-CN.md", "CHANGELOG.md", "LICENSE-APACHE"] {
        assert!(packed.contains(file), "{file} is in no asset");
    }
}

#[test]
fn the_copyright_file_has_both_licences() {
    let file = text_of(&setting("license-file"));
    let words =
        |text: &str| text.split_whitespace().filter(|word| *word != ".").collect::<Vec<_>>().join(" ");
    let mit = text_of("LICENSE-MIT");
    let terms = mit.split_once("Permission is hereby").expect("the terms").1;
    assert!(words(&file).contains(&words(terms)), "not the text of LICENSE-MIT");
    assert!(file.contains("/usr/share/common-licenses/Apache-2.0"));
    let holder = mit.lines().find_map(|line| line.strip_prefix("Copyright (c) ")).expect("a holder");
    assert!(file.contains(&format!("Copyright: {holder}\n")), "{holder}");
}

#[test]
fn the_change_log_of_the_package_begins_with_this_version() {
    let log = text_of(&setting("changelog"));
    assert!(log.starts_with(concat!("ipctool (", env!("CARGO_PKG_VERSION"), "-1) ")), "{log}");
    assert!(log.contains(&format!("\n -- {}  ", setting("maintainer"))), "{log}");
}
