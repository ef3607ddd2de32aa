//! `ipctool shm`: create, write, dump, watch, wait, lock.

use nix::sys::signal::Signal;

use crate::sandbox::{NONE, Sandbox, blocked_in, need_program, state, until};

/// A segment of this many bytes with key 0x4d2.
fn with_segment(size: &str) -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", size]).run().status(0).stdout_is("shm:0\n").stderr_is("");
    sb
}

/// Writes its standard input into the segment at an offset, or prints the segment from there.
const PEER: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
int main(int argc, char **argv) {
    struct shmid_ds facts;
    int id = shmget(0x4d2, 0, 0);
    char *memory = shmat(id, 0, 0);
    long offset = atol(argv[2]);
    shmctl(id, IPC_STAT, &facts);
    if (argv[1][0] == 'w') return fread(memory + offset, 1, facts.shm_segsz - offset, stdin) == 0;
    return fwrite(memory + offset, 1, facts.shm_segsz - offset, stdout) == 0;
}
"#;

/// Every byte there is, in an order that shows a shift.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at.wrapping_mul(31) ^ (at >> 8)) as u8).collect()
}

#[test]
fn a_c_program_and_we_see_the_same_bytes() {
    let sb = with_segment("100001");
    let peer = sb.cc(PEER, []);
    let bytes = pattern(100_001);
    sb.command(&peer, ["write", "0"]).stdin(bytes.clone()).run().status(0);
    sb.ipctool(["shm", "dump", "0x4d2"]).run().status(0).stdout_is(&bytes);
    sb.ipctool(["shm", "dump", "0x4d2", "--offset", "65530", "--length", "7"])
        .run()
        .status(0)
        .stdout_is(&bytes[65530..65537]);
    sb.ipctool(["shm", "dump", "0x4d2", "--offset", "100000"]).run().status(0).stdout_is(&bytes[100_000..]);
    sb.ipctool(["shm", "dump", "0x4d2", "--offset", "100001"]).run().status(0).stdout_is("");
    let other: Vec<u8> = bytes.iter().rev().copied().collect();
    sb.ipctool(["shm", "write", "0x4d2"]).stdin(other.clone()).run().status(0).stderr_is("");
    sb.command(&peer, ["read", "0"]).run().status(0).stdout_is(&other);
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "99999", "a", "b"]).run().status(0);
    sb.command(&peer, ["read", "99998"]).run().stdout_is([other[99_998], b'a', b'b']);
    sb.ipctool(["shm", "write", "shm:0", "--hex", "00 ff 0a", "--offset", "1"]).run().status(0);
    sb.ipctool(["shm", "dump", "0x4d2", "--length", "5", "--zero-copy"])
        .run()
        .status(0)
        .stdout_is([other[0], 0, 255, 10, other[4]]);
}

#[test]
fn the_canonical_dump_is_hexdumps() {
    if !need_program("hexdump") {
        return;
    }
    let sb = with_segment("70001");
    let mut bytes = pattern(20_000);
    bytes.extend([0; 30_000]);
    bytes.extend(pattern(20_001));
    sb.ipctool(["shm", "write", "0x4d2"]).stdin(bytes).run().status(0);
    sb.sh("ipctool shm dump 0x4d2 --raw | hexdump -C >theirs; ipctool shm dump 0x4d2 --hex | cmp - theirs")
        .run()
        .status(0)
        .stdout_is("");
}

#[test]
fn hostile_bytes_do_no_harm_on_a_terminal_and_are_exact_off_it() {
    let sb = with_segment("32");
    let hostile = b"\x1b[2J\x07ok\n\xff\x00\x9b31m";
    sb.ipctool(["shm", "write", "0x4d2"]).stdin(hostile.as_slice()).run().status(0);
    for form in [&[][..], &["--text"], &["--strings"], &["--json"], &["--hex"]] {
        let args = [&["shm", "dump", "0x4d2"], form].concat();
        let seen = sb.ipctool(args).terminal(80).run().status(0).stdout;
        assert!(!seen.iter().any(|byte| matches!(byte, 0x1b | 0x07 | 0x9b | 0xff)), "{form:?}");
    }
    sb.ipctool(["shm", "dump", "0x4d2", "--text"]).run().status(0).stdout_is(&hostile[..9]);
    sb.ipctool(["shm", "dump", "0x4d2", "--strings"]).run().status(0).stdout_is("");
    let seen = sb.ipctool(["shm", "dump", "0x4d2", "-r"]).run().status(0).stdout;
    assert_eq!(&seen[..hostile.len()], hostile);
    assert_eq!(seen.len(), 32);
}

