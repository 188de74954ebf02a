//! What an answer said, as it may be kept and shown: bounded, without pictures and without the key.
//!
//! The raw bytes go through four steps as they arrive, none of which holds more than a few kilobytes: pictures in
//! base64 become `<2.1 MB image/png>`, secrets become `…`, events that look alike are counted instead of kept, and of
//! the rest head and tail remain. Wherever the bytes are cut, the text is the same.

use std::collections::VecDeque;

use memchr::memchr;

use crate::imaging::sniff;

use super::{
    clean::size_of,
    mask::{SecretMask, SpoolMask},
    runs::{self, RUN, is_base64, span},
};

/// Bytes that remain of the beginning and of the end.
const HEAD: usize = 48 << 10;
const TAIL: usize = 16 << 10;
/// Room for the words between them.
const BETWEEN: usize = 64;
/// Events longer than this are not compared with others, in bytes.
const EVENT: usize = 4 << 10;
/// So many events that look alike are kept; of those after them, only the last few.
const ALIKE: usize = 64;
const LAST: usize = 3;

/// Keeps what an answer says while it arrives.
#[derive(Debug)]
pub struct Transcript {
    runs: Runs,
    mask: SecretMask,
    /// Masks secrets in the same response as it is written to the spool; taken once.
    spool: Option<SpoolMask>,
    events: Events,
    kept: Ends,
    bytes: u64,
    /// What steps hand on, kept for its memory.
    plain: Vec<u8>,
    masked: Vec<u8>,
}

impl Transcript {
    /// The longest text that comes of it, in bytes.
    pub const MOST: usize = HEAD + BETWEEN + TAIL;

    /// A transcript that hides these secrets. Those of fewer than four characters are words, and stay.
    pub fn new(secrets: &[&str]) -> Self {
        Self { spool: Some(SpoolMask::new(secrets)), ..Self::with(SecretMask::new(secrets)) }
    }

    /// A transcript that hides what a mask hides.
    pub(super) fn with(mask: SecretMask) -> Self {
        Self {
            runs: Runs::default(),
            mask,
            spool: None,
            events: Events::default(),
            kept: Ends::default(),
            bytes: 0,
            plain: Vec::new(),
            masked: Vec::new(),
        }
    }

    /// What hides the same secrets in the texts of the answer.
    pub fn mask(&self) -> SecretMask {
        self.mask.clone()
    }

    /// What hides the same secrets in the spool.
    pub fn spool_mask(&mut self) -> SpoolMask {
        self.spool.take().unwrap_or_else(|| SpoolMask::new(&[]))
    }

    /// Takes the next bytes of the answer.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.plain.clear();
        self.runs.push(bytes, &mut self.plain);
        self.hand_on(false);
    }

    /// How many bytes were taken so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The text.
    pub fn finish(mut self) -> String {
        self.plain.clear();
        self.runs.finish(&mut self.plain);
        self.hand_on(true);
        self.events.finish(&mut self.kept);
        self.kept.finish(self.bytes)
    }

    fn hand_on(&mut self, last: bool) {
        if self.mask.is_empty() {
            return self.events.push(&self.plain, &mut self.kept);
        }
        self.masked.clear();
        self.mask.push(&self.plain, &mut self.masked);
        if last {
            self.mask.finish(&mut self.masked);
        }
        self.events.push(&self.masked, &mut self.kept);
    }
}

/// A text as it may be kept, all at once.
pub(super) fn redacted(bytes: &[u8], mask: &SecretMask) -> String {
    let mut transcript = Transcript::with(mask.clone());
    transcript.push(bytes);
    transcript.finish()
}

/// Replaces runs of base64.
#[derive(Debug, Default)]
struct Runs {
    /// Characters of the run so far.
    length: u64,
    /// Its beginning as it came.
    held: Vec<u8>,
    /// Whether a backslash came after it, which may belong to an escaped slash.
    escape: bool,
}

