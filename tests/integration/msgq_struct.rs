//! Messages whose bodies are C structs.

use crate::sandbox::{NONE, Sandbox};

/// Receives `{int size; char text[512];}` of type 1 and prints it.
const READER: &str = r#"
#include <stdio.h>
#include <sys/msg.h>
struct { long type; struct { int size; char text[512]; } body; } message;
int main(void) {
    long got = msgrcv(msgget(0x4d2, 0), &message, sizeof message.body, 1, IPC_NOWAIT);
    printf("%ld %d %s\n", got, message.body.size, message.body.text);
    return 0;
}
"#;

#[test]
fn a_struct_is_sent_to_a_c_program() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x4d2"]).run().status(0);
    let send = |flags: &[&str]| {
        let body = ["msgq", "send", "0x4d2", "--struct", "int size; char text[512]"];
        sb.ipctool([&body[..], flags].concat()).run()
    };
    send(&["--set", "size=1", "--set", "nothing=2"]).status(2).stderr_contains("nothing");
    send(&["--set", "size=4294967296"]).status(2);
    send(&["--set", "size=1", "data"]).status(2).stderr_contains("there is data");
    send(&["--set", "size=1", "--hex"]).status(2);
    sb.ipctool(["msgq", "peek", "0x4d2"]).run().status(5);
    send(&["--set", "size=5", "--set", "text=hello"]).status(0);
    sb.command(sb.cc(READER, []), NONE).run().status(0).stdout_is("516 5 hello\n");
}

/// Sends `{int size; char text[512];}` of type 7, of the text only what is used.
const WRITER: &str = r#"
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
struct { long type; struct { int size; char text[512]; } body; } message = { 7 };
int main(int argc, char **argv) {
    message.body.size = strlen(strcpy(message.body.text, argv[1]));
    return msgsnd(msgget(0x4d2, 0), &message, argc > 2 ? atoi(argv[2]) : 516, IPC_NOWAIT);
}
"#;

const LINE: &str = "int size; char text[512]";

#[test]
fn a_struct_of_a_c_program_is_looked_at_and_received() {
    let sb = Sandbox::new();
    let writer = sb.cc(WRITER, []);
    sb.ipctool(["msgq", "create", "0x4d2"]).run().status(0);
    for words in [&["first"][..], &["se\tcond\n"], &["third"], &["short", "9"], &["tiny", "4"]] {
        sb.command(&writer, words).run().status(0);
    }
    let msgq = |words: &[&str]| sb.ipctool([&["msgq"], words].concat()).run();
    msgq(&["peek", "0x4d2", "--struct", LINE, "--get", "size"]).status(0).stdout_is("5\n");
    msgq(&["peek", "0x4d2", "--struct", LINE, "--jsonl"])
        .status(0)
        .stdout_is("{\"type\":7,\"data\":{\"size\":5,\"text\":\"first\"}}\n");
    let table =
        "FIELD  OFFSET  TYPE       VALUE\nsize   0       int        5\ntext   4       char[512]  first\n";
    msgq(&["recv", "0x4d2", "--struct", LINE]).status(0).stdout_is(table);
    msgq(&["peek", "0x4d2", "--struct", LINE, "--show-type"]).status(0).stdout_contains("type 7\nFIELD");
    msgq(&["recv", "0x4d2", "--struct", LINE, "--get", "text", "--get", "size", "--show-type"])
        .status(0)
        .stdout_is("7\tse\\tcond\\n\t8\n");
    let run = [
        "recv",
        "0x4d2",
        "--struct",
        LINE,
        "--get",
        "text",
        "--raw",
        "--",
        "sh",
        "-c",
        "cat; echo $IPCTOOL_SIZE",
    ];
    msgq(&run).status(0).stdout_is("third516\n");
    // What a short body has of the text, and what it has not.
    msgq(&["recv", "0x4d2", "--struct", LINE, "-J"])
        .status(0)
        .stdout_is("{\"type\":7,\"data\":{\"size\":5,\"text\":\"short\"}}\n");
    msgq(&["peek", "0x4d2", "--struct", LINE, "-J", "--get", "text"])
        .status(1)
        .stdout_is("{\"type\":7,\"data\":{\"text\":null}}\n");
    msgq(&["recv", "0x4d2", "--struct", LINE, "--get", "text"])
        .status(1)
        .stdout_is("null\n")
        .stderr_contains("ends before that, after 4 bytes");
    for wrong in [
        &["--get", "size"][..],
        &["--struct", LINE, "--get", "length"],
        &["--struct", "int"],
        &["--struct", LINE, "--cstr"],
    ] {
        msgq(&[&["recv", "0x4d2"], wrong].concat()).status(2);
    }
}

