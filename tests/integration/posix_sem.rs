//! POSIX semaphores, named and in memory, with C programs at the other end.

use nix::sys::signal::Signal;

use crate::sandbox::{Sandbox, blocked_in, ended, rounds, until};

/// Opens a semaphore (`/name`, or the one at an offset in what it maps) and does what the letters say: w waits, t waits
/// with a timeout, y tries, p posts, i makes it with value 0, r prints its value, s says so and stays.
const PEER: &str = r#"
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
    sem_t *sem;
    int value;
    struct timespec then;
    if (argv[1][0] == 'n') sem = sem_open(argv[2], O_CREAT, 0600, 1);
    else if (argv[1][0] == 'v') sem = (sem_t *)((char *)shmat(atoi(argv[2]), 0, 0) + atoi(argv[3]));
    else {
        int fd = argv[1][0] == 'p' ? shm_open(argv[2], O_RDWR, 0) : open(argv[2], O_RDWR);
        sem = (sem_t *)((char *)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) + atoi(argv[3]));
    }
    for (char *verb = argv[4]; *verb; verb++) {
        clock_gettime(CLOCK_REALTIME, &then);
        then.tv_sec += 1;
        switch (*verb) {
        case 'i': if (sem_init(sem, 1, 0)) return 1; break;
        case 'w': if (sem_wait(sem)) return 2; break;
        case 't': if (sem_timedwait(sem, &then)) return 3; break;
        case 'y': if (sem_trywait(sem)) return 4; break;
        case 'p': if (sem_post(sem)) return 5; break;
        case 'r': sem_getvalue(sem, &value); printf("%d\n", value); break;
        case 's': puts("ready"); fflush(stdout); getchar(); break;
        }
    }
    return 0;
}
"#;

#[test]
fn a_c_waiter_is_shown_and_woken_and_the_other_way_round() {
    let sb = Sandbox::new();
    let peer = sb.cc(PEER, ["-pthread", "-lrt"]);
    let c = |verbs: &str| sb.command(&peer, ["n", "/gate", "", verbs]);
    c("r").run().status(0).stdout_is("1\n");
    sb.ipctool(["sem", "get", "/gate"]).run().status(0).stdout_is("1\n");
    sb.ipctool(["sem", "p", "gate", "--nowait"]).run().status(0).stderr_is("");
    c("r").run().status(0).stdout_is("0\n");
    let waiter = c("wr").spawn();
    blocked_in(waiter.pid, "futex");
    let shown = sb.ipctool(["show", "sem:/gate", "--json"]).run().status(0).json();
    crate::schema::assert_valid("show", &shown);
    assert_eq!(shown[0]["waiters"][0]["pid"], waiter.pid);
    assert_eq!(shown[0]["attached"][0]["pid"], waiter.pid);
    assert_eq!((shown[0]["value"].as_u64(), shown[0]["waiting"].as_u64()), (Some(0), Some(1)));
    sb.ipctool(["rm", "sem", "--all", "--yes"]).run().status(0).stdout_is("");
    sb.ipctool(["sem", "v", "/gate"]).run().status(0).stderr_is("");
    waiter.wait().status(0).stdout_is("0\n");
    let ours = sb.ipctool(["sem", "p", "/gate"]).spawn();
    blocked_in(ours.pid, "futex");
    c("p").run().status(0);
    ours.wait().status(0).stderr_is("");
    let ours = sb.ipctool(["sem", "p", "/gate"]).spawn();
    blocked_in(ours.pid, "futex");
    ours.signal(Signal::SIGINT);
    ours.wait().killed_by(Signal::SIGINT).stderr_is("");
    sb.ipctool(["show", "sem:/gate", "--field", "waiting"]).run().status(0).stdout_is("0\n");
    sb.ipctool(["sem", "p", "/gate", "--timeout", "20ms"]).run().status(124);
    sb.ipctool(["sem", "v", "/gate", "--by", "3"]).run().status(0);
    c("tyr").run().status(0).stdout_is("1\n");
}

