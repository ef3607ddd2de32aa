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
    for path in leaves().into_iter().filter(|path| !is_noun(path)) {
        let words: Vec<_> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = sb.ipctool(&words).run().status(0).text();
        let title = path.join(" ");
        let examples = help.split("\nExamples:\n").nth(1).unwrap_or_default();
        assert!(examples.lines().all(|line| line.starts_with("  ")), "{title} goes on behind its examples");
        let count = examples.lines().filter(|line| line.contains("ipctool ")).count();
        assert!(count >= 2, "{title}: {count} examples\n{help}");
    }
}

/// A kind of objects, which only has verbs: what it is for is told in one line.
fn is_noun(path: &[String]) -> bool {
    let whole = ipctool::cli::command();
    let nouns = || whole.get_subcommands().filter(|sub| sub.is_subcommand_required_set());
    path.len() == 1 && nouns().any(|noun| noun.get_name() == path[0])
}

#[test]
fn the_nearest_verb_and_flag_are_named_whatever_is_typed_wrong() {
    let sb = Sandbox::new();
    let hint = |words: &[String]| sb.ipctool(words).run().status(2).stdout_is("");
    let whole = ipctool::cli::command();
    for path in leaves() {
        let (name, above) = path.split_last().expect("a word");
        // Of one or two letters every other one is as near.
        if name.len() > 2 && above != ["limits"] {
            let wrong = format!("{name}{}", &name[name.len() - 1..]);
            hint(&[above, &[wrong]].concat()).stderr_contains(&format!("'{name}'"));
        }
        let leaf = path.iter().fold(&whole, |command, word| command.find_subcommand(word).expect("a leaf"));
        let flags: Vec<_> = leaf.get_arguments().filter_map(|arg| arg.get_long()).collect();
        for flag in flags.iter().take(2) {
            let wrong = format!("--{}{}", flag, &flag[flag.len() - 1..]);
            hint(&[&path[..], &[wrong]].concat()).stderr_contains(&format!("'--{flag}'"));
        }
    }
}

#[test]
fn the_program_alone_gives_an_overview_of_one_screen() {
    let sb = Sandbox::new();
    let seen = sb.ipctool([] as [&str; 0]).run().status(0).stderr_is("").text();
    assert!(seen.lines().count() <= 23 && seen.lines().all(|line| line.chars().count() <= 80), "{seen}");
    for path in leaves().iter().filter(|path| path[..] != ["limits", "set"]) {
        let told = |word: &String| seen.split_whitespace().any(|other| other == word);
        assert!(path.iter().all(told), "{} is not in the overview", path.join(" "));
    }
    assert_golden("overview.txt", seen);
}
