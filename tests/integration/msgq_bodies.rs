//! Every byte of a message, to and from C programs, through every framing.

use crate::sandbox::{Run, Sandbox};

/// Sends fixed-size texts as C programs do: a NUL after the text, and what was in the memory before behind it.
const FIXED: &str = r#"
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
static struct { long type; char text[1024]; } message = { 1, "" };
int main(void) {
    memset(message.text, '#', sizeof message.text);
    strcpy(message.text, "a hundred");
    if (msgsnd(0, &message, 100, 0)) return 1;
    memset(message.text, 0xff, sizeof message.text);
    strcpy(message.text, "a thousand and twenty-four");
    return msgsnd(0, &message, 1024, 0);
}
"#;

/// Receives one `struct { long; char[100]; }` and nothing longer; prints its size and its text.
const HUNDRED: &str = r#"
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
int main(void) {
    struct { long type; char text[100]; } message;
    ssize_t size = msgrcv(0, &message, sizeof message.text, 0, IPC_NOWAIT);
    if (size < 0) return perror("msgrcv"), 1;
    printf("%ld %zd %s\n", message.type, size, message.text);
    return 0;
}
"#;

/// Sends the bodies of `odd_bodies` without any framing: lengths and bytes on standard input.
const SENDER: &str = r#"
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
static struct { long type; char text[65536]; } message = { 1, "" };
int main(void) {
    unsigned char size[4];
    while (fread(size, 1, 4, stdin) == 4) {
        size_t bytes = (size_t)size[0] << 24 | size[1] << 16 | size[2] << 8 | size[3];
        if (fread(message.text, 1, bytes, stdin) != bytes || msgsnd(0, &message, bytes, 0)) return 1;
    }
    return 0;
}
"#;

/// Prints every message of queue 0 as its length and its bytes.
const RECEIVER: &str = r#"
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
static struct { long type; char text[65536]; } message;
int main(void) {
    ssize_t size;
    while ((size = msgrcv(0, &message, sizeof message.text, 0, IPC_NOWAIT)) >= 0) {
        putchar(size >> 24 & 255); putchar(size >> 16 & 255); putchar(size >> 8 & 255); putchar(size & 255);
        fwrite(message.text, 1, size, stdout);
    }
    return 0;
}
"#;

/// 0 bytes, NULs, newlines, bytes that are no text, and as many as msgmax allows.
fn odd_bodies() -> Vec<Vec<u8>> {
    let all: Vec<u8> = (0..=255).cycle().take(8192).collect();
    vec![
        vec![],
        b"\0".to_vec(),
        b"\n".to_vec(),
        b"a\0\nb\r\n".to_vec(),
        "gr\u{fc}n".into(),
        all,
        b"end".to_vec(),
    ]
}

/// Each body with its length in front, which also is what `--length-prefix` means.
fn counted(bodies: &[Vec<u8>]) -> Vec<u8> {
    bodies
        .iter()
        .flat_map(|body| [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], body].concat())
        .collect()
}

fn ended(bodies: &[Vec<u8>], end: &[u8]) -> Vec<u8> {
    bodies.iter().flat_map(|body| [body, end].concat()).collect()
}

fn with_queue() -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x4d2"]).run().status(0);
    sb
}

fn send<'a>(sb: &'a Sandbox, flags: &[&str]) -> Run<'a> {
    sb.ipctool([&["msgq", "send", "0"], flags].concat())
}

fn drain<'a>(sb: &'a Sandbox, flags: &[&str]) -> Run<'a> {
    sb.ipctool([&["msgq", "drain", "0"], flags].concat())
}

#[test]
fn fixed_size_texts_of_c_are_read_as_strings() {
    let sb = with_queue();
    let fixed = sb.cc(FIXED, []);
    let none: [&str; 0] = [];
    sb.command(&fixed, none).run().status(0);
    drain(&sb, &["--cstr"]).run().status(0).stdout_is("a hundred\na thousand and twenty-four\n");
    sb.command(&fixed, none).run().status(0);
    let json = "{\"type\":1,\"data\":\"a hundred\"}\n{\"type\":1,\"data\":\"a thousand and twenty-four\"}\n";
    drain(&sb, &["--cstr", "--jsonl"]).run().status(0).stdout_is(json);
}

#[test]
fn a_receiver_of_fixed_size_gets_ours_padded() {
    let sb = with_queue();
    let hundred = sb.cc(HUNDRED, []);
    let none: [&str; 0] = [];
    send(&sb, &["hello", "--pad", "100", "--type", "7"]).run().status(0);
    sb.command(&hundred, none).run().status(0).stdout_is("7 100 hello\n");
    send(&sb, &["--pad", "100"]).stdin("from a line\n").run().status(0);
    sb.command(&hundred, none).run().status(0).stdout_is("1 100 from a line\n");
    send(&sb, &["--cstr", "short"]).run().status(0);
    sb.command(&hundred, none).run().status(0).stdout_is("1 6 short\n");
    // Nothing is sent of a line that is wrong as a whole.
    send(&sb, &["--pad", "18446744073709551615", "abc"]).run().status(2);
    send(&sb, &["--pad", "3", "abc", "abcd"]).run().status(2).stdout_is("");
    drain(&sb, &[]).run().status(0).stdout_is("");
}

