//! An incremental JSON tokenizer. It holds no more of the text than a value that was requested whole, and never reads a
//! byte twice.

use memchr::memchr2;

use super::json_path::{Key, PathStep};

/// The nesting depth beyond which a text is rejected, because no real response is nested so deeply.
const MAX_DEPTH: usize = 100;
/// The number of bytes of a captured value; the rest is dropped.
const MAX_CAPTURE_BYTES: usize = 64 * 1024;
/// The same for values that are large by nature.
const MAX_LONG_CAPTURE_BYTES: usize = 1 << 20;
/// Longer keys are not compared.
const MAX_KEY_BYTES: usize = 32;

/// How a value is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It is skipped; the values within a container are announced too.
    Nothing,
    /// A string is delivered in fragments; another value is treated as with [`Self::Nothing`].
    Stream,
    /// It is delivered whole, as JSON text.
    Whole,
    /// Like [`Self::Whole`], for a value that is large by nature.
    LongWhole,
}

/// Receives values.
pub(crate) trait JsonHandler {
    /// A value starts at this path. Returns how it is to be delivered.
    fn value(&mut self, path: &[PathStep], first: u8) -> Delivery;
    /// A fragment of a string that is streamed, unescaped; it may end within a UTF-8 sequence.
    fn fragment(&mut self, bytes: &[u8]);
    /// The streamed string has ended.
    fn string_end(&mut self);
    /// A value that is delivered whole. `complete` is false if it was too long and its end is missing.
    fn whole(&mut self, raw: &[u8], complete: bool);
    /// A top-level value has ended.
    fn document_end(&mut self) {}
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before a value; at the top level also after one, because several may follow each other.
    Value,
    /// After `[`.
    ValueOrEnd,
    /// After `{` or a comma in an object.
    Key,
    Colon,
    /// After a value within a container.
    Next,
    /// In a string.
    Text(StringKind),
    /// After a backslash.
    Escape(StringKind),
    /// In `\uXXXX`, after this number of digits.
    Unicode {
        digits: u8,
        code: u16,
    },
    /// In a number or a literal.
    Scalar,
    Broken,
}

/// The purpose of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StringKind {
    Key,
    Skipped,
    Streamed,
}

/// The state of the tokenizer.
#[derive(Debug)]
pub(crate) struct JsonTokenizer {
    state: State,
    path: Vec<PathStep>,
    key: Vec<u8>,
    /// The first half of a surrogate pair.
    high: Option<u16>,
    /// The depth of the value that is captured.
    capturing: Option<usize>,
    captured: Vec<u8>,
    /// The number of bytes of it that are kept at most.
    most: usize,
    overflowed: bool,
    values: usize,
}

impl JsonTokenizer {
    pub fn new() -> Self {
        Self {
            state: State::Value,
            path: Vec::with_capacity(16),
            key: Vec::with_capacity(MAX_KEY_BYTES),
            high: None,
            capturing: None,
            captured: Vec::new(),
            most: MAX_CAPTURE_BYTES,
            overflowed: false,
            values: 0,
        }
    }

    /// Resets the tokenizer for another text.
    pub fn reset(&mut self) {
        self.state = State::Value;
        self.path.clear();
        self.high = None;
        self.capturing = None;
        self.captured.clear();
        self.overflowed = false;
        self.values = 0;
    }

    /// Whether nothing was read yet.
    pub fn is_fresh(&self) -> bool {
        self.values == 0 && self.path.is_empty() && self.state == State::Value
    }

    /// Whether the text is not JSON.
    pub fn is_broken(&self) -> bool {
        self.state == State::Broken
    }

    /// Whether the text may end here: it has at least one value, and none is open.
    pub fn is_complete(&self) -> bool {
        self.values > 0 && self.path.is_empty() && matches!(self.state, State::Value | State::Scalar)
    }

    /// Whether a value has begun and not ended.
    pub fn is_within(&self) -> bool {
        !self.is_broken() && (!self.path.is_empty() || !matches!(self.state, State::Value | State::Scalar))
    }

