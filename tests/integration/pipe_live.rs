//! `ipctool pipe write`, `read`, `peek`, `show`, `resize`, `flags` and `ls pipe`: pipes that other processes have.

use crate::sandbox::{Sandbox, blocked_in, need_root, until, until_some};

/// The PID that a script wrote to a file.
fn pid(sb: &Sandbox, name: &str) -> i32 {
    until_some("a PID in a file", || {
        let text = std::fs::read_to_string(sb.path(name)).ok()?;
        text.ends_with('\n').then(|| text.trim().parse().ok())?
    })
}

/// A pipe that is full to its last page and a reader that does not read. Gives the writer's PID.
fn stuck(sb: &Sandbox, prelude: &str) -> (crate::sandbox::Running, i32, i32) {
    let script = format!(
        "{prelude}; (echo $BASHPID >writer; exec yes 0123456) | (echo $BASHPID >reader; read -u 9 x; exec cat)"
    );
    let shell = sb.sh(&format!("exec 9<&0; {script}")).stdin_open().spawn();
    let (writer, reader) = (pid(sb, "writer"), pid(sb, "reader"));
    blocked_in(writer, "write");
    (shell, writer, reader)
}

#[test]
fn a_write_reaches_a_cat_in_another_shell() {
    let sb = Sandbox::new();
    let mut cat = sb.command("cat", [] as [&str; 0]).stdin_open().spawn();
    blocked_in(cat.pid, "read");
    let end = format!("{}:0", cat.pid);
    sb.ipctool(["pipe", "write", &end, "hello", "world"]).run().status(0).stderr_is("");
    cat.wait_for_stdout("hello\nworld\n");
    sb.ipctool(["pipe", "write", &end, "--raw"]).stdin("raw").run().status(0);
    cat.wait_for_stdout("raw");
    cat.close_stdin();
    cat.wait().status(0).stdout_is("hello\nworld\nraw");
}

#[test]
fn a_full_pipe_is_seen_byte_for_byte_and_stays() {
    let sb = Sandbox::new();
    let (mut shell, writer, reader) = stuck(&sb, ":");
    let expected = "0123456\n".repeat(8192);
    for end in [format!("{writer}:1"), format!("{reader}:0")] {
        sb.ipctool(["pipe", "peek", &end]).run().status(0).stdout_is(&expected);
    }
    let shown = sb.ipctool(["pipe", "show", &format!("{writer}:1"), "--json"]).run().status(0).json();
    let one = &shown[0];
    assert_eq!(
        (&one["buffered"], &one["capacity"], &one["full"]),
        (&65536.into(), &65536.into(), &true.into())
    );
    let ends = one["ends"].as_array().unwrap();
    let blocked = ends.iter().find(|end| end["pid"] == writer && end["fd"] == 1).unwrap();
    assert_eq!((&blocked["blocked"], &blocked["end"]), (&"write".into(), &"write".into()));
    assert!(ends.iter().any(|end| end["pid"] == reader && end["end"] == "read"));
    assert!(shell.write("go\n"));
    shell.close_stdin();
    shell.wait_for_stdout(&"0123456\n".repeat(10_000));
    drop(shell);
}

#[test]
fn a_pipe_of_a_mebibyte_is_seen_whole() {
    let sb = Sandbox::new();
    let (_shell, writer, _) = stuck(&sb, ":");
    let end = format!("{writer}:1");
    sb.ipctool(["pipe", "resize", &end, "1M"]).run().status(0).stdout_is("");
    let filled = || {
        let shown = sb.ipctool(["pipe", "show", &end, "--field", "buffered"]).run().status(0);
        shown.text() == "1048576\n"
    };
    until("the pipe full again", filled);
    sb.ipctool(["pipe", "peek", &end]).run().status(0).stdout_is("0123456\n".repeat(131_072));
    sb.ipctool(["pipe", "resize", &end, "4096"])
        .run()
        .status(1)
        .stderr_contains("more than that is in it (EBUSY)");
}

