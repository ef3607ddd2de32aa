//! A page of section 1 from what the command line knows of a command.

use clap::{Arg, Command};

use super::roff::{bold, escaped, literal, placeholders, prose, wrapped};

/// When the texts were last changed as a whole.
const DATE: &str = "2026-11-21";

/// No word is cut at a line's end, and no blank widened: `ipc-tool` names no command. Examples and tables ask for HY again.
pub const AS_TYPED: &str = ".nr HY 0\n.nh\n.ad l\n";

/// The sections of ipctool(1) that no single command knows.
const OVERVIEW: &str = include_str!("overview.roff");

/// The subcommands that have a page of their own: `msgq ls` is told in ipctool-ls(1).
pub fn own_pages<'a>(whole: &'a Command, of: &'a Command) -> impl Iterator<Item = &'a Command> {
    of.get_subcommands().filter(move |sub| std::ptr::eq(of, whole) || general(whole, sub).is_none())
}

/// The command of the top level that does the same for every kind.
fn general<'a>(whole: &'a Command, sub: &Command) -> Option<&'a Command> {
    let same = |command: &&Command| about(command) == about(sub) && command.get_name() == sub.get_name();
    whole.get_subcommands().find(same)
}

/// ipctool(1).
pub fn overview(whole: &Command) -> String {
    let mut page = head(whole, &["ipctool"]);
    page += ".SH SYNOPSIS\n.B ipctool\n.I COMMAND\n[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n";
    let (description, rest) = OVERVIEW.split_once(".SH CONVENTIONS").expect("its two parts");
    page += description;
    page += &subcommands(whole, whole, &["ipctool"]);
    page += ".SH CONVENTIONS";
    page + rest
}

/// The page of a command: `words` as it is typed.
pub fn of(whole: &Command, command: &Command, words: &[&str]) -> String {
    let mut page = head(command, words) + &synopsis(command, words);
    let after = command.get_after_help().map(|text| text.to_string()).unwrap_or_default();
    let (more, examples) = after.split_once("Examples:\n").unwrap_or((&after, ""));
    page += ".SH DESCRIPTION\n";
    page += &paragraphs(&format!("{}\n\n{more}", about_at_length(command)));
    page += &subcommands(whole, command, words);
    page += &arguments(command);
    if !examples.is_empty() {
        let lines: Vec<_> = examples.lines().map(str::trim).collect();
        page += &format!(".SH EXAMPLES\n{}", literal(&lines.join("\n")));
    }
    page + &see_also(words)
}

fn head(command: &Command, words: &[&str]) -> String {
    let name = words.join("-");
    let version = env!("CARGO_PKG_VERSION");
    let title = name.to_uppercase();
    let mut line = about(command);
    line = line.trim_end_matches('.').to_string();
    let first = &line[..1];
    let lower = line.chars().nth(1).is_some_and(|c| !c.is_uppercase());
    if lower {
        line = first.to_lowercase() + &line[1..];
    }
    let name_line = wrapped(&format!("{} \\- {}", escaped(&name), escaped(&line.replace('`', ""))));
    format!(
        ".\\\" Made from the command line: SNAPSHOTS=overwrite cargo test manual\n\
         .TH {title} 1 {DATE} \"ipctool {version}\" \"ipctool manual\"\n{AS_TYPED}.SH NAME\n{name_line}\n"
    )
}

fn about(command: &Command) -> String {
    command.get_about().map(|text| text.to_string()).unwrap_or_default()
}

fn about_at_length(command: &Command) -> String {
    match command.get_long_about() {
        Some(text) => text.to_string(),
        None => format!("{}.", about(command)),
    }
}

fn synopsis(command: &Command, words: &[&str]) -> String {
    let usage = command.clone().render_usage().to_string();
    let typed = words.join(" ");
    let lines = usage.trim_start_matches("Usage:").lines().map(|line| {
        let rest = line.trim().strip_prefix(&typed).unwrap_or(line).trim();
        format!(".B {}\n{}\n", escaped(&typed), wrapped(&placeholders(rest)))
    });
    format!(".SH SYNOPSIS\n{}", lines.collect::<Vec<_>>().join(".br\n"))
}

