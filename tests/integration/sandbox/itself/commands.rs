//! How commands are run, fed, signalled, and what is seen of them.

use nix::sys::signal::Signal;

use crate::sandbox::{
    Sandbox, assert_golden, blocked_in, need_program, need_root, rounds, source, state, until, until_some,
};

#[test]
fn input_environment_directory_and_status_arrive() {
    let sb = Sandbox::new();
    std::fs::create_dir(sb.path("a b")).expect("a directory");
    let run =
        sb.sh("cat; echo \"$X\"; pwd; echo oops >&2; exit 3").stdin("in\n").env("X", "y").cwd("a b").run();
    let expected = format!("in\ny\n{}\n", sb.path("a b").display());
    run.status(3).stdout_is(expected).stdout_contains("y").stderr_is("oops\n").stderr_contains("oops");
    sb.command("printenv", ["HOME"]).run().stdout_is(format!("{}\n", sb.dir().display()));
    sb.ipctool([""; 0]).stdin("not wanted").run();
}

#[test]
fn large_input_and_output_do_not_block_each_other() {
    let sb = Sandbox::new();
    let body = vec![b'x'; 1 << 20];
    sb.command("cat", ["-"]).stdin(body.clone()).run().status(0).stdout_is(body);
}

#[test]
fn json_is_read() {
    let value = Sandbox::new().sh("echo '[{\"id\": 7}]'").run().status(0).json();
    assert_eq!(value[0]["id"], 7);
}

#[test]
#[should_panic(
    expected = "expected exit status 0\n--- command: bash -c 'echo out; echo err >&2; exit 4'\n--- ended: exit status: 4\n--- standard output:\nout\n\n--- standard error:\nerr\n"
)]
fn a_disappointment_shows_the_whole_run() {
    Sandbox::new().sh("echo out; echo err >&2; exit 4").run().status(0);
}

#[test]
fn perl_and_python_make_real_objects() {
    let sb = Sandbox::new();
    sb.perl("use IPC::SysV qw(IPC_CREAT); print msgget(77, IPC_CREAT | 0600)").run().status(0).stdout_is("0");
    sb.sh("ipcs -q").run().stdout_contains("0x0000004d");
    let segment =
        "import _posixshmem as s, os; print(s.shm_open('/seg', os.O_CREAT | os.O_RDWR, mode=0o600) > 2)";
    sb.python(segment).run().status(0).stdout_is("True\n");
    sb.sh("ls /dev/shm").run().stdout_is("seg\n");
}

#[test]
fn a_running_command_is_met_where_it_blocks_and_signalled() {
    let sb = Sandbox::new();
    // A stop and a continue interrupt semop.
    let take = "$id = semget(9, 1, 01600); 1 until semop($id, pack('s!3', 0, -1, 0)) or !$!{EINTR}";
    let taker = sb.perl(take).spawn();
    blocked_in(taker.pid, "semop");
    taker.signal(Signal::SIGSTOP);
    until("a stop", || state(taker.pid) == Some('T'));
    taker.signal(Signal::SIGCONT);
    blocked_in(taker.pid, "semop");
    taker.signal(Signal::SIGTERM);
    taker.wait().killed_by(Signal::SIGTERM);
}

#[test]
fn a_test_talks_with_a_running_command() {
    let sb = Sandbox::new();
    let mut cat = sb.sh("echo ready >&2; cat").stdin_open().spawn();
    cat.wait_for_stderr("ready\n");
    assert!(cat.write("one\n"));
    cat.wait_for_stdout("one\n");
    assert!(cat.write("two\n"));
    let whole = until_some("both lines", || Some(cat.stdout_so_far()).filter(|text| text.ends_with("two\n")));
    assert_eq!(whole, "one\ntwo\n");
    cat.close_stdin();
    cat.wait().status(0);
}

