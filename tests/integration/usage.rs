//! Wrong command lines: status 2, one line that says what is wrong, a hint, and nothing done.

use crate::sandbox::Sandbox;

#[test]
fn wrong_references_name_the_grammar_or_the_nearest_form() {
    let sb = Sandbox::new();
    let table = [
        (&["show", "msgq:4d2"][..], "msgq:0x000004d2"),
        (&["show", "msgq:0X4d2"], "0x000004d2"),
        (&["show", "msg:42"], "msgq:42"),
        (&["show", "shm", "key:4294967296"], "32 bits"),
        (&["show", "shm", "-1"], ""),
        (&["show", "sem:99999999999"], ""),
        (&["show", "sem:ftok:/etc/passwd:300"], "44"),
        (&["show", "shm:/a/b"], "slash"),
        (&["show", "shm:/.."], ""),
        (&["show", "msgq:sem:4"], ""),
        (&["sem", "show", "msgq:4"], "msgq"),
        (&["show", ""], ""),
        (&["ftok", "/etc/passwd", "256"], ""),
        (&["ls", "--key", "0x1ffffffff"], ""),
        (&["ls", "msgqq"], "the kind's word is msgq"),
        (&["ls", "queues"], "the kind's word is msgq"),
        (&["ls", "nope"], "write msgq:/nope, sem:/nope or shm:/nope"),
        (&["ls", "msgq:0", "sig:1"], "ipctool show sig:1"),
        (&["ls", "sig", "1"], "ipctool show sig:1"),
        (&["ls", "shm:0", "msgq:private"], "always names a new"),
        (&["show", "msgq:private"], "always names a new"),
        (&["ls", "fifo", "--sysv"], "--sysv does not go with"),
        (&["ls", "sig", "--posix"], "--posix does not go with"),
    ];
    for (args, told) in table {
        let output = sb.ipctool(args).run().status(2).stdout_is("").stderr_contains(told);
        let lines = String::from_utf8(output.stderr).unwrap();
        assert!(lines.starts_with("ipctool: "), "{lines}");
        assert!(lines.lines().count() <= 2, "{args:?}: {lines}");
        assert!(lines.lines().nth(1).is_none_or(|hint| hint.starts_with("hint: ")), "{lines}");
    }
}

/// Who types the name of a file that is there means that file, and not an object that is not there.
#[test]
fn a_file_that_is_there_is_named_with_its_kind() {
    let sb = Sandbox::new();
    sb.sh("mkfifo jobs; echo x >table; ln -s table link").run().status(0);
    sb.ipctool(["show", "jobs"]).run().status(2).stderr_contains("hint: there is fifo:jobs\n");
    sb.ipctool(["rm", "./jobs"]).run().status(2).stderr_contains("hint: there is fifo:./jobs\n");
    sb.ipctool(["show", "table"]).run().status(2).stderr_contains("hint: there is mmap:table\n");
    sb.ipctool(["show", "link"]).run().status(2).stderr_contains("hint: write msgq:/link");
    sb.sh("mkfifo 'a b'").run().status(0);
    sb.ipctool(["show", "a b"]).run().status(2).stderr_contains("hint: there is 'fifo:a b'\n");
    sb.ipctool(["shm", "create", "/jobs", "1"]).run().status(0);
    sb.ipctool(["show", "jobs"]).run().status(2).stderr_contains("hint: there is shm:/jobs and fifo:jobs\n");
}

#[test]
fn wrong_flags_and_words_suggest_the_right_ones() {
    let sb = Sandbox::new();
    let table = [
        (&["ls", "--jsn"][..], "--json"),
        (&["lss"], "'ls'"),
        (&["msgq", "sho"], "'show'"),
        (&["ls", "--json", "--tsv"], "cannot be used with"),
        (&["ls", "--unused", "--in-use"], "cannot be used with"),
        (&["ls", "--older", "soon"], "--older"),
        (&["ls", "--min-size", "1X"], "no such unit"),
        (&["ls", "--user", "no-such-user"], "no-such-user"),
        (&["ls", "-o", "qnumb"], "qnum"),
        (&["ls", "--sort", "x"], "the columns are"),
        (&["ls", "--watch=0"], "no interval"),
        (&["limits", "-q"], "limits have no references"),
        (&["limits", "set", "msgmni", "-5"], "cannot read '-5' as a limit"),
        (&["change", "msgq:0", "--owner", "-1"], "no user '-1'"),
        (&["change", "msgq:0", "--group", "-1"], "no group '-1'"),
        (&["ls", "--user", "-1"], "no user '-1'"),
        (&["show"], "REF"),
        (&["msgq"], "show"),
    ];
    for (args, told) in table {
        sb.ipctool(args).run().status(2).stdout_is("").stderr_contains(told);
    }
}

