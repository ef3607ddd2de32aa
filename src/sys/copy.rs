//! Copying and comparing of few bytes, in the static build on x86-64: musl copies everything above seven bytes by `rep movsq`,
//! which takes longer to begin than a cell or a flag takes to copy, and compares byte by byte.
//!
//! What it brings, least of 9 in turns with a build without it: `ls` of 46,000 objects 84 ms, not 108; `ls --json` 122, not 244;
//! `ipcs -a` 48, not 56; `lsipc -q -J` 59, not 90. Streams, start and help are the same with and without.
//!
//! Elsewhere these functions are only tested: they take the C library's names where [`musl`] is built.
#![expect(
    clippy::multiple_unsafe_ops_per_block,
    reason = "a copy is a few loads and stores that share one duty: both ranges are `count` bytes"
)]

#[cfg(target_env = "musl")]
mod musl;

/// From here on the processor's own copy is faster.
const LARGE: usize = 512;

/// The bytes of one step.
const STEP: usize = size_of::<u128>();

/// Copies the first and the last `T` of `count` bytes, which are at most two of them: what lies between is in both.
///
/// # Safety
/// Both ranges are `count` bytes, and a `T` is no longer.
#[inline(always)]
unsafe fn ends<T: Copy>(to: *mut u8, from: *const u8, count: usize) {
    let last = count - size_of::<T>();
    // SAFETY: both places lie inside the ranges; everything is loaded before anything is stored.
    unsafe {
        let (start, end) =
            (from.cast::<T>().read_unaligned(), from.wrapping_add(last).cast::<T>().read_unaligned());
        to.cast::<T>().write_unaligned(start);
        to.wrapping_add(last).cast::<T>().write_unaligned(end);
    }
}

/// Copies up to two steps, also between ranges that overlap; false for more, and then nothing is done.
///
/// # Safety
/// `from` can be read and `to` written for `count` bytes.
#[inline(always)]
unsafe fn few(to: *mut u8, from: *const u8, count: usize) -> bool {
    // SAFETY: each arm's T is at most `count` bytes and at least half of it; the rest is our caller's promise.
    unsafe {
        match count {
            0 => {}
            1 => *to = *from,
            2..4 => ends::<u16>(to, from, count),
            4..8 => ends::<u32>(to, from, count),
            8..STEP => ends::<u64>(to, from, count),
            STEP..=32 => ends::<u128>(to, from, count),
            _ => return false,
        }
    }
    true
}

/// memcpy(3); the ranges may overlap if `to` is the lower one.
///
/// # Safety
/// `from` can be read and `to` written for `count` bytes.
#[inline(always)]
unsafe fn forward(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: our caller's promise.
    if unsafe { few(to, from, count) } {
        return;
    }
    if count > LARGE {
        // SAFETY: copies `count` bytes from the lowest on, and leaves the registers that are named changed; the direction
        // flag is clear by the calling convention.
        unsafe {
            std::arch::asm!("rep movsb", inout("rcx") count => _, inout("rdi") to => _, inout("rsi") from => _,
                options(nostack, preserves_flags));
        }
        return;
    }
    let last = count - STEP;
    // SAFETY: every place is at most `last`, so that a step from there ends inside. The last step is loaded first: with
    // overlapping ranges it is stored over by then.
    unsafe {
        let end = from.wrapping_add(last).cast::<u128>().read_unaligned();
        let mut place = 0;
        while place < last {
            let step = from.wrapping_add(place).cast::<u128>().read_unaligned();
            to.wrapping_add(place).cast::<u128>().write_unaligned(step);
            place += STEP;
        }
        to.wrapping_add(last).cast::<u128>().write_unaligned(end);
    }
}

/// Copies from the end on, for ranges that overlap with `to` the higher one.
///
/// # Safety
/// `from` can be read and `to` written for `count` bytes.
#[inline(always)]
unsafe fn backward(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: our caller's promise.
    if unsafe { few(to, from, count) } {
        return;
    }
    // SAFETY: `place` is a step or more below `count`; the first step is loaded before it is stored over.
    unsafe {
        let start = from.cast::<u128>().read_unaligned();
        let mut place = count;
        while place > STEP {
            place -= STEP;
            let step = from.wrapping_add(place).cast::<u128>().read_unaligned();
            to.wrapping_add(place).cast::<u128>().write_unaligned(step);
        }
        to.cast::<u128>().write_unaligned(start);
    }
}

/// memmove(3).
///
/// # Safety
/// `from` can be read and `to` written for `count` bytes.
#[inline(always)]
unsafe fn either(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: our caller's promise; forward is right where `to` is lower or the ranges do not overlap.
    unsafe {
        if to.addr().wrapping_sub(from.addr()) >= count {
            forward(to, from, count);
        } else {
            backward(to, from, count);
        }
    }
}

/// memcmp(3): below 0, 0 or above.
///
/// # Safety
/// Both ranges can be read for `count` bytes.
#[inline(always)]
unsafe fn order(left: *const u8, right: *const u8, count: usize) -> i32 {
    const WORD: usize = size_of::<u64>();
    // SAFETY: no word begins behind `count` - WORD, no byte behind `count` - 1.
    unsafe {
        let mut place = 0;
        while count - place >= WORD {
            let word = |side: *const u8| side.wrapping_add(place).cast::<u64>().read_unaligned().to_be();
            let (one, other) = (word(left), word(right));
            if one != other {
                return if one < other { -1 } else { 1 };
            }
            place += WORD;
        }
        while place < count {
            let difference = i32::from(*left.wrapping_add(place)) - i32::from(*right.wrapping_add(place));
            if difference != 0 {
                return difference;
            }
            place += 1;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_length_is_copied_and_nothing_beside_it() {
        let source: Vec<u8> = (0..2000u32).map(|number| (number % 251) as u8).collect();
        for count in (0..700).chain([1000, 1999]) {
            let mut target = vec![0xff; count + 2];
            // SAFETY: `source` has `count` bytes, and `target` one more at each end.
            unsafe { forward(target[1..].as_mut_ptr(), source.as_ptr(), count) };
            assert_eq!(target[1..=count], source[..count]);
            assert_eq!((target[0], target[count + 1]), (0xff, 0xff));
        }
    }

    proptest! {
        #[test]
        fn overlapping_ranges_are_moved(
            bytes in proptest::collection::vec(any::<u8>(), 1500), from in 0usize..700, to in 0usize..700, count in 0usize..800,
        ) {
            let (mut expected, mut moved) = (bytes.clone(), bytes);
            expected.copy_within(from..from + count, to);
            let start = moved.as_mut_ptr();
            // SAFETY: both ranges end below 1,500.
            unsafe { either(start.wrapping_add(to), start.wrapping_add(from), count) };
            prop_assert_eq!(expected, moved);
        }

        #[test]
        fn the_order_is_that_of_slices(mut left in proptest::collection::vec(any::<u8>(), 0..60), place in 0usize..60, byte: u8) {
            let right = left.clone();
            if let Some(changed) = left.get_mut(place) {
                *changed = byte;
            }
            // SAFETY: both are as long as `left`.
            let found = unsafe { order(left.as_ptr(), right.as_ptr(), left.len()) };
            prop_assert_eq!(found.cmp(&0), left.cmp(&right));
        }
    }
}
