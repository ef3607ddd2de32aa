//! POSIX shared memory: `/dev/shm` with what others put there, C and Python as peers.

use crate::sandbox::{NONE, Sandbox, need_root};

/// Makes an object by shm_open, maps it, writes a word into it and stays; or prints what is at its beginning.
const PEER: &str = r#"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(int argc, char **argv) {
    int fd = shm_open(argv[2], O_RDWR | O_CREAT, 0600);
    if (argv[1][0] == 'w') ftruncate(fd, 8192);
    char *memory = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (argv[1][0] == 'r') return puts(memory) < 0;
    strcpy(memory, argv[3]);
    puts("ready");
    fflush(stdout);
    return getchar() == 'x';
}
"#;

#[test]
fn a_c_program_and_we_see_the_same_bytes() {
    let sb = Sandbox::new();
    let peer = sb.cc(PEER, ["-lrt"]);
    let mapped = sb.command(&peer, ["w", "/frames", "from C"]).stdin_open().spawn();
    mapped.wait_for_stdout("ready");
    sb.ipctool(["shm", "dump", "/frames", "--length", "6"]).run().status(0).stdout_is("from C");
    sb.ipctool(["shm", "write", "frames", "from us"]).run().status(0).stderr_is("");
    sb.command(&peer, ["r", "/frames"]).run().status(0).stdout_is("from us\n");
    let shown = sb.ipctool(["show", "shm:/frames", "--json"]).run().status(0).json();
    crate::schema::assert_valid("show", &shown);
    assert_eq!(shown[0]["attached"][0]["pid"], mapped.pid);
    assert_eq!(shown[0]["segsz"], 8192);
    sb.ipctool(["ls", "shm", "--in-use", "-q"]).run().status(0).stdout_is("shm:/frames\n");
    sb.ipctool(["rm", "shm", "--all", "--yes"]).run().status(0).stdout_is("");
    sb.ipctool(["ls", "shm", "--orphan", "-q"]).run().status(0).stdout_is("");
    drop(mapped);
    sb.ipctool(["rm", "shm", "--all", "--yes"]).run().status(0).stdout_is("shm:/frames\n");
}

#[test]
fn python_shares_its_memory_with_us() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "/py", "64"]).run().status(0).stdout_is("shm:/py\n");
    sb.ipctool(["shm", "write", "/py", "hello"]).run().status(0);
    let read = "from multiprocessing import shared_memory, resource_tracker\n\
                m = shared_memory.SharedMemory('py')\n\
                resource_tracker.unregister(m._name, 'shared_memory')\n\
                print(bytes(m.buf[:5]).decode(), m.size)\nm.buf[:3] = b'now'\nm.close()";
    sb.python(read).run().status(0).stdout_is("hello 64\n");
    sb.ipctool(["shm", "dump", "/py", "--length", "5"]).run().status(0).stdout_is("nowlo");
    sb.ipctool(["shm", "wait", "/py", "--offset", "0", "--bytes", "6e6f77", "--nowait"]).run().status(0);
}

#[test]
fn an_existing_object_is_kept_and_its_difference_named() {
    let sb = Sandbox::new();
    let create = |args: &[&str]| sb.ipctool([&["shm", "create", "/o"], args].concat()).run();
    create(&["100", "--mode", "0640"]).status(0);
    create(&["100"]).status(0).stdout_is("shm:/o\n");
    create(&["100", "--exclusive"]).status(1).stderr_contains("it exists already");
    create(&["200"]).status(1).stderr_contains("has 100 bytes, not 200");
    create(&["100", "--mode", "0600"]).status(1).stderr_contains("has mode 0640, not 0600");
    create(&["100", "--huge"]).status(2).stderr_contains("no huge pages");
    sb.ipctool(["shm", "resize", "/o", "9000"]).run().status(0).stderr_is("");
    sb.ipctool(["show", "shm:/o", "--field", "segsz"]).run().status(0).stdout_is("9000\n");
    sb.ipctool(["shm", "resize", "/none", "1"]).run().status(3).stderr_contains("no such shared memory");
    sb.ipctool(["shm", "create", "0x7", "10"]).run().status(0);
    sb.ipctool(["shm", "resize", "0x7", "20"]).run().status(2).stderr_contains("keeps the size");
    sb.ipctool(["rm", "shm:/o"]).run().status(0).stderr_is("");
    sb.ipctool(["rm", "shm:/o"]).run().status(3);
    sb.ipctool(["shm", "dump", "/o"]).run().status(3).stderr_contains("no such shared memory object");
}

