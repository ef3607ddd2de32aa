//! `/proc/PID/limits`: the resource limits of a process (proc_pid_limits(5), getrlimit(2)).

use super::{Listing, Odd, field, file};
use crate::fault::Fault;

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The kernel's name for it, such as `Max msgqueue size`.
    pub name: Vec<u8>,
    /// What holds now; `None` for unlimited.
    pub soft: Option<u64>,
    /// What it may be raised to; `None` for unlimited.
    pub hard: Option<u64>,
    /// `bytes`, `processes`, `files`, `us` …; empty where the kernel names none.
    pub unit: Vec<u8>,
}

/// The width of the first column, which holds blanks.
const NAME_WIDTH: usize = 26;

/// The text of a limits file; `file` names it in faults.
pub fn parse(text: &[u8], file: &str) -> Listing<Limit> {
    let mut listing = Listing { rows: Vec::new(), odd: Vec::new() };
    // The first line is the heading.
    for (line, content) in (1..).zip(field::lines(text)).skip(1) {
        match parse_line(content) {
            Ok(limit) => listing.rows.push(limit),
            Err(field) => listing.odd.push(Odd { line, field }.fault(file)),
        }
    }
    listing
}

fn parse_line(line: &[u8]) -> Result<Limit, &'static str> {
    let (name, rest) = line.split_at_checked(NAME_WIDTH).ok_or("Limit")?;
    let mut words = field::words(rest);
    let mut amount = |field| match words.next().ok_or(field)? {
        b"unlimited" => Ok(None),
        word => field::decimal(word).map(Some).ok_or(field),
    };
    let (soft, hard) = (amount("Soft Limit")?, amount("Hard Limit")?);
    let unit = words.next().unwrap_or_default().to_vec();
    Ok(Limit { name: name.trim_ascii_end().to_vec(), soft, hard, unit })
}

/// The limits of a process. `None` when there is no such process. Another user's can be read too.
pub fn limits(pid: i32) -> Result<Option<Listing<Limit>>, Fault> {
    let path = format!("/proc/{pid}/limits");
    file::unless_gone(file::whole(path.as_str()))
        .map(|found| found.map(|text| parse(&text, &path)))
        .map_err(|errno| Fault::os(format_args!("read {path}"), errno))
}

#[cfg(test)]
mod tests {
    use nix::sys::resource::{Resource, getrlimit};
    use proptest::prelude::*;

    use super::*;

    const TEXT: &[u8] = b"Limit                     Soft Limit           Hard Limit           Units     \n\
Max cpu time              unlimited            unlimited            seconds   \n\
Max msgqueue size         819200               18446744073709551614 bytes     \n\
Max nice priority         0                    0                    \n";

    #[test]
    fn a_captured_text() {
        let Listing { rows, odd } = parse(TEXT, "limits");
        assert_eq!((rows.len(), odd), (3, vec![]));
        assert_eq!((rows[0].soft, rows[0].unit.as_slice()), (None, &b"seconds"[..]));
        assert_eq!(rows[1].name, b"Max msgqueue size");
        assert_eq!((rows[1].soft, rows[1].hard), (Some(819_200), Some(u64::MAX - 1)));
        assert_eq!((rows[2].soft, rows[2].unit.as_slice()), (Some(0), &b""[..]));
    }

    #[test]
    fn odd_lines_are_told() {
        let text = b"heading\nshort\nMax cpu time              many  1\nMax cpu time              1\n";
        let lines: Vec<String> = parse(text, "L").odd.iter().map(ToString::to_string).collect();
        assert_eq!(lines[0], "cannot read L: line 2: field Limit is missing or odd");
        assert_eq!(lines[1], "cannot read L: line 3: field Soft Limit is missing or odd");
        assert_eq!(lines[2], "cannot read L: line 4: field Hard Limit is missing or odd");
    }

    #[test]
    fn our_own_limits_are_those_of_getrlimit() {
        let Listing { rows, odd } = limits(std::process::id().cast_signed()).unwrap().unwrap();
        assert_eq!(odd, []);
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        let files = rows.iter().find(|limit| limit.name == b"Max open files").unwrap();
        let amount = |limit| if limit == u64::MAX { None } else { Some(limit) };
        assert_eq!(
            (files.soft, files.hard, files.unit.as_slice()),
            (amount(soft), amount(hard), &b"files"[..])
        );
        assert_eq!(limits(i32::MAX), Ok(None));
    }

    proptest! {
        #[test]
        fn any_bytes_end(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let listing = parse(&[b"heading\n", &text[..]].concat(), "limits");
            prop_assert_eq!(listing.rows.len() + listing.odd.len(), field::lines(&text).count());
        }
    }
}
