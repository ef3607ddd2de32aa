//! `ipcs`: all that looks.

use super::lines::{choices, under};
use super::{OBJECTS, compare};
use crate::sandbox::{Running, Sandbox, need_root, until};

const VIEWS: &[&str] = &["-m", "-q", "-s", "-a", "-t", "-p", "-c", "-l", "-u", "-b", "--human"];

const IDS: &[&str] = &["-i 0", "-i 1", "--id=2", "-i3", "-i 4", "--i 5", "-i 99", "-i +1"];

const ODD: &str = "
ipcs
ipcs -i
ipcs --foo
ipcs --foo=bar
ipcs -Z
ipcs -qZ
ipcs --h
ipcs --hu
ipcs --he
ipcs --c
ipcs --s
ipcs --sh
ipcs --se
ipcs --su
ipcs --
ipcs --=
ipcs -- -q
ipcs - -q
ipcs foo -q bar
ipcs --all=1
ipcs --id
ipcs --id=
ipcs --i= -q
ipcs -q -i x
ipcs -q -i 1x
ipcs -q -i 0x1
ipcs -q -i ''
ipcs -q -i %201
ipcs -q -i 1%20
ipcs -q -i 2147483647
ipcs -q -i 2147483648
ipcs -q -i 99999999999999999999999
ipcs -i 1
ipcs -a -i 1
ipcs -q -m -i 1
ipcs -q -s -i 1
ipcs -m -s -i 1
ipcs -m -q -s -i 1
ipcs -qti1
ipcs -V
ipcs -h
ipcs -hV
ipcs -Vh
ipcs --version
ipcs --help
ipcs -h -Z
ipcs -Z -h
ipcs -mqst
ipcs -tpclu
ipcs -ulcpt
POSIXLY_CORRECT=1 ipcs foo -q
POSIXLY_CORRECT=1 ipcs -q foo -Z
LC_ALL=C ipcs -\u{f6}
LC_ALL=C ipcs --\u{f6}
";

fn lines() -> String {
    let mut lines = ODD.to_string();
    lines += &choices("ipcs", VIEWS, 1);
    lines += &choices("ipcs", VIEWS, 2);
    lines += &choices("ipcs", VIEWS, 3);
    for kind in ["-m", "-q", "-s"] {
        for unit in ["", " -b", " --human", " -t"] {
            lines += &choices(&format!("ipcs {kind}{unit}"), IDS, 1);
        }
    }
    for environment in ["TZ=Europe/Berlin", "TZ=America/St_Johns", "TZ=XYZ-5:30", "LC_ALL=C", "COLUMNS=20"] {
        lines += &under(environment, &choices("ipcs", VIEWS, 1));
        lines += &under(environment, &choices("ipcs -m", IDS, 1));
    }
    lines
}

/// A sandbox with the objects, and the process that holds one of them.
pub fn with_objects() -> (Sandbox, Running) {
    let sb = Sandbox::new();
    let maker = sb.cc(OBJECTS, []);
    let sleeper = sb.command(maker, [""; 0]).spawn();
    until("the objects", || sb.command("ipcs", ["-m"]).run().text().contains("dest"));
    (sb, sleeper)
}

#[test]
fn ipcs_shows_every_byte_as_util_linux_does() {
    let (sb, _sleeper) = with_objects();
    compare(&sb, &lines(), None);
}

#[test]
fn ipcs_shows_another_user_every_byte_as_util_linux_does() {
    if !need_root() {
        return;
    }
    let (sb, _sleeper) = with_objects();
    compare(&sb, &lines(), Some(65534));
}

#[test]
fn ipcs_shows_an_empty_namespace_as_util_linux_does() {
    compare(&Sandbox::new(), &choices("ipcs", VIEWS, 2), None);
}

#[test]
fn ipcs_shows_limits_that_were_set_as_util_linux_does() {
    let sb = Sandbox::new();
    let set =
        "cd /proc/sys/kernel && echo 4503599627370501 >shmall && echo 1000000 >shmmax && echo 12345 >msgmnb";
    if sb.sh(set).run().ended.success() {
        compare(&sb, "ipcs -l\nipcs -lb\nipcs -l --human\n", None);
        sb.sh("echo 18446744073709551615 >/proc/sys/kernel/shmall; echo 1023 >/proc/sys/kernel/shmmax")
            .run()
            .status(0);
        compare(&sb, "ipcs -l\nipcs -lb\nipcs -l --human\n", None);
        sb.sh("cd /proc/sys/kernel && echo 0 >shmall && echo 0 >shmmni && echo 0 >msgmni").run().status(0);
        compare(&sb, "lsipc\nlsipc -m -g -J\nipcs -l\n", None);
    }
}

/// Without /proc these programs ask the kernel itself.
#[test]
fn without_proc_the_faces_show_what_util_linux_does() {
    if !need_root() {
        return;
    }
    let (sb, _sleeper) = with_objects();
    for line in
        ["ipcs", "ipcs -l", "ipcs -u", "ipcs -t", "ipcs -m -i 1", "lsipc", "lsipc -s", "lsipc -q -i 1"]
    {
        let (program, rest) = line.split_once(' ').unwrap_or((line, ""));
        let script =
            format!("mount -t tmpfs none /proc && {program} {rest} && ipctool --as {program} {rest}");
        let text = sb.sh(&format!("unshare -m sh -c '{script}'")).run().status(0).stderr_is("").text();
        let (theirs, ours) = text.split_at(text.len() / 2);
        assert!(!ours.is_empty());
        assert_eq!(ours, theirs, "{line}");
    }
}
