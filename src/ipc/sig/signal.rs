//! Signals by name and number.

use std::fmt;

use super::table::{self, Action, STANDARD};

/// The first realtime signal for programs: glibc keeps 32 and 33 for itself, and names are counted from here.
pub const RTMIN: i32 = 34;
/// The last signal there is.
pub const RTMAX: i32 = 64;

/// A signal by its number, 1 to 64; or 0, which is sent to ask whether a process is there.
///
/// Displayed by its name without SIG: `USR1`, `RTMIN+3`; a number where there is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(i32);

impl Signal {
    /// Not a signal: the existence check of kill(2).
    pub const CHECK: Signal = Signal(0);
    /// Ends a process, and cannot be caught.
    pub const KILL: Signal = Signal(libc::SIGKILL);

    /// The signal with this number, if there is one.
    pub fn new(number: i32) -> Option<Signal> {
        (1..=RTMAX).contains(&number).then_some(Signal(number))
    }

    /// Every signal that has a name, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Signal> {
        (1..=RTMAX).map(Signal).filter(|signal| !signal.is_reserved())
    }

    /// Its number.
    pub fn number(self) -> i32 {
        self.0
    }

    /// Queued one by one, with a value, lowest number first: signal(7) "Real-time signals".
    pub fn is_realtime(self) -> bool {
        self.0 >= RTMIN
    }

    /// 32 and 33: the C library's threads live by them.
    pub fn is_reserved(self) -> bool {
        (32..RTMIN).contains(&self.0)
    }

    /// KILL and STOP: no process can catch, block or ignore them.
    pub fn is_beyond_control(self) -> bool {
        [libc::SIGKILL, libc::SIGSTOP].contains(&self.0)
    }

    /// What it does to a process that neither catches nor ignores it.
    pub fn action(self) -> Action {
        table::find(self.0).map_or(Action::Terminate, |row| row.action)
    }

    /// What it is sent for, in a few words.
    pub fn meaning(self) -> &'static str {
        match table::find(self.0) {
            Some(row) => row.meaning,
            None if self.is_reserved() => "kept by the C library for its threads",
            None => "free for programs: queued in order, with a value",
        }
    }

    /// Reads a name, with or without SIG, in either case (`USR1`, `sigusr1`, `RTMIN+3`, `RTMAX-1`), or a number.
    ///
    /// The error says what is wrong with the text, and the nearest name.
    pub fn parse(text: &str) -> Result<Signal, String> {
        match number(text) {
            Some(0) => Err("0 is no signal".to_owned()),
            Some(number) => i32::try_from(number).ok().and_then(Signal::new).ok_or_else(too_high),
            None => named(text),
        }
    }

    /// As [`Signal::parse`], and `0`.
    pub fn parse_sent(text: &str) -> Result<Signal, String> {
        if number(text) == Some(0) { Ok(Signal::CHECK) } else { Signal::parse(text) }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            RTMIN => f.pad("RTMIN"),
            RTMAX => f.pad("RTMAX"),
            number if self.is_realtime() => f.pad(&format!("RTMIN+{}", number - RTMIN)),
            number => match table::find(number) {
                Some(row) => f.pad(row.name),
                None => f.pad(&number.to_string()),
            },
        }
    }
}

/// A number without a sign; one that is too large for any signal stays too large.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn too_high() -> String {
    format!("the highest signal is {RTMAX} (RTMAX)")
}

fn named(text: &str) -> Result<Signal, String> {
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    if let Some(row) = STANDARD.iter().find(|row| row.name == name || row.aliases.contains(&name)) {
        return Ok(Signal(row.number));
    }
    match realtime(name) {
        Some(Ok(signal)) => Ok(signal),
        Some(Err(text)) => Err(text),
        None if text.starts_with('-') => Err("write it without the dash".to_owned()),
        None => Err(nearest(name).map_or_else(
            || "no such signal; 'ipctool sig ls' lists them".to_owned(),
            |nearest| format!("no such signal; the nearest is {nearest}"),
        )),
    }
}

