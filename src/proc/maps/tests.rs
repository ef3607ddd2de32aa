use proptest::prelude::*;

use super::super::testing::Held;
use super::*;

const TEXT: &[u8] = b"55d8f0a00000-55d8f0a21000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000001000 rw-s 00000000 00:01 32768                      /SYSV000004d2 (deleted)
7f0000001000-7f0000002000 r--s 00001000 fd:0a 18446744073709551615       /tmp/a b\\012c\\040d\xff
7f0000002000-7f0000003000 ---p 00000000 00:00 0\x20
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
";

#[test]
fn a_captured_text() {
    let Listing { rows, odd } = parse(TEXT, "maps");
    assert_eq!(odd, []);
    assert_eq!((rows[0].path.as_slice(), rows[0].size(), rows[0].inode), (&b"[heap]"[..], 0x21000, 0));
    let segment = &rows[1];
    assert_eq!(
        (segment.path.as_slice(), segment.deleted, segment.shared),
        (&b"/SYSV000004d2"[..], true, true)
    );
    assert_eq!((segment.device, segment.inode), (Device { major: 0, minor: 1 }, 32768));
    assert_eq!(segment.prot.text(), "rw-");
    let file = &rows[2];
    assert_eq!(file.path, b"/tmp/a b\nc\\040d\xff");
    assert_eq!((file.device, file.inode), (Device { major: 0xfd, minor: 10 }, u64::MAX));
    assert_eq!((file.offset, file.deleted, file.prot.text()), (4096, false, "r--".to_string()));
    assert_eq!((rows[3].path.as_slice(), rows[3].prot.text()), (&b""[..], "---".to_string()));
    assert_eq!((rows[4].start, rows[4].end), (0xffff_ffff_ff60_0000, 0xffff_ffff_ff60_1000));
    assert_eq!(rows.len(), 5);
}

#[test]
fn an_odd_line_names_its_field() {
    let faults =
        parse(b"x\n1-2 rw-p 0 00:00 0\n1-2 rw 0 0:0 0\n1-2 rw-p 0 0 0\n1-2 rw-p 0 0:0\n", "/proc/7/maps").odd;
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(lines[0], "cannot read /proc/7/maps: line 1: field perms is missing or odd");
    assert_eq!(lines[1], "cannot read /proc/7/maps: line 3: field perms is missing or odd");
    assert_eq!(lines[2], "cannot read /proc/7/maps: line 4: field dev is missing or odd");
    assert_eq!(lines[3], "cannot read /proc/7/maps: line 5: field inode is missing or odd");
}

#[test]
fn a_hostile_name_is_read_from_the_kernel() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(std::ffi::OsStr::from_bytes(b"a\n (deleted) \xff\\040"));
    // cp, because a file that this process had open for writing could be busy in another test's child.
    let copied = std::process::Command::new("cp").arg("/bin/sleep").arg(&path).status().unwrap();
    assert!(copied.success());
    let child = Held::sleeping(path.as_os_str());
    let Listing { rows, odd } = mappings(child.pid()).unwrap().unwrap();
    assert_eq!(odd, []);
    let inode = std::fs::metadata(&path).unwrap().ino();
    let mapping = rows.iter().find(|mapping| mapping.inode == inode).unwrap();
    assert_eq!(mapping.path, path.as_os_str().as_bytes());
    assert!(!mapping.shared && !mapping.deleted && mapping.prot.read);
}

proptest! {
    #[test]
    fn any_bytes_end_and_no_line_is_lost(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        let listing = parse(&text, "maps");
        prop_assert_eq!(listing.rows.len() + listing.odd.len(), field::lines(&text).count());
    }

    #[test]
    fn what_the_kernel_prints_is_read_back(start: u64, end: u64, offset: u64, inode: u64, minor in 0..1u32 << 20) {
        let line = format!("{start:08x}-{end:08x} r-xs {offset:08x} 00:{minor:02x} {inode}    /a");
        let mapping = parse_line(line.as_bytes()).unwrap();
        let prot = Prot { read: true, write: false, exec: true };
        let device = Device { major: 0, minor };
        prop_assert_eq!(mapping, Mapping { start, end, prot, shared: true, offset, device, inode, path: b"/a".to_vec(), deleted: false });
    }
}
