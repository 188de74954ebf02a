//! Masks secrets in a text while it arrives, in several layers of escapes at the same time.

use std::{fmt, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    automaton::Automaton,
    encodings,
    fields::TextFieldTracker,
    found_spans::FoundSpans,
    level::{SearchLayer, SourceByte},
    unescape::{self, Unescaper},
};

/// The replacement for a secret.
const REPLACEMENT: &str = "…";
/// The number of layers of escapes that are decoded.
const MAX_ESCAPE_LAYERS: usize = 3;
/// The number of bytes by which the held text grows before it is checked for bytes that can be released.
const BLOCK_BYTES: usize = 4 << 10;

/// The delimiter of a JSON string.
const QUOTE: u8 = b'"';
/// The number of separators that are skipped at most.
const MAX_SEPARATOR_BYTES: usize = 16;

/// Whether a byte may separate the bytes of a hexadecimal dump.
fn is_separator(byte: u8) -> bool {
    matches!(byte, b':' | b',' | b'-' | b'_' | b'.' | b';' | b'|' | QUOTE | b'\'' | b'[' | b']')
}

/// The secrets that are searched.
struct SecretPatterns {
    plain: Automaton,
    spaced: Automaton,
    /// For each byte, whether no encoding starts with it.
    boring: [bool; 256],
    /// For each pair of bytes, whether an encoding starts with it.
    pairs: Vec<bool>,
}

impl SecretPatterns {
    fn begins_with(&self, first: u8, second: u8) -> bool {
        self.pairs[usize::from(first) << 8 | usize::from(second)]
    }
}

/// Replaces secrets by `…` in all usual encodings. The text may be cut anywhere; only a possible start of a secret is
/// buffered.
#[derive(Clone)]
pub struct SecretMask {
    /// `None` if there are no secrets.
    eyes: Option<Box<LayerScanner>>,
}

/// The search in all layers of the text.
#[derive(Clone)]
struct LayerScanner {
    wanted: Arc<SecretPatterns>,
    /// The text as it arrives, and with one to three layers of escapes decoded.
    levels: [SearchLayer; MAX_ESCAPE_LAYERS + 1],
    decoders: [Unescaper; MAX_ESCAPE_LAYERS],
    /// The text without white space, because base64 is often wrapped.
    joined: SearchLayer,
    /// The text without the separators of a hexadecimal dump.
    hexadecimal: SearchLayer,
    /// The joined text of the chunks of a stream.
    pieces: SearchLayer,
    pieces_decoder: Unescaper,
    fields: TextFieldTracker,
    marks: FoundSpans,
    held: Vec<u8>,
    /// The number of bytes before those that are held.
    gone: u64,
}

impl fmt::Debug for SecretMask {
    /// Does not print the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretMask").finish_non_exhaustive()
    }
}

impl SecretMask {
    /// A mask for these secrets. Secrets of fewer than four characters are not masked, because they may be words.
    pub fn new(secrets: &[&str]) -> Self {
        Self::with_shortest(secrets, encodings::MIN_SECRET_BYTES)
    }

    /// A mask that ignores secrets of fewer than `shortest` characters.
    pub(super) fn with_shortest(secrets: &[&str], shortest: usize) -> Self {
        let plain = encodings::plain(secrets, shortest);
        if plain.is_empty() {
            return Self { eyes: None };
        }
        let spaced = encodings::spaced(secrets, shortest);
        let mut pairs = vec![false; 1 << 16];
        for writing in plain.iter().chain(&spaced) {
            let cases = |at: usize| [writing[at].to_ascii_lowercase(), writing[at].to_ascii_uppercase()];
            for (first, second) in cases(0).into_iter().flat_map(|first| cases(1).map(|second| (first, second))) {
                pairs[usize::from(first) << 8 | usize::from(second)] = true;
            }
        }
        let (plain, spaced) = (Automaton::new(&plain), Automaton::new(&spaced));
        let boring = std::array::from_fn(|byte| {
            let byte = byte as u8;
            !plain.begins_with(byte) && !spaced.begins_with(byte) && !unescape::begins(byte)
        });
        Self { eyes: Some(Box::new(LayerScanner::new(Arc::new(SecretPatterns { plain, spaced, boring, pairs })))) }
    }

    /// Whether there are no secrets to mask.
    pub fn is_empty(&self) -> bool {
        self.eyes.is_none()
    }

