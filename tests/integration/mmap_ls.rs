//! What processes have mapped: lists, one mapping, who shares it.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::sandbox::{NONE, Running, Sandbox, need_root, until_some};
use crate::schema::assert_valid;

/// Maps memory of every kind, writes to two pages of a private file, has a child that shares it all; prints addresses.
const MAKER: &str = r#"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <signal.h>
#include <unistd.h>
static FILE *out;
static char *map(const char *name, size_t size, int flags, int fd, off_t at) {
    char *start = mmap(0, size, PROT_READ | PROT_WRITE, flags, fd, at);
    fprintf(out, "%s %p\n", name, (void *)start);
    return start;
}
static int file(const char *name) {
    int fd = open(name, O_RDWR | O_CREAT, 0600);
    ftruncate(fd, 16384);
    return fd;
}
int main(void) {
    out = fopen("maps.new", "w");
    strcpy(map("anonymous-shared", 8192, MAP_SHARED | MAP_ANONYMOUS, -1, 0), "hello");
    map("anonymous", 8192, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 2; i++) {
        int fd = memfd_create("pool", 0);
        ftruncate(fd, 4096);
        map(i ? "twin" : "memfd", 4096, MAP_SHARED, fd, 0);
    }
    fprintf(out, "sysv %p\n", shmat(shmget(0x4d2, 4096, IPC_CREAT | 0600), 0, 0));
    map("posix", 4096, MAP_SHARED, file("/dev/shm/state"), 0);
    char *copy = map("file", 16384, MAP_PRIVATE, file("table"), 0);
    copy[0] = copy[9000] = 1;
    map("part", 4096, MAP_SHARED, file("table"), 8192);
    map("deleted", 4096, MAP_SHARED, file("gone"), 0);
    unlink("gone");
    map("device", 4096, MAP_PRIVATE, open("/dev/zero", O_RDWR), 0);
    if (fork() == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); raise(SIGSTOP); }
    fclose(out);
    rename("maps.new", "maps");
    pause();
    return 0;
}
"#;

/// The maker, and where it has mapped what.
struct Made<'a> {
    maker: Running,
    addresses: BTreeMap<String, String>,
    sb: &'a Sandbox,
}

