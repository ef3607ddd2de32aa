//! For the unit tests of this room: children that never outlive their test, and waits that end.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::syscall::{Call, Doing, doing};

/// A child that is killed and reaped when the test is done with it, also when it fails.
pub struct Held(pub Child);

impl Held {
    pub fn spawn(command: &mut Command) -> Held {
        Held(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// A process that sleeps, seen by the kernel to do so.
    pub fn sleeper() -> Held {
        Held::sleeping("sleep".as_ref())
    }

    /// As [`Held::sleeper`], of a copy of sleep somewhere.
    pub fn sleeping(program: &OsStr) -> Held {
        let held = Held::spawn(Command::new(program).arg("1000"));
        // posix_spawn comes back before the arguments and libraries are in place.
        until(|| matches!(doing(held.pid(), held.pid()), Ok(Doing::Blocked(call)) if is_sleep(call)));
        held
    }

    pub fn pid(&self) -> i32 {
        self.0.id().cast_signed()
    }

    pub fn end(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_sleep(call: Call) -> bool {
    [libc::SYS_clock_nanosleep, libc::SYS_nanosleep].contains(&call.number)
}

/// Asks again until the kernel says yes; a test fails when it does not within a generous time.
#[track_caller]
pub fn until(mut says_yes: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !says_yes() {
        assert!(Instant::now() < deadline, "the kernel did not come to it in 20 s");
        std::thread::yield_now();
    }
}

/// Runs `body` in an IPC namespace of its own: this test program again, inside of it, with nothing but the test `name`.
#[track_caller]
pub fn in_own_ipc(name: &str, body: impl FnOnce()) {
    const INSIDE: &str = "IPCTOOL_TEST_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let mut unshare = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    unshare.arg("--ipc").arg(std::env::current_exe().unwrap()).args(["--exact", "--nocapture", name]);
    let output = unshare.env(INSIDE, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains(" 1 passed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Compiles a C program into `directory` and gives its path.
#[track_caller]
pub fn compiled(directory: &Path, source: &str) -> PathBuf {
    let (text, program) = (directory.join("program.c"), directory.join("program"));
    std::fs::write(&text, source).unwrap();
    let gcc = Command::new("gcc").arg("-pthread").arg("-o").arg(&program).arg(&text).output().unwrap();
    assert!(gcc.status.success(), "{}", String::from_utf8_lossy(&gcc.stderr));
    program
}
