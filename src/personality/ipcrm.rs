//! `ipcrm`: removes by identifier, by key, or all. The whole command line is checked before anything is removed.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;

use super::getopt::{Opt, Value, Words};
use super::numbers::{decimal, key, refusal, scan};
use super::voice::{Ended, Refusal, Voice, words as errno_words};
use crate::refs::Kind;
use crate::status::Status;
use crate::sys::sysv::msg::{MsqId, msg_info, msg_rmid, msg_stat_by_index, msgget};
use crate::sys::sysv::sem::{SemId, sem_info, sem_rmid, sem_stat_by_index, semget};
use crate::sys::sysv::shm::{ShmId, shm_info, shm_rmid, shm_stat_by_index, shmget};

static OPTIONS: &[Opt] = &[
    Opt(b'm', "shmem-id", Value::Needed),
    Opt(b'M', "shmem-key", Value::Needed),
    Opt(b'q', "queue-id", Value::Needed),
    Opt(b'Q', "queue-key", Value::Needed),
    Opt(b's', "semaphore-id", Value::Needed),
    Opt(b'S', "semaphore-key", Value::Needed),
    Opt(b'a', "all", Value::Attached),
    Opt(b'v', "verbose", Value::No),
    Opt(b'V', "version", Value::No),
    Opt(b'h', "help", Value::No),
];

/// What one option asks to be removed, and whether that is told (`-v` counts from where it stands).
struct Removal<'a> {
    kind: Kind,
    what: What<'a>,
    told: bool,
}

enum What<'a> {
    Id(i32),
    Key(u32, &'a OsStr),
}

/// Which kinds `-a` asks for.
#[derive(Clone, Copy)]
enum All {
    /// No `-a`.
    None,
    /// `-a` alone: every kind, unless one follows behind a blank.
    Every,
    One(Kind),
}

/// Runs `ipcrm`.
pub fn run(voice: &mut Voice, words: &[OsString]) -> Ended {
    if let Some((kind, ids)) = words.split_first().and_then(|(word, ids)| Some((kind_of(word)?, ids))) {
        return old_style(voice, kind, ids);
    }
    let (mut removals, mut all, mut told, mut illegal) = (Vec::new(), All::None, false, Vec::new());
    let mut parted = Words::new(OPTIONS, words);
    while let Some((letter, value)) = parted.next_option()? {
        let text = value.unwrap_or_default();
        match letter {
            b'h' => return voice.help(HELP),
            b'V' => return voice.version(),
            b'v' => told = true,
            b'a' => {
                all = value.map_or(Ok(All::Every), |word| kind_of(word).map(All::One).ok_or(unknown(word)))?
            }
            b'm' | b'q' | b's' => {
                removals.push(Removal {
                    kind: kind_of_letter(letter),
                    what: What::Id(parsed(decimal(text), text)?),
                    told,
                });
            }
            _ => match parsed(key(text), text)? {
                0 => illegal.push(text),
                key => {
                    removals.push(Removal { kind: kind_of_letter(letter), what: What::Key(key, text), told })
                }
            },
        }
    }
    let all = with_operands(all, &parted.operands)?;
    if !illegal.is_empty() {
        illegal.iter().for_each(|text| warn_of(voice, "illegal key", text.as_bytes()));
        return Ok(Status::FAILED);
    }
    let listed = removals.iter().fold(Status::OK, |status, removal| removal.run(voice).or(status));
    Ok(listed.or(remove_all(voice, all, told)))
}

/// A kind may follow `-a` behind a blank; no other word has a meaning.
fn with_operands(all: All, operands: &[&OsStr]) -> Result<All, Refusal> {
    match (all, operands) {
        (all, []) => Ok(all),
        (All::Every, [word]) => kind_of(word).map(All::One).ok_or_else(|| unknown_usage(word)),
        (_, [word, ..]) => Err(unknown_usage(word)),
    }
}

fn parsed<T>(number: Result<T, super::numbers::Flaw>, text: &OsStr) -> Result<T, Refusal> {
    number.map_err(|flaw| refusal("failed to parse argument", text, flaw))
}

fn unknown(word: &OsStr) -> Refusal {
    Refusal::new([b"unknown argument: ", word.as_bytes()].concat())
}

fn unknown_usage(word: &OsStr) -> Refusal {
    Refusal::usage([b"unknown argument: ", word.as_bytes()].concat())
}

fn kind_of(word: &OsStr) -> Option<Kind> {
    match word.as_bytes() {
        b"shm" => Some(Kind::Shm),
        b"msg" => Some(Kind::Msgq),
        b"sem" => Some(Kind::Sem),
        _ => None,
    }
}

fn kind_of_letter(letter: u8) -> Kind {
    match letter.to_ascii_lowercase() {
        b'm' => Kind::Shm,
        b'q' => Kind::Msgq,
        _ => Kind::Sem,
    }
}

