//! `ipctool show`: what is inside an object and who uses it.

use crate::sandbox::{Sandbox, blocked_in, need_root};

/// Waits in semop, msgrcv or msgsnd of the first object of its kind, as its argument says.
const WAITER: &str = r#"
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
int main(int argc, char **argv) {
    struct { long type; char text[100]; } message = { 5, "" };
    struct sembuf down[] = { { 2, -1, 0 }, { 0, 0, 0 } };
    switch (argv[1][0]) {
    case 's': return semop(0, down, 2);
    case 'r': return msgrcv(0, &message, 100, -3, 0);
    default: return msgsnd(0, &message, 100, 0);
    }
}
"#;

#[test]
fn a_process_in_semop_is_shown_with_what_it_wants() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-S", "3"]).run().status(0);
    let waiter = sb.command(sb.cc(WAITER, []), ["sem"]).spawn();
    blocked_in(waiter.pid, "semop");
    let shown = sb.ipctool(["show", "sem:0", "--json"]).run().status(0).json();
    let row = &shown[0]["waiters"][0];
    assert_eq!(row["pid"], waiter.pid);
    assert_eq!(row["tid"], waiter.pid);
    assert_eq!(row["wants"], "P 1 of semaphore 2, semaphore 0 to be zero");
    assert_eq!(shown[0]["semaphores"][2]["ncnt"], 1);
    assert_eq!(shown[0]["use"], "3 semaphores, 1 waiting");
    sb.ipctool(["show", "sem:0"]).run().status(0).stdout_contains(&waiter.pid.to_string());
    sb.ipctool(["ls", "sem", "--in-use", "-q"]).run().status(0).stdout_is("sem:0\n");
    sb.command("ipcrm", ["-s", "0"]).run().status(0);
}

#[test]
fn processes_in_msgrcv_and_msgsnd_are_shown() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-Q"]).run().status(0);
    let program = sb.cc(WAITER, []);
    let receiver = sb.command(&program, ["receive"]).spawn();
    blocked_in(receiver.pid, "msgrcv");
    let shown = sb.ipctool(["msgq", "show", "0", "--json"]).run().status(0).json();
    assert_eq!(shown[0]["waiters"][0]["wants"], "message of type up to 3");
    sb.ipctool(["ls", "msgq", "--unused", "-q"]).run().status(0).stdout_is("");
    sb.perl("while (msgsnd(0, pack('l! a100', 9, ''), 04000)) {}").run();
    let sender = sb.command(&program, ["transmit"]).spawn();
    blocked_in(sender.pid, "msgsnd");
    sb.ipctool(["show", "msgq:0", "--field", "waiters.wants"])
        .run()
        .status(0)
        .stdout_contains("room for 100 bytes of type 5\n");
    sb.command("ipcrm", ["-q", "0"]).run().status(0);
}

#[test]
fn attachments_of_a_private_segment_are_found() {
    let sb = Sandbox::new();
    let attach = "import ctypes,sys\nc=ctypes.CDLL(None)\nc.shmat.restype=ctypes.c_void_p\n\
                  id=c.shmget(0,10000,0o600)\nprint('at',hex(c.shmat(id,None,0)),flush=True)\nsys.stdin.read()";
    let holder = sb.python(attach).stdin_open().spawn();
    holder.wait_for_stdout("at 0x");
    let elsewhere = Sandbox::new();
    let stranger = elsewhere.python(attach).stdin_open().spawn();
    stranger.wait_for_stdout("at 0x");
    let shown = sb.ipctool(["show", "shm:0", "--json"]).run().status(0).json();
    let attached = shown[0]["attached"].as_array().unwrap();
    assert_eq!(attached.len(), 1, "{shown}");
    assert_eq!(attached[0]["pid"], holder.pid);
    let address = attached[0]["address"].as_str().unwrap();
    assert!(holder.stdout_so_far().contains(address), "{address}");
    assert_eq!(attached[0]["size"], 12288);
    assert_eq!(shown[0]["pages"], 3);
    assert_eq!(shown[0]["visible"], "all of them found");
}

