//! `--hex`: arguments typed as hexadecimal bytes.

use data_encoding::HEXLOWER_PERMISSIVE;

/// The bytes that `text` spells: pairs of hexadecimal digits, blanks between them allowed, either case.
///
/// The error is the cause, for a usage fault.
pub(super) fn parse_hex(text: &[u8]) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    if let Some(odd) = digits.iter().find(|b| !b.is_ascii_hexdigit()) {
        return Err(format!("'{}' is not a hexadecimal digit", odd.escape_ascii()));
    }
    HEXLOWER_PERMISSIVE.decode(&digits).map_err(|_| "the number of hexadecimal digits is odd".to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse_hex;

    #[test]
    fn pairs_of_digits() {
        assert_eq!(parse_hex(b"00ffAb"), Ok(vec![0, 0xff, 0xab]));
        assert_eq!(parse_hex(b"de ad\tbe ef"), Ok(vec![0xde, 0xad, 0xbe, 0xef]));
        assert_eq!(parse_hex(b""), Ok(vec![]));
    }

    #[test]
    fn what_is_no_hex() {
        assert!(parse_hex(b"0").unwrap_err().contains("odd"));
        assert!(parse_hex(b"0x12").unwrap_err().contains("'x'"));
        assert!(parse_hex(b"\xff").unwrap_err().contains("\\xff"));
    }
}
