use proptest::prelude::*;

use super::super::testing::{Held, in_own_ipc, until};
use super::*;
use crate::sys::sysv::{msg, sem};

#[test]
fn operations_in_words() {
    let bytes: Vec<u8> =
        [2i16, -1, 0x1000, 0, 0, 0, 1, 3, 0].iter().flat_map(|number| number.to_ne_bytes()).collect();
    let operations = parse_operations(&bytes);
    assert_eq!(operations[0], Operation { semnum: 2, delta: -1, flags: 0x1000 });
    let want = Want::Operate { operations: Some(operations), timed: false };
    assert_eq!(want.words(), "P 1 of semaphore 2, semaphore 0 to be zero, V 3 of semaphore 1");
    let most = Operation { semnum: u16::MAX, delta: i16::MIN, flags: 0 };
    assert_eq!(most.words(), "P 32768 of semaphore 65535");
}

#[test]
fn messages_in_words() {
    let receive = |msgtype, flags| Want::Receive { msgtype, size: 8, flags }.words();
    assert_eq!(receive(0, 0), "any message");
    assert_eq!(receive(3, 0), "message of type 3");
    assert_eq!(receive(3, MSG_EXCEPT), "message of any type but 3");
    assert_eq!(receive(i64::MIN, 0), "message of type up to 9223372036854775808");
    assert_eq!(Want::Send { msgtype: Some(4), size: 9 }.words(), "room for 9 bytes of type 4");
    assert_eq!(Want::Send { msgtype: None, size: 9 }.words(), "room for 9 bytes");
}

fn perl(program: &str) -> Held {
    Held::spawn(std::process::Command::new("perl").arg("-e").arg(program))
}

#[test]
fn who_waits_and_what_for() {
    in_own_ipc("proc::waiters::tests::who_waits_and_what_for", || {
        let set = sem::semget(0, 3, libc::IPC_CREAT | 0o600).unwrap();
        let queue = msg::msgget(0, libc::IPC_CREAT | 0o600).unwrap();
        let (set, queue) = (set.0, queue.0);
        let children = [
            perl(&format!("semop({set}, pack('s!6', 1, 2, 0, 2, -7, 0))")),
            // Fills the queue, then waits for room.
            perl(&format!("msgsnd({queue}, pack('l! a*', 77, 'x' x 8000), 0) while 1")),
        ];
        let wants = |pid: i32, words: &str| {
            let found = every().unwrap();
            found.hits.iter().any(|hit| (hit.pid, hit.tid) == (pid, pid) && hit.want.words() == words)
        };
        until(|| wants(children[0].pid(), "V 2 of semaphore 1, P 7 of semaphore 2"));
        until(|| wants(children[1].pid(), "room for 8000 bytes of type 77"));
        let hits = waiters(&[Awaited::Set(set)]).unwrap().hits;
        let [hit] = &hits[..] else { panic!("{hits:?}") };
        assert_eq!(
            (hit.object, hit.pid, hit.comm.as_slice()),
            (Awaited::Set(set), children[0].pid(), &b"perl"[..])
        );
        assert_eq!(hit.uid, Some(nix::unistd::geteuid().as_raw()));
        assert!(waiters(&[Awaited::Set(queue + 1), Awaited::Queue(set + 1)]).unwrap().hits.is_empty());
    });
}

#[test]
fn a_receiver_tells_the_type_it_waits_for() {
    in_own_ipc("proc::waiters::tests::a_receiver_tells_the_type_it_waits_for", || {
        let queue = msg::msgget(0, libc::IPC_CREAT | 0o600).unwrap().0;
        let child = perl(&format!("msgrcv({queue}, $_, 100, -9, 0)"));
        until(|| !waiters(&[Awaited::Queue(queue)]).unwrap().hits.is_empty());
        let hits = waiters(&[Awaited::Queue(queue)]).unwrap().hits;
        assert_eq!((hits[0].pid, hits[0].want.words().as_str()), (child.pid(), "message of type up to 9"));
        assert_eq!(hits[0].want, Want::Receive { msgtype: -9, size: 100, flags: 0 });
    });
}

proptest! {
    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assert_eq!(parse_operations(&bytes).len(), bytes.len() / 6);
    }
}
