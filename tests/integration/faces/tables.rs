//! `lsipc`: all forms, columns and refusals.

use super::compare;
use super::lines::{choices, under};
use super::look::with_objects;
use crate::sandbox::{Sandbox, need_root};

const FORMS: &[&str] = &["", " -J", " -e", " -r", " -n", " -l", " -y", " -y -e"];

const LOOKS: &[&str] = &[
    "-b",
    "-P",
    "-c",
    "-t",
    "--noheadings",
    "--notruncate",
    "--time-format=full",
    "--time-format=iso",
    "--time-format short",
    "-o ID,KEY,perms",
    "-o +OWNER,CTIME",
];

const ALL: &[&str] =
    &["-m", "-q", "-s", "-g", "-J", "-e", "-r", "-n", "-l", "-t", "-c", "-o ID", "-o +ID", "-i 1"];

const SHM: &str = "KEY,ID,OWNER,PERMS,CUID,CUSER,CGID,CGROUP,UID,USER,GID,GROUP,CTIME,SIZE,NATTCH,STATUS,ATTACH,DETACH,\
    CPID,LPID";
const MSG: &str = "CUSER,CGROUP,USER,GROUP,USEDBYTES,MSGS,SEND,RECV,LSPID,LRPID";

const ODD: &str = "
lsipc
lsipc foo
lsipc -h
lsipc -V
lsipc -Z
lsipc --foo
lsipc --=
lsipc --n
lsipc --no
lsipc --t
lsipc --l
lsipc -i 1
lsipc -i x
lsipc -q -i 1x
lsipc -q -i ''
lsipc -q -i 99999999999
lsipc -q -i 1 -i 2
lsipc -q --id=1 --list
lsipc -m -m
lsipc -q -q -J
lsipc -m -m -i 1
lsipc -m -o
lsipc -m --output
lsipc -m -o ''
lsipc -m -o +
lsipc -m -o ,ID
lsipc -m -o ID,
lsipc -m -o ID,,KEY
lsipc -m -o foo
lsipc -m -o ID,foo,KEY
lsipc -m -o +foo
lsipc -m -o ID,+KEY
lsipc -m -o ID,ID,id
lsipc -m -o MSGS
lsipc -m -o ID,NSEMS,KEY
lsipc -m -o USE%
lsipc -g -o ID
lsipc -g -o SIZE
lsipc -g -m -o USED,LIMIT
lsipc -g -m -o SIZE
lsipc -g -o +LIMIT
lsipc -o RESOURCE,USE%
lsipc -o SIZE
lsipc -q -t -o ID
lsipc -q -c -o ID
lsipc -q -t -o +ID
lsipc -q -o ID -o KEY
lsipc -m --time-format=foo
lsipc -m --time-format=
lsipc -m --time-format
lsipc -g -b
lsipc -g -y -J
lsipc -g -y -o LIMIT,USE%,USED
lsipc -c -o ID -q
lsipc -o ID -t -q
lsipc -t -g -o ID
lsipc -s -J -i 77 -o ID
lsipc -g -P -y
lsipc -m -g
lsipc -s -g -J
lsipc -q -g -e
lsipc -q -g -c
lsipc -c -t -g -s
lsipc -m -g -t -J
lsipc -m -m -g -c -n
lsipc -g -c -q -o ID,LIMIT
lsipc -q -q -q -q -q -q -q -q -c
lsipc -q -q -q -q -q -q -q -q -c -t
lsipc -q -q -q -q -q -q -q -q -g
lsipc -q -q -q -q -q -q -q -q -q -V
lsipc -m -m -m -m -m -m -c -i 0
lsipc -s -s -s -s -s -s -s -s -s -s -s -s -s -s
lsipc -q -q -q -q -q -q -q -q -o +ID,ID,ID,ID
lsipc -q -q -q -q -q -q -q -q -o +ID,ID,ID,ID,foo
lsipc --global --js
lsipc -mbP
lsipc -qJb
POSIXLY_CORRECT=1 lsipc foo -q
";

