use super::super::testing::Held;
use super::*;

#[test]
fn query_and_text_tell_the_same() {
    let child = Held::sleeper();
    let path = format!("/proc/{}/maps", child.pid());
    let maps = open(path.as_str(), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty()).unwrap();
    let text = maps::parse(&file::whole(path.as_str()).unwrap(), "").rows;
    let files: Vec<Mapping> = text.into_iter().filter(|mapping| mapping.inode != 0).collect();
    assert!(files.len() > 3, "{files:?}");
    let inodes: Vec<u64> = files.iter().map(|mapping| mapping.inode).collect();
    let search = Search { inodes: &inodes, shared: false, is_it: &|_| true };
    match search.by_query(&maps) {
        Err(Errno::ENOTTY) => eprintln!("skipped: this kernel has no PROCMAP_QUERY"),
        answer => assert_eq!(answer, Ok(files)),
    }
}

#[test]
fn a_program_file_is_mapped_by_those_who_run_it() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("napper");
    assert!(std::process::Command::new("cp").arg("/bin/sleep").arg(&path).status().unwrap().success());
    let children = [Held::sleeping(path.as_os_str()), Held::sleeping(path.as_os_str())];
    let status = std::fs::metadata(&path).unwrap();
    let (major, minor) = (nix::sys::stat::major(status.dev()), nix::sys::stat::minor(status.dev()));
    let device = Device { major: major.try_into().unwrap(), minor: minor.try_into().unwrap() };
    let mut object = Object { device, inode: status.ino(), path: Some(path.as_os_str().as_bytes().to_vec()) };
    let pids = |object: &Object| mappers(object).unwrap().hits.iter().map(|hit| hit.pid).collect::<Vec<_>>();
    let mut expected: Vec<i32> = children.iter().map(Held::pid).collect();
    expected.sort_unstable();
    assert_eq!(pids(&object), expected);
    object.device = Device { major: 4095, minor: 0 };
    assert_eq!(pids(&object), expected, "the path is enough where the device differs");
    object.path = None;
    assert_eq!(pids(&object), [0; 0]);
}
