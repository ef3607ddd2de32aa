//! Sizes as people type them.

/// A size in bytes: a number, in decimal or 0x, with K, M, G, T or P (powers of 1024; also KiB …) or KB, MB …
/// (powers of 1000), as util-linux and GNU coreutils read them.
///
/// # Errors
/// Words for clap: not a number, an unknown suffix, or above 2^64 - 1.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix("0x").map_or_else(
        || text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()),
        |hex| 2 + hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len()),
    );
    let (number, suffix) = text.split_at(digits);
    let value = match number.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => number.parse(),
    };
    let value = value.map_err(|_| "not a size: write bytes, or a number with K, M, G, T or P".to_string())?;
    let factor = factor(suffix).ok_or_else(|| {
        format!("no such unit {}: use K, M, G, T or P", os_display::Quotable::quote(suffix))
    })?;
    value.checked_mul(factor).ok_or_else(|| "more than 2^64 bytes".to_string())
}

fn factor(suffix: &str) -> Option<u64> {
    let mut letters = suffix.chars();
    let Some(unit) = letters.next() else { return Some(1) };
    let power = match unit.to_ascii_uppercase() {
        'B' => 0,
        'K' => 1,
        'M' => 2,
        'G' => 3,
        'T' => 4,
        'P' => 5,
        _ => return None,
    };
    match letters.as_str() {
        "" | "iB" => Some(1024u64.pow(power)),
        "B" if power > 0 => Some(1000u64.pow(power)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sizes() {
        let table = [
            ("0", Some(0)),
            ("4096", Some(4096)),
            ("0x1000", Some(4096)),
            ("64K", Some(65536)),
            ("64k", Some(65536)),
            ("64KiB", Some(65536)),
            ("64KB", Some(64000)),
            ("1G", Some(1 << 30)),
            ("12B", Some(12)),
            ("16P", Some(1 << 54)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("16384P", None),
            ("", None),
            ("K", None),
            ("-1", None),
            ("1.5G", None),
            ("1X", None),
            ("1KBB", None),
            ("0x", None),
        ];
        for (text, size) in table {
            assert_eq!(parse(text).ok(), size, "{text}");
        }
    }
}
