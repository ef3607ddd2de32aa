//! Natural numbers of any size, as far as decimal conversion needs them.

use std::cmp::Ordering;

/// A natural number: 32-bit digits, the lowest first, none of them 0 at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Big(Vec<u32>);

impl Big {
    /// This number.
    pub fn from(number: u128) -> Big {
        let mut big = Big((0..4).map(|at| (number >> (32 * at)) as u32).collect());
        big.trim();
        big
    }

    /// The number that these decimal digits write; other bytes are left out.
    pub fn from_digits(digits: &str) -> Big {
        let mut big = Big(Vec::new());
        for digit in digits.bytes().filter(u8::is_ascii_digit) {
            big.multiply(10, u32::from(digit - b'0'));
        }
        big
    }

    /// 10 to this power.
    pub fn power_of_ten(exponent: u32) -> Big {
        let mut big = Big::from(1);
        for bit in (0..u32::BITS - exponent.leading_zeros()).rev() {
            big = big.times(&big);
            if exponent >> bit & 1 == 1 {
                big.multiply(10, 0);
            }
        }
        big
    }

    /// This number times `factor` plus `carry`, in place.
    pub fn multiply(&mut self, factor: u32, carry: u32) {
        let mut carry = u64::from(carry);
        for digit in &mut self.0 {
            let product = u64::from(*digit) * u64::from(factor) + carry;
            *digit = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// The product.
    pub fn times(&self, other: &Big) -> Big {
        let mut digits = vec![0; self.0.len() + other.0.len()];
        for (at, left) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (place, right) in digits[at..].iter_mut().zip(other.0.iter().chain([&0])) {
                let sum = u64::from(*left) * u64::from(*right) + u64::from(*place) + carry;
                *place = sum as u32;
                carry = sum >> 32;
            }
        }
        let mut big = Big(digits);
        big.trim();
        big
    }

    /// This number times 2 to the `count`.
    pub fn shifted(&self, count: u32) -> Big {
        let mut digits = vec![0; (count / 32) as usize];
        let bits = count % 32;
        let mut carry = 0_u64;
        for digit in &self.0 {
            let wide = u64::from(*digit) << bits | carry;
            digits.push(wide as u32);
            carry = wide >> 32;
        }
        digits.push(carry as u32);
        let mut big = Big(digits);
        big.trim();
        big
    }

    /// How many bits the number takes; 0 for 0.
    pub fn bits(&self) -> u32 {
        self.0.last().map_or(0, |top| self.0.len() as u32 * 32 - top.leading_zeros())
    }

    /// This number divided by `divisor` and rounded to the nearest, a half to even. The quotient must fit 127 bits.
    pub fn rounded_quotient(&self, divisor: &Big) -> u128 {
        let mut rest = self.clone();
        let mut quotient = 0_u128;
        let steps = (self.bits() + 1).saturating_sub(divisor.bits()).min(128);
        let mut part = divisor.shifted(steps);
        for _ in 0..steps {
            part.halve();
            quotient <<= 1;
            if rest.compare(&part) != Ordering::Less {
                rest.subtract(&part);
                quotient |= 1;
            }
        }
        match rest.shifted(1).compare(divisor) {
            Ordering::Greater => quotient + 1,
            Ordering::Equal => quotient + (quotient & 1),
            Ordering::Less => quotient,
        }
    }

    /// The sum.
    pub fn plus(&self, other: &Big) -> Big {
        let length = self.0.len().max(other.0.len()) + 1;
        let digit = |big: &Big, at: usize| u64::from(big.0.get(at).copied().unwrap_or(0));
        let mut carry = 0;
        let digits = (0..length).map(|at| {
            let sum = digit(self, at) + digit(other, at) + carry;
            carry = sum >> 32;
            sum as u32
        });
        let mut big = Big(digits.collect());
        big.trim();
        big
    }

    /// The order of two numbers.
    pub fn compare(&self, other: &Big) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Divides by 2, which must leave no rest.
    fn halve(&mut self) {
        let mut carry = 0;
        for digit in self.0.iter_mut().rev() {
            let low = *digit & 1;
            *digit = *digit >> 1 | carry;
            carry = low << 31;
        }
        self.trim();
    }

    /// Takes `other`, which is not larger, away.
    pub fn subtract(&mut self, other: &Big) {
        let mut borrow = false;
        for (at, digit) in self.0.iter_mut().enumerate() {
            let (less, first) = digit.overflowing_sub(other.0.get(at).copied().unwrap_or(0));
            let (less, second) = less.overflowing_sub(u32::from(borrow));
            *digit = less;
            borrow = first || second;
        }
        self.trim();
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}
