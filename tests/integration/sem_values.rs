//! `ipctool sem get` and `set`: one call of the kernel each, and what a set value takes from others.

use crate::sandbox::Sandbox;

/// P with SEM_UNDO on semaphore 0 of set 0, then waits for the end of its input.
const UNDO_HOLDER: &str = "import ctypes,sys\nc=ctypes.CDLL(None)\n\
    class S(ctypes.Structure): _fields_=[('n',ctypes.c_ushort),('o',ctypes.c_short),('f',ctypes.c_short)]\n\
    c.semop(0,ctypes.byref(S(0,-1,0o10000)),1)\nprint('holds',flush=True)\nsys.stdin.read()";

#[test]
fn the_largest_set_is_made_read_and_set_at_once() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--sems", "32000", "--value", "7"]).run().status(0);
    let get = || sb.ipctool(["sem", "get", "0x4d2"]).run().status(0).text();
    assert_eq!(get(), "7\n".repeat(32000));
    sb.ipctool(["show", "sem:0", "--field", "otime"]).run().status(0).stdout_contains("20");
    sb.ipctool(["sem", "get", "0", "-i", "31999"]).run().status(0).stdout_is("7\n");
    sb.ipctool(["sem", "get", "0", "-i", "32000"]).run().status(1).stderr_contains("numbered from 0 (EFBIG)");
    let shown = sb.ipctool(["show", "sem:0", "--field", "semaphores.value"]).run().status(0).text();
    assert_eq!(shown, "7\n".repeat(32000));
    let values: Vec<String> = (0..32000).map(|number: u32| (number % 1000).to_string()).collect();
    let mut args = vec!["sem", "set", "0"];
    args.extend(values.iter().map(String::as_str));
    sb.ipctool(args).run().status(0).stdout_is("");
    assert_eq!(get(), values.join("\n") + "\n");
    sb.ipctool(["sem", "create", "--sems", "32001"])
        .run()
        .status(1)
        .stderr_contains("32001 semaphores are more than 32000 in one set (EINVAL)");
}

#[test]
fn values_are_checked_before_anything_is_set() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "1,2,3"]).run().status(0);
    let set = |args: &[&str]| sb.ipctool([&["sem", "set", "0"], args].concat()).run().stdout_is("");
    set(&["5", "32768", "5"]).status(2).stderr_contains("32767");
    set(&["5", "-1", "5"]).status(2);
    set(&["5", "x", "5"]).status(2);
    set(&[]).status(2);
    set(&["5", "5"]).status(1).stderr_contains("2 values for 3 semaphores");
    set(&["5", "5", "5", "5"]).status(1).stderr_contains("4 values for 3 semaphores");
    set(&["5", "5", "-i", "0"]).status(2).stderr_contains("--index takes one value");
    set(&["5", "-i", "3"]).status(1).stderr_contains("it has 3, numbered from 0 (EFBIG)");
    set(&["5", "-i", "65536"]).status(2);
    sb.ipctool(["sem", "get", "0"]).run().stdout_is("1\n2\n3\n");
    set(&["32767", "-i", "1"]).status(0);
    sb.ipctool(["sem", "get", "0"]).run().stdout_is("1\n32767\n3\n");
    set(&["0", "0", "9"]).status(0);
    sb.ipctool(["sem", "get", "0"]).run().stdout_is("0\n0\n9\n");
    sb.perl("print unpack('S*', do { my $v = ''; semctl(0, 0, 13, $v); $v })").run().stdout_is("009");
}

#[test]
fn what_a_live_process_would_give_back_is_not_thrown_away_unasked() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--value", "1,1"]).run().status(0);
    let mut holder = sb.python(UNDO_HOLDER).stdin_open().spawn();
    holder.wait_for_stdout("holds");
    for values in [&["4", "4"][..], &["4", "-i", "0"]] {
        sb.ipctool([&["sem", "set", "0x4d2"], values].concat())
            .run()
            .status(1)
            .stderr_contains(&format!("process {} (python3", holder.pid))
            .stderr_contains(
                "operated on semaphore 0 last and lives; what it would give back at its end would be lost",
            )
            .stderr_contains("hint: set it all the same with --in-use");
    }
    sb.ipctool(["sem", "get", "0"]).run().stdout_is("0\n1\n");
    // The other semaphore has no live operator.
    sb.ipctool(["sem", "set", "0", "6", "-i", "1"]).run().status(0);
    sb.ipctool(["sem", "set", "0", "4", "-i", "0", "--in-use"]).run().status(0);
    holder.close_stdin();
    holder.wait().status(0);
    // It had something to give back, and the kernel has forgotten it: that is why.
    sb.ipctool(["sem", "get", "0"]).run().stdout_is("4\n6\n");
    sb.ipctool(["sem", "set", "0", "1", "1"]).run().status(0);
}

