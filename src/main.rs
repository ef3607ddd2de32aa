//! The entry: parse, run, one error line, a status.

use std::process::ExitCode;

use ipctool::wait::cancel;
use ipctool::{cli, commands, personality};

/// musl's own allocator maps and unmaps pages for every few objects, and a command line is many small ones.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let ran = match personality::run(&args) {
        Some(ran) => ran.map_err(anyhow::Error::from),
        None => {
            cli::complete();
            cli::run(args)
        }
    };
    let status = match ran {
        Ok(status) => status,
        Err(error) => commands::report::last_words(&error),
    };
    cancel::finish(status).into()
}
