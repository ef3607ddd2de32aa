//! What `ls` and `show` say of pipes and FIFOs: as described in `schema/`, references that can be typed back, few names in tables.

use serde_json::Value;

use crate::sandbox::{Sandbox, blocked_in, until};
use crate::schema::assert_valid;

fn json(sb: &Sandbox, args: &[&str]) -> Value {
    sb.ipctool(args.iter().chain(&["--json"])).run().status(0).json()
}

#[test]
fn records_are_as_described() {
    let sb = Sandbox::new();
    let reader = sb.command("cat", [] as [&str; 0]).stdin_open().spawn();
    blocked_in(reader.pid, "read");
    for name in ["held", "awaited"] {
        sb.ipctool(["fifo", "create", name]).run().status(0);
    }
    let holder = sb.ipctool(["fifo", "hold", "held"]).spawn();
    blocked_in(holder.pid, "poll");
    let writer = sb.sh("exec 3>awaited").spawn();
    blocked_in(writer.pid, "open");

    let pipes = json(&sb, &["ls", "pipe"]);
    assert_valid("ls-pipe", &pipes);
    let fifos = json(&sb, &["ls", "fifo"]);
    assert_valid("ls-fifo", &fifos);
    let row = |name: &str| {
        let wanted = format!("fifo:{}", std::fs::canonicalize(sb.path(name)).unwrap().display());
        fifos.as_array().unwrap().iter().find(|row| row["ref"] == *wanted).expect("the FIFO").clone()
    };
    // In the sandbox we are root, whoever runs the tests.
    assert_eq!((&row("held")["mode"], &row("held")["uid"]), (&"0600".into(), &0.into()));
    assert_eq!(row("awaited")["buffered"], Value::Null);
    let shown = json(&sb, &["show", &format!("pipe:{}:0", reader.pid)]);
    assert_valid("show-pipe", &shown);
    assert_eq!((&shown[0]["kind"], &shown[0]["waiters"][0]["wants"]), (&"pipe".into(), &"read".into()));
    for (name, ends, waiters) in [("held", 1, 0), ("awaited", 0, 1)] {
        let shown = json(&sb, &["show", &format!("fifo:{name}")]);
        assert_valid("show-fifo", &shown);
        let length = |field: &str| shown[0][field].as_array().unwrap().len();
        assert_eq!((length("ends"), length("waiters")), (ends, waiters), "{name}: {shown}");
    }
}

/// `fifo send` opens by /proc/self/fd: what it calls itself is not who looks.
#[test]
fn a_sender_waits_for_its_own_fifo_only() {
    let sb = Sandbox::new();
    for name in ["awaited", "other"] {
        sb.ipctool(["fifo", "create", name]).run().status(0);
    }
    let sender = sb.ipctool(["fifo", "send", "awaited", "x"]).spawn();
    blocked_in(sender.pid, "open");
    let waiters = |name: &str| json(&sb, &["show", name])[0]["waiters"].clone();
    let of_sender = |name: &str| {
        let waiters = waiters(name);
        waiters.as_array().unwrap().iter().filter(|waiter| waiter["pid"] == sender.pid).count()
    };
    assert_eq!((of_sender("fifo:awaited"), of_sender("fifo:other")), (1, 0));
    let listed = sb.ipctool(["ls", "fifo", "--blocked", "-q"]).run().status(0);
    listed.stdout_contains(&format!("{}\n", std::fs::canonicalize(sb.path("awaited")).unwrap().display()));
}

#[test]
fn a_reference_with_odd_bytes_is_printed_once_escaped_and_can_be_typed_back() {
    let sb = Sandbox::new();
    let odd = "a\\b\nc";
    sb.ipctool(["fifo", "create", odd]).run().status(0).stdout_is("x:fifo:a\\\\b\\x0ac\n");
    let holder = sb.ipctool(["fifo", "hold", odd]).spawn();
    blocked_in(holder.pid, "poll");
    for format in ["-q", "--json", "--tsv", "--noheadings"] {
        let list = sb.ipctool(["ls", "fifo", "x:fifo:a\\\\b\\x0ac", format]).run().status(0);
        let text = list.text();
        let expected = if format == "--json" { r"/a\\\\b\\x0ac" } else { r"/a\\b\x0ac" };
        assert!(text.contains(expected) && text.contains("x:fifo:/"), "{format}: {text}");
    }
    let listed = sb.ipctool(["ls", "fifo", "x:fifo:a\\\\b\\x0ac", "-q"]).run().status(0).text();
    let shown = sb.ipctool(["show", listed.trim_end(), "--field", "ref"]).run().status(0);
    shown.stdout_is(listed);
}

#[test]
fn a_table_names_a_few_and_the_other_formats_all() {
    let sb = Sandbox::new();
    let script = "for i in {1..20}; do sleep 100 4>&9 & done; echo up; wait";
    let shell = sb.sh(&format!("exec 9<&0; {script}")).stdin_open().spawn();
    shell.wait_for_stdout("up\n");
    let end = format!("{}:9", shell.pid);
    let readers = |format: &str| {
        let list = sb.ipctool(["ls", "pipe", &end, "-o", "readers", format]).run().status(0);
        list.text()
    };
    until("every sleep", || readers("--tsv").matches("sleep[").count() >= 20);
    let (table, all) = (readers("--noheadings"), readers("--tsv"));
    assert_eq!(table.matches("]:").count(), 8, "{table}");
    let more = all.matches("]:").count() - 8;
    assert!(table.trim_end().ends_with(&format!(", and {more} more")), "{table}");
    assert!(!all.contains("more"), "{all}");
}
