//! What goes to standard error: one line an error, and a hint where the user can act.

use std::io::Write;

use clap::error::ContextValue;

use crate::fault::{Fault, counted};
use crate::proc::Visible;
use crate::refs::RefError;
use crate::render::safe::push_line;
use crate::status::Status;
use crate::wait::cancel;

/// Prints the error that ends the program and returns its status.
pub fn last_words(error: &anyhow::Error) -> Status {
    if let Some(wrong) = error.downcast_ref::<RefError>() {
        return fault_line(&Fault::from(wrong.clone()));
    }
    match error.downcast_ref::<Fault>() {
        Some(fault) if cancel::is_cancel(fault) => fault.exit_status(),
        Some(fault) => fault_line(fault),
        None => {
            line(format_args!("ipctool: {error:#}"));
            Status::FAILED
        }
    }
}

/// Prints a fault with its hint, and returns its status: for what is reported while the rest goes on.
pub fn fault_line(fault: &Fault) -> Status {
    line(format_args!("ipctool: {fault}"));
    if let Some(hint) = fault.hint_line() {
        line(format_args!("hint: {hint}"));
    }
    fault.exit_status()
}

/// Prints each fault and returns the first one's status, or OK.
pub fn all<'a>(faults: impl IntoIterator<Item = &'a Fault>) -> Status {
    faults.into_iter().fold(Status::OK, |status, fault| status.or(fault_line(fault)))
}

/// One line of news that is no failure.
pub fn note(text: impl std::fmt::Display) {
    line(format_args!("ipctool: {text}"));
}

/// News of processes that could not be looked at, and `what` that means; nothing where all could.
pub fn unseen(seen: Visible, what: &str) {
    if seen.all() {
        return;
    }
    let missing = seen.of - seen.looked;
    let denied = format!("{missing} of {} could not be looked at", counted(seen.of, "process"));
    match (missing, seen.hidden) {
        (0, _) => note(format_args!("/proc hides others: {what}")),
        (_, true) => note(format_args!("{denied}, and /proc hides others: {what}")),
        (_, false) => note(format_args!("{denied}: {what}")),
    }
}

/// What clap says of a command line: help and version go to standard output, the rest becomes a usage fault in our
/// own form.
pub fn usage(error: clap::Error) -> anyhow::Result<Status> {
    if !error.use_stderr() {
        let text = error.render();
        return super::stdout::write_all(text.to_string().as_bytes());
    }
    let text = on_its_line(error).render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_string();
    let mut details = Vec::new();
    let mut hints = Vec::new();
    for line in lines {
        match line.strip_prefix("tip: ") {
            Some(tip) => hints.push(tip),
            None if line.starts_with("Usage: ") => hints.push(line),
            None if line.starts_with("For more information") => {}
            None => details.push(line),
        }
    }
    let told = std::iter::once(first.as_str()).chain(details).collect::<Vec<_>>().join(" ");
    let fault = Fault::usage(told);
    Err(if hints.is_empty() { fault } else { fault.hint(hints.join("; ")) }.into())
}

/// The same error with what was typed made safe: a newline in it is none of ours, at which lines are told apart.
fn on_its_line(mut error: clap::Error) -> clap::Error {
    let typed: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in typed {
        let value = match value {
            ContextValue::String(text) => ContextValue::String(safe(&text)),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| safe(text)).collect())
            }
            ContextValue::StyledStrs(texts) => {
                ContextValue::StyledStrs(texts.iter().map(|text| safe(&text.to_string()).into()).collect())
            }
            other => other,
        };
        error.insert(kind, value);
    }
    error
}

fn safe(text: &str) -> String {
    let mut line = Vec::new();
    push_line(&mut line, text.as_bytes());
    String::from_utf8_lossy(&line).into_owned()
}

fn line(text: std::fmt::Arguments<'_>) {
    let mut line = Vec::new();
    push_line(&mut line, text.to_string().as_bytes());
    line.push(b'\n');
    // Where standard error is gone there is nobody to tell.
    let _ = std::io::stderr().lock().write_all(&line);
}
