//! The memory of other processes, by their address.

use crate::sandbox::{NONE, Sandbox, until_some};

/// Maps three pages, shared and anonymous, the middle one without access; prints its address and waits for its end.
const MAKER: &str = r#"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    char *shared = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    strcpy(shared, "hello");
    mprotect(shared + 4096, 4096, PROT_NONE);
    FILE *out = fopen("address.new", "w");
    fprintf(out, "%p", (void *)shared);
    fclose(out);
    rename("address.new", "address");
    pause();
    return 0;
}
"#;

#[test]
fn an_anonymous_mapping_is_read_and_written_and_a_hole_is_told() {
    let sb = Sandbox::new();
    let maker = sb.command(sb.cc(MAKER, []), NONE).spawn();
    let address = until_some("the address", || std::fs::read_to_string(sb.dir().join("address")).ok());
    let reference = format!("{}:{address}", maker.pid);
    let start = u64::from_str_radix(address.trim_start_matches("0x"), 16).unwrap();
    sb.ipctool(["mmap", "dump", &reference, "--text"]).run().status(0).stdout_is("hello");
    assert_eq!(sb.ipctool(["mmap", "dump", &reference, "--raw"]).run().status(0).stdout.len(), 4096);
    sb.ipctool(["mmap", "write", &reference, "--offset", "1", "ola"]).run().status(0);
    sb.ipctool(["mmap", "dump", &reference, "--raw", "--length", "5"]).run().status(0).stdout_is("holao");
    let range = format!("{}:{start:#x}-{:#x}", maker.pid, start + 3 * 4096);
    for form in ["--raw", "--text", "--strings"] {
        let whole = sb.ipctool(["mmap", "dump", &range, form]).run();
        if form == "--text" {
            whole.status(0).stdout_is("holao");
        } else {
            whole.status(1).stderr_contains("at 4096: ");
        }
    }
    let part = sb.ipctool(["mmap", "dump", &reference, "--length", "12288", "--raw"]).run().status(1);
    assert_eq!(part.stdout.len(), 4096);
    // As much of a struct as there is, the rest null; and where it stopped.
    let fields = |get: &[&str]| {
        let args = ["mmap", "dump", &range, "--struct", "char text[4096]; int beyond"];
        sb.ipctool([&args[..], get].concat()).run().status(1).stderr_contains("at 4096: ")
    };
    fields(&["--json"]).stdout_contains(r#""text":"holao","beyond":null"#);
    fields(&["--get", "beyond"]);
    // Nothing is there of the structs behind that one.
    let several = ["mmap", "dump", &range, "--struct", "char text[3000]", "--count", "4", "--json"];
    let several = sb.ipctool(several).run().status(1).stderr_contains("at 4096: ");
    assert_eq!(several.text().lines().count(), 2);
    sb.ipctool(["mmap", "dump", &format!("{}:0x1000", maker.pid)])
        .run()
        .status(3)
        .stderr_contains("nothing is mapped");
    sb.ipctool(["mmap", "write", &reference, "--struct", "int n", "--add", "n=1"])
        .run()
        .status(1)
        .stderr_contains("no atomic instruction reaches the memory of another process");
    let hole = format!("{}:{:#x}", maker.pid, start + 4096);
    for args in [&["x"][..], &["--struct", "int n", "--set", "n=1"], &[]] {
        let args = [&["mmap", "write", &hole], args].concat();
        let written = sb.ipctool(args).stdin("x").run().status(1);
        let cause = if written.stderr.starts_with(b"ipctool: cannot read") { "read" } else { "written" };
        written.stderr_contains(&format!("nothing that can be {cause} is mapped there now (EFAULT)"));
    }
    sb.ipctool(["mmap", "write", &reference, "--sync", "x"]).run().status(2);
    sb.ipctool(["mmap", "dump", "2147483647:0x1000"]).run().status(3).stderr_contains("no such process");
}

/// Maps what IPCTOOL_MMAP names, as its child does, which writes into it; prints nothing and waits for its end.
const SHARER: &str = r#"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>
int main(void) {
    int fd = open(getenv("IPCTOOL_MMAP"), O_RDWR);
    char *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        strcpy(shared + 8, "from the child");
    }
    pause();
    return 0;
}
"#;

#[test]
fn what_a_family_shares_is_found_and_read_from_a_third_shell() {
    let sb = Sandbox::new();
    let program = sb.cc(SHARER, []);
    let run = sb.ipctool(["mmap", "run", "--size", "4096", "--", program.to_str().unwrap()]).spawn();
    // The command is the process that was started.
    let ls = ["mmap", "ls", &run.pid.to_string(), "--kind", "memfd", "-q"];
    let reference = until_some("the mapping", || {
        let found = sb.ipctool(ls).run().text();
        (!found.is_empty()).then(|| found.trim_end().to_string())
    });
    let text = || sb.ipctool(["mmap", "dump", &reference, "--offset", "8", "--text"]).run().status(0).text();
    until_some("the child's text", || (text() == "from the child").then_some(()));
    let shown = sb.ipctool(["mmap", "show", &reference, "-J"]).run().status(0).json();
    let pids: Vec<_> = shown[0]["mapped"].as_array().unwrap().iter().map(|one| &one["pid"]).collect();
    assert!(pids.len() == 2 && pids.contains(&&run.pid.into()), "{shown:#}");
    sb.ipctool(["mmap", "write", &reference, "--struct", "long n", "--set", "n=7"]).run().status(0);
    let dump = ["mmap", "dump", &reference, "--struct", "long n; char text[16]", "--json"];
    sb.ipctool(dump).run().status(0).stdout_is("{\"n\":7,\"text\":\"from the child\"}\n");
}
