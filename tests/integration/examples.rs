//! The scripts in `examples/`: each is run, and what it is for is looked at.

use std::fs;

use nix::sys::signal::Signal;

use crate::sandbox::{Run, Sandbox, blocked_in, need_root, source, until};

/// Whatever an example writes, it is nothing of the real machine's.
fn world() -> Sandbox {
    Sandbox::plan().read_only().start()
}

/// An example with its arguments.
fn example<'a, const N: usize>(sb: &'a Sandbox, name: &str, args: [&str; N]) -> Run<'a> {
    sb.command(source("examples").join(name), args)
}

/// The references of all objects that are left.
fn left(sb: &Sandbox) -> String {
    sb.ipctool(["ls", "-q"]).run().status(0).text()
}

#[test]
fn each_example_says_what_it_does_and_is_tested_here() {
    let tests = fs::read_to_string(source("tests/integration/examples.rs")).unwrap();
    let scripts: Vec<_> = fs::read_dir(source("examples")).unwrap().flatten().collect();
    assert!(scripts.len() >= 10, "{} examples", scripts.len());
    for script in scripts {
        let name = script.file_name().into_string().unwrap();
        let text = fs::read_to_string(script.path()).unwrap();
        let head: Vec<_> = text.lines().take_while(|line| line.starts_with('#')).collect();
        let usage = |line: &&str| line.contains(&format!("  {name}")) || line.contains(&format!("| {name}"));
        assert!(head.len() > 5 && head.iter().any(usage), "{name} has no usage");
        assert!(text.lines().count() <= 50, "{name} is long");
        assert!(tests.contains(&format!("\"{name}\"")), "{name} has no test");
    }
}

#[test]
fn the_lock_lets_one_in_at_a_time_and_survives_kill_9() {
    let sb = world();
    fs::write(sb.path("lock"), "").unwrap();
    let holder = example(&sb, "crash-safe-lock.sh", ["lock", "sleep", "1000"]).spawn();
    blocked_in(holder.pid, "clock_nanosleep");
    let busy = example(&sb, "crash-safe-lock.sh", ["lock", "true"]).env("LOCK_TIMEOUT", "100ms").run();
    busy.status(75).stdout_is("");
    let next = example(&sb, "crash-safe-lock.sh", ["lock", "sh", "-c", "echo mine; exit 7"]).spawn();
    blocked_in(next.pid, "semtimedop");
    holder.signal(Signal::SIGKILL);
    holder.wait().killed_by(Signal::SIGKILL);
    next.wait().status(7).stdout_is("mine\n");
}

#[test]
fn the_work_queue_does_each_job_once_and_leaves_no_queue() {
    let sb = world();
    let jobs: String = (1..=60).map(|job| format!("job {job}\n")).collect();
    let run = example(&sb, "work-queue.sh", ["3", "sh", "-c", "echo \"$1 by $PPID\"", "sh"]);
    let done = run.stdin(jobs.clone()).run().status(0).stderr_is("").text();
    let mut names: Vec<_> = done.lines().map(|line| line.split(" by ").next().unwrap()).collect();
    names.sort_by_key(|name| name[4..].parse::<u32>().unwrap());
    assert_eq!(names.join("\n") + "\n", jobs);
    assert_eq!(left(&sb), "");
    let fails = ["2", "test", "a", "="];
    let run = example(&sb, "work-queue.sh", fails).stdin("a\nb\n").run();
    run.status(1).stderr_is("failed: b\n");
    example(&sb, "work-queue.sh", ["2", "false"]).stdin("").run().status(0);
    assert_eq!(left(&sb), "");
}

