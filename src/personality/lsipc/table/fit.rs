//! How wide the columns are where the terminal is narrower than the line.

use std::io;
use std::os::fd::AsFd;

use super::Heading;
use crate::sys::terminal;

/// What becomes of a column's long cells then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// They stand as they are, and the line is too long.
    Whole,
    /// They are cut, though not below the column's heading.
    Cut,
    /// Where they are twice as long as the others, the line goes on below them.
    Spill,
}

/// Makes `widths` fit, as far as the columns allow. `average` tells the average length of a column's cells.
///
/// Columns that spill give way first, and have the room that is left over. Then the others are cut in turns.
pub fn fit(widths: &mut [usize], headings: &[Heading], average: impl Fn(usize) -> usize) {
    if headings.iter().all(|heading| heading.fit == Fit::Whole) {
        return;
    }
    let Some(room) = terminal_width() else { return };
    let line = |widths: &[usize]| widths.iter().sum::<usize>() + widths.len().saturating_sub(1);
    if line(widths) <= room {
        return;
    }
    let most = widths.to_vec();
    for (place, (width, heading)) in widths.iter_mut().zip(headings).enumerate() {
        if heading.fit == Fit::Spill && *width > heading.width && *width >= 2 * average(place) {
            *width = heading.width.max(average(place));
        }
    }
    let mut left = room.saturating_sub(line(widths));
    for (width, most) in widths.iter_mut().zip(most) {
        let more = left.min(most - *width);
        *width += more;
        left -= more;
    }
    let excess = line(widths).saturating_sub(room);
    cut(widths, headings, excess);
}

fn cut(widths: &mut [usize], headings: &[Heading], mut excess: usize) {
    while excess > 0 {
        let before = excess;
        for (width, heading) in widths.iter_mut().zip(headings) {
            if excess > 0 && heading.fit == Fit::Cut && *width > heading.width {
                *width -= 1;
                excess -= 1;
            }
        }
        if excess == before {
            return;
        }
    }
}

/// How wide standard output's terminal is: as it says itself, else as COLUMNS does, else 80. None of what is no terminal.
fn terminal_width() -> Option<usize> {
    let told = terminal::columns(io::stdout().as_fd()).ok()?;
    let named = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0);
    Some(if told > 0 { told.into() } else { named().unwrap_or(80) })
}
