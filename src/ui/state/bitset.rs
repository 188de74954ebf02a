//! A set of positions in a long list, one bit for each.

use std::ops::Range;

const WORD: usize = u64::BITS as usize;

/// A set of positions. Positions beyond its length are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BitSet(Vec<u64>);

impl BitSet {
    /// Creates an empty set for so many positions.
    pub fn none(len: usize) -> Self {
        Self(vec![0; len.div_ceil(WORD)])
    }

    /// Whether the set has a position.
    pub fn has(&self, place: usize) -> bool {
        self.0.get(place / WORD).is_some_and(|word| word & (1 << (place % WORD)) != 0)
    }

    /// Inserts a position. Returns whether it is new.
    pub fn insert(&mut self, place: usize) -> bool {
        let new = !self.has(place);
        if let Some(word) = self.0.get_mut(place / WORD) {
            *word |= 1 << (place % WORD);
        }
        new
    }

    /// Removes a position. Returns whether the set had it.
    pub fn remove(&mut self, place: usize) -> bool {
        let had = self.has(place);
        if let Some(word) = self.0.get_mut(place / WORD) {
            *word &= !(1 << (place % WORD));
        }
        had
    }

    /// Inserts a range of positions.
    pub fn insert_range(&mut self, range: Range<usize>) {
        let mut place = range.start;
        while place < range.end {
            if place.is_multiple_of(WORD) && place + WORD <= range.end {
                if let Some(word) = self.0.get_mut(place / WORD) {
                    *word = u64::MAX;
                }
                place += WORD;
            } else {
                self.insert(place);
                place += 1;
            }
        }
    }

    /// The number of positions in the set.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The positions of the set from one position on, in order.
    pub fn from(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let start = place / WORD;
        let words = self.0.get(start..).unwrap_or_default().iter().enumerate();
        words.flat_map(move |(index, word)| {
            let below = if index == 0 { (1_u64 << (place % WORD)) - 1 } else { 0 };
            let mut left = word & !below;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some((start + index) * WORD + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_exactly_their_positions() {
        for range in [0..0, 3..9, 60..70, 64..128, 1..200, 0..200] {
            let mut bits = BitSet::none(200);
            bits.insert_range(range.clone());
            assert_eq!(bits.from(0).collect::<Vec<_>>(), range.clone().collect::<Vec<_>>());
            assert_eq!(bits.len(), range.len());
        }
    }

    #[test]
    fn remainder_begins_at_a_position() {
        let mut bits = BitSet::none(300);
        for place in [0, 63, 64, 130, 299] {
            assert!(bits.insert(place) && !bits.insert(place));
        }
        assert_eq!(bits.from(64).collect::<Vec<_>>(), [64, 130, 299]);
        assert_eq!(bits.from(131).collect::<Vec<_>>(), [299]);
        assert!(bits.remove(130) && !bits.remove(130) && !bits.has(1_000));
        assert_eq!(bits.from(1_000).count(), 0);
    }
}
