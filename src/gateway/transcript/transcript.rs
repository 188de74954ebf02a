//! The transcript: the part of a response that is stored and shown, bounded, without images and without the key.
//!
//! The raw bytes pass through four steps as they arrive, none of which holds more than a few kilobytes: images in
//! base64 become `<2.1 MB image/png>`, secrets become `…`, similar events are counted instead of kept, and of the rest
//! head and tail are kept. The text does not depend on how the bytes are cut.

use super::{
    base64_filter::Base64Filter,
    event_folder::EventFolder,
    head_tail::{ELLIPSIS_BYTES, HEAD_BYTES, HeadTail, TAIL_BYTES},
};
use crate::gateway::mask::{SecretMask, SpoolMask};

/// Collects the transcript of a response while it arrives.
#[derive(Debug)]
pub struct Transcript {
    runs: Base64Filter,
    mask: SecretMask,
    /// Masks secrets in the same response as it is written to the spool; taken once.
    spool: Option<SpoolMask>,
    events: EventFolder,
    kept: HeadTail,
    bytes: u64,
    /// The output of a step, kept to reuse its memory.
    plain: Vec<u8>,
    masked: Vec<u8>,
}

impl Transcript {
    /// The greatest length of a transcript, in bytes.
    pub const MAX_BYTES: usize = HEAD_BYTES + ELLIPSIS_BYTES + TAIL_BYTES;

    /// A transcript that masks these secrets. Secrets of fewer than four characters are not masked, because they may be
    /// words.
    pub fn new(secrets: &[&str]) -> Self {
        Self { spool: Some(SpoolMask::new(secrets)), ..Self::with(SecretMask::new(secrets)) }
    }

    /// A transcript with this mask.
    pub(crate) fn with(mask: SecretMask) -> Self {
        Self {
            runs: Base64Filter::default(),
            mask,
            spool: None,
            events: EventFolder::default(),
            kept: HeadTail::default(),
            bytes: 0,
            plain: Vec::new(),
            masked: Vec::new(),
        }
    }

    /// A mask for the same secrets, for the texts of the response.
    pub fn mask(&self) -> SecretMask {
        self.mask.clone()
    }

    /// A mask for the same secrets, for the spool.
    pub fn spool_mask(&mut self) -> SpoolMask {
        self.spool.take().unwrap_or_else(|| SpoolMask::new(&[]))
    }

    /// Adds bytes of the response.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.plain.clear();
        self.runs.push(bytes, &mut self.plain);
        self.forward(false);
    }

    /// The number of bytes that were added.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the text.
    pub fn finish(mut self) -> String {
        self.plain.clear();
        self.runs.finish(&mut self.plain);
        self.forward(true);
        self.events.finish(&mut self.kept);
        self.kept.finish(self.bytes)
    }

    fn forward(&mut self, last: bool) {
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

/// The transcript of a complete text.
pub(crate) fn redacted(bytes: &[u8], mask: &SecretMask) -> String {
    let mut transcript = Transcript::with(mask.clone());
    transcript.push(bytes);
    transcript.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gateway::text::{MIN_RUN_CHARS, is_base64};

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
    fn images_are_replaced_by_size_and_type_in_every_encoding() {
        let image = png(2_800_000);
        for (before, after) in [
            (format!(r#"{{"b64_json":"{image}"}}"#), r#"{"b64_json":"<2.1 MB image/png>"}"#),
            (format!("![a](data:image/jpeg;base64,{image})"), "![a](data:image/jpeg;base64,<2.1 MB image/png>)"),
            (image.replace('/', "\\/"), "<2.1 MB image/png>"),
            (format!(r#"{{"t":"words\n{image}""#), r#"{"t":"words\<2.1 MB image/png>""#),
            ("x".repeat(400), "<300 B base64>"),
        ] {
            assert_eq!(in_pieces(before.as_bytes(), &[]), after);
            assert_eq!(in_pieces(before.as_bytes(), &[1; 300]), after);
        }
        let id = "a".repeat(255);
        assert_eq!(in_pieces(id.as_bytes(), &[100]), id);
    }

    #[test]
    fn binary_image_response_is_not_shown_as_text() {
        let bytes = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[7; 1_500]].concat();
        assert_eq!(in_pieces(&bytes, &[]), "<2 KB image/png>");
    }

    #[test]
    fn key_is_masked_in_every_encoding_and_at_every_cut() {
        let echoed = format!("no such key {KEY}! sk-sentinel\\/5f3759df ?key=sk-sentinel%2F5f3759df sk-sentinel");
        for cut in 0..echoed.len() {
            assert_eq!(in_pieces(echoed.as_bytes(), &[cut]), "no such key …! … ?key=… sk-sentinel");
        }
    }

    #[test]
    fn similar_events_are_counted() {
        let event = |piece: &str| {
            format!(
                "data: {{\"id\":\"chatcmpl-1\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}}}}]}}\r\n\r\n"
            )
        };
        let mut stream = event("![image](data:image/png;base64,");
        let image = png(600_000);
        for piece in image.as_bytes().chunks(3) {
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
    fn long_response_keeps_its_head_and_tail() {
        let lines: Vec<String> = (0..20_000).map(|number| format!("漢 word {number}\n")).collect();
        let words = lines.concat();
        let text = in_pieces(words.as_bytes(), &[7; 900]);
        assert!(text.starts_with("漢 word 0\n") && text.ends_with("漢 word 19999\n"));
        assert!(text.contains(" bytes left out …\n") && text.len() <= Transcript::MAX_BYTES);
        assert!(!text.contains('\u{FFFD}'));
    }

    /// Bytes like those of successful and failed responses.
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
        fn transcript_is_bounded_and_contains_no_data_or_key(
            bytes in answers(),
            cuts in prop::collection::vec(0..900_usize, 0..40),
        ) {
            let text = in_pieces(&bytes, &cuts);
            prop_assert!(text.len() <= Transcript::MAX_BYTES);
            prop_assert!(!text.contains(KEY) && !text.contains(&KEY.replace('/', "\\/")));
            let longest = text.split(|c: char| !c.is_ascii() || !is_base64(c as u8)).map(str::len).max();
            prop_assert!(longest.unwrap_or_default() < MIN_RUN_CHARS);
            prop_assert_eq!(text, in_pieces(&bytes, &[]));
        }
    }
}
