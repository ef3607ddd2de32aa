//! Memory for a command that ends soon: small pieces are cut one behind the other from one block and hardly ever come back.
//!
//! A command line is taken apart in a thousand small pieces, and a general allocator spends more time on them than the
//! command on its work. What the block has no room for, and what is large, comes from the general allocator.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A piece above this is no buffer of a small command.
const SMALL: usize = 128 * 1024;

/// Above this the kernel is asked for zeros: they cost nothing until they are touched.
const ZEROED: usize = 4 * 1024;

/// Every piece starts at a multiple of this, the most that ordinary types ask for.
const STEP: usize = 16;

#[repr(C, align(16))]
struct Block<const ROOM: usize>(UnsafeCell<[u8; ROOM]>);

/// The allocator of the program: one block of ROOM bytes, which cost nothing until they are touched, and `general` behind it.
pub struct Arena<G, const ROOM: usize> {
    block: Block<ROOM>,
    /// How much of the block is given out, a multiple of [`STEP`].
    used: AtomicUsize,
    general: G,
}

// SAFETY: bytes of the block are only reached through pieces that were given out, and `used` gives each byte to one
// owner at a time; G is Sync itself.
unsafe impl<G: Sync, const ROOM: usize> Sync for Arena<G, ROOM> {}

impl<G, const ROOM: usize> Arena<G, ROOM> {
    /// An allocator with nothing given out.
    pub const fn new(general: G) -> Arena<G, ROOM> {
        Arena { block: Block(UnsafeCell::new([0; ROOM])), used: AtomicUsize::new(0), general }
    }

    /// The next `size` bytes of the block, if it has them.
    fn cut(&self, size: usize) -> Option<*mut u8> {
        let size = size.next_multiple_of(STEP);
        let fits = |used: usize| used.checked_add(size).filter(|end| *end <= ROOM);
        // Acquire: whoever gave these bytes back, in another thread, is done with them.
        let start = self.used.fetch_update(Ordering::Acquire, Ordering::Relaxed, fits).ok()?;
        Some(self.block.0.get().cast::<u8>().wrapping_add(start))
    }

    /// Where in the block `piece` starts; None if it came from elsewhere.
    fn place(&self, piece: *mut u8) -> Option<usize> {
        piece.addr().checked_sub(self.block.0.get().addr()).filter(|place| *place < ROOM)
    }

    /// Makes the piece at `place` `new` bytes long where it is, if it is the last one and there is room. With `new` = 0 it
    /// is given back.
    fn resize_last(&self, place: usize, old: usize, new: usize) -> bool {
        let end = place + old.next_multiple_of(STEP);
        let new_end = place + new.next_multiple_of(STEP);
        new_end <= ROOM
            && self.used.compare_exchange(end, new_end, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }
}

// SAFETY: a piece of the block is as large as was asked, aligned to STEP (larger alignments go to `general`), and nobody
// else's until it is given back; everything else is `general`'s, whose pieces are never in the block.
unsafe impl<G: GlobalAlloc, const ROOM: usize> GlobalAlloc for Arena<G, ROOM> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() <= SMALL
            && layout.align() <= STEP
            && let Some(piece) = self.cut(layout.size())
        {
            return piece;
        }
        // SAFETY: our caller's promises about `layout` are passed on as they are.
        unsafe { self.general.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() > ZEROED {
            // SAFETY: our caller's promises about `layout` are passed on; a piece of `general` is zeroed by it, most often as
            // fresh pages of the kernel, which need not be written.
            return unsafe { self.general.alloc_zeroed(layout) };
        }
        // SAFETY: our caller's promises about `layout` are passed on as they are.
        let piece = unsafe { self.alloc(layout) };
        if !piece.is_null() {
            // SAFETY: the piece is ours alone and has `layout.size()` bytes.
            unsafe { ptr::write_bytes(piece, 0, layout.size()) };
        }
        piece
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        match self.place(piece) {
            // One that is not the last stays where it is until the process ends.
            Some(place) => drop(self.resize_last(place, layout.size(), 0)),
            // SAFETY: a piece that is not of the block came from `general` with this layout.
            None => unsafe { self.general.dealloc(piece, layout) },
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(place) = self.place(piece) else {
            // SAFETY: a piece that is not of the block came from `general` with this layout.
            return unsafe { self.general.realloc(piece, layout, size) };
        };
        if size <= SMALL && self.resize_last(place, layout.size(), size) {
            return piece;
        }
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return ptr::null_mut() };
        // SAFETY: our caller promises that the size is not zero.
        let other = unsafe { self.alloc(wanted) };
        if !other.is_null() {
            // SAFETY: two different pieces, each at least as long as the shorter of both lengths.
            unsafe { ptr::copy_nonoverlapping(piece, other, layout.size().min(size)) };
            // SAFETY: our caller gives the old piece up.
            unsafe { self.dealloc(piece, layout) };
        }
        other
    }
}

