//! `ipctool change` against what C's IPC_STAT says then.

use crate::sandbox::{Sandbox, need_root};

/// Prints mode, uid, gid and qbytes of queue 0 as IPC_STAT gives them.
const STAT: &str = r#"
#include <stdio.h>
#include <sys/msg.h>
int main(void) {
    struct msqid_ds facts;
    if (msgctl(0, IPC_STAT, &facts)) return perror("msgctl"), 1;
    printf("%o %u %u %lu\n", facts.msg_perm.mode, facts.msg_perm.uid, facts.msg_perm.gid, facts.msg_qbytes);
    return 0;
}
"#;

#[test]
fn what_is_changed_is_what_ipc_stat_says() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let stat = sb.cc(STAT, []);
    let told = || sb.command(&stat, [] as [&str; 0]).run().status(0).text();
    sb.ipctool(["msgq", "create", "0x7"]).run().status(0);
    assert_eq!(told(), "600 0 0 16384\n");
    sb.ipctool(["change", "msgq:0", "--mode", "0640"]).run().status(0).stdout_is("").stderr_is("");
    assert_eq!(told(), "640 0 0 16384\n");
    sb.ipctool(["msgq", "change", "0x7", "--owner", "4000000000", "--group", "65534"]).run().status(0);
    assert_eq!(told(), "640 4000000000 65534 16384\n");
    sb.ipctool(["change", "msgq:0", "--max-bytes", "1K", "--owner", "root"]).run().status(0);
    assert_eq!(told(), "640 0 65534 1024\n");
}

#[test]
fn an_owner_mends_what_he_cannot_look_at() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x7", "--mode", "0000"]).powerless().run().status(0);
    sb.ipctool(["msgq", "send", "0x7", "x"]).powerless().run().status(4).stderr_contains("--mode 0600");
    sb.ipctool(["change", "msgq:0", "--mode", "0600"]).powerless().run().status(0);
    sb.ipctool(["msgq", "send", "0x7", "x"]).powerless().run().status(0);
    for (kind, create) in [
        ("sem", &["sem", "create", "0x7", "-m", "0"][..]),
        ("shm", &["shm", "create", "0x7", "9", "-m", "0"]),
    ] {
        sb.ipctool(create).powerless().run().status(0);
        sb.ipctool(["change", kind, "0x7", "-m", "644"]).powerless().run().status(0);
        sb.ipctool(["show", kind, "0x7", "--field", "mode"]).run().status(0).stdout_is("0644\n");
    }
}

#[test]
fn refused_changes_explain_the_privilege() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x7"]).run().status(0);
    sb.ipctool(["change", "msgq:0", "--max-bytes", "1G"])
        .powerless()
        .run()
        .status(4)
        .stderr_contains("CAP_SYS_RESOURCE")
        .stderr_contains("ipctool limits set msgmnb");
    sb.ipctool(["change", "msgq:0"]).run().status(2).stderr_contains("nothing to change");
    sb.ipctool(["change", "msgq:0", "--mode", "8"]).run().status(2);
    sb.ipctool(["change", "msgq:0", "--mode", "1777"]).run().status(2);
    sb.ipctool(["change", "msgq:0", "--owner", "no-such-user"]).run().status(2);
    sb.ipctool(["change", "sem:0", "--max-bytes", "5"])
        .run()
        .status(2)
        .stderr_contains("only a message queue");
    sb.ipctool(["change", "msgq:5", "--mode", "0600"]).run().status(3);
    if need_root() {
        sb.ipctool(["change", "msgq:0", "--mode", "0666"])
            .by_other_user()
            .run()
            .status(4)
            .stderr_contains("it is uid 0's")
            .stderr_contains("only its owner");
    }
}

#[test]
fn wrong_command_lines_change_nothing() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create"]).run().status(0).stdout_is("msgq:0\n");
    sb.ipctool(["msgq", "create", "/q"]).run().status(0);
    let table: &[(&[&str], &str)] = &[
        (&["msgq:0", "msgq:private", "-m", "0"], "always names a new message queue"),
        (&["msgq:0", "fifo:/x", "-m", "0"], "fifo:/x"),
        (&["msgq:0", "sig:1", "-m", "0"], "sig:1"),
        (&["msgq:0", "sem:in:0+0", "-m", "0"], "has the mode of its memory"),
        (&["msgq:0", "msgq:/q", "-m", "0", "--max-bytes", "5"], "keeps its geometry"),
    ];
    for (args, told) in table {
        let line = [&["change"], *args].concat();
        sb.ipctool(line).run().status(2).stdout_is("").stderr_contains(told);
        sb.ipctool(["show", "msgq:0", "--field", "mode"]).run().status(0).stdout_is("0600\n");
    }
}

#[test]
fn who_has_no_number_in_the_user_namespace_is_told_apart_from_an_object_that_has_gone() {
    let sb = Sandbox::new();
    let inside = "ipctool msgq create 0x7 >/dev/null && ipctool change msgq:0 --group 12345";
    sb.sh(&format!("unshare --user --map-root-user --ipc sh -c '{inside}'")).run().status(1).stderr_contains(
        "cannot change msgq:0: the user or group has no number in this user namespace (EINVAL)",
    );
}
