//! A command to be run in a sandbox: who runs it, with what around it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::RwLock;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::Signal;

use super::Sandbox;
use super::output::Output;
use super::running::{Running, Streams};
use super::stream::Stream;

/// A uid (and gid) that is nobody's in particular: the second user.
pub const OTHER: u32 = 65534;

/// A terminal is there for a moment before it can be made close-on-exec: nothing may be started then, or it would inherit
/// an end that is another test's.
pub static STARTS: RwLock<()> = RwLock::new(());

/// What standard output is.
enum Target {
    Gathered { limit: usize },
    File(PathBuf),
    Terminal { columns: u16 },
}

/// A command not yet run.
pub struct Run<'a> {
    sandbox: &'a Sandbox,
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    privileges: Vec<String>,
    prelude: String,
    redirections: String,
    /// What is on standard input; none: it stays open.
    input: Option<Vec<u8>>,
    target: Target,
}

impl<'a> Run<'a> {
    pub fn new(sandbox: &'a Sandbox, program: &OsStr, args: Vec<OsString>) -> Run<'a> {
        Run {
            sandbox,
            program: program.to_os_string(),
            args,
            env: Vec::new(),
            privileges: Vec::new(),
            prelude: String::new(),
            redirections: String::new(),
            input: Some(Vec::new()),
            target: Target::Gathered { limit: usize::MAX },
        }
    }

    /// These bytes on standard input, which else is empty.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Run<'a> {
        self.input = Some(bytes.into());
        self
    }

    /// Standard input stays open: the test writes to the running command.
    pub fn stdin_open(mut self) -> Run<'a> {
        self.input = None;
        self
    }

    /// One more environment variable. Nothing is inherited but PATH.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Run<'a> {
        self.env.push((name.as_ref().to_os_string(), value.as_ref().to_os_string()));
        self
    }

    /// Runs in this directory instead of the sandbox's own.
    pub fn cwd(mut self, dir: impl AsRef<Path>) -> Run<'a> {
        self.prelude += &format!("cd {} || exit; ", quoted(dir.as_ref()));
        self
    }

    /// Runs as the second user. Ask [`super::need_root`] before.
    pub fn by_other_user(self) -> Run<'a> {
        self.by_user(OTHER)
    }

    /// Runs with this uid and gid and no groups. Ask [`super::need_root`] before.
    pub fn by_user(mut self, uid: u32) -> Run<'a> {
        self.privileges =
            [format!("--reuid={uid}"), format!("--regid={uid}"), "--clear-groups".into()].into();
        self
    }

    /// Runs as the same user without any capability, so that modes count: works for every tester.
    pub fn powerless(mut self) -> Run<'a> {
        self.privileges = ["--bounding-set=-all".into(), "--inh-caps=-all".into()].into();
        self
    }

    /// Starts with these descriptors closed.
    pub fn closed(mut self, descriptors: &[i32]) -> Run<'a> {
        self.redirections.extend(descriptors.iter().map(|descriptor| format!(" {descriptor}>&-")));
        self
    }

    /// Starts with this signal ignored, as under nohup.
    pub fn ignoring(mut self, signal: Signal) -> Run<'a> {
        self.prelude += &format!("trap '' {}; ", &signal.as_str()["SIG".len()..]);
        self
    }

    /// Standard output goes to this file: `/dev/full`.
    pub fn stdout_to(mut self, path: impl Into<PathBuf>) -> Run<'a> {
        self.target = Target::File(path.into());
        self
    }

    /// The reader of standard output leaves after this many bytes; 0: it is gone from the start.
    pub fn reader_leaves_after(mut self, bytes: usize) -> Run<'a> {
        self.target = Target::Gathered { limit: bytes };
        self
    }

    /// Input, output and errors are a real terminal this wide, which is the controlling one too.
    pub fn terminal(mut self, columns: u16) -> Run<'a> {
        self.target = Target::Terminal { columns };
        self.stdin_open()
    }

    /// Runs it to its end, which must come.
    #[track_caller]
    pub fn run(self) -> Output {
        self.spawn().wait()
    }

    /// Starts it. Returns when the program itself runs, not a step on the way to it.
    #[track_caller]
    pub fn spawn(self) -> Running {
        let mut command = Command::new("nsenter");
        command.args(self.sandbox.holder.entry()).args(self.steps()).arg(&self.program).args(&self.args);
        self.surround(&mut command);
        let (input, output, errors) = self.connect(&mut command);
        let starts = STARTS.read().expect("no test died in there");
        let child = command.spawn().expect("nsenter of util-linux");
        drop(starts);
        let line: Vec<OsString> =
            [command.get_program()].into_iter().chain(command.get_args()).map(Into::into).collect();
        // The parent's copies of the descriptors must go: ends are told by the last one.
        drop(command);
        let pid = match self.sandbox.holder.has_own_pids() {
            true => super::running::only_child(child.id() as i32),
            false => child.id() as i32,
        };
        let streams = Streams { input, output, errors };
        let running = Running::new(self.described(), child, pid, streams);
        running.wait_until_past(&line, line.len() - self.args.len() - 1);
        match self.input {
            Some(bytes) => running.feed(bytes),
            None => running,
        }
    }

    /// The words between nsenter's own and the program: what is run on the way to it.
    fn steps(&self) -> Vec<OsString> {
        let mut line: Vec<OsString> = Vec::new();
        if signals_are_ignored() {
            line.extend(["env", "--default-signal", "--"].map(OsString::from));
        }
        if !self.privileges.is_empty() {
            line.push("setpriv".into());
            line.extend(self.privileges.iter().map(OsString::from));
            line.push("--".into());
        }
        if let Target::Terminal { .. } = self.target {
            line.extend(["setsid", "--ctty", "--"].map(OsString::from));
        }
        if !self.prelude.is_empty() || !self.redirections.is_empty() {
            let script = format!("{}exec \"$0\" \"$@\"{}", self.prelude, self.redirections);
            line.extend(["sh".into(), "-c".into(), script.into()]);
        }
        line
    }

    fn surround(&self, command: &mut Command) {
        let dir = self.sandbox.dir();
        command.env_clear().env("PATH", self.search_path()).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        command.env("HOME", dir).env("TMPDIR", dir).envs(self.env.iter().map(|(name, value)| (name, value)));
    }

    /// Connects the three standard descriptors and gives the test's ends of them.
    fn connect(&self, command: &mut Command) -> (Option<File>, Stream, Stream) {
        if let Target::Terminal { columns } = self.target {
            return terminal(command, columns);
        }
        let (child_input, input) = std::io::pipe().expect("a pipe");
        let output = match &self.target {
            Target::File(path) => {
                command.stdout(File::options().write(true).open(path).expect("the file for standard output"));
                Stream::unread()
            }
            Target::Gathered { limit } => {
                let (stream, end) = gathered(*limit);
                command.stdout(end);
                stream
            }
            Target::Terminal { .. } => unreachable!("connected above"),
        };
        let (errors, child_errors) = gathered(usize::MAX);
        command.stdin(child_input).stderr(child_errors);
        (Some(File::from(OwnedFd::from(input))), output, errors)
    }

    fn search_path(&self) -> OsString {
        let mut path = self.sandbox.path("world/bin").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_else(|| "/usr/sbin:/usr/bin:/sbin:/bin".into()));
        path
    }

    fn described(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.args);
        words.map(|word| quoted(Path::new(word))).collect::<Vec<_>>().join(" ")
    }
}

