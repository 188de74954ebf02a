//! Property tests: any body may arrive, and the result does not depend on how it is cut.

use atelier::gateway::{BodyKind, ResponseOutcome};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::corpus::{Base64Spelling, RecordingSink, TestImages, corpus, read};

/// Keys and texts with a meaning, and some without.
const WORDS: [&str; 40] = [
    "choices",
    "message",
    "delta",
    "content",
    "reasoning_content",
    "images",
    "image_url",
    "imageUrl",
    "url",
    "content_blocks",
    "multi_mod_content",
    "inlineData",
    "inline_data",
    "data",
    "mimeType",
    "mime_type",
    "b64_json",
    "partial_image_b64",
    "type",
    "image_generation.partial_image",
    "candidates",
    "parts",
    "text",
    "thought",
    "finish_reason",
    "stop",
    "index",
    "usage",
    "error",
    "response",
    "output",
    "result",
    "code",
    "image/png",
    "audio/mp3",
    "iVBORw0KGgo=",
    "![x](data:image/png;base64,iVBORw0KGgo=)",
    "![x](https://files.example/fox.png)",
    "see https://files.example/fox.png \"é🦊\\",
    "data:image/png;base64,iVBORw0KGgo",
];

fn words() -> impl Strategy<Value = String> {
    prop_oneof![8 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

/// Documents that resemble responses.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => words().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => (-3_i64..70).prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(7, 60, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((words(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn read_whole_and_in_chunks(body: &[u8], sizes: &[usize]) -> [(RecordingSink, ResponseOutcome); 2] {
    let (mut rest, mut pieces, mut sizes) = (body, Vec::new(), sizes.iter().cycle());
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes.next().map_or(1, |size| *size).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    [read(BodyKind::Unknown, [body]), read(BodyKind::Unknown, pieces)]
}

fn assert_same(body: &[u8], sizes: &[usize]) -> Result<(), TestCaseError> {
    let [whole, pieces] = read_whole_and_in_chunks(body, sizes);
    prop_assert!(whole.0.images.iter().all(|image| image.complete.is_some()), "every picture ends");
    prop_assert_eq!(whole, pieces);
    Ok(())
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..90, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn chunk_sizes_do_not_change_the_result_of_documents(document in documents(), sizes in sizes()) {
        assert_same(document.to_string().as_bytes(), &sizes)?;
    }

    #[test]
    fn chunk_sizes_do_not_change_the_result_of_events(
        events in prop::collection::vec((prop::sample::select(vec!["data: ", "data:", ": ", "event: ", ""]), documents()), 0..6),
        end in prop::sample::select(vec!["\n\n", "\n", "\r\n\r\n", "\r\r"]), sizes in sizes(),
    ) {
        let mut body = String::new();
        for (field, document) in &events {
            body.extend([field, document.to_string().as_str(), end]);
        }
        assert_same(body.as_bytes(), &sizes)?;
    }

    #[test]
    fn damaged_responses_do_not_panic(
        number in any::<prop::sample::Index>(), sizes in sizes(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_usize..3), 1..6),
    ) {
        let corpus = corpus();
        let mut body = corpus[number.index(corpus.len())].fill(&TestImages::small(), Base64Spelling::Padded).text.into_bytes();
        for (at, byte, how) in damage {
            let at = at.index(body.len());
            match how {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => drop(body.drain(at..(at + usize::from(byte)).min(body.len()))),
            }
            if body.is_empty() { break; }
        }
        assert_same(&body, &sizes)?;
    }
}
