//! Mapped memory that others change, cut short, protect or unmap while we are at it.

use std::fs::{self, File};
use std::path::Path;

use nix::sys::signal::Signal;

use crate::sandbox::{NONE, Sandbox, blocked_in, until, until_some};

const MESSAGE: &str = "int written; char text[2048]";

/// Polls `written` of the struct in the mapped file `shared`, and prints the text then.
const POLLER: &str = r#"
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
struct message { volatile int written; char text[2048]; };
int main(void) {
    int fd = open("shared", O_RDWR);
    struct message *message = mmap(0, sizeof *message, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    while (message->written == 0) sched_yield();
    printf("%d %s\n", message->written, message->text);
    message->written = 0;
    return 0;
}
"#;

/// Maps two pages and unmaps them when told so by USR1.
const UNMAPPER: &str = r#"
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    sigset_t set;
    int got;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, 0);
    char *shared = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FILE *out = fopen("address.new", "w");
    fprintf(out, "%p", (void *)shared);
    fclose(out);
    rename("address.new", "address");
    sigwait(&set, &got);
    munmap(shared, 8192);
    fclose(fopen("unmapped", "w"));
    sigwait(&set, &got);
    return 0;
}
"#;

fn cut(file: impl AsRef<Path>, length: u64) {
    File::options().write(true).open(file).unwrap().set_len(length).unwrap();
}

#[test]
fn a_c_program_that_polls_a_mapped_file_gets_what_we_set() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./shared", "4096"]).run().status(0);
    let poller = sb.command(sb.cc(POLLER, []), NONE).spawn();
    until("the file to be mapped", || {
        let ls = ["mmap", "ls", &poller.pid.to_string(), "--name", "*/shared", "-q"];
        !sb.ipctool(ls).run().text().is_empty()
    });
    let write = ["mmap", "write", "./shared", "--struct", MESSAGE];
    sb.ipctool([&write[..], &["--set", "text=from a shell", "--set", "written=3"]].concat()).run().status(0);
    poller.wait().status(0).stdout_is("3 from a shell\n");
    // It has told us so: we are the reader now.
    let wait = ["mmap", "wait", "./shared", "--struct", MESSAGE, "--until", "written=0", "--nowait"];
    sb.ipctool(wait).run().status(0);
}

#[test]
fn a_file_cut_short_while_it_is_dumped() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./table", "16M"]).run().status(0);
    sb.sh("mkfifo go").run().status(0);
    // The reader takes a byte, so that the dump has begun, and the rest when it is told to.
    let script = "{ ipctool mmap dump ./table --raw; echo $? >status; } \
                  | { head -c 1 >/dev/null; touch begun; read go <go; wc -c >bytes; }";
    let dump = sb.sh(script).spawn();
    until("the dump to begin", || sb.dir().join("begun").exists());
    cut(sb.dir().join("table"), 4096);
    fs::write(sb.dir().join("go"), "\n").unwrap();
    dump.wait().status(0).stderr_contains("it was cut short: it ends at");
    assert_eq!(fs::read_to_string(sb.dir().join("status")).unwrap(), "1\n");
    let bytes: u64 = fs::read_to_string(sb.dir().join("bytes")).unwrap().trim().parse().unwrap();
    assert!((4095..16 << 20).contains(&bytes), "{bytes}");
}

#[test]
fn a_file_cut_short_while_it_is_written_waited_for_or_gone() {
    let sb = Sandbox::new();
    let table = sb.dir().join("table");
    sb.ipctool(["mmap", "create", "./table", "8192"]).run().status(0);
    let mut writer = sb.ipctool(["mmap", "write", "./table"]).stdin_open().spawn();
    writer.write([7; 4096]);
    until("the first bytes", || fs::read(&table).unwrap()[4095] == 7);
    cut(&table, 100);
    writer.write([8; 100]);
    writer.close_stdin();
    writer
        .wait()
        .status(1)
        .stderr_contains("it was cut short at 100 bytes, 4096 bytes were written and more came");
    assert_eq!(fs::metadata(&table).unwrap().len(), 100);
    cut(&table, 8192);
    let wait = ["mmap", "wait", "./table", "--offset", "4096", "--bytes", "ff", "--interval", "10ms"];
    let waiter = sb.ipctool(wait).spawn();
    blocked_in(waiter.pid, "poll");
    cut(&table, 100);
    waiter.wait().status(1).stderr_contains("it was cut short at 100");
    cut(&table, 8192);
    let waiter = sb.ipctool(wait).spawn();
    blocked_in(waiter.pid, "poll");
    fs::remove_file(&table).unwrap();
    waiter.wait().status(3).stderr_contains("removed");
}

