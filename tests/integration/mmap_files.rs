//! Mapped files: made, written, dumped, watched and waited for together with C programs.

use std::fs;
use std::thread;

use crate::person::{PERSON, reader, writer};
use crate::sandbox::{NONE, Sandbox};

/// A child writes into the memory that IPCTOOL_MMAP names, and its parent prints that.
const FAMILY: &str = r#"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    int fd = open(getenv("IPCTOOL_MMAP"), O_RDWR);
    char *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED) return 1;
    if (fork() == 0) { strcpy(shared, "from the child"); _exit(0); }
    wait(0);
    printf("%s %d %d\n", shared, ftruncate(fd, 8192), ftruncate(fd, 0));
    return 7;
}
"#;

/// The mapped file `table`, in C.
const TABLE: &str = "mmap(0, sizeof *person, PROT_READ | PROT_WRITE, MAP_SHARED, open(\"table\", O_RDWR), 0)";

#[test]
fn a_file_is_made_lengthened_and_never_shortened() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./table", "64"]).run().status(0).stdout_is("mmap:./table\n");
    sb.ipctool(["mmap", "write", "./table", "--offset", "60", "tail", "--sync"]).run().status(0);
    sb.ipctool(["mmap", "create", "./table", "32"]).run().status(1).stderr_contains("never shortened");
    sb.ipctool(["mmap", "create", "./table", "64", "--exclusive"]).run().status(1);
    sb.ipctool(["mmap", "create", "./table", "64", "--mode", "0644"]).run().status(1).stderr_contains("0600");
    sb.ipctool(["mmap", "create", "./table", "66"]).run().status(0);
    sb.ipctool(["mmap", "dump", "./table", "--raw", "--offset", "59"])
        .run()
        .status(0)
        .stdout_is("\0tail\0\0");
    sb.ipctool(["mmap", "write", "./table", "--offset", "63", "tail"]).run().status(1);
    sb.ipctool(["mmap", "dump", "./table", "--offset", "67"]).run().status(1).stderr_contains("66 bytes");
    sb.ipctool(["mmap", "dump", "./missing"]).run().status(3);
    sb.ipctool(["mmap", "dump", "/dev"]).run().status(1).stderr_contains("directory");
    sb.ipctool(["mmap", "create", "1:0x1000", "66"]).run().status(2);
}

#[test]
fn a_file_of_no_bytes_and_one_of_a_tebibyte() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./none", "0"]).run().status(0);
    sb.ipctool(["mmap", "dump", "./none"]).run().status(0).stdout_is("");
    sb.ipctool(["mmap", "write", "./none", "x"]).run().status(1);
    sb.ipctool(["mmap", "write", "./none", "--struct", "int n", "--add", "n=1"]).run().status(1);
    sb.ipctool(["mmap", "create", "./hole", "1T"]).run().status(0);
    sb.ipctool(["mmap", "write", "./hole", "--offset", "0xfffffffffe", "ab"]).run().status(0);
    sb.ipctool(["mmap", "dump", "./hole", "--raw", "--offset", "0xfffffffffc"])
        .run()
        .status(0)
        .stdout_is("\0\0ab");
    sb.ipctool(["mmap", "watch", "./hole"]).run().status(1).stderr_contains("at most");
    sb.ipctool(["mmap", "dump", "./hole", "--struct", "char a[0x8000000000]"])
        .run()
        .status(2)
        .stderr_contains("at most");
}

#[test]
fn one_writes_we_change_a_field_another_reads() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./table", "4096"]).run().status(0);
    sb.command(sb.cc(&writer(TABLE), []), NONE).run().status(0);
    sb.ipctool(["mmap", "dump", "./table", "--struct", PERSON, "--json"])
        .run()
        .status(0)
        .stdout_is("{\"age\":28,\"name\":\"Anna\",\"id\":4711}\n");
    sb.ipctool(["mmap", "write", "./table", "--struct", PERSON, "--set", "name=Berta", "--if", "age=28"])
        .run()
        .status(0);
    sb.command(sb.cc(&reader(TABLE), []), NONE).run().status(0).stdout_is("28 Berta 4711\n");
    sb.ipctool(["mmap", "wait", "./table", "--struct", PERSON, "--until", "id=4711"]).run().status(0);
    sb.ipctool(["mmap", "wait", "./table", "--bytes", "ff", "--nowait"]).run().status(5);
}

#[test]
fn no_step_is_lost_by_eight_who_add() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./table", "4096"]).run().status(0);
    let adds = "for i in 1 2 3 4 5; do ipctool mmap write ./table --struct 'int count' --add count=1; done";
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| sb.sh(adds).run().status(0));
        }
    });
    sb.ipctool(["mmap", "dump", "./table", "--struct", "int count", "--get", "count"])
        .run()
        .status(0)
        .stdout_is("40\n");
}

#[test]
fn a_watched_file_that_is_cut_short_is_an_error() {
    let sb = Sandbox::new();
    sb.ipctool(["mmap", "create", "./table", "8192"]).run().status(0);
    let watch = ["mmap", "watch", "./table", "--interval", "10ms"];
    let watcher = sb.ipctool(watch).spawn();
    crate::sandbox::blocked_in(watcher.pid, "poll");
    fs::File::options().write(true).open(sb.dir().join("table")).unwrap().set_len(100).unwrap();
    watcher.wait().status(1).stderr_contains("cut short at 100");
}

#[test]
fn a_family_shares_memory_whose_size_is_fixed() {
    let sb = Sandbox::new();
    let family = sb.cc(FAMILY, []);
    let run = ["mmap", "run", "--size", "4096", "--", family.to_str().unwrap()];
    sb.ipctool(run).run().status(7).stdout_is("from the child -1 -1\n");
    sb.ipctool(["mmap", "run", "--size", "1", "--", "./missing"]).run().status(127);
    sb.ipctool(["mmap", "run", "--size", "1", "--name", "a=b", "--", "true"]).run().status(2);
    sb.ipctool(["mmap", "run", "--size", "5", "--name", "M", "--", "sh", "-c", "wc -c < $M"])
        .run()
        .status(0)
        .stdout_is("5\n");
}
