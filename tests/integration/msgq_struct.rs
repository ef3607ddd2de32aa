//! Messages whose bodies are C structs.

use crate::sandbox::Sandbox;

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
    sb.command(sb.cc(READER, []), [] as [&str; 0]).run().status(0).stdout_is("516 5 hello\n");
}