impl Runs {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
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
            let run = span(rest);
            if run > 0 {
                // A short word that stands here whole needs no holding.
                if self.length == 0 && run < RUN && rest.get(run).is_some_and(|&next| next != b'\\') {
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

    fn take(&mut self, raw: &[u8], characters: u64) {
        if self.length < RUN as u64 {
            self.held.extend_from_slice(&raw[..raw.len().min(RUN)]);
        }
        self.length += characters;
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.length < RUN as u64 {
            out.extend_from_slice(&self.held);
        } else {
            out.extend_from_slice(
                size_of(self.length / 4 * 3 + self.length % 4 / 2, runs::mime(&self.held)).as_bytes(),
            );
        }
        self.length = 0;
        self.held.clear();
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.end(out);
        if std::mem::take(&mut self.escape) {
            out.push(b'\\');
        }
    }
}

/// Leaves out events that look like those before them.
#[derive(Debug)]
struct Events {
    /// The event that is arriving, unless it is a long one.
    event: Vec<u8>,
    long: bool,
    /// Whether nothing has come in this line yet.
    blank: bool,
    before: Vec<u8>,
    alike: usize,
    left_out: u64,
    recent: VecDeque<Vec<u8>>,
}

impl Default for Events {
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

impl Events {
    fn push(&mut self, bytes: &[u8], out: &mut Ends) {
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

    fn take(&mut self, piece: &[u8], out: &mut Ends) {
        let room = if self.long { 0 } else { EVENT - self.event.len() };
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

    fn end(&mut self, out: &mut Ends) {
        if std::mem::take(&mut self.long) {
            return;
        }
        if looks_alike(&self.before, &self.event) {
            self.alike += 1;
        } else {
            self.end_alike(out);
        }
        self.before.clone_from(&self.event);
        if self.alike < ALIKE {
            out.push(&self.event);
            self.event.clear();
        } else if self.recent.len() < LAST {
            self.recent.push_back(std::mem::take(&mut self.event));
        } else if let Some(mut oldest) = self.recent.pop_front() {
            self.left_out += 1;
            oldest.clone_from(&self.event);
            self.event.clear();
            self.recent.push_back(oldest);
        }
    }

    fn end_alike(&mut self, out: &mut Ends) {
        self.alike = 0;
        let left_out = std::mem::take(&mut self.left_out);
        if left_out > 0 {
            out.push(format!("… {left_out} events like these left out …\n\n").as_bytes());
        }
        for event in self.recent.drain(..) {
            out.push(&event);
        }
    }

    fn finish(&mut self, out: &mut Ends) {
        if !self.event.is_empty() {
            self.end(out);
        }
        self.end_alike(out);
    }
}

/// Whether one event says much the same as another: most of it, from either end.
fn looks_alike(one: &[u8], other: &[u8]) -> bool {
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

/// Keeps head and tail.
#[derive(Debug, Default)]
struct Ends {
    head: Vec<u8>,
    tail: Vec<u8>,
    /// Bytes taken in all.
    taken: u64,
}

impl Ends {
    fn push(&mut self, bytes: &[u8]) {
        self.taken += bytes.len() as u64;
        let (head, beyond) = bytes.split_at(bytes.len().min(HEAD - self.head.len()));
        self.head.extend_from_slice(head);
        self.tail.extend_from_slice(&beyond[beyond.len().saturating_sub(TAIL)..]);
        if self.tail.len() > TAIL * 2 {
            self.tail.drain(..self.tail.len() - TAIL);
        }
    }

    fn finish(self, bytes: u64) -> String {
        let Self { head, mut tail, taken } = self;
        tail.drain(..tail.len().saturating_sub(TAIL));
        if sniff(&head).is_some() || head.iter().take(512).any(|&byte| byte == 0) {
            return size_of(bytes, sniff(&head).map_or("binary", crate::recipe::Format::mime));
        }
        let left_out = taken - (head.len() + tail.len()) as u64;
        if left_out == 0 {
            let whole: Vec<u8> = [head, tail].concat();
            return cut_at(String::from_utf8_lossy(&whole).into_owned(), HEAD + TAIL);
        }
        // A character that the cut goes through is left out on both sides.
        let torn = |bytes: &[u8]| match std::str::from_utf8(bytes) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => bytes.len(),
        };
        let begin = cut_at(String::from_utf8_lossy(&head[..torn(&head)]).into_owned(), HEAD);
        let continued = tail.iter().take(3).take_while(|&&byte| byte & 0xC0 == 0x80).count();
        let end = String::from_utf8_lossy(&tail[continued..]);
        let end = &end[end.ceil_char_boundary(end.len().saturating_sub(TAIL))..];
        format!("{begin}\n… {left_out} bytes left out …\n{end}")
    }
}

fn cut_at(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "sk-sentinel/5f3759df";

    fn in_pieces(bytes: &[u8], cuts: &[usize]) -> String {
        let mut transcript = Transcript::new(&[KEY]);
        let mut at = 0;
        for &cut in cuts {
            let next = (at + cut).min(bytes.len());
            transcript.push(&bytes[at..next]);
            at = next;
        }
        transcript.push(&bytes[at..]);
        transcript.finish()
    }

    fn png(characters: usize) -> String {
        let mut base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ".to_owned();
        base64.extend(std::iter::repeat_n("Qk/+", characters / 4).flat_map(str::chars));
        base64.truncate(characters);
        base64
    }

    #[test]
    fn pictures_become_their_size_and_kind_however_they_are_written() {
        let picture = png(2_800_000);
        for (before, after) in [
            (format!(r#"{{"b64_json":"{picture}"}}"#), r#"{"b64_json":"<2.1 MB image/png>"}"#),
            (format!("![a](data:image/jpeg;base64,{picture})"), "![a](data:image/jpeg;base64,<2.1 MB image/png>)"),
            (picture.replace('/', "\\/"), "<2.1 MB image/png>"),
            (format!(r#"{{"t":"words\n{picture}""#), r#"{"t":"words\<2.1 MB image/png>""#),
            ("x".repeat(400), "<300 B base64>"),
        ] {
            assert_eq!(in_pieces(before.as_bytes(), &[]), after);
            assert_eq!(in_pieces(before.as_bytes(), &[1; 300]), after);
        }
        let id = "a".repeat(255);
        assert_eq!(in_pieces(id.as_bytes(), &[100]), id);
    }

    #[test]
    fn a_picture_that_is_the_whole_answer_is_not_shown_as_text() {
        let bytes = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[7; 1_500]].concat();
        assert_eq!(in_pieces(&bytes, &[]), "<2 KB image/png>");
    }

    #[test]
    fn the_key_is_masked_in_every_spelling_and_wherever_it_is_cut() {
        let echoed = format!("no such key {KEY}! sk-sentinel\\/5f3759df ?key=sk-sentinel%2F5f3759df sk-sentinel");
        for cut in 0..echoed.len() {
            assert_eq!(in_pieces(echoed.as_bytes(), &[cut]), "no such key …! … ?key=… sk-sentinel");
        }
    }

    #[test]
    fn events_that_look_alike_are_counted() {
        let event = |piece: &str| {
            format!(
                "data: {{\"id\":\"chatcmpl-1\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}}}}]}}\r\n\r\n"
            )
        };
        let mut stream = event("![image](data:image/png;base64,");
        let picture = png(600_000);
        for piece in picture.as_bytes().chunks(3) {
            stream.push_str(&event(std::str::from_utf8(piece).unwrap()));
        }
        stream.push_str("data: {\"choices\":[],\"usage\":{\"total_tokens\":1290}}\n\ndata: [DONE]\n\n");
        let text = in_pieces(stream.as_bytes(), &[1_000; 50]);
        let kept = text.matches("chatcmpl-1").count();
        assert!(text.contains(&format!("… {} events like these left out …", 200_001 - kept)), "{text}");
        assert!(text.ends_with("data: {\"choices\":[],\"usage\":{\"total_tokens\":1290}}\n\ndata: [DONE]\n\n"));
        assert!(text.len() < 12_000, "{}", text.len());
    }

    #[test]
    fn head_and_tail_of_a_long_answer_remain() {
        let lines: Vec<String> = (0..20_000).map(|number| format!("漢 word {number}\n")).collect();
        let words = lines.concat();
        let text = in_pieces(words.as_bytes(), &[7; 900]);
        assert!(text.starts_with("漢 word 0\n") && text.ends_with("漢 word 19999\n"));
        assert!(text.contains(" bytes left out …\n") && text.len() <= Transcript::MOST);
        assert!(!text.contains('\u{FFFD}'));
    }

    /// Bytes like those of answers, good and bad.
    fn answers() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            "[ -~]{0,40}",
            "[A-Za-z0-9+/]{0,700}",
            Just(KEY.to_owned()),
            Just(KEY.replace('/', "\\/")),
            Just("\n\n".to_owned()),
            Just("\r\n\r\n".to_owned()),
            Just("\\".to_owned()),
            Just("漢字 ".repeat(2_000)),
            "[a-z]{1,3}".prop_map(|word| format!("data: {{\"choices\":[{{\"delta\":\"{word}\"}}]}}\n\n").repeat(90)),
        ];
        let bytes =
            prop_oneof![8 => piece.prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 0..30)];
        prop::collection::vec(bytes, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn whatever_comes_the_text_is_bounded_without_data_and_without_the_key(
            bytes in answers(),
            cuts in prop::collection::vec(0..900_usize, 0..40),
        ) {
            let text = in_pieces(&bytes, &cuts);
            prop_assert!(text.len() <= Transcript::MOST);
            prop_assert!(!text.contains(KEY) && !text.contains(&KEY.replace('/', "\\/")));
            let longest = text.split(|c: char| !c.is_ascii() || !is_base64(c as u8)).map(str::len).max();
            prop_assert!(longest.unwrap_or_default() < RUN);
            prop_assert_eq!(text, in_pieces(&bytes, &[]));
        }
    }
}
