//! Memory as C structs: read, changed, waited for and watched together with C programs.

use std::thread;

use nix::sys::signal::Signal;

use crate::person::{PERSON, reader, writer};
use crate::sandbox::{NONE, Sandbox, blocked_in};

/// Waits until `written` is set, prints the text, and clears it, twice.
const POLLER: &str = r#"
#include <stdio.h>
#include <sys/shm.h>
#include <sched.h>
struct shared { volatile int written; char text[2048]; } *shared;
int main(void) {
    shared = shmat(shmget(0x4d2, sizeof *shared, IPC_CREAT | 0600), 0, 0);
    for (int turn = 0; turn < 2; turn++) {
        while (!shared->written) sched_yield();
        puts(shared->text);
        fflush(stdout);
        shared->written = 0;
    }
    return 0;
}
"#;

/// Segment 0 of key 0x4d2, in C.
const SEGMENT: &str = "shmat(shmget(0x4d2, sizeof *person, IPC_CREAT | 0600), 0, 0)";

fn put_a_person(sb: &Sandbox) {
    sb.command(sb.cc(&writer(SEGMENT), []), NONE).run().status(0);
}

/// What a program in C sees of the person in segment 0.
fn person(sb: &Sandbox) -> String {
    sb.command(sb.cc(&reader("shmat(0, 0, SHM_RDONLY)"), []), NONE).run().status(0).text()
}

#[test]
fn one_writes_we_change_a_field_another_reads() {
    let sb = Sandbox::new();
    put_a_person(&sb);
    sb.ipctool(["shm", "dump", "0x4d2", "--struct", PERSON]).run().status(0).stdout_is(
        "FIELD  OFFSET  TYPE      VALUE\n\
         age    0       int       28\n\
         name   4       char[20]  Anna\n\
         id     24      int       4711\n",
    );
    sb.ipctool(["shm", "dump", "0x4d2", "--struct", PERSON, "--json"])
        .run()
        .status(0)
        .stdout_is("{\"age\":28,\"name\":\"Anna\",\"id\":4711}\n");
    sb.ipctool(["shm", "dump", "0x4d2", "--struct", PERSON, "--get", "name"])
        .run()
        .status(0)
        .stdout_is("Anna\n");
    sb.ipctool(["shm", "write", "0x4d2", "--struct", PERSON, "--set", "age=29", "--set", "name=Berta"])
        .run()
        .status(0)
        .stdout_is("");
    assert_eq!(person(&sb), "29 Berta 4711\n");
}

#[test]
fn a_wrong_field_or_value_writes_nothing() {
    let sb = Sandbox::new();
    put_a_person(&sb);
    let write = |flags: &[&str]| {
        sb.ipctool([&["shm", "write", "0x4d2", "--struct", PERSON][..], flags].concat()).run()
    };
    write(&["--set", "age=1", "--set", "ages=2"]).status(2).stderr_contains("age");
    write(&["--set", "age=1", "--set", "name=12345678901234567890x"]).status(2);
    write(&["--set", "age=4294967296"]).status(2);
    write(&["--set", "id=1", "--if", "age=29"]).status(5).stderr_contains("it is 28");
    write(&["--if", "age=28"]).status(2).stderr_contains("nothing to write");
    write(&["--set", "id=1", "bytes"]).status(2);
    sb.ipctool(["shm", "write", "0x4d2", "--set", "id=1"]).run().status(2).stderr_contains("--struct");
    sb.ipctool(["shm", "dump", "0x4d2", "--struct", "int 5x"]).run().status(2).stderr_contains("line 1");
    sb.ipctool(["shm", "dump", "0x4d2", "--struct", "int a[100]"])
        .run()
        .status(1)
        .stderr_contains("28 bytes");
    assert_eq!(person(&sb), "28 Anna 4711\n");
    write(&["--set", "id=1", "--if", "age<29", "--if", "name=Anna"]).status(0);
    assert_eq!(person(&sb), "28 Anna 1\n");
}

