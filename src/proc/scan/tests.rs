use super::super::testing::Held;
use super::*;

#[test]
fn denied_and_odd_processes_count_and_others_do_not() {
    let held = [Held::sleeper(), Held::sleeper(), Held::sleeper(), Held::sleeper()];
    let pids: Vec<i32> = held.iter().map(Held::pid).collect();
    let look = |at: At| match pids.iter().position(|pid| *pid == at.pid) {
        Some(0) => Look::Seen(vec![at.pid]),
        Some(1) => Look::Denied,
        Some(2) => Look::Odd(Fault::new("look", "odd")),
        Some(3) => Look::Empty,
        _ => Look::Outside,
    };
    let found = every_process(look, |_| false).unwrap();
    assert_eq!((found.hits.as_slice(), found.odd.len(), found.complete), (&pids[..1], 1, false));
    assert_eq!((found.visible.looked, found.visible.of, found.visible.all()), (1, 3, false));
}

#[test]
fn a_zombie_and_a_kernel_thread_are_none_to_count() {
    let mut child = Held::sleeper();
    child.0.kill().unwrap();
    super::super::testing::until(|| process::stat(child.pid()).unwrap().unwrap().is_zombie());
    let found =
        every_process(|at| if at.pid == child.pid() { Look::<()>::Denied } else { Look::Outside }, |_| false);
    assert_eq!(found.unwrap().visible.of, 0);
}

#[test]
fn enough_ends_it() {
    let found = every_process(|at| Look::Seen(vec![at.pid]), |hits| hits.len() == 2).unwrap();
    assert!(found.complete && found.hits.len() >= 2);
    let found = every_process(|at| Look::Seen(vec![at.pid]), |_| true).unwrap();
    assert!(found.complete && found.hits.is_empty());
}

#[test]
fn the_likely_ones_are_looked_at_first() {
    let held = [Held::sleeper(), Held::sleeper()];
    let likely = [held[1].pid(), held[1].pid(), i32::MAX];
    let found = first_then_every(&likely, |at| Look::Seen(vec![at.pid]), |hits| !hits.is_empty()).unwrap();
    assert!(found.complete);
    assert_eq!((found.hits, found.visible.looked), (vec![held[1].pid()], 1));
    let found = first_then_every(&likely, |at| Look::Seen(vec![at.pid]), |_| false).unwrap();
    assert_eq!(
        found.hits.iter().filter(|pid| **pid == held[1].pid()).count(),
        1,
        "nobody is looked at twice"
    );
}
