//! `ipctool ls`: exactly the facts that the kernel and `ipcs` give, whoever made the objects.

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::sandbox::{Sandbox, need_root};

/// Objects of every state, made by a C program: it prints nothing and leaves them behind.
pub const STATES: &str = r#"
#define _GNU_SOURCE
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
int main(void) {
    struct { long type; char text[300]; } message = { 7, "" };
    int queue = msgget(0x4d2, IPC_CREAT | 0640);
    msgsnd(queue, &message, 300, 0);
    msgsnd(queue, &message, 12, 0);
    msgget(0xffffffff, IPC_CREAT | 0000);
    semget(IPC_PRIVATE, 250, 0600);
    int set = semget(0x7fffffff, 3, IPC_CREAT | 0666);
    struct sembuf up = { 1, 4, 0 };
    semop(set, &up, 1);
    shmget(IPC_PRIVATE, 5000, 0400);
    int segment = shmget(0x1234, 123456, IPC_CREAT | 0777);
    memset(shmat(segment, 0, 0), 1, 8192);
    return 0;
}
"#;

/// The rows of `ipcs` for one kind: words between the blank lines, without headings.
fn ipcs(sb: &Sandbox, flags: &[&str]) -> Vec<Vec<String>> {
    let text = sb.command("ipcs", flags).run().status(0).text();
    let rows =
        text.lines().filter(|line| line.starts_with("0x") || line.starts_with(|c: char| c.is_ascii_digit()));
    rows.map(|line| line.split_whitespace().map(str::to_string).collect()).collect()
}

fn json(sb: &Sandbox, args: &[&str]) -> Vec<Value> {
    let all = [&["ls", "--json"], args].concat();
    sb.ipctool(all).run().status(0).json().as_array().cloned().unwrap()
}

fn text(row: &Value, field: &str) -> String {
    match &row[field] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The fields of our rows as words, to hold against a row of `ipcs`.
fn words(rows: &[Value], fields: &[&str]) -> Vec<Vec<String>> {
    rows.iter().map(|row| fields.iter().map(|field| text(row, field)).collect()).collect()
}

fn with_states() -> Sandbox {
    let sb = Sandbox::new();
    let maker = sb.cc(STATES, []);
    sb.command(maker, [] as [&str; 0]).run().status(0);
    sb
}

#[test]
fn queues_are_as_ipcs_lists_them() {
    let sb = with_states();
    let ours = json(&sb, &["msgq"]);
    let mut theirs = ipcs(&sb, &["-q"]);
    for row in &mut theirs {
        row[3] = format!("{:0>4}", row[3]);
    }
    assert_eq!(words(&ours, &["key", "id", "owner", "mode", "cbytes", "qnum"]), theirs);
    assert_eq!(words(&ours, &["id", "owner", "lspid", "lrpid"]).len(), ipcs(&sb, &["-q", "-p"]).len());
    assert_eq!(ours[0]["qnum"], 2);
    assert_eq!(ours[0]["cbytes"], 312);
    assert_eq!(ours[0]["rtime"], Value::Null);
    assert_eq!(ours[1]["key"], "0xffffffff");
    assert_eq!(ours[1]["mode"], "0000");
}

#[test]
fn sets_are_as_ipcs_lists_them() {
    let sb = with_states();
    let ours = json(&sb, &["sem"]);
    let theirs: Vec<_> = ipcs(&sb, &["-s"]).into_iter().map(|row| [&row[..3], &row[4..]].concat()).collect();
    assert_eq!(words(&ours, &["key", "id", "owner", "nsems"]), theirs);
    assert_eq!(ours[0]["otime"], Value::Null);
    assert!(ours[1]["otime"].is_string());
}

#[test]
fn segments_are_as_ipcs_lists_them() {
    let sb = with_states();
    let ours = json(&sb, &["shm"]);
    let theirs: Vec<_> = ipcs(&sb, &["-m"]).into_iter().map(|row| [&row[..3], &row[4..6]].concat()).collect();
    assert_eq!(words(&ours, &["key", "id", "owner", "segsz", "nattch"]), theirs);
    let pids: Vec<_> = ipcs(&sb, &["-m", "-p"]);
    let zeroed = |word: String| if word.is_empty() { "0".to_string() } else { word };
    let ours_pids: Vec<Vec<_>> = words(&ours, &["id", "owner", "cpid", "lpid"])
        .into_iter()
        .map(|row| row.into_iter().map(zeroed).collect())
        .collect();
    assert_eq!(ours_pids, pids);
    assert_eq!(ours[1]["rss"], 8192);
}

#[test]
fn another_user_sees_what_ipcs_shows() {
    if !need_root() {
        return;
    }
    let sb = with_states();
    let theirs = sb.command("ipcs", ["-a"]).by_other_user().run().status(0).text();
    let listed = theirs.lines().filter(|line| line.starts_with("0x")).count();
    let ours = sb.ipctool(["ls", "--json"]).by_other_user().run().status(0).json();
    assert_eq!(ours.as_array().unwrap().len(), listed);
    assert_eq!(listed, 6);
    let waiting: Vec<_> = ours.as_array().unwrap().iter().filter(|row| row["kind"] == "sem").collect();
    assert_eq!(waiting[0]["waiting"], Value::Null, "0600: not readable");
    assert_eq!(waiting[1]["waiting"], 0);
}

#[test]
fn owners_without_a_name_and_huge_uids_are_numbers() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-Q"]).by_user(4_000_000_000).run().status(0);
    let row = &json(&sb, &[])[0];
    assert_eq!(row["uid"], 4_000_000_000u32);
    assert_eq!(row["user"], Value::Null);
    assert_eq!(row["owner"], "4000000000");
}