#[test]
fn every_byte_comes_out_through_every_framing() {
    let sb = with_queue();
    let sender = sb.cc(SENDER, []);
    let bodies = odd_bodies();
    let none: [&str; 0] = [];
    let fill = || drop(sb.command(&sender, none).stdin(counted(&bodies)).run().status(0));
    for (flag, expected) in [
        ("--length-prefix", counted(&bodies)),
        ("--null", ended(&bodies, b"\0")),
        ("-0", ended(&bodies, b"\0")),
        ("--raw", ended(&bodies, b"")),
        ("--cstr", ended(&bodies.iter().map(|body| before_nul(body)).collect::<Vec<_>>(), b"\n")),
    ] {
        fill();
        drain(&sb, &[flag]).run().status(0).stdout_is(expected);
    }
    fill();
    drain(&sb, &[]).run().status(0).stdout_is(ended(&bodies, b"\n"));
    fill();
    sb.ipctool(["msgq", "peek", "0", "--all"]).run().status(0).stdout_is(ended(&bodies, b"\n"));
    let json = drain(&sb, &["--jsonl"]).run().status(0).text();
    let data: Vec<_> =
        json.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).collect();
    assert_eq!((data.len(), &data[1]["data"], &data[3]["data"]), (7, &"\0".into(), &"a\0\nb\r\n".into()));
    assert_eq!(data[5]["data"], serde_json::Value::Null);
}

fn before_nul(body: &[u8]) -> Vec<u8> {
    body.split(|byte| *byte == 0).next().unwrap().to_vec()
}

#[test]
fn every_byte_goes_in_through_every_framing() {
    let sb = with_queue();
    let (sender, receiver) = (sb.cc(SENDER, []), sb.cc(RECEIVER, []));
    let bodies = odd_bodies();
    let none: [&str; 0] = [];
    let arrived = || sb.command(&receiver, none).run().status(0).stdout;
    send(&sb, &["--length-prefix"]).stdin(counted(&bodies)).run().status(0);
    assert_eq!(arrived(), counted(&bodies));
    // What we print as JSON is what we read.
    sb.command(&sender, none).stdin(counted(&bodies)).run().status(0);
    let json = drain(&sb, &["--json"]).run().status(0).stdout;
    send(&sb, &["--json"]).stdin(json).run().status(0);
    assert_eq!(arrived(), counted(&bodies));
    for body in &bodies {
        send(&sb, &["--raw"]).stdin(body.clone()).run().status(0);
        let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
        send(&sb, &["--hex", &hex]).run().status(0);
        assert_eq!(arrived(), counted(&[body.clone(), body.clone()]));
    }
    let no_nul: Vec<_> = bodies.iter().filter(|body| !body.contains(&0)).cloned().collect();
    send(&sb, &["-0"]).stdin(ended(&no_nul, b"\0")).run().status(0);
    assert_eq!(arrived(), counted(&no_nul));
    send(&sb, &[]).stdin("a\r\n\nlast").run().status(0);
    assert_eq!(arrived(), counted(&[b"a\r".to_vec(), vec![], b"last".to_vec()]));
    send(&sb, &["", "two words", "-7", "--", "--raw"]).run().status(0);
    let typed: [&[u8]; 4] = [b"", b"two words", b"-7", b"--raw"];
    assert_eq!(arrived(), counted(&typed.map(<[u8]>::to_vec)));
}

#[test]
fn nothing_is_cut_unasked() {
    let sb = with_queue();
    sb.sh("echo 1000000 >/proc/sys/kernel/msgmax && echo 1000000 >/proc/sys/kernel/msgmnb").run().status(0);
    let long = "x".repeat(300_000);
    sb.ipctool(["msgq", "create", "0x5"]).run().status(0).stdout_is("msgq:1\n");
    for _ in 0..2 {
        sb.ipctool(["msgq", "send", "1"]).stdin(&*long).run().status(0);
    }
    sb.ipctool(["msgq", "peek", "1"]).run().status(0).stdout_is(format!("{long}\n"));
    sb.ipctool(["msgq", "recv", "1"]).run().status(0).stdout_is(format!("{long}\n"));
    sb.ipctool(["msgq", "recv", "1", "--truncate", "5"]).run().status(0).stdout_is("xxxxx\n");
    for (most, left) in [("20000", 20_000), ("18446744073709551615", 300_000)] {
        sb.ipctool(["msgq", "send", "1"]).stdin(&*long).run().status(0);
        let cut = sb.ipctool(["msgq", "recv", "1", "--truncate", most]).run().status(0);
        cut.stdout_is(format!("{}\n", &long[..left]));
    }
    sb.ipctool(["msgq", "send", "1", "abc"]).run().status(0);
    sb.ipctool(["msgq", "recv", "1", "--truncate", "0"]).run().status(0).stdout_is("\n");
    sb.ipctool(["msgq", "recv", "1", "-n"]).run().status(5);
}

#[test]
fn a_terminal_is_not_commanded() {
    let sb = with_queue();
    send(&sb, &["red \u{1b}[31m\ttab"]).run().status(0);
    let shown = sb.ipctool(["msgq", "peek", "0", "--show-type"]).terminal(80).run().status(0);
    shown.stdout_is("1\tred \\x1b[31m\ttab\n");
    let raw = sb.ipctool(["msgq", "peek", "0", "--raw"]).terminal(80).run().status(0);
    raw.stdout_is("red \u{1b}[31m\ttab");
}

#[test]
fn progress_is_told_at_a_terminal_and_is_no_payload() {
    let sb = with_queue();
    send(&sb, &["--progress", "four"]).run().status(0).stdout_is("").stderr_is("");
    sb.ipctool(["msgq", "recv", "0", "--progress"]).run().status(0).stdout_is("four\n").stderr_is("");
    let sent = send(&sb, &["--progress", "four"]).terminal(80).run().status(0);
    sent.stdout_contains("4 B in ");
}
