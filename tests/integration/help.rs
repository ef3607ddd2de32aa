//! The help of the whole tree: one golden file, no line above 80 columns, two examples a verb.

use clap::Command;

use crate::sandbox::{Sandbox, assert_golden};

/// Every command and verb, as words behind `ipctool`.
fn leaves() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    collect(&ipctool::cli::command(), &mut Vec::new(), &mut found);
    found
}

fn collect(command: &Command, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        path.push(sub.get_name().to_string());
        found.push(path.clone());
        collect(sub, path, found);
        path.pop();
    }
}

#[test]
fn the_whole_help_is_as_agreed() {
    let sb = Sandbox::new();
    let mut whole = sb.ipctool(["--help"]).run().status(0).text();
    for path in leaves() {
        let words = path.iter().map(String::as_str).chain(["--help"]);
        let help = sb.ipctool(words).run().status(0).stderr_is("").text();
        let title = path.join(" ");
        assert!(
            help.lines().all(|line| line.chars().count() <= 80),
            "{title} is wider than 80 columns:\n{help}"
        );
        whole += &format!("\n===== ipctool {title}\n{help}");
    }
    assert_golden("help.txt", whole);
}

#[test]
fn each_flag_stands_under_its_own_heading() {
    fn check(command: &Command) {
        for arg in command.get_arguments() {
            let wanted = match arg.get_id().as_str() {
                "progress" => Some("Transfer"),
                "ns" => None,
                _ if arg.is_positional() => None,
                _ => continue,
            };
            assert_eq!(arg.get_help_heading(), wanted, "{} of {}", arg.get_id(), command.get_name());
        }
        command.get_subcommands().for_each(check);
    }
    check(&ipctool::cli::command());
}

#[test]
fn every_verb_ends_with_two_examples() {
    let sb = Sandbox::new();
    for path in leaves() {
        let words: Vec<_> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = sb.ipctool(&words).run().status(0).text();
        if help.contains("\nCommands:\n") && !help.contains("Examples:") {
            continue;
        }
        let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
        let lines = examples.lines().filter(|line| line.starts_with("  ")).count();
        assert!(lines >= 2, "{}: {lines} examples\n{help}", path.join(" "));
    }
}

#[test]
fn the_program_alone_gives_an_overview_of_one_screen() {
    let sb = Sandbox::new();
    let seen = sb.ipctool([] as [&str; 0]).run().status(0).stderr_is("").text();
    assert!(seen.lines().count() <= 26 && seen.lines().all(|line| line.chars().count() <= 80), "{seen}");
    for path in leaves().iter().filter(|path| path[..] != ["limits", "set"]) {
        let told = |word: &String| seen.split_whitespace().any(|other| other == word);
        assert!(path.iter().all(told), "{} is not in the overview", path.join(" "));
    }
    assert_golden("overview.txt", seen);
}
