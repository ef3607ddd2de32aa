//! Times as these programs write them: local, in the C locale.

use std::time::SystemTime;

use crate::sys::time::localtime;

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The name at `index`; a number that localtime(3) never gives has none.
fn name_of(names: &'static [&'static str], index: i32) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("???")
}

/// ctime(3) without its end of line, `Sat Nov 21 02:58:24 2026`; nothing for a year that the C library cannot tell.
pub fn long(seconds: i64) -> String {
    let Ok(tm) = localtime(seconds) else { return String::new() };
    let (day, month) = (name_of(&DAYS, tm.tm_wday), name_of(&MONTHS, tm.tm_mon));
    let year = i64::from(tm.tm_year) + 1900;
    format!("{day} {month} {:2} {:02}:{:02}:{:02} {year}", tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec)
}

/// [`long`], or `Not set` for a time that never was.
pub fn long_or_not_set(time: Option<i64>) -> String {
    time.map_or_else(|| "Not set".to_string(), long)
}

/// ctime(3) without day of the week and year, `Nov 21 02:58:24`, or `Not set`.
pub fn without_year(time: Option<i64>) -> String {
    let text = long_or_not_set(time);
    if time.is_none() { text } else { text.get(4..20.min(text.len())).unwrap_or_default().to_string() }
}

/// How lsipc writes a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The time of day for today, else month and day, with the year unless it is this one.
    Short,
    /// As [`long`].
    Full,
    /// `2026-11-21T02:58:24+00:00`.
    Iso,
}

/// A time in this style; nothing for a year that the C library cannot tell.
pub fn styled(seconds: i64, style: Style) -> String {
    let Ok(tm) = localtime(seconds) else { return String::new() };
    let year = i64::from(tm.tm_year) + 1900;
    match style {
        Style::Full => long(seconds),
        Style::Iso => {
            let sign = if tm.tm_gmtoff < 0 { '-' } else { '+' };
            let minutes = tm.tm_gmtoff.abs() / 60;
            let date = format!("{year:04}-{:02}-{:02}", tm.tm_mon + 1, tm.tm_mday);
            let clock = format!("{:02}:{:02}:{:02}", tm.tm_hour, tm.tm_min, tm.tm_sec);
            format!("{date}T{clock}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
        Style::Short => {
            let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs().cast_signed());
            let today = localtime(now).map_or((0, 0), |now| (now.tm_year, now.tm_yday));
            let (month, day) = (name_of(&MONTHS, tm.tm_mon), tm.tm_mday);
            match (tm.tm_year == today.0, tm.tm_yday == today.1) {
                (true, true) => format!("{:02}:{:02}", tm.tm_hour, tm.tm_min),
                (true, false) => format!("{month}{day:02}"),
                _ => format!("{year}-{month}{day:02}"),
            }
        }
    }
}