#[cfg(test)]
mod tests {
    use std::alloc::System;

    use super::*;
    use proptest::prelude::*;

    type Little = Arena<System, { 64 * 1024 }>;

    /// A piece with a byte written all over it.
    struct Piece {
        start: *mut u8,
        layout: Layout,
        mark: u8,
    }

    impl Piece {
        fn made(arena: &Little, size: usize, mark: u8) -> Piece {
            let layout = Layout::from_size_align(size, 1 << (mark % 7)).unwrap();
            // SAFETY: the size is not zero.
            let start = unsafe { arena.alloc_zeroed(layout) };
            let piece = Piece { start, layout, mark: 0 };
            piece.check();
            piece.marked(mark)
        }

        fn marked(self, mark: u8) -> Piece {
            // SAFETY: the piece is ours and so long.
            unsafe { ptr::write_bytes(self.start, mark, self.layout.size()) };
            Piece { mark, ..self }
        }

        fn check(&self) {
            assert_eq!(self.start.addr() % self.layout.align(), 0);
            // SAFETY: the piece is ours, so long, and was written all over.
            let bytes = unsafe { std::slice::from_raw_parts(self.start, self.layout.size()) };
            assert!(bytes.iter().all(|byte| *byte == self.mark), "another piece was cut out of this one");
        }

        fn resized(self, arena: &Little, size: usize) -> Piece {
            self.check();
            // SAFETY: the piece came from this arena with this layout; the size is not zero.
            let start = unsafe { arena.realloc(self.start, self.layout, size) };
            let kept = Layout::from_size_align(self.layout.size().min(size), self.layout.align()).unwrap();
            Piece { start, layout: kept, mark: self.mark }.check();
            let layout = Layout::from_size_align(size, self.layout.align()).unwrap();
            Piece { start, layout, mark: self.mark }.marked(self.mark)
        }

        fn given_back(self, arena: &Little) {
            self.check();
            // SAFETY: the piece came from this arena with this layout and is not used any more.
            unsafe { arena.dealloc(self.start, self.layout) };
        }
    }

    proptest! {
        /// Made, resized and given back in any order, also when the block is full: nobody's bytes are another's.
        #[test]
        fn every_piece_is_its_owners_alone(
            steps in proptest::collection::vec((0u8..4, 1usize..3 * ZEROED, any::<u8>()), 1..200),
        ) {
            let arena = Box::new(Little::new(System));
            let mut pieces: Vec<Piece> = Vec::new();
            for (step, size, mark) in steps {
                let small = if mark % 3 == 0 { size } else { size % 200 + 1 };
                let place = usize::from(mark) % pieces.len().max(1);
                match step {
                    0 | 1 => pieces.push(Piece::made(&arena, small, mark)),
                    _ if pieces.is_empty() => {}
                    2 => pieces.swap_remove(place).given_back(&arena),
                    _ => {
                        let piece = pieces.swap_remove(place).resized(&arena, small);
                        pieces.push(piece);
                    }
                }
                pieces.iter().for_each(Piece::check);
            }
            pieces.into_iter().rev().for_each(|piece| piece.given_back(&arena));
        }
    }

    #[test]
    fn the_last_piece_grows_and_goes_where_it_is() {
        let arena = Box::new(Little::new(System));
        let first = Piece::made(&arena, 100, 1);
        let last = Piece::made(&arena, 10, 2);
        let start = last.start;
        let last = last.resized(&arena, 5000);
        assert_eq!(last.start, start);
        last.given_back(&arena);
        assert_eq!(arena.used.load(Ordering::Relaxed), 112);
        first.given_back(&arena);
        assert_eq!(arena.used.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_full_block_is_no_end() {
        let arena = Box::new(Little::new(System));
        let pieces: Vec<Piece> = (0..200).map(|mark| Piece::made(&arena, 1000, mark as u8)).collect();
        let inside = pieces.iter().filter(|piece| arena.place(piece.start).is_some()).count();
        assert!(0 < inside && inside < pieces.len());
        pieces.into_iter().for_each(|piece| piece.given_back(&arena));
    }
}
