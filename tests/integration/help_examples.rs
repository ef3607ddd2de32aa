//! The examples at the end of each verb's help, which are those of its man page: each is run as it stands, in a world
//! that has what they speak of. What waits for ever is ended after a while, which counts as done.

use std::path::Path;
use std::{fs, process};

use clap::Command;

use crate::sandbox::{Running, Sandbox, source, until};

/// Directories that examples write to: empty ones of the world's own.
const DIRECTORIES: &str = r#"
for dir in /srv /run /etc /usr/local/bin; do mount -t tmpfs -o mode=777 none $dir || exit; done
"#;

/// Makes the world: objects with the keys and identifiers that the examples use, files, and stand-ins for programs and a
/// user that not every machine has.
const WORLD: &str = r#"
echo 'alice:x:0:0::/:/bin/sh' >/etc/passwd; echo 'adm:x:0:' >/etc/group; echo hosts >/etc/hostname; touch /etc/a.conf
mkdir -p /srv/app bin run ~/bin
for name in make job worker handle-job do_job server simulate mail; do printf '#!/bin/sh\nexit 0\n' >bin/$name; done
printf '#!/bin/sh\nexec "$@"\n' >bin/sudo
printf '#!/bin/sh\nexec cat\n' >bin/xxd
printf '#!/bin/sh\nexec printf "a\\0b\\0"\n' >bin/git
chmod +x bin/*; cp bin/job bin/worker bin/handle-job bin/server bin/simulate .
echo data | tee core image.iso lines >/dev/null
quiet() { "$@" >/dev/null || echo "not made: $*"; }
for n in 0 1 2 3; do
    quiet ipctool msgq create; quiet ipctool shm create 4096; quiet ipctool sem create --value 1,0,0
done
quiet ipctool shm create /frames 64K; quiet ipctool msgq create 0x4d3; quiet ipctool sem create 0x4d3
ipctool msgq send 3 two
case $LINE in *' create '*) exit ;; esac
quiet ipctool msgq create 0x4d2; quiet ipctool sem create 0x4d2 --value 1,1,0; quiet ipctool shm create 0x4d2 4096
ipctool msgq send 0x4d2 'a message, 20 bytes' --type 3
ipctool shm write 0x4d2 --offset 4 hello; quiet ipctool mmap create ./table 4096
quiet ipctool fifo create jobs pipe /run/jobs
for fifo in pipe /run/jobs; do quiet ipctool fifo hold $fifo --hold-for $TARGET; done
"#;

/// A process whose input and output are pipes with bytes in them, which it does not read.
const TARGET: &str = "pipe(my $r, my $w); pipe(my $s, my $v); open(STDIN, '<&', $r); open(STDOUT, '>&', $v); $| = 1; \
                      syswrite($w, qq(in\\n)); print qq(out\\n); $0 = qq(w$$); \
                      $SIG{NUM37} = 'IGNORE'; open(my $f, '>', qq(ready.$$)); sleep 1000";

/// Those that need what the world does not have, by how they begin.
const NOT_RUN: &[&str] = &[
    // Keys of files come from inode numbers.
    "ipctool ftok --find",
];

/// Each line of the README's shell blocks that calls ipctool.
fn of_readme(name: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(source(name)).expect("a README");
    let blocks = text.split("```sh\n").skip(1).flat_map(|rest| rest.split("```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with("ipctool "));
    lines.map(|line| (name.to_string(), line.to_string())).collect()
}

/// Each example with the command it belongs to.
fn examples() -> Vec<(String, String)> {
    fn collect(command: &Command, path: &str, found: &mut Vec<(String, String)>) {
        let after = command.get_after_help().map(|text| text.to_string()).unwrap_or_default();
        let lines = after.split("Examples:\n").nth(1).unwrap_or_default().lines().map(str::trim);
        let new = lines.filter(|line| !line.is_empty() && !found.iter().any(|(_, known)| known == line));
        let new: Vec<_> = new.map(|line| (path.to_string(), line.to_string())).collect();
        found.extend(new);
        for sub in command.get_subcommands() {
            collect(sub, &format!("{path} {}", sub.get_name()), found);
        }
    }
    let mut found = Vec::new();
    collect(&ipctool::cli::command(), "ipctool", &mut found);
    found
}

/// A process for `4711`, `4712` and `name:worker`.
fn target(sb: &Sandbox) -> Running {
    let running = sb.perl(TARGET).spawn();
    until("the target to be ready", || sb.path(format!("ready.{}", running.pid)).exists());
    running
}

#[test]
fn the_examples_of_the_help_do_what_they_show() {
    let examples = examples();
    assert!(examples.len() > 100, "{} examples", examples.len());
    run_all(&examples);
}

#[test]
fn the_lines_of_the_readme_do_what_they_show() {
    for name in ["README.md", "README.zh-CN.md"] {
        let lines = of_readme(name);
        assert!(lines.len() >= 10, "{} lines", lines.len());
        run_all(&lines);
    }
}

fn run_all(examples: &[(String, String)]) {
    let parts: Vec<_> = examples.chunks(examples.len().div_ceil(6)).collect();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = parts.into_iter().map(|part| scope.spawn(|| run_each(part))).collect();
        running.into_iter().flat_map(|part| part.join().expect("a part")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

fn run_each(part: &[(String, String)]) -> Vec<String> {
    let run = part.iter().filter(|(_, line)| !NOT_RUN.iter().any(|start| line.starts_with(start)));
    run.filter_map(|(path, line)| run_one(path, line)).collect()
}

fn run_one(path: &str, line: &str) -> Option<String> {
    let sb = Sandbox::plan().read_only().start();
    sb.sh(DIRECTORIES).run().status(0);
    let [one, other] = [target(&sb), target(&sb)];
    let world = sb.sh(WORLD).env("LINE", line).env("TARGET", one.pid.to_string());
    world.run().status(0).stdout_is("").stderr_is("");
    fs::write(sb.path("typed"), told_of(line, &one, &other)).unwrap();
    let pids =
        format!("printf '#!/bin/sh\\necho {} {}\\n' >bin/pidof; chmod +x bin/pidof", one.pid, other.pid);
    sb.sh(&pids).run().status(0);
    let run = sb.sh("PATH=$PWD/bin:$PATH; timeout -s INT 2 bash typed").run();
    let would_block = line.contains("--nowait") && run.ended.code() == Some(5);
    let fine = would_block || matches!(run.ended.code(), Some(0 | 124));
    (!fine).then(|| {
        format!("{path}: {line}\n    {}: {}{}", run.ended, run.text(), String::from_utf8_lossy(&run.stderr))
    })
}

/// The line with the processes and the address that there are.
fn told_of(line: &str, one: &Running, other: &Running) -> String {
    let maps = fs::read_to_string(format!("/proc/{}/maps", one.pid)).expect("the target's maps");
    let address = format!("0x{}", maps.split('-').next().unwrap_or_default());
    let named =
        line.replace("name:worker", &format!("name:w{}", one.pid)).replace("0x7f2a10000000", &address);
    named.replace("4711", &one.pid.to_string()).replace("4712", &other.pid.to_string())
}

#[test]
fn the_picture_in_the_readme_shows_what_its_script_runs() {
    // It makes namespaces of its own, and needs the machine's pseudo-terminals.
    let python = if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" };
    let mut script = process::Command::new(python);
    script.arg(source("assets/session.py")).arg(env!("CARGO_BIN_EXE_ipctool"));
    let output = script.output().expect("Python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made = String::from_utf8(output.stdout).expect("text");
    let kept = fs::read_to_string(source("assets/session.svg")).expect("the picture");
    let typed = |text: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| Some(line.split_once('>')?.1.to_string()));
        lines.filter(|line| line.starts_with("$ ") || line.starts_with("&gt; ")).collect()
    };
    assert!(typed(&made).len() > 8, "{made}");
    assert_eq!(typed(&made), typed(&kept));
    assert!(made.contains("2 messages") && kept.contains("2 messages"), "{made}");
}