#[test]
fn semaphores_in_memory_meet_those_of_sem_init() {
    let sb = Sandbox::new();
    let peer = sb.cc(PEER, ["-pthread", "-lrt"]);
    sb.ipctool(["shm", "create", "0x7", "4096"]).run().status(0).stdout_is("shm:0\n");
    sb.ipctool(["shm", "create", "/o", "4096"]).run().status(0);
    sb.sh("truncate -s 4096 file").run().status(0);
    let file = sb.path("file").display().to_string();
    for (letter, place, memory) in
        [("v", "0", "0".to_string()), ("p", "/o", "/o".to_string()), ("f", &file, file.clone())]
    {
        let c = |verbs: &str, offset: &str| sb.command(&peer, [letter, place, offset, verbs]);
        let at = |offset: u32| format!("in:{memory}+{offset}");
        let sem = |args: &[&str]| sb.ipctool([&["sem"], args].concat()).run();
        c("i", "64").run().status(0);
        sem(&["v", &at(64)]).status(0).stderr_is("");
        c("wr", "64").run().status(0).stdout_is("0\n");
        sem(&["create", &at(128), "--value", "2"]).status(0).stdout_is(format!("sem:{}\n", at(128)));
        c("tyr", "128").run().status(0).stdout_is("0\n");
        let waiter = c("w", "128").spawn();
        blocked_in(waiter.pid, "futex");
        let shown = sb.ipctool(["show", &format!("sem:{}", at(128)), "--json"]).run().status(0).json();
        crate::schema::assert_valid("show", &shown);
        assert_eq!(shown[0]["waiters"][0]["pid"], waiter.pid, "{memory}");
        sem(&["v", &at(128)]).status(0);
        waiter.wait().status(0);
        sem(&["create", &at(128), "--exclusive"]).status(1).stderr_contains("it exists already");
        sem(&["p", &at(256), "-n"]).status(1).stderr_contains("sem_init with pshared = 1 has not been there");
        sem(&["p", &at(4080), "-n"]).status(1).stderr_contains("the memory ends at 4096");
        sem(&["create", &at(4)]).status(2).stderr_contains("a multiple of 8");
        sb.ipctool(["rm", &format!("sem:{}", at(128))]).run().status(2).stderr_contains("with its memory");
    }
    sb.ipctool(["shm", "write", "/o", "x", "--offset", "300"]).run().status(0);
    sb.ipctool(["sem", "create", "in:/o+288"]).run().status(1).stderr_contains("not zero");
}

#[test]
fn a_waiter_in_another_namespaces_segment_is_not_ours() {
    let (sb, other) = (Sandbox::new(), Sandbox::new());
    for one in [&sb, &other] {
        one.ipctool(["shm", "create", "0x7", "4096"]).run().status(0).stdout_is("shm:0\n");
        one.ipctool(["sem", "create", "in:0+64", "--value", "0"]).run().status(0);
    }
    let theirs = other.ipctool(["sem", "p", "in:0+64"]).spawn();
    blocked_in(theirs.pid, "futex");
    let shown = sb.ipctool(["show", "sem:in:0+64", "--json"]).run().status(0).json();
    assert_eq!(shown[0]["waiters"], serde_json::json!([]));
}

