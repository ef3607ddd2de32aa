use std::os::unix::fs::MetadataExt;
use std::process::Command;

use proptest::prelude::*;

use super::super::super::mappers::Object;
use super::super::super::maps::Device;
use super::super::super::testing::{Held, compiled, until};
use super::*;

#[test]
fn arrays_of_poll_and_sets_of_select() {
    let entry = |fd: i32, events: i16| [&fd.to_ne_bytes()[..], &events.to_ne_bytes(), &[0, 0]].concat();
    let bytes =
        [entry(3, libc::POLLIN), entry(-1, libc::POLLIN), entry(4, libc::POLLIN | libc::POLLOUT)].concat();
    assert_eq!(parse_polled(&bytes), [(3, Act::WatchRead), (4, Act::WatchRead), (4, Act::WatchWrite)]);
    let set = [0b101u64.to_ne_bytes(), 0b11u64.to_ne_bytes()].concat();
    assert_eq!(parse_selected(&set, 65), [0, 2, 64]);
    let epoll =
        b"pos:\t0\nflags:\t02\ntfd:        5 events:       19 data:                5  pos:0 ino:3 sdev:f\n";
    assert_eq!(parse_epoll(epoll), [(5, Act::WatchRead)]);
}

fn perl(program: &str, argument: &Path) -> Held {
    Held::spawn(Command::new("perl").arg("-e").arg(program).arg(argument))
}

fn fifo(directory: &Path) -> PathBuf {
    let path = directory.join("f\n");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    path
}

#[test]
fn readers_writers_and_watchers_of_a_fifo_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let path = fifo(directory.path());
    let target = Target::Path { path: path.as_os_str().as_bytes().to_vec(), deleted: false };
    let acts = |child: &Held| {
        let found = on_descriptor(|it| *it == target).unwrap();
        found.hits.into_iter().filter(|hit| hit.pid == child.pid()).map(|hit| hit.act).collect::<Vec<_>>()
    };
    let reader = perl("open F, '+<', $ARGV[0]; sysread F, $_, 1", &path);
    until(|| acts(&reader) == [Act::Read]);
    let watcher =
        perl("open F, '+<', $ARGV[0]; vec($r, fileno F, 1) = 1; select $r, undef, undef, undef", &path);
    until(|| acts(&watcher) == [Act::WatchRead]);
    drop((reader, watcher));
    let writer = perl("open F, '+<', $ARGV[0]; syswrite F, 'x' x 1e6", &path);
    until(|| acts(&writer) == [Act::Write]);
}

#[test]
fn a_named_semaphores_waiter_waits_for_a_futex_in_its_file() {
    const WAITER: &str = r"
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
int main(int argc, char **argv) {
    int fd = open(argv[1], O_RDWR);
    char *memory = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);
    sem_init((sem_t *)(memory + 64), 1, 0);
    sem_wait((sem_t *)(memory + 64));
}";
    let directory = tempfile::tempdir().unwrap();
    let program = compiled(directory.path(), WAITER);
    let path = directory.path().join("memory");
    std::fs::write(&path, vec![0; 12288]).unwrap();
    let child = Held::spawn(Command::new(program).arg(&path));
    let device = Device { major: u32::MAX, minor: 0 };
    let inode = std::fs::metadata(&path).unwrap().ino();
    let object = Object { device, inode, path: Some(path.as_os_str().as_bytes().to_vec()) };
    let waiting = |offsets| on_futex(None, |mapping| object.is_mapped_by(mapping), offsets).unwrap().hits;
    until(|| !waiting(0..12288).is_empty());
    let hits = waiting(4096 + 64..4096 + 96);
    assert_eq!((hits.len(), hits[0].pid, hits[0].act), (1, child.pid(), Act::Futex(4096 + 64)));
    assert!(waiting(0..4160).is_empty() && waiting(4192..12288).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..200), count in 0..2000usize) {
        parse_polled(&bytes);
        parse_epoll(&bytes);
        parse_epoll(&[b"tfd: 1 events: ", &bytes[..]].concat());
        prop_assert!(parse_selected(&bytes, count).into_iter().all(|fd| (fd as usize) < count));
    }
}
