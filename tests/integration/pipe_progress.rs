//! `--progress` of the streams through pipes and FIFOs: on a terminal, and never among the payload.

use crate::sandbox::{Output, Running, Sandbox, blocked_in, until};

/// Streams of every sort; `{}` is where `--progress` goes.
const STREAMS: [&str; 4] = [
    "ipctool fifo listen f --once {} >out",
    "ipctool pipe recv {} -- printf 'one\\ntwo\\n' >out",
    "ipctool pipe send {} one two -- cat >out",
    "ipctool fifo send g {} one two",
];

/// Runs a stream to its end with whoever is at the other side, which gets or gives two lines.
fn through(sb: &Sandbox, stream: &str, on_terminal: bool) -> Output {
    let script = sb.sh(&format!("exec {}", stream.replace("{}", "--progress")));
    let script = if on_terminal { script.terminal(80) } else { script };
    let reader = stream.contains("send g").then(|| reader(sb));
    let running = script.spawn();
    let writer = stream.contains("listen").then(|| writer(sb));
    let out = running.wait().status(0);
    for peer in [reader, writer].into_iter().flatten() {
        peer.wait().status(0);
    }
    assert_eq!(taken(sb), "one\ntwo\n", "{stream}");
    out
}

fn reader(sb: &Sandbox) -> Running {
    sb.sh("test -p g || mkfifo g").run().status(0);
    let reader = sb.sh("exec cat g >out").spawn();
    blocked_in(reader.pid, "open");
    reader
}

fn writer(sb: &Sandbox) -> Running {
    until("the FIFO", || sb.path("f").exists());
    sb.sh("printf 'one\\ntwo\\n' >f").spawn()
}

fn taken(sb: &Sandbox) -> String {
    let text = std::fs::read_to_string(sb.path("out")).unwrap();
    std::fs::remove_file(sb.path("out")).unwrap();
    text
}

#[test]
fn progress_is_told_at_a_terminal_and_is_no_payload() {
    let sb = Sandbox::new();
    for stream in STREAMS {
        through(&sb, stream, true).stdout_contains("8 B");
    }
}

#[test]
fn off_a_terminal_it_is_silent() {
    let sb = Sandbox::new();
    for stream in STREAMS {
        through(&sb, stream, false).stdout_is("").stderr_is("");
    }
}

#[test]
fn a_terminal_shows_nothing_that_was_not_asked_for() {
    let sb = Sandbox::new();
    let script = "exec ipctool pipe recv -- printf 'one\\ntwo\\n' >out";
    sb.sh(script).terminal(80).run().status(0).stdout_is("");
    assert_eq!(taken(&sb), "one\ntwo\n");
}