#[test]
fn a_body_longer_than_the_struct_is_refused_before_it_is_lost() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x4d2"]).run().status(0);
    let big = "x".repeat(6000);
    sb.ipctool(["msgq", "send", "0x4d2", "12345678+", &big]).run().status(0);
    let msgq = |verb: &str, flags: &[&str]| {
        sb.ipctool([&["msgq", verb, "0x4d2", "--struct", "int n; short s"], flags].concat()).run()
    };
    for verb in ["recv", "drain"] {
        msgq(verb, &[]).status(1).stdout_is("").stderr_contains("more than the struct's 8 bytes; it stays");
    }
    msgq("peek", &[]).status(0).stdout_contains("(rest)  8       1 byte  2b");
    msgq("peek", &["--json"])
        .status(0)
        .stdout_is("{\"type\":1,\"data\":{\"n\":875770417,\"s\":13877},\"rest_base64\":\"Kw==\"}\n");
    msgq("recv", &["--truncate", "8", "--get", "s"]).status(0).stdout_is("13877\n");
    msgq("recv", &[]).status(1).stdout_is("");
    // A struct that needs more room than a first look has.
    let wide = sb.ipctool(["msgq", "recv", "0x4d2", "--struct", "char a[9000]", "--get", "a"]).run();
    wide.status(0).stdout_is(format!("{big}\n"));
    sb.ipctool(["msgq", "recv", "0x4d2", "--nowait"]).run().status(5);
}

#[test]
fn posix_messages_are_structs_too() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "/q", "--message-size", "64"]).run().status(0);
    let decls = "int n; char text[8]";
    let send = ["msgq", "send", "/q", "--struct", decls, "--set", "n=-3", "--set", "text=hello", "-p", "5"];
    sb.ipctool(send).run().status(0);
    sb.ipctool(["msgq", "send", "/q", "0123456789abcdef"]).run().status(0);
    let recv = ["msgq", "recv", "/q", "--struct", decls, "--json"];
    sb.ipctool(recv).run().status(0).stdout_is("{\"priority\":5,\"data\":{\"n\":-3,\"text\":\"hello\"}}\n");
    // It is out of the queue: nothing of it is lost.
    sb.ipctool(recv).run().status(0).stdout_contains("\"text\":\"456789ab\"},\"rest_base64\":\"Y2RlZg==\"}");
    sb.ipctool(["msgq", "peek", "/q", "--struct", decls]).run().status(2);
}

#[test]
fn a_message_is_not_taken_while_nobody_reads_its_fields() {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x4d2"]).run().status(0);
    sb.ipctool(["msgq", "send", "0x4d2", "abcd"]).run().status(0);
    let recv = ["msgq", "recv", "0x4d2", "--struct", "int n"];
    sb.ipctool(recv).reader_leaves_after(0).run().status(1);
    sb.ipctool(recv).closed(&[1]).run().status(1);
    sb.ipctool(recv).stdout_to("/dev/full").run().status(1).stderr_contains("1 record");
    sb.ipctool(["msgq", "recv", "0x4d2", "--nowait"]).run().status(5);
}
