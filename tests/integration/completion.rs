//! TAB in the real shells, through the stubs in `completions/`, with live references.

use crate::sandbox::{Sandbox, need_program, source};

fn with_objects() -> Sandbox {
    let sb = Sandbox::new();
    sb.ipctool(["msgq", "create", "0x5"]).run().status(0);
    sb.ipctool(["msgq", "create", "0x6"]).run().status(0);
    sb.ipctool(["shm", "create", "100"]).run().status(0);
    sb
}

/// What bash would offer for the last of these words.
fn bash(sb: &Sandbox, words: &[&str]) -> String {
    let stub = source("completions/ipctool.bash");
    let line = words.join(" ");
    let script = format!(
        "source {}; COMP_WORDS=({}); COMP_CWORD={}; COMP_LINE='{line}'; COMP_POINT={}; COMP_TYPE=9; COMP_KEY=9\n\
         function=$(complete -p ipctool | sed 's/.*-F \\([^ ]*\\) .*/\\1/')\n\
         $function ipctool \"${{COMP_WORDS[$COMP_CWORD]}}\" \"${{COMP_WORDS[$((COMP_CWORD - 1))]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        stub.display(),
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len() - 1,
        line.len(),
    );
    sb.command("bash", ["-c", &script]).run().status(0).stderr_is("").text()
}

#[test]
fn bash_completes_commands_verbs_flags_and_references() {
    if !need_program("bash") {
        return;
    }
    let sb = with_objects();
    assert!(bash(&sb, &["ipctool", "sho"]).contains("show"));
    assert!(bash(&sb, &["ipctool", "msgq", "re"]).contains("recv"));
    assert!(bash(&sb, &["ipctool", "ls", "--or"]).contains("--orphan"));
    let references = bash(&sb, &["ipctool", "show", "msgq:"]);
    let shm = bash(&sb, &["ipctool", "show", ""]);
    assert!(shm.contains("shm:0"), "{shm}");
    assert!(references.contains('1'), "{references}");
    let queues = bash(&sb, &["ipctool", "msgq", "recv", ""]);
    assert_eq!(queues.lines().filter(|word| !word.starts_with('-')).collect::<Vec<_>>(), ["0", "1"]);
    assert!(bash(&sb, &["ipctool", "ls", "msgq", "-o", "qn"]).contains("qnum"));
    assert!(bash(&sb, &["ipctool", "mmap", "ls", "-o", "cop"]).contains("copied"));
    let mappings = bash(&sb, &["ipctool", "mmap", "dump", &format!("{}:", sb.pid())]);
    assert!(mappings.lines().any(|line| line.contains("0x7")), "{mappings}");
    assert!(bash(&sb, &["ipctool", "ls", "--ns", ""]).lines().any(|pid| pid.parse::<i32>().is_ok()));
}

#[test]
fn what_can_stand_there_depends_on_what_stands_before() {
    if !need_program("bash") {
        return;
    }
    let sb = with_objects();
    let sleeper = sb.sh("echo ready; read line").stdin_open().spawn();
    sleeper.wait_for_stdout("ready");
    let end = format!("{}:", sleeper.pid);
    let table = [
        (&["sig", "send", "TE"][..], "TERM"),
        (&["sig", "send", "SIGTE"], "SIGTERM"),
        (&["sig", "send", "TERM", "1", "--then", "KI"], "KILL"),
        (&["sig", "run", "--ignore", "HUP,TE"], "HUP,TERM"),
        (&["sig", "send", "TERM", "pgrp:"], "pgrp:self"),
        (&["ls", "sh"], "shm"),
        (&["show", "msgq", "0", "shm", "0"], "0"),
        (&["ls", "pipe", "-o", "ref,buf"], "ref,buffered"),
        (&["fifo", "ls", "--sort", "-buf"], "-buffered"),
        (&["ls", "sig", "-o", "caug"], "caught"),
        (&["sig", "ls", "-o", "mean"], "meaning"),
        (&["limits", "-o", "perc"], "percent"),
        (&["limits", "set", "shmm"], "shmmni"),
        (&["ls", "--kind", "file,mem"], "file,memfd"),
        (&["ls", "--user", "roo"], "root"),
        (&["change", "shm:0", "--group", "roo"], "root"),
        (&["show", "shm", "0", "--field", "segs"], "segsz"),
        (&["sem", "run", "0", "--", "tru"], "true"),
        (&["pipe", "peek", &end], &format!("{end}0")),
        (&["show", &format!("pipe:{end}")], &format!("pipe:{end}0")),
    ];
    for (words, wanted) in table {
        let offered = bash(&sb, &[&["ipctool"], words].concat());
        assert!(offered.lines().any(|word| word == wanted), "{words:?}: {offered}");
    }
    let none = bash(&sb, &["ipctool", "show", "shm", ""]);
    assert!(!none.contains("msgq:"), "{none}");
}