#[test]
fn what_the_mode_hides_is_said_and_not_made_up() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-S", "2", "-p", "0000"]).powerless().run().status(0);
    sb.sh("ipctool msgq create /q; ipctool sem create /s; ipctool change msgq:/q sem:/s --mode 0000")
        .powerless()
        .run()
        .status(0);
    let rows = [
        ("sem:0", "the values of sem:0", "semaphores", "nsems"),
        ("sem:/s", "the value of sem:/s", "value", "nsems"),
        ("msgq:/q", "what is in msgq:/q", "qnum", "mode"),
    ];
    for (reference, what, hidden, known) in rows {
        let cause = format!("ipctool: cannot read {what}: its mode is 0000 and its owner ");
        let shown = sb.ipctool(["show", reference, "--json"]).powerless().run().status(4);
        let shown = shown.stderr_contains(&cause).stderr_contains("--mode 0600").json();
        assert_eq!(shown[0][hidden], serde_json::Value::Null);
        assert_ne!(shown[0][known], serde_json::Value::Null);
        let field = |field: &str| sb.ipctool(["show", reference, "--field", field]).powerless().run();
        field(known).status(0).stderr_is("");
        field(hidden).status(4).stdout_is("\n").stderr_contains(&cause);
        sb.ipctool(["show", "-q", reference]).powerless().run().status(0).stderr_is("");
    }
}

#[test]
fn one_field_is_printed_bare() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-S", "3"]).run().status(0);
    sb.perl("semop(0, pack('s!3', 1, 9, 0)) or die $!").run().status(0);
    sb.ipctool(["show", "sem:0", "--field", "nsems"]).run().status(0).stdout_is("3\n");
    sb.ipctool(["show", "sem", "0", "--field", "semaphores.value"]).run().status(0).stdout_is("0\n9\n0\n");
    sb.ipctool(["show", "sem:0", "--field", "nsem"]).run().status(2).stdout_is("").stderr_contains("nsems");
}

#[test]
fn what_is_missing_is_three_and_the_rest_is_shown() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-Q"]).run().status(0);
    sb.ipctool(["show", "msgq", "9", "0", "--field", "id"]).run().status(3).stdout_is("0\n").stderr_is(
        "ipctool: cannot look at msgq:9: no such message queue (EINVAL)\n\
             hint: 'ipctool ls msgq' shows those that exist\n",
    );
    sb.ipctool(["show", "msgq", "0x99"])
        .run()
        .status(3)
        .stderr_contains("'ipctool ls msgq' shows those that exist");
    sb.ipctool(["show", "msgq"]).run().status(2).stderr_contains("nothing to show behind 'msgq'");
    sb.ipctool(["show", "msgq:private"]).run().status(2).stderr_contains("always names a new message queue");
    sb.ipctool(["show", "0"]).run().status(2).stderr_contains("there is msgq:0\n");
}

#[test]
fn a_removed_segment_that_is_still_attached_is_shown() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let holder = sb
        .python(
            "import ctypes,sys\nc=ctypes.CDLL(None)\nc.shmat.restype=ctypes.c_void_p\nid=c.shmget(7,4096,0o1600)\n\
             c.shmat(id,None,4096)\nc.shmctl(id,0,None)\nprint('ready',flush=True)\nsys.stdin.read()",
        )
        .by_other_user()
        .stdin_open()
        .spawn();
    holder.wait_for_stdout("ready");
    let shown = sb.ipctool(["show", "shm:0", "--json"]).run().status(0).json();
    assert_eq!(shown[0]["status"], "dest");
    assert_eq!(shown[0]["uid"], 65534);
    assert_eq!(shown[0]["attached"][0]["prot"], "r--");
}
