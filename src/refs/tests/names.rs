//! POSIX names: one rule for all kinds.

use super::parse;
use crate::refs::{Kind, NameFlaw, PosixName};

/// What is typed, and the name without its slash.
type Row = (&'static [u8], Result<&'static [u8], NameFlaw>);

#[test]
fn what_is_a_name_is_the_same_for_each_kind() {
    const ROWS: &[Row] = &[
        (b"/a", Ok(b"a")),
        (b"a", Ok(b"a")),
        (b"/a+64", Ok(b"a+64")),
        (b"/...", Ok(b"...")),
        (b"/\xff\n", Ok(b"\xff\n")),
        (b"", Err(NameFlaw::Empty)),
        (b"/", Err(NameFlaw::Empty)),
        (b".", Err(NameFlaw::Dots)),
        (b"/.", Err(NameFlaw::Dots)),
        (b"/..", Err(NameFlaw::Dots)),
        (b"//a", Err(NameFlaw::Slash)),
        (b"/a/", Err(NameFlaw::Slash)),
        (b"a/b", Err(NameFlaw::Slash)),
        (b"/a\0b", Err(NameFlaw::Nul)),
    ];
    for (text, expected) in ROWS {
        for kind in Kind::MIXED {
            let read = PosixName::new(kind, text);
            assert_eq!(read.as_ref().map(PosixName::as_bytes), expected.as_ref().copied(), "{kind} {text:?}");
        }
    }
}

#[test]
fn the_length_is_counted_in_bytes_and_semaphores_have_less() {
    for (kind, max) in [(Kind::Msgq, 255), (Kind::Shm, 255), (Kind::Sem, 251)] {
        let longest = "\u{e9}".repeat(max / 2) + "a";
        let name = PosixName::new(kind, longest.as_bytes()).unwrap();
        assert_eq!(name.with_slash(), format!("/{longest}").into_bytes());
        let long = format!("/{longest}b");
        assert_eq!(PosixName::new(kind, long.as_bytes()), Err(NameFlaw::Long { len: max + 1, max }));
        let said = parse(&long, Some(kind)).unwrap_err().to_string();
        assert!(said.ends_with(&format!(": the name has {} bytes, {max} are allowed", max + 1)), "{said}");
    }
}