#[test]
fn ranges_past_the_end_change_and_show_nothing() {
    let sb = with_segment("100");
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "99", "ab"])
        .run()
        .status(1)
        .stderr_contains("100 bytes");
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "16P", "a"]).run().status(1);
    sb.ipctool(["shm", "dump", "0x4d2", "--offset", "101"]).run().status(1).stdout_is("");
    sb.ipctool(["shm", "dump", "0x4d2", "--offset", "1", "--length", "100"]).run().status(1).stdout_is("");
    sb.ipctool(["shm", "dump", "0x4d2"]).run().status(0).stdout_is([0; 100]);
    // A stream writes what fits, and says how much that was.
    let long = [b'x'; 101];
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "10"])
        .stdin(long.as_slice())
        .run()
        .status(1)
        .stderr_contains("90 bytes were written and more came");
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "10"]).stdin(&long[..90]).run().status(0).stderr_is("");
}

#[test]
fn limits_are_named_with_their_value() {
    let sb = Sandbox::new();
    let create = |size: &str| sb.ipctool(["shm", "create", size]).run();
    create("0").status(1).stderr_contains("at least one byte (EINVAL)");
    create("9223372036854775808").status(1).stderr_contains("EINVAL");
    create("1Q").status(2);
    sb.ipctool(["limits", "set", "shmmax", "8192"]).run().status(0);
    create("8193")
        .status(1)
        .stderr_contains("shmmax, 8192")
        .stderr_contains("ipctool limits set shmmax 8193");
    sb.ipctool(["limits", "set", "shmall", "1"]).run().status(0);
    create("8192").status(1).stderr_contains("shmall allows 1");
    sb.ipctool(["limits", "set", "shmmni", "0"]).run().status(0);
    create("1").status(1).stderr_contains("shmmni allows 0");
    sb.ipctool(["ls", "-q"]).run().stdout_is("");
}

#[test]
fn creating_is_exact_and_changes_nothing_that_exists() {
    let sb = with_segment("100");
    sb.ipctool(["shm", "create", "0x4d2", "100"]).run().status(0).stdout_is("shm:0\n");
    sb.ipctool(["shm", "create", "0x4d2", "99"]).run().status(1).stderr_contains("has 100 bytes, not 99");
    sb.ipctool(["shm", "create", "0x4d2", "100", "-m", "644"])
        .run()
        .status(1)
        .stderr_contains("0600, not 0644");
    sb.ipctool(["shm", "create", "0x4d2", "100", "--exclusive"]).run().status(1).stderr_contains("EEXIST");
    sb.ipctool(["shm", "create", "5", "100"])
        .run()
        .status(2)
        .stderr_contains("the kernel chooses identifiers");
    sb.ipctool(["shm", "create", "--mode", "0606", "4K"]).run().status(0).stdout_is("shm:1\n");
    sb.ipctool(["show", "shm:1", "--field", "mode"]).run().stdout_is("0606\n");
    sb.ipctool(["show", "shm:1", "--field", "segsz"]).run().stdout_is("4096\n");
}

#[test]
fn a_read_only_segment_is_dumped_and_not_written() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", "8", "-m", "0444"]).run().status(0);
    sb.ipctool(["shm", "dump", "0x4d2"]).powerless().run().status(0).stdout_is([0; 8]);
    sb.ipctool(["shm", "write", "0x4d2", "x"])
        .powerless()
        .run()
        .status(4)
        .stderr_contains("its mode is 0444")
        .stderr_contains("hint: it is yours: ipctool change shm:0 --mode 0600");
}

#[test]
fn a_segment_marked_for_removal_is_still_dumped() {
    let sb = Sandbox::new();
    let holder = sb
        .python(
            "import ctypes,sys\nc=ctypes.CDLL(None)\nc.shmat.restype=ctypes.c_void_p\nid=c.shmget(7,8,0o1600)\n\
             ctypes.memmove(c.shmat(id,None,0),b'kept',4)\nc.shmctl(id,0,None)\nprint('ready',flush=True)\nsys.stdin.read()",
        )
        .stdin_open()
        .spawn();
    holder.wait_for_stdout("ready");
    sb.ipctool(["shm", "dump", "0", "--length", "4"]).run().status(0).stdout_is("kept");
    sb.ipctool(["shm", "watch", "0"]).run().status(3).stderr_contains("it was removed (EIDRM)");
}