#[test]
fn a_poller_in_c_gets_its_text_when_the_flag_is_set() {
    let sb = Sandbox::new();
    let shared = "int written; char text[2048]";
    let poller = sb.command(sb.cc(POLLER, []), NONE).spawn();
    crate::sandbox::until("the segment is there", || {
        sb.ipctool(["show", "-q", "shm:0"]).run().ended.code() == Some(0)
    });
    for text in ["first", "second"] {
        sb.ipctool(["shm", "wait", "0x4d2", "--struct", shared, "--until", "written=0"]).run().status(0);
        sb.ipctool(["shm", "write", "0x4d2", "--struct", shared, "--set", &format!("text={text}")])
            .run()
            .status(0);
        sb.ipctool(["shm", "write", "0x4d2", "--struct", shared, "--set", "written=1"]).run().status(0);
        poller.wait_for_stdout(text);
    }
    poller.wait().status(0).stdout_is("first\nsecond\n");
}

#[test]
fn we_wait_for_a_field_that_another_sets() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", "64"]).run().status(0);
    let wait = ["shm", "wait", "0x4d2", "--struct", "int n; int written", "--interval", "10ms"];
    sb.ipctool([&wait[..], &["--until", "written!=0", "-n"]].concat()).run().status(5);
    let waiting = sb.ipctool([&wait[..], &["--until", "written>1"]].concat()).spawn();
    blocked_in(waiting.pid, "poll");
    sb.ipctool(["shm", "write", "0x4d2", "--offset", "4", "--hex", "02"]).run().status(0);
    waiting.wait().status(0);
    sb.ipctool(["shm", "wait", "0x4d2", "--until", "written=1"]).run().status(2).stderr_contains("--struct");
}

#[test]
fn fields_are_watched_by_name() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", "64"]).run().status(0);
    let fields = "short done; int total; char note[8]";
    let watch = sb
        .ipctool(["shm", "watch", "0x4d2", "--struct", fields, "-J", "-c", "2", "--interval", "10ms"])
        .spawn();
    blocked_in(watch.pid, "poll");
    sb.ipctool(["shm", "write", "0x4d2", "--struct", fields, "--set", "total=7"]).run().status(0);
    watch.wait_for_stdout("total");
    sb.ipctool(["shm", "write", "0x4d2", "--struct", fields, "--set", "note=hi"]).run().status(0);
    let text = watch.wait().status(0).text();
    let seen: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&seen[0]["field"], &seen[0]["old"], &seen[0]["new"]),
        (&"total".into(), &0.into(), &7.into())
    );
    assert_eq!((&seen[1]["field"], &seen[1]["new"]), (&"note".into(), &"hi".into()));
}

#[test]
fn a_field_that_stays_no_number_is_no_difference() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", "64"]).run().status(0);
    let fields = "double still; double list[2]; int count";
    let set = |value: &str| {
        sb.ipctool(["shm", "write", "0x4d2", "--struct", fields, "--set", value]).run().status(0);
    };
    set("still=nan");
    set("list={nan,1}");
    let watch =
        sb.ipctool(["shm", "watch", "0x4d2", "--struct", fields, "-c", "2", "--interval", "10ms"]).spawn();
    blocked_in(watch.pid, "poll");
    set("count=1");
    watch.wait_for_stdout("count");
    set("still=2");
    let text = watch.wait().status(0).text();
    let seen: Vec<&str> = text.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    assert_eq!(seen, ["count  0 -> 1", "still  nan -> 2"]);
}

#[test]
fn a_watch_ends_when_nobody_reads_it_any_more() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", "64"]).run().status(0);
    let watch = sb.ipctool(["shm", "watch", "0x4d2", "--interval", "10ms"]).reader_leaves_after(1).spawn();
    blocked_in(watch.pid, "poll");
    sb.ipctool(["shm", "write", "0x4d2", "x"]).run().status(0);
    // Nothing changes any more.
    watch.wait().status(0).stderr_is("");
}

