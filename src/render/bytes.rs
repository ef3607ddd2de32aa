//! Sizes for a person: as `ls -h` writes them.

use super::number::push_unsigned;

/// `bytes` for a running text: the number as `ls -h` rounds it, and the whole word of its unit: `8 B`, `1.5 GiB`.
pub fn with_unit(bytes: u64) -> String {
    let mut text = Vec::new();
    push_human(&mut text, bytes);
    let letter = text.pop_if(|last| last.is_ascii_alphabetic()).map(char::from);
    let number = String::from_utf8_lossy(&text);
    letter.map_or_else(|| format!("{number} B"), |letter| format!("{number} {letter}iB"))
}

/// Append `bytes` as `ls -h` does: powers of 1024, rounded up, one decimal below ten: `1023`, `1.0K`, `64K`, `1.5G`.
pub(super) fn push_human(out: &mut Vec<u8>, bytes: u64) {
    if bytes < 1024 {
        return push_unsigned(out, bytes);
    }
    for (power, letter) in (1u32..).zip(*b"KMGTPE") {
        let unit = 1u64 << (10 * power);
        let (whole, rest) = (bytes / unit, bytes % unit);
        // The rest is below 2^60: ten times that still fits.
        let tenths = whole * 10 + (rest * 10).div_ceil(unit);
        if tenths < 100 {
            push_unsigned(out, tenths / 10);
            out.extend_from_slice(&[b'.', b'0' + (tenths % 10) as u8, letter]);
            return;
        }
        // 1024 of a unit is written as 1.0 of the next; no size has 1024 of the last.
        let rounded = whole + u64::from(rest > 0);
        if rounded < 1024 {
            push_unsigned(out, rounded);
            out.push(letter);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::render::oracle::ask;
    use crate::render::written;

    fn human(bytes: u64) -> String {
        written(|out| push_human(out, bytes))
    }

    #[test]
    fn as_ls_writes_sizes() {
        let cases = [
            (0, "0"),
            (1023, "1023"),
            (1024, "1.0K"),
            (1025, "1.1K"),
            (10_189, "10K"),
            (65_536, "64K"),
            (1_048_575, "1.0M"),
            (1_610_612_736, "1.5G"),
            (u64::MAX, "16E"),
        ];
        for (bytes, text) in cases {
            assert_eq!(human(bytes), text, "{bytes}");
        }
    }

    #[test]
    fn a_text_has_the_unit_in_full() {
        let texts = [0, 1023, 1024, 1_610_612_736].map(with_unit);
        assert_eq!(texts, ["0 B", "1023 B", "1.0 KiB", "1.5 GiB"]);
    }

    #[test]
    fn as_coreutils_writes_every_magnitude() {
        let mut sizes: Vec<u64> = (0..60)
            .flat_map(|bit| [-1, 0, 1, 7].map(|d| (1i64 << bit) + d))
            .map(|n| n.max(0) as u64)
            .collect();
        sizes.extend((0..18).flat_map(|exponent| [1, 3, 9].map(|n| n * 10u64.pow(exponent))));
        sizes.extend([10_188, 10_189, 10_239, 10_240, 10_241, 1_047_552, 1_047_553]);
        let mut command = Command::new("numfmt");
        command.args(["--to=iec", "--round=up"]).args(sizes.iter().map(u64::to_string));
        let Some(theirs) = ask(&mut command) else { return };
        let ours: String = sizes.iter().map(|size| format!("{}\n", human(*size))).collect();
        assert_eq!(ours, String::from_utf8(theirs.stdout).unwrap());
    }
}
