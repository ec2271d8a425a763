//! Chance that can be had again: everything random comes from one seed.

/// A generator of numbers (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of its own for somebody who runs beside others, so that who comes first changes nobody's numbers.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.throw())
    }

    pub(crate) fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of `from..to`.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.throw() % (to - from)
    }

    /// An index below `number`.
    pub(crate) fn below(&mut self, number: usize) -> usize {
        usize::try_from(self.between(0, number as u64)).unwrap()
    }

    /// A password that every rule allows: kinds of characters take turns, so that no word and no year comes about.
    pub(crate) fn password(&mut self) -> String {
        let kinds = ["BCDFGHJKLMNPQRSTVWXZ", "!#$%&*+=?@", "bcdfghjkmnpqrstvwxz", "23456789"];
        (0..16).map(|n| kinds[n % 4].as_bytes()).map(|kind| char::from(kind[self.below(kind.len())])).collect()
    }
}
