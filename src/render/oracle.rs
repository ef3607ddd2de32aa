//! Other programs that know the right answer, for tests.

use std::process::{Command, Output};

/// What `command` answers, `None` with the reason on stderr where it is not installed.
///
/// With `IPCTOOL_TEST_STRICT` that is a failure.
pub(super) fn ask(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            let program = command.get_program().display().to_string();
            assert!(std::env::var_os("IPCTOOL_TEST_STRICT").is_none(), "no {program}: {error}");
            eprintln!("skipped: no {program} to compare with: {error}");
            None
        }
    }
}
