//! Where the facts come from: `*_STAT_ANY`, else /proc/sysvipc; what happens when these are odd, refused or moving.

use crate::ls::STATES;
use crate::sandbox::{Sandbox, blocked_in, need_root};

/// Refuses MSG_STAT_ANY, SEM_STAT_ANY and SHM_STAT_ANY with the errno in its first argument, and runs the rest.
const REFUSER: &str = r#"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
int main(int argc, char **argv) {
    struct sock_filter rules[] = {
        LOAD(nr), IS(SYS_msgctl, 2, 0), IS(SYS_shmctl, 3, 0), IS(SYS_semctl, 4, 6),
        LOAD(args[1]), IS(13, 5, 4), LOAD(args[1]), IS(15, 3, 2), LOAD(args[2]), IS(20, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | atoi(argv[1])),
    };
    struct sock_fprog program = { sizeof rules / sizeof *rules, rules };
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 99;
    execvp(argv[2], argv + 2);
    return 98;
}
"#;

fn with_states() -> Sandbox {
    let sb = Sandbox::new();
    let maker = sb.cc(STATES, []);
    sb.command(maker, [] as [&str; 0]).run().status(0);
    sb
}

#[test]
fn a_kernel_that_refuses_stat_any_is_read_through_proc() {
    let sb = with_states();
    let refuser = sb.cc(REFUSER, []);
    let columns = "ref,key,owner,mode,size,qnum,nsems,nattch,cpid";
    let direct = sb.ipctool(["ls", "-o", columns]).run().status(0).text();
    // ENOSYS: no such call; EPERM: a filter; EINVAL: a kernel before 4.17 does not know the command.
    for errno in ["38", "1", "22"] {
        let command = [errno, "ipctool", "ls", "-o", columns];
        sb.command(&refuser, command).run().status(0).stdout_is(&direct).stderr_is("");
        let shown = sb.command(&refuser, [errno, "ipctool", "show", "msgq:1", "--field", "key"]);
        shown.run().status(0).stdout_is("0xffffffff\n");
        sb.command(&refuser, [errno, "ipctool", "show", "msgq:9"]).run().status(3);
    }
}

#[test]
fn odd_lines_in_proc_are_said_and_lose_nothing() {
    let sb = with_states();
    let refuser = sb.cc(REFUSER, []);
    let script = format!(
        "sed '2s/312/x12/' /proc/sysvipc/msg >odd; mount --bind odd /proc/sysvipc/msg\n\
         {} 38 ipctool ls msgq -q",
        refuser.display()
    );
    sb.sh(&script)
        .run()
        .status(1)
        .stdout_is("msgq:1\n")
        .stderr_is("ipctool: cannot read /proc/sysvipc/msg: line 2: field cbytes is missing or odd\n");
}

#[test]
fn an_empty_or_unreadable_proc_file_is_an_error_and_no_loop() {
    let sb = with_states();
    let refuser = sb.cc(REFUSER, []);
    let empty = format!(
        ": >empty; mount --bind empty /proc/sysvipc/msg; {} 38 ipctool ls msgq shm -q",
        refuser.display()
    );
    sb.sh(&empty).run().status(1).stdout_is("shm:0\nshm:1\n").stderr_contains("/proc/sysvipc/msg");
    // Where the kernel answers, the file is not needed.
    sb.sh("ipctool ls msgq -q").run().status(0).stdout_is("msgq:0\nmsgq:1\n").stderr_is("");
    let gone = format!("mount -t tmpfs none /proc/sysvipc; {} 38 ipctool ls sem", refuser.display());
    sb.sh(&gone).run().status(3).stderr_contains("/proc/sysvipc/sem");
}

#[test]
fn objects_that_come_and_go_are_no_error() {
    let sb = Sandbox::new();
    let churn = "for (1..4000) { my $q = msgget(0, 0600); my $s = semget(0, 2, 0600); my $m = shmget(0, 99, 0600);\
                 msgctl($q, 0, 0); semctl($s, 0, 0, 0); shmctl($m, 0, 0); }";
    let churning = sb.perl(churn).spawn();
    for _ in 0..20 {
        sb.ipctool(["ls", "--json"]).run().status(0).stderr_is("").json();
        sb.ipctool(["ls", "shm", "-l"]).run().status(0).stderr_is("");
    }
    churning.wait().status(0);
    sb.ipctool(["ls", "-q"]).run().status(0).stdout_is("");
}

