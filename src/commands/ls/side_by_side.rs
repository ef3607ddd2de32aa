//! Tens of thousands of objects: several threads look at them and make their rows, each every n-th part of the slots, and one
//! writes the parts in their order. What waits to be written is bounded, also when a slow reader takes it.

use std::io;
use std::ops::Range;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use crate::ipc::object::Object;
use crate::ipc::slots::Slots;
use crate::ipc::sysv::Seen;
use crate::render::{Look, Part, Rows, Selection, Sheet};

/// From so many objects on threads are worth what they cost: as much as a few hundred rows each.
pub const MANY: usize = 2000;

/// More threads than this only wait for the one that writes.
const MOST_THREADS: usize = 4;

/// Writes every object in the slots.
///
/// # Errors
/// What the writer answered; then nobody looks any further.
pub fn write(
    slots: &Slots,
    selection: &Selection<Object>,
    look: &Look,
    sheet: &mut Sheet,
) -> io::Result<Seen> {
    let names = selection.names();
    let make = |part: Range<i32>| {
        let mut rows = Part::new(&names, look);
        let seen = slots.each(part, &mut |object| rows.row(selection.cells(&object)));
        (rows.rows(), seen)
    };
    let parts = parts(slots.all(), Part::rows_of(look.format));
    let threads = thread::available_parallelism().map_or(1, |cpus| cpus.get().min(MOST_THREADS));
    thread::scope(|scope| {
        let begin = |first| {
            // One part waits while the next is made.
            let (give, take) = sync_channel(1);
            let mine = parts.iter().skip(first).step_by(threads).cloned();
            let (make, mut mine) = (&make, mine);
            // Without a thread to be had, or once the writer has gone, the channel has one end only.
            let work = move || while mine.next().is_some_and(|part| give.send(make(part)).is_ok()) {};
            let _ = thread::Builder::new().spawn_scoped(scope, work);
            take
        };
        let makers: Vec<Receiver<(Rows, Seen)>> = (0..threads).map(begin).collect();
        let mut seen = Seen::default();
        for (part, maker) in parts.iter().zip(makers.iter().cycle()) {
            let (rows, here) = maker.recv().unwrap_or_else(|_| make(part.clone()));
            seen = seen.and(here);
            sheet.join(rows)?;
        }
        Ok(seen)
    })
}

/// The slots in parts of so many.
fn parts(all: Range<i32>, length: usize) -> Vec<Range<i32>> {
    let last = all.end;
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    let part = |start: i32| start..start.saturating_add(length).min(last);
    let mut start = all.start;
    std::iter::from_fn(|| {
        let next = part(start);
        start = next.end;
        (!next.is_empty()).then_some(next)
    })
    .collect()
}
