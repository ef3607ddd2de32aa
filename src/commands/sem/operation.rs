//! `INDEX:DELTA[n][u]`: one operation as text.

use crate::ipc::sem::Operation;
use crate::sys::sysv::sem::{NOWAIT, UNDO};

/// Reads one operation: `0:-1`, `3:+2`, `1:0n`. `n`: do not wait for this one; `u`: undo it at the end.
///
/// # Errors
/// Words for clap.
pub fn parse(text: &str) -> Result<Operation, String> {
    let (index, rest) = text.split_once(':').ok_or("write INDEX:DELTA, as 0:-1")?;
    let number = rest.trim_end_matches(['n', 'u']);
    let marks = &rest[number.len()..];
    let semnum = index.parse().map_err(|_| "the index is a number from 0 to 65535")?;
    let delta: i32 = number.parse().map_err(|_| "the delta is a number: -1, +1 or 0")?;
    let delta = i16::try_from(delta)
        .ok()
        .filter(|delta| *delta != i16::MIN)
        .ok_or("the delta is beyond 32767, the highest value")?;
    if marks.len() > 2 || (marks.len() == 2 && marks.as_bytes()[0] == marks.as_bytes()[1]) {
        return Err("behind the delta stand n, u or both".to_string());
    }
    let flag = |mark, flag| if marks.contains(mark) { flag } else { 0 };
    Ok(Operation { semnum, delta, flags: flag('n', NOWAIT) | flag('u', UNDO) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_as_typed() {
        let table = [
            ("0:-1", (0, -1, 0)),
            ("1:+1", (1, 1, 0)),
            ("2:5", (2, 5, 0)),
            ("65535:0", (65535, 0, 0)),
            ("0:-1n", (0, -1, NOWAIT)),
            ("0:0u", (0, 0, UNDO)),
            ("0:-32767nu", (0, -32767, NOWAIT | UNDO)),
            ("0:32767un", (0, 32767, NOWAIT | UNDO)),
        ];
        for (text, (semnum, delta, flags)) in table {
            assert_eq!(parse(text), Ok(Operation { semnum, delta, flags }), "{text}");
        }
        for text in [
            "",
            "0",
            ":",
            "0:",
            ":1",
            "0:x",
            "0:1x",
            "0:1nn",
            "0:1nun",
            "0:n",
            "-1:1",
            "65536:1",
            "0:32768",
            "0:-32768",
            "0:--1",
            "0: 1",
            "0:1.5",
            "0:99999999999",
            "0:1:2",
            "0:1ñ",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