    /// Adds bytes, and appends the masked bytes that can be released.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match &mut self.eyes {
            Some(eyes) => eyes.push(bytes, out),
            None => out.extend_from_slice(bytes),
        }
    }

    /// Ends the text: appends the bytes that were still buffered. The mask can then be used for another text.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(eyes) = &mut self.eyes {
            eyes.finish();
            eyes.release(u64::MAX, out);
            **eyes = LayerScanner::new(Arc::clone(&eyes.wanted));
        }
    }

    /// Masks a complete text.
    pub fn text(&self, text: &str) -> String {
        self.masked(text, true)
    }

    /// Masks a text that was truncated: the start of a secret at its end is masked as well.
    pub fn cut_text(&self, text: &str) -> String {
        self.masked(text, false)
    }

    /// Masks every string of a value, and its field names.
    pub fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.json(value)),
            Value::Object(fields) => {
                *fields = std::mem::take(fields)
                    .into_iter()
                    .map(|(name, mut value)| {
                        self.json(&mut value);
                        (self.text(&name), value)
                    })
                    .collect();
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Masks plain data. Data that cannot be deserialized after masking becomes its default.
    pub fn data<T: Serialize + DeserializeOwned + Default>(&self, data: &mut T) {
        if self.is_empty() {
            return;
        }
        let Ok(before) = serde_json::to_value(&*data) else { return *data = T::default() };
        let mut after = before.clone();
        self.json(&mut after);
        if after != before {
            *data = serde_json::from_value(after).unwrap_or_default();
        }
    }

    fn masked(&self, text: &str, whole: bool) -> String {
        let Some(eyes) = &self.eyes else { return text.to_owned() };
        let mut eyes = LayerScanner::new(Arc::clone(&eyes.wanted));
        let mut out = Vec::with_capacity(text.len());
        eyes.push(text.as_bytes(), &mut out);
        if whole {
            eyes.finish();
            eyes.release(u64::MAX, &mut out);
        } else {
            eyes.release_marks(&mut out);
        }
        String::from_utf8_lossy(&out).into_owned()
    }
}

impl LayerScanner {
    fn new(wanted: Arc<SecretPatterns>) -> Self {
        let level = || SearchLayer::new(&wanted.plain);
        Self {
            levels: std::array::from_fn(|_| level()),
            decoders: Default::default(),
            joined: level(),
            hexadecimal: SearchLayer::new(&wanted.spaced),
            pieces: SearchLayer::scattered(&wanted.plain),
            pieces_decoder: Unescaper::default(),
            fields: TextFieldTracker::default(),
            marks: FoundSpans::default(),
            held: Vec::new(),
            gone: 0,
            wanted,
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            let passing = if self.held.is_empty() { self.passing(rest) } else { 0 };
            if passing > 0 {
                let (pass, after) = rest.split_at(passing);
                if first == QUOTE || !self.fields.is_idle() {
                    for &byte in pass {
                        self.fields.push(byte);
                    }
                }
                out.extend_from_slice(pass);
                self.gone += passing as u64;
                rest = after;
                continue;
            }
            self.step(first);
            rest = &rest[1..];
            if self.pending().is_none() || self.held.len().is_multiple_of(BLOCK_BYTES) {
                self.release(self.pending().unwrap_or(u64::MAX), out);
            }
        }
        self.release(self.pending().unwrap_or(u64::MAX), out);
    }

    /// While nothing is held: the number of next bytes that start no encoding, so that at most the field tracker needs
    /// them.
    fn passing(&self, rest: &[u8]) -> usize {
        let passes = |at: usize| self.wanted.boring[usize::from(rest[at])] || self.is_no_beginning(&rest[at..]);
        if rest[0] == QUOTE {
            return usize::from(passes(0));
        }
        (0..rest.len()).take_while(|&at| rest[at] != QUOTE && passes(at)).count()
    }

    /// Whether the next bytes show that the first byte, which an encoding may start with, does not start one.
    fn is_no_beginning(&self, rest: &[u8]) -> bool {
        let &[first, second, ..] = rest else { return false };
        let goes_on = |next: u8| unescape::begins(next) || self.wanted.begins_with(first, next);
        if unescape::begins(first) || goes_on(second) || (second == QUOTE && self.fields.is_text()) {
            return false;
        }
        // A separator between two bytes of a secret decides nothing.
        let next = rest[1..]
            .iter()
            .take(MAX_SEPARATOR_BYTES)
            .find(|&&byte| !byte.is_ascii_whitespace() && !is_separator(byte));
        next.is_some_and(|&next| !goes_on(next))
    }

