//! The spans of the text in which secrets were found.

use std::collections::VecDeque;

/// Ranges that will be replaced, in order. Adjacent ranges are merged.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundSpans(VecDeque<(u64, u64)>);

impl FoundSpans {
    pub(super) fn add(&mut self, mut start: u64, mut end: u64) {
        let first = self.0.partition_point(|mark| mark.1 < start);
        let after = self.0.partition_point(|mark| mark.0 <= end);
        for (from, to) in self.0.drain(first..after.max(first)) {
            start = start.min(from);
            end = end.max(to);
        }
        self.0.insert(first, (start, end));
    }

    pub(super) fn first(&self) -> Option<(u64, u64)> {
        self.0.front().copied()
    }

    pub(super) fn remove_first(&mut self) {
        self.0.pop_front();
    }
}