#[test]
fn resizing_while_data_flows_loses_nothing() {
    let sb = Sandbox::new();
    let reader = sb.sh("seq 300000 | (echo $BASHPID >reader; exec md5sum)").spawn();
    let end = format!("{}:0", pid(&sb, "reader"));
    for size in ["1M", "65536", "8192", "1M", "4096", "128K"] {
        let out = sb.ipctool(["pipe", "resize", &end, size]).run();
        // The tests beside this one may have used up what an ordinary user's pipes may hold.
        let told = String::from_utf8_lossy(&out.stderr);
        let used_up = told.contains("the pipes of this user hold too much");
        assert!(used_up || [Some(0), Some(1), Some(3)].contains(&out.ended.code()), "{told}");
    }
    let expected = sb.sh("seq 300000 | md5sum").run().text();
    reader.wait().status(0).stdout_is(expected);
}

#[test]
fn what_is_taken_is_exactly_what_was_asked_for() {
    let sb = Sandbox::new();
    let (_shell, writer, _) = stuck(&sb, ":");
    let end = format!("{writer}:1");
    sb.ipctool(["pipe", "read", &end, "-c", "3"]).run().status(0).stdout_is("0123456\n".repeat(3));
    sb.ipctool(["pipe", "read", &end, "-c", "1", "--", "sh", "-c", "cat; echo $IPCTOOL_SEQ $IPCTOOL_SIZE"])
        .run()
        .status(0)
        .stdout_is("0123456\n1 7\n");
    sb.ipctool(["pipe", "peek", &end]).run().status(0).stdout_contains("0123456\n0123456\n");
}

#[test]
fn the_end_of_a_pipe_is_told() {
    let sb = Sandbox::new();
    let sleeper =
        sb.sh("exec 9<&0; printf 'a\\nb' | (echo $BASHPID >reader; read -u 9 x)").stdin_open().spawn();
    let end = format!("{}:0", pid(&sb, "reader"));
    let ready = || sb.ipctool(["pipe", "peek", &end]).run().status(0).text() == "a\nb";
    until("the data", ready);
    sb.ipctool(["pipe", "read", &end, "-c", "5"])
        .run()
        .status(1)
        .stdout_is("a\nb\n")
        .stderr_contains("no writer left");
    sb.ipctool(["pipe", "write", &end, "late"]).run().status(0);
    sb.ipctool(["pipe", "peek", &end]).run().status(0).stdout_is("late\n");
    drop(sleeper);
}

#[test]
fn what_cannot_be_is_said_clearly() {
    let sb = Sandbox::new();
    let sleeper = sb.command("sleep", ["100"]).stdin_open().spawn();
    let pid = sleeper.pid;
    let fails = |end: &str, status: i32, line: &str| {
        for verb in ["peek", "show", "read", "write"] {
            sb.ipctool(["pipe", verb, end]).run().status(status).stderr_contains(line);
        }
    };
    fails(&format!("{pid}:77"), 3, &format!("process {pid} has no descriptor 77 (EBADF)"));
    fails("2147483647:1", 3, "there is no process 2147483647 (ESRCH)");
    let file = sb.sh("exec sleep 100 7</dev/null").spawn();
    until("descriptor 7", || std::path::Path::new(&format!("/proc/{}/fd/7", file.pid)).exists());
    fails(&format!("{}:7", file.pid), 1, "it is no pipe but '/dev/null'");
    sb.ipctool(["pipe", "peek", "1"]).run().status(2);
    sb.ipctool(["pipe", "resize", &format!("{pid}:0"), "0"]).run().status(2);
    sb.ipctool(["pipe", "flags", &format!("{pid}:0")]).run().status(2).stderr_contains("--block|--nonblock");
    if !need_root() {
        return;
    }
    sb.ipctool(["pipe", "peek", &format!("{pid}:0")])
        .by_other_user()
        .run()
        .status(4)
        .stderr_contains("may not be looked into");
}

#[test]
fn a_pipe_left_nonblocking_by_another_holder_is_mended() {
    let sb = Sandbox::new();
    let script = "import os,fcntl,sys
r,w=os.pipe()
if os.fork()==0:
    fcntl.fcntl(r,fcntl.F_SETFL,os.O_NONBLOCK); os._exit(0)
os.wait()
os.dup2(r,20)
open('ready','w').write('%d\\n'%os.getpid())
sys.stdin.read(1)
try: os.read(20,1)
except BlockingIOError: print('EAGAIN',flush=True)
sys.stdin.read(1)
os.read(20,1)";
    let mut python = sb.python(script).stdin_open().spawn();
    let end = format!("{}:20", pid(&sb, "ready"));
    assert!(python.write("1"));
    python.wait_for_stdout("EAGAIN");
    sb.ipctool(["pipe", "show", &end]).run().status(0).stdout_contains("O_NONBLOCK");
    sb.ipctool(["pipe", "flags", &end, "--block"]).run().status(0).stdout_is("");
    assert!(python.write("2"));
    blocked_in(python.pid, "read");
    sb.ipctool(["pipe", "flags", &end, "--nonblock"]).run().status(0);
    sb.ipctool(["pipe", "show", &end]).run().status(0).stdout_contains("O_NONBLOCK");
}