    fn step(&mut self, byte: u8) {
        let start = self.gone + self.held.len() as u64;
        self.held.push(byte);
        let item = SourceByte { byte, start, end: start + 1 };
        if self.fields.push(byte) {
            if self.pieces_decoder.leaves(byte) {
                self.take_pieces(&[item]);
            } else {
                let mut decoded = Vec::new();
                self.pieces_decoder.push(item, &mut decoded);
                self.take_pieces(&decoded);
            }
        }
        self.feed(0, item);
        // These layers may not have received a byte for long.
        for level in [&mut self.pieces, &mut self.joined] {
            level.let_go(&self.wanted.plain, item.end);
        }
        self.hexadecimal.let_go(&self.wanted.spaced, item.end);
    }

    fn take_pieces(&mut self, items: &[SourceByte]) {
        for &item in items {
            self.pieces.push(&self.wanted.plain, item, &mut self.marks);
        }
    }

    fn feed(&mut self, layer: usize, item: SourceByte) {
        self.levels[layer].push(&self.wanted.plain, item, &mut self.marks);
        if layer == 1 && !item.byte.is_ascii_whitespace() {
            self.joined.push(&self.wanted.plain, item, &mut self.marks);
            if !is_separator(item.byte) {
                self.hexadecimal.push(&self.wanted.spaced, item, &mut self.marks);
            }
        }
        if layer == MAX_ESCAPE_LAYERS {
            return;
        }
        if self.decoders[layer].leaves(item.byte) {
            return self.feed(layer + 1, item);
        }
        let mut decoded = Vec::new();
        self.decoders[layer].push(item, &mut decoded);
        for item in decoded {
            self.feed(layer + 1, item);
        }
    }

    fn finish(&mut self) {
        let mut decoded = Vec::new();
        self.pieces_decoder.finish(&mut decoded);
        self.take_pieces(&decoded);
        for layer in 0..MAX_ESCAPE_LAYERS {
            let mut decoded = Vec::new();
            self.decoders[layer].finish(&mut decoded);
            for item in decoded {
                self.feed(layer + 1, item);
            }
        }
    }

    /// The position from which on the text may become a secret.
    fn pending(&self) -> Option<u64> {
        let levels = self.levels.iter().chain([&self.joined, &self.hexadecimal, &self.pieces]);
        let decoders = self.decoders.iter().chain([&self.pieces_decoder]);
        levels.filter_map(SearchLayer::pending).chain(decoders.filter_map(Unescaper::pending)).min()
    }

    /// Releases the text before a position, with secrets masked.
    fn release(&mut self, before: u64, out: &mut Vec<u8>) {
        let all = self.gone + self.held.len() as u64;
        let mut from = self.gone;
        while let Some((start, end)) = self.marks.first() {
            // A secret that ends here may still grow.
            if start >= before || (end >= before && before != u64::MAX) {
                break;
            }
            self.forward(from, start, out);
            out.extend_from_slice(REPLACEMENT.as_bytes());
            from = end;
            self.marks.remove_first();
        }
        let until = before.min(all).min(self.marks.first().map_or(u64::MAX, |mark| mark.0)).max(from);
        self.forward(from, until, out);
        self.held.drain(..(until - self.gone) as usize);
        self.gone = until;
    }

    /// Masks the secrets that were found, and keeps the rest.
    fn release_marks(&mut self, out: &mut Vec<u8>) {
        let decided = self.pending().unwrap_or(u64::MAX);
        let mut from = self.gone;
        while let Some((start, end)) = self.marks.first() {
            self.forward(from, start, out);
            out.extend_from_slice(REPLACEMENT.as_bytes());
            from = end;
            self.marks.remove_first();
        }
        let all = self.gone + self.held.len() as u64;
        self.forward(from, decided.min(all).max(from), out);
    }

    fn forward(&self, from: u64, until: u64, out: &mut Vec<u8>) {
        let (from, until) = ((from - self.gone) as usize, (until.max(from) - self.gone) as usize);
        out.extend_from_slice(&self.held[from..until]);
    }
}
