//! The texts of `/proc`, and what is read out of other processes' memory: no bytes make a parser panic or run away, no
//! line is lost silently, and what was read can be written as the kernel writes it and read again.
//!
//! The first byte chooses the parser; the rest is the text.

#![no_main]

use ipctool::fault::Fault;
use ipctool::ipc::sig::Received;
use ipctool::proc::backing::Backing;
use ipctool::proc::blocked::{calls, sleepers};
use ipctool::proc::maps::{self, Mapping};
use ipctool::proc::process::{parse_arguments, parse_boot_time, parse_stat};
use ipctool::proc::status::Signals;
use ipctool::proc::syscall::{self, Call, Doing};
use ipctool::proc::sysvipc::{parse_msg, parse_sem, parse_shm, parse_shm_pages};
use ipctool::proc::{
    Listing, Odd, fds, limits, names, namespaces, since, smaps, status, sysctl, waiters, zombie,
};
use libfuzzer_sys::fuzz_target;

const PARSERS: &[fn(&[u8])] = &[
    mappings,
    usages,
    process_status,
    stat,
    rlimits,
    queues,
    sets,
    segments,
    descriptor,
    call,
    strings,
    users,
    settings,
    memory,
    received,
];

fuzz_target!(|data: &[u8]| {
    let Some((&choice, text)) = data.split_first() else { return };
    PARSERS[usize::from(choice) % PARSERS.len()](text);
});

fn lines(text: &[u8]) -> usize {
    text.split_inclusive(|byte| *byte == b'\n').count()
}

/// Each line is a row or is told of on one line.
fn accounted<T>(listing: &Listing<T>, lines: usize) {
    assert_eq!(listing.rows.len() + listing.odd.len(), lines);
    listing.odd.iter().for_each(one_safe_line);
}

