//! Base64 that arrives in pieces of any size.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{
        DecodePaddingMode, Simd,
        general_purpose::{GeneralPurpose, GeneralPurposeConfig},
    },
};

/// Decoded bytes are handed over in pieces of at least this size, but for the last.
const PIECE: usize = 16 * 1024;
/// Characters that are decoded at once.
const BLOCK: usize = 32 * 1024;
/// Pieces of text below this are collected first.
const SMALL: usize = 64;
/// How much is collected.
const PENDING: usize = 1024;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
/// For the last few characters, where setting up the fast engine does not pay.
const TAIL: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);

/// A decoder of one picture's base64.
///
/// White space is skipped, the URL-safe alphabet taken for the usual one, and padding may be missing.
pub(super) struct Payload {
    engine: Simd,
    /// Clean characters that are not decoded yet.
    pending: Vec<u8>,
    /// Decoded bytes that are not handed over yet: the first `ready` of them.
    decoded: Vec<u8>,
    ready: usize,
    /// The text has had characters that the fast way stumbles over.
    messy: bool,
    /// Padding has come, so nothing may follow.
    padded: bool,
    total: u64,
}

impl Payload {
    pub fn new() -> Self {
        Self {
            engine: Simd::standard(CONFIG),
            pending: Vec::with_capacity(PENDING + SMALL),
            decoded: vec![0; PIECE + BLOCK],
            ready: 0,
            messy: false,
            padded: false,
            total: 0,
        }
    }

    /// Makes ready for another picture, keeping the memory.
    pub fn reset(&mut self) {
        self.pending.clear();
        self.ready = 0;
        self.messy = false;
        self.padded = false;
        self.total = 0;
    }

    /// Whether padding has come, so that nothing can follow.
    pub fn is_padded(&self) -> bool {
        self.padded
    }

    /// Decodes more text and hands over what has become a piece. Returns what is left from the first character
    /// on that is not base64, or that follows padding.
    #[must_use]
    pub fn push<'a>(&mut self, mut text: &'a [u8], mut out: impl FnMut(&[u8])) -> &'a [u8] {
        while !text.is_empty() {
            let clean = self.pending.is_empty() && !self.messy && !self.padded;
            if clean && text.len() >= SMALL {
                let block = &text[..text.len().min(BLOCK) & !3];
                if self.decode(block) {
                    text = &text[block.len()..];
                } else {
                    self.messy = true;
                }
            } else {
                let before = (text.len(), self.pending.len());
                text = self.collect(text);
                if before == (text.len(), self.pending.len()) {
                    break;
                }
            }
            if self.ready >= PIECE {
                self.hand_over(&mut out);
            }
        }
        text
    }

    /// Hands over the rest and says whether there was anything and nothing is missing.
    pub fn finish(&mut self, mut out: impl FnMut(&[u8])) -> bool {
        let rest = std::mem::take(&mut self.pending);
        // A single character left over holds no whole byte.
        let odd = usize::from(rest.len() % 4 == 1);
        let whole = self.decode(&rest[..rest.len() - odd]) && odd == 0;
        self.pending = rest;
        self.pending.clear();
        self.hand_over(&mut out);
        whole && self.total > 0
    }

    fn hand_over(&mut self, out: &mut impl FnMut(&[u8])) {
        if self.ready > 0 {
            out(&self.decoded[..self.ready]);
            self.total += self.ready as u64;
            self.ready = 0;
        }
    }

    /// Decodes a block without white space; `false`, and nothing done, if it is not such.
    fn decode(&mut self, block: &[u8]) -> bool {
        let room = &mut self.decoded[self.ready..];
        let length =
            if block.len() < SMALL { TAIL.decode_slice(block, room) } else { self.engine.decode_slice(block, room) };
        match length {
            Ok(length) => {
                self.ready += length;
                // Only padding makes whole groups of four shorter.
                self.padded |= block.len().is_multiple_of(4) && length < block.len() / 4 * 3;
                true
            }
            Err(_) => false,
        }
    }

    /// Moves characters to the collected ones, cleaning them, and decodes those when there are enough. Stops at
    /// a character that is not base64.
    fn collect<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let mut taken = 0;
        for &byte in text {
            let aligned = self.pending.len().is_multiple_of(4) && !self.pending.is_empty();
            let fast_again = aligned && !self.messy && !self.padded && text.len() - taken >= SMALL;
            if self.pending.len() >= PENDING || fast_again {
                break;
            }
            let byte = match byte {
                b'-' => b'+',
                b'_' => b'/',
                byte => byte,
            };
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => {}
                b'=' => self.padded = true,
                _ if self.padded => break,
                b'+' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => self.pending.push(byte),
                _ => break,
            }
            taken += 1;
        }
        let rest = &text[taken..];
        let groups = self.pending.len() & !3;
        if groups >= PENDING || (groups == self.pending.len() && rest.len() >= SMALL) {
            let pending = std::mem::take(&mut self.pending);
            // Clean characters in whole groups always decode.
            self.decode(&pending[..groups]);
            self.pending = pending;
            self.pending.drain(..groups);
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(pieces: &[&[u8]]) -> (Vec<u8>, bool) {
        let (mut payload, mut bytes) = (Payload::new(), Vec::new());
        let mut clean = true;
        for piece in pieces {
            clean &= payload.push(piece, |more| bytes.extend_from_slice(more)).is_empty();
        }
        let whole = payload.finish(|more| bytes.extend_from_slice(more));
        (bytes, clean && whole)
    }

    fn picture(length: usize) -> Vec<u8> {
        (0..length as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    }

    #[test]
    fn any_size_of_pieces_gives_the_same_bytes() {
        for length in [1, 2, 3, 100, 5_000, 100_001] {
            let bytes = picture(length);
            let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
            for size in [1, 3, 63, 64, 65, 1_000, 40_000, 200_000] {
                let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
                assert_eq!(decode(&pieces), (bytes.clone(), true), "{length} bytes in pieces of {size}");
            }
        }
    }

    #[test]
    fn unpadded_url_safe_and_wrapped_text_is_tolerated() {
        let bytes = picture(10_000);
        let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
        let wrapped: Vec<u8> = text.as_bytes().chunks(76).flat_map(|line| [line, b"\r\n"].concat()).collect();
        assert_eq!(decode(&[text.as_bytes()]), (bytes.clone(), true));
        assert_eq!(decode(&[&wrapped]), (bytes, true));
    }

    #[test]
    fn what_is_no_base64_is_noticed() {
        let long = "A".repeat(4_000);
        for text in ["AAA*", "A", "AAAAA", "AA==AAAA", "", &format!("{long}!"), &format!("{long}AA=={long}")] {
            assert!(!decode(&[text.as_bytes()]).1, "{text}");
        }
    }
}
