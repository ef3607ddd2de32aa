use super::super::maps;
use super::super::process;
use super::super::testing::{Held, compiled, in_own_ipc, until};
use super::*;
use crate::sys::sysv::shm;

fn mapping(line: &str) -> Mapping {
    maps::parse_line(line.as_bytes()).unwrap()
}

fn hit(pid: i32, line: &str) -> Attachment {
    Attachment { shmid: 5, pid, comm: vec![], uid: None, mappings: vec![mapping(line)] }
}

#[test]
fn a_segment_is_known_by_name_and_inode() {
    for line in [
        "1000-2000 rw-s 00000000 00:01 32768      /SYSV00000000 (deleted)",
        "1000-2000 r--s 00000000 00:0f 32768      /SYSVffffffff (deleted)",
    ] {
        assert_eq!(shmid(&mapping(line)), Some(32768));
    }
    for line in [
        "1000-2000 rw-s 00000000 00:01 32768      /SYSV00000000",
        "1000-2000 rw-p 00000000 00:01 32768      /SYSV00000000 (deleted)",
        "1000-2000 rw-s 00000000 00:01 32768      /SYSVz (deleted)",
        "1000-2000 rw-s 00000000 00:01 32768      /memfd:SYSV00000000 (deleted)",
        "1000-2000 rw-s 00000000 00:01 4294967296 /SYSV00000000 (deleted)",
    ] {
        assert_eq!(shmid(&mapping(line)), None, "{line}");
    }
}

#[test]
fn shared_memory_counts_once() {
    let segment = Segment { shmid: 5, nattch: Some(2) };
    let parent = hit(1, "1000-2000 rw-s 0 00:01 5 /SYSV00000000 (deleted)");
    let same = hit(2, "1000-2000 rw-s 0 00:01 5 /SYSV00000000 (deleted)");
    let other = hit(3, "3000-4000 rw-s 0 00:01 5 /SYSV00000000 (deleted)");
    assert!(!is_accounted_for(segment, std::slice::from_ref(&parent)));
    assert!(!is_accounted_for(segment, &[parent.clone(), same]));
    assert!(is_accounted_for(segment, &[parent, other]));
    assert!(!is_accounted_for(Segment { shmid: 5, nattch: None }, &[]));
    assert!(is_accounted_for(Segment { shmid: 6, nattch: Some(0) }, &[]));
}

#[test]
fn nobody_has_a_segment_that_cannot_be() {
    let found = attached(&[Segment { shmid: i32::MAX, nattch: None }], &[]).unwrap();
    assert_eq!(found.hits, []);
    assert!(found.visible.looked >= 1 && found.visible.looked <= found.visible.of);
    assert!(!found.complete);
}

/// Attaches the segment of its argument read-only, and again read and write in a second thread; its first thread ends.
const HEADLESS: &str = r"
#include <pthread.h>
#include <stdlib.h>
#include <sys/shm.h>
#include <unistd.h>
static int id;
static void *second(void *unused) { shmat(id, 0, 0); for (;;) pause(); }
int main(int argc, char **argv) {
    pthread_t thread;
    id = atoi(argv[1]);
    shmat(id, 0, SHM_RDONLY);
    pthread_create(&thread, 0, second, 0);
    pthread_exit(0);
}";

#[test]
fn attachers_are_found_though_their_first_thread_has_ended() {
    in_own_ipc("proc::attached::tests::attachers_are_found_though_their_first_thread_has_ended", || {
        let directory = tempfile::tempdir().unwrap();
        let program = compiled(directory.path(), HEADLESS);
        let [used, unused] =
            [0xffff_ffff, 0].map(|key| shm::shmget(key, 4096, libc::IPC_CREAT | 0o600).unwrap());
        let child = Held::spawn(std::process::Command::new(program).arg(used.0.to_string()));
        until(|| process::stat(child.pid()).unwrap().unwrap().is_zombie());
        let wanted = [Segment { shmid: used.0, nattch: None }, Segment { shmid: unused.0, nattch: None }];
        // The kernel counts an attach a moment before it maps it: the count alone is too early.
        until(|| attached(&wanted, &[]).unwrap().hits.iter().any(|hit| hit.mappings.len() == 2));
        assert_eq!(shm::shm_stat(used).unwrap().nattch, 2);
        let found = attached(&wanted, &[]).unwrap();
        let [hit] = &found.hits[..] else { panic!("{found:?}") };
        assert_eq!((hit.shmid, hit.pid, hit.comm.as_slice()), (used.0, child.pid(), &b"program"[..]));
        assert_eq!(hit.uid, Some(nix::unistd::geteuid().as_raw()));
        let mut prots: Vec<String> = hit.mappings.iter().map(|mapping| mapping.prot.text()).collect();
        prots.sort();
        assert_eq!(prots, ["r--", "rw-"]);
        assert!(
            hit.mappings.iter().all(|mapping| mapping.size() == 4096 && mapping.path == b"/SYSVffffffff")
        );
        assert!(!found.complete, "without a count nobody knows that this is all");
        let counted = Segment { shmid: used.0, nattch: Some(2) };
        let found = attached(&[counted], &[]).unwrap();
        assert!(found.complete && found.hits.len() == 1);
    });
}

#[test]
fn a_process_of_another_namespace_has_none_of_ours() {
    in_own_ipc("proc::attached::tests::a_process_of_another_namespace_has_none_of_ours", || {
        let directory = tempfile::tempdir().unwrap();
        let program = compiled(directory.path(), HEADLESS);
        let id = shm::shmget(0, 4096, libc::IPC_CREAT | 0o600).unwrap();
        // The same identifier in a namespace of its own.
        let mut other = std::process::Command::new("unshare");
        other.args(["--ipc", "sh", "-c", r#"id=$(ipcmk -M 4096) && exec "$0" "${id##* }""#]).arg(program);
        let child = Held::spawn(&mut other);
        until(|| process::stat(child.pid()).unwrap().unwrap().is_zombie());
        let found = attached(&[Segment { shmid: id.0, nattch: None }], &[]).unwrap();
        assert_eq!((found.hits, found.visible.looked), (vec![], 1));
    });
}
