//! Recognizes events that differ only in a few characters of an image, so that they are not parsed again.
//!
//! Some gateways send an image as hundreds of thousands of events with three characters of base64 in each, and the
//! same hundred bytes around them. What one such event means was found out by reading it; the next ones that have
//! the same bytes around other base64 mean the same, so their characters are collected and read as one event.

/// So many characters are read as one event. Well below what is held back of a text whose choice is not known yet.
const MAX_COLLECTED_CHARS: usize = 8 * 1024;

/// Longer surroundings are not compared.
const MAX_COMPARED_EVENT_BYTES: usize = 4 * 1024;

/// What the strings of one event were.
#[derive(Debug, Default)]
pub(crate) struct EventTemplate {
    /// Strings that later events may go on with.
    pub deltas: usize,
    /// Other strings that were handed over, and values that add up with every event.
    pub others: usize,
    /// Pieces of strings that were handed over.
    pub fragments: usize,
    /// Where the last of them is in memory, and its length.
    pub last: (usize, usize),
}

/// The surroundings of the last event that had nothing but more of an image, and what was collected since.
#[derive(Debug, Default)]
pub(crate) struct RepeatedEvent {
    before: Vec<u8>,
    after: Vec<u8>,
    collected: Vec<u8>,
    events: usize,
}

impl RepeatedEvent {
    /// Learns from an event that was just read, from its first byte to its empty line.
    pub fn learn(&mut self, event: &[u8], told: &EventTemplate) {
        self.before.clear();
        self.after.clear();
        let (address, length) = told.last;
        let once = told.deltas == 1 && told.others == 0 && told.fragments == 1;
        let Some(start) =
            address.checked_sub(event.as_ptr().addr()).filter(|_| once && event.len() <= MAX_COMPARED_EVENT_BYTES)
        else {
            return;
        };
        let Some((before, rest)) = event.split_at_checked(start) else { return };
        let Some((text, after)) = rest.split_at_checked(length) else { return };
        if before.ends_with(b"\"") && after.starts_with(b"\"") && text.iter().all(|byte| is_plain(*byte)) {
            self.before.extend_from_slice(before);
            self.after.extend_from_slice(after);
        }
    }

    /// Collects events from the beginning of these bytes, as long as they are like the one that was learned from.
    /// Returns the rest.
    pub fn collect<'a>(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        while self.collected.len() < MAX_COLLECTED_CHARS && !self.before.is_empty() {
            let Some(rest) = bytes.strip_prefix(self.before.as_slice()) else { break };
            let most = rest.len().min(MAX_COLLECTED_CHARS - self.collected.len());
            let length = rest[..most].iter().position(|byte| !is_plain(*byte)).unwrap_or(most);
            let (text, rest) = rest.split_at(length);
            let Some(rest) = rest.strip_prefix(self.after.as_slice()) else { break };
            self.collected.extend_from_slice(text);
            self.events += 1;
            bytes = rest;
        }
        bytes
    }

    /// How many events were collected, with the one that stands for all of them in three pieces.
    pub fn event(&self) -> Option<(usize, [&[u8]; 3])> {
        (self.events > 0).then_some((self.events, [&self.before, &self.collected, &self.after]))
    }

    /// What was collected was read.
    pub fn clear(&mut self) {
        self.collected.clear();
        self.events = 0;
    }
}

/// Characters of base64 that mean the same wherever they stand.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}
