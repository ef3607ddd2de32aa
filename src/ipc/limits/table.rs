//! The limits there are: proc_sys_kernel(5), proc_sys_fs(5), mq_overview(7), pipe(7), getrlimit(2), limits.h.

use super::{Fixed, Row, Setting, Unit};
use crate::proc::sysctl::Sysctl;

/// A number that is alone in its file, counted in things.
const fn count(name: &'static str, group: &'static str, file: &'static str, meaning: &'static str) -> Row {
    Row { name, group, unit: Unit::Count, setting: Setting::Sysctl(Sysctl(file), 0), meaning }
}

const fn bytes(name: &'static str, group: &'static str, file: &'static str, meaning: &'static str) -> Row {
    Row { unit: Unit::Bytes, ..count(name, group, file, meaning) }
}

const fn pages(name: &'static str, group: &'static str, file: &'static str, meaning: &'static str) -> Row {
    Row { unit: Unit::Pages, ..count(name, group, file, meaning) }
}

/// One of the four numbers of kernel.sem.
const fn sem(name: &'static str, place: usize, meaning: &'static str) -> Row {
    let setting = Setting::Sysctl(Sysctl("kernel/sem"), place);
    Row { name, group: "sem", unit: Unit::Count, setting, meaning }
}

const fn rlimit(
    name: &'static str,
    group: &'static str,
    unit: Unit,
    names: (&'static str, &'static str),
    meaning: &'static str,
) -> Row {
    Row { name, group, unit, setting: Setting::Rlimit(names.0, names.1), meaning }
}

const fn fixed(
    name: &'static str,
    group: &'static str,
    unit: Unit,
    constant: (&'static str, Fixed),
    meaning: &'static str,
) -> Row {
    Row { name, group, unit, setting: Setting::Fixed(constant.0, constant.1), meaning }
}

pub static ROWS: &[Row] = &[
    count("msgmni", "msgq", "kernel/msgmni", "System V queues in this IPC namespace"),
    bytes("msgmax", "msgq", "kernel/msgmax", "one System V message"),
    bytes("msgmnb", "msgq", "kernel/msgmnb", "a new System V queue holds"),
    count("queues_max", "msgq", "fs/mqueue/queues_max", "POSIX queues in this IPC namespace"),
    count("msg_max", "msgq", "fs/mqueue/msg_max", "messages in a POSIX queue, without privilege"),
    bytes("msgsize_max", "msgq", "fs/mqueue/msgsize_max", "one POSIX message, without privilege"),
    count("msg_default", "msgq", "fs/mqueue/msg_default", "messages in a POSIX queue, if none are asked for"),
    bytes(
        "msgsize_default",
        "msgq",
        "fs/mqueue/msgsize_default",
        "one POSIX message, if no size is asked for",
    ),
    rlimit(
        "msgqueue",
        "msgq",
        Unit::Bytes,
        ("RLIMIT_MSGQUEUE", "Max msgqueue size"),
        "all POSIX queues of a user, full",
    ),
    sem("semmni", 3, "sets in this IPC namespace"),
    sem("semmns", 1, "semaphores in all sets"),
    sem("semmsl", 0, "semaphores in one set"),
    sem("semopm", 2, "operations in one semop"),
    fixed("semvmx", "sem", Unit::Count, ("SEMVMX", Fixed::Number(32767)), "a semaphore's value"),
    count("shmmni", "shm", "kernel/shmmni", "System V segments in this IPC namespace"),
    bytes("shmmax", "shm", "kernel/shmmax", "one System V segment"),
    pages("shmall", "shm", "kernel/shmall", "all System V segments"),
    Row {
        name: "dev-shm",
        group: "shm",
        unit: Unit::Bytes,
        setting: Setting::Mount("/dev/shm"),
        meaning: "all POSIX shared memory and semaphores",
    },
    fixed("page-size", "shm", Unit::Bytes, ("PAGE_SIZE", Fixed::PageSize), "a segment takes whole pages"),
    fixed("shmlba", "shm", Unit::Bytes, ("SHMLBA", Fixed::PageSize), "attach addresses are multiples of it"),
    fixed("name-max", "fifo", Unit::Bytes, ("NAME_MAX", Fixed::Number(255)), "a name in a directory"),
    fixed(
        "pipe-buf",
        "pipe",
        Unit::Bytes,
        ("PIPE_BUF", Fixed::Number(4096)),
        "one write that is not torn apart",
    ),
    bytes("pipe-max-size", "pipe", "fs/pipe-max-size", "one pipe, without privilege"),
    pages(
        "pipe-user-pages-soft",
        "pipe",
        "fs/pipe-user-pages-soft",
        "pipes of a user, then new ones are small",
    ),
    pages("pipe-user-pages-hard", "pipe", "fs/pipe-user-pages-hard", "pipes of a user, then none"),
    count("max_map_count", "mmap", "vm/max_map_count", "mappings of one process"),
    rlimit(
        "memlock",
        "mmap",
        Unit::Bytes,
        ("RLIMIT_MEMLOCK", "Max locked memory"),
        "memory locked by one process",
    ),
    rlimit(
        "sigpending",
        "sig",
        Unit::Count,
        ("RLIMIT_SIGPENDING", "Max pending signals"),
        "signals queued for a user",
    ),
    rlimit(
        "nofile",
        "process",
        Unit::Count,
        ("RLIMIT_NOFILE", "Max open files"),
        "descriptors of one process",
    ),
    rlimit(
        "nproc",
        "process",
        Unit::Count,
        ("RLIMIT_NPROC", "Max processes"),
        "processes and threads of a user",
    ),
];
