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

/// 4,000 segments, 31,900 queues (a namespace takes 32,000), 10,000 sets.
const MAKE: &str = r#"
for (1 .. 4000) { defined shmget(0x10000000 + $_, 4096, 0x200 | 0600) or die "shmget: $!" }
for (1 .. 31900) { defined msgget(0x20000000 + $_, 0x200 | 0600) or die "msgget: $!" }
for (1 .. 10000) { defined semget(0x30000000 + $_, 1, 0x200 | 0600) or die "semget: $!" }
"#;

/// What a list of them may take, in KiB: no objects, only the text of a table that is not the same as the line above.
const MOST: u64 = 4 * 1024;

/// The most memory that a command held, in KiB.
const PEAK: &str = r#"
import os, resource, sys
if os.fork() == 0:
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])
os.wait()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"#;

fn peak(sb: &Sandbox, command: &[&str]) -> u64 {
    std::fs::write(sb.path("peak.py"), PEAK).unwrap();
    let args = ["peak.py"].iter().chain(command);
    sb.command("python3", args).run().status(0).text().trim().parse().unwrap()
}

#[test]
fn a_list_of_46_000_objects_takes_little_memory() {
    let sb = Sandbox::new();
    sb.perl(MAKE).run().status(0);
    let few = peak(&sb, &["ipctool", "--version"]);
    for args in [&["ipctool", "ls"][..], &["ipctool", "ls", "--json"], &["ipctool", "ls", "--tsv"]] {
        let most = peak(&sb, args);
        assert!(most <= few + MOST, "{args:?}: {most} KiB, {few} for a command that looks at nothing");
    }
}
