use proptest::prelude::*;

use super::super::testing::Held;
use super::*;

const TEXT: &[u8] = b"Name:\ta\\nUid:\\\\\xff\nUmask:\t0022\nState:\tT (stopped)\nTgid:\t4711\nNgid:\t0\nPid:\t4712\nPPid:\t1\n\
TracerPid:\t9\nUid:\t1000\t1001\t1002\t4294967295\nGid:\t0\t1\t2\t3\nFDSize:\t256\nGroups:\t \nNSpid:\t4712\t12\nKthread:\t0\n\
VmSize:\t    3060 kB\nVmLck:\t       4 kB\nVmRSS:\t    1732 kB\nThreads:\t2\nSigQ:\t3/96364\nSigPnd:\t0000000000000200\n\
ShdPnd:\t0000000080000000\nSigBlk:\tfffffffe7ffbfeff\nSigIgn:\t0000000000001000\nSigCgt:\t8000000000000001\n";

#[test]
fn a_captured_text() {
    let status = parse(TEXT).unwrap();
    assert_eq!(status.name, b"a\nUid:\\\xff");
    assert_eq!((status.state, status.tgid, status.pid, status.ppid, status.tracer), ('T', 4711, 4712, 1, 9));
    assert_eq!((status.uid, status.gid), ([1000, 1001, 1002, u32::MAX], [0, 1, 2, 3]));
    assert_eq!((status.ns_pid.as_slice(), status.threads, status.queued), (&[4712, 12][..], 2, (3, 96364)));
    let signals = status.signals;
    assert_eq!(Signals::in_set(signals.pending).collect::<Vec<_>>(), [10]);
    assert_eq!(Signals::in_set(signals.shared_pending).collect::<Vec<_>>(), [32]);
    assert_eq!(Signals::in_set(signals.caught).collect::<Vec<_>>(), [1, 64]);
    assert!(!Signals::has(signals.blocked, 9) && Signals::has(signals.blocked, 1));
    assert!(Signals::has(signals.ignored, 13) && !Signals::has(u64::MAX, 65) && !Signals::has(u64::MAX, 0));
    let memory = (status.vm_size, status.vm_rss, status.vm_locked);
    assert_eq!(memory, (Some(3060 * 1024), Some(1732 * 1024), Some(4096)));
}

#[test]
fn a_kernel_thread_has_no_memory_and_an_old_kernel_no_inner_pids() {
    let kept = field::lines(TEXT).filter(|line| !line.starts_with(b"Vm") && !line.starts_with(b"NSpid"));
    let text: Vec<u8> = kept.flat_map(|line| [line, b"\n"].concat()).collect();
    let status = parse(&text).unwrap();
    assert_eq!((status.vm_size, status.vm_rss, status.ns_pid.len()), (None, None, 0));
}

#[test]
fn odd_fields_are_named_with_their_line() {
    assert_eq!(parse(b"").unwrap_err(), Odd { line: 1, field: "Name" });
    let odd = |from: &[u8], to: &[u8]| {
        let at = TEXT.windows(from.len()).position(|window| window == from).unwrap();
        parse(&[&TEXT[..at], to, &TEXT[at + from.len()..]].concat()).unwrap_err()
    };
    assert_eq!(odd(b"4294967295", b"4294967296"), Odd { line: 9, field: "Uid" });
    assert_eq!(odd(b"\t1001", b""), Odd { line: 9, field: "Uid" });
    assert_eq!(odd(b"3/9", b"39"), Odd { line: 19, field: "SigQ" });
    assert_eq!(odd(b"3060", b"18446744073709551615").field, "VmSize");
}

#[test]
fn a_child_of_ours() {
    let child = Held::sleeper();
    let status = status(child.pid()).unwrap().unwrap();
    assert_eq!((status.name.as_slice(), status.pid, status.tgid), (&b"sleep"[..], child.pid(), child.pid()));
    assert_eq!(status.ppid, std::process::id().cast_signed());
    assert_eq!(status.uid[1], nix::unistd::geteuid().as_raw());
    assert_eq!((status.state, status.threads, status.ns_pid.first()), ('S', 1, Some(&child.pid())));
    assert!(status.vm_size > status.vm_rss && status.queued.0 <= status.queued.1);
    assert_eq!(threads(child.pid()), Ok(Some(vec![child.pid()])));
    assert_eq!(of_thread(child.pid(), child.pid()).unwrap().unwrap().name, b"sleep");
    assert_eq!((super::status(i32::MAX), threads(i32::MAX)), (Ok(None), Ok(None)));
}

proptest! {
    #[test]
    fn any_bytes_end(text in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..TEXT.len()) {
        let _ = parse(&text);
        let _ = parse(&[&TEXT[..cut], &text[..]].concat());
        unescape(&text);
    }
}
