//! The search in one layer of the text.

use std::collections::VecDeque;

use aho_corasick::automaton::StateID;

use super::{automaton::Automaton, found_spans::FoundSpans};

/// The longest span of an encoding, from its first to its last byte. A possible start is not held for longer.
pub(super) const MAX_SPAN_DISTANCE_BYTES: u64 = 16 << 10;

/// A byte, and its span in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceByte {
    pub(super) byte: u8,
    pub(super) start: u64,
    pub(super) end: u64,
}

/// The progress of the search in this layer.
#[derive(Clone, Debug)]
pub(super) struct SearchLayer {
    state: StateID,
    /// The bytes that may become an encoding.
    items: VecDeque<SourceByte>,
    /// Whether the text between two bytes belongs to something else, and is not replaced.
    scattered: bool,
}

impl SearchLayer {
    pub(super) fn new(automaton: &Automaton) -> Self {
        Self { state: automaton.start(), items: VecDeque::new(), scattered: false }
    }

    pub(super) fn scattered(automaton: &Automaton) -> Self {
        Self { scattered: true, ..Self::new(automaton) }
    }

    pub(super) fn push(&mut self, automaton: &Automaton, item: SourceByte, marks: &mut FoundSpans) {
        if self.items.is_empty() && !automaton.begins_with(item.byte) {
            return;
        }
        self.let_go(automaton, item.end);
        self.state = automaton.next(self.state, item.byte);
        self.items.push_back(item);
        let surplus = self.items.len() - automaton.depth(self.state).min(self.items.len());
        self.items.drain(..surplus);
        let Some(length) = automaton.matched(self.state) else { return };
        let found = self.items.range(self.items.len() - length.min(self.items.len())..);
        if self.scattered {
            found.for_each(|item| marks.add(item.start, item.end));
        } else if let Some(first) = found.clone().next() {
            marks.add(first.start, item.end);
        }
    }

    /// Drops bytes whose span has become too long for an encoding.
    pub(super) fn let_go(&mut self, automaton: &Automaton, now: u64) {
        if self.items.front().is_some_and(|first| now - first.start > MAX_SPAN_DISTANCE_BYTES) {
            self.reset(automaton);
        }
    }

    pub(super) fn reset(&mut self, automaton: &Automaton) {
        self.state = automaton.start();
        self.items.clear();
    }

    /// The position from which on the text may become an encoding.
    pub(super) fn pending(&self) -> Option<u64> {
        self.items.front().map(|item| item.start)
    }
}
