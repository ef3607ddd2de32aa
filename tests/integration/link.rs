//! `ipctool link`: links that make another program of ipctool.

use std::os::unix::fs::symlink;
use std::{fs, path::Path};

use crate::sandbox::Sandbox;

#[test]
fn the_links_are_the_programs() {
    let sb = Sandbox::new();
    sb.ipctool(["link", "."]).run().status(0).stdout_is("").stderr_is("");
    for name in ["ipcs", "ipcrm", "ipcmk", "lsipc"] {
        sb.command(format!("./{name}"), ["-V"])
            .run()
            .status(0)
            .stdout_is(format!("{name} from util-linux 2.38.1\n"));
    }
    // Once more: they are there already.
    sb.ipctool(["link", "."]).run().status(0).stdout_is("").stderr_is("");
}

#[test]
fn nothing_is_replaced_unasked_and_then_nothing_is_done() {
    let sb = Sandbox::new();
    fs::write(sb.path("ipcrm"), "mine").unwrap();
    symlink("nowhere", sb.path("ipcmk")).unwrap();
    let run = sb.ipctool(["link", "."]).run().status(1).stdout_is("");
    run.stderr_contains("cannot link ./ipcrm: there is something of that name (EEXIST)")
        .stderr_contains("cannot link ./ipcmk: there is something of that name (EEXIST)")
        .stderr_contains("hint: --force replaces it");
    assert!(!sb.path("ipcs").exists());
    sb.ipctool(["link", "--force", "."]).run().status(0).stderr_is("");
    for name in ["ipcs", "ipcrm", "ipcmk", "lsipc"] {
        assert!(fs::read_link(sb.path(name)).unwrap().is_absolute());
    }
    let left = fs::read_dir(sb.dir()).unwrap().flatten();
    assert!(
        !left
            .into_iter()
            .any(|entry| Path::new(&entry.file_name()).extension().is_some_and(|end| end == "new"))
    );
}

/// A link to itself in its place would be the end of it.
#[test]
fn the_program_is_never_replaced_by_a_link_to_itself() {
    let sb = Sandbox::new();
    sb.sh("mkdir d; cp \"$(command -v ipctool)\" d/ipcs; ln -s ipcs d/ipctool").run().status(0);
    let run = sb.command("d/ipctool", ["link", "--force", "d"]).run().status(1);
    run.stderr_is("ipctool: cannot link d/ipcs: it is this very program (EEXIST)\n");
    assert!(fs::symlink_metadata(sb.path("d/ipcs")).unwrap().is_file() && !sb.path("d/ipcrm").exists());
}

#[test]
fn a_directory_in_the_way_or_none_to_link_in_is_an_error() {
    let sb = Sandbox::new();
    fs::create_dir(sb.path("ipcs")).unwrap();
    sb.ipctool(["link", "--force", "."])
        .run()
        .status(1)
        .stderr_contains("./ipcs: it is a directory (EEXIST)");
    let nowhere = "ipctool: cannot link in nowhere: no such file or directory (ENOENT)\n";
    sb.ipctool(["link", "nowhere"]).run().status(3).stderr_is(nowhere);
    fs::write(sb.path("file"), "").unwrap();
    sb.ipctool(["link", "file"]).run().status(1).stderr_contains("link in file: not a directory");
    sb.ipctool(["link"]).run().status(2);
}
