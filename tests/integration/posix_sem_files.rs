//! Files of POSIX semaphores: those of musl's library, and those that somebody cuts short.

use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;

use crate::sandbox::{Sandbox, blocked_in, ended, may_skip, rounds, until};

/// As musl's library is used; its headers may be missing. Does what the letters say: w waits, p posts, r prints the value.
/// A number before them says how often.
const PEER: &str = r#"
typedef struct { int words[8]; } sem;
sem *sem_open(const char *, int, ...);
int sem_wait(sem *), sem_post(sem *), sem_getvalue(sem *, int *);
int printf(const char *, ...), atoi(const char *);
int main(int argc, char **argv) {
    sem *it = sem_open(argv[1], 0100, 0600, 1);
    int value;
    if (!it) return 1;
    for (int turn = atoi(argv[2]); turn > 0; turn--)
        for (char *verb = argv[3]; *verb; verb++)
            switch (*verb) {
            case 'w': if (sem_wait(it)) return 2; break;
            case 'p': if (sem_post(it)) return 3; break;
            case 'r': if (sem_getvalue(it, &value)) return 4; printf("%d\n", value); break;
            }
    return 0;
}
"#;

/// The directory of the C library that Rust brings for static programs; not every user may run rustc.
fn musl() -> Option<String> {
    let told = Command::new("rustc").args(["--print", "sysroot"]).output().ok()?;
    let root = String::from_utf8(told.stdout).ok()?;
    let dir = format!("{}/lib/rustlib/x86_64-unknown-linux-musl/lib/self-contained", root.trim_end());
    Path::new(&dir).join("libc.a").exists().then_some(dir)
}

/// The peer, linked with musl; None (said) where that is missing.
fn peer(sb: &Sandbox) -> Option<std::path::PathBuf> {
    let dir = musl().or_else(|| {
        may_skip("needs the musl target of Rust");
        None
    })?;
    let part = |name: &str| format!("{dir}/{name}");
    let (start, first, library, last) = (part("crt1.o"), part("crti.o"), part("libc.a"), part("crtn.o"));
    let flags = ["-fno-builtin", "-nostdlib", "-static", "-no-pie", &start, &first, &library, "-lgcc", &last];
    Some(sb.cc(PEER, flags))
}

#[test]
fn a_semaphore_of_musl_is_one_to_who_calls_it_so() {
    let sb = Sandbox::new();
    let Some(peer) = peer(&sb) else { return };
    let c = |verbs: &str| sb.command(&peer, ["/gate", "1", verbs]);
    let sem = |args: &[&str]| sb.ipctool([&["sem"], args].concat());
    c("r").run().status(0).stdout_is("1\n");
    sb.sh("stat -c '%n %s' /dev/shm/*").run().stdout_is("/dev/shm/gate 32\n");
    sem(&["get", "/gate"]).run().status(0).stdout_is("1\n");
    sem(&["p", "/gate", "-n"]).run().status(0).stderr_is("");
    sem(&["p", "/gate", "-n"]).run().status(5).stderr_contains("its value is 0");
    sem(&["p", "/gate", "-t", "25ms"]).run().status(124);
    let waiter = c("wr").spawn();
    blocked_in(waiter.pid, "futex");
    let shown = sb.ipctool(["show", "sem:/gate", "--json"]).run().status(0).json();
    crate::schema::assert_valid("show", &shown);
    assert_eq!(shown[0]["waiters"][0]["pid"], waiter.pid);
    assert_eq!((shown[0]["value"].as_u64(), shown[0]["waiting"].as_u64()), (Some(0), Some(1)));
    sem(&["v", "/gate"]).run().status(0).stderr_is("");
    waiter.wait().status(0).stdout_is("0\n");
    // One that knows nothing of us, and one of ours, both asleep.
    let (theirs, ours) = (c("w").spawn(), sem(&["p", "/gate"]).spawn());
    blocked_in(theirs.pid, "futex");
    blocked_in(ours.pid, "futex");
    c("pp").run().status(0);
    theirs.wait().status(0);
    ours.wait().status(0).stderr_is("");
    let ours = sem(&["p", "/gate"]).spawn();
    blocked_in(ours.pid, "futex");
    ours.signal(Signal::SIGINT);
    ours.wait().killed_by(Signal::SIGINT).stderr_is("");
    sb.ipctool(["show", "sem:/gate", "--field", "waiting"]).run().status(0).stdout_is("0\n");
    sem(&["set", "/gate", "7"]).run().status(0);
    c("r").run().status(0).stdout_is("7\n");
    sem(&["v", "/gate", "--by", "2"]).run().status(0);
    c("wr").run().status(0).stdout_is("8\n");
}

