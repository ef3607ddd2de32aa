//! `--progress`: how far a transfer is, on standard error.
//!
//! The line is drawn here and not by a library: `indicatif` computes its estimate with `pow`, for which every command
//! would load libm when it starts, and smaller libraries know no transfer without a total.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use crate::render::bytes::with_unit;
use crate::sys::terminal;

/// The line is drawn anew when this has passed since the last time.
const AGAIN: Duration = Duration::from_millis(200);

/// How wide a terminal is that does not know it.
const USUAL_WIDTH: usize = 80;

/// A bar shorter than this tells nothing.
const LEAST_BAR: usize = 4;

/// A line on standard error while bytes move; nothing where it was not asked for, or where nobody sees it.
pub struct Progress(Option<Line>);

struct Line {
    total: Option<u64>,
    went: Cell<u64>,
    begun: Instant,
    drawn: Cell<Instant>,
}

impl Progress {
    /// Shows progress if `wanted` and standard error is a terminal: as a bar where the total is known.
    pub fn new(wanted: bool, total: Option<u64>) -> Progress {
        if !wanted || !io::stderr().is_terminal() {
            return Progress(None);
        }
        let now = Instant::now();
        Progress(Some(Line { total, went: Cell::new(0), begun: now, drawn: Cell::new(now) }))
    }

    /// `count` more bytes have moved.
    pub fn add(&self, count: u64) {
        let Some(line) = &self.0 else { return };
        line.went.set(line.went.get() + count);
        let now = Instant::now();
        if now.duration_since(line.drawn.get()) >= AGAIN {
            line.drawn.set(now);
            line.draw("");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(line) = &self.0 {
            line.draw("\n");
        }
    }
}

impl Line {
    /// Draws over what was drawn before, with blanks where that was longer.
    fn draw(&self, end: &str) {
        let stderr = io::stderr();
        let width = match terminal::columns(stderr.as_fd()) {
            Ok(known @ 2..) => usize::from(known),
            _ => USUAL_WIDTH,
        };
        let text = text(self.went.get(), self.total, self.begun.elapsed(), width - 1);
        // Nobody can be told that progress cannot be shown.
        let _ = stderr.lock().write_all(format!("\r{text}{end}").as_bytes());
    }
}

/// The line, exactly `width` characters: what went of `total` after `elapsed`, on average how fast, and what is left.
fn text(went: u64, total: Option<u64>, elapsed: Duration, width: usize) -> String {
    let millis = elapsed.as_millis().max(1);
    let rate = u64::try_from(u128::from(went) * 1000 / millis).unwrap_or(u64::MAX);
    let (done, rate) = (with_unit(went), with_unit(rate));
    let Some(total) = total else {
        let line = format!("{done} in {}, {rate}/s", seconds(millis));
        return format!("{line:width$.width$}");
    };
    let left = match went {
        0 => "?".to_string(),
        _ => seconds(u128::from(total.saturating_sub(went)) * millis / u128::from(went)),
    };
    let (before, after) = (format!("{done} of {} ", with_unit(total)), format!(" {rate}/s, {left} left"));
    let bar = bar(went, total, width.saturating_sub(before.len() + after.len()));
    format!("{:width$.width$}", before + &bar + &after)
}

fn bar(went: u64, total: u64, width: usize) -> String {
    if width < LEAST_BAR {
        return String::new();
    }
    let full = (u128::from(went.min(total)) * width as u128).checked_div(total.into());
    let full = full.and_then(|full| usize::try_from(full).ok()).unwrap_or(width);
    "█".repeat(full) + &"░".repeat(width - full)
}

fn seconds(millis: u128) -> String {
    let whole = u64::try_from(millis / 1000).unwrap_or(u64::MAX);
    humantime::format_duration(Duration::from_secs(whole)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn without_a_total_it_tells_how_much_in_what_time() {
        let line = text(6 << 30, None, MINUTE * 3, 79);
        assert_eq!(line.trim_end(), "6.0 GiB in 3m, 35 MiB/s");
        assert_eq!(text(0, None, Duration::ZERO, 79).trim_end(), "0 B in 0s, 0 B/s");
    }

    #[test]
    fn with_a_total_there_is_a_bar_and_what_is_left() {
        let line = text(1 << 20, Some(4 << 20), MINUTE, 60);
        assert_eq!(line, "1.0 MiB of 4.0 MiB █████░░░░░░░░░░░░░░░░░░ 18 KiB/s, 3m left");
        assert!(text(0, Some(9), MINUTE, 79).contains(" 0 B/s, ? left"));
        assert!(text(0, Some(0), MINUTE, 79).contains("█ 0 B/s"));
    }

    #[test]
    fn the_line_is_as_wide_as_it_may_be_and_no_wider() {
        for total in [None, Some(0), Some(5), Some(u64::MAX)] {
            for width in [1, 10, 30, 79, 200] {
                for went in [0, 5, u64::MAX] {
                    let line = text(went, total, MINUTE, width);
                    assert_eq!(line.chars().count(), width, "{line}");
                }
            }
        }
    }
}