#[test]
fn a_full_dev_shm_is_an_error_with_a_hint() {
    let sb = Sandbox::new();
    let script = "size=$(stat -f -c '%b %S' /dev/shm | { read blocks size; echo $((blocks * size)); })\n\
                  ipctool shm create /huge $((size + 4096))";
    let told = sb.sh(script).run().status(1);
    told.stderr_contains("ENOSPC").stderr_contains("hint: 'ipctool limits shm'");
    sb.ipctool(["shm", "ls", "-q"]).run().status(0).stdout_is("");
}

#[test]
fn an_owner_mends_a_mode_of_0000() {
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "/o", "10"]).run().status(0);
    sb.ipctool(["change", "shm:/o", "--mode", "0000"]).powerless().run().status(0).stderr_is("");
    let refused = sb.ipctool(["shm", "dump", "/o"]).powerless().run().status(4);
    refused.stderr_contains("its mode is 0000").stderr_contains("ipctool change shm:/o --mode 0600");
    sb.ipctool(["change", "shm:/o", "--mode", "0600"]).powerless().run().status(0).stderr_is("");
    sb.ipctool(["shm", "dump", "/o", "--length", "1"]).powerless().run().status(0);
}

/// What may lie in `/dev/shm`, and must not be touched.
const STRANGE: &str = "cd /dev/shm && mkdir dir && ln -s /etc/passwd link && ln -s nowhere dangling && mkfifo fifo &&
    perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un(\"/dev/shm/sock\")) or die' &&
    printf short >sem.odd && : >plain";

#[test]
fn removing_all_takes_what_is_ours_to_take_and_follows_nothing() {
    let sb = Sandbox::new();
    sb.sh(STRANGE).run().status(0).stderr_is("");
    sb.ipctool(["sem", "create", "/s"]).run().status(0);
    let peer = sb.cc(PEER, ["-lrt"]);
    let mapped = sb.command(&peer, ["w", "/used", "x"]).stdin_open().spawn();
    mapped.wait_for_stdout("ready");
    let listed = "sem:/s\nshm:/plain\nshm:/sem.odd\nshm:/used\n";
    sb.ipctool(["ls", "sem", "shm", "-q"]).run().status(0).stdout_is(listed);
    for name in ["link", "dangling", "fifo", "dir", "sock"] {
        let reference = format!("shm:/{name}");
        for verb in [&["rm"][..], &["show"], &["shm", "dump"], &["change", "--mode", "0600"]] {
            sb.ipctool(verb.iter().copied().chain([reference.as_str()])).run().status(3);
        }
    }
    sb.ipctool(["sem", "v", "/odd"]).run().status(3).stderr_contains("is no semaphore");
    let gone = sb.ipctool(["rm", "shm", "sem", "--all", "--yes"]).run().status(0);
    gone.stdout_is("shm:/plain\nshm:/sem.odd\nsem:/s\n");
    sb.sh("cd /dev/shm && ls && test -s /etc/passwd")
        .run()
        .status(0)
        .stdout_is("dangling\ndir\nfifo\nlink\nsock\nused\n");
}

#[test]
fn one_rule_for_the_names_of_three_kinds() {
    let sb = Sandbox::new();
    let creates: [(&[&str], &[&str], usize); 3] =
        [(&["shm", "create"], &["16"], 255), (&["msgq", "create"], &[], 255), (&["sem", "create"], &[], 251)];
    for (create, size, longest) in creates {
        let run = |name: &std::ffi::OsStr| {
            let word = |word: &&str| std::ffi::OsString::from(word);
            let words: Vec<_> =
                create.iter().map(word).chain([name.to_owned()]).chain(size.iter().map(word)).collect();
            sb.ipctool(words).run()
        };
        for bad in ["/a/b", "//a", "/", "/.", "/.."] {
            run(bad.as_ref()).status(2);
        }
        run(format!("/{}", "n".repeat(longest + 1)).as_ref()).status(2);
        let long = format!("/{}", "n".repeat(longest));
        run(long.as_ref()).status(0).stdout_is(format!("{}:{long}\n", create[0]));
        let odd: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"/a\n\x1b\xff");
        run(odd).status(0).stdout_is(format!("x:{}:/a\\x0a\\x1b\\xff\n", create[0]));
        run("noslash".as_ref()).status(0).stdout_is(format!("{}:/noslash\n", create[0]));
    }
    // A name made to look like another reference removes what it names.
    sb.ipctool(["shm", "create", "0x2a", "16"]).run().status(0).stdout_is("shm:0\n");
    sb.ipctool(["shm", "create", "shm:/shm:0", "16"]).run().status(0);
    sb.ipctool(["shm", "create", "shm:/x\nshm:0", "16"]).run().status(0);
    sb.sh("ipctool ls shm msgq sem --posix -q | ipctool rm -").run().status(0).stderr_is("");
    sb.ipctool(["ls", "-q"]).run().status(0).stdout_is("shm:0\n");
}

