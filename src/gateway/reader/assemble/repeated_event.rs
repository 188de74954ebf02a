//! Recognizes events that differ only in a few characters of an image, so that they are not parsed again.
//!
//! Some gateways send an image as hundreds of thousands of events with three base64 characters in each, and the same
//! hundred bytes around them. One such event is parsed. Later ones with the same bytes around other base64 have the
//! same meaning, so their characters are collected and read as one event.

/// The number of characters that are read as one event. Well below the limit of a text that is buffered until its
/// choice is known.
const MAX_COLLECTED_CHARS: usize = 8 * 1024;

/// The longest event that is compared, in bytes.
const MAX_COMPARED_EVENT_BYTES: usize = 4 * 1024;

/// The strings of one event.
#[derive(Debug, Default)]
pub(crate) struct EventTemplate {
    /// The number of strings that later events may continue.
    pub deltas: usize,
    /// The number of other strings that were passed on, and of values that add up over events.
    pub others: usize,
    /// The number of chunks of strings that were passed on.
    pub fragments: usize,
    /// The address of the last chunk in memory, and its length.
    pub last: (usize, usize),
}

/// The surroundings of the last event that contained only more of an image, and the characters that were collected
/// since.
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

    /// Collects events from the start of these bytes, as long as they match the learned event. Returns the rest.
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

    /// The number of collected events, and one event in three slices that represents all of them.
    pub fn event(&self) -> Option<(usize, [&[u8]; 3])> {
        (self.events > 0).then_some((self.events, [&self.before, &self.collected, &self.after]))
    }

    /// Discards the collected characters after they were read.
    pub fn clear(&mut self) {
        self.collected.clear();
        self.events = 0;
    }
}

/// Base64 characters that have no other meaning anywhere.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}
