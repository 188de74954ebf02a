//! Replaces runs of base64 by their size.

use crate::gateway::{
    mask::size_of,
    text::{MIN_RUN_CHARS, base64_len, base64_runs, is_base64},
};

/// Replaces runs of base64.
#[derive(Debug, Default)]
pub(super) struct Base64Filter {
    /// The number of characters of the run so far.
    length: u64,
    /// The start of the run.
    held: Vec<u8>,
    /// Whether a backslash followed it, which may belong to an escaped slash.
    escape: bool,
}

impl Base64Filter {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            if std::mem::take(&mut self.escape) {
                if first == b'/' {
                    self.take(b"\\/", 1);
                    rest = &rest[1..];
                    continue;
                }
                self.end(out);
                out.push(b'\\');
            }
            let run = base64_len(rest);
            if run > 0 {
                // A complete short word need not be held.
                if self.length == 0 && run < MIN_RUN_CHARS && rest.get(run).is_some_and(|&next| next != b'\\') {
                    out.extend_from_slice(&rest[..run]);
                } else {
                    self.take(&rest[..run], run as u64);
                }
                rest = &rest[run..];
            } else if first == b'\\' && self.length > 0 {
                self.escape = true;
                rest = &rest[1..];
            } else {
                self.end(out);
                let other = rest.iter().take_while(|&&byte| !is_base64(byte)).count();
                out.extend_from_slice(&rest[..other]);
                rest = &rest[other..];
            }
        }
    }

    pub(super) fn take(&mut self, raw: &[u8], characters: u64) {
        if self.length < MIN_RUN_CHARS as u64 {
            self.held.extend_from_slice(&raw[..raw.len().min(MIN_RUN_CHARS)]);
        }
        self.length += characters;
    }

    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        if self.length < MIN_RUN_CHARS as u64 {
            out.extend_from_slice(&self.held);
        } else {
            out.extend_from_slice(
                size_of(self.length / 4 * 3 + self.length % 4 / 2, base64_runs::mime(&self.held)).as_bytes(),
            );
        }
        self.length = 0;
        self.held.clear();
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        self.end(out);
        if std::mem::take(&mut self.escape) {
            out.push(b'\\');
        }
    }
}
