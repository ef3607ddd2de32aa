//! `ipctool limits`: the numbers of the kernel, and of `ipcs -l`.

use serde_json::Value;

use crate::sandbox::{Sandbox, need_root};
use crate::schema::assert_valid;

fn row(sb: &Sandbox, name: &str, args: &[&str]) -> Value {
    let all = [&["limits", "--json"], args].concat();
    let rows = sb.ipctool(all).run().status(0).json();
    rows.as_array().unwrap().iter().find(|row| row["name"] == name).cloned().unwrap()
}

#[test]
fn limits_are_the_kernels() {
    let sb = Sandbox::new();
    assert_valid("limits", &sb.ipctool(["limits", "-J"]).run().status(0).json());
    let theirs = sb.command("ipcs", ["-l"]).run().status(0).text();
    let number = |heading: &str| {
        let line = theirs.lines().find(|line| line.starts_with(heading)).unwrap();
        line.rsplit(" = ").next().unwrap().trim().parse::<u64>().unwrap()
    };
    for (name, heading) in [
        ("msgmni", "max queues system wide"),
        ("msgmax", "max size of message (bytes)"),
        ("msgmnb", "default max size of queue (bytes)"),
        ("shmmni", "max number of segments"),
        ("semmni", "max number of arrays"),
        ("semmsl", "max semaphores per array"),
        ("semmns", "max semaphores system wide"),
        ("semopm", "max ops per semop call"),
        ("semvmx", "semaphore max value"),
    ] {
        assert_eq!(row(&sb, name, &[])["limit"], number(heading), "{name}");
    }
    assert_eq!(row(&sb, "pipe-buf", &["pipe"])["limit"], 4096);
    assert_eq!(row(&sb, "dev-shm", &["shm"])["setting"], "/dev/shm");
}

#[test]
fn use_is_counted_in_this_namespace() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-Q", "-S", "12", "-M", "8193"]).run().status(0);
    assert_eq!(row(&sb, "msgmni", &[])["used"], 1);
    assert_eq!(row(&sb, "semmns", &[])["used"], 12);
    assert_eq!(row(&sb, "shmall", &[])["used"], 3);
    assert_eq!(row(&sb, "msgmni", &[])["percent"], 0.0);
}

#[test]
fn settings_are_changed_one_at_a_time() {
    let sb = Sandbox::new();
    sb.ipctool(["limits", "set", "semmsl", "77"]).run().status(0).stdout_is("").stderr_is("");
    sb.ipctool(["limits", "set", "msgmnb", "64K"]).run().status(0);
    assert_eq!(row(&sb, "semmsl", &[])["limit"], 77);
    assert_eq!(row(&sb, "semmni", &[])["limit"], 32000);
    sb.sh("cat /proc/sys/kernel/msgmnb").run().stdout_is("65536\n");
    sb.ipctool(["limits", "set", "msgmax", "-1"]).run().status(2);
    sb.ipctool(["limits", "set", "msgmax", "1Q"]).run().status(2).stderr_contains("no such unit");
    sb.ipctool(["limits", "set", "msgmax", "99999999999"]).run().status(1).stderr_contains("EINVAL");
    sb.ipctool(["limits", "set", "semvmx", "9"]).run().status(2).stderr_contains("cannot be set");
    sb.ipctool(["limits", "set", "msgmn", "9"]).run().status(2).stderr_contains("the nearest is msgmni");
    sb.ipctool(["limits", "set", "zzz", "9"]).run().status(2).stderr_contains("the limits are");
    sb.ipctool(["limits", "set", "msgmni", "9", "--pid", "1"]).run().status(2);
    sb.ipctool(["limits", "set", "nofile", "9"]).run().status(2).stderr_contains("--pid PID");
}

/// SETTING says where a limit is set: that name can be typed where it is one limit's alone.
#[test]
fn a_limit_is_known_by_its_setting_too() {
    let sb = Sandbox::new();
    sb.ipctool(["limits", "set", "kernel.shmmni", "60"]).run().status(0);
    assert_eq!(row(&sb, "shmmni", &[])["limit"], 60);
    sb.ipctool(["limits", "set", "RLIMIT_NOFILE", "9"]).run().status(2).stderr_contains("--pid PID");
    sb.ipctool(["limits", "set", "kernel.sem", "9"]).run().status(2).stderr_contains("no limit 'kernel.sem'");
}

#[test]
fn several_kinds_are_shown_together() {
    let sb = Sandbox::new();
    let names = sb.ipctool(["limits", "sem", "process", "-o", "kind", "--noheadings"]).run().status(0).text();
    assert!(names.lines().all(|kind| kind == "sem" || kind == "process"), "{names}");
    assert!(names.contains("sem") && names.contains("process"), "{names}");
    sb.ipctool(["limits", "sem", "nope"]).run().status(2).stderr_contains("invalid value 'nope'");
}

/// pipe(7): 0 there is no limit.
#[test]
fn nothing_is_allowed_is_not_told_of_a_setting_that_limits_nothing() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let hard = |lines: &str| {
        let mounted = "echo 7 >hard; mount --bind hard /proc/sys/fs/pipe-user-pages-hard";
        let shown = "ipctool limits pipe --jsonl | grep user-pages-hard";
        sb.sh(&format!("{mounted}; {lines}; {shown}; umount /proc/sys/fs/pipe-user-pages-hard")).run().text()
    };
    assert!(hard(":").contains("\"limit\":7,"));
    assert!(hard("echo 0 >hard").contains("\"limit\":null,"));
    assert!(hard("ipctool limits set pipe-user-pages-hard unlimited").contains("\"limit\":null,"));
}

#[test]
fn a_process_has_its_own_limits() {
    let sb = Sandbox::new();
    let sleeper = sb.sh("exec 7</dev/null; echo ready; read line").stdin_open().spawn();
    sleeper.wait_for_stdout("ready");
    let pid = sleeper.pid.to_string();
    sb.ipctool(["limits", "set", "nofile", "97", "--pid", &pid]).run().status(0);
    let row = row(&sb, "nofile", &["process", "--pid", &pid]);
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count();
    assert_eq!((&row["limit"], &row["used"]), (&97.into(), &open.into()));
    sb.ipctool(["limits", "--pid", "4194304"]).run().status(3).stderr_contains("there is no such process");
    sb.ipctool(["limits", "--pid", "0"]).run().status(2);
}

/// What is told of a process's user is that user's, not ours.
#[test]
fn another_users_queues_count_against_his_limit() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let sleeper = sb.sh("ipctool msgq create /q >/dev/null; echo ready; read line").by_other_user();
    let sleeper = sleeper.stdin_open().spawn();
    sleeper.wait_for_stdout("ready");
    assert_eq!(row(&sb, "msgqueue", &["msgq"])["used"], 0);
    assert!(row(&sb, "msgqueue", &["msgq", "--pid", &sleeper.pid.to_string()])["used"].as_u64().unwrap() > 0);
}

/// `/proc` may be of another PID namespace than we are in: our own limits are ours all the same.
#[test]
fn our_own_limits_are_ours_in_a_pid_namespace_too() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let told = "ulimit -n 77; ipctool limits process -o name,limit --noheadings; ipctool show sig:self --field command";
    let run = sb.sh(&format!("unshare --pid --fork sh -c '{told}'")).run().status(0);
    run.stdout_contains("nofile     77\n").stdout_contains("ipctool\n");
}
