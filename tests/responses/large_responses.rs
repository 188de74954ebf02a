//! Tests of responses with very long lines, with very many lines, and without an end.

use atelier::{
    gateway::{AnswerReader, BodyKind, ReaderLimits},
    imaging::{ImageLimits, decode},
    recipe::FailureKind,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::corpus::{Base64Spelling, RecordingSink, TestImages, entry, read};

/// The number of bytes that a connection delivers at once.
const CHUNK_BYTES: usize = 64 * 1024;

#[test]
fn line_of_64_mib_is_one_image() {
    // A PNG of noise has three bytes per pixel.
    let pictures = TestImages::only("png", 4_250, 4_000);
    let body = entry("a.sse").fill(&pictures, Base64Spelling::Padded);
    assert!(body.text.lines().any(|line| line.len() > 64 << 20), "a line is that long");
    let (kept, outcome) = read(BodyKind::EventStream, body.text.as_bytes().chunks(CHUNK_BYTES));
    assert!(outcome.complete && kept.images.len() == 1, "{:?}", outcome.failure);
    let pixels = decode(&kept.images[0].bytes, &ImageLimits::default()).expect("it is an image");
    assert!(pictures.pixels(&kept.images[0].bytes) == Some(&pixels), "other pixels");
}

#[test]
fn two_hundred_thousand_deltas_of_three_characters_are_one_image() {
    let pictures = TestImages::only("png", 400, 380);
    let text = format!("![image](data:image/png;base64,{})", STANDARD.encode(pictures.get("png")));
    let event = |piece: &[u8]| {
        let piece = str::from_utf8(piece).expect("base64 is ASCII");
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n")
    };
    let mut body: String = text.as_bytes().chunks(3).map(event).collect();
    assert!(body.lines().count() > 400_000, "{} lines", body.lines().count());
    body += "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    for chunk in [1_000, CHUNK_BYTES, body.len()] {
        let (kept, outcome) = read(BodyKind::EventStream, body.as_bytes().chunks(chunk));
        assert!(outcome.complete && kept.images.len() == 1, "{:?}", outcome.failure);
        let pixels = decode(&kept.images[0].bytes, &ImageLimits::default()).expect("it is an image");
        assert!(pictures.pixels(&kept.images[0].bytes) == Some(&pixels), "other pixels");
        assert_eq!(kept.text, "");
    }
}

#[test]
fn endless_response_is_rejected_with_its_reason() {
    let limits = ReaderLimits { max_image_bytes: 1 << 20, max_body_bytes: 4 << 20 };
    let endless = [
        ("a picture", "{\"data\":[{\"b64_json\":\"", "AAAA"),
        ("a picture in a stream", "data: {\"data\":[{\"b64_json\":\"", "AAAA"),
        ("words", "{\"choices\":[{\"message\":{\"content\":\"", "and so on "),
        ("comments", "", ": PING\n\n"),
        ("drafts", "", "data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AAAA\"}\n\n"),
        ("a page", "<html>", "<p>Sign in</p>"),
        ("white space", "", " "),
    ];
    for (what, start, more) in endless {
        let (mut reader, mut kept) = (AnswerReader::new(BodyKind::Unknown, limits), RecordingSink::default());
        reader.push(start.as_bytes(), &mut kept);
        let more = more.repeat(1_000);
        let mut pushed = 0;
        while !reader.ignores_rest() {
            reader.push(more.as_bytes(), &mut kept);
            pushed += more.len();
            assert!(pushed < 5 << 20, "{what}");
        }
        let outcome = reader.finish(&mut kept);
        let kind = match what {
            "a picture" | "a picture in a stream" => FailureKind::ImageTooLarge,
            _ => FailureKind::AnswerTooLarge,
        };
        assert_eq!(outcome.failure.map(|failure| failure.kind), Some(kind), "{what}");
        assert!(kept.images.iter().all(|image| image.complete.is_some()), "{what}");
        assert!(kept.images.iter().all(|image| image.bytes.len() <= 1 << 20), "{what}");
    }
    assert!(ReaderLimits::default().max_image_bytes >= 64 << 20, "a line of 64 MiB is no reason to refuse");
}
