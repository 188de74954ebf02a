//! A random number generator whose sequence never changes.

/// `SplitMix64`, started from a seed and the number of the prompt that is drawn.
///
/// It is implemented here instead of taken from a crate, because a seed must give the same prompts in every later
/// version.
/// It is not cryptographically secure.
#[derive(Clone, Debug)]
pub(crate) struct PromptRng(u64);

impl PromptRng {
    /// The generator of one prompt.
    pub(crate) fn new(seed: u64, index: u64) -> Self {
        // Seeds and indices are small and similar; mixing spreads them.
        Self(mixed(seed ^ mixed(index.wrapping_add(GOLDEN_RATIO_INCREMENT))))
    }

    /// A number below `below`, which is not 0: the upper half of a product, whose bias is at most `below / 2^64`.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(below)) >> 64) as u64
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_RATIO_INCREMENT);
        mixed(self.0)
    }
}

/// 2^64 divided by the golden ratio.
const GOLDEN_RATIO_INCREMENT: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generator_is_splitmix64() {
        // The reference sequence of state 0.
        let mut chance = PromptRng(0);
        assert_eq!(
            [chance.next(), chance.next(), chance.next()],
            [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]
        );
    }

    #[test]
    fn neighboring_seeds_give_unrelated_numbers() {
        let draw = |seed, index| PromptRng::new(seed, index).below(1000);
        let drawn: Vec<u64> = (0..4).flat_map(|seed| (0..4).map(move |index| draw(seed, index))).collect();
        let mut different = drawn.clone();
        different.sort_unstable();
        different.dedup();
        assert!(different.len() > 13, "{drawn:?}");
        assert!((0..100).all(|index| PromptRng::new(1, index).below(1) == 0));
    }
}
