//! Durations as they are typed, and the deadline that one becomes.

use std::time::{Duration, Instant};

/// Longer than any wait that matters, short enough for every clock's arithmetic.
const FAR: Duration = Duration::from_secs(100 * 365 * 86_400);

/// An absolute moment on the monotonic clock, fixed once: after it, a command waits no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment `duration` from now; beyond a hundred years means in a hundred years.
    pub fn after(duration: Duration) -> Deadline {
        Deadline(Instant::now() + duration.min(FAR))
    }

    /// The moment `by` after this one.
    pub fn later(self, by: Duration) -> Deadline {
        Deadline(self.0.checked_add(by).unwrap_or(self.0))
    }

    /// What is left until then; zero when it has passed.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it has passed.
    pub fn passed(self) -> bool {
        Instant::now() >= self.0
    }
}

/// Reads a duration: humantime (`1h 30m`, `250ms`) or a bare number of seconds (`2`, `0.5`).
///
/// The error says what is wrong with the text, for clap to put behind the option's name.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let bare = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !text.is_empty();
    let seconds = if bare { format!("{text}s") } else { text.to_owned() };
    humantime::parse_duration(&seconds).map_err(|error| match error {
        humantime::DurationError::InvalidCharacter(_) | humantime::DurationError::NumberExpected(_) => {
            "not a duration; write 2, 0.5, 250ms or 1h30m".to_owned()
        }
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_typed() {
        let ok = |text| parse_duration(text).unwrap();
        assert_eq!(ok("2"), Duration::from_secs(2));
        assert_eq!(ok("0"), Duration::ZERO);
        assert_eq!(ok("0.5"), Duration::from_millis(500));
        assert_eq!(ok("2.0"), Duration::from_secs(2));
        assert_eq!(ok("0.000001"), Duration::from_micros(1));
        assert_eq!(ok(" 250ms "), Duration::from_millis(250));
        assert_eq!(ok("1h 30m"), Duration::from_secs(5400));
        assert_eq!(ok("1h30m"), Duration::from_secs(5400));
    }

    #[test]
    fn what_is_no_duration() {
        for text in
            ["", ".", "-1", "1e3", "inf", "nan", "1..5", "1.2.3", "5 apples", "5x", "99999999999999999999"]
        {
            assert!(parse_duration(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_deadline_passes_and_a_huge_one_does_not() {
        assert!(Deadline::after(Duration::ZERO).passed());
        assert_eq!(Deadline::after(Duration::ZERO).left(), Duration::ZERO);
        let far = Deadline::after(Duration::MAX);
        assert!(!far.passed());
        assert!(far.left() > Duration::from_secs(86_400));
    }
}
