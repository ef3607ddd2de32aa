//! The flags of every verb that can block.

use std::time::Duration;

use crate::wait::{Wait, parse_duration};

/// How long a verb may wait.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Waiting")]
pub struct Args {
    /// Do not wait: exit with 5 where it would block
    #[arg(short = 'n', long, conflicts_with = "timeout")]
    pub nowait: bool,
    /// Give up after D (`2`, `500ms`, `1m 30s`): exit with 124
    #[arg(short = 't', long, value_name = "D", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
}

impl Args {
    /// The wait that the flags ask for; the deadline runs from now.
    pub fn wait(&self) -> Wait {
        Wait::new(self.nowait, self.timeout)
    }
}

/// Reads a time between two looks. None at all would look as fast as it can.
///
/// # Errors
/// Words for clap.
pub fn parse_interval(text: &str) -> Result<Duration, String> {
    let interval = parse_duration(text)?;
    if interval.is_zero() { Err("0 is no interval".to_string()) } else { Ok(interval) }
}
