use proptest::prelude::*;

use super::super::field;
use super::*;
use crate::sys::sysv::shm::{SHM_DEST, SHM_LOCKED};

const MSG_TEXT: &[u8] = b"       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime
-559038737          0   644          30          3  4711     0 4294967294 4294967295     0     0 1763680000          0 1763679999
         0      32768  1600           0          0     0     0  1000   100  1000   100          0          0 1763680001
";

const SHM_TEXT: &[u8] = b"       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap
      1234          5  3600  18446744073709551615  4711  4712      2     0     0     0     0 1763680000          0 1763679999                  4096                  8192
";

const SEM_TEXT: &[u8] =
    b"       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime
        -1 2147483647   600      32000     0     0     0     0          0 1763679999
";

#[test]
fn a_queue_has_every_column() {
    let listing = parse_msg(MSG_TEXT);
    assert_eq!(listing.odd, []);
    let queue = listing.rows[0];
    assert_eq!((queue.perm.key, queue.perm.id, queue.perm.mode), (0xdead_beef, 0, 0o644));
    assert_eq!((queue.perm.uid, queue.perm.gid), (u32::MAX - 1, u32::MAX));
    assert_eq!((queue.cbytes, queue.qnum, queue.lspid, queue.lrpid), (30, 3, 4711, 0));
    assert_eq!((queue.stime, queue.rtime, queue.ctime), (1_763_680_000, 0, 1_763_679_999));
    assert_eq!((listing.rows[1].perm.key, listing.rows[1].perm.mode), (0, 0o1600));
    assert_eq!(listing.rows.len(), 2);
}

#[test]
fn a_segment_keeps_its_high_mode_bits_and_has_rss_and_swap() {
    let listing = parse_shm(SHM_TEXT);
    assert_eq!(listing.odd, []);
    let segment = listing.rows[0];
    assert_eq!(segment.perm.mode, SHM_DEST | SHM_LOCKED | 0o600);
    assert_eq!((segment.size, segment.nattch), (u64::MAX, 2));
    assert_eq!((segment.cpid, segment.lpid), (4711, 4712));
    assert_eq!((segment.atime, segment.dtime, segment.ctime), (1_763_680_000, 0, 1_763_679_999));
    assert_eq!((segment.rss, segment.swap), (Some(4096), Some(8192)));
}

#[test]
fn a_set_has_every_column() {
    let listing = parse_sem(SEM_TEXT);
    assert_eq!(listing.odd, []);
    assert_eq!((listing.rows[0].perm.key, listing.rows[0].perm.id), (u32::MAX, i32::MAX));
    assert_eq!(
        (listing.rows[0].nsems, listing.rows[0].otime, listing.rows[0].ctime),
        (32000, 0, 1_763_679_999)
    );
}

#[test]
fn a_heading_alone_is_no_object_and_nothing_at_all_is_odd() {
    let heading = &MSG_TEXT[..=MSG_TEXT.iter().position(|byte| *byte == b'\n').unwrap()];
    assert_eq!(parse_msg(heading), Listing { rows: vec![], odd: vec![] });
    let empty = parse_msg(b"");
    assert_eq!(empty.rows, []);
    let line = empty.odd[0].to_string();
    assert_eq!(line, "cannot read /proc/sysvipc/msg: line 1: field heading is missing or odd");
}

#[test]
fn an_odd_line_is_told_and_the_others_stay() {
    let text = [MSG_TEXT, b"\n1 2 600 x\n0 7 600 0 0 0 0 0 0 0 0 0 0 0"].concat();
    let listing = parse_msg(&text);
    assert_eq!(listing.rows.iter().map(|row| row.perm.id).collect::<Vec<_>>(), [0, 32768, 7]);
    let lines: Vec<String> = listing.odd.iter().map(ToString::to_string).collect();
    assert_eq!(lines[0], "cannot read /proc/sysvipc/msg: line 4: field key is missing or odd");
    assert_eq!(lines[1], "cannot read /proc/sysvipc/msg: line 5: field uid is missing or odd");
}

