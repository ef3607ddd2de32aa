//! Sets of signals.

use std::fmt;

use super::signal::{RTMAX, RTMIN, Signal};

/// A set of signals, as the kernel's mask. Displayed as names with a blank between, in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SignalSet(u64);

impl SignalSet {
    /// The set that a kernel's mask tells.
    pub const fn from_bits(bits: u64) -> SignalSet {
        SignalSet(bits)
    }

    /// The kernel's mask: bit N-1 for signal N.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Every realtime signal.
    pub fn realtime() -> SignalSet {
        (RTMIN..=RTMAX).filter_map(Signal::new).collect()
    }

    /// Whether there is none in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `signal` is in it; [`Signal::CHECK`] never is.
    pub fn contains(self, signal: Signal) -> bool {
        self.0 & bit(signal) != 0
    }

    /// Puts `signal` in.
    pub fn insert(&mut self, signal: Signal) {
        self.0 |= bit(signal);
    }

    /// What is in it and not in `other`.
    pub fn without(self, other: SignalSet) -> SignalSet {
        SignalSet(self.0 & !other.0)
    }

    /// Its signals, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        (1..=RTMAX).filter_map(Signal::new).filter(move |signal| self.contains(*signal))
    }
}

fn bit(signal: Signal) -> u64 {
    u32::try_from(signal.number()).ok().filter(|number| *number > 0).map_or(0, |number| 1 << (number - 1))
}

impl FromIterator<Signal> for SignalSet {
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> SignalSet {
        let mut set = SignalSet::default();
        signals.into_iter().for_each(|signal| set.insert(signal));
        set
    }
}

impl fmt::Display for SignalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, signal) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            signal.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_mask_is_read_and_made() {
        let set = SignalSet::from_bits(1 | 1 << 33 | 1 << 36 | 1 << 63);
        assert_eq!(set.to_string(), "HUP RTMIN RTMIN+3 RTMAX");
        assert_eq!(set.iter().collect::<SignalSet>(), set);
        assert_eq!(set.without(SignalSet::realtime()).to_string(), "HUP");
        assert_eq!(SignalSet::realtime().bits(), 0xffff_fffe_0000_0000);
        assert_eq!(SignalSet::from_bits(1 << 31).to_string(), "32");
    }

    #[test]
    fn the_check_is_in_no_set() {
        assert!(!SignalSet::from_bits(u64::MAX).contains(Signal::CHECK));
        assert!([Signal::CHECK].into_iter().collect::<SignalSet>().is_empty());
    }
}
