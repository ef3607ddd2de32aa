//! POSIX names, checked before any C library sees them: the libraries differ in what they let through.

use std::fmt;

use super::Kind;

/// A checked POSIX name without its leading slash: not empty, no slash, no NUL, not `.` or `..`, at most 255 bytes
/// (semaphores 251).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PosixName(Vec<u8>);

/// What is wrong with a POSIX name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFlaw {
    /// There is nothing but the leading slash.
    Empty,
    /// There is a slash behind the first byte.
    Slash,
    /// It is `.` or `..`.
    Dots,
    /// A byte is 0.
    Nul,
    /// It has more bytes than `max`.
    Long {
        /// Its length in bytes, the leading slash not counted.
        len: usize,
        /// The most that its kind allows.
        max: usize,
    },
}

impl PosixName {
    /// Checks `name`, with or without its leading slash, as the name of an object of `kind`.
    ///
    /// # Errors
    /// What is wrong with it (mq_overview(7), sem_overview(7), shm_overview(7)).
    pub fn new(kind: Kind, name: &[u8]) -> Result<PosixName, NameFlaw> {
        let bare = name.strip_prefix(b"/").unwrap_or(name);
        let max = PosixName::max_len(kind);
        match bare {
            b"" => Err(NameFlaw::Empty),
            b"." | b".." => Err(NameFlaw::Dots),
            _ if bare.contains(&b'/') => Err(NameFlaw::Slash),
            _ if bare.contains(&0) => Err(NameFlaw::Nul),
            _ if bare.len() > max => Err(NameFlaw::Long { len: bare.len(), max }),
            _ => Ok(PosixName(bare.to_vec())),
        }
    }

    /// The longest name of a kind, in bytes without the slash: NAME_MAX, of which glibc takes 4 for the `sem.` of a
    /// semaphore's file.
    pub const fn max_len(kind: Kind) -> usize {
        match kind {
            Kind::Sem => 251,
            _ => 255,
        }
    }

    /// The name without its slash, as its file is called.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name with its slash, as the calls take it.
    pub fn with_slash(&self) -> Vec<u8> {
        [b"/", self.as_bytes()].concat()
    }
}

impl fmt::Display for NameFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameFlaw::Empty => f.write_str("the name is empty"),
            NameFlaw::Slash => f.write_str("a name has no slash but the leading one"),
            NameFlaw::Dots => f.write_str("a name is not . or .."),
            NameFlaw::Nul => f.write_str("a name has no NUL byte"),
            NameFlaw::Long { len, max } => write!(f, "the name has {len} bytes, {max} are allowed"),
        }
    }
}

impl std::error::Error for NameFlaw {}
