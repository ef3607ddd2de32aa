//! Times as these programs write them: local, in the C locale.

use std::cell::{Cell, OnceCell};
use std::time::SystemTime;

use libc::tm as Calendar;

use crate::render::number::{push_signed, push_unsigned};
use crate::sys::time::localtime;

const DAYS: [&[u8]; 7] = [b"Sun", b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat"];
const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// How lsipc writes a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The time of day for today, else month and day, with the year unless it is this one.
    Short,
    /// As [`Clock::long`].
    Full,
    /// `2026-11-21T02:58:24+00:00`.
    Iso,
}

/// Local time. Lists are full of objects of one second, so the last answer of the C library is kept.
#[derive(Default)]
pub struct Clock {
    last: Cell<Option<(i64, Calendar)>>,
    /// Year and day in the year, now.
    today: OnceCell<(i32, i32)>,
}

impl Clock {
    /// None for a year that the C library cannot tell: nothing is written then.
    fn local(&self, seconds: i64) -> Option<Calendar> {
        match self.last.get() {
            Some((last, calendar)) if last == seconds => Some(calendar),
            _ => {
                let calendar = localtime(seconds).ok()?;
                self.last.set(Some((seconds, calendar)));
                Some(calendar)
            }
        }
    }

    /// ctime(3) without its end of line: `Sat Nov 21 02:58:24 2026`.
    fn long(&self, out: &mut Vec<u8>, seconds: i64) {
        let Some(tm) = self.local(seconds) else { return };
        out.extend_from_slice(name_of(&DAYS, tm.tm_wday));
        out.push(b' ');
        day_and_clock(out, &tm);
        out.push(b' ');
        push_signed(out, year(&tm));
    }

    /// As ctime(3) without its end of line, or `Not set` for a time that never was.
    pub fn long_or_not_set(&self, out: &mut Vec<u8>, time: Option<i64>) {
        match time {
            Some(seconds) => self.long(out, seconds),
            None => out.extend_from_slice(NOT_SET),
        }
    }

    /// ctime(3) without day of the week and year, `Nov 21 02:58:24`, or `Not set`.
    pub fn without_year(&self, out: &mut Vec<u8>, time: Option<i64>) {
        match time.map(|seconds| self.local(seconds)) {
            Some(Some(tm)) => day_and_clock(out, &tm),
            Some(None) => {}
            None => out.extend_from_slice(NOT_SET),
        }
    }

    /// A time in this style.
    pub fn styled(&self, out: &mut Vec<u8>, seconds: i64, style: Style) {
        match style {
            Style::Full => self.long(out, seconds),
            Style::Iso => drop(self.local(seconds).map(|tm| iso(out, &tm))),
            Style::Short => drop(self.local(seconds).map(|tm| short(out, &tm, self.today()))),
        }
    }

    fn today(&self) -> (i32, i32) {
        *self.today.get_or_init(|| {
            let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs().cast_signed());
            localtime(now).map_or((0, 0), |now| (now.tm_year, now.tm_yday))
        })
    }
}

const NOT_SET: &[u8] = b"Not set";

/// The name at `index`; a number that localtime(3) never gives has none.
fn name_of(names: &[&'static [u8]], index: i32) -> &'static [u8] {
    usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or(b"???")
}

fn year(tm: &Calendar) -> i64 {
    i64::from(tm.tm_year) + 1900
}

/// A number of up to two digits, filled up to two by `filler`.
fn two(out: &mut Vec<u8>, number: i32, filler: u8) {
    if number < 10 {
        out.push(filler);
    }
    push_unsigned(out, number.unsigned_abs().into());
}

/// Two numbers and a colon, `02:58`.
fn pair(out: &mut Vec<u8>, first: i32, second: i32) {
    two(out, first, b'0');
    out.push(b':');
    two(out, second, b'0');
}

/// `02:58:24`.
fn clock(out: &mut Vec<u8>, tm: &Calendar) {
    pair(out, tm.tm_hour, tm.tm_min);
    out.push(b':');
    two(out, tm.tm_sec, b'0');
}

/// `Nov 21 02:58:24`.
fn day_and_clock(out: &mut Vec<u8>, tm: &Calendar) {
    out.extend_from_slice(name_of(&MONTHS, tm.tm_mon));
    out.push(b' ');
    two(out, tm.tm_mday, b' ');
    out.push(b' ');
    clock(out, tm);
}

fn iso(out: &mut Vec<u8>, tm: &Calendar) {
    out.extend_from_slice(format!("{:04}-", year(tm)).as_bytes());
    two(out, tm.tm_mon + 1, b'0');
    out.push(b'-');
    two(out, tm.tm_mday, b'0');
    out.push(b'T');
    clock(out, tm);
    let minutes = (tm.tm_gmtoff.abs() / 60) as i32;
    out.push(if tm.tm_gmtoff < 0 { b'-' } else { b'+' });
    pair(out, minutes / 60, minutes % 60);
}

fn short(out: &mut Vec<u8>, tm: &Calendar, today: (i32, i32)) {
    if (tm.tm_year, tm.tm_yday) == today {
        return pair(out, tm.tm_hour, tm.tm_min);
    }
    if tm.tm_year != today.0 {
        push_signed(out, year(tm));
        out.push(b'-');
    }
    out.extend_from_slice(name_of(&MONTHS, tm.tm_mon));
    two(out, tm.tm_mday, b'0');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personality::testing::text;

    #[test]
    fn styles_differ_by_how_far_back_the_time_is() {
        let tm = Calendar {
            tm_year: 126,
            tm_yday: 10,
            tm_mon: 0,
            tm_mday: 11,
            tm_hour: 3,
            tm_min: 0,
            tm_sec: 0,
            ..localtime(0).unwrap()
        };
        let short = |today| text(|out| short(out, &tm, today));
        assert_eq!(short((126, 10)), "03:00");
        assert_eq!(short((126, 11)), "Jan11");
        assert_eq!(short((125, 10)), "2026-Jan11");
        let west = Calendar { tm_gmtoff: -(3 * 3600 + 1800), ..tm };
        assert_eq!(text(|out| iso(out, &west)), "2026-01-11T03:00:00-03:30");
        assert_eq!(text(|out| day_and_clock(out, &Calendar { tm_mday: 1, ..tm })), "Jan  1 03:00:00");
    }

    #[test]
    fn times_that_never_were_and_years_beyond_telling() {
        let clock = Clock::default();
        assert_eq!(text(|out| clock.long_or_not_set(out, None)), "Not set");
        assert_eq!(text(|out| clock.without_year(out, None)), "Not set");
        assert_eq!(text(|out| clock.without_year(out, Some(i64::MAX))), "");
        let noon = text(|out| clock.long_or_not_set(out, Some(1_795_262_400)));
        assert!(noon.ends_with(" 2026") && noon.contains(" Nov "), "{noon}");
        assert_eq!(text(|out| clock.long_or_not_set(out, Some(1_795_262_400))), noon);
    }
}
