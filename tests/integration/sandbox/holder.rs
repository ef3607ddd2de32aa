//! The process that holds a sandbox's namespaces open, and ends all that runs in them when the test is over.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::facts;
use super::{Sandbox, running};

/// What stands at `/dev/mqueue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mqueue {
    /// The sandbox's own queues are mounted, as on most systems.
    #[default]
    Mounted,
    /// Another IPC namespace's queues, of which there is one, `foreign`.
    Foreign,
    /// A plain directory, as in many containers.
    Plain,
    /// Nothing.
    Missing,
}

/// How a sandbox is to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan {
    mqueue: Mqueue,
    own_user: bool,
    own_pids: bool,
    read_only: bool,
}

impl Plan {
    /// What stands at `/dev/mqueue`.
    pub fn mqueue(mut self, mqueue: Mqueue) -> Plan {
        self.mqueue = mqueue;
        self
    }

    /// A user namespace also as root. An ordinary user has one anyway.
    pub fn own_user(mut self) -> Plan {
        self.own_user = true;
        self
    }

    /// A PID namespace with its own `/proc`: commands have other PIDs inside than outside.
    pub fn own_pids(mut self) -> Plan {
        self.own_pids = true;
        self
    }

    /// Nothing of the real machine can be written to, whatever a line that was written for readers names: of the root's
    /// file system only the sandbox's own directory.
    pub fn read_only(mut self) -> Plan {
        self.read_only = true;
        self
    }

    /// Makes the sandbox.
    pub fn start(self) -> Sandbox {
        let dir = tempfile::Builder::new().prefix("ipctool-").tempdir().expect("a temporary directory");
        // Another user of the same sandbox must get in, whatever the umask.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755))
            .expect("chmod of the sandbox's directory");
        let holder = Holder::start(self, dir.path());
        Sandbox { holder, dir }
    }
}

/// Mounts what the test prepared.
const MOUNT: &str = r#"cd "$0" && mount -a -T "$0/world/fstab" || exit"#;

/// Leaves nothing to write to but the sandbox's directory, which the second `cd` enters as a mount of its own.
const CLOSE: &str = r#"
mount --rbind . . && mount -o remount,bind,ro / && cd "$0" || exit"#;

/// Leaves the namespace whose message queues were mounted; one process stays in it, so that it lives on.
const LEAVE: &str = r#"
: >/dev/mqueue/foreign
cat <&0 >/dev/null &
exec unshare --ipc -- sh -c "$1" "$0" "$1" "$2"
"#;

/// Tells that all is ready, waits for the end of its input (the test's end, of whatever sort), and then kills what is
/// still in its IPC namespace: until nothing new appears, as a fork may be under way. The list holds the children
/// that made it too, which are gone by then; a zombie has left its namespaces. Never in the test's own namespace.
const HOLD: &str = r#"
ipc=$(stat -L -c %i /proc/$$/ns/ipc)
[ "$ipc" != "$2" ] && echo ready || exit
read -r _
others() { find -L /proc/[0-9]*/ns/ipc -inum "$ipc" ! -path "/proc/$$/*" 2>/dev/null | cut -d / -f 3; }
while
    left=
    for pid in $(others); do kill -9 "$pid" 2>/dev/null && left=$pid; done
    [ -n "$left" ]
do :; done
"#;

/// Device nodes that a program may expect.
const NODES: [&str; 8] = ["null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts"];

/// The process that the namespaces live by.
pub struct Holder {
    child: Child,
    pid: i32,
    plan: Plan,
}

