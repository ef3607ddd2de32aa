//! Times and lengths of time as text.

use std::time::SystemTime;

use super::number::{pair, push_unsigned};
use crate::sys;

const DAY: i64 = 86_400;
const HOUR: u64 = 3_600;
const MINUTE: u64 = 60;
/// As humantime reads `1y`, so that an age can be typed back as `--older`.
const YEAR: u64 = 31_557_600;

/// The local clock: what the time zone was at a moment, and what day it is now.
pub(super) struct Clock {
    offset_at: fn(i64) -> i64,
    now: i64,
    /// The local day of `now`. Asked for by the first short time only: a listing without one needs no time zone.
    today: Option<i64>,
    /// The UTC day last asked for and its offset: asking the C library once a cell would cost most of a long listing.
    known: Option<(i64, i64)>,
    /// The local day last written, as text: times of one listing are mostly of few days.
    written: (i64, Vec<u8>),
}

impl Clock {
    /// This machine's clock and time zone.
    pub(super) fn local() -> Clock {
        let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs() as i64);
        // A year that the C library cannot tell has no time zone.
        Clock::at(now, |seconds| sys::time::local_offset(seconds).unwrap_or(0))
    }

    /// A clock that shows `now` in the zone that `offset_at` describes.
    fn at(now: i64, offset_at: fn(i64) -> i64) -> Clock {
        Clock { offset_at, now, today: None, known: None, written: (0, b"1970-01-01".to_vec()) }
    }

    fn today(&mut self) -> i64 {
        let today = self.today.unwrap_or_else(|| self.local_seconds(self.now).div_euclid(DAY));
        *self.today.insert(today)
    }

    /// Seconds east of UTC at `seconds`. Known for a whole UTC day when both its ends agree.
    fn offset(&mut self, seconds: i64) -> i64 {
        let day = seconds.div_euclid(DAY);
        if let Some((known, offset)) = self.known
            && known == day
        {
            return offset;
        }
        let start = day.saturating_mul(DAY);
        let offset = (self.offset_at)(seconds);
        if (self.offset_at)(start) == offset && (self.offset_at)(start.saturating_add(DAY - 1)) == offset {
            self.known = Some((day, offset));
        }
        offset
    }

    fn local_seconds(&mut self, seconds: i64) -> i64 {
        seconds.saturating_add(self.offset(seconds))
    }

    /// Append `2026-11-21T01:20:04+00:00`. A year above 9999 or below 0 has as many digits, and the sign, that it needs.
    pub(super) fn push_rfc3339(&mut self, out: &mut Vec<u8>, seconds: i64) {
        let offset = self.offset(seconds);
        let local = seconds.saturating_add(offset);
        self.push_date(out, local);
        out.push(b'T');
        push_time_of_day(out, local);
        out.push(if offset < 0 { b'-' } else { b'+' });
        out.extend_from_slice(&hours_minutes(offset.unsigned_abs()));
    }

    /// Append the local `2026-11-21 01:20:04`.
    pub(super) fn push_long(&mut self, out: &mut Vec<u8>, seconds: i64) {
        let local = self.local_seconds(seconds);
        self.push_date(out, local);
        out.push(b' ');
        push_time_of_day(out, local);
    }

    /// Append the local time of day for a moment of today, else the date.
    pub(super) fn push_short(&mut self, out: &mut Vec<u8>, seconds: i64) {
        let local = self.local_seconds(seconds);
        if local.div_euclid(DAY) == self.today() {
            push_time_of_day(out, local)
        } else {
            self.push_date(out, local)
        }
    }

    fn push_date(&mut self, out: &mut Vec<u8>, local: i64) {
        let day = local.div_euclid(DAY);
        let (written, text) = &mut self.written;
        if *written != day {
            text.clear();
            push_day(text, day);
            *written = day;
        }
        out.extend_from_slice(text);
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
///
/// The year is taken to begin in March, so that the leap day is its last and months follow a pattern of 153 days in five.
fn civil(day: i64) -> (i64, u64, u64) {
    // 0000-03-01 is 719,468 days before the epoch; 400 years have 146,097 days.
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month_day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month as u64, month_day as u64)
}

fn push_day(out: &mut Vec<u8>, day: i64) {
    let (year, month, day) = civil(day);
    let (century, years) = (pair(year.unsigned_abs() / 100), pair(year.unsigned_abs()));
    if year < 0 {
        out.push(b'-');
    }
    if year.unsigned_abs() > 9_999 {
        push_unsigned(out, year.unsigned_abs() / 10_000);
    }
    let (month, day) = (pair(month), pair(day));
    let date = [century[0], century[1], years[0], years[1], b'-', month[0], month[1], b'-', day[0], day[1]];
    out.extend_from_slice(&date);
}

/// `01:20` as five bytes.
fn hours_minutes(seconds: u64) -> [u8; 5] {
    let (hours, minutes) = (pair(seconds / HOUR), pair(seconds / MINUTE % 60));
    [hours[0], hours[1], b':', minutes[0], minutes[1]]
}

fn push_time_of_day(out: &mut Vec<u8>, local: i64) {
    let of_day = local.rem_euclid(DAY) as u64;
    let seconds = pair(of_day % MINUTE);
    out.extend_from_slice(&hours_minutes(of_day));
    out.extend_from_slice(&[b':', seconds[0], seconds[1]]);
}

