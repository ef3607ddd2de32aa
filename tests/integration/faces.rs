//! The faces against the programs themselves: same objects, same namespace, same argv[0]; every byte and the status.

mod differences;
mod lines;
mod look;
mod remove;
mod streams;
mod tables;

use crate::sandbox::Sandbox;

/// Objects of every state, which stay; the last segment is held by a sleeper.
const OBJECTS: &str = r#"
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
static struct { long type; char text[4000]; } m = { 7, "" };
static void queues(void) {
    struct msqid_ds ds;
    int q = msgget(0x4d2, IPC_CREAT | 0640);
    msgsnd(q, &m, 300, 0); msgsnd(q, &m, 12, 0); msgrcv(q, &m, 4000, 0, 0);
    msgget(0xffffffff, IPC_CREAT | 0);
    q = msgget(IPC_PRIVATE, 0622);
    while (msgsnd(q, &m, 1024, IPC_NOWAIT) == 0);
    q = msgget(0x59, IPC_CREAT | 0600);
    msgctl(q, IPC_STAT, &ds); ds.msg_perm.uid = 0; ds.msg_perm.gid = 0; msgctl(q, IPC_SET, &ds);
    q = msgget(0x5b, IPC_CREAT | 0666);
    msgctl(q, IPC_STAT, &ds); ds.msg_perm.uid = 4242424; ds.msg_perm.gid = 4242; msgctl(q, IPC_SET, &ds);
}
static void sets(void) {
    struct semid_ds ds;
    semget(IPC_PRIVATE, 250, 0600);
    int set = semget(0x7fffffff, 3, IPC_CREAT | 0666);
    struct sembuf up = { 1, 4, 0 };
    semop(set, &up, 1);
    semget(0x77, 1, IPC_CREAT | 0);
    set = semget(0x5a, 2, IPC_CREAT | 0604);
    semctl(set, 0, IPC_STAT, &ds); ds.sem_perm.uid = 1001; ds.sem_perm.gid = 1001; semctl(set, 0, IPC_SET, &ds);
}
static void segments(void) {
    struct shmid_ds ds;
    shmget(IPC_PRIVATE, 5000, 0400);
    memset(shmat(shmget(0x1234, 123456, IPC_CREAT | 0777), 0, 0), 1, 8192);
    shmctl(shmget(0x56, 4096, IPC_CREAT | 0600), SHM_LOCK, 0);
    shmget(0x57, 10, IPC_CREAT | 0);
    int s = shmget(0x54, 4096, IPC_CREAT | 0600);
    shmctl(s, SHM_LOCK, 0);
    shmat(s, 0, 0);
    shmctl(s, IPC_RMID, 0);
    s = shmget(0x58, 0x7fffffffL, IPC_CREAT | 0660);
    shmctl(s, IPC_STAT, &ds); ds.shm_perm.uid = 1001; ds.shm_perm.gid = 33; shmctl(s, IPC_SET, &ds);
    s = shmget(0x55, 4096 * 300, IPC_CREAT | 0604);
    shmat(s, 0, 0);
    shmctl(s, IPC_RMID, 0);
}
int main(void) { queues(); sets(); segments(); write(1, "ready\n", 6); pause(); return 0; }
"#;

/// Runs each line through both programs and prints where they differ. Its arguments: our binary, the file of lines, the
/// uid to run as (-1: our own).
const COMPARE: &str = r#"
use strict; use POSIX;
my ($ours, $lines, $uid) = @ARGV;
sub run {
    my ($file, $env, @words) = @_;
    pipe(my $outr, my $outw); pipe(my $errr, my $errw);
    my $pid = fork;
    if (!$pid) {
        open STDIN, '<', '/dev/null'; open STDOUT, '>&', $outw; open STDERR, '>&', $errw;
        close $_ for $outr, $outw, $errr, $errw;
        if ($uid >= 0) { setgid($uid); $( = $uid; $) = "$uid $uid"; setuid($uid); }
        $ENV{$1} = $2 while $$env =~ s/^(\w+)=(\S*) //;
        exec { $file } @words; POSIX::_exit(127);
    }
    close $outw; close $errw;
    local $/; my $err = ''; my $out = <$outr>; $err = <$errr>;
    waitpid $pid, 0;
    return "--- stdout\n$out--- stderr\n$err--- status $?\n";
}
open my $in, '<', $lines or die; my $count = 0;
while (my $line = <$in>) {
    chomp $line; next if $line eq '';
    my $env = '';
    $env .= $1 while $line =~ s/^(\w+=\S* )//;
    my @words = map { $_ eq "''" ? '' : s/%20/ /gr } split / /, $line;
    my ($e1, $e2) = ($env, $env);
    my $theirs = run("/usr/bin/$words[0]", \$e1, @words);
    my $mine = run($ours, \$e2, @words);
    $count++;
    print "===== $env$line\n----- theirs\n$theirs----- ours\n$mine\n" if $theirs ne $mine;
}
print STDERR "$count lines\n";
"#;

/// Lines for one run: far fewer than a busy machine does before the sandbox loses patience.
const PORTION: usize = 50;

/// Holds each line against the oracle, as ourselves or as `uid`.
#[track_caller]
fn compare(sb: &Sandbox, lines: &str, uid: Option<u32>) {
    let ours = sb.path("world/bin/ipctool").display().to_string();
    let file = sb.path("lines").display().to_string();
    let uid = uid.map_or("-1".to_string(), |uid| uid.to_string());
    let all: Vec<&str> = lines.lines().filter(|line| !line.is_empty()).collect();
    for portion in all.chunks(PORTION) {
        std::fs::write(sb.path("lines"), portion.join("\n") + "\n").expect("the lines");
        let run = sb.command("perl", ["-e", COMPARE, &ours, &file, &uid]).run();
        run.status(0).stdout_is("").stderr_is(format!("{} lines\n", portion.len()));
    }
}
