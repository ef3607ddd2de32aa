//! Where gcc puts the members of a struct: offsets, padding, bit-fields.
//!
//! The rules are those of the System V psABI with `PCC_BITFIELD_TYPE_MATTERS`, as gcc's documentation of
//! `packed`, `aligned` and `#pragma pack` completes them. All positions are in bits.

use super::target::Target;
use super::types::{Bits, MAX_SIZE, TooLarge, Type};

/// What the declaration says about one member's place, beside its type.
#[derive(Debug, Clone, Copy, Default)]
pub struct Slot {
    /// The width, for a bit-field.
    pub width: Option<u32>,
    /// It has a name: an unnamed bit-field only takes room.
    pub named: bool,
    /// `packed`, on the member or the whole struct.
    pub packed: bool,
    /// `aligned(N)` or `_Alignas(N)` on the member, in bytes.
    pub aligned: Option<u64>,
}

/// A struct or union while its members are placed one after another.
#[derive(Debug)]
pub struct Placement<'a> {
    target: &'a Target,
    union: bool,
    /// `#pragma pack(N)`: no member is aligned more, in bits.
    limit: Option<u64>,
    /// The end of what is placed.
    end: u64,
    /// The struct's alignment so far.
    align: u64,
}

impl<'a> Placement<'a> {
    /// An empty struct or union; `pack` is `#pragma pack`'s number of bytes.
    pub fn new(target: &'a Target, union: bool, pack: Option<u64>) -> Placement<'a> {
        Placement { target, union, limit: pack.map(|bytes| bytes * 8), end: 0, align: 8 }
    }

    /// The place of the next member: its byte and, for a bit-field, its bits.
    pub fn place(&mut self, ty: &Type, slot: Slot) -> Result<(u64, Option<Bits>), TooLarge> {
        let at = if self.union { 0 } else { self.end };
        let (start, length) = match slot.width {
            None => (at.next_multiple_of(self.member_align(ty, slot)), ty.size * 8),
            Some(width) => (self.bit_field(ty, slot, at, u64::from(width)), u64::from(width)),
        };
        let end = start + length;
        if end > MAX_SIZE * 8 {
            return Err(TooLarge);
        }
        self.end = self.end.max(end);
        let bits = slot.width.map(|width| Bits { shift: (start % 8) as u32, width });
        Ok((start / 8, bits))
    }

    /// The size and alignment of the whole, in bytes; `aligned` is the struct's own attribute.
    pub fn finish(self, aligned: Option<u64>) -> (u64, u64) {
        let align = (self.align / 8).max(aligned.unwrap_or(1));
        (self.end.div_ceil(8).next_multiple_of(align), align)
    }

    /// The alignment of an ordinary member; the struct's own follows it.
    fn member_align(&mut self, ty: &Type, slot: Slot) -> u64 {
        let natural = if slot.packed { 8 } else { ty.align * 8 };
        let wanted = self.limited(natural.max(slot.aligned.map_or(8, |bytes| bytes * 8)));
        self.align = self.align.max(wanted);
        wanted
    }

    /// Where a bit-field of `width` bits starts when `at` bits are taken.
    fn bit_field(&mut self, ty: &Type, slot: Slot, at: u64, width: u64) -> u64 {
        let type_align = ty.align * 8;
        let mut wanted = slot.aligned.map_or(1, |bytes| bytes * 8);
        if width == 0 {
            // It closes the unit, whatever packing there is: gcc's "not influenced by packed".
            let wanted = wanted.max(type_align);
            if self.target.unnamed_bits_align {
                self.align = self.align.max(wanted);
            }
            return at.next_multiple_of(wanted);
        }
        // One that fills a machine integer at its own place is such an integer to gcc, whatever its type's alignment.
        let integer = matches!(width, 8 | 16 | 32 | 64 | 128) && at.is_multiple_of(width);
        if integer && (width == 8 || !slot.packed) {
            wanted = wanted.max(width);
        }
        wanted = self.limited(wanted);
        if slot.named || self.target.unnamed_bits_align {
            let packed = if slot.packed && self.limit.is_none() { 8 } else { self.limited(type_align) };
            self.align = self.align.max(packed.min(type_align)).max(wanted);
        }
        let start = at.next_multiple_of(wanted);
        let spans = (start % type_align + width).div_ceil(type_align) > ty.size * 8 / type_align;
        match spans && !slot.packed && self.limit.is_none() {
            true => start.next_multiple_of(type_align),
            false => start,
        }
    }

    fn limited(&self, align: u64) -> u64 {
        self.limit.map_or(align, |limit| align.min(limit))
    }
}
