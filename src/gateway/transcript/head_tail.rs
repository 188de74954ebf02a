//! Keeps the head and the tail of a text.

use crate::{gateway::mask::size_of, imaging::sniff};

/// The number of bytes that are kept of the start and of the end.
pub(super) const HEAD_BYTES: usize = 48 << 10;

pub(super) const TAIL_BYTES: usize = 16 << 10;

/// The space for the text between them.
pub(super) const ELLIPSIS_BYTES: usize = 64;

/// Keeps head and tail.
#[derive(Debug, Default)]
pub(super) struct HeadTail {
    head: Vec<u8>,
    tail: Vec<u8>,
    /// The number of bytes that were added.
    taken: u64,
}

impl HeadTail {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.taken += bytes.len() as u64;
        let (head, beyond) = bytes.split_at(bytes.len().min(HEAD_BYTES - self.head.len()));
        self.head.extend_from_slice(head);
        self.tail.extend_from_slice(&beyond[beyond.len().saturating_sub(TAIL_BYTES)..]);
        if self.tail.len() > TAIL_BYTES * 2 {
            self.tail.drain(..self.tail.len() - TAIL_BYTES);
        }
    }

    pub(super) fn finish(self, bytes: u64) -> String {
        let Self { head, mut tail, taken } = self;
        tail.drain(..tail.len().saturating_sub(TAIL_BYTES));
        if sniff(&head).is_some() || head.iter().take(512).any(|&byte| byte == 0) {
            return size_of(bytes, sniff(&head).map_or("binary", crate::recipe::Format::mime));
        }
        let left_out = taken - (head.len() + tail.len()) as u64;
        if left_out == 0 {
            let whole: Vec<u8> = [head, tail].concat();
            return cut_at(String::from_utf8_lossy(&whole).into_owned(), HEAD_BYTES + TAIL_BYTES);
        }
        // A character that the cut splits is omitted on both sides.
        let torn = |bytes: &[u8]| match std::str::from_utf8(bytes) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => bytes.len(),
        };
        let begin = cut_at(String::from_utf8_lossy(&head[..torn(&head)]).into_owned(), HEAD_BYTES);
        let continued = tail.iter().take(3).take_while(|&&byte| byte & 0xC0 == 0x80).count();
        let end = String::from_utf8_lossy(&tail[continued..]);
        let end = &end[end.ceil_char_boundary(end.len().saturating_sub(TAIL_BYTES))..];
        format!("{begin}\n… {left_out} bytes left out …\n{end}")
    }
}

pub(super) fn cut_at(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}