    /// Reads the next chunk.
    pub fn push(&mut self, chunk: &[u8], tokens: &mut impl JsonHandler) {
        let mut at = 0;
        // The offset in this chunk at which the captured part of the value starts.
        let mut from = 0;
        while at < chunk.len() {
            match self.state {
                State::Text(text) => at = self.text(chunk, at, from, text, tokens),
                State::Escape(text) => {
                    self.escape(chunk[at], text, tokens);
                    at += 1;
                }
                State::Unicode { digits, code } => {
                    self.unicode(chunk[at], digits, code, tokens);
                    at += 1;
                }
                State::Scalar => {
                    let rest = &chunk[at..];
                    let length = rest.iter().position(|&byte| !is_scalar(byte)).unwrap_or(rest.len());
                    at += length;
                    if at < chunk.len() {
                        self.end_value(chunk, at, from, tokens);
                    }
                }
                State::Broken => return,
                _ => {
                    let byte = chunk[at];
                    if !byte.is_ascii_whitespace() {
                        self.structure(byte, chunk, at, &mut from, tokens);
                    }
                    at += 1;
                }
            }
        }
        if self.capturing.is_some() {
            self.keep(&chunk[from..]);
        }
    }

    /// Reads a byte outside strings and numbers.
    fn structure(&mut self, byte: u8, chunk: &[u8], at: usize, from: &mut usize, tokens: &mut impl JsonHandler) {
        match (self.state, byte) {
            (State::Value | State::ValueOrEnd, b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                self.begin_value(byte, at, from, tokens);
            }
            (State::ValueOrEnd | State::Next, b']') | (State::Key | State::Next, b'}') => {
                let matches_opening = match self.path.last() {
                    Some(PathStep::Index(_)) => byte == b']',
                    Some(PathStep::Key(_)) => byte == b'}',
                    None => false,
                };
                if matches_opening {
                    self.path.pop();
                    self.end_value(chunk, at + 1, *from, tokens);
                } else {
                    self.state = State::Broken;
                }
            }
            (State::Key, b'"') => {
                self.key.clear();
                self.state = State::Text(StringKind::Key);
            }
            (State::Colon, b':') => self.state = State::Value,
            (State::Next, b',') => match self.path.last_mut() {
                Some(PathStep::Index(index)) => {
                    *index = index.saturating_add(1);
                    self.state = State::Value;
                }
                Some(PathStep::Key(_)) => self.state = State::Key,
                None => self.state = State::Broken,
            },
            _ => self.state = State::Broken,
        }
    }

    fn begin_value(&mut self, byte: u8, at: usize, from: &mut usize, tokens: &mut impl JsonHandler) {
        let mut want = Delivery::Nothing;
        if self.capturing.is_none() {
            want = tokens.value(&self.path, byte);
            if matches!(want, Delivery::Whole | Delivery::LongWhole) {
                self.most = if want == Delivery::Whole { MAX_CAPTURE_BYTES } else { MAX_LONG_CAPTURE_BYTES };
                self.capturing = Some(self.path.len());
                self.captured.clear();
                self.overflowed = false;
                *from = at;
            }
        }
        self.state = match byte {
            b'"' if want == Delivery::Stream => State::Text(StringKind::Streamed),
            b'"' => State::Text(StringKind::Skipped),
            b'{' | b'[' if self.path.len() >= MAX_DEPTH => State::Broken,
            b'{' => {
                self.path.push(PathStep::Key(Key::Other));
                State::Key
            }
            b'[' => {
                self.path.push(PathStep::Index(0));
                State::ValueOrEnd
            }
            _ => State::Scalar,
        };
    }