#[test]
fn eight_adders_lose_no_step() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", "64"]).run().status(0);
    let script = "i=0; while [ $i -lt 25 ]; do i=$((i + 1));\
                  ipctool shm write 0x4d2 --struct 'int pad; int count' --add count=1 >/dev/null || exit; done";
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| sb.sh(script).run().status(0).stderr_is(""));
        }
    });
    let add = |what: &str| {
        sb.ipctool(["shm", "write", "0x4d2", "--struct", "int pad; int count", "--add", what]).run()
    };
    add("count=-1").status(0).stdout_is("199\n");
    add("counter=1").status(2);
    sb.ipctool([
        "shm",
        "write",
        "0x4d2",
        "--struct",
        "char c; short s",
        "--add",
        "s=0xffff",
        "--offset",
        "8",
    ])
    .run()
    .status(0)
    .stdout_is("-1\n");
    sb.ipctool(["shm", "write", "0x4d2", "--struct", "int a", "--add", "a=1", "--offset", "2"])
        .run()
        .status(2)
        .stderr_contains("not aligned");
}

#[test]
fn layouts_come_out_of_files_and_binaries() {
    let sb = Sandbox::new();
    let writer = sb.cc(&writer(SEGMENT), ["-g"]);
    sb.command(&writer, NONE).run().status(0);
    let binary = writer.to_str().unwrap();
    sb.ipctool(["shm", "dump", "0x4d2", "--struct", "person", "--from", binary, "--get", "id"])
        .run()
        .status(0)
        .stdout_is("4711\n");
    sb.sh(
        "printf 'struct other { int x; };\\nstruct person { int age; char name[20]; int id; };\\n' >types.h\n\
           ipctool shm dump 0x4d2 --struct @types.h --get age\n\
           ipctool shm dump 0x4d2 --struct other --from types.h --count 2 -J",
    )
    .run()
    .status(0)
    .stdout_is("28\n{\"x\":28}\n{\"x\":1634627137}\n");
    sb.ipctool(["shm", "dump", "0x4d2", "--struct", "persons", "--from", binary])
        .run()
        .stderr_contains("person");
    sb.sh("printf '\\357\\273\\277struct person { int age; };\\r\\n' >marked.h; ipctool shm dump 0x4d2 --struct @marked.h -J")
        .run()
        .status(0)
        .stdout_is("{\"age\":28}\n");
    sb.sh("ulimit -v 1000000; ipctool shm dump 0x4d2 --struct @/dev/zero")
        .run()
        .status(1)
        .stderr_contains("cannot read /dev/zero: out of memory (ENOMEM)");
    sb.ipctool(["shm", "dump", "0x4d2", "--struct", "@missing.h"]).run().status(3);
    sb.ipctool(["shm", "dump", "0x4d2", "--from", binary]).run().status(2);
}

#[test]
fn ctrl_c_ends_a_wait_for_a_field() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "0x4d2", "64"]).run().status(0);
    let waiting = sb.ipctool(["shm", "wait", "0x4d2", "--struct", "int a", "--until", "a=1"]).spawn();
    blocked_in(waiting.pid, "poll");
    waiting.signal(Signal::SIGINT);
    waiting.wait().killed_by(Signal::SIGINT);
}

#[test]
fn text_in_a_table_is_escaped_once() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "/m", "64"]).run().status(0);
    let shown = |bytes: &[u8], declaration: &str| {
        sb.ipctool(["shm", "write", "/m"]).stdin(bytes).run().status(0);
        let out = sb.ipctool(["shm", "dump", "/m", "--struct", declaration]).run().status(0).text();
        out.lines().nth(1).unwrap_or_default().split_once("  ").unwrap_or_default().1.trim().to_owned()
    };
    assert_eq!(shown(b"a\t\x1b\xff\0", "char c[9]"), r"0       char[9]  a\x09\x1b\xff");
    assert_eq!(shown("Zo\u{eb}\0".as_bytes(), "char c[9]"), "0       char[9]  Zo\u{eb}");
    // As a byte that is escaped must not look: a backslash and three letters.
    assert_eq!(shown(b"a\\x1b\0", "char c[9]"), r"0       char[9]  a\\x1b");
    assert_eq!(shown(b"\x01b\0d\xc3\xab\0", "char c[2][3]"), "0       char[2][3]  {\"\\x01b\", \"d\u{eb}\"}");
    assert_eq!(shown(b"\\", "char c"), r"0       char  92 '\'");
}

#[test]
fn what_is_added_to_a_char_is_a_number() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "/m", "64"]).run().status(0);
    sb.ipctool(["shm", "write", "/m", "--struct", "char c", "--add", "c=65"])
        .run()
        .status(0)
        .stdout_is("65\n");
}