fn one_safe_line(fault: &Fault) {
    let text = format!("{fault}{}", fault.hint_line().unwrap_or_default());
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

fn odd_is_told<T>(read: Result<T, Odd>) -> Option<T> {
    read.map_err(|odd| one_safe_line(&odd.fault("/proc/1/x"))).ok()
}

fn mappings(text: &[u8]) {
    let listing = maps::parse(text, "/proc/1/maps");
    accounted(&listing, lines(text));
    for mapping in &listing.rows {
        assert_eq!(maps::parse_line(&as_the_kernel_writes(mapping)).as_ref(), Ok(mapping));
        let word = Backing::of(mapping).word();
        assert!(Backing::ALL.iter().any(|backing| backing.word() == word));
        mapping.size();
    }
}

fn as_the_kernel_writes(mapping: &Mapping) -> Vec<u8> {
    let Mapping { start, end, prot, shared, offset, device, inode, path, deleted } = mapping;
    let (prot, sharing) = (prot.text(), if *shared { 's' } else { 'p' });
    let (major, minor) = (device.major, device.minor);
    let numbers =
        format!("{start:08x}-{end:08x} {prot}{sharing} {offset:08x} {major:02x}:{minor:02x} {inode} ");
    let mut line = numbers.into_bytes();
    for byte in path {
        match byte {
            b'\n' => line.extend(br"\012"),
            byte => line.push(*byte),
        }
    }
    line.extend(if *deleted { &b" (deleted)"[..] } else { b"" });
    line
}

fn usages(text: &[u8]) {
    let listing = smaps::parse(text, "/proc/1/smaps");
    assert!(listing.rows.len() + listing.odd.len() <= lines(text));
    listing.odd.iter().for_each(one_safe_line);
    for (_, usage) in &listing.rows {
        assert!(usage.own() >= usage.swap);
    }
}

fn process_status(text: &[u8]) {
    let Some(read) = odd_is_told(status::parse(text)) else { return };
    let Signals { pending, shared_pending, blocked, ignored, caught } = read.signals;
    for set in [pending, shared_pending, blocked, ignored, caught] {
        assert_eq!(Signals::in_set(set).count(), set.count_ones() as usize);
    }
}

fn stat(text: &[u8]) {
    let exit = zombie::parse(text);
    parse_boot_time(text);
    let Some(stat) = odd_is_told(parse_stat(text)) else { return };
    assert!(stat.comm.is_empty() || text.windows(stat.comm.len()).any(|part| part == stat.comm));
    assert!(exit.is_none() || stat.state == 'Z', "only a zombie has an exit status");
    assert!(!stat.has_ended() || stat.is_zombie());
    stat.is_kernel_thread();
}

fn rlimits(text: &[u8]) {
    accounted(&limits::parse(text, "/proc/1/limits"), lines(text).saturating_sub(1));
}

const HEADS: [&str; 3] = [
    "key msqid perms uid gid cuid cgid cbytes qnum lspid lrpid stime rtime ctime\n",
    "key semid perms uid gid cuid cgid nsems otime ctime\n",
    "key shmid perms uid gid cuid cgid size cpid lpid nattch atime dtime ctime rss swap\n",
];

/// A table as it is, whose heading may be anything, and below the heading of our kernel.
fn table<T>(head: &str, text: &[u8], parse: impl Fn(&[u8]) -> Listing<T>) {
    let listing = parse(text);
    assert!(listing.rows.len() + listing.odd.len() <= lines(text).max(1));
    listing.odd.iter().for_each(one_safe_line);
    accounted(&parse(&[head.as_bytes(), text].concat()), lines(text));
}

fn queues(text: &[u8]) {
    table(HEADS[0], text, parse_msg);
}

fn sets(text: &[u8]) {
    table(HEADS[1], text, parse_sem);
}

fn segments(text: &[u8]) {
    table(HEADS[2], text, parse_shm);
    table(HEADS[2], text, parse_shm_pages);
    let (all, pages) = (parse_shm(text).rows, parse_shm_pages(text).rows);
    assert!(all.len() <= pages.len(), "a row has the places of its pages too");
}

fn descriptor(text: &[u8]) {
    odd_is_told(fds::parse_info(text));
    fds::parse_target(text);
    namespaces::parse(text);
    assert!(sleepers::parse_epoll(text).iter().all(|(fd, _)| *fd >= 0));
}

fn call(text: &[u8]) {
    let Some(Doing::Blocked(call)) = odd_is_told(syscall::parse(text)) else { return };
    let args = call.args.map(|arg| format!(" {arg:#x}")).concat();
    let again = syscall::parse(format!("{}{args} 0x1 0x1\n", call.number).as_bytes());
    assert_eq!(again, Ok(Doing::Blocked(call)));
    calls::wait(&call);
}

fn strings(text: &[u8]) {
    let arguments = parse_arguments(text);
    let joined: Vec<u8> = arguments.iter().flat_map(|argument| [argument, &b"\0"[..]].concat()).collect();
    assert!(joined == text || joined.strip_suffix(b"\0") == Some(text));
}

fn users(text: &[u8]) {
    for entry in names::parse(text) {
        assert!(!entry.name.is_empty() && !entry.name.iter().any(|byte| matches!(byte, b':' | b'\n')));
    }
    for (word, systemd) in [("passwd", true), ("group", false)] {
        let elsewhere = names::Elsewhere::of(text, word, systemd);
        assert!(elsewhere.has_names() || !elsewhere.may_know(1000));
    }
}

fn settings(text: &[u8]) {
    if let Some(numbers) = odd_is_told(sysctl::parse(text)) {
        let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        assert_eq!(sysctl::parse(words.join("\t").as_bytes()), Ok(numbers));
    }
    since::parse_exec_start(text);
}

/// What a blocked thread points to, and its registers.
fn memory(bytes: &[u8]) {
    assert_eq!(waiters::parse_operations(bytes).len(), bytes.len() / 6);
    for operation in waiters::parse_operations(bytes) {
        assert!(!operation.words().is_empty());
    }
    assert!(sleepers::parse_polled(bytes).iter().all(|(fd, _)| *fd >= 0));
    let (count, set) = bytes.split_at(bytes.len().min(1));
    let count = usize::from(count.first().copied().unwrap_or(0)) * 8;
    assert!(sleepers::parse_selected(set, count).iter().all(|fd| (*fd as usize) < count));
    let mut words =
        bytes.chunks_exact(8).filter_map(|word| word.first_chunk()).map(|word| u64::from_ne_bytes(*word));
    let number = words.next().unwrap_or(0).cast_signed() % 512;
    calls::wait(&Call { number, args: std::array::from_fn(|_| words.next().unwrap_or(0)) });
}

fn received(bytes: &[u8]) {
    let mut info = [0; 128];
    let length = bytes.len().min(info.len());
    info[..length].copy_from_slice(&bytes[..length]);
    if let Some(received) = Received::parse(&info) {
        assert!(!received.code.word().is_empty());
        assert!(received.pid.is_none_or(|pid| pid > 0));
    }
}
