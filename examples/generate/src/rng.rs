//! Chance, from a seed alone.
//!
//! splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): eight lines, no dependency, the same
//! numbers on every machine. Every person has a stream of their own for each purpose, so a change to how one person is drawn leaves
//! everybody else's bytes as they were. Whole numbers only: floating point functions differ between platforms.

/// What a stream of chance is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Company = 1,
    Person = 2,
    Row = 3,
    Story = 4,
    Fault = 5,
    Line = 6,
}

pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn stream(seed: u64, purpose: Purpose, index: u64) -> Rng {
        let mut mixer = Rng(seed ^ (purpose as u64).rotate_left(48) ^ index.wrapping_mul(0x9E6C_63D0_876A_9A47));
        Rng(mixer.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, and without, `end`; 0 for an empty range.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // The high half of the product spreads evenly enough for sample data, without a loop.
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high.abs_diff(low) + 1) as i64
    }

    /// Like `between`, with the low numbers more likely: most people answer a mail soon or never.
    pub(crate) fn early(&mut self, low: i64, high: i64) -> i64 {
        self.between(low, high).min(self.between(low, high))
    }

    pub(crate) fn per_mille(&mut self, rate: u64) -> bool {
        self.below(1000) < rate
    }

    pub(crate) fn percent(&mut self, rate: u64) -> bool {
        self.below(100) < rate
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// One of `from`, each as likely as its weight says.
    pub(crate) fn weighted<'a, T>(&mut self, from: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
        let total: u64 = from.iter().map(|item| u64::from(weight(item))).sum();
        let mut left = self.below(total);
        for item in from {
            let share = u64::from(weight(item));
            if left < share {
                return item;
            }
            left -= share;
        }
        &from[from.len() - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_of_the_reference_implementation() {
        let mut rng = Rng(1_234_567);
        assert_eq!(rng.next(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn ranges_include_both_ends_and_nothing_beyond() {
        let mut rng = Rng::stream(1, Purpose::Story, 0);
        let seen: std::collections::BTreeSet<i64> = (0..500).map(|_| rng.between(-2, 3)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2, 3]);
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn weights_of_zero_are_never_drawn() {
        let mut rng = Rng::stream(1, Purpose::Story, 1);
        assert!((0..500).all(|_| *rng.weighted(&[0_u32, 1, 0], |weight| *weight) == 1));
    }
}
