//! The entry: parse, run, one error line, a status.
#![no_main]

use std::ffi::OsString;

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

ipctool::program!(run);

fn run(args: Vec<OsString>) -> u8 {
    let ran = match personality::run(&args) {
        Some(ran) => ran.map_err(anyhow::Error::from),
        None => {
            cli::complete(&args);
            cli::run(args)
        }
    };
    let status = match ran {
        Ok(status) => status,
        Err(error) => commands::report::last_words(&error),
    };
    cancel::finish(status).code()
}
