use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::super::testing::{Held, compiled, until};
use super::*;

fn path(text: &[u8], deleted: bool) -> Target {
    Target::Path { path: text.to_vec(), deleted }
}

#[test]
fn links_of_every_sort() {
    assert_eq!(parse_target(b"pipe:[123]"), Target::Pipe(123));
    assert_eq!(parse_target(b"socket:[18446744073709551615]"), Target::Socket(u64::MAX));
    assert_eq!(parse_target(b"/tmp/a\n\xff"), path(b"/tmp/a\n\xff", false));
    assert_eq!(parse_target(b"/memfd:x (deleted)"), path(b"/memfd:x", true));
    assert_eq!(parse_target(b"anon_inode:[eventfd]"), Target::Other(b"anon_inode:[eventfd]".to_vec()));
    for odd in [&b""[..], b"pipe:[", b"pipe:[x]", b"pipe:[1", b"pipe:[-1]"] {
        assert_eq!(parse_target(odd), Target::Other(odd.to_vec()));
    }
}

#[test]
fn fdinfo_is_octal_flags_and_decimal_position() {
    let info = parse_info(b"pos:\t4096\nflags:\t02100001\nmnt_id:\t29\nino:\t5\n").unwrap();
    assert_eq!((info.pos, info.flags), (4096, 0o2100001));
    assert_eq!(parse_info(b"flags:\t0\n").unwrap_err().field, "pos");
    assert_eq!(parse_info(b"pos:\t0\nflags:\t8\n").unwrap_err(), Odd { line: 2, field: "flags" });
}

#[test]
fn both_ends_of_a_pipe_are_found() {
    let mut child = Held(Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap());
    let all = descriptors(child.pid()).unwrap().unwrap();
    let Some(Descriptor { target: Target::Pipe(inode), .. }) = all.into_iter().find(|it| it.fd == 0) else {
        panic!("cat's standard input is a pipe")
    };
    let own = std::process::id().cast_signed();
    let ends = || openers(|target| *target == Target::Pipe(inode)).unwrap().hits;
    // Another test's child holds our end too, until it has executed its program.
    until(|| ends().len() == 2);
    let ends = ends();
    let end = |pid| &ends.iter().find(|end| end.pid == pid).unwrap().descriptors[..];
    let ([(reader, read)], [(_, write)]) = (end(child.pid()), end(own)) else { panic!("{ends:?}") };
    assert_eq!(reader.fd, 0);
    assert_eq!((*read, *write), (Ways { reads: true, writes: false }, Ways { reads: false, writes: true }));
    child.end();
    assert_eq!((descriptors(child.pid()), info(child.pid(), 0)), (Ok(None), Ok(None)));
}

#[test]
fn descriptors_outlive_the_first_thread() {
    const HEADLESS: &str = r#"
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
static void *second(void *unused) { for (;;) pause(); }
int main(int argc, char **argv) {
    pthread_t thread;
    open(argv[0], O_RDONLY);
    pthread_create(&thread, 0, second, 0);
    pthread_exit(0);
}"#;
    use std::os::unix::ffi::OsStrExt;
    let directory = tempfile::tempdir().unwrap();
    let program = compiled(directory.path(), HEADLESS);
    let child = Held::spawn(&mut Command::new(&program));
    until(|| process::stat(child.pid()).unwrap().unwrap().is_zombie());
    let target = path(program.as_os_str().as_bytes(), false);
    let found = openers(|it| *it == target).unwrap();
    assert_eq!(found.hits.iter().map(|hit| hit.pid).collect::<Vec<_>>(), [child.pid()]);
}

proptest! {
    #[test]
    fn any_bytes_end(text in proptest::collection::vec(any::<u8>(), 0..100)) {
        parse_target(&text);
        parse_target(&[b"pipe:[", &text[..]].concat());
        let _ = parse_info(&text);
        let _ = parse_info(&[b"pos:\t0\nflags:\t", &text[..]].concat());
    }
}
