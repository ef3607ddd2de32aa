//! What a command costs, in numbers that do not depend on what else the machine does: system calls, threads, memory.
//! Times are measured by `benches/`.

use crate::sandbox::{Sandbox, need_program};

/// System calls of our own: from the look at descriptor 0 on, with which we begin, so that the dynamic loader's do not count.
fn own_calls(sb: &Sandbox, command: &str) -> Vec<String> {
    sb.sh(&format!("exec strace -f -o trace ipctool {command} >answer")).run().status(0);
    let trace = std::fs::read_to_string(sb.path("trace")).unwrap();
    let start = trace.lines().skip_while(|line| !line.contains(" fcntl(0, F_GETFD"));
    let calls: Vec<String> = start.filter(|line| !line.contains("+++")).map(str::to_string).collect();
    assert!(!calls.is_empty(), "{trace}");
    calls
}

#[test]
fn small_commands_need_few_system_calls_and_no_thread() {
    if !need_program("strace") {
        return;
    }
    let sb = Sandbox::new();
    sb.sh("ipctool sem create 0x4d2; ipctool msgq create 0x4d2").run().status(0);
    let idle = sb.sh("exec sleep 600").spawn();
    let table = [
        ("sem v 0x4d2".to_string(), 15),
        ("sem p 0x4d2".to_string(), 15),
        ("msgq send 0x4d2 x".to_string(), 19),
        ("msgq recv 0x4d2".to_string(), 22),
        // System V queues, and POSIX ones through a view of their file system.
        ("ls msgq".to_string(), 37),
        (format!("sig send 0 {}", idle.pid), 12),
    ];
    for (command, most) in table {
        let calls = own_calls(&sb, &command);
        assert!(calls.len() <= most, "{command}: {} system calls:\n{}", calls.len(), calls.join("\n"));
        let threads = calls.iter().filter(|call| call.contains(" clone") || call.contains(" fork"));
        assert_eq!(threads.count(), 0, "{command}:\n{}", calls.join("\n"));
    }
}

/// Each library that is loaded costs a start some 0.1 ms.
#[test]
fn no_library_is_loaded_but_the_c_library() {
    if !need_program("readelf") {
        return;
    }
    let sb = Sandbox::new();
    let dynamic = sb.sh("readelf -dW \"$(command -v ipctool)\"").run().status(0).text();
    let needed = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    let others: Vec<_> =
        needed.filter(|line| !line.contains("[libc.so.") && !line.contains("[ld-linux")).collect();
    assert!(others.is_empty(), "{others:?}");
}

/// From one tenth of the objects on to another: 4,000 segments, 31,900 queues (a namespace takes 32,000), 10,000 sets in all.
const MAKE: &str = r#"
for ($first * 400 + 1 .. $last * 400) { defined shmget(0x10000000 + $_, 4096, 0x200 | 0600) or die "shmget: $!" }
for ($first * 3190 + 1 .. $last * 3190) { defined msgget(0x20000000 + $_, 0x200 | 0600) or die "msgget: $!" }
for ($first * 1000 + 1 .. $last * 1000) { defined semget(0x30000000 + $_, 1, 0x200 | 0600) or die "semget: $!" }
"#;

/// What ten times as many objects may take more, in KiB: far less than their rows, and more than one run differs from the next.
const MORE: u64 = 3 * 1024;

/// The most memory that a command held, in KiB. In C: what a process held before it became the command counts.
const PEAK: &str = r#"
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
    (void)argc;
    if (fork() == 0) {
        dup2(open("/dev/null", O_WRONLY), 1);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    int status;
    wait(&status);
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    printf("%ld\n", usage.ru_maxrss);
    return status != 0;
}
"#;

#[test]
fn a_list_of_46_000_objects_takes_as_much_memory_as_one_of_4_600() {
    let sb = Sandbox::new();
    let program = sb.cc(PEAK, []);
    let peak = |args| -> u64 {
        let answer = sb.command(&program, ["ipctool", "ls"].iter().chain(args)).run().status(0).text();
        answer.trim().parse().unwrap()
    };
    let lists: [&[&str]; 3] = [&[], &["--json"], &["--tsv"]];
    sb.perl(&format!("my ($first, $last) = (0, 1); {MAKE}")).run().status(0);
    let few = lists.map(peak);
    sb.perl(&format!("my ($first, $last) = (1, 10); {MAKE}")).run().status(0);
    let many = lists.map(peak);
    for ((args, few), many) in lists.iter().zip(few).zip(many) {
        assert!(many <= few + MORE, "ls {args:?}: {many} KiB, and {few} for a tenth as many objects");
    }
}