#[test]
fn lists_show_a_semaphore_of_musl_as_shared_memory_and_verbs_reach_it() {
    let sb = Sandbox::new();
    let Some(peer) = peer(&sb) else { return };
    sb.command(&peer, ["/m", "1", "r"]).run().status(0);
    sb.ipctool(["ls", "sem", "shm", "-q"]).run().status(0).stdout_is("shm:/m\n");
    sb.ipctool(["change", "sem:/m", "--mode", "0640"]).run().status(0);
    sb.sh("stat -c %a /dev/shm/m").run().stdout_is("640\n");
    // The name that glibc's library gives comes first.
    sb.ipctool(["sem", "create", "/m", "--value", "5"]).run().status(0);
    sb.ipctool(["sem", "get", "/m"]).run().status(0).stdout_is("5\n");
    sb.ipctool(["rm", "sem:/m"]).run().status(0);
    sb.ipctool(["sem", "get", "/m"]).run().status(0).stdout_is("1\n");
    sb.ipctool(["rm", "sem:/m"]).run().status(0);
    sb.ipctool(["rm", "sem:/m"]).run().status(3);
    // Shared memory that holds something else is no semaphore, whatever its size.
    sb.sh("printf '%032d' 7 > /dev/shm/other; mkdir /dev/shm/dir").run().status(0);
    for name in ["/other", "/dir"] {
        sb.ipctool(["sem", "get", name]).run().status(3).stderr_contains("no such semaphore");
    }
}

#[test]
fn turns_with_musl_lose_nothing() {
    let turns = (rounds(8_000) / 400).max(20);
    let sb = Sandbox::new();
    let Some(peer) = peer(&sb) else { return };
    sb.command(&peer, ["/turn", "1", "r"]).run().status(0);
    let ours = format!(
        "for i in $(seq {turns}); do case $((i % 3)) in
            0) ipctool sem p /turn -t 1ms 2>/dev/null || continue ;; *) ipctool sem p /turn ;; esac
        ipctool sem v /turn; done"
    );
    let mut running = Vec::new();
    for _ in 0..3 {
        running.push(sb.command(&peer, ["/turn", &(400 * turns).to_string(), "wp"]).spawn());
        running.push(sb.sh(&ours).spawn());
    }
    let words = || std::fs::read(sb.look("/dev/shm/turn")).unwrap();
    for one in running {
        let over = || ended(one.pid);
        // However long it takes on a slow machine: somebody always goes on.
        while !over() {
            let before = words();
            until("somebody takes it, or a worker ends", || over() || words() != before);
        }
        one.wait().status(0).stderr_is("");
    }
    sb.ipctool(["show", "sem:/turn", "--field", "waiting"]).run().status(0).stdout_is("0\n");
    sb.ipctool(["sem", "get", "/turn"]).run().status(0).stdout_is("1\n");
}

#[test]
fn a_semaphore_cut_short_while_it_is_waited_for_is_an_error() {
    let sb = Sandbox::new();
    sb.sh("truncate -s 4096 file").run().status(0);
    let file = format!("in:{}+64", sb.path("file").display());
    for (name, cut) in [("/s", "truncate -s 0 /dev/shm/sem.s"), (&file, "truncate -s 0 file")] {
        sb.ipctool(["sem", "create", name, "--value", "0"]).run().status(0);
        let waiter = sb.ipctool(["sem", "p", name]).spawn();
        blocked_in(waiter.pid, "futex");
        let timed = sb.ipctool(["sem", "p", name, "--timeout", "60s"]).spawn();
        blocked_in(timed.pid, "futex");
        sb.sh(cut).run().status(0);
        // An interruption makes it look again.
        for one in [waiter, timed] {
            one.signal(Signal::SIGSTOP);
            until("it stands", || crate::sandbox::state(one.pid) == Some('T'));
            one.signal(Signal::SIGCONT);
            one.wait().status(1).stderr_contains("its file was cut short (ENXIO)");
        }
    }
    sb.ipctool(["sem", "v", "/s"]).run().status(3).stderr_contains("no semaphore");
    sb.ipctool(["sem", "v", &file]).run().status(1).stderr_contains("the memory ends at 0");
}

