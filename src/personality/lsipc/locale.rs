//! Whether the C library of these programs would take text for UTF-8.
//!
//! Ours is not asked: a static build has another one. `locale` tells, where the names alone do not.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

/// The categories of locale(7). If the locale of one of them cannot be had, the C library takes C for all.
const CATEGORIES: [&str; 12] = [
    "LC_CTYPE",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_COLLATE",
    "LC_MONETARY",
    "LC_MESSAGES",
    "LC_PAPER",
    "LC_NAME",
    "LC_ADDRESS",
    "LC_TELEPHONE",
    "LC_MEASUREMENT",
    "LC_IDENTIFICATION",
];

/// What is known of a locale by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// `C`, `POSIX`: ASCII, always there.
    Ascii,
    /// `C.UTF-8`: built in.
    Utf8,
    /// One that may be installed.
    No,
}

/// True where characters are UTF-8.
pub fn is_utf8() -> bool {
    let all = set("LC_ALL");
    let names = CATEGORIES.map(|category| {
        all.clone().or_else(|| set(category)).or_else(|| set("LANG")).unwrap_or_else(|| "C".into())
    });
    if names.iter().all(|name| known(name.as_bytes()) != Known::No) {
        return known(names[0].as_bytes()) == Known::Utf8;
    }
    asked().unwrap_or_else(|| {
        let name = names[0].to_string_lossy().to_ascii_lowercase();
        name.ends_with("utf-8") || name.ends_with("utf8")
    })
}

/// A variable's value, unless it is empty.
fn set(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|value| !value.is_empty())
}

fn known(name: &[u8]) -> Known {
    match name {
        b"C" | b"POSIX" => Known::Ascii,
        [b'C', b'.', charmap @ ..]
            if charmap.eq_ignore_ascii_case(b"UTF-8") || charmap.eq_ignore_ascii_case(b"UTF8") =>
        {
            Known::Utf8
        }
        _ => Known::No,
    }
}

/// What locale(1) says, which complains where a locale cannot be had; None if there is no such program.
fn asked() -> Option<bool> {
    let told = Command::new("locale").arg("charmap").stdin(Stdio::null()).output().ok()?;
    Some(told.stdout.trim_ascii() == b"UTF-8" && told.stderr.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_known_by_its_name() {
        for (name, expected) in [
            ("C", Known::Ascii),
            ("POSIX", Known::Ascii),
            ("C.UTF-8", Known::Utf8),
            ("C.utf8", Known::Utf8),
            ("C.ISO-8859-1", Known::No),
            ("c.UTF-8", Known::No),
            ("en_US.UTF-8", Known::No),
        ] {
            assert!(known(name.as_bytes()) == expected, "{name}");
        }
    }
}
