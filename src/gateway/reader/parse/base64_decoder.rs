//! Decodes base64 that arrives in chunks of any size.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{
        DecodePaddingMode, Simd,
        general_purpose::{GeneralPurpose, GeneralPurposeConfig},
    },
};

/// The least number of decoded bytes that are passed on, except at the end.
const OUTPUT_CHUNK_BYTES: usize = 16 * 1024;
/// The number of characters that are decoded in one step.
const INPUT_BLOCK_BYTES: usize = 32 * 1024;
/// Shorter chunks are collected first.
const SMALL_INPUT_BYTES: usize = 64;
/// The number of characters that are collected.
const PENDING_BYTES: usize = 1024;

const DECODER_CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
/// For the last few characters, for which setting up the fast engine takes longer than decoding.
const TAIL_DECODER: GeneralPurpose = GeneralPurpose::new(&STANDARD, DECODER_CONFIG);

/// The line lengths at which software wraps base64: MIME and PEM.
const FOLDED_LINE_CHARS: [usize; 2] = [76, 64];

/// Decodes the base64 of one image.
///
/// Line breaks are skipped, the URL-safe alphabet is accepted, and padding may be missing. Percent-encoding and
/// backslashes before characters are resolved. A blank within a line is a plus that a form decoder has replaced, unless
/// all lines end in blanks at one of the usual lengths.
pub(crate) struct Base64Decoder {
    engine: Simd,
    /// Clean characters that were not decoded yet.
    pending: Vec<u8>,
    /// Decoded bytes: the first `ready` of them were not passed on yet.
    decoded: Vec<u8>,
    ready: usize,
    /// Whether the text had characters that the fast decoder rejects.
    messy: bool,
    /// Whether padding has arrived, so that nothing may follow.
    padded: bool,
    total: u64,
    /// The number of characters, without white space.
    characters: u64,
    /// The start of an escaped character, as in `%2B` or `\/`.
    escape: Vec<u8>,
    /// Whether an escaped character was not base64, so that nothing is read after it.
    stuck: bool,
    /// The number of characters since the last line break.
    column: usize,
    /// The number of blanks since the last character, in a line that has one.
    blanks: usize,
    /// The line length at which blanks wrap lines; 0 if they do not.
    fold: Option<usize>,
    /// The position in `pending` of a possible plus, if the blank there turns out not to wrap a line.
    undecided: Option<usize>,
}

impl Base64Decoder {
    pub fn new() -> Self {
        Self {
            engine: Simd::standard(DECODER_CONFIG),
            pending: Vec::with_capacity(PENDING_BYTES + SMALL_INPUT_BYTES),
            decoded: vec![0; OUTPUT_CHUNK_BYTES + INPUT_BLOCK_BYTES],
            ready: 0,
            messy: false,
            padded: false,
            total: 0,
            characters: 0,
            escape: Vec::new(),
            stuck: false,
            column: 0,
            blanks: 0,
            fold: None,
            undecided: None,
        }
    }

    /// Prepares for another image and keeps the buffers.
    pub fn reset(&mut self) {
        self.pending.clear();
        self.ready = 0;
        self.messy = false;
        self.padded = false;
        self.total = 0;
        self.characters = 0;
        self.escape.clear();
        self.stuck = false;
        self.column = 0;
        self.blanks = 0;
        self.fold = None;
        self.undecided = None;
    }

    /// The number of base64 characters.
    pub fn characters(&self) -> u64 {
        self.characters
    }

    /// Whether padding has arrived, so that nothing can follow.
    pub fn is_padded(&self) -> bool {
        self.padded
    }