/// `ipcrm shm ID…`, the form before there were options.
fn old_style(voice: &mut Voice, kind: Kind, words: &[OsString]) -> Ended {
    if words.is_empty() {
        return Err(Refusal::usage("not enough arguments"));
    }
    let (mut ids, mut odd) = (Vec::new(), false);
    for word in words {
        let scanned = scan(word.as_bytes(), 10);
        match scanned.bits() {
            // As this program always has: the low 32 bits count.
            Some(bits) if scanned.rest.is_empty() => ids.push(bits as i32),
            _ => {
                odd = true;
                voice.warn(&[b"invalid id: ", word.as_bytes()].concat());
            }
        }
    }
    if odd {
        return Ok(Status::FAILED);
    }
    let removed = ids.into_iter().fold(Status::OK, |status, id| remove(voice, kind, id, "id").or(status));
    if removed == Status::OK {
        voice.out.extend_from_slice(b"resource(s) deleted\n");
    }
    Ok(removed)
}

impl Removal<'_> {
    fn run(&self, voice: &mut Voice) -> Status {
        match self.what {
            What::Id(id) => tell_and_remove(voice, self.kind, id, "id", self.told),
            What::Key(key, text) => match find(self.kind, key) {
                Ok(id) => tell_and_remove(voice, self.kind, id, "key", self.told),
                Err(errno) => {
                    complain(voice, "key", text.as_bytes(), errno);
                    Status::FAILED
                }
            },
        }
    }
}

fn find(kind: Kind, key: u32) -> Result<i32, Errno> {
    match kind {
        Kind::Msgq => msgget(key, 0).map(|id| id.0),
        Kind::Sem => semget(key, 0, 0).map(|id| id.0),
        _ => shmget(key, 0, 0).map(|id| id.0),
    }
}

fn tell_and_remove(voice: &mut Voice, kind: Kind, id: i32, by: &str, told: bool) -> Status {
    if told {
        let noun = match kind {
            Kind::Msgq => "message queue",
            Kind::Sem => "semaphore",
            _ => "shared memory segment",
        };
        voice.out.extend_from_slice(format!("removing {noun} id `{id}'\n").as_bytes());
        voice.spill();
    }
    remove(voice, kind, id, by)
}

fn remove(voice: &mut Voice, kind: Kind, id: i32, by: &str) -> Status {
    let removed = match kind {
        Kind::Msgq => msg_rmid(MsqId(id)),
        Kind::Sem => sem_rmid(SemId(id)),
        _ => shm_rmid(ShmId(id)),
    };
    match removed {
        Ok(()) => Status::OK,
        Err(errno) => {
            complain(voice, by, id.to_string().as_bytes(), errno);
            Status::FAILED
        }
    }
}

fn complain(voice: &mut Voice, by: &str, which: &[u8], errno: Errno) {
    let why = match errno {
        Errno::EPERM | Errno::EACCES => "permission denied for",
        Errno::EINVAL | Errno::ENOENT => "invalid",
        Errno::EIDRM => "already removed",
        other => {
            let what = format!("{by} failed: {}", errno_words(other));
            return warn_of(voice, &what, which);
        }
    };
    warn_of(voice, &format!("{why} {by}"), which);
}

fn warn_of(voice: &mut Voice, what: &str, which: &[u8]) {
    voice.warn(&[what.as_bytes(), b" (", which, b")"].concat());
}

/// Removes what `-a` asks for, of what we may read: the rest is passed over in silence, as this program always has.
fn remove_all(voice: &mut Voice, all: All, told: bool) -> Status {
    let kinds: &[Kind] = match &all {
        All::None => &[],
        All::Every => &[Kind::Shm, Kind::Sem, Kind::Msgq],
        All::One(kind) => std::slice::from_ref(kind),
    };
    kinds.iter().fold(Status::OK, |status, kind| status.or(remove_kind(voice, *kind, told)))
}

fn remove_kind(voice: &mut Voice, kind: Kind, told: bool) -> Status {
    let highest = match kind {
        Kind::Msgq => msg_info().map(|(highest, _)| highest),
        Kind::Sem => sem_info().map(|(highest, _)| highest),
        _ => shm_info().map(|(highest, _)| highest),
    };
    let readable = |index| match kind {
        Kind::Msgq => msg_stat_by_index(index).map(|id| id.0),
        Kind::Sem => sem_stat_by_index(index).map(|id| id.0),
        _ => shm_stat_by_index(index).map(|id| id.0),
    };
    let mut status = Status::OK;
    for index in 0..=highest.unwrap_or(-1) {
        if let Ok(id) = readable(index) {
            status = status.or(tell_and_remove(voice, kind, id, "id", told));
        }
    }
    status
}

const HELP: &str = "
Usage:
 NAME [options]
 NAME shm|msg|sem <id>...

Remove certain IPC resources.

Options:
 -m, --shmem-id <id>        remove shared memory segment by id
 -M, --shmem-key <key>      remove shared memory segment by key
 -q, --queue-id <id>        remove message queue by id
 -Q, --queue-key <key>      remove message queue by key
 -s, --semaphore-id <id>    remove semaphore by id
 -S, --semaphore-key <key>  remove semaphore by key
 -a, --all[=shm|msg|sem]    remove all (in the specified category)
 -v, --verbose              explain what is being done

 -h, --help                 display this help
 -V, --version              display version

For more details see ipcrm(1).
";