#[test]
fn the_stuck_pipeline_is_found_and_who_waits_for_whom() {
    let sb = Sandbox::new();
    let (_shell, writer, reader) = stuck(&sb, ":");
    for flag in ["--blocked", "--full"] {
        let list = sb.ipctool(["ls", "pipe", flag, "--json"]).run().status(0).json();
        let wanted = format!("pipe:{reader}:0");
        let row = list.as_array().unwrap().iter().find(|row| row["ref"] == *wanted).expect("the stuck pipe");
        assert_eq!(row["blocked"], format!("yes[{writer}] writing"));
        assert!(row["waits_for"].as_str().unwrap().contains(&format!("[{reader}] sleeping")), "{row}");
        assert_eq!(row["full"], true);
    }
    sb.ipctool(["ls", "msgq", "--full"]).run().status(2);
    sb.ipctool(["ls", "pipe", "--key", "1"]).run().status(2);
}

#[test]
fn every_pipe_is_listed() {
    let sb = Sandbox::new();
    let script = "import os,sys,signal
for n in range(100):
    if os.fork()==0:
        for _ in range(5): os.pipe()
        open('up','a').write('%d\\n'%os.getpid())
        signal.pause()
print('up',flush=True)
signal.pause()";
    let python = sb.python(script).spawn();
    let pids = || std::fs::read_to_string(sb.path("up")).unwrap_or_default();
    until("all children", || pids().lines().count() == 100);
    let list = sb.ipctool(["ls", "pipe", "--jsonl"]).run().status(0);
    let inodes: std::collections::HashSet<i64> = list
        .text()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["ino"].as_i64().unwrap())
        .collect();
    let mut seen = 0;
    for pid in pids().lines() {
        for entry in std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten() {
            let link = std::fs::read_link(entry.path()).unwrap_or_default();
            let text = link.to_string_lossy().into_owned();
            if let Some(ino) = text.strip_prefix("pipe:[").and_then(|rest| rest.strip_suffix(']')) {
                assert!(inodes.contains(&ino.parse().unwrap()), "{text} of {pid} is missing");
                seen += 1;
            }
        }
    }
    assert!(seen >= 1000, "{seen}");
    drop(python);
}

#[test]
fn a_pipe_of_others_stays_as_large_as_it_is() {
    let sb = Sandbox::new();
    let sleeper = sb.command("sleep", ["1000"]).stdin_open().spawn();
    let end = format!("{}:0", sleeper.pid);
    let capacity = || sb.ipctool(["pipe", "show", &end, "--field", "capacity"]).run().status(0).text();
    let before = capacity();
    sb.ipctool(["pipe", "write", &end, "--raw"]).stdin("some bytes").run().status(0);
    sb.ipctool(["pipe", "read", &end, "--raw", "-n"]).run().status(5).stdout_is("some bytes");
    assert_eq!(capacity(), before);
}

#[test]
fn a_record_that_is_cut_by_the_time_is_told_with_its_bytes() {
    let sb = Sandbox::new();
    let sleeper = sb.command("sleep", ["1000"]).stdin_open().spawn();
    let end = format!("{}:0", sleeper.pid);
    for (flags, status) in [(&["-n"][..], 5), (&["-t", "50ms"], 124)] {
        let input = b"\0\0\0\x01x\0\0\0\x05ab";
        sb.ipctool(["pipe", "write", &end, "--raw"]).stdin(input).run().status(0);
        let read = sb.ipctool([&["pipe", "read", &end, "--length-prefix"][..], flags].concat()).run();
        let read = read.status(status).stdout_is("\0\0\0\x01x");
        read.stderr_contains("; 6 bytes were taken and not written, of an unfinished record\n");
    }
}