#[test]
fn another_namespaces_objects_are_seen_from_outside() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    let inside = sb
        .sh("unshare -i -m sh -c 'mount -t tmpfs none /dev/shm; ipctool shm create /in 64; ipctool msgq create /in;
             ipctool sem create /in; echo ready $$; read line'")
        .stdin_open()
        .spawn();
    inside.wait_for_stdout("ready");
    let told = inside.stdout_so_far();
    let pid = told.trim().rsplit(' ').next().unwrap();
    let run = |args: &[&str]| sb.ipctool([args, &["--ns", pid]].concat()).run();
    run(&["ls", "-q"]).status(0).stdout_is("msgq:/in\nsem:/in\nshm:/in\n").stderr_is("");
    run(&["msgq", "send", "/in", "x"]).status(0).stderr_is("");
    run(&["show", "msgq:/in", "--field", "qnum"]).status(0).stdout_is("1\n");
    run(&["sem", "p", "/in", "--nowait"]).status(0).stderr_is("");
    run(&["shm", "write", "/in", "x"]).status(0).stderr_is("");
    run(&["rm", "shm:/in", "sem:/in", "msgq:/in"]).status(0).stderr_is("");
    run(&["ls", "-q"]).status(0).stdout_is("");
    sb.ipctool(["ls", "-q"]).run().status(0).stdout_is("");
}

/// Reads and writes `{int count; char text[2048]; int written;}` in the object `/state`.
const COUNTER: &str = r#"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
struct state { int count; char text[2048]; volatile int written; };
int main(void) {
    int fd = shm_open("/state", O_RDWR, 0);
    struct state *state = mmap(0, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    printf("%d %s\n", state->count, state->text);
    state->written = 1;
    return 0;
}
"#;

#[test]
fn an_object_as_a_struct_that_shells_and_a_c_program_share() {
    let sb = Sandbox::new();
    let state = "int count; char text[2048]; int written";
    sb.ipctool(["shm", "create", "/state", "4096"]).run().status(0);
    let adds =
        format!("for i in 1 2 3 4 5; do ipctool shm write /state --struct '{state}' --add count=1; done");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| sb.sh(&adds).run().status(0));
        }
    });
    let shm = |verb: &str, flags: &[&str]| {
        sb.ipctool([&["shm", verb, "/state", "--struct", state], flags].concat())
    };
    shm("write", &["--set", "text=from a shell", "--if", "count=40"]).run().status(0);
    let waiter = shm("wait", &["--until", "written=1", "--interval", "10ms"]).spawn();
    crate::sandbox::blocked_in(waiter.pid, "poll");
    sb.command(sb.cc(COUNTER, []), NONE).run().status(0).stdout_is("40 from a shell\n");
    waiter.wait().status(0);
    shm("dump", &["--get", "written"]).run().status(0).stdout_is("1\n");
}

#[test]
fn what_is_added_in_a_hole_needs_room() {
    let sb = Sandbox::new();
    sb.sh("mount -t tmpfs -o size=4k,mode=1777 none /dev/shm && head -c 4096 /dev/zero >/dev/shm/fill")
        .run()
        .status(0);
    sb.sh("truncate -s 4096 /dev/shm/hole").run().status(0);
    let add = || sb.ipctool(["shm", "write", "/hole", "--struct", "int n", "--add", "n=2"]).run();
    add().status(1).stdout_is("").stderr_contains("cannot add to shm:/hole").stderr_contains("(ENOSPC)");
    sb.ipctool(["shm", "write", "/hole", "x"]).run().status(1).stderr_contains("(ENOSPC)");
    sb.ipctool(["rm", "shm:/fill"]).run().status(0);
    add().status(0).stdout_is("2\n");
}

/// Who is denied an object is told a line to type, and pastes it: whoever made the object gave it its name.
#[test]
fn a_hint_is_safe_to_paste_whatever_the_object_is_called() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    for name in ["/$(touch ran)", "/a b", "/a\\b", "/plain"] {
        sb.ipctool(["shm", "create", name, "10"]).run().status(0);
        let denied = sb.sh(&format!("ipctool shm dump '{name}'")).by_other_user().run().status(4);
        let told = String::from_utf8(denied.stderr).unwrap();
        let line = told.split_once("let you in: ").expect(&told).1;
        sb.sh(line).run().status(0).stderr_is("");
        sb.sh(&format!("ipctool shm dump '{name}'")).by_other_user().run().status(0);
    }
    sb.sh("test ! -e ran").run().status(0);
}