#[test]
fn marked_and_locked_segments_say_so() {
    let sb = Sandbox::new();
    let holder = sb
        .python(
            "import ctypes,sys\nc=ctypes.CDLL(None)\nid=c.shmget(0x77,4096,0o1600)\nc.shmat.restype=ctypes.c_void_p\n\
             c.shmat(id,None,0)\nc.shmctl(id,11,None)\nc.shmctl(id,0,None)\nprint('ready',flush=True)\nsys.stdin.read()",
        )
        .stdin_open()
        .spawn();
    holder.wait_for_stdout("ready");
    let row = &json(&sb, &["shm", "--deleted"])[0];
    assert_eq!(row["key"], "0x00000000");
    assert_eq!(row["status"], "dest,locked");
    assert_eq!(row["nattch"], 1);
    assert_eq!(row["mode"], "0600");
    sb.ipctool(["ls", "shm", "--unused", "--noheadings"]).run().status(0).stdout_is("");
}

#[test]
fn filters_keep_what_they_name() {
    let sb = with_states();
    let refs = |args: &[&str]| {
        let all = [&["ls", "-q"], args].concat();
        sb.ipctool(all).run().status(0).text().lines().map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(refs(&["--key", "0x4d2"]), ["msgq:0"]);
    assert_eq!(refs(&["--key", "key:1234"]), ["msgq:0"]);
    assert_eq!(refs(&["msgq", "--empty"]), ["msgq:1"]);
    assert_eq!(refs(&["msgq", "--in-use"]), ["msgq:0"]);
    assert_eq!(refs(&["shm", "--min-size", "10K"]), ["shm:1"]);
    assert_eq!(refs(&["--older", "1h"]), [] as [&str; 0]);
    assert_eq!(refs(&["--mine"]).len(), 6);
    assert_eq!(refs(&["shm", "sem", "--sort", "-id"]), ["shm:1", "sem:1", "shm:0", "sem:0"]);
    // A name's slash may be left out, so that it may stand there too.
    sb.ipctool(["shm", "create", "/jobs", "5"]).run().status(0);
    for glob in ["jobs", "/jobs", "/j*", "?obs", "/[a-k]obs"] {
        assert_eq!(refs(&["--name", glob]), ["shm:/jobs"], "{glob}");
    }
    assert_eq!(refs(&["--name", "//jobs"]), [] as [&str; 0]);
    // The maker has ended. Semaphores that nobody operated on record no PID, and nobody knows who may live.
    assert_eq!(refs(&["--orphan", "--sysv"]), ["shm:0", "shm:1"]);
}

#[test]
fn columns_are_chosen_added_and_sorted() {
    let sb = with_states();
    sb.ipctool(["ls", "msgq", "-o", "id,qnum"]).run().status(0).stdout_is("ID  QNUM\n 0     2\n 1     0\n");
    sb.ipctool(["ls", "msgq", "-o", "ID,qnum", "--sort", "qnum", "--noheadings"])
        .run()
        .status(0)
        .stdout_is("1  0\n0  2\n");
    sb.ipctool(["msgq", "ls", "-o", "qbytes,cbytes", "-b", "--tsv"])
        .run()
        .status(0)
        .stdout_is("qbytes\tcbytes\n16384\t312\n16384\t0\n");
    sb.ipctool(["ls", "-o", "+qnum"]).run().status(0).stdout_contains("QNUM");
    sb.ipctool(["ls", "-o", "qnumm"]).run().status(2).stderr_contains("the nearest is qnum");
}

#[test]
fn an_empty_system_is_an_empty_array() {
    let sb = Sandbox::new();
    sb.ipctool(["ls", "--json"]).run().status(0).stdout_is("[]\n");
    sb.ipctool(["ls", "--jsonl"]).run().status(0).stdout_is("");
    sb.ipctool(["ls", "-q"]).run().status(0).stdout_is("");
    sb.ipctool(["ls", "--noheadings"]).run().status(0).stdout_is("");
}

/// A kind and one of its objects: never the same one twice.
#[test]
fn what_a_kind_lists_is_not_listed_again_by_its_reference() {
    let sb = with_states();
    let all = sb.ipctool(["ls", "shm", "-q"]).run().status(0).text();
    let first = all.lines().next().unwrap().to_string();
    assert_eq!(sb.ipctool(["ls", &first, "shm", "-q"]).run().status(0).text(), all);
    let both = sb.ipctool(["ls", &first, "msgq", "-q"]).run().status(0).text();
    assert_eq!(both.lines().filter(|line| *line == first).count(), 1);
    sb.ipctool(["ls", "shm:77", "shm", "-q"]).run().status(3).stdout_is(&all).stderr_contains("shm:77");
}

#[test]
fn each_reference_shows_the_same_object() {
    let sb = with_states();
    for row in json(&sb, &[]) {
        let reference = text(&row, "ref");
        let shown = sb.ipctool(["show", &reference, "--json"]).run().status(0).json();
        assert_eq!(shown[0]["id"], row["id"]);
        assert_eq!(shown[0]["key"], row["key"]);
        sb.ipctool(["show", "-q", &reference]).run().status(0).stdout_is("").stderr_is("");
    }
    sb.ipctool(["show", "-q", "msgq:77"]).run().status(3).stdout_is("").stderr_is("");
}

#[test]
fn a_closed_or_full_stdout_is_told_from_a_reader_that_left() {
    let sb = with_states();
    sb.ipctool(["ls"]).closed(&[1]).run().status(1).stderr_contains("cannot write to standard output");
    sb.ipctool(["ls"]).stdout_to("/dev/full").run().status(1).stderr_contains("ENOSPC");
    sb.ipctool(["ls"]).reader_leaves_after(0).run().status(0).stderr_is("");
}

#[test]
fn watching_lists_again_until_a_signal_or_the_readers_end() {
    let sb = with_states();
    let watching = sb.ipctool(["ls", "shm", "-q", "--watch=10ms"]).spawn();
    watching.wait_for_stdout("shm:");
    sb.ipctool(["shm", "create", "0x77", "5"]).run().status(0);
    let new = sb.ipctool(["ls", "-q", "--key", "0x77"]).run().status(0).text();
    watching.wait_for_stdout(&new);
    watching.signal(Signal::SIGTERM);
    watching.wait().killed_by(Signal::SIGTERM).stderr_is("");
    sb.sh("ipctool ls --watch=10ms | head -n 1; exit ${PIPESTATUS[0]}").run().status(0).stderr_is("");
    sb.ipctool(["ls", "--watch=1h"]).reader_leaves_after(0).run().status(0).stderr_is("");
}

#[test]
fn watching_what_was_named_ends_when_none_of_it_is_left() {
    let sb = Sandbox::new();
    sb.sh("ipctool shm create 0x71 5; ipctool shm create 0x72 5").run().status(0);
    let watching = sb.ipctool(["ls", "shm:0x71", "shm:0x72", "-q", "--watch=10ms"]).spawn();
    watching.wait_for_stdout("shm:0\nshm:1\nshm:0\nshm:1\n");
    sb.ipctool(["rm", "shm:0x71"]).run().status(0);
    // One is enough to go on for; the other is told of once, however often it is looked for.
    watching.wait_for_stdout("shm:1\nshm:1\nshm:1\n");
    sb.ipctool(["rm", "shm:0x72"]).run().status(0);
    let told = |key| {
        format!("ipctool: cannot find the shared memory segment with key {key}: there is none (ENOENT)\n")
    };
    let hint = "hint: 'ipctool ls shm' shows those that exist\n";
    let expected = [&told("0x00000071"), hint, &told("0x00000072"), hint].concat();
    watching.wait().status(3).stderr_is(expected);
    sb.ipctool(["ls", "msgq:7", "--watch"]).run().status(3).stderr_contains("no such message queue");
    sb.ipctool(["ls", "fifo", "./none", "--watch"]).run().status(3);
    let sleeper = sb.command("sleep", ["60"]).spawn();
    let pid = sleeper.pid.to_string();
    let watching = sb.ipctool(["ls", "mmap", &pid, "-q", "--watch=10ms"]).spawn();
    watching.wait_for_stdout(&format!("mmap:{pid}:0x"));
    sleeper.signal(Signal::SIGKILL);
    sleeper.wait();
    watching.wait().status(3).stderr_contains("there is no such process");
}

/// So many of each kind that several threads make the rows: as one does, which a condition that all meet takes care of.
#[test]
fn many_objects_are_listed_as_few_are() {
    let sb = Sandbox::new();
    let make = "for (1..2400) {
                    defined msgget($_, 01600) && defined shmget($_, 4096 * ($_ % 7 + 1), 01600 | $_ % 3) or die;
                    defined semget($_, 1 + $_ % 12, 01600) or die;
                    $_ % 250 or msgctl(msgget($_, 0), 0, 0) or die }
                msgsnd(msgget(1300, 0), pack('l! a*', 1, 'x'), 0) || die";
    sb.perl(make).run().status(0);
    let columns = "ref,id,key,owner,mode,size,use,qnum,cbytes,nsems,waiting,segsz,nattch,rss,cpid,ctime";
    for format in ["-b", "--noheadings", "-J", "--jsonl", "--tsv", "-q"] {
        for kinds in [&[][..], &["shm", "sem"]] {
            let list = |more: &[&str]| {
                let line = [&["ls", format, "--sysv", "-o", columns][..], kinds, more].concat();
                sb.ipctool(line).run().status(0).text()
            };
            let few_at_a_time = list(&["--min-size", "0"]);
            assert!(few_at_a_time.lines().count() >= 2390);
            assert_eq!(list(&[]), few_at_a_time, "{format} {kinds:?}");
        }
    }
    sb.ipctool(["ls", "--sysv", "--json"]).reader_leaves_after(100).run().status(0).stderr_is("");
    sb.ipctool(["ls", "--sysv"]).stdout_to("/dev/full").run().status(1).stderr_contains("ENOSPC");
}
