//! `ipcmk`: one object of each kind that is asked for, each with a random key.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;

use super::getopt::{Opt, Value, Words};
use super::numbers::{Flaw, Scanned, decimal, refusal, scan};
use super::voice::{Ended, Refusal, Voice, words as errno_words};
use crate::fault::Fault;
use crate::status::Status;
use crate::sys::getrandom::random_u32;
use crate::sys::sysv::{IPC_CREAT, IPC_EXCL, msg, sem, shm};

static OPTIONS: &[Opt] = &[
    Opt(b'M', "shmem", Value::Needed),
    Opt(b'S', "semaphore", Value::Needed),
    Opt(b'Q', "queue", Value::No),
    Opt(b'p', "mode", Value::Needed),
    Opt(b'V', "version", Value::No),
    Opt(b'h', "help", Value::No),
];

/// What is to be made.
struct Plan {
    size: Option<u64>,
    queue: bool,
    nsems: Option<i32>,
    /// All bits that were typed: as this program always has, flags of the calls among them.
    mode: i32,
}

/// Runs `ipcmk`.
pub fn run(voice: &mut Voice, words: &[OsString]) -> Ended {
    let mut plan = Plan { size: None, queue: false, nsems: None, mode: 0o644 };
    let mut parted = Words::new(OPTIONS, words);
    while let Some((letter, value)) = parted.next_option()? {
        let text = value.unwrap_or_default();
        match letter {
            b'M' => plan.size = Some(size(text)?),
            b'Q' => plan.queue = true,
            b'S' => {
                plan.nsems =
                    Some(decimal(text).map_err(|flaw| refusal("failed to parse elements", text, flaw))?)
            }
            b'p' => plan.mode = mode(text)?,
            b'h' => return voice.help(HELP),
            _ => return voice.version(),
        }
    }
    if plan.size.is_none() && !plan.queue && plan.nsems.is_none() {
        return Err(Refusal::usage("bad usage"));
    }
    plan.create(voice)
}

impl Plan {
    fn create(&self, voice: &mut Voice) -> Ended {
        let flags = self.mode | IPC_CREAT | IPC_EXCL;
        if let Some(size) = self.size {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let made = shm::shmget(random_key()?, size, flags).map(|id| id.0);
            announce(voice, "Shared memory", made.map_err(|errno| failed("share memory", errno))?);
        }
        if self.queue {
            let made = msg::msgget(random_key()?, flags).map(|id| id.0);
            announce(voice, "Message queue", made.map_err(|errno| failed("message queue", errno))?);
        }
        if let Some(nsems) = self.nsems {
            let made = sem::semget(random_key()?, nsems, flags).map(|id| id.0);
            announce(voice, "Semaphore", made.map_err(|errno| failed("semaphore", errno))?);
        }
        Ok(Status::OK)
    }
}

fn announce(voice: &mut Voice, what: &str, id: i32) {
    // Writing into a Vec cannot fail.
    let _ = writeln!(voice.out, "{what} id: {id}");
}

fn failed(what: &str, errno: Errno) -> Refusal {
    Refusal::new(format!("create {what} failed: {}", errno_words(errno)))
}

fn random_key() -> Result<u32, Refusal> {
    random_u32().map_err(|errno| Fault::os("make a random key", errno).into())
}

/// An octal number, of which an `int` is used.
fn mode(text: &OsStr) -> Result<i32, Refusal> {
    let scanned = scan(text.as_bytes(), 8);
    let Some(bits) = scanned.bits() else {
        return Err(Refusal::new(format!("failed to parse mode: {}", errno_words(Errno::ERANGE))));
    };
    if scanned.digits == 0 || !scanned.rest.is_empty() {
        return Err(Refusal::new("failed to parse mode: Success"));
    }
    Ok(bits as i32)
}

fn size(text: &OsStr) -> Result<u64, Refusal> {
    parse_size(text.as_bytes()).map_err(|flaw| {
        let errno = if flaw == Flaw::Range { Errno::ERANGE } else { Errno::EINVAL };
        let what = [b"failed to parse size: '", text.as_bytes(), b"': "].concat();
        Refusal::new([&what, errno_words(errno).as_bytes()].concat())
    })
}