fn lines() -> String {
    let mut lines = ODD.to_string();
    lines += &choices("lsipc", ALL, 2);
    for kind in ["-m", "-q", "-s"] {
        for form in FORMS {
            lines += &format!("lsipc {kind}{form}\n");
            lines += &choices(&format!("lsipc {kind}{form}"), LOOKS, 1);
            lines += &choices(
                &format!("lsipc {kind}{form}"),
                &["-i 0", "-i 1", "-i 2", "-i 3", "-i 4", "-i 5", "-i 99"],
                1,
            );
        }
        lines += &choices(&format!("lsipc {kind}"), LOOKS, 2);
        lines += &choices(&format!("lsipc {kind} -i 1"), LOOKS, 1);
    }
    for form in FORMS {
        lines += &format!("lsipc -g{form}\nlsipc{form} -b\nlsipc -g -s{form}\n");
        lines +=
            &format!("lsipc -m{form} -o {SHM}\nlsipc -q{form} -o {MSG}\nlsipc -s{form} -o +OTIME,CUSER\n");
    }
    for environment in ["TZ=Europe/Berlin", "TZ=America/St_Johns", "LC_ALL=C", "LC_ALL=C.UTF-8", "COLUMNS=20"]
    {
        lines += &under(environment, &choices("lsipc -m -t", LOOKS, 1));
        lines += &under(
            environment,
            "lsipc -g\nlsipc -m -i 1\nlsipc -s -i 1\nlsipc -m -e\nlsipc -m -r\nlsipc -m -J\n",
        );
    }
    lines
}

#[test]
fn lsipc_shows_every_byte_as_util_linux_does() {
    let (sb, _sleeper) = with_objects();
    compare(&sb, &lines(), None);
}

#[test]
fn lsipc_shows_another_user_every_byte_as_util_linux_does() {
    if !need_root() {
        return;
    }
    let (sb, _sleeper) = with_objects();
    compare(&sb, &lines(), Some(65534));
}

#[test]
fn lsipc_shows_an_empty_namespace_as_util_linux_does() {
    let mut lines = choices("lsipc", ALL, 2);
    for form in FORMS {
        lines += &format!("lsipc -m{form}\nlsipc -s{form} -i 0\nlsipc -g -q{form}\n");
    }
    compare(&Sandbox::new(), &lines, None);
}

/// Where the line is longer than the terminal is wide, only the command line is cut, and never below its heading; below a
/// status that is far longer than the others the line goes on.
#[test]
fn on_a_terminal_lsipc_cuts_command_lines_as_util_linux_does() {
    let (sb, _sleeper) = with_objects();
    let lines: &[&[&str]] = &[
        &["-m"],
        &["-m", "--notruncate"],
        &["-m", "--noheadings", "-o", "COMMAND"],
        &["-m", "-o", "COMMAND,KEY,COMMAND"],
        &["-m", "-t", "-J"],
        &["-m", "-m"],
        &["-m", "-o", "ID,STATUS"],
        &["-m", "-o", "STATUS,OWNER,COMMAND,STATUS,ID"],
    ];
    for columns in [9, 20, 40, 78, 80, 81, 82, 160, 300] {
        for line in lines {
            let theirs = sb.command("/usr/bin/lsipc", *line).terminal(columns).run().status(0).text();
            let ours = [&["--as", "lsipc"], *line].concat();
            let ours = sb.ipctool(ours).terminal(columns).run().status(0).text();
            assert_eq!(ours, theirs, "{line:?} on {columns} columns");
        }
    }
}

#[test]
fn hostile_command_lines_are_shown_as_util_linux_shows_them() {
    let sb = Sandbox::new();
    let maker = sb.cc(super::OBJECTS, []).display().to_string();
    let words = [
        "two  words",
        "ctl\u{1}\ttab\nnl",
        "quote\"back\\slash$d`",
        "x\\x41",
        "\u{7f}</>",
        "\u{fc}\u{20ac}\u{65e5}",
        &"long".repeat(2500),
    ];
    let _sleeper = sb.command(maker, words).spawn();
    crate::sandbox::until("the objects", || sb.command("ipcs", ["-m"]).run().text().contains("dest"));
    let mut lines = String::new();
    for environment in ["LC_ALL=C", "LC_ALL=C.UTF-8"] {
        for form in FORMS {
            lines += &format!("{environment} lsipc -m{form}\n{environment} lsipc -m{form} -o COMMAND,ID\n");
        }
        lines += &format!("{environment} lsipc -m -i 1\n{environment} lsipc -s -i 1\n");
    }
    // Of which some can be had everywhere, and some nowhere.
    for environment in [
        "LANG=xx_XX.UTF-8",
        "LC_CTYPE=C.utf8",
        "LANG=C.UTF-8 LC_TIME=xx_XX",
        "LC_ALL=C.UTF8 LC_TIME=xx",
        "LC_ALL=POSIX LANG=C.UTF-8",
    ] {
        lines += &format!("{environment} lsipc -m -o COMMAND,ID\n");
    }
    compare(&sb, &lines, None);
}
