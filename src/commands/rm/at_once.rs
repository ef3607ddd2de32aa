//! Removal that nobody is asked about: each object goes as soon as it was looked at, thousands by several threads.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use super::Args;
use super::bulk::{Sweep, watch};
use crate::fault::Fault;
use crate::ipc::object::{self, Flavours};
use crate::ipc::slots::Slots;
use crate::ipc::sysv::Seen;
use crate::refs::Kind;

/// From so many objects on, kinds and parts of a kind are swept side by side: a thread costs as much as a few hundred removals.
const MANY: usize = 2000;

/// The removals of a kind take turns at one lock of the kernel, the looks in between do not: more threads bring no more.
const MOST_PARTS: usize = 3;

/// Removes what `args` means. Gives what went in the order of `kinds`, and in each in the kernel's order.
///
/// # Errors
/// Conditions that make no sense, before the first object goes.
pub fn sweep(kinds: &[Kind], args: &Args, spare: bool) -> Result<Vec<Sweep>, Fault> {
    let flavours = args.filter.filter()?.flavours();
    watch()?;
    let begin = || Ok(Sweep::new(args.filter.filter()?, spare));
    let of_kind = |kind: &Kind| of_kind(*kind, flavours, &begin);
    let objects: usize = kinds.iter().map(|kind| Slots::new(*kind, false).objects()).sum();
    let swept = match objects {
        ..MANY => kinds.iter().map(of_kind).collect(),
        _ => side_by_side(kinds, of_kind),
    };
    let swept: Vec<Vec<Sweep>> = swept.into_iter().collect::<Result<_, _>>()?;
    Ok(swept.into_iter().flatten().collect())
}

fn of_kind(
    kind: Kind,
    flavours: Flavours,
    begin: &(impl Fn() -> Result<Sweep, Fault> + Sync),
) -> Result<Vec<Sweep>, Fault> {
    let mut sweeps = Vec::new();
    let mut last = begin()?;
    if flavours.sysv {
        let slots = Slots::new(kind, false);
        let mut seen = Seen::default();
        let of_part = |part: &Range<i32>| {
            let mut sweep = begin()?;
            let seen = slots.each(part.clone(), &mut |object| sweep.meet(&object));
            Ok::<_, Fault>((sweep, seen))
        };
        for swept in side_by_side(&parts(&slots), of_part) {
            let (sweep, here) = swept?;
            seen = seen.and(here);
            sweeps.push(sweep);
        }
        let others = slots.rest(seen, &mut |object| last.meet(&object));
        last.note(others);
    }
    let posix = Flavours { sysv: false, ..flavours };
    let others = object::each(kind, false, posix, &mut |object| last.meet(&object));
    last.note(others);
    sweeps.push(last);
    Ok(sweeps)
}

/// The slots in as many parts as are worth a thread each.
fn parts(slots: &Slots) -> Vec<Range<i32>> {
    let all = slots.all();
    let worth = slots.objects() / MANY;
    if worth < 2 {
        return vec![all];
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let count = worth.min(threads).min(MOST_PARTS);
    let step = usize::try_from(all.end).unwrap_or(0).div_ceil(count);
    let slot = |part: usize| i32::try_from(part * step).unwrap_or(i32::MAX).min(all.end);
    (0..count).map(|part| slot(part)..slot(part + 1)).collect()
}

/// Does `work` with each of the items, each in a thread of its own, and gives the answers in their order.
fn side_by_side<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    if let [alone] = items {
        return vec![work(alone)];
    }
    let work = &work;
    thread::scope(|scope| {
        let begin = |item| thread::Builder::new().spawn_scoped(scope, move || work(item));
        let begun: Vec<_> = items.iter().map(|item| (item, begin(item))).collect();
        let answers = begun.into_iter().map(|(item, begun)| match begun {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            // No thread to be had: here, then.
            Err(_) => work(item),
        });
        answers.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_items() {
        for count in [0, 1, 2, 9] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(
                side_by_side(&items, |item| item * 2),
                items.iter().map(|item| item * 2).collect::<Vec<_>>()
            );
        }
    }
}
