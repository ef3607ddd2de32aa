//! A private world for each test: own IPC and mount namespaces (an ordinary user gets a user namespace too), own
//! `/dev/shm` and `/dev/mqueue`, an own directory. It is empty at the start, identifiers count from 0, no other test
//! can meet it, and whatever still runs in it at the end is killed, also when the test itself was killed.
//!
//! ```text
//! use crate::sandbox::{Sandbox, blocked_in};
//!
//! #[test]
//! fn a_receiver_gets_what_is_sent_later() {
//!     let sb = Sandbox::new();
//!     sb.ipctool(["create", "msgq:/jobs"]).run().status(0);
//!     let receiver = sb.ipctool(["msgq", "recv", "/jobs"]).spawn();
//!     blocked_in(receiver.pid, "mq_timedreceive");
//!     sb.perl("…").run().status(0);
//!     receiver.wait().status(0).stdout_is("hello\n").stderr_is("");
//! }
//! ```
//!
//! - `sb.ipctool([…])`, `sb.sh("…")`, `sb.perl("…")`, `sb.python("…")`, `sb.command("ipcs", […])` make a [`Run`]: say
//!   what differs (input, environment, user, closed descriptors, terminal …), then `.run()` or `.spawn()`.
//!   Scripts find `ipctool` in their PATH and start in the sandbox's directory.
//! - A test never sleeps: it waits on a kernel fact by [`until`] or [`blocked_in`], both bounded.
//! - What cannot be had everywhere is asked for: `if !need_root() { return; }`, `need_program("mandoc")`. Such a skip
//!   says so on standard error and is a failure under `IPCTOOL_TEST_STRICT=1`.
//! - `IPCTOOL_TEST_BINARY` names another ipctool to test than the one cargo has just built.

mod compile;
mod facts;
mod golden;
mod holder;
mod itself;
mod need;
mod output;
mod run;
mod running;
mod stream;

pub use facts::{blocked_in, ended, state, until, until_some};
pub use golden::{assert_golden, assert_kept, source};
pub use holder::Mqueue;
pub use need::{may_skip, need_program, need_root, rounds};
pub use output::Output;
pub use run::Run;
pub use running::Running;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use holder::{Holder, Plan};

/// For a command without arguments.
pub const NONE: [&str; 0] = [];

/// One private world; it ends when this is dropped.
pub struct Sandbox {
    // Dropped first: the directory goes when nothing runs in it any more.
    holder: Holder,
    dir: tempfile::TempDir,
}

impl Sandbox {
    /// The usual world: nothing in it, `/dev/mqueue` mounted, PIDs as outside.
    pub fn new() -> Sandbox {
        Sandbox::plan().start()
    }

    /// A world that differs from the usual one: `Sandbox::plan().mqueue(Mqueue::Missing).start()`.
    pub fn plan() -> Plan {
        Plan::default()
    }

    /// The ipctool under test, with these arguments.
    pub fn ipctool<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run<'_> {
        self.command("ipctool", args)
    }

    /// Any program, by name or path, without a shell.
    pub fn command<A: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = A>,
    ) -> Run<'_> {
        Run::new(self, program.as_ref(), args.into_iter().map(|arg| arg.as_ref().to_os_string()).collect())
    }

    /// A script for bash.
    pub fn sh(&self, script: &str) -> Run<'_> {
        self.command("bash", ["-c", script])
    }

    /// A perl program; `IPC::SysV` comes with perl.
    pub fn perl(&self, program: &str) -> Run<'_> {
        self.command("perl", ["-e", program])
    }

    /// A Python program.
    pub fn python(&self, program: &str) -> Run<'_> {
        self.command(python(), ["-c", program])
    }

    /// Compiles a C program with gcc and gives its path. `flags` stand after the source: `["-pthread"]`.
    pub fn cc<const N: usize>(&self, source: &str, flags: [&str; N]) -> PathBuf {
        compile::compile(self.dir(), source, &flags)
    }

    /// The sandbox's own directory: the same path inside and outside, and where commands start.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A path in the sandbox's own directory.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir().join(name)
    }

    /// A file of the sandbox as seen from outside: `look("/dev/shm/x")`.
    pub fn look(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.holder.pid()))
    }

    /// The PID of the process that holds the namespaces, as for `ipctool --ns`.
    pub fn pid(&self) -> i32 {
        self.holder.pid()
    }
}

/// Debian's Python where it is there: a version switcher's shim needs its user's home and is slow.
fn python() -> &'static str {
    if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" }
}