#[test]
fn what_posix_has_not_is_refused_plainly() {
    let sb = Sandbox::new();
    let sem = |args: &[&str]| sb.ipctool([&["sem"], args].concat()).run();
    sem(&["create", "/s", "--value", "2", "--mode", "0640"]).status(0).stdout_is("sem:/s\n");
    sb.sh("stat -c '%a %s' /dev/shm/sem.s; ls /dev/shm").run().stdout_is("640 32\nsem.s\n");
    sem(&["create", "/s", "--value", "9"]).status(0).stdout_is("sem:/s\n");
    sem(&["get", "/s"]).status(0).stdout_is("2\n");
    sem(&["create", "/s", "--exclusive"]).status(1).stderr_contains("it exists already");
    sem(&["create", "/s", "--mode", "0600"]).status(1).stderr_contains("its mode is 0640");
    sem(&["create", "/t", "--sems", "2"]).status(2).stderr_contains("one semaphore");
    sem(&["z", "/s"]).status(2).stderr_contains("System V set has");
    sem(&["op", "/s", "0:-1"]).status(2).stderr_contains("System V set has");
    sem(&["p", "/s", "--by", "2"]).status(2).stderr_contains("one at a time");
    sem(&["p", "/s", "--hold-for", "1"]).status(2).stderr_contains("nothing gives");
    sem(&["p", "/s", "--index", "1"]).status(1).stderr_contains("it has one, number 0");
    sem(&["p", "/none"]).status(3).stderr_contains("no such semaphore");
    sem(&["set", "/s", "5"]).status(0).stderr_is("");
    sem(&["get", "/s", "--index", "0"]).status(0).stdout_is("5\n");
    sem(&["set", "/s", "32767"]).status(0);
    sem(&["v", "/s", "--by", "32767"]).status(0);
    sem(&["get", "/s"]).status(0).stdout_is("65534\n");
    sb.ipctool(["ls", "sem", "-q", "--sysv"]).run().status(0).stdout_is("");
    sb.ipctool(["rm", "sem:/s"]).run().status(0).stderr_is("");
    sem(&["get", "/s"]).status(3);
}

#[test]
fn run_gives_back_at_every_end_that_can_be_caught() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "/s"]).run().status(0);
    let get = || sb.ipctool(["sem", "get", "/s"]).run().status(0).text();
    let run = |command: &[&str]| sb.ipctool([&["sem", "run", "/s", "--nowait", "--"], command].concat());
    run(&["ipctool", "sem", "get", "/s"]).run().status(0).stdout_is("0\n");
    run(&["sh", "-c", "exit 7"]).run().status(7);
    run(&["sh", "-c", "kill -9 $$"]).run().status(137);
    assert_eq!(get(), "1\n");
    let holder = run(&["sh", "-c", "echo ready; read line"]).stdin_open().spawn();
    holder.wait_for_stdout("ready");
    run(&["true"]).run().status(125).stderr_contains("its value is 0");
    sb.ipctool(["sem", "run", "/s", "-n", "-E", "75", "--", "true"]).run().status(75);
    holder.signal(Signal::SIGTERM);
    holder.wait().status(143);
    assert_eq!(get(), "1\n");
    run(&["/nonexistent"]).run().status(127);
    sb.ipctool(["sem", "run", "/n", "--slots", "2", "--", "ipctool", "sem", "get", "/n"])
        .run()
        .status(0)
        .stdout_is("1\n");
}

#[test]
fn run_gives_back_at_signals_that_would_end_any_program() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "/s"]).run().status(0);
    let get = || sb.ipctool(["sem", "get", "/s"]).run().status(0).text();
    let run = || {
        let script = "echo ready; read line; exit 4";
        let holder =
            sb.ipctool(["sem", "run", "/s", "--nowait", "--", "sh", "-c", script]).stdin_open().spawn();
        holder.wait_for_stdout("ready");
        holder
    };
    for signal in [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGALRM, Signal::SIGIO] {
        let holder = run();
        holder.signal(signal);
        holder.wait().status(128 + signal as i32);
        assert_eq!(get(), "1\n", "{signal}");
    }
    // A terminal sends it to the command as well: its end is what counts.
    let mut holder = run();
    holder.signal(Signal::SIGQUIT);
    holder.close_stdin();
    holder.wait().status(4);
    assert_eq!(get(), "1\n");
    sb.ipctool(["sem", "p", "/s"]).run().status(0);
    let waiter = sb.ipctool(["sem", "run", "/s", "--", "true"]).spawn();
    blocked_in(waiter.pid, "futex");
    waiter.signal(Signal::SIGQUIT);
    waiter.wait().killed_by(Signal::SIGQUIT);
    assert_eq!(get(), "0\n");
}