#[test]
fn each_difference_is_shown_once() {
    let sb = with_segment("4096");
    let watch = sb.ipctool(["shm", "watch", "0x4d2", "--interval", "10ms", "-c", "3", "--json"]).spawn();
    blocked_in(watch.pid, "poll");
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "10", "--hex", "0102"]).run().status(0);
    watch.wait_for_stdout("\"offset\":10");
    let twenty = "ee".repeat(20);
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "4000", "--hex", &twenty]).run().status(0);
    let text = watch.wait().status(0).text();
    let seen: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = seen.iter().map(|one| (one["offset"].clone(), one["length"].clone())).collect();
    assert_eq!(told, [(10.into(), 2.into()), (4000.into(), 16.into()), (4016.into(), 4.into())]);
    assert_eq!((&seen[0]["old"], &seen[0]["new"]), (&"0000".into(), &"0102".into()));
}

/// Half a million differences: a list of them would be many times what is watched.
#[test]
fn differences_are_printed_and_not_held() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", "8M"]).run().status(0);
    let limited = "ulimit -v 80000; exec ipctool shm watch 0x4d2 --interval 10ms -c 3";
    let watch = sb.sh(limited).spawn();
    blocked_in(watch.pid, "poll");
    watch.signal(Signal::SIGSTOP);
    until("it stands still", || state(watch.pid) == Some('T'));
    sb.sh("head -c 8388608 /dev/zero | tr '\\0' x | ipctool shm write 0x4d2").run().status(0);
    watch.signal(Signal::SIGCONT);
    assert_eq!(watch.wait().status(0).stderr_is("").text().lines().count(), 3);
}

#[test]
fn watching_ends_as_it_is_told() {
    let sb = with_segment("64");
    sb.ipctool(["shm", "watch", "0x4d2", "-t", "50ms"])
        .run()
        .status(124)
        .stderr_contains("the timeout passed");
    let watch = sb.ipctool(["shm", "watch", "0x4d2"]).spawn();
    blocked_in(watch.pid, "poll");
    watch.signal(Signal::SIGINT);
    watch.wait().killed_by(Signal::SIGINT).stderr_is("");
    for verb in [&["watch", "0x4d2"][..], &["wait", "0x4d2", "--bytes", "01"]] {
        let at_once = [&["shm"], verb, &["--interval", "0"]].concat();
        sb.ipctool(at_once).run().status(2).stderr_contains("0 is no interval");
    }
    let watch = sb.ipctool(["shm", "watch", "0x4d2", "--interval", "20ms"]).spawn();
    blocked_in(watch.pid, "poll");
    sb.command("ipcrm", ["-m", "0"]).run().status(0);
    watch.wait().status(3);
    sb.ipctool(["show", "-q", "shm:0"]).run().status(3);
}

#[test]
fn waiting_for_bytes_ends_when_they_come() {
    let sb = with_segment("64");
    let wait = ["shm", "wait", "0x4d2", "--offset", "8", "--bytes", "2a 00", "--interval", "10ms"];
    sb.ipctool([&wait[..], &["-n"]].concat()).run().status(5);
    sb.ipctool([&wait[..], &["-t", "30ms"]].concat()).run().status(124);
    let waiting = sb.ipctool(wait).spawn();
    blocked_in(waiting.pid, "poll");
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "8", "--hex", "2a"]).run().status(0);
    waiting.wait().status(0).stdout_is("").stderr_is("");
    sb.ipctool(["shm", "wait", "0x4d2", "--bytes", "0x0a"])
        .run()
        .status(2)
        .stderr_is("ipctool: cannot take '0x0a' as bytes in hex: 'x' is not a hexadecimal digit\nhint: leave out 0x: the digits only\n");
    sb.ipctool(["shm", "wait", "0x4d2", "--bytes", ""]).run().status(2);
    sb.ipctool(["shm", "wait", "0x4d2", "--offset", "64", "--bytes", "00"]).run().status(1);
}

#[test]
fn locking_is_marked_and_undone() {
    let sb = with_segment("4096");
    sb.ipctool(["shm", "lock", "0x4d2"]).run().status(0);
    sb.ipctool(["show", "shm:0", "--field", "status"]).run().stdout_is("locked\n");
    sb.ipctool(["shm", "unlock", "0x4d2"]).run().status(0);
    sb.ipctool(["show", "shm:0", "--field", "status"]).run().stdout_is("\n");
    sb.ipctool(["shm", "lock", "shm:9"]).run().status(3);
    sb.ipctool(["shm", "lock", "/name"]).run().status(2);
}

