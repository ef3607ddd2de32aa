//! Streams that are closed, full, only for reading or without a reader or room: what is still said, and the status.

use crate::sandbox::Sandbox;

/// Runs each line with each bad stream through both programs, and prints where they differ.
const STREAMS: &str = r#"
use strict; use POSIX;
my ($ours, @lines) = @ARGV;
sub to { my ($fd, $path, $flags) = @_; my $new = POSIX::open($path, $flags); POSIX::dup2($new, $fd); POSIX::close($new) if $new > 2; }
sub stuff {
    my ($r, $w) = POSIX::pipe(); POSIX::dup2($r, 9); POSIX::dup2($w, 1);
    fcntl(STDOUT, F_SETFL, O_NONBLOCK); 1 while POSIX::write(1, 'x' x 4096, 4096);
}
sub unread { my ($fd) = @_; my ($r, $w) = POSIX::pipe(); POSIX::close($r); POSIX::dup2($w, $fd); POSIX::close($w); }
my @bad = (
    ['out closed', sub { POSIX::close(1) }],
    ['out for reading', sub { to(1, '/dev/null', O_RDONLY) }],
    ['out full', sub { to(1, '/dev/full', O_WRONLY) }],
    ['out has no room now', sub { stuff() }],
    ['out unread', sub { unread(1) }],
    ['out unread, ignored', sub { $SIG{PIPE} = 'IGNORE'; unread(1) }],
    ['err closed', sub { POSIX::close(2) }],
    ['err full', sub { to(2, '/dev/full', O_WRONLY) }],
    ['err unread', sub { unread(2) }],
    ['err unread, ignored', sub { $SIG{PIPE} = 'IGNORE'; unread(2) }],
    ['both full', sub { to(1, '/dev/full', O_WRONLY); to(2, '/dev/full', O_WRONLY) }],
    ['all closed', sub { POSIX::close($_) for 0 .. 2 }],
);
sub run {
    my ($file, $bad, @words) = @_;
    pipe(my $r, my $w);
    my $pid = fork;
    if (!$pid) {
        close $r; POSIX::dup2(fileno $w, 2); to(1, '/dev/null', O_WRONLY); $SIG{PIPE} = 'DEFAULT';
        $bad->(); exec { $file } @words; POSIX::_exit(127);
    }
    close $w; local $/; my $err = <$r>; waitpid $pid, 0;
    return "$err--- status $?\n";
}
my $count = 0;
for my $line (@lines) {
    my @words = split / /, $line;
    for (@bad) {
        my ($name, $bad) = @$_;
        my ($theirs, $mine) = (run("/usr/bin/$words[0]", $bad, @words), run($ours, $bad, @words));
        $count++;
        print "===== $line, $name\n----- theirs\n$theirs----- ours\n$mine\n" if $theirs ne $mine;
    }
}
print STDERR "$count runs\n";
"#;

#[test]
fn what_cannot_be_written_is_told_as_util_linux_tells_it() {
    // Outputs below, within and above what stdio keeps.
    for queues in [2, 100, 150] {
        let sb = Sandbox::new();
        sb.perl(&format!("msgget(0, 01600) for 1..{queues}")).run().status(0);
        let ours = sb.path("world/bin/ipctool").display().to_string();
        let lines = ["ipcs -q", "ipcs -q -i 0", "ipcs -q -i 999", "lsipc -q", "ipcs -Z", "ipcrm -q 999"];
        let words = ["-e", STREAMS, &ours].into_iter().chain(lines);
        sb.command("perl", words).run().status(0).stdout_is("").stderr_is("72 runs\n");
    }
}

#[test]
fn a_terminal_shows_what_was_done_before_what_failed() {
    let seen = ["ipcrm", "--as"].map(|first| {
        let sb = Sandbox::new();
        sb.perl("msgget(0, 01600) for 0..3").run().status(0);
        let rest = ["-v", "-q", "0", "-q", "99", "-v", "-q", "1"];
        let run = match first {
            "--as" => sb.ipctool(["--as", "ipcrm"].into_iter().chain(rest)),
            program => sb.command(program, rest),
        };
        run.terminal(80).run().status(1).text()
    });
    assert!(seen[0].contains("id `99'\nipcrm: invalid id (99)\nremoving"), "{}", seen[0]);
    assert_eq!(seen[1], seen[0]);
}