#[test]
fn a_value_is_read_with_read_permission_alone() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "/s", "--mode", "0444", "--value", "5"]).run().status(0);
    sb.ipctool(["shm", "create", "/m", "64", "--mode", "0644"]).run().status(0);
    sb.ipctool(["sem", "create", "in:/m+0", "--value", "3"]).run().status(0);
    sb.ipctool(["shm", "change", "/m", "--mode", "0444"]).run().status(0);
    let get = |args: &[&str]| sb.ipctool([&["sem", "get"], args].concat()).powerless().run();
    get(&["/s"]).status(0).stdout_is("5\n");
    get(&["/s", "-i", "0"]).status(0).stdout_is("5\n");
    get(&["in:/m+0"]).status(0).stdout_is("3\n");
    get(&["/s", "-i", "1"]).status(1).stderr_contains("there is no semaphore 1");
    get(&["in:/m+32"]).status(1).stderr_contains("sem_init with pshared = 1 has not been there");
    sb.ipctool(["sem", "change", "/s", "--mode", "0200"]).run().status(0);
    get(&["/s"]).status(4).stderr_contains("cannot read sem:/s: its mode is 0200");
}

/// Worker of the mixed run: so many turns of waiting (in each of the three ways), counting without a lock of its own,
/// and posting; `bump` is one such count under somebody else's semaphore.
const MIXED: &str = r#"
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
static void take(sem_t *sem, int turn) {
    struct timespec soon;
    switch (turn % 3) {
    case 0: while (sem_wait(sem)) {} return;
    case 1: while (sem_trywait(sem)) {} return;
    case 2:
        do {
            clock_gettime(CLOCK_REALTIME, &soon);
            soon.tv_nsec += 200000;
            if (soon.tv_nsec >= 1000000000) { soon.tv_nsec -= 1000000000; soon.tv_sec++; }
        } while (sem_timedwait(sem, &soon));
    }
}
int main(int argc, char **argv) {
    int fd = shm_open("/count", O_RDWR, 0);
    volatile long *count = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (!strcmp(argv[1], "bump")) { *count = *count + 1; return 0; }
    sem_t *sem = sem_open("/mutex", 0);
    for (int turn = 0; turn < atoi(argv[1]); turn++) {
        take(sem, turn);
        *count = *count + 1;
        sem_post(sem);
    }
    return 0;
}
"#;

/// Ours: waits with short timeouts, and some ended by a signal; what was taken is given back.
const OURS: &str = r#"
done=0
while [ $done -lt $1 ]; do
    case $((RANDOM % 3)) in
    0) ipctool sem p /mutex --timeout 5ms 2>/dev/null ;;
    1) timeout --preserve-status -s INT 0.00$((1 + RANDOM % 9)) ipctool sem p /mutex 2>/dev/null ;;
    2) ipctool sem p /mutex ;;
    esac || continue
    "$2" bump && ipctool sem v /mutex && done=$((done + 1))
done
"#;

#[test]
fn mixed_waits_and_posts_lose_nothing_and_nobody_sleeps_on_a_posted_semaphore() {
    let theirs = rounds(8_000) / 4;
    let ours = (rounds(8_000) / 400).max(10);
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "/count", "4096"]).run().status(0);
    sb.ipctool(["sem", "create", "/mutex"]).run().status(0);
    let worker = sb.cc(MIXED, ["-pthread", "-lrt"]);
    std::fs::write(sb.path("ours"), OURS).unwrap();
    let mut running = Vec::new();
    for _ in 0..4 {
        running.push(sb.command(&worker, [theirs.to_string()]).spawn());
        let script = format!("bash ours {ours} {}", worker.display());
        running.push(sb.sh(&script).spawn());
    }
    let count = || std::fs::read(sb.look("/dev/shm/count")).unwrap()[..8].to_vec();
    for one in running {
        let over = || ended(one.pid);
        // However long it takes on a slow machine: somebody always goes on.
        while !over() {
            let before = count();
            until("somebody takes it, or a worker ends", || over() || count() != before);
        }
        one.wait().status(0).stderr_is("");
    }
    sb.ipctool(["sem", "get", "/mutex"]).run().status(0).stdout_is("1\n");
    sb.ipctool(["show", "sem:/mutex", "--field", "waiting"]).run().status(0).stdout_is("0\n");
    let expected = u64::try_from(4 * (theirs + ours)).unwrap();
    sb.ipctool(["shm", "dump", "/count", "--length", "8"]).run().status(0).stdout_is(expected.to_ne_bytes());
}
