//! The entry: parse, run, one error line, a status.

use std::process::ExitCode;

use ipctool::sys::arena::Arena;
use ipctool::wait::cancel;
use ipctool::{cli, commands, personality};

/// musl's own allocator maps and unmaps pages for every few objects: the static build has another one.
#[cfg(target_env = "musl")]
use dlmalloc::GlobalDlmalloc as General;
#[cfg(not(target_env = "musl"))]
use std::alloc::System as General;

#[global_allocator]
static ALLOCATOR: Arena<General, { 512 * 1024 }> = Arena::new(General);

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