/// `RTMIN`, `RTMIN+N`, `RTMAX`, `RTMAX-N`; None for what does not begin so or goes on otherwise.
fn realtime(name: &str) -> Option<Result<Signal, String>> {
    let (base, sign, rest) = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
        (Some(rest), _) => (RTMIN, '+', rest),
        (_, Some(rest)) => (RTMAX, '-', rest),
        _ => return None,
    };
    if rest.is_empty() {
        return Some(Ok(Signal(base)));
    }
    let steps = number(rest.strip_prefix(sign)?)?;
    let steps = i32::try_from(steps).ok().filter(|steps| *steps <= RTMAX - RTMIN);
    Some(match steps {
        Some(steps) if sign == '+' => Ok(Signal(base + steps)),
        Some(steps) => Ok(Signal(base - steps)),
        None if sign == '+' => Err(too_high()),
        None => Err(format!("the lowest realtime signal is {RTMIN} (RTMIN)")),
    })
}

/// The name that is at most two letters away; letters in another order are nearer than other letters.
fn nearest(name: &str) -> Option<&'static str> {
    let names = STANDARD.iter().map(|row| row.name).chain(["RTMIN", "RTMAX"]);
    let near = names.map(|known| (distance(name, known), letters(name) != letters(known), known));
    let (steps, _, nearest) = near.min_by_key(|(steps, others, _)| (*steps, *others))?;
    (steps <= 2 && steps < nearest.len()).then_some(nearest)
}

fn letters(name: &str) -> Vec<char> {
    let mut letters: Vec<char> = name.chars().collect();
    letters.sort_unstable();
    letters
}

/// How many letters must be put in, taken out or changed to make `left` of `right` (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (index, one) in left.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], index + 1);
        for (place, other) in right.chars().enumerate() {
            let changed = corner + usize::from(one != other);
            corner = row[place + 1];
            row[place + 1] = changed.min(corner + 1).min(row[place] + 1);
        }
    }
    row.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> i32 {
        Signal::parse(text).unwrap().number()
    }

    #[test]
    fn every_spelling_of_a_signal() {
        for text in ["USR1", "SIGUSR1", "usr1", "SigUsr1", "10"] {
            assert_eq!(read(text), libc::SIGUSR1, "{text}");
        }
        for (text, number) in
            [("RTMIN", 34), ("sigrtmin+3", 37), ("RTMAX", 64), ("RTMAX-2", 62), ("RTMIN+30", 64)]
        {
            assert_eq!(read(text), number, "{text}");
        }
        for (text, number) in [("CLD", libc::SIGCHLD), ("IOT", libc::SIGABRT), ("SIGPOLL", libc::SIGIO)] {
            assert_eq!(read(text), number, "{text}");
        }
    }

    #[test]
    fn a_name_is_read_back_and_no_other_has_it() {
        let names: std::collections::BTreeSet<String> = Signal::all().map(|s| s.to_string()).collect();
        assert_eq!(names.len(), 62);
        for signal in Signal::all() {
            assert_eq!(Signal::parse(&signal.to_string()), Ok(signal));
            assert_eq!(Signal::parse(&signal.number().to_string()), Ok(signal));
        }
        assert_eq!(Signal::new(33).unwrap().to_string(), "33");
    }

    #[test]
    fn what_is_refused_and_how() {
        let told = |text| Signal::parse(text).unwrap_err();
        assert_eq!(told("USR3"), "no such signal; the nearest is USR1");
        assert_eq!(told("SIGTREM"), "no such signal; the nearest is TERM");
        assert_eq!(told("blah"), "no such signal; 'ipctool sig ls' lists them");
        for text in ["65", "99999999999999999999", "RTMIN+31", "RTMIN+99999999999"] {
            assert_eq!(told(text), "the highest signal is 64 (RTMAX)", "{text}");
        }
        assert_eq!(told("RTMAX-31"), "the lowest realtime signal is 34 (RTMIN)");
        assert_eq!(told("0"), "0 is no signal");
        for text in ["", "-1", "+1", "SIG", "RTMIN-1", "RTMIN+", "RTMIN+x", "1 ", "0x1"] {
            assert!(Signal::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Signal::parse_sent("0"), Ok(Signal::CHECK));
        assert!(Signal::parse_sent("65").is_err());
    }
}
