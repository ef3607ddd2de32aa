//! Which system calls wait, and on what: by their numbers on this machine (x86-64 and aarch64, syscalls(2)).

use super::super::syscall::Call;

/// What a blocked call waits on. Addresses are the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// It takes something out of this descriptor: read, recv, accept, mq_receive …
    Read(i32),
    /// It puts something into this descriptor: write, send, connect, mq_send …
    Write(i32),
    /// It moves data from one descriptor to another: splice, tee, sendfile.
    Move {
        /// Out of this one.
        from: i32,
        /// Into this one.
        to: i32,
    },
    /// It waits until something can be done with one of many: poll.
    Poll {
        /// The array of struct pollfd.
        address: u64,
        /// Its length.
        count: u64,
    },
    /// The same by select.
    Select {
        /// Descriptors below this number.
        count: u64,
        /// The set to read from, 0 for none.
        read: u64,
        /// The set to write to, 0 for none.
        write: u64,
    },
    /// The same by epoll.
    Epoll(i32),
    /// It opens a file: a FIFO waits here for its other end.
    Open {
        /// The descriptor that a relative path starts at, or AT_FDCWD.
        directory: i32,
        /// The path's bytes, up to a NUL.
        path: u64,
        /// The flags of open(2); `None` of openat2, which has them in memory.
        flags: Option<i32>,
    },
    /// It waits for a futex: a POSIX semaphore, a mutex, a condition variable.
    Futex(u64),
}

/// What a call waits on, `None` of one that is not known to.
pub fn wait(call: &Call) -> Option<Wait> {
    let [_, second, third, ..] = call.args;
    Some(match call.number {
        number if READS.contains(&number) => Wait::Read(call.int(0)),
        number if WRITES.contains(&number) => Wait::Write(call.int(0)),
        libc::SYS_splice => Wait::Move { from: call.int(0), to: call.int(2) },
        libc::SYS_tee => Wait::Move { from: call.int(0), to: call.int(1) },
        libc::SYS_sendfile => Wait::Move { from: call.int(1), to: call.int(0) },
        libc::SYS_ppoll => Wait::Poll { address: call.args[0], count: second },
        libc::SYS_pselect6 => Wait::Select { count: call.args[0], read: second, write: third },
        libc::SYS_epoll_pwait | libc::SYS_epoll_pwait2 => Wait::Epoll(call.int(0)),
        libc::SYS_openat => Wait::Open { directory: call.int(0), path: second, flags: Some(call.int(2)) },
        libc::SYS_openat2 => Wait::Open { directory: call.int(0), path: second, flags: None },
        libc::SYS_futex => Wait::Futex(futex(call)?),
        _ => return only_here(call),
    })
}

const READS: [i64; 11] = [
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_preadv2,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_recvmmsg,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_mq_timedreceive,
];

const WRITES: [i64; 11] = [
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_pwritev2,
    libc::SYS_vmsplice,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_connect,
    libc::SYS_mq_timedsend,
];

/// The older calls, which only x86-64 has.
#[cfg(target_arch = "x86_64")]
fn only_here(call: &Call) -> Option<Wait> {
    let [first, second, third, ..] = call.args;
    Some(match call.number {
        libc::SYS_poll => Wait::Poll { address: first, count: second },
        libc::SYS_select => Wait::Select { count: first, read: second, write: third },
        libc::SYS_epoll_wait => Wait::Epoll(call.int(0)),
        libc::SYS_open => Wait::Open { directory: libc::AT_FDCWD, path: first, flags: Some(call.int(1)) },
        libc::SYS_creat => {
            Wait::Open { directory: libc::AT_FDCWD, path: first, flags: Some(libc::O_WRONLY | libc::O_CREAT) }
        }
        _ => return None,
    })
}

#[cfg(not(target_arch = "x86_64"))]
fn only_here(_call: &Call) -> Option<Wait> {
    None
}

/// The address of a futex call that waits, not one that wakes.
fn futex(call: &Call) -> Option<u64> {
    let operation = call.int(1) & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);
    let waits = [
        libc::FUTEX_WAIT,
        libc::FUTEX_WAIT_BITSET,
        libc::FUTEX_WAIT_REQUEUE_PI,
        libc::FUTEX_LOCK_PI,
        FUTEX_LOCK_PI2,
    ];
    waits.contains(&operation).then_some(call.args[0])
}

/// linux/futex.h, since Linux 5.14.
const FUTEX_LOCK_PI2: i32 = 13;

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: i64, args: [u64; 3]) -> Call {
        let [first, second, third] = args;
        Call { number, args: [first, second, third, 0, 0, 0] }
    }

    #[test]
    fn descriptors_are_ints() {
        assert_eq!(wait(&call(libc::SYS_read, [0xffff_ffff_0000_0003, 0, 0])), Some(Wait::Read(3)));
        assert_eq!(wait(&call(libc::SYS_mq_timedsend, [4, 0, 0])), Some(Wait::Write(4)));
        assert_eq!(wait(&call(libc::SYS_splice, [5, 0, 6])), Some(Wait::Move { from: 5, to: 6 }));
        assert_eq!(wait(&call(libc::SYS_sendfile, [5, 6, 0])), Some(Wait::Move { from: 6, to: 5 }));
        let flags = Some(libc::O_WRONLY);
        let open = Wait::Open { directory: libc::AT_FDCWD, path: 9, flags };
        assert_eq!(wait(&call(libc::SYS_openat, [0xffff_ff9c, 9, 1])), Some(open));
        assert_eq!(wait(&call(libc::SYS_getpid, [0, 0, 0])), None);
    }

    #[test]
    fn only_futexes_that_wait() {
        let futex =
            |operation: i32| wait(&call(libc::SYS_futex, [64, u64::from(operation.cast_unsigned()), 0]));
        assert_eq!(futex(libc::FUTEX_WAIT), Some(Wait::Futex(64)));
        let timed = libc::FUTEX_WAIT_BITSET | libc::FUTEX_CLOCK_REALTIME | libc::FUTEX_PRIVATE_FLAG;
        assert_eq!(futex(timed), Some(Wait::Futex(64)));
        assert_eq!(futex(libc::FUTEX_WAKE), None);
    }
}