#[test]
fn an_interrupted_stream_says_how_much_was_written() {
    let sb = with_segment("1M");
    let mut writer = sb.ipctool(["shm", "write", "0x4d2"]).stdin_open().spawn();
    writer.write([7; 5000]);
    blocked_in(writer.pid, "poll");
    until("the bytes are there", || {
        sb.ipctool(["shm", "dump", "0x4d2", "--offset", "4999", "--length", "1"]).run().stdout == [7]
    });
    writer.signal(Signal::SIGINT);
    writer.wait().killed_by(Signal::SIGINT).stderr_contains("5000 bytes were written to shm:0x000004d2");
}

#[test]
fn a_reader_that_leaves_is_an_error_with_the_count() {
    let sb = with_segment("4M");
    sb.ipctool(["shm", "dump", "0x4d2", "--raw"])
        .reader_leaves_after(1000)
        .run()
        .status(1)
        .stderr_contains("of 4194304 bytes went (EPIPE)");
    sb.ipctool(["shm", "dump", "0x4d2", "--raw"])
        .stdout_to("/dev/full")
        .run()
        .status(1)
        .stderr_contains("ENOSPC");
    sb.ipctool(["shm", "dump", "0x4d2", "--raw"]).closed(&[1]).run().status(1);
}

#[test]
fn a_scribbling_program_does_no_harm() {
    let sb = with_segment("256K");
    let scribbler = sb.cc(
        "#include <string.h>\n#include <stdio.h>\n#include <sys/shm.h>\n\
         int main(void) { char *m = shmat(0, 0, 0); puts(\"on\"); fflush(stdout); \
         for (unsigned n = 0;; n++) memset(m, n, 256 * 1024); }",
        ["-O2"],
    );
    let scribbling = sb.command(scribbler, NONE).spawn();
    scribbling.wait_for_stdout("on");
    for _ in 0..10 {
        let seen = sb.ipctool(["shm", "dump", "0x4d2", "--raw"]).run().status(0).stdout;
        assert_eq!(seen.len(), 256 * 1024);
        for form in ["--hex", "--strings", "--json", "--text"] {
            sb.ipctool(["shm", "dump", "0x4d2", form]).run().status(0);
        }
        sb.ipctool(["shm", "write", "0x4d2", "--offset", "1000", "hello"]).run().status(0);
    }
    sb.ipctool(["shm", "watch", "0x4d2", "-c", "100", "--interval", "1ms"]).run().status(0);
    scribbling.signal(Signal::SIGKILL);
}

/// So long that a thread brings pages in ahead, at an odd offset, beside pages that stay untouched.
#[test]
fn a_long_stream_is_exact_and_touches_no_more_than_it_must() {
    let sb = with_segment("96M");
    let bytes: Vec<u8> = pattern(1009).into_iter().cycle().take((33 << 20) + 7).collect();
    std::fs::write(sb.path("bytes"), &bytes).unwrap();
    sb.sh("ipctool shm write 0x4d2 --offset 4097 <bytes").run().status(0);
    let resident = sb.sh("ipctool show shm 0x4d2 --field rss").run().status(0).text();
    let resident: usize = resident.trim().parse().unwrap();
    assert!((33 << 20..=43 << 20).contains(&resident), "{resident} bytes are resident");
    for flag in ["--raw", "--zero-copy"] {
        let dump =
            format!("ipctool shm dump 0x4d2 {flag} --offset 4097 --length {} | cmp - bytes", bytes.len());
        sb.sh(&dump).run().status(0).stderr_is("");
    }
}

/// A command whose standard output is a pipe that does not wait, and is read only when it is full.
const SLOW_READER: &str = r#"
import os, subprocess, sys
r, w = os.pipe()
os.set_blocking(w, False)
child = subprocess.Popen(sys.argv[1:], stdout=w)
def full():
    import select
    return not select.select([], [w], [], 0)[1]
while not full() and child.poll() is None: os.sched_yield()
os.close(w)
size = 0
while block := os.read(r, 65536): size += len(block)
print(child.wait(), size)
"#;

#[test]
fn an_output_that_does_not_wait_gets_all_the_same() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x1", "2M"]).run().status(0);
    for (form, size) in [("--raw", 2 << 20), ("--zero-copy", 2 << 20), ("--json", 5 << 20)] {
        let line = ["-c", SLOW_READER, "ipctool", "shm", "dump", "0x1", form];
        let told = sb.command("python3", line).run().status(0).stderr_is("").text();
        let (status, got) = told.trim().split_once(' ').unwrap();
        assert_eq!(status, "0", "{form}");
        assert!(got.parse::<u64>().unwrap() >= size, "{form}: {got}");
    }
}
