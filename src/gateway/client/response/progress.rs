//! Distinguishes a response that makes progress from one that is only kept open.
//!
//! Gateways send comments, blank lines or spaces while a model works, which keeps proxies from closing the connection.
//! Those may go on for as long as a model may work, but not forever.

use std::time::Duration;

use tokio::time::Instant;

/// The number of content bytes within a window that count as progress.
const MIN_CONTENT_BYTES_PER_WINDOW: u64 = 4 << 10;

/// The progress of the body of a response.
#[derive(Debug)]
pub(crate) struct ProgressMonitor {
    window: Duration,
    /// The time at which the response is given up if there is no progress.
    until: Instant,
    /// The number of content bytes within this window.
    seen: u64,
    line: LinePosition,
}

/// The position within a line at which the last chunk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LinePosition {
    Start,
    Comment,
    Content,
}

impl ProgressMonitor {
    /// A response that was just requested. Some content must arrive within each window.
    pub(crate) fn new(window: Duration, now: Instant) -> Self {
        Self { window, until: now + window, seen: 0, line: LinePosition::Start }
    }

    /// The time at which the response is given up if there is no progress until then.
    pub(crate) fn until(&self) -> Instant {
        self.until
    }

    /// Adds the next chunk of the body. Chunks may be cut anywhere.
    pub(crate) fn note(&mut self, piece: &[u8], now: Instant) {
        let mut rest = piece;
        while let Some(first) = rest.first() {
            let end = memchr::memchr2(b'\n', b'\r', rest).map_or(rest.len(), |end| end + 1);
            let (line, after) = rest.split_at(end);
            if self.line == LinePosition::Start {
                self.line = if *first == b':' { LinePosition::Comment } else { LinePosition::Content };
            }
            if self.line == LinePosition::Content {
                self.seen += line.trim_ascii().len() as u64;
            }
            if matches!(line.last(), Some(b'\n' | b'\r')) {
                self.line = LinePosition::Start;
            }
            rest = after;
        }
        if self.seen >= MIN_CONTENT_BYTES_PER_WINDOW {
            self.seen = 0;
            self.until = now + self.window;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether this chunk, repeated many times, counts as progress.
    fn counts(piece: &[u8], cut: usize) -> bool {
        let start = Instant::now();
        let mut progress = ProgressMonitor::new(Duration::from_mins(1), start);
        let later = start + Duration::from_secs(30);
        for piece in piece.repeat(5_000).chunks(cut) {
            progress.note(piece, later);
        }
        progress.until() > start + Duration::from_mins(1)
    }

    #[tokio::test]
    async fn only_content_counts_as_progress() {
        for cut in [1, 3, 1_000, usize::MAX] {
            for kept_open in [": OPENROUTER PROCESSING\n\n", ":\r\n", " ", "\n", " \r\n\t", ": a: b\r"] {
                assert!(!counts(kept_open.as_bytes(), cut), "{kept_open:?} in pieces of {cut}");
            }
            for content in ["data: {}\n\n", "AAAA", "{\"a\": \"b:c\"}\n", "x: y", "event: e\r"] {
                assert!(counts(content.as_bytes(), cut), "{content:?} in pieces of {cut}");
            }
        }
    }

    #[tokio::test]
    async fn single_bytes_do_not_count_as_progress() {
        let start = Instant::now();
        let mut progress = ProgressMonitor::new(Duration::from_mins(10), start);
        for minute in 0..10 {
            progress.note(b"x", start + Duration::from_mins(minute));
        }
        assert_eq!(progress.until(), start + Duration::from_mins(10));
    }
}