    /// Ends a value; `end` is the offset after its last byte.
    fn end_value(&mut self, chunk: &[u8], end: usize, from: usize, tokens: &mut impl JsonHandler) {
        if self.capturing == Some(self.path.len()) {
            self.capturing = None;
            self.keep(&chunk[from..end]);
            tokens.whole(&self.captured, !self.overflowed);
        }
        if self.path.is_empty() {
            self.values += 1;
            self.state = State::Value;
            tokens.document_end();
        } else {
            self.state = State::Next;
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = self.most.saturating_sub(self.captured.len());
        self.overflowed |= bytes.len() > room;
        self.captured.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Reads within a string and returns where it stopped.
    fn text(&mut self, chunk: &[u8], at: usize, from: usize, text: StringKind, tokens: &mut impl JsonHandler) -> usize {
        let rest = &chunk[at..];
        let found = memchr2(b'"', b'\\', rest);
        let run = &rest[..found.unwrap_or(rest.len())];
        if !run.is_empty() {
            match text {
                StringKind::Streamed => {
                    self.lone_surrogate(tokens);
                    tokens.fragment(run);
                }
                StringKind::Key if self.key.len() + run.len() <= MAX_KEY_BYTES => self.key.extend_from_slice(run),
                // The key is too long to be one of the known ones.
                StringKind::Key => self.key = vec![b'?'; MAX_KEY_BYTES],
                StringKind::Skipped => {}
            }
        }
        let Some(found) = found else { return chunk.len() };
        let end = at + found + 1;
        if chunk[end - 1] == b'\\' {
            self.state = State::Escape(text);
            return end;
        }
        match text {
            StringKind::Key => {
                if self.capturing.is_none()
                    && let Some(last) = self.path.last_mut()
                {
                    *last = PathStep::Key(Key::of(&self.key));
                }
                self.state = State::Colon;
            }
            StringKind::Streamed => {
                self.lone_surrogate(tokens);
                tokens.string_end();
                self.end_value(chunk, end, from, tokens);
            }
            StringKind::Skipped => self.end_value(chunk, end, from, tokens),
        }
        end
    }

    fn escape(&mut self, byte: u8, text: StringKind, tokens: &mut impl JsonHandler) {
        self.state = State::Text(text);
        if text != StringKind::Streamed {
            return;
        }
        let plain = match byte {
            b'u' => {
                self.state = State::Unicode { digits: 0, code: 0 };
                return;
            }
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'"' | b'\\' | b'/' => byte,
            _ => {
                self.state = State::Broken;
                return;
            }
        };
        self.lone_surrogate(tokens);
        tokens.fragment(&[plain]);
    }

    fn unicode(&mut self, byte: u8, digits: u8, code: u16, tokens: &mut impl JsonHandler) {
        let Some(digit) = (byte as char).to_digit(16) else {
            self.state = State::Broken;
            return;
        };
        let code = code << 4 | digit as u16;
        if digits < 3 {
            self.state = State::Unicode { digits: digits + 1, code };
            return;
        }
        self.state = State::Text(StringKind::Streamed);
        let high = self.high.take();
        if (0xD800..0xDC00).contains(&code) {
            if high.is_some() {
                emit('\u{FFFD}', tokens);
            }
            self.high = Some(code);
            return;
        }
        for read in char::decode_utf16(high.into_iter().chain([code])) {
            emit(read.unwrap_or('\u{FFFD}'), tokens);
        }
    }

    /// The first half of a surrogate pair whose second half did not follow.
    fn lone_surrogate(&mut self, tokens: &mut impl JsonHandler) {
        if self.high.take().is_some() {
            emit('\u{FFFD}', tokens);
        }
    }
}

fn emit(character: char, tokens: &mut impl JsonHandler) {
    tokens.fragment(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn is_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Streams strings, and captures values under `usage`.
    #[derive(Default)]
    struct Told {
        strings: Vec<String>,
        open: Vec<u8>,
        whole: Vec<String>,
    }

    impl JsonHandler for Told {
        fn value(&mut self, path: &[PathStep], _first: u8) -> Delivery {
            if path.last() == Some(&PathStep::Key(Key::Usage)) { Delivery::Whole } else { Delivery::Stream }
        }

        fn fragment(&mut self, bytes: &[u8]) {
            self.open.extend_from_slice(bytes);
        }

        fn string_end(&mut self) {
            self.strings.push(String::from_utf8(std::mem::take(&mut self.open)).unwrap());
        }

        fn whole(&mut self, raw: &[u8], _complete: bool) {
            self.whole.push(String::from_utf8(raw.to_vec()).unwrap());
        }
    }

    #[test]
    fn every_cut_yields_the_same_strings_and_values() {
        let text = r#" {"a":"x\/y\n\u00e9\ud83e\udd8a","n":[1,-2.5e3,true,null,"é"],"usage":{"t\"":[{},"]"]},"usage":12 ,"z":"\ud83ez"} "#;
        for cut in 0..text.len() {
            let (mut json, mut told) = (JsonTokenizer::new(), Told::default());
            json.push(&text.as_bytes()[..cut], &mut told);
            json.push(&text.as_bytes()[cut..], &mut told);
            assert!(json.is_complete() && !json.is_broken(), "cut at {cut}");
            assert_eq!(told.strings, ["x/y\né🦊", "é", "\u{FFFD}z"], "cut at {cut}");
            assert_eq!(told.whole, [r#"{"t\"":[{},"]"]}"#, "12"], "cut at {cut}");
        }
    }

    #[test]
    fn invalid_json_is_detected() {
        for text in ["{malformed json: <<<chaos>>>", "}", "{\"a\":1]", "[1}", "<html>", "{\"a\" 1}", &"[".repeat(200)] {
            let mut json = JsonTokenizer::new();
            json.push(text.as_bytes(), &mut Told::default());
            assert!(json.is_broken(), "{text}");
        }
        let mut json = JsonTokenizer::new();
        json.push(b"{\"a\":\"cut", &mut Told::default());
        assert!(!json.is_complete() && json.is_within());
    }
}