/// A pipe whose bytes are gathered, and the end for the command.
fn gathered(limit: usize) -> (Stream, Stdio) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let stream =
        if limit == 0 { Stream::unread() } else { Stream::follow(OwnedFd::from(reader).into(), limit) };
    (stream, writer.into())
}

/// A new terminal for all three descriptors. It adds no carriage returns, so that what is read is what was written.
fn terminal(command: &mut Command, columns: u16) -> (Option<File>, Stream, Stream) {
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let starts = STARTS.write().expect("no test died in there");
    let pty = openpty(&size, None).expect("a pseudo-terminal");
    for end in [&pty.master, &pty.slave] {
        fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).expect("close-on-exec");
    }
    drop(starts);
    let mut modes = nix::sys::termios::tcgetattr(&pty.slave).expect("the terminal's modes");
    modes.output_flags.remove(nix::sys::termios::OutputFlags::OPOST);
    nix::sys::termios::tcsetattr(&pty.slave, nix::sys::termios::SetArg::TCSANOW, &modes)
        .expect("the new modes");
    let end = || Stdio::from(pty.slave.try_clone().expect("a duplicate"));
    command.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm-256color");
    let input = File::from(pty.master.try_clone().expect("a duplicate"));
    (Some(input), Stream::follow(pty.master.into(), usize::MAX), Stream::unread())
}

/// Whether the tests themselves run with INT, QUIT, HUP or TERM ignored: under nohup, or in a script's background. What
/// they start would inherit that, and ipctool keeps it so.
fn signals_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").expect("our own status");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t")).expect("its SigIgn line");
    let ignored = u64::from_str_radix(ignored.trim(), 16).expect("a hexadecimal set");
    let ending = [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGHUP, Signal::SIGTERM];
    ending.iter().any(|signal| ignored & 1 << (*signal as i32 - 1) != 0)
}

/// A word as a shell takes it.
fn quoted(word: &Path) -> String {
    let text = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