#[test]
fn progress_counts_every_run() {
    let sb = world();
    let files: Vec<String> = (0..40).map(|file| format!("f{file}")).collect();
    for file in &files {
        fs::write(sb.path(file), "text").unwrap();
    }
    let words = [vec!["gzip".to_string()], files].concat();
    let run = sb.command(source("examples/progress.sh"), words).env("EVERY", "20ms").run().status(0);
    run.stdout_is("all 40 done\n").stderr_contains(" of 40\n");
    assert!(sb.path("f39.gz").exists());
    assert_eq!(left(&sb), "");
    example(&sb, "progress.sh", ["true", "f0"]).run().status(0).stdout_is("all 1 done\n");
}

#[test]
fn each_client_gets_the_reply_to_its_own_request() {
    let sb = world();
    let script = "request-reply.sh";
    let server = example(&sb, script, ["serve", "tr", "a-z", "A-Z"]).spawn();
    until("the two queues", || left(&sb).lines().count() == 2);
    let ask = |text: &str| example(&sb, script, ["ask", text]).spawn();
    let clients: Vec<_> =
        ["one", "two words", "--three"].map(|text| (text.to_uppercase() + "\n", ask(text))).into();
    for (reply, client) in clients {
        client.wait().status(0).stdout_is(reply).stderr_is("");
    }
    server.signal(Signal::SIGTERM);
    server.wait().killed_by(Signal::SIGTERM);
}

#[test]
fn fan_in_gives_all_lines_of_all_commands_whole() {
    let sb = world();
    let commands = ["seq 200", "printf 'no newline'", "seq 1000 1200"];
    let seen = example(&sb, "fan-in.sh", commands).run().status(0).stderr_is("").text();
    let of = |number: &str| -> Vec<String> {
        let prefix = format!("{number}: ");
        seen.lines().filter_map(|line| line.strip_prefix(&prefix)).map(String::from).collect()
    };
    let numbers = |range: std::ops::RangeInclusive<u32>| range.map(|n| n.to_string()).collect::<Vec<_>>();
    assert_eq!(of("1"), numbers(1..=200));
    assert_eq!(of("2"), ["no newline"]);
    assert_eq!(of("3"), numbers(1000..=1200));
    assert_eq!(seen.lines().count(), 402);
}

#[test]
fn stop_is_kind_first_and_then_firm() {
    let sb = world();
    let kind = sb.sh("exec sleep 1000").spawn();
    let firm = sb.sh("trap '' TERM; echo ready; read line").stdin_open().spawn();
    firm.wait_for_stdout("ready");
    let pids = [kind.pid, firm.pid].map(|pid| pid.to_string());
    let run = example(&sb, "stop.sh", [&pids[0], &pids[1]]).env("GRACE", "300ms").run().status(0);
    let text = run.text();
    assert!(text.contains(&format!("{} ", pids[0])) && text.contains("TERM"), "{text}");
    assert!(text.contains(&format!("{} ", pids[1])) && text.contains("KILL"), "{text}");
    kind.wait().killed_by(Signal::SIGTERM);
    firm.wait().killed_by(Signal::SIGKILL);
    example(&sb, "stop.sh", ["2147483647"]).run().status(3);
}

#[test]
fn the_alert_comes_once_until_the_queue_was_down_again() {
    let sb = world();
    sb.ipctool(["msgq", "create", "0x4d2"]).run().status(0);
    let alert = ["0x4d2", "3", "sh", "-c", "echo deep: $DEPTH"];
    let watcher = example(&sb, "queue-alert.sh", alert).env("EVERY", "0.02").spawn();
    sb.ipctool(["msgq", "send", "0x4d2", "a", "b", "c", "d"]).run().status(0);
    watcher.wait_for_stdout("deep: 4\n");
    sb.ipctool(["msgq", "send", "0x4d2", "e"]).run().status(0);
    sb.ipctool(["msgq", "drain", "0x4d2"]).run().status(0);
    // It has to look once while the queue is empty: a look and a pause are a child each, and a look may have begun before.
    for _ in 0..4 {
        let before = reaped(watcher.pid);
        until("another child of it", || reaped(watcher.pid) != before);
    }
    sb.ipctool(["msgq", "send", "0x4d2", "a", "b", "c", "d"]).run().status(0);
    watcher.wait_for_stdout("deep: 4\ndeep: 4\n");
    sb.ipctool(["rm", "msgq:0x4d2"]).run().status(0);
    watcher.wait().status(3).stdout_is("deep: 4\ndeep: 4\n");
}

