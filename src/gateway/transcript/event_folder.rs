//! Counts similar events instead of keeping them.

use std::collections::VecDeque;

use memchr::memchr;

use super::head_tail::HeadTail;

/// Longer events are not compared with others, in bytes.
pub(super) const MAX_COMPARED_EVENT_BYTES: usize = 4 << 10;

/// The number of similar events that are kept; of later ones, only the last few.
pub(super) const MAX_SIMILAR_EVENTS: usize = 64;

pub(super) const KEPT_LAST_EVENTS: usize = 3;

/// Omits events that are similar to those before them.
#[derive(Debug)]
pub(super) struct EventFolder {
    /// The event that is arriving, unless it is long.
    event: Vec<u8>,
    long: bool,
    /// Whether nothing of this line has arrived yet.
    blank: bool,
    before: Vec<u8>,
    alike: usize,
    left_out: u64,
    recent: VecDeque<Vec<u8>>,
}

impl Default for EventFolder {
    fn default() -> Self {
        Self {
            event: Vec::new(),
            long: false,
            blank: true,
            before: Vec::new(),
            alike: 0,
            left_out: 0,
            recent: VecDeque::new(),
        }
    }
}

impl EventFolder {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut HeadTail) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let line = memchr(b'\n', rest);
            let (piece, after) = rest.split_at(line.map_or(rest.len(), |at| at + 1));
            rest = after;
            self.take(piece, out);
            let words = &piece[..piece.len() - usize::from(line.is_some())];
            self.blank &= words.iter().all(|&byte| byte == b'\r');
            if line.is_some() && std::mem::replace(&mut self.blank, true) {
                self.end(out);
            }
        }
    }

    pub(super) fn take(&mut self, piece: &[u8], out: &mut HeadTail) {
        let room = if self.long { 0 } else { MAX_COMPARED_EVENT_BYTES - self.event.len() };
        let (fits, beyond) = piece.split_at(piece.len().min(room));
        self.event.extend_from_slice(fits);
        if !beyond.is_empty() {
            if !std::mem::replace(&mut self.long, true) {
                self.end_alike(out);
                self.before.clear();
                out.push(&self.event);
                self.event.clear();
            }
            out.push(beyond);
        }
    }

    pub(super) fn end(&mut self, out: &mut HeadTail) {
        if std::mem::take(&mut self.long) {
            return;
        }
        if looks_alike(&self.before, &self.event) {
            self.alike += 1;
        } else {
            self.end_alike(out);
        }
        self.before.clone_from(&self.event);
        if self.alike < MAX_SIMILAR_EVENTS {
            out.push(&self.event);
            self.event.clear();
        } else if self.recent.len() < KEPT_LAST_EVENTS {
            self.recent.push_back(std::mem::take(&mut self.event));
        } else if let Some(mut oldest) = self.recent.pop_front() {
            self.left_out += 1;
            oldest.clone_from(&self.event);
            self.event.clear();
            self.recent.push_back(oldest);
        }
    }

    pub(super) fn end_alike(&mut self, out: &mut HeadTail) {
        self.alike = 0;
        let left_out = std::mem::take(&mut self.left_out);
        if left_out > 0 {
            out.push(format!("… {left_out} events like these left out …\n\n").as_bytes());
        }
        for event in self.recent.drain(..) {
            out.push(&event);
        }
    }

    pub(super) fn finish(&mut self, out: &mut HeadTail) {
        if !self.event.is_empty() {
            self.end(out);
        }
        self.end_alike(out);
    }
}

/// Whether most of an event, from either end, equals another one.
pub(super) fn looks_alike(one: &[u8], other: &[u8]) -> bool {
    let is_event = [&b"data:"[..], b"event:", b"id:", b":"].iter().any(|start| other.starts_with(start));
    if !is_event || one.is_empty() {
        return false;
    }
    let shorter = one.len().min(other.len());
    let same = |(a, b): &(&u8, &u8)| a == b;
    let start = one.iter().zip(other).take_while(same).count();
    let end = one.iter().rev().zip(other.iter().rev()).take(shorter - start).take_while(same).count();
    (start + end) * 10 >= one.len().max(other.len()) * 7
}
