//! `ipctool fifo hold`, `peek` and `show`: keeping data, and looking without releasing anybody.

use nix::sys::signal::Signal;

use crate::sandbox::{Sandbox, blocked_in, ended, until};

#[test]
fn an_echo_and_a_later_cat_lose_nothing() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let holder = sb.ipctool(["fifo", "hold", "f"]).spawn();
    blocked_in(holder.pid, "poll");
    sb.sh("echo one >f; echo two >f").run().status(0);
    sb.ipctool(["fifo", "peek", "f"]).run().status(0).stdout_is("one\ntwo\n");
    sb.sh("head -n 2 <f").run().status(0).stdout_is("one\ntwo\n");
    sb.sh("printf r >f").run().status(0);
    holder.signal(Signal::SIGTERM);
    holder.wait().killed_by(Signal::SIGTERM).stderr_is("ipctool: 1 byte was left unread in fifo:f\n");
}

#[test]
fn it_is_held_while_a_command_runs() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    sb.ipctool(["fifo", "hold", "f", "--", "sh", "-c", "echo x >f; head -n 1 <f; exit 6"])
        .run()
        .status(6)
        .stdout_is("x\n");
    sb.ipctool(["fifo", "hold", "none"]).run().status(3);
    sb.ipctool(["fifo", "hold", "f", "--", "./none"]).run().status(127);
}

#[test]
fn it_is_held_for_a_process_and_not_longer() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let mut process = sb.command("cat", [] as [&str; 0]).stdin_open().spawn();
    let started = sb.ipctool(["fifo", "hold", "f", "--hold-for", &process.pid.to_string()]).run().status(0);
    let holder: i32 = started.text().trim().parse().unwrap();
    sb.sh("echo x >f").run().status(0);
    let fds = std::fs::read_dir(format!("/proc/{holder}/fd")).unwrap().flatten();
    let links: Vec<_> = fds.filter_map(|fd| std::fs::read_link(fd.path()).ok()).collect();
    assert!(links.iter().filter(|link| link.starts_with("pipe:")).count() == 0, "{links:?}");
    process.close_stdin();
    process.wait().status(0);
    until("the holder's end", || ended(holder));
    sb.ipctool(["fifo", "send", "f", "y", "-n"]).run().status(5);
    sb.ipctool(["fifo", "hold", "f", "--hold-for", "2147483647"]).run().status(3).stdout_is("");
    sb.ipctool(["fifo", "hold", "none", "--hold-for", "1"]).run().status(3);
}

#[test]
fn nothing_is_made_or_held_whose_name_could_not_be_told() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).closed(&[1]).run().status(1).stderr_contains("standard output");
    assert!(!sb.path("f").exists());
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let own = std::process::id().to_string();
    sb.ipctool(["fifo", "hold", "f", "--hold-for", &own]).closed(&[1]).run().status(1).stdout_is("");
    sb.ipctool(["fifo", "send", "f", "y", "-n"]).run().status(5);
}

#[test]
fn a_look_leaves_a_blocked_writer_blocked() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let writer = sb.sh("exec 3>f; echo kept >&3").spawn();
    blocked_in(writer.pid, "open");
    sb.ipctool(["fifo", "peek", "f"]).run().status(1).stderr_contains("it cannot be told");
    let shown = sb.ipctool(["show", "fifo:f", "--json"]).run().status(0).json();
    let waiter = &shown[0]["waiters"][0];
    assert_eq!((&waiter["pid"], &waiter["wants"]), (&writer.pid.into(), &"open to write".into()));
    assert_eq!(shown[0]["buffered"], serde_json::Value::Null);
    let list = sb.ipctool(["ls", "fifo", "--blocked", "--json"]).run().status(0).json();
    let path = std::fs::canonicalize(sb.path("f")).unwrap();
    let wanted = format!("fifo:{}", path.display());
    let row = list.as_array().unwrap().iter().find(|row| row["ref"] == *wanted).expect("the FIFO");
    assert_eq!(row["waits_for"], "a reader: there is none");
    blocked_in(writer.pid, "open");
    sb.command("cat", ["f"]).run().stdout_is("kept\n");
    writer.wait().status(0);
}

#[test]
fn a_look_at_a_held_one_tells_its_level_and_holders() {
    let sb = Sandbox::new();
    sb.ipctool(["fifo", "create", "f"]).run().status(0);
    let reader = sb.sh("exec 4<>f 5<f; read x").stdin_open().spawn();
    until("the FIFO open", || sb.ipctool(["fifo", "show", "f", "--field", "readers"]).run().text() == "2\n");
    sb.sh("printf 12345 >f").run().status(0);
    sb.ipctool(["fifo", "show", "f", "--field", "buffered"]).run().status(0).stdout_is("5\n");
    sb.ipctool(["fifo", "show", "f", "--field", "ends.pid"])
        .run()
        .stdout_is(format!("{0}\n{0}\n", reader.pid));
    sb.ipctool(["fifo", "peek", "f"]).run().status(0).stdout_is("12345");
    sb.ipctool(["pipe", "peek", &format!("{}:5", reader.pid)]).run().status(0).stdout_is("12345");
    sb.ipctool(["ls", "fifo", "f", "-q"]).run().status(0).stdout_contains("/f\n");
    sb.ipctool(["show", "fifo:none", "-q"]).run().status(3);
}
