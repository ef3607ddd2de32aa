//! `ipcrm` and `ipcmk`: what they say, and what is left. Each line runs in its own IPC namespace with the same objects.

use std::collections::BTreeSet;

use super::{compare, lines::choices};
use crate::sandbox::{Sandbox, need_root};

/// Makes objects with keys 1 to 4 in a new namespace (3 may be read by all, 4 is mode 0), runs the command line as the
/// wanted user, and tells its status and what is left. Random keys, above 255, are not shown.
const WORLD: &str = r#"
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
int main(int argc, char **argv) {
    static const int modes[] = { 0600, 0640, 0666, 0 };
    int status, uid = atoi(argv[1]);
    if (unshare(CLONE_NEWIPC)) { perror("unshare"); return 99; }
    for (int key = 1; key <= 4; key++) {
        int flags = IPC_CREAT | modes[key - 1];
        msgget(key, flags); semget(key, key, flags); shmget(key, key * 1000, flags);
    }
    pid_t pid = fork();
    if (pid == 0) {
        if (uid > 0 && (setgid(uid) || setuid(uid))) return 98;
        execv(argv[2], argv + 3);
        return 97;
    }
    waitpid(pid, &status, 0);
    printf("status %d\n", status);
    fflush(stdout);
    return system("ipcs | sed 's/^0x[0-9a-f]\\{5\\}[1-9a-f].. /KEY /; s/^0x\\([1-9a-f]\\|0[1-9a-f]\\|00[1-9a-f]\\|000[1-9a-f]\\|0000[1-9a-f]\\)[0-9a-f]* /KEY /'");
}
"#;

const RM: &[&str] = &[
    "-q 0",
    "-m 1",
    "-s 2",
    "-q 99",
    "-Q 1",
    "-M 0x2",
    "-S 03",
    "-M 77",
    "-v",
    "-ashm",
    "--all",
    "--queue-id=3",
];

const RM_ODD: &str = "
ipcrm
ipcrm -v
ipcrm -q x
ipcrm -q ''
ipcrm -q 0x1
ipcrm -q 99999999999
ipcrm -q -1
ipcrm -q %201
ipcrm -q 1%20
ipcrm -Q x
ipcrm -Q 0x
ipcrm -Q 08
ipcrm -Q 0
ipcrm -Q -1
ipcrm -Q 99999999999999999999999
LC_ALL=C ipcrm -Q ''
ipcrm msg 0
ipcrm msg 0 1 2
ipcrm shm 1 99
ipcrm sem
ipcrm sem x
ipcrm sem ''
ipcrm sem -1
ipcrm sem 99999999999
ipcrm sem 18446744073709551615
ipcrm sem 18446744073709551616
ipcrm sem -99999999999999999999999
ipcrm shm -m
ipcrm shm -h
ipcrm foo
ipcrm foo 1
ipcrm SHM 1
ipcrm -
ipcrm ''
ipcrm -- msg 1
ipcrm -v msg 1
ipcrm -afoo
ipcrm -av
ipcrm -a=shm
ipcrm --all=
ipcrm --all=foo
ipcrm --al=sem
ipcrm -vashm
ipcrm -va
ipcrm -ashm -amsg
ipcrm -amsg -a
ipcrm -Z
ipcrm -h
ipcrm -V
ipcrm --v
ipcrm --verb -q 1
ipcrm --vers
ipcrm --queue 1
ipcrm --queue-i
ipcrm --queue-k=2
ipcrm --s 1
ipcrm --=
ipcrm -q
ipcrm -q1 -m1
ipcrm -q 1 -q 1
ipcrm -Q 1 -q 0
ipcrm -q 1 -v -m 1
";

const MK: &[&str] = &["-Q", "-S 3", "-M 100", "-p 600", "-p 0", "-p 17", "--queue", "--shmem=1k"];

const MK_ODD: &str = "
ipcmk
ipcmk foo
ipcmk -Q foo
ipcmk -p 600
ipcmk -Z
ipcmk -M
ipcmk --s
ipcmk --sh 1
ipcmk --se 1
ipcmk --m 600 -Q
ipcmk --queue=1
ipcmk -V -Z
ipcmk -QV
ipcmk -h
ipcmk --=
ipcmk -M1 -M2
ipcmk -S 0
ipcmk -S -1
ipcmk -S 32001
ipcmk -S x
ipcmk -S ''
ipcmk -S 1k
ipcmk -S 010
ipcmk -S 99999999999
ipcmk -S 2147483648
ipcmk -Q -p 9
ipcmk -Q -p ''
ipcmk -Q -p 17777
ipcmk -Q -p u+r
ipcmk -Q -p -1
ipcmk -Q -p 1000
ipcmk -Q -p 40000000000
ipcmk -Q -p 77777777777777777777777
ipcmk -M 8E
ipcmk -M 1T
ipcmk -M 0Z
ipcmk -M -1
ipcmk -M ''
ipcmk -M 12%20
ipcmk -M %2012
";