#[test]
fn a_newer_kernels_columns_do_no_harm() {
    let text = b"new key semid perms nsems more uid gid cuid cgid otime ctime\nx 1 2 600 3 y 4 5 6 7 8 9\n";
    let listing = parse_sem(text);
    assert_eq!(listing.odd, []);
    let set = listing.rows[0];
    assert_eq!((set.perm.key, set.perm.id, set.nsems, set.perm.uid, set.perm.cgid), (1, 2, 3, 4, 7));
    assert_eq!((set.otime, set.ctime), (8, 9));
}

#[test]
fn a_missing_column_is_told_once_with_what_it_costs() {
    let listing =
        parse_sem(b"key semid nsems uid gid cuid cgid otime ctime\n1 2 3 4 5 6 7 8 9\n1 2 3 4 5 6 7 8 9\n");
    assert_eq!(listing.rows, []);
    let line = listing.odd[0].to_string();
    assert_eq!(line, "cannot read /proc/sysvipc/sem: line 1: no column perms; 2 objects are not shown");
}

#[test]
fn an_old_kernel_without_rss_is_no_fault() {
    let text = b"key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime\n1 2 600 3 4 5 6 7 8 9 10 11 12 13\n";
    let listing = parse_shm(text);
    assert_eq!(listing.odd, []);
    assert_eq!((listing.rows[0].rss, listing.rows[0].swap), (None, None));
}

#[test]
fn numbers_out_of_range_are_odd_and_not_cut() {
    let row = |uid: &str, key: &str, id: &str| {
        let text = format!(
            "key semid perms nsems uid gid cuid cgid otime ctime\n{key} {id} 600 1 {uid} 0 0 0 0 0\n"
        );
        parse_sem(text.as_bytes())
    };
    assert_eq!(row("4294967296", "1", "1").odd.len(), 1);
    assert_eq!(row("1", "4294967296", "1").odd.len(), 1);
    assert_eq!(row("1", "1", "2147483648").odd.len(), 1);
    assert_eq!(row("1", "4294967295", "1").rows[0].perm.key, u32::MAX);
    assert_eq!(row("1", "-2147483648", "1").rows[0].perm.key, 0x8000_0000);
}

#[test]
fn a_time_before_1970_keeps_its_sign() {
    let listing = parse_sem(
        b"key semid perms nsems uid gid cuid cgid otime ctime\n1 1 600 1 0 0 0 0 18446744073709551615 0\n",
    );
    assert_eq!(listing.rows[0].otime, -1);
}

#[test]
fn the_kernels_own_lists_parse() {
    for odd in [msg().unwrap().odd, sem().unwrap().odd, shm().unwrap().odd] {
        assert_eq!(odd, []);
    }
}

proptest! {
    #[test]
    fn any_bytes_end_and_no_line_is_lost(text in proptest::collection::vec(any::<u8>(), 0..600)) {
        parse_msg(&text);
        parse_shm(&text);
        let head = b"key semid perms nsems uid gid cuid cgid otime ctime\n";
        let listing = parse_sem(&[head, &text[..]].concat());
        prop_assert_eq!(listing.rows.len() + listing.odd.len(), field::lines(&text).count());
    }

    #[test]
    fn what_the_kernel_prints_is_read_back(key: i32, id in 0..=i32::MAX, uid: u32, mode in 0..0o10000u32, time: i64) {
        let text = format!(
            "key semid perms nsems uid gid cuid cgid otime ctime\n{key:10} {id:10}  {mode:4o} {:10} {uid:5} {uid:5} {uid:5} {uid:5} {:10} {:10}\n",
            7, time.cast_unsigned(), time.cast_unsigned(),
        );
        let listing = parse_sem(text.as_bytes());
        prop_assert_eq!(listing.odd, vec![]);
        let perm = Owned { key: key.cast_unsigned(), id, mode, uid, gid: uid, cuid: uid, cgid: uid };
        prop_assert_eq!(&listing.rows, &[SemRow { perm, nsems: 7, otime: time, ctime: time }]);
    }
}