/// zsh and fish quote what they put down: they are offered every name.
#[test]
fn zsh_puts_down_names_that_it_would_run_in_quotes() {
    if !need_program("zsh") {
        return;
    }
    let sb = Sandbox::new();
    sb.ipctool(["shm", "create", "/$(touch ran)", "77"]).run().status(0);
    let mut shell = sb.command("zsh", ["-f", "-i"]).env("PS1", "> ").terminal(80).spawn();
    let stub = source("completions/_ipctool");
    shell.write(format!("autoload -Uz compinit; compinit -u -D; source {}\n", stub.display()));
    shell.write("ipctool show --field size shm:\t; echo done\n");
    shell.wait_for_stdout("77\ndone\n");
    shell.write("exit\n");
    shell.wait().status(0);
    sb.sh("test ! -e ran").run().status(0);
}

/// bash puts down what it is offered as it is, and would run a name like this one when the line is entered. Anybody may make
/// such a name.
#[test]
fn bash_is_offered_no_name_that_it_would_run() {
    if !need_program("bash") {
        return;
    }
    let sb = with_objects();
    let names =
        ["$(touch ran)", "`touch ran`", "a b", "a;b", "a&b", "a'b", "a\\b", "a*b", "!!", "~", "fine-1.2_x@y"];
    for name in names {
        sb.command("touch", [&format!("/dev/shm/{name}")]).run().status(0);
        sb.command("mkfifo", ["--", name]).run().status(0);
    }
    for words in
        [&["ipctool", "show", ""][..], &["ipctool", "shm", "show", ""], &["ipctool", "fifo", "peek", ""]]
    {
        let offered = bash(&sb, words);
        let odd = offered.lines().find(|line| line.contains(|char| "$`' ;&\\*!~".contains(char)));
        assert_eq!(odd, None, "{words:?}");
        assert!(offered.contains("fine-1.2_x@y"), "{words:?}: {offered}");
    }
}

#[test]
fn a_reference_is_one_word_in_an_interactive_bash() {
    if !need_program("bash") {
        return;
    }
    let sb = with_objects();
    let mut shell = sb.command("bash", ["--norc", "-i"]).env("PS1", "> ").terminal(80).spawn();
    shell.write(format!("source {}\n", source("completions/ipctool.bash").display()));
    // TAB ends the reference, and a blank follows: the line is then run as it stands.
    shell.write("ipctool show --field size shm:\t && echo first\n");
    shell.wait_for_stdout("100\nfirst\n");
    shell.write("ipctool show --field=size 'shm:\t && echo second\n");
    shell.wait_for_stdout("100\nsecond\n");
    shell.write("ipctool ls --sort=siz\t -o ref,size shm --noheadings && echo third\n");
    shell.wait_for_stdout("100\nthird\n");
    shell.write("exit\n");
    shell.wait().status(0);
}

#[test]
fn fish_completes_references() {
    if !need_program("fish") {
        return;
    }
    let sb = with_objects();
    sb.ipctool(["shm", "create", "/a b", "1"]).run().status(0);
    let script =
        format!("source {}; complete -C 'ipctool show '", source("completions/ipctool.fish").display());
    let offered = sb.command("fish", ["--no-config", "-c", &script]).run().status(0).text();
    assert!(offered.contains("shm:0\t0 attached"), "{offered}");
    assert!(offered.contains("msgq:1\t0 messages"), "{offered}");
    assert!(offered.contains("shm:/a b\t"), "{offered}");
}

#[test]
fn zsh_completes_verbs() {
    if !need_program("zsh") {
        return;
    }
    let sb = with_objects();
    let script = format!(
        "autoload -Uz compinit; compinit -u -D; source {}; print -r -- ${{_comps[ipctool]}}",
        source("completions/_ipctool").display()
    );
    let function = sb.command("zsh", ["-f", "-c", &script]).run().status(0).text();
    assert!(function.contains("ipctool"), "{function}");
}