/// A number with an optional suffix: K, KiB (1,024) or KB (1,000), and so on up to Y, in either case, but for the `i`. With a
/// suffix it may have decimals.
///
/// # Errors
/// It is none, or beyond 64 bits.
pub fn parse_size(text: &[u8]) -> Result<u64, Flaw> {
    let Scanned { negative, magnitude, digits, rest } = scan(text, 0);
    if negative || digits == 0 {
        return Err(Flaw::Odd);
    }
    let whole = magnitude.ok_or(Flaw::Range)?;
    if rest.is_empty() {
        return Ok(whole);
    }
    let (decimals, suffix) = match rest.strip_prefix(b".") {
        None => (&b""[..], rest),
        Some(rest) => {
            // Of several points, as this program has it, all count as one.
            let rest = &rest[rest.iter().take_while(|byte| **byte == b'.').count()..];
            rest.split_at(rest.iter().take_while(|byte| byte.is_ascii_digit()).count())
        }
    };
    if scan(decimals, 10).magnitude.is_none() {
        return Err(Flaw::Range);
    }
    let base = base_of(suffix).ok_or(Flaw::Odd)?;
    // Of Z and Y, which 64 bits do not hold, there is only a part: then they count as E, as this program has it.
    if base.1 > LARGEST && whole > 0 {
        return Err(Flaw::Range);
    }
    let unit = base.0.pow(base.1.min(LARGEST));
    let size = whole.checked_mul(unit).ok_or(Flaw::Range)?;
    // Only this sum is not checked, in this program: `15.9E` is nothing.
    Ok(size.wrapping_add(share(decimals, unit)?))
}

/// The power of E.
const LARGEST: u32 = 6;

/// The base and the power that a suffix stands for.
fn base_of(suffix: &[u8]) -> Option<(u64, u32)> {
    let (letter, behind) = suffix.split_first()?;
    let power = b"kmgtpezy".iter().position(|known| *known == letter.to_ascii_lowercase())?;
    let base = match behind {
        b"" | b"iB" | b"ib" => 1024,
        b"B" | b"b" => 1000,
        _ => return None,
    };
    Some((base, u32::try_from(power).ok()? + 1))
}

/// What decimals add to a size, in this program's own arithmetic: digit by digit from the last, each the unit divided by
/// a whole number. So `1.05K` is 1,075, and `1.10K` is 2,048: the last digit's place is taken from the number's size.
fn share(decimals: &[u8], unit: u64) -> Result<u64, Flaw> {
    let zeros = decimals.iter().take_while(|digit| **digit == b'0').count();
    let mut left = match scan(&decimals[zeros..], 10) {
        Scanned { digits: 0, .. } => return Ok(0),
        scanned => u128::from(scanned.magnitude.ok_or(Flaw::Range)?),
    };
    let mut place: u128 = 10;
    while place < left {
        place *= 10;
    }
    place = (0..zeros.min(18)).fold(place, |place, _| place * 10);
    let mut sum: u128 = 0;
    while left > 0 {
        let digit = left % 10;
        sum += place.checked_div(digit).map_or(0, |parts| u128::from(unit) / parts.max(1));
        (left, place) = (left / 10, place / 10);
    }
    Ok(sum as u64)
}

const HELP: &str = "
Usage:
 NAME [options]

Create various IPC resources.

Options:
 -M, --shmem <size>       create shared memory segment of size <size>
 -S, --semaphore <number> create semaphore array with <number> elements
 -Q, --queue              create message queue
 -p, --mode <mode>        permission for the resource (default is 0644)

 -h, --help               display this help
 -V, --version            display version

Arguments:
 <size> arguments may be followed by the suffixes for
   GiB, TiB, PiB, EiB, ZiB, and YiB (the \"iB\" is optional)

For more details see ipcmk(1).
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_that_ipcmk_makes() {
        let cases = [
            ("1.05K", 1075),
            ("1.005K", 1029),
            ("1.10K", 2048),
            ("1.3K", 1365),
            ("1.50KiB", 1536),
            ("1.999G", 2_254_769_890),
            ("2.75MB", 3_050_000),
            ("1.K", 1024),
            ("0x10", 16),
            ("0x1.8K", 2048),
            ("010", 8),
            (" +5", 5),
            ("12kib", 12_288),
            ("1..5K", 1536),
            ("0.5ZB", 500_000_000_000_000_000),
            ("0.5Y", 1 << 59),
            ("15.9E", 0),
            ("1...K", 1024),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_size(text.as_bytes()), Ok(expected), "{text}");
        }
        for odd in ["", "x", "-1", "12 ", "12Ki", "1.5", ".5K", "1.5.5K", "K", "1B", "1iB", "1.+5K", "1KIB"] {
            assert_eq!(parse_size(odd.as_bytes()), Err(Flaw::Odd), "{odd}");
        }
        for large in ["20E", "1Z", "1Y", "99999999999999999999", "1.99999999999999999999x"] {
            assert_eq!(parse_size(large.as_bytes()), Err(Flaw::Range), "{large}");
        }
    }
}