impl<'a> Made<'a> {
    fn new(sb: &'a Sandbox) -> Made<'a> {
        let maker = sb.command(sb.cc(MAKER, ["-w"]), NONE).spawn();
        let text = until_some("the maps", || fs::read_to_string(sb.dir().join("maps")).ok());
        let of_line = |line: &str| {
            let (name, address) = line.split_once(' ').unwrap();
            (name.to_string(), address.to_string())
        };
        Made { maker, addresses: text.lines().map(of_line).collect(), sb }
    }

    fn pid(&self) -> String {
        self.maker.pid.to_string()
    }

    fn reference(&self, name: &str) -> String {
        format!("mmap:{}:{}", self.maker.pid, self.addresses[name])
    }

    fn list(&self, flags: &[&str]) -> Vec<Value> {
        let pid = self.pid();
        let words = ["mmap", "ls", &pid, "--json"];
        let list = self.sb.ipctool([&words[..], flags].concat()).run().status(0).json();
        assert_valid("ls-mmap", &list);
        list.as_array().unwrap().clone()
    }

    fn of(&self, list: &[Value], name: &str) -> Value {
        let reference = self.reference(name);
        list.iter().find(|one| one["ref"] == *reference).unwrap_or_else(|| panic!("no {reference}")).clone()
    }

    fn show(&self, reference: &str) -> Value {
        let shown = self.sb.ipctool(["show", reference, "-J"]).run().status(0).json();
        assert_valid("show-mmap", &shown);
        shown[0].clone()
    }
}

#[test]
fn every_kind_of_mapping_of_a_process() {
    let sb = Sandbox::new();
    let made = Made::new(&sb);
    let list = made.list(&[]);
    for name in ["anonymous-shared", "anonymous", "memfd", "sysv", "posix", "file", "deleted", "device"] {
        let one = made.of(&list, name);
        assert_eq!(one["kind"], name);
        assert_eq!(one["pid"], made.maker.pid);
        assert_eq!(one["shared"], !["anonymous", "file", "device"].contains(&name), "{name}");
    }
    let file = made.of(&list, "file");
    assert_eq!((&file["size"], &file["copied"], &file["prot"]), (&16384.into(), &8192.into(), &"rw-".into()));
    assert!(file["path"].as_str().unwrap().ends_with("/table"));
    assert_eq!(made.of(&list, "part")["offset"], 8192);
    let touched = made.of(&list, "anonymous-shared");
    assert_eq!((&touched["rss"], &touched["copied"]), (&4096.into(), &Value::Null));
    sb.ipctool(["mmap", "dump", touched["ref"].as_str().unwrap(), "--text"])
        .run()
        .status(0)
        .stdout_is("hello");
    let only = |flags: &[&str]| made.list(flags).len();
    assert_eq!(only(&["--kind", "memfd,sysv"]), 3);
    assert_eq!(only(&["--shared", "--kind", "file", "--name", "*/table"]), 1);
    assert_eq!((only(&["--deleted"]), only(&["--posix"]), only(&["--sysv"])), (1, 1, 1));
    assert!(only(&["--min-size", "16K"]) < list.len() && only(&["--mine"]) == list.len());
    let table = sb.ipctool(["mmap", "ls", &made.pid(), "--kind", "posix"]).run().status(0).text();
    let heading: Vec<_> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(
        heading,
        ["ADDRESS", "SIZE", "PROT", "SHARED", "OFFSET", "KIND", "RSS", "COPIED", "REF", "PATH"]
    );
    assert!(table.ends_with("/dev/shm/state\n"), "{table}");
}

#[test]
fn an_object_is_shown_with_everybody_who_maps_it() {
    let sb = Sandbox::new();
    let made = Made::new(&sb);
    for (name, mapped) in [("anonymous-shared", 2), ("memfd", 2), ("sysv", 2), ("posix", 2), ("deleted", 2)] {
        let shown = made.show(&made.reference(name));
        let pids: Vec<_> = shown["mapped"].as_array().unwrap().iter().map(|one| &one["pid"]).collect();
        assert_eq!(pids.len(), mapped, "{name}: {shown:#}");
        assert!(pids[0] != pids[1] && pids.contains(&&made.maker.pid.into()));
    }
    // A private mapping and a part of the file, each in the parent and the child.
    assert_eq!(made.show(&made.reference("part"))["mapped"].as_array().unwrap().len(), 4);
    let alone = made.show(&made.reference("anonymous"));
    assert_eq!(alone["mapped"].as_array().unwrap().len(), 1);
    let file = made.show("mmap:./table");
    assert_eq!(
        (&file["kind"], &file["size"], &file["mode"]),
        (&"file".into(), &16384.into(), &"0600".into())
    );
    let copied: Vec<_> = file["mapped"].as_array().unwrap().iter().map(|one| &one["copied"]).collect();
    assert_eq!(copied.iter().filter(|bytes| **bytes == &Value::from(8192)).count(), 2, "{file:#}");
    let listed = sb.ipctool(["ls", "mmap", "./table", "-q"]).run().text();
    assert!(listed.lines().any(|line| line == made.reference("part")), "{listed}");
    assert_eq!(made.show("mmap:/dev/shm/state")["kind"], "posix");
    let shared = sb.ipctool(["ls", "mmap", "-q"]).run().status(0).text();
    assert!(shared.lines().any(|line| line == made.reference("twin")), "{shared}");
    assert!(!shared.lines().any(|line| line == made.reference("anonymous")));
    sb.ipctool(["mmap", "show", &made.reference("sysv"), "--field", "kind"])
        .run()
        .status(0)
        .stdout_is("sysv\n");
    sb.ipctool(["mmap", "show", &made.reference("sysv"), "-q"]).run().status(0).stdout_is("");
}

#[test]
fn names_with_odd_bytes_are_one_safe_line() {
    let sb = Sandbox::new();
    fs::write(sb.dir().join("a\nb\\c"), "hello").unwrap();
    let shown = sb.ipctool(["mmap", "show", "./a\nb\\c", "--field", "ref"]).run().status(0).text();
    assert_eq!(shown, "x:mmap:./a\\x0ab\\\\c\n");
    sb.ipctool(["mmap", "dump", shown.trim_end(), "--raw"]).run().status(0).stdout_is("hello");
    let script = "import mmap, os, signal\n\
                  m = mmap.mmap(os.open('a\\nb\\\\c', os.O_RDWR), 5)\n\
                  print('mapped', flush=True)\nsignal.pause()";
    let holder = sb.python(script).spawn();
    holder.wait_for_stdout("mapped");
    let list = ["mmap", "ls", &holder.pid.to_string(), "--name", "*/a*c"];
    let table = sb.ipctool([&list[..], &["--noheadings"]].concat()).run().status(0).text();
    assert!(table.lines().count() == 1 && table.contains("/a\\x0ab\\c"), "{table}");
    let path = sb.ipctool([&list[..], &["--json"]].concat()).run().status(0).json()[0]["path"].clone();
    assert!(path.as_str().unwrap().ends_with("/a\nb\\c"), "{path}");
}

#[test]
fn what_is_not_there_and_what_is_not_ours() {
    let sb = Sandbox::new();
    let ls = |words: &[&str]| sb.ipctool([&["mmap", "ls"], words].concat()).run();
    ls(&["2147483647"]).status(3).stderr_contains("no such process");
    ls(&["./missing"]).status(3);
    ls(&[&format!("{}:0x10", sb.pid())]).status(3).stderr_contains("nothing is mapped");
    for wrong in [
        &["shm"][..],
        &["0"],
        &["7:8"],
        &["--key", "1"],
        &["--orphan"],
        &["--kind", "segment"],
        &["--full"],
        &["-o", "nattch"],
    ] {
        ls(wrong).status(2).stdout_is("");
    }
    sb.ipctool(["ls", "shm", "--shared"]).run().status(2).stderr_contains("ls mmap only");
    sb.ipctool(["mmap", "show", "."]).run().status(1).stderr_contains("a directory");
    sb.ipctool(["mmap", "show", "2147483647:0x1000"]).run().status(3);
    sb.ipctool(["mmap", "show", "./missing"]).run().status(3);
    if !need_root() {
        return;
    }
    let made = Made::new(&sb);
    let other =
        |words: &[&str]| sb.ipctool(words).by_other_user().run().status(4).stderr_contains("may trace it");
    other(&["mmap", "ls", &made.pid()]);
    other(&["mmap", "show", &made.reference("file")]);
    other(&["mmap", "dump", &made.reference("file")]);
    other(&["mmap", "write", &made.reference("file"), "x"]);
    // The good ones are listed, the status is the first failure's.
    let both = sb.ipctool(["mmap", "ls", &made.pid(), "2147483647", "-q"]).run().status(3);
    both.stdout_contains(&made.reference("file"));
}