fn paragraphs(text: &str) -> String {
    let parts = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| prose(part) + "\n").collect::<Vec<_>>().join(".PP\n")
}

fn subcommands(whole: &Command, command: &Command, words: &[&str]) -> String {
    if !command.has_subcommands() {
        return String::new();
    }
    let mut section = ".SH COMMANDS\n".to_string();
    for sub in command.get_subcommands() {
        let all_kinds = general(whole, sub).filter(|_| words.len() > 1);
        let page = match all_kinds {
            Some(command) => format!("ipctool-{}", command.get_name()),
            None => format!("{}-{}", words.join("-"), sub.get_name()),
        };
        let aliases = sub.get_visible_aliases().map(|alias| format!(", {}", bold(alias)));
        let name = bold(sub.get_name()) + &aliases.collect::<String>();
        let line = prose(&format!("{}: see `{page}`(1).", about(sub)));
        section += &format!(".TP\n{name}\n{line}\n");
    }
    section
}

/// The arguments, and the options under the headings that `--help` has.
fn arguments(command: &Command) -> String {
    let shown: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
    let (places, options): (Vec<&Arg>, Vec<&Arg>) = shown.into_iter().partition(|arg| arg.is_positional());
    let mut text = String::new();
    if !places.is_empty() {
        text += ".SH ARGUMENTS\n";
        text.extend(places.iter().map(|arg| entry(arg)));
    }
    let mut headings: Vec<Option<&str>> = vec![None];
    headings.extend(options.iter().map(|arg| arg.get_help_heading()));
    let mut seen = Vec::new();
    text += if options.is_empty() { "" } else { ".SH OPTIONS\n" };
    for heading in headings {
        let group: Vec<_> = options.iter().filter(|arg| arg.get_help_heading() == heading).collect();
        if seen.contains(&heading) || group.is_empty() {
            continue;
        }
        seen.push(heading);
        text += &heading.map(|heading| format!(".SS {}\n", escaped(heading))).unwrap_or_default();
        text.extend(group.into_iter().map(|arg| entry(arg)));
    }
    text
}

fn entry(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).map(|text| text.to_string()).unwrap_or_default();
    let mut help = help.replace("see a summary with '-h'", "`-h`: a summary");
    let values: Vec<_> = arg.get_possible_values().iter().map(|value| value.get_name().to_string()).collect();
    if arg.get_action().takes_values() && !values.is_empty() && !arg.is_hide_possible_values_set() {
        help += &format!(": {}", values.join(", "));
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if arg.get_action().takes_values() && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        help += &format!(" [default: {}]", defaults.join(","));
    }
    format!(".TP\n{}\n{}\n", title(arg), prose(&help))
}

fn title(arg: &Arg) -> String {
    let values: Vec<_> = arg.get_value_names().unwrap_or_default().iter().map(|name| name.as_str()).collect();
    let value = format!("\\fI{}\\fR", escaped(&values.join(" ")));
    if arg.is_positional() {
        let many = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
        return value + if many { "..." } else { "" };
    }
    let short = arg.get_short().map(|short| bold(&format!("-{short}")));
    let longs = arg.get_long().into_iter().chain(arg.get_visible_aliases().unwrap_or_default());
    let names: Vec<_> = short.into_iter().chain(longs.map(|long| bold(&format!("--{long}")))).collect();
    let optional = arg.get_num_args().is_some_and(|range| range.min_values() == 0);
    names.join(", ")
        + &match arg.get_action().takes_values() {
            true if optional => format!("[={value}]"),
            true => format!(" {value}"),
            false => String::new(),
        }
}

fn see_also(words: &[&str]) -> String {
    let mut pages = vec!["ipctool".to_string()];
    if words.len() > 2 {
        pages.push(words[..2].join("-"));
    }
    let mut named: Vec<_> = pages.iter().map(|page| format!("{}(1)", bold(page))).collect();
    named.extend(["ipctool-ref", "ipctool-ipc"].map(|page| format!("{}(7)", bold(page))));
    format!(
        ".SH EXIT STATUS\n{}\n.SH SEE ALSO\n{}\n",
        prose("The statuses of all commands are listed in `ipctool`(1)."),
        wrapped(&named.join(", "))
    )
}