#[test]
fn hostile_names_never_reach_a_terminal_raw() {
    let sb = Sandbox::new();
    let hostile = "import ctypes,sys\nc=ctypes.CDLL(None)\nc.shmat.restype=ctypes.c_void_p\n\
                   c.prctl(15,b'\\x1b[31m\\n\\xff\\x9b',0,0,0)\nid=c.shmget(7,4096,0o1600)\nc.shmat(id,None,0)\n\
                   print('ready',flush=True)\nsys.stdin.read()";
    let holder = sb.python(hostile).stdin_open().spawn();
    holder.wait_for_stdout("ready");
    // In the sandbox we are root, whoever runs the tests.
    let passwd = "evil\\033[2J\\377:x:0:0::/:/bin/sh\\n";
    let shell = format!("printf '{passwd}' >passwd && mount --bind passwd /etc/passwd && exec \"$@\"");
    for args in [&["ipctool", "ls"][..], &["ipctool", "show", "shm:0"], &["ipctool", "ls", "-l", "shm"]] {
        let line = [&["-c", &shell, "sh"], args].concat();
        let seen = sb.command("sh", line).terminal(80).run().status(0);
        // A heading may be bold; nothing else that begins an escape sequence is ours.
        let plain = seen.text().replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
        let harmless = |c: char| !c.is_control() || c == '\n' || c == '\r';
        assert!(plain.chars().all(harmless) && !seen.stdout.contains(&0x9b), "{plain:?}");
        assert!(plain.contains("\\x1"), "{plain}");
    }
}

/// A `/proc` mounted with hidepid= hides other users' processes (2), or lists them and shows nothing (1): both are said, in
/// one line, and nobody takes them for none.
#[test]
fn processes_that_proc_hides_are_said_and_not_taken_for_none() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let hers = sb.sh("echo ready; read line").stdin_open().spawn();
    hers.wait_for_stdout("ready");
    let pid = hers.pid.to_string();
    let reference = format!("sig:{pid}");
    let run = |args: &[&str]| sb.ipctool(args).by_other_user().run();
    for (hidepid, words) in [(2, "ipctool: /proc hides others: "), (1, "could not be looked at")] {
        sb.sh(&format!("mount -t proc -o hidepid={hidepid} none /proc")).run().status(0);
        for kind in ["sig", "pipe", "fifo", "mmap"] {
            let listed = run(&["ls", kind]).status(0).stderr_contains(words);
            assert_eq!(listed.stderr.iter().filter(|byte| **byte == b'\n').count(), 1, "{kind}");
        }
        run(&["show", &reference]).status(4).stdout_is("").stderr_contains(&pid);
        run(&["limits", "--pid", &pid]).status(4).stdout_is("");
        run(&["ls", "mmap", &pid]).status(4);
        run(&["ls", "--ns", &pid]).status(4);
        run(&["limits", "--pid", "4194304"]).status(3).stderr_contains("there is no such process");
    }
}

/// Without a `/proc` nobody who waits can be seen: that is not nobody.
#[test]
fn without_proc_nothing_goes_as_unused_and_existence_is_told_in_silence() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x5"]).run().status(0).stdout_is("msgq:0\n");
    sb.ipctool(["sem", "create", "0x5"]).run().status(0).stdout_is("sem:0\n");
    sb.ipctool(["ls", "msgq", "-q", "--unused"]).run().status(0).stdout_is("msgq:0\n");
    let without = |line: &str| sb.sh(&format!("unshare -m sh -c 'umount -l /proc && {line}'")).run();
    without("ipctool ls msgq -q --unused").status(0).stdout_is("");
    without("ipctool rm msgq --all --yes").status(0).stdout_is("").stderr_contains("in use, and left");
    without("ipctool show -q msgq:0 sem:0").status(0).stderr_is("");
    for kind in ["msgq", "sem", "shm"] {
        let size = if kind == "shm" { " 10" } else { "" };
        sb.sh(&format!("ipctool {kind} create /p{size}")).run().status(0);
        sb.ipctool(["ls", kind, "-q", "--unused", "--posix"])
            .run()
            .status(0)
            .stdout_is(format!("{kind}:/p\n"));
        without(&format!("ipctool ls {kind} -q --unused --posix")).status(0).stdout_is("");
        without(&format!("ipctool ls {kind} -q --orphan --posix")).status(0).stdout_is("");
        without(&format!("ipctool rm {kind} --posix --all --yes")).status(0).stdout_is("");
    }
    without("ipctool show -q msgq:7").status(3).stderr_is("");
    without("ipctool ls --ns 1").status(3).stderr_contains("there is no such process");
    // Nor is there a word of what may not be read.
    sb.ipctool(["show", "-q", "sem:0", "msgq:0"]).by_other_user().run().status(0).stdout_is("").stderr_is("");
}

/// Where no thread can be had (a limit of processes, as in a container, or of memory, as here), what one was wanted for is
/// left out or done without it.
#[test]
fn without_a_thread_to_be_had_nothing_panics() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x5", "--value", "0"]).run().status(0);
    let waiting = sb.ipctool(["sem", "p", "0x5"]).spawn();
    blocked_in(waiting.pid, "semtimedop");
    // From too little for any program to enough for all of this one: somewhere there is room for it, and not for a thread's stack.
    for kib in (2_000..40_000).step_by(500) {
        let shown = sb.sh(&format!("ulimit -c 0; ulimit -v {kib}; exec ipctool show sem:0")).run();
        assert!(!String::from_utf8_lossy(&shown.stderr).contains("panicked"), "{kib} KiB");
    }
    sb.ipctool(["show", "sem:0"]).run().status(0).stdout_contains("P 1 of semaphore 0");
}