/// Append a length of time: its largest unit, and the next one while the first is below ten: `45s`, `5m3s`, `14h`, `3d4h`.
///
/// It holds no blank, and `--older` reads it back. A negative one (the clock was set back) has a minus sign.
pub(super) fn push_age(out: &mut Vec<u8>, seconds: i64) {
    const DAY: u64 = self::DAY.unsigned_abs();
    if seconds < 0 {
        out.push(b'-');
    }
    let (count, unit, rest, next) = match seconds.unsigned_abs() {
        s if s >= YEAR => (s / YEAR, b'y', s % YEAR / DAY, b'd'),
        s if s >= DAY => (s / DAY, b'd', s % DAY / HOUR, b'h'),
        s if s >= HOUR => (s / HOUR, b'h', s % HOUR / MINUTE, b'm'),
        s if s >= MINUTE => (s / MINUTE, b'm', s % MINUTE, b's'),
        s => (s, b's', 0, b's'),
    };
    push_unsigned(out, count);
    out.push(unit);
    if count < 10 && rest > 0 {
        push_unsigned(out, rest);
        out.push(next);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::render::written;
    use proptest::prelude::*;

    const HOUR: i64 = super::HOUR as i64;
    const MINUTE: i64 = super::MINUTE as i64;
    const YEAR: i64 = super::YEAR as i64;
    /// 2026-11-21 01:20:04 UTC.
    const NOW: i64 = 1_795_224_004;

    #[test]
    fn every_form_of_a_time() {
        let mut clock = Clock::at(NOW, |_| 0);
        assert_eq!(written(|out| clock.push_rfc3339(out, NOW)), "2026-11-21T01:20:04+00:00");
        assert_eq!(written(|out| clock.push_long(out, NOW)), "2026-11-21 01:20:04");
        assert_eq!(written(|out| clock.push_short(out, NOW)), "01:20:04");
        assert_eq!(written(|out| clock.push_short(out, NOW - 2 * HOUR)), "2026-11-20");
        assert_eq!(written(|out| clock.push_rfc3339(out, 0)), "1970-01-01T00:00:00+00:00");
    }

    #[test]
    fn the_offset_moves_the_day() {
        let mut clock = Clock::at(NOW, |_| -(3 * HOUR + 30 * MINUTE));
        assert_eq!(written(|out| clock.push_rfc3339(out, NOW)), "2026-11-20T21:50:04-03:30");
        assert_eq!(written(|out| clock.push_short(out, NOW)), "21:50:04");
        assert_eq!(written(|out| clock.push_short(out, NOW + 4 * HOUR)), "2026-11-21");
    }

    #[test]
    fn the_day_on_which_the_zone_changes_is_asked_each_time() {
        // Summer time ended in Berlin on 2026-10-25 at 01:00 UTC.
        const CHANGE: i64 = 1_792_890_000;
        let mut clock = Clock::at(NOW, |seconds| if seconds < CHANGE { 2 * HOUR } else { HOUR });
        for _ in 0..2 {
            assert_eq!(written(|out| clock.push_rfc3339(out, CHANGE - 1)), "2026-10-25T02:59:59+02:00");
            assert_eq!(written(|out| clock.push_rfc3339(out, CHANGE)), "2026-10-25T02:00:00+01:00");
        }
    }

    #[test]
    fn no_time_overflows() {
        let mut clock = Clock::at(0, |_| -DAY);
        for seconds in [i64::MIN, i64::MAX] {
            clock.push_rfc3339(&mut Vec::new(), seconds);
            clock.push_short(&mut Vec::new(), seconds);
            push_age(&mut Vec::new(), seconds);
        }
        assert_eq!(written(|out| clock.push_long(out, i64::MAX)), "292277026596-12-03 15:30:07");
    }

    #[test]
    fn local_times_are_those_of_date() {
        for seconds in [0, 951_782_400, 1_709_164_800, NOW] {
            let date = Command::new("date")
                .arg(format!("-d@{seconds}"))
                .arg("+%Y-%m-%dT%H:%M:%S%:z")
                .output()
                .unwrap();
            let theirs = String::from_utf8(date.stdout).unwrap();
            assert_eq!(written(|out| Clock::local().push_rfc3339(out, seconds)), theirs.trim_end());
        }
    }

    #[test]
    fn ages() {
        let cases = [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (303, "5m3s"),
            (12 * MINUTE + 7, "12m"),
            (2 * HOUR + 5 * MINUTE + 9, "2h5m"),
            (14 * HOUR + 1, "14h"),
            (3 * DAY + 4 * HOUR, "3d4h"),
            (40 * DAY, "40d"),
            (2 * YEAR + 31 * DAY, "2y31d"),
            (-90, "-1m30s"),
        ];
        for (seconds, age) in cases {
            assert_eq!(written(|out| push_age(out, seconds)), age);
        }
    }

    proptest! {
        #[test]
        fn an_age_can_be_typed_back(seconds in 0i64..1_000 * YEAR) {
            let read = humantime::parse_duration(&written(|out| push_age(out, seconds))).unwrap().as_secs() as i64;
            prop_assert!(read <= seconds && seconds - read <= seconds / 10 + 1);
        }

        #[test]
        fn days_follow_each_other(day in -1_000_000i64..4_000_000) {
            let ((year, month, date), next) = (civil(day), civil(day + 1));
            prop_assert!(next == (year, month, date + 1) || next == (year, month + 1, 1) && date >= 28
                || next == (year + 1, 1, 1) && (month, date) == (12, 31));
        }
    }
}
