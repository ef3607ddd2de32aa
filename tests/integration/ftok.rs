//! `ipctool ftok` against C's ftok(3), and the way back.

use crate::sandbox::Sandbox;

/// Prints C's key of a file and each byte of a text.
const FTOK: &str = r#"
#include <stdio.h>
#include <sys/ipc.h>
int main(int argc, char **argv) {
    for (const char *proj = argv[2]; *proj; proj++) printf("0x%08x\n", (unsigned)ftok(argv[1], *proj));
    return argc != 3;
}
"#;

#[test]
fn keys_are_those_of_c() {
    let sb = Sandbox::new();
    let program = sb.cc(FTOK, []);
    sb.sh("touch file 'odd\nname'; mkdir dir; ln -s file link").run().status(0);
    for path in ["file", "dir", "link", "odd\nname", "/etc/passwd", "."] {
        let theirs = sb.command(&program, [path, "A0~\u{1}"]).run().status(0).text();
        let ours = ["A", "48", "~", "1"].map(|proj| {
            let made = sb.ipctool(["ftok", path, proj, "--json"]).run().status(0).json();
            format!("{}\n", made[0]["key"].as_str().unwrap())
        });
        assert_eq!(ours.concat(), theirs, "{path}");
    }
    sb.ipctool(["ftok", "nowhere"]).run().status(3).stderr_contains("cannot make a key from nowhere");
}

#[test]
fn the_way_back_names_each_candidate_or_says_that_there_is_none() {
    let sb = Sandbox::new();
    sb.sh("touch 'odd\nname'; ln -s nowhere dangling; ln -s loop loop").run().status(0);
    let key = sb.ipctool(["ftok", "odd\nname", "7", "--json"]).run().status(0).json()[0]["key"].clone();
    let find = |key: &str| sb.ipctool(["ftok", "--find", key, ".", "--json"]).run();
    let found = find(key.as_str().unwrap())
        .status(1)
        .stderr_is("ipctool: cannot look at ./loop: too many symbolic links encountered (ELOOP)\n");
    assert_eq!((&found.json()[0]["path"], &found.json()[0]["proj"]), (&"./odd\nname".into(), &7.into()));
    sb.sh("rm loop").run().status(0);
    let none = "ipctool: cannot find a file that gives 0x00000001 in .: there is none\n";
    find("1").status(3).stdout_is("[]\n").stderr_is(none);
}
