//! A process that plays a role, seen from the test: started, watched, signalled, and never left behind.

use std::fs::read_to_string;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What a first argument begins with that names a role.
pub const ROLE: &str = "role:";

/// No step of a test takes this long unless something hangs.
const BOUND: Duration = Duration::from_secs(60);

/// Lets time pass before a signal is sent: the moment is what is tested, nothing is waited for.
pub fn let_pass(time: Duration) {
    std::thread::sleep(time);
}

/// How a process ended: its exit status, or the signal.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum End {
    Status(i32),
    Signal(i32),
}

/// A running role. Killed when dropped.
pub struct Peer(Child);

/// The command line of a role.
pub fn role(name: &str, arguments: &[&str]) -> Vec<String> {
    let program = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    let mut all = vec![program, format!("{ROLE}{name}")];
    all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    all
}

impl Peer {
    /// Starts a role with pipes at its standard input and output.
    pub fn start(name: &str, arguments: &[&str]) -> Peer {
        Peer::run(&role(name, arguments))
    }

    /// Starts a role under a shell's `setup`, which ends in `exec "$@"`.
    pub fn under_shell(setup: &str, name: &str, arguments: &[&str]) -> Peer {
        let mut all = vec!["sh".to_owned(), "-c".into(), format!("{setup} exec \"$@\""), "sh".into()];
        all.extend(role(name, arguments));
        Peer::run(&all)
    }

    /// Starts any command line.
    pub fn run(argv: &[String]) -> Peer {
        // Under nohup, and in the background of a script, signals are inherited ignored: the peers' begin as usual.
        let mut command = Command::new("env");
        command.args(["--default-signal", "--"]).args(argv).stdin(Stdio::piped()).stdout(Stdio::piped());
        Peer(command.spawn().unwrap())
    }

    pub fn pid(&self) -> i32 {
        i32::try_from(self.0.id()).unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    pub fn stdin(&mut self) -> ChildStdin {
        self.0.stdin.take().unwrap()
    }

    pub fn stdout(&mut self) -> ChildStdout {
        self.0.stdout.take().unwrap()
    }

    /// Waits until its main thread sleeps in system call `number`, by /proc/PID/syscall. After SIGCONT the kernel calls
    /// it restart_syscall.
    pub fn asleep_in(&self, number: i64) {
        let sleeping = [number, libc::SYS_restart_syscall].map(|number| format!("{number} "));
        self.until("sleep in its call", |pid| {
            let call = read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
            sleeping.iter().any(|number| call.starts_with(number))
        });
    }

    /// Waits until /proc/PID/stat shows `state` (T: stopped).
    pub fn in_state(&self, state: char) {
        self.until("change its state", |pid| {
            let stat = read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with(state))
        });
    }

    fn until(&self, what: &str, holds: impl Fn(i32) -> bool) {
        let start = Instant::now();
        while !holds(self.pid()) {
            assert!(start.elapsed() < BOUND, "the peer did not {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Its end, if it has ended.
    pub fn ended(&mut self) -> Option<End> {
        let status = self.0.try_wait().unwrap()?;
        Some(match (status.code(), status.signal()) {
            (Some(code), _) => End::Status(code),
            (_, Some(signal)) => End::Signal(signal),
            _ => panic!("neither status nor signal: {status}"),
        })
    }

    /// Waits for its end.
    pub fn end(&mut self) -> End {
        let start = Instant::now();
        loop {
            if let Some(end) = self.ended() {
                return end;
            }
            assert!(start.elapsed() < BOUND, "the peer hangs");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits for its end, and gives all that it wrote.
    pub fn output(&mut self) -> (End, String) {
        let mut stdout = self.stdout();
        let reading = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        });
        (self.end(), reading.join().unwrap().unwrap())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