#[test]
fn a_file_that_may_only_be_read() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./table", "64", "--mode", "0400"]).run().status(0);
    for words in [&["x"][..], &["--struct", "int n", "--set", "n=1"], &["--struct", "int n", "--add", "n=1"]]
    {
        let write = sb.ipctool([&["mmap", "write", "./table"], words].concat()).powerless().run();
        write
            .status(4)
            .stderr_contains("its mode is 0400")
            .stderr_contains("hint: it is yours: chmod u+rw ./table");
    }
    assert_eq!(fs::read(sb.dir().join("table")).unwrap(), [0; 64]);
    sb.ipctool(["mmap", "dump", "./table", "--struct", "int n", "--get", "n"])
        .powerless()
        .run()
        .stdout_is("0\n");
}

#[test]
fn odd_offsets_and_offsets_past_the_end() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./table", "64"]).run().status(0);
    let fields = |verb: &str, words: &[&str]| {
        sb.ipctool([&["mmap", verb, "./table", "--struct", "int n"], words].concat()).run()
    };
    fields("write", &["--offset", "3", "--set", "n=0x01020304"]).status(0);
    fields("dump", &["--offset", "3", "--get", "n"]).status(0).stdout_is("16909060\n");
    fields("write", &["--offset", "3", "--add", "n=1"]).status(2).stderr_contains("not aligned");
    fields("wait", &["--offset", "3", "--until", "n=0x01020304", "--nowait"]).status(0);
    for at in ["61", "64", "65", "0xffffffffffffffff"] {
        fields("dump", &["--offset", at]).status(1).stdout_is("").stderr_contains("64 bytes");
        fields("write", &["--offset", at, "--set", "n=1"]).status(1);
        fields("write", &["--offset", at, "--if", "n=0", "--add", "n=1"]).status(1);
        fields("wait", &["--offset", at, "--until", "n=1"]).status(1);
    }
    let bytes = fs::read(sb.dir().join("table")).unwrap();
    assert_eq!((bytes.len(), &bytes[..8], &bytes[8..]), (64, &[0, 0, 0, 4, 3, 2, 1, 0][..], &[0; 56][..]));
}

#[test]
fn an_address_that_is_unmapped_meanwhile_and_a_process_that_ends() {
    let sb = Sandbox::new();
    let maker = sb.command(sb.cc(UNMAPPER, []), NONE).spawn();
    let address = until_some("the address", || fs::read_to_string(sb.dir().join("address")).ok());
    let reference = format!("{}:{address}", maker.pid);
    let spawn = |words: &[&str]| {
        let running = sb.ipctool([words, &[&reference, "--interval", "10ms"]].concat()).spawn();
        blocked_in(running.pid, "poll");
        running
    };
    let wait = spawn(&["mmap", "wait", "--bytes", "ff"]);
    let watch = spawn(&["mmap", "watch"]);
    maker.signal(Signal::SIGUSR1);
    until("the memory to be unmapped", || sb.dir().join("unmapped").exists());
    wait.wait().status(1).stderr_contains("nothing that can be read is mapped there now (EFAULT)");
    watch.wait().status(1).stderr_contains("EFAULT");
    sb.ipctool(["mmap", "dump", &reference]).run().status(3).stderr_contains("nothing is mapped at");
    let stack = sb.ipctool(["mmap", "ls", &maker.pid.to_string(), "--name", "[[]stack]", "-q"]).run().text();
    let wait = sb.ipctool(["mmap", "wait", stack.trim_end(), "--bytes", "ff", "--offset", "1"]).spawn();
    blocked_in(wait.pid, "poll");
    maker.signal(Signal::SIGUSR1);
    maker.wait().status(0);
    wait.wait().status(3);
}
