//! Searches for many encodings of secrets at the same time, byte by byte.

use aho_corasick::{
    Anchored, MatchKind,
    automaton::{Automaton as _, StateID},
    nfa::noncontiguous::{Builder, NFA},
};

/// Finds encodings, ignoring case.
pub(super) struct Automaton {
    nfa: NFA,
    start: StateID,
    /// For each state, the number of last bytes that are the start of an encoding.
    depths: Vec<usize>,
    /// For each byte, whether an encoding starts with it.
    begins: [bool; 256],
}

impl Automaton {
    pub(super) fn new(writings: &[Vec<u8>]) -> Self {
        let built = Builder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .prefilter(false)
            .build(writings);
        // Building fails only beyond 2^31 states; a secret needs some thousands, because only its start is searched.
        let nfa = built.expect("some thousands of states");
        // This automaton has start states of both kinds.
        let start = nfa.start_state(Anchored::No).expect("an unanchored start");
        let mut depths = Vec::new();
        for writing in writings {
            let mut state = start;
            for (index, &byte) in writing.iter().enumerate() {
                state = nfa.next_state(Anchored::No, state, byte);
                let number = state.as_usize();
                if depths.len() <= number {
                    depths.resize(number + 1, 0);
                }
                depths[number] = index + 1;
            }
        }
        let begins = std::array::from_fn(|byte| nfa.next_state(Anchored::No, start, byte as u8) != start);
        Self { nfa, start, depths, begins }
    }

    pub(super) fn start(&self) -> StateID {
        self.start
    }

    pub(super) fn next(&self, state: StateID, byte: u8) -> StateID {
        self.nfa.next_state(Anchored::No, state, byte)
    }

    /// The number of last bytes that may become an encoding.
    pub(super) fn depth(&self, state: StateID) -> usize {
        self.depths.get(state.as_usize()).copied().unwrap_or_default()
    }

    /// The length of the longest encoding that ends in this state.
    pub(super) fn matched(&self, state: StateID) -> Option<usize> {
        if !self.nfa.is_match(state) {
            return None;
        }
        let found = (0..self.nfa.match_len(state)).map(|index| self.nfa.match_pattern(state, index));
        found.map(|pattern| self.nfa.pattern_len(pattern)).max()
    }

    /// Whether an encoding starts with this byte.
    pub(super) fn begins_with(&self, byte: u8) -> bool {
        self.begins[usize::from(byte)]
    }
}