#[test]
fn who_cannot_see_the_operators_does_not_set_unasked() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--mode", "0200"]).run().status(0);
    sb.ipctool(["sem", "set", "0", "3"]).powerless().run().status(4).stderr_contains("--in-use");
    sb.ipctool(["sem", "set", "0", "3", "--in-use"]).powerless().run().status(0);
    sb.ipctool(["sem", "create", "0x4d3", "--mode", "0400"]).run().status(0);
    sb.ipctool(["sem", "set", "1", "3"]).powerless().run().status(4).stderr_contains("mode is 0400");
    sb.ipctool(["sem", "get", "1"]).powerless().run().stdout_is("1\n");
}

#[test]
fn values_go_out_whole_or_fail() {
    let sb = Sandbox::new();
    sb.ipctool(["sem", "create", "0x4d2", "--sems", "32000"]).run().status(0);
    sb.ipctool(["sem", "get", "0"]).stdout_to("/dev/full").run().status(1).stderr_contains("ENOSPC");
    sb.ipctool(["sem", "get", "0"]).closed(&[1]).run().status(1).stderr_contains("EBADF");
    sb.ipctool(["sem", "get", "0"]).reader_leaves_after(100).run().status(0).stderr_is("");
    // Nothing is made that nobody could find.
    sb.ipctool(["sem", "create"]).closed(&[1]).run().status(1);
    sb.ipctool(["ls", "sem", "-q"]).run().stdout_is("sem:0\n");
}

#[test]
fn each_flavour_has_its_own_highest_value() {
    let sb = Sandbox::new();
    let sem = |args: &[&str]| sb.ipctool([&["sem"], args].concat()).run();
    sb.ipctool(["shm", "create", "/memory", "4096"]).run().status(0);
    for name in ["/s", "in:/memory+64"] {
        sem(&["create", name, "--value", "2147483648"]).status(2);
        sem(&["create", name, "--value", "2147483647"]).status(0);
        sem(&["get", name]).status(0).stdout_is("2147483647\n");
        sem(&["v", name]).status(1).stderr_contains("above 2147483647, the highest there is (EOVERFLOW)");
        sem(&["p", name, "-n"]).status(0);
        sem(&["set", name, "32768"]).status(0).stderr_is("");
        sem(&["set", name, "2147483648"]).status(2);
        sem(&["get", name]).status(0).stdout_is("32768\n");
        sem(&["set", name, "0", "-i", "0"]).status(0);
        sem(&["v", name, "--by", "2147483647"]).status(0);
        sem(&["get", name]).status(0).stdout_is("2147483647\n");
    }
    let getvalue = "import ctypes; c = ctypes.CDLL('libpthread.so.0'); c.sem_open.restype = ctypes.c_void_p\n\
        v = ctypes.c_int(); c.sem_getvalue(ctypes.c_void_p(c.sem_open(b'/s', 0)), ctypes.byref(v)); print(v.value)";
    sb.python(getvalue).run().status(0).stdout_is("2147483647\n");
    sem(&["create", "0x1", "--value", "32767"]).status(0);
    for args in [
        &["create", "0x2", "--value", "1,32768"][..],
        &["set", "0x1", "32768"],
        &["set", "0x1", "32768", "-i", "0"],
        &["v", "0x1", "--by", "32768"],
        &["p", "0x1", "--by", "32768", "-n"],
        &["p", "0x2", "--create", "--by", "32768", "-n"],
        &["run", "0x2", "--create", "--by", "32768", "--", "true"],
        &["run", "0x2", "--slots", "32768", "--", "true"],
    ] {
        sem(args)
            .status(2)
            .stderr_contains("32768 is above 32767, the highest value of a System V semaphore");
    }
    sem(&["get", "0x1"]).status(0).stdout_is("32767\n");
    sb.ipctool(["ls", "sem", "-q", "--sysv"]).run().status(0).stdout_is("sem:0\n");
}

#[test]
fn what_is_refused_for_its_flavour_makes_nothing_before() {
    let sb = Sandbox::new();
    let sem = |args: &[&str]| sb.ipctool([&["sem"], args].concat()).run();
    sem(&["p", "/n", "--create", "--by", "2"]).status(2).stderr_contains("one at a time");
    sem(&["p", "/n", "--create", "--hold-for", "1"]).status(2).stderr_contains("nothing gives");
    sem(&["run", "/n", "--create", "--by", "2", "--", "true"]).status(2).stderr_contains("one at a time");
    sem(&["run", "/n", "--create", "--op", "0:-1", "--", "true"]).status(2).stderr_contains("System V set");
    sb.sh("ls /dev/shm").run().status(0).stdout_is("");
    // Refused for its spelling alone, there or not.
    sem(&["set", "/n", "1", "2"]).status(2).stderr_contains("one semaphore");
    sem(&["z", "/n"]).status(2).stderr_contains("System V set");
    sem(&["op", "/n", "0:1"]).status(2).stderr_contains("System V set");
}