const SIZES: &str = "0 1 x 1KiB 1KB 1kb 1kib 1Ki 12m 20E 1Z 1Y 1.5 1.0 .5K 1.5.5K 1,5K K 1B 1iB 0x10 010 0x 1.5KB 1.05K \
    1.005K 1.55555K 1.123456789M 0.05M 1.00K 1.10K 1.K 0x1.8K 1.5e3 1.25M 1.0001M 2.75MB 1.333333333333333333333333K \
    1.12345678901234567M 1.9K 10.10M 1.050M 99999999999999999999 1KIB 1kIb 1Kib 1..5K 1..05K 1...K 1.5. \
    1.99999999999999999999 1.99999999999999999999x 1.18446744073709551616b 0.001Z 0.5YB 0.1Z 0x0.8Y 15.9E";

/// The lines as commands of [`WORLD`], for the oracle's `perl` to run: both programs go through the same world.
fn worlds(sb: &Sandbox, lines: &str, uid: u32) {
    let world = sb.cc(WORLD, []).display().to_string();
    // What differs by purpose is tested apart; a line twice is a line too many.
    let lines: BTreeSet<&str> = lines.lines().filter(|line| !line.is_empty()).collect();
    let script = WORLDS.replace("WORLD", &world).replace("UID", &uid.to_string());
    std::fs::write(sb.path("worlds.pl"), script).expect("the script");
    let ours = sb.path("world/bin/ipctool").display().to_string();
    for portion in lines.into_iter().collect::<Vec<_>>().chunks(50) {
        std::fs::write(sb.path("lines"), portion.join("\n") + "\n").expect("the lines");
        let run = sb.command("perl", ["worlds.pl", &ours, "lines"]).run();
        run.status(0).stdout_is("").stderr_is(format!("{} lines\n", portion.len()));
    }
}

const WORLDS: &str = r#"
use strict;
my ($ours, $lines) = @ARGV;
sub run {
    my ($file, $line) = @_;
    my @words = map { s/'/'\\''/gr } map { $_ eq "''" ? '' : s/%20/ /gr } split / /, $line;
    my $env = ''; $env .= shift(@words) . ' ' while $words[0] =~ /^\w+=/;
    $file =~ s/PROGRAM/$words[0]/;
    my $command = join ' ', map { "'$_'" } 'WORLD', 'UID', $file, @words;
    return `$env$command 2>err </dev/null; echo \$?; cat err`;
}
open my $in, '<', $lines or die; my $count = 0;
while (my $line = <$in>) {
    chomp $line;
    my ($theirs, $mine) = (scalar run('/usr/bin/PROGRAM', $line), scalar run($ours, $line));
    $count++;
    print "===== $line\n----- theirs\n$theirs----- ours\n$mine\n" if $theirs ne $mine;
}
print STDERR "$count lines\n";
"#;

fn removals() -> String {
    let mut lines = RM_ODD.to_string();
    lines += &choices("ipcrm", RM, 1);
    lines += &choices("ipcrm", RM, 2);
    lines
}

fn creations() -> String {
    let mut lines = MK_ODD.to_string();
    lines += &choices("ipcmk", MK, 1);
    lines += &choices("ipcmk", MK, 2);
    for size in SIZES.split_whitespace() {
        lines += &format!("ipcmk -M {size}\n");
    }
    lines
}

#[test]
fn ipcrm_removes_and_says_what_util_linux_does() {
    worlds(&Sandbox::new(), &removals(), 0);
}

#[test]
fn ipcrm_of_another_user_says_what_util_linux_does() {
    if need_root() {
        worlds(&Sandbox::new(), &removals(), 65534);
    }
}

#[test]
fn ipcmk_makes_and_says_what_util_linux_does() {
    worlds(&Sandbox::new(), &creations(), 0);
}

#[test]
fn getopt_names_the_program_by_its_path() {
    let sb = Sandbox::new();
    sb.sh("mkdir theirs ours; ln -s /usr/bin/ipcrm theirs; ln -s \"$(command -v ipctool)\" ours/ipcrm")
        .run()
        .status(0);
    for dir in ["theirs", "ours"] {
        let run = sb.sh(&format!("cd {dir} && ./ipcrm -Z")).run().status(1);
        run.stderr_is("./ipcrm: invalid option -- 'Z'\nTry 'ipcrm --help' for more information.\n");
    }
    compare(&sb, "ipcmk\nipcrm --=\n", None);
}

/// Keys are the kernel's own random numbers.
#[test]
fn ipcmk_needs_no_device() {
    if need_root() {
        let sb = Sandbox::new();
        let script = "mount -t tmpfs none /dev && ipcmk -Q && ipctool --as ipcmk -Q";
        let run = sb.sh(&format!("unshare -m sh -c '{script}'")).run().status(0).stderr_is("");
        run.stdout_is("Message queue id: 0\nMessage queue id: 1\n");
    }
}
