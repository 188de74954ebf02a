//! Masks secrets in the spool and leaves images unchanged.

use super::SecretMask;
use crate::{gateway::text::base64_runs, imaging::sniff};

/// Shorter secrets are not masked, because they may be parts of a response, such as field names, and the response must
/// remain readable.
const MIN_SECRET_BYTES: usize = 8;
/// The number of bytes of a body by which its format is recognized.
const FORMAT_HEAD_BYTES: usize = 16;

/// Masks secrets in a response on its way to the disk. Images are not changed: base64 that starts like an image, and
/// bodies that are images.
#[derive(Debug)]
pub struct SpoolMask {
    mask: SecretMask,
    /// The first bytes of the body, until it is known whether it is an image.
    head: Option<Vec<u8>>,
    /// Whether the whole body is an image.
    is_image: bool,
    run: Base64Run,
    masked: Vec<u8>,
}

/// A run of base64.
#[derive(Debug, Default)]
struct Base64Run {
    /// Its start, until it is long enough to be classified.
    held: Vec<u8>,
    kind: RunKind,
    /// Whether a backslash followed it, which may belong to an escaped slash.
    escape: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum RunKind {
    /// There is no run, or it is still short.
    #[default]
    Short,
    Image,
    /// It is long, and not an image.
    Other,
}

impl SpoolMask {
    /// A mask for these secrets.
    pub fn new(secrets: &[&str]) -> Self {
        Self {
            mask: SecretMask::with_shortest(secrets, MIN_SECRET_BYTES),
            head: Some(Vec::new()),
            is_image: false,
            run: Base64Run::default(),
            masked: Vec::new(),
        }
    }

    /// Adds bytes of the body, and returns those that can be written.
    pub fn push<'a>(&'a mut self, bytes: &'a [u8]) -> &'a [u8] {
        if self.mask.is_empty() || self.is_image {
            return bytes;
        }
        self.masked.clear();
        match &mut self.head {
            Some(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= FORMAT_HEAD_BYTES {
                    self.decide();
                }
            }
            None => self.take(bytes),
        }
        &self.masked
    }

    /// Ends the body: returns the bytes that were still buffered.
    pub fn finish(&mut self) -> &[u8] {
        self.masked.clear();
        self.decide();
        self.end_run();
        self.mask.finish(&mut self.masked);
        &self.masked
    }

    fn decide(&mut self) {
        let Some(head) = self.head.take() else { return };
        if sniff(&head).is_some() {
            self.is_image = true;
            self.masked.extend_from_slice(&head);
        } else {
            self.take(&head);
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            if std::mem::take(&mut self.run.escape) {
                if first == b'/' {
                    self.take_run(b"\\/");
                    rest = &rest[1..];
                    continue;
                }
                self.end_run();
                self.mask.push(b"\\", &mut self.masked);
            }
            let run = base64_runs::base64_len(rest);
            if run > 0 {
                self.take_run(&rest[..run]);
                rest = &rest[run..];
            } else if first == b'\\' && self.is_within_run() {
                self.run.escape = true;
                rest = &rest[1..];
            } else {
                self.end_run();
                let other = rest.iter().take_while(|&&byte| !base64_runs::is_base64(byte)).count();
                // A backslash among them starts no run.
                self.mask.push(&rest[..other], &mut self.masked);
                rest = &rest[other..];
            }
        }
    }

    fn is_within_run(&self) -> bool {
        !self.run.held.is_empty() || self.run.kind != RunKind::Short
    }

    fn take_run(&mut self, bytes: &[u8]) {
        match self.run.kind {
            RunKind::Image => self.masked.extend_from_slice(bytes),
            RunKind::Other => self.mask.push(bytes, &mut self.masked),
            RunKind::Short => {
                let room = base64_runs::MIN_RUN_CHARS.saturating_sub(self.run.held.len()).min(bytes.len());
                self.run.held.extend_from_slice(&bytes[..room]);
                if self.run.held.len() < base64_runs::MIN_RUN_CHARS {
                    return;
                }
                let held = std::mem::take(&mut self.run.held);
                if base64_runs::format(&held).is_some() {
                    self.run.kind = RunKind::Image;
                    // Text before an image does not continue after it.
                    self.mask.finish(&mut self.masked);
                    self.masked.extend_from_slice(&held);
                } else {
                    self.run.kind = RunKind::Other;
                    self.mask.push(&held, &mut self.masked);
                }
                self.take_run(&bytes[room..]);
            }
        }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        // A small image is recognized by its first bytes as well.
        if run.kind == RunKind::Short && base64_runs::format(&run.held).is_some() {
            self.mask.finish(&mut self.masked);
            self.masked.extend_from_slice(&run.held);
        } else {
            self.mask.push(&run.held, &mut self.masked);
        }
        if run.escape {
            self.mask.push(b"\\", &mut self.masked);
        }
    }
}