impl Holder {
    fn start(plan: Plan, dir: &Path) -> Holder {
        prepare(plan, dir);
        let starts = super::run::STARTS.read().expect("no test died in there");
        let mut child = Command::new("unshare")
            .args(unshare_flags(plan))
            .args([
                "--",
                "sh",
                "-c",
                &[
                    MOUNT,
                    if plan.read_only { CLOSE } else { "" },
                    if plan.mqueue == Mqueue::Foreign { LEAVE } else { HOLD },
                ]
                .concat(),
            ])
            .arg(dir)
            .args([HOLD, &ipc_namespace().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("unshare of util-linux");
        drop(starts);
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("text from the holder");
        if line != "ready\n" {
            let mut complaint = String::new();
            child.stderr.take().expect("piped").read_to_string(&mut complaint).expect("text from the holder");
            panic!("no sandbox can be made here: {line}{complaint}");
        }
        let pid = if plan.own_pids { running::only_child(child.id() as i32) } else { child.id() as i32 };
        Holder { child, pid, plan }
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }

    pub fn has_own_pids(&self) -> bool {
        self.plan.own_pids
    }

    /// The command line of nsenter up to the program.
    pub fn entry(&self) -> Vec<String> {
        let mut entry = vec!["--target".to_string(), self.pid.to_string()];
        if needs_own_user(self.plan) {
            entry.extend(["--user".to_string(), "--preserve-credentials".to_string()]);
        }
        if self.plan.own_pids {
            entry.push("--pid".to_string());
        }
        entry.extend(["--ipc", "--mount", "--wd", "--"].map(str::to_string));
        entry
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Not `until`: a panic inside a drop would hide the test's own.
        let ended = facts::poll(facts::BOUND, || self.child.try_wait().ok().flatten());
        if ended.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The number of the test's own IPC namespace.
fn ipc_namespace() -> u64 {
    fs::metadata("/proc/self/ns/ipc").expect("the IPC namespace").ino()
}

fn unshare_flags(plan: Plan) -> Vec<&'static str> {
    let mut flags = vec!["--ipc", "--mount"];
    if needs_own_user(plan) {
        flags.extend(["--user", "--map-root-user"]);
    }
    if plan.own_pids {
        flags.extend(["--pid", "--fork", "--kill-child", "--mount-proc"]);
    }
    flags
}

fn needs_own_user(plan: Plan) -> bool {
    plan.own_user || !nix::unistd::geteuid().is_root()
}

/// Lays out the future `/dev` and the table of mounts, so that a single mount(8) is left to do inside.
fn prepare(plan: Plan, dir: &Path) {
    let world = dir.join("world");
    let dev = world.join("dev");
    let bin = world.join("bin");
    for made in [&world, &dev, &bin, &dev.join("shm"), &dev.join("pts")] {
        fs::create_dir(made).expect("a directory of the sandbox");
        fs::set_permissions(made, fs::Permissions::from_mode(0o755)).expect("its mode");
    }
    if plan.mqueue != Mqueue::Missing {
        fs::create_dir(dev.join("mqueue")).expect("the directory for message queues");
    }
    for (name, target) in [("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")]
    {
        symlink(target, dev.join(name)).expect("a link in /dev");
    }
    fs::write(world.join("fstab"), mounts(plan, &world)).expect("the table of mounts");
}

/// The table of mounts, in the order in which they are made.
fn mounts(plan: Plan, world: &Path) -> String {
    let world_text = world.display();
    let mut table = String::new();
    let mut bind = |from: &Path, onto: &Path| {
        if !from.is_dir() {
            fs::write(onto, "").expect("a place to mount on");
        }
        table += &format!("{} {} none bind 0 0\n", from.display(), onto.display());
    };
    bind(&binary(), &world.join("bin/ipctool"));
    for node in NODES.iter().map(|node| Path::new("/dev").join(node)).filter(|node| node.exists()) {
        bind(&node, &world.join(node.strip_prefix("/").expect("it is below /")));
    }
    table += &format!("shm {world_text}/dev/shm tmpfs mode=1777 0 0\n");
    if matches!(plan.mqueue, Mqueue::Mounted | Mqueue::Foreign) {
        table += &format!("mqueue {world_text}/dev/mqueue mqueue defaults 0 0\n");
    }
    table + &format!("{world_text}/dev /dev none rbind 0 0\n")
}

/// The ipctool under test.
pub fn binary() -> PathBuf {
    let named =
        std::env::var_os("IPCTOOL_TEST_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_ipctool").into());
    fs::canonicalize(&named)
        .unwrap_or_else(|error| panic!("no ipctool to test at {}: {error}", named.display()))
}
