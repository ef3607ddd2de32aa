//! `--ns PID`: another process's IPC namespace, from outside.

use crate::sandbox::{Running, Sandbox, need_root};

/// What a shell inside makes, and then says so and waits.
const INSIDE: &str = "ipcmk -Q -M 100 -S 1 >/dev/null; echo inside $$; read line";

/// The PID that [`INSIDE`] has told.
fn pid_of(inside: &Running) -> String {
    inside.wait_for_stdout("\n");
    let told = inside.stdout_so_far();
    told.trim().strip_prefix("inside ").unwrap().to_string()
}

#[track_caller]
fn works_from_outside(sb: &Sandbox, pid: &str, owner: &str) {
    let run = |args: &[&str]| sb.ipctool([args, &["--ns", pid]].concat()).run();
    run(&["ls", "-q"]).status(0).stdout_is("msgq:0\nsem:0\nshm:0\n").stderr_is("");
    let shown = run(&["show", "shm:0", "--json"]).status(0).json();
    assert_eq!(shown[0]["uid"].to_string(), owner);
    run(&["msgq", "send", "0", "from outside"]).status(0).stderr_is("");
    run(&["msgq", "recv", "0"]).status(0).stdout_is("from outside\n");
    run(&["sem", "v", "0"]).status(0).stderr_is("");
    run(&["shm", "write", "0", "x"]).status(0).stderr_is("");
    run(&["limits", "sem", "-o", "used", "--noheadings"]).status(0).stdout_contains("1");
    run(&["rm", "msgq:0"]).status(0).stderr_is("");
    run(&["ls", "msgq", "-q"]).status(0).stdout_is("");
    // Ours are where they were.
    sb.ipctool(["ls", "-q"]).run().status(0).stdout_is("msgq:0\n");
}

#[test]
fn root_looks_into_any_namespace() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x1"]).run().status(0);
    let inside = sb.sh(&format!("unshare -i sh -c '{INSIDE}'; true")).stdin_open().spawn();
    works_from_outside(&sb, &pid_of(&inside), "0");
    let other = Sandbox::new();
    other.ipctool(["msgq", "create", "0x1"]).run().status(0);
    let inside = other.sh(&format!("unshare -Ur -i sh -c '{INSIDE}'; true")).stdin_open().spawn();
    works_from_outside(&other, &pid_of(&inside), "0");
}

#[test]
fn a_user_looks_into_a_namespace_of_his_own_making() {
    let sb = Sandbox::new();
    // As root, the second user stands for the ordinary one.
    let by_user = nix::unistd::geteuid().is_root();
    let inside = sb.sh(&format!("unshare -Ur -i sh -c '{INSIDE}'; true")).stdin_open();
    let inside = if by_user { inside.by_other_user() } else { inside }.spawn();
    let pid = pid_of(&inside);
    let run = |args: &[&str]| {
        let run = sb.ipctool([args, &["--ns", &pid]].concat());
        if by_user { run.by_other_user() } else { run }.run()
    };
    run(&["ls", "-q"]).status(0).stdout_is("msgq:0\nsem:0\nshm:0\n").stderr_is("");
    let listed = run(&["ls", "--json", "--mine"]).status(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 3, "outside, they are the user's own");
    // The sandbox of an ordinary user makes him root.
    let me = if by_user { 65534 } else { 0 };
    assert_eq!(listed[0]["uid"], me);
    run(&["change", "shm:0", "--mode", "0640", "--owner", &me.to_string()]).status(0).stderr_is("");
    if by_user {
        // Root out here has no number in there, where 0 is this user.
        let told = "the user or group has no number in this user namespace";
        run(&["change", "sem:0", "--owner", "0"]).status(1).stderr_contains(told);
        run(&["change", "sem:0", "--group", "0"]).status(1).stderr_contains(told);
        run(&["shm", "create", "/s", "9"]).status(0);
        run(&["change", "shm:/s", "--owner", "0"]).status(1).stderr_contains(told);
        run(&["rm", "shm:/s"]).status(0);
    }
    run(&["rm", "msgq", "shm", "sem", "--all", "--yes"]).status(0).stdout_is("msgq:0\nshm:0\nsem:0\n");
}

#[test]
fn the_room_for_posix_objects_is_theirs() {
    let sb = Sandbox::new();
    let mount = "mount -t tmpfs -o size=1m none /dev/shm; head -c 8192 /dev/zero > /dev/shm/x";
    let inside = sb.sh(&format!("unshare -i -m sh -c '{mount}; echo inside $$; read line'; true"));
    let inside = inside.stdin_open().spawn();
    let pid = pid_of(&inside);
    let line = ["limits", "shm", "--ns", &pid, "-o", "name,limit,used", "--tsv"];
    sb.ipctool(line).run().status(0).stdout_contains("dev-shm\t1048576\t8192\n");
    let line = ["shm", "create", "/large", "2M", "--ns", &pid];
    sb.ipctool(line).run().status(1).stderr_contains("/dev/shm has 1040384 free");
}

/// Who is root in a container may put a link in the place of its `/dev/shm`.
#[test]
fn a_link_of_theirs_leads_where_it_leads_them_and_not_to_our_files() {
    let sb = Sandbox::new();
    let here = sb.path("here");
    std::fs::create_dir(&here).unwrap();
    std::fs::write(here.join("precious"), "ours").unwrap();
    let here = here.to_str().unwrap();
    let script = format!(
        "mount -t tmpfs none {here} && echo x >{here}/theirs && mount -t tmpfs none /dev && ln -s {here} /dev/shm && echo inside $$; read line"
    );
    let inside = sb.sh(&format!("unshare -i -m sh -c '{script}'; true")).stdin_open().spawn();
    let pid = pid_of(&inside);
    sb.ipctool(["ls", "shm", "-q", "--ns", &pid]).run().status(0).stdout_is("shm:/theirs\n").stderr_is("");
    sb.ipctool(["rm", "shm", "--all", "--yes", "--ns", &pid]).run().status(0).stdout_is("shm:/theirs\n");
    assert!(sb.path("here/precious").exists());
}

#[test]
fn what_cannot_be_entered_is_said() {
    let sb = Sandbox::new();
    sb.ipctool(["ls", "--ns", "4194304"]).run().status(3).stderr_contains("there is no such process");
    sb.ipctool(["ls", "--ns", "0"]).run().status(2);
    sb.ipctool(["ftok", "/etc/passwd", "--ns", "1"]).run().status(2).stderr_contains("--ns");
    // Our own namespace needs no right.
    sb.sh("ipctool ls --ns $$").powerless().run().status(0);
    if need_root() {
        sb.ipctool(["ls", "--ns", "1"]).by_other_user().run().status(4).stderr_contains("CAP_SYS_ADMIN");
    }
}