/// What was typed comes back on one line, and nothing in it reaches a terminal.
#[test]
fn typed_bytes_are_shown_and_not_obeyed() {
    let sb = Sandbox::new();
    let odd = "a\x1b[31mb\nc\u{202e}d";
    let table: &[&[&str]] = &[
        &["ls", "--older", odd],
        &["ls", "--min-size", odd],
        &["ls", "-o", odd],
        &["ls", "--key", odd],
        &["ls", "--user", odd],
        &["ls", &format!("--{odd}")],
        &["limits", odd],
        &["limits", "set", odd, "5"],
        &["limits", "set", "msgmni", odd],
        &["ftok", "/", odd],
        &["link", odd],
        &["change", "msgq:0", "--owner", odd],
        &[odd],
        &["msgq", odd],
    ];
    for args in table {
        let told = String::from_utf8(sb.ipctool(*args).run().stdout_is("").stderr).unwrap();
        assert!(
            told.lines().all(|line| line.starts_with("ipctool: ") || line.starts_with("hint: ")),
            "{told}"
        );
        assert!(told.lines().count() <= 2, "{args:?}: {told}");
        assert!(
            !told.chars().any(|char| char != '\n' && (char.is_control() || char == '\u{202e}')),
            "{told:?}"
        );
    }
}

#[test]
fn a_negative_number_is_a_value_and_a_wrong_one() {
    let sb = Sandbox::new();
    let table = [
        (&["msgq", "recv", "1", "-c", "-1"][..], "--count"),
        (&["msgq", "recv", "1", "--truncate", "-1"], "--truncate"),
        (&["msgq", "recv", "1", "--up-to", "-1"], "--up-to"),
        (&["msgq", "recv", "1", "--except", "-1"], "--except"),
        (&["msgq", "send", "1", "x", "--pad", "-1"], "--pad"),
        (&["msgq", "peek", "1", "-c", "-1"], "--count"),
        (&["msgq", "create", "--max-bytes", "-1"], "--max-bytes"),
        (&["msgq", "create", "/q", "--max-messages", "-1"], "--max-messages"),
        (&["fifo", "listen", "f", "-c", "-1"], "--count"),
        (&["fifo", "hold", "f", "--hold-for", "-1"], "--hold-for"),
        (&["pipe", "resize", "1:1", "-1"], "<SIZE>"),
        (&["sig", "send", "0", "1", "-c", "-1"], "--count"),
        (&["sig", "trap", "-c", "-1"], "--count"),
        (&["sig", "run", "--alarm", "-1", "--", "true"], "--alarm"),
        (&["sem", "p", "1", "--timeout", "-1"], "--timeout"),
        (&["sem", "p", "1", "-i", "-1"], "--index"),
        (&["sem", "set", "1", "-1"], "<VALUE>"),
        (&["sem", "create", "0x1", "--value", "-1"], "--value"),
        (&["sem", "run", "1", "--slots", "-1", "--", "true"], "--slots"),
        (&["shm", "create", "0x1", "-1"], "<SIZE>"),
        (&["shm", "dump", "1", "--offset", "-1"], "--offset"),
        (&["mmap", "watch", "f", "--interval", "-1"], "--interval"),
        (&["msgq", "recv", "1", "--idle-timeout", "-1"], "--idle-timeout"),
        (&["ls", "--older", "-1"], "--older"),
    ];
    for (args, told) in table {
        let told = format!("invalid value '-1' for '{told}");
        sb.ipctool(args).run().status(2).stdout_is("").stderr_contains(&told);
    }
}
