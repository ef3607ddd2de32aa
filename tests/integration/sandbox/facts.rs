//! Waiting on what the kernel says: the one place where a test lets time pass.

use std::fs;
use std::time::{Duration, Instant};

/// How long a fact is waited for before the test fails.
pub const BOUND: Duration = Duration::from_secs(60);

/// How often a fact is looked at before the test fails.
const LOOKS: u64 = 2_000;

/// How long to let others run between two looks.
const BETWEEN: Duration = Duration::from_millis(1);

/// Waits until `fact` holds; fails naming `what` when it does not come true.
#[track_caller]
pub fn until(what: &str, mut fact: impl FnMut() -> bool) {
    until_some(what, || fact().then_some(()));
}

/// Waits until `fact` gives something; fails naming `what` when it does not.
#[track_caller]
pub fn until_some<T>(what: &str, fact: impl FnMut() -> Option<T>) -> T {
    match poll(BOUND, fact) {
        Some(found) => found,
        None => panic!("waited {BOUND:?} in vain: {what}"),
    }
}

/// Looks again and again until `fact` gives something or `bound` has passed, and not before [`LOOKS`]: where the whole
/// machine stood still, time has passed and nobody could do anything in it.
pub fn poll<T>(bound: Duration, mut fact: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + bound;
    for look in 1u64.. {
        if let Some(found) = fact() {
            return Some(found);
        }
        if look > LOOKS && Instant::now() > deadline {
            break;
        }
        std::thread::park_timeout(BETWEEN);
    }
    None
}

/// Waits until the process `pid` stands in the system call `call`: `"semtimedop"`, `"msgrcv"`, `"futex"` …
#[track_caller]
pub fn blocked_in(pid: i32, call: &str) {
    let numbers = numbers(call);
    let blocked = poll(BOUND, || syscall(pid).filter(|now| numbers.contains(now)));
    if blocked.is_none() {
        let now = fs::read_to_string(format!("/proc/{pid}/syscall"));
        panic!(
            "process {pid} did not block in {call}: its state is {:?}, its system call {now:?}",
            state(pid)
        );
    }
}

/// The state letter of a process (`'S'`, `'T'`, `'Z'` …), or none when there is no such process.
pub fn state(pid: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything, also a parenthesis.
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Whether a process has ended; who waits for it may not have seen that yet. One that lives may be in any other state,
/// on a busy machine for long.
pub fn ended(pid: i32) -> bool {
    matches!(state(pid), None | Some('Z'))
}

/// The number of the system call that the process sleeps in; none while it runs.
fn syscall(pid: i32) -> Option<i64> {
    let text = fs::read_to_string(format!("/proc/{pid}/syscall")).ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// The numbers that stand for a call on this architecture: an old call and its successor count as one, as a libc
/// takes either.
fn numbers(call: &str) -> Vec<i64> {
    if ["semop", "semtimedop"].contains(&call) {
        return vec![libc::SYS_semop, libc::SYS_semtimedop];
    }
    #[cfg(target_arch = "x86_64")]
    match call {
        "poll" => return vec![libc::SYS_poll, libc::SYS_ppoll],
        "epoll_wait" => return vec![libc::SYS_epoll_wait, libc::SYS_epoll_pwait],
        "open" => return vec![libc::SYS_open, libc::SYS_openat],
        "pause" => return vec![libc::SYS_pause],
        _ => (),
    }
    vec![match call {
        "clock_nanosleep" => libc::SYS_clock_nanosleep,
        "epoll_wait" => libc::SYS_epoll_pwait,
        "fcntl" => libc::SYS_fcntl,
        "flock" => libc::SYS_flock,
        "futex" => libc::SYS_futex,
        "mq_timedreceive" => libc::SYS_mq_timedreceive,
        "mq_timedsend" => libc::SYS_mq_timedsend,
        "msgrcv" => libc::SYS_msgrcv,
        "msgsnd" => libc::SYS_msgsnd,
        "open" => libc::SYS_openat,
        "pause" | "poll" => libc::SYS_ppoll,
        "read" => libc::SYS_read,
        "rt_sigtimedwait" => libc::SYS_rt_sigtimedwait,
        "splice" => libc::SYS_splice,
        "wait4" => libc::SYS_wait4,
        "waitid" => libc::SYS_waitid,
        "write" => libc::SYS_write,
        "writev" => libc::SYS_writev,
        other => panic!("sandbox/facts.rs does not know the system call {other}: add it"),
    }]
}