    /// Decodes text and passes on full chunks. Returns the rest of the text from the first character that is not base64
    /// or follows padding.
    #[must_use]
    pub fn push<'a>(&mut self, mut text: &'a [u8], mut out: impl FnMut(&[u8])) -> &'a [u8] {
        while !text.is_empty() {
            let clean = self.pending.is_empty() && !self.messy && !self.padded && self.escape.is_empty() && !self.stuck;
            if clean && self.blanks == 0 && text.len() >= SMALL_INPUT_BYTES {
                let block = &text[..text.len().min(INPUT_BLOCK_BYTES) & !3];
                if self.decode(block) {
                    self.characters += block.len() as u64;
                    self.column += block.len();
                    text = &text[block.len()..];
                } else {
                    self.messy = true;
                }
            } else {
                let before = (text.len(), self.pending.len());
                self.messy |= !self.escape.is_empty();
                text = self.collect(text);
                if before == (text.len(), self.pending.len()) {
                    break;
                }
            }
            if self.ready >= OUTPUT_CHUNK_BYTES {
                self.flush_output(&mut out);
            }
        }
        text
    }

    /// Passes on the rest. Returns whether there was any data and none is missing.
    pub fn finish(&mut self, mut out: impl FnMut(&[u8])) -> bool {
        let blanks = std::mem::take(&mut self.blanks);
        if !self.padded && blanks > 0 && (self.characters + blanks as u64).is_multiple_of(4) {
            self.pending.extend(std::iter::repeat_n(b'+', blanks));
        } else {
            self.decide_by_count();
        }
        let rest = std::mem::take(&mut self.pending);
        // A single remaining character contains no whole byte.
        let odd = usize::from(rest.len() % 4 == 1);
        let whole = self.decode(&rest[..rest.len() - odd]) && odd == 0;
        self.pending = rest;
        self.pending.clear();
        self.flush_output(&mut out);
        whole && self.total > 0 && self.escape.is_empty()
    }

    fn flush_output(&mut self, out: &mut impl FnMut(&[u8])) {
        if self.ready > 0 {
            out(&self.decoded[..self.ready]);
            self.total += self.ready as u64;
            self.ready = 0;
        }
    }

    /// Decodes a block without white space; `false`, without any effect, if it has other characters.
    fn decode(&mut self, block: &[u8]) -> bool {
        let room = &mut self.decoded[self.ready..];
        let length = if block.len() < SMALL_INPUT_BYTES {
            TAIL_DECODER.decode_slice(block, room)
        } else {
            self.engine.decode_slice(block, room)
        };
        match length {
            Ok(length) => {
                self.ready += length;
                // Only padding makes whole groups of four decode to fewer bytes.
                self.padded |= block.len().is_multiple_of(4) && length < block.len() / 4 * 3;
                true
            }
            Err(_) => false,
        }
    }

    /// Moves characters to the pending ones, cleans them, and decodes full blocks. Stops at a character that is not
    /// base64.
    fn collect<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let mut taken = 0;
        for &byte in text {
            let aligned = self.pending.len().is_multiple_of(4) && !self.pending.is_empty();
            let fast_again = aligned && !self.messy && !self.padded && text.len() - taken >= SMALL_INPUT_BYTES;
            let full = self.pending.len() >= PENDING_BYTES;
            if self.undecided.is_none() && (full || (fast_again && self.blanks == 0)) {
                break;
            }
            if !self.take(byte) {
                break;
            }
            taken += 1;
        }
        let rest = &text[taken..];
        let groups = self.pending.len() & !3;
        let enough = groups >= PENDING_BYTES || (groups == self.pending.len() && rest.len() >= SMALL_INPUT_BYTES);
        if enough && self.undecided.is_none() {
            let pending = std::mem::take(&mut self.pending);
            // Clean characters in whole groups can always be decoded.
            self.decode(&pending[..groups]);
            self.pending = pending;
            self.pending.drain(..groups);
        }
        rest
    }

    /// Adds one byte; `false` if it is not base64.
    fn take(&mut self, byte: u8) -> bool {
        if !self.escape.is_empty() && !self.stuck {
            self.stuck = !self.unescape(byte);
        } else if !self.stuck {
            return self.plain(byte);
        }
        !self.stuck
    }

    fn plain(&mut self, byte: u8) -> bool {
        let byte = match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => byte,
        };
        match byte {
            b' ' if self.column > 0 && !self.padded => self.blanks += 1,
            b' ' => {}
            b'\n' | b'\r' | b'\t' => self.end_line(),
            b'=' => {
                self.settle_blanks();
                self.padded = true;
            }
            b'%' | b'\\' => self.escape.push(byte),
            _ if self.padded => return false,
            b'+' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => self.character(byte),
            _ => return false,
        }
        true
    }

    fn character(&mut self, byte: u8) {
        self.settle_blanks();
        self.pending.push(byte);
        self.characters += 1;
        self.column += 1;
        // A line that is longer than the previous one was not wrapped.
        if self.undecided.is_some() && self.column as u64 * 2 > self.characters {
            self.decide(false);
        }
    }

    /// Resolves the blanks before a character.
    fn settle_blanks(&mut self) {
        match std::mem::take(&mut self.blanks) {
            0 => {}
            1 if self.may_fold() => {
                if self.fold.is_none() {
                    self.undecided = Some(self.pending.len());
                }
                self.column = 0;
            }
            blanks => {
                self.decide(false);
                self.pending.extend(std::iter::repeat_n(b'+', blanks));
                self.characters += blanks as u64;
                self.column += blanks;
                self.fold = Some(0);
            }
        }
    }

    /// Whether a blank at this column may wrap the line.
    fn may_fold(&mut self) -> bool {
        match self.fold {
            Some(width) => width == self.column,
            None if self.undecided.is_some() => {
                // The second line is as long as the first.
                let folds = self.characters == self.column as u64 * 2;
                self.decide(folds);
                folds
            }
            None => FOLDED_LINE_CHARS.contains(&self.column) && self.characters == self.column as u64,
        }
    }

    /// Resolves the first blank.
    fn decide(&mut self, folds: bool) {
        if let Some(at) = self.undecided.take() {
            if folds {
                self.fold = Some(self.column);
            } else {
                self.pending.insert(at, b'+');
                self.characters += 1;
                self.fold = Some(0);
            }
        }
    }

    /// Resolves the first blank if no second one came, from the number of characters.
    fn decide_by_count(&mut self) {
        let complete = self.characters.is_multiple_of(4) || (self.padded && self.characters % 4 != 1);
        self.decide(complete);
    }

    fn end_line(&mut self) {
        self.decide_by_count();
        self.blanks = 0;
        self.column = 0;
    }

    /// Adds the next byte of an escaped character.
    fn unescape(&mut self, byte: u8) -> bool {
        let (first, length) = (self.escape[0], self.escape.len());
        let resolved = match first {
            b'\\' => match byte {
                b'n' | b'r' | b't' => b'\n',
                b'/' | b'+' | b'=' | b'_' | b'-' => byte,
                _ => {
                    self.escape.clear();
                    return false;
                }
            },
            _ if !byte.is_ascii_hexdigit() => return false,
            _ if length == 1 => {
                self.escape.push(byte);
                return true;
            }
            _ => {
                let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or_default() as u8;
                digit(self.escape[1]) << 4 | digit(byte)
            }
        };
        self.escape.clear();
        // An escaped blank was not a plus.
        match resolved {
            b' ' => {
                self.end_line();
                true
            }
            b'%' | b'\\' => false,
            resolved => self.plain(resolved),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(pieces: &[&[u8]]) -> (Vec<u8>, bool) {
        let (mut payload, mut bytes) = (Base64Decoder::new(), Vec::new());
        let mut clean = true;
        for piece in pieces {
            clean &= payload.push(piece, |more| bytes.extend_from_slice(more)).is_empty();
        }
        let whole = payload.finish(|more| bytes.extend_from_slice(more));
        (bytes, clean && whole)
    }

    fn image(length: usize) -> Vec<u8> {
        (0..length as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    }

    #[test]
    fn chunk_sizes_do_not_change_the_bytes() {
        for length in [1, 2, 3, 100, 5_000, 100_001] {
            let bytes = image(length);
            let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
            for size in [1, 3, 63, 64, 65, 1_000, 40_000, 200_000] {
                let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
                assert_eq!(decode(&pieces), (bytes.clone(), true), "{length} bytes in pieces of {size}");
            }
        }
    }

    #[test]
    fn unpadded_url_safe_and_wrapped_base64_is_accepted() {
        let bytes = image(10_000);
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
        let wrapped: Vec<u8> = text.as_bytes().chunks(76).flat_map(|line| [line, b"\r\n"].concat()).collect();
        assert_eq!(decode(&[text.as_bytes()]), (bytes.clone(), true));
        assert_eq!(decode(&[&wrapped]), (bytes, true));
    }

    #[test]
    fn escapes_and_blanks_inside_base64_are_removed() {
        let bytes = image(20_000);
        let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let folded = |end: &str| {
            let lines: Vec<&str> = text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
            lines.join(end)
        };
        for written in [
            text.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D"),
            text.replace('+', " "),
            text.replace('/', "\\/"),
            folded("\r\n"),
            folded("\n    "),
            folded(" \n"),
            folded(" "),
            folded("\\r\\n"),
            folded("%0A"),
            format!(" {text} "),
        ] {
            for size in [1, 3, 76, 77, 1_000, 100_000] {
                let pieces: Vec<&[u8]> = written.as_bytes().chunks(size).collect();
                assert!(decode(&pieces) == (bytes.clone(), true), "in pieces of {size}: {}", &written[..200]);
            }
        }
        // A plus exactly at the position where lines are wrapped.
        for width in [76, 64] {
            for length in [100, 140, 152, 153, 400] {
                let mut text = "Q".repeat(length & !3);
                text.replace_range(width..=width, "+");
                let expected = base64::engine::general_purpose::STANDARD.decode(&text).unwrap();
                assert_eq!(decode(&[text.replace('+', " ").as_bytes()]), (expected, true), "{width} of {length}");
            }
        }
    }

    #[test]
    fn invalid_base64_is_detected() {
        let long = "A".repeat(4_000);
        for text in ["AAA*", "A", "AAAAA", "AA==AAAA", "", &format!("{long}!"), &format!("{long}AA=={long}")] {
            assert!(!decode(&[text.as_bytes()]).1, "{text}");
        }
    }
}