#[test]
fn descriptors_can_be_closed_and_signals_ignored() {
    let sb = Sandbox::new();
    sb.sh("ls /proc/self/fd >&2").closed(&[0, 1]).run().stderr_contains("\n").stdout_is("");
    sb.sh("test -e /proc/$$/fd/0 || test -e /proc/$$/fd/1").closed(&[0, 1]).run().status(1);
    sb.sh("kill -INT $$; echo alive").ignoring(Signal::SIGINT).run().status(0).stdout_is("alive\n");
}

#[test]
fn output_can_fail() {
    let sb = Sandbox::new();
    sb.sh("echo x").stdout_to("/dev/full").run().status(1).stderr_contains("No space left on device");
    sb.sh("echo x").reader_leaves_after(0).run().killed_by(Signal::SIGPIPE);
    sb.command("yes", [""; 0])
        .reader_leaves_after(10)
        .run()
        .killed_by(Signal::SIGPIPE)
        .stdout_is("y\ny\ny\ny\ny\n");
}

#[test]
fn a_terminal_is_real_has_a_width_and_controls() {
    let sb = Sandbox::new();
    sb.sh("test -t 0 -a -t 1 -a -t 2 && stty size && echo asked >/dev/tty")
        .terminal(57)
        .run()
        .stdout_is("24 57\nasked\n");
    let mut reader = sb.sh("read -r answer </dev/tty; echo \"got $answer\"").terminal(80).spawn();
    assert!(reader.write("yes\n"));
    reader.wait_for_stdout("got yes\n");
    reader.wait().status(0).stdout_is("yes\ngot yes\n");
    let mut cat = sb.command("cat", ["-"]).terminal(80).spawn();
    blocked_in(cat.pid, "read");
    assert!(cat.write([3]));
    cat.wait().killed_by(Signal::SIGINT);
}

#[test]
fn a_second_user_is_a_real_one() {
    if !need_root() {
        return;
    }
    let sb = Sandbox::new();
    sb.command("id", ["-u"]).by_other_user().run().status(0).stdout_is("65534\n");
    sb.sh("id -g; id -G").by_user(4711).run().status(0).stdout_is("4711\n4711\n");
    sb.command("ipcmk", ["-Q", "-p", "0600"]).run().status(0);
    sb.perl("msgctl(0, 2, $_) or die $!")
        .by_other_user()
        .run()
        .status(13)
        .stderr_contains("Permission denied");
    sb.ipctool(["--version"]).by_other_user().run();
}

#[test]
fn without_capabilities_modes_count_for_every_tester() {
    let sb = Sandbox::new();
    sb.command("ipcmk", ["-Q", "-p", "0000"]).run().status(0);
    let stat = "msgctl(0, 2, $_) or die $!";
    sb.perl(stat).run().status(0);
    sb.perl(stat).powerless().run().status(13).stderr_contains("Permission denied");
}

#[test]
fn c_programs_are_compiled_and_can_run() {
    let sb = Sandbox::new();
    let program = sb.cc("#include <stdio.h>\nint main(void) { return puts(\"from C\") < 0; }", [""; 0]);
    sb.command(&program, [""; 0]).run().status(0).stdout_is("from C\n");
}

#[test]
fn goldens_are_compared_to_the_byte() {
    assert!(source("Cargo.toml").exists());
    assert_golden("sandbox.txt", "kept: [..] is two brackets and two dots\n");
}

#[test]
fn a_program_of_the_base_system_is_found() {
    assert!(need_program("sh"));
}

#[test]
fn a_program_in_c_runs_though_others_start_while_it_is_put_in_place() {
    let sb = Sandbox::new();
    let threads = std::thread::available_parallelism().map_or(4, |cpus| 4 * cpus.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..rounds(10) {
                    let program = sb.dir().join(format!("{:?}", std::thread::current().id()));
                    std::fs::create_dir_all(&program).unwrap();
                    let program =
                        super::super::compile::compile(&program, "int main(void) { return 0; }", &[]);
                    // A file that is open for writing anywhere cannot be run: ETXTBSY.
                    assert!(std::process::Command::new(program).status().unwrap().success());
                }
            });
        }
    });
}
