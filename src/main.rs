//! The entry: parse, run, one error line, a status.

use std::process::ExitCode;

use ipctool::wait::cancel;
use ipctool::{cli, commands};

fn main() -> ExitCode {
    cli::complete();
    let status = match cli::run(std::env::args_os()) {
        Ok(status) => status,
        Err(error) => commands::report::last_words(&error),
    };
    cancel::finish(status).into()
}