/// The page faults of all children that a process has waited for (proc_pid_stat(5), cminflt): more after each.
fn reaped(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split_whitespace().nth(8)?.parse().ok()
}

#[test]
fn clean_up_removes_what_the_dead_left_and_nothing_else() {
    let sb = world();
    let crashed = "my $q = msgget(1, 01600); msgsnd($q, pack('q a', 1, 'x'), 0); msgrcv($q, my $m, 1, 0, 0); \
                   semop(semget(1, 1, 01600), pack('s3', 0, 1, 0)); shmget(1, 10, 01600); kill 9, $$;";
    sb.perl(crashed).run();
    let living = sb.perl("$| = 1; shmget(2, 10, 01600); print \"made\\n\"; <STDIN>").stdin_open().spawn();
    living.wait_for_stdout("made");
    sb.ipctool(["msgq", "send", "0x9", "--create", "unread"]).run().status(0);
    let all = left(&sb);
    let shown = example(&sb, "clean-up.sh", []).run().status(0).text();
    assert_eq!(left(&sb), all);
    let removed = example(&sb, "clean-up.sh", ["--yes"]).run().status(0).text();
    assert_eq!(shown, removed);
    assert_eq!(removed, "msgq:0\nsem:0\nshm:0\n");
    assert_eq!(left(&sb), "msgq:1\nshm:1\n");
    example(&sb, "clean-up.sh", ["--yes"]).env("OLDER", "1h").run().status(0).stdout_is("");
}

#[test]
fn another_namespace_is_seen_from_outside() {
    let sb = world();
    let make = "unshare -i sh -c 'ipctool msgq send 0x4d2 --create inside; echo $$; read line'; true";
    let inside = sb.sh(make).stdin_open().spawn();
    inside.wait_for_stdout("\n");
    let pid = inside.stdout_so_far().trim().to_string();
    let seen = example(&sb, "look-inside.sh", [&pid]).run().status(0);
    seen.stdout_contains("== msgq:0").stdout_contains("0x000004d2");
    assert_eq!(left(&sb), "");
    if need_root() {
        example(&sb, "look-inside.sh", [&pid]).by_other_user().run().status(4);
    }
}

#[test]
fn a_stuck_pipeline_shows_what_waits_in_it() {
    let sb = world();
    let stuck = sb.sh("echo $BASHPID; exec seq 1000000 | exec sleep 1000").spawn();
    stuck.wait_for_stdout("\n");
    let find = format!("for p in $(ps -o pid= --ppid {}); do echo $p $(cat /proc/$p/comm); done", stuck.pid);
    let mut writer = String::new();
    until("seq to wait for room", || {
        let children = sb.sh(&find).run().text();
        let seq = children.lines().find(|line| line.ends_with(" seq"));
        writer = seq.map(|line| line.split(' ').next().unwrap().to_string()).unwrap_or_default();
        fs::read_to_string(format!("/proc/{writer}/syscall")).is_ok_and(|call| call.starts_with("1 "))
    });
    let seen = example(&sb, "stuck-pipeline.sh", [&writer]).run().status(0);
    let pipe = format!("last lines in {writer}:1:\n");
    let text = seen.stdout_contains(&pipe).stdout_contains("full      yes").text();
    assert!(text.split(&pipe).nth(1).unwrap().lines().next().unwrap().parse::<u32>().is_ok(), "{text}");
    let blocked = example(&sb, "stuck-pipeline.sh", []).run().status(0);
    blocked.stdout_contains(&format!("seq[{writer}] writing"));
}
