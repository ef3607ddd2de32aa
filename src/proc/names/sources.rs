//! Which sources of names there are besides the files (nsswitch.conf(5)), and how to ask them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use super::field;

/// What may know a name that the file does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// Nothing: on a plain machine nobody is asked.
    Nobody,
    /// Only systemd that does not run: its library still knows root and nobody by itself (nss-systemd(8)).
    Constants,
    /// Only systemd, for these two and the ids that it gives out itself.
    Systemd,
    /// A directory service, for any id.
    Anybody,
}

impl Elsewhere {
    /// The sources of `database` in the text of `/etc/nsswitch.conf`; systemd's own ids count if `systemd_answers`.
    pub fn of(text: &[u8], database: &str, systemd_answers: bool) -> Elsewhere {
        let mut found = Elsewhere::Nobody;
        for source in sources(text, database) {
            match source {
                b"files" | b"compat" | b"db" => {}
                b"systemd" if systemd_answers => found = Elsewhere::Systemd,
                b"systemd" => found = Elsewhere::Constants,
                _ => return Elsewhere::Anybody,
            }
        }
        found
    }

    /// True when it is worth asking for an id. Those of systemd are of home directories (60001–60513) and of services with
    /// DynamicUser= (61184–65519): systemd.io/UIDS-GIDS.
    pub fn may_know(self, id: u32) -> bool {
        match self {
            Elsewhere::Nobody => false,
            Elsewhere::Constants => matches!(id, 0 | 65534),
            Elsewhere::Systemd => matches!(id, 0 | 65534 | 60001..=60513 | 61184..=65519),
            Elsewhere::Anybody => id != u32::MAX,
        }
    }

    /// True when it is worth asking for a name that is not in the file.
    pub fn has_names(self) -> bool {
        matches!(self, Elsewhere::Systemd | Elsewhere::Anybody)
    }
}

/// The words behind `database:`, without comments and without the `[STATUS=action]` between them.
fn sources<'a>(text: &'a [u8], database: &str) -> Vec<&'a [u8]> {
    let behind = |line: &'a [u8]| {
        let line = line.split(|byte| *byte == b'#').next()?;
        let (word, rest) = field::split_once(line, b':')?;
        (word.trim_ascii() == database.as_bytes()).then_some(rest)
    };
    let mut in_brackets = false;
    let outside = |word: &&[u8]| {
        let starts = word.starts_with(b"[");
        let skip = in_brackets || starts;
        in_brackets = skip && !word.ends_with(b"]");
        !skip
    };
    field::lines(text)
        .find_map(behind)
        .map(|rest| field::words(rest).filter(outside).collect())
        .unwrap_or_default()
}

/// True where systemd's name service has something to talk to.
pub fn systemd_answers() -> bool {
    std::path::Path::new("/run/systemd/userdb").exists()
}

/// The line of `getent DATABASE KEY`; `None` if it knows none or cannot be run.
pub fn ask(database: &str, key: &[u8]) -> Option<Vec<u8>> {
    let mut getent = Command::new("getent");
    getent.arg(database).arg(OsStr::from_bytes(key));
    let output = getent.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}