#[test]
fn run_that_could_not_give_back_is_no_success() {
    let sb = Sandbox::new();
    for (end, status) in [("", 125), ("; exit 3", 3)] {
        sb.ipctool(["sem", "create", "/s"]).run().status(0);
        let script = format!("truncate -s 0 /dev/shm/sem.s{end}");
        sb.ipctool(["sem", "run", "/s", "--", "sh", "-c", &script])
            .run()
            .status(status)
            .stderr_contains("cannot release sem:/s: its file was cut short (ENXIO)");
        sb.sh("rm /dev/shm/sem.s").run().status(0);
    }
}

#[test]
fn a_full_dev_shm_is_an_error_that_leaves_nothing() {
    let sb = Sandbox::new();
    let sem = |args: &[&str]| sb.ipctool([&["sem"], args].concat()).run();
    let full = |args: &[&str]| {
        sem(args).status(1).stdout_is("").stderr_contains("is full (ENOSPC)").stderr_contains("hint: ");
    };
    sb.sh("mount -t tmpfs -o size=4k,mode=1777 none /dev/shm && head -c 4096 /dev/zero >/dev/shm/fill")
        .run()
        .status(0);
    full(&["create", "/s"]);
    full(&["p", "/s", "--create", "-n"]);
    sem(&["run", "/s", "--create", "--", "true"]).status(125).stderr_contains("is full (ENOSPC)");
    sb.sh("ls /dev/shm").run().stdout_is("fill\n");
    // Files with no page behind them: what is stored there by way of memory has no place to go.
    sb.sh("truncate -s 32 /dev/shm/sem.hole && truncate -s 4096 /dev/shm/hole").run().status(0);
    for name in ["in:/hole+64", "in:/dev/shm/hole+64"] {
        full(&["create", name]);
    }
    full(&["v", "/hole"]);
    full(&["set", "/hole", "3"]);
    sem(&["get", "/hole"]).status(0).stdout_is("0\n");
    sb.sh("rm /dev/shm/fill").run().status(0);
    sem(&["v", "/hole"]).status(0);
    sem(&["get", "/hole"]).status(0).stdout_is("1\n");
}

#[test]
fn no_inode_left_in_dev_shm_is_an_error_too() {
    let sb = Sandbox::new();
    sb.sh("mount -t tmpfs -o nr_inodes=2,mode=1777 none /dev/shm && touch /dev/shm/one").run().status(0);
    sb.ipctool(["sem", "create", "/s"]).run().status(1).stdout_is("").stderr_contains("is full (ENOSPC)");
    sb.sh("ls /dev/shm").run().stdout_is("one\n");
}

#[test]
fn a_fifo_named_as_a_semaphores_memory_is_not_opened() {
    let sb = Sandbox::new();
    sb.command("mkfifo", ["f"]).run().status(0);
    let reader = sb.command("cat", ["f"]).spawn();
    blocked_in(reader.pid, "open");
    let place = format!("in:{}+0", sb.path("f").display());
    for verb in ["create", "get", "v"] {
        sb.ipctool(["sem", verb, &place]).run().status(1).stderr_contains("it is a FIFO, not a regular file");
    }
    sb.ipctool(["show", &format!("sem:{place}")]).run().status(1);
    // Whoever waits for a writer would have been let go, and seen the end.
    blocked_in(reader.pid, "open");
    let missing = format!("in:{}+0", sb.path("missing").display());
    sb.ipctool(["sem", "get", &missing]).run().status(3);
    sb.sh("touch closed; chmod 0 closed").run().status(0);
    let closed = format!("in:{}+0", sb.path("closed").display());
    sb.ipctool(["sem", "v", &closed]).powerless().run().status(4).stderr_contains("mode is 0000");
}
