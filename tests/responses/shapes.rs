//! Tests that every shape, cut anywhere, gives the same images.

use atelier::{
    gateway::BodyKind,
    imaging::{ImageLimits, decode},
    recipe::FailureKind,
};

use crate::corpus::{Base64Spelling, Body, Entry, LINK, RecordingSink, TestImages, corpus, entry, read};

const BODY_KINDS: [BodyKind; 3] = [BodyKind::Json, BodyKind::EventStream, BodyKind::Unknown];

/// Asserts that the received images are those of the body, down to the pixels.
pub fn assert_images(kept: &RecordingSink, entry: &Entry, body: &Body, pictures: &TestImages, what: &str) {
    let name = &entry.name;
    let received: Vec<_> = kept.images.iter().map(|image| (image.role, image.bytes.clone())).collect();
    assert!(received == body.pictures, "{name}, {what}: {:?}", kept.images);
    assert!(kept.images.iter().all(|image| image.complete == Some(true)), "{name}, {what}: {:?}", kept.images);
    let links = vec![LINK; body.links];
    assert_eq!(kept.links, links, "{name}, {what}");
    assert!(!kept.text.contains("base64") && !kept.text.contains("!["), "{name}, {what}: {}", kept.text);
    for image in &kept.images {
        let decoded = decode(&image.bytes, &ImageLimits::default()).expect("what arrived is a picture");
        if let Some(pixels) = pictures.pixels(&image.bytes) {
            assert!(decoded == *pixels, "{name}, {what}: other pixels");
        }
    }
}

#[test]
fn every_shape_yields_its_images_at_every_cut() {
    let pictures = TestImages::small();
    for entry in corpus() {
        let body = entry.fill(&pictures, Base64Spelling::Padded);
        let bytes = body.text.as_bytes();
        for kind in BODY_KINDS {
            let (kept, outcome) = read(kind, [bytes]);
            assert_images(&kept, &entry, &body, &pictures, "whole");
            let failed = entry.name.starts_with('i');
            assert_eq!((outcome.failure.is_some(), outcome.complete), (failed, !failed), "{}", entry.name);
            assert_eq!(outcome.answer.streamed, entry.is_stream(), "{}", entry.name);
            for cut in 0..bytes.len() {
                let (start, end) = bytes.split_at(cut);
                assert_eq!(read(kind, [start, end]), (kept.clone(), outcome.clone()), "{} cut at {cut}", entry.name);
            }
            assert_eq!(read(kind, bytes.chunks(1)), (kept, outcome), "{} byte by byte", entry.name);
        }
    }
}

#[test]
fn truncated_response_never_yields_a_partial_image() {
    let pictures = TestImages::small();
    for entry in corpus() {
        let body = entry.fill(&pictures, Base64Spelling::Padded);
        for end in 0..body.text.len() {
            let (kept, outcome) = read(BodyKind::Unknown, [&body.text.as_bytes()[..end]]);
            let mut received = kept.images.iter().filter(|image| image.complete == Some(true));
            let whole = received.all(|image| body.pictures.iter().any(|(_, bytes)| *bytes == image.bytes));
            assert!(whole, "{} ended at {end}: {:?}", entry.name, kept.images);
            if outcome.images + outcome.links == 0 {
                assert!(outcome.failure.is_some() && !outcome.complete, "{} ended at {end}", entry.name);
            }
        }
    }
}

#[test]
fn large_images_survive_fixed_and_random_cuts() {
    let pictures = TestImages::new(180, 130);
    let mut random = 7_u64;
    for entry in corpus() {
        let body = entry.fill(&pictures, Base64Spelling::Padded);
        let bytes = body.text.as_bytes();
        let (kept, outcome) = read(BodyKind::Unknown, [bytes]);
        assert_images(&kept, &entry, &body, &pictures, "whole");
        // Around everything that starts or ends an image, and around the ends of lines.
        let marks = ["![", "](", "data:", "base64,", ")", "\"", "\n"];
        let cuts = marks.iter().flat_map(|mark| body.text.match_indices(mark).take(8).map(|(at, _)| at));
        for cut in cuts.flat_map(|at| [at, at + 1, at + 2]).filter(|cut| *cut < bytes.len()) {
            let (start, end) = bytes.split_at(cut);
            assert!(
                read(BodyKind::Unknown, [start, end]) == (kept.clone(), outcome.clone()),
                "{} at {cut}",
                entry.name
            );
        }
        for most in [7, 1_460, 16_384, 65_536] {
            let (mut rest, mut pieces) = (bytes, Vec::new());
            while !rest.is_empty() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let (piece, after) = rest.split_at(((random >> 33) as usize % most + 1).min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            assert!(read(BodyKind::Unknown, pieces) == (kept.clone(), outcome.clone()), "{} in {most}", entry.name);
        }
    }
}

#[test]
fn text_beside_an_image_is_kept() {
    let pictures = TestImages::small();
    for name in ["a.json", "a.sse", "d.json", "d.sse", "e.json", "f.sse", "h.json", "h.sse", "h-array.json", "h2.sse"] {
        let (kept, outcome) =
            read(BodyKind::Unknown, [entry(name).fill(&pictures, Base64Spelling::Padded).text.as_bytes()]);
        assert!(kept.text.starts_with("Here is a fox."), "{name}: {}", kept.text);
        assert_eq!(outcome.answer.text, kept.text, "{name}");
    }
    for name in ["a.json", "a.sse", "c.sse", "g.json", "g-events.sse", "h.json", "h.sse", "h-wrapped.json", "r.sse"] {
        let (_, outcome) =
            read(BodyKind::Unknown, [entry(name).fill(&pictures, Base64Spelling::Padded).text.as_bytes()]);
        assert!(outcome.answer.usage.is_some_and(|usage| usage.total_tokens > Some(1_000)), "{name}");
    }
}

#[test]
fn thoughts_are_not_part_of_the_text() {
    let pictures = TestImages::small();
    for name in ["h-thoughts.json", "a2.json", "a2.sse"] {
        let (kept, _) = read(BodyKind::Unknown, [entry(name).fill(&pictures, Base64Spelling::Padded).text.as_bytes()]);
        assert!(!kept.text.contains("look left"), "{name}: {}", kept.text);
    }
}

#[test]
fn error_is_reported_whatever_surrounds_it() {
    let pictures = TestImages::small();
    for (name, images) in [("i.json", 0), ("i.sse", 0), ("i-after-picture.sse", 1)] {
        let (kept, outcome) =
            read(BodyKind::Unknown, [entry(name).fill(&pictures, Base64Spelling::Padded).text.as_bytes()]);
        let failure = outcome.failure.expect("an error was said");
        assert_eq!(failure.words.as_deref(), Some("The service is overloaded."), "{name}");
        assert_ne!(failure.kind, FailureKind::NotUnderstood, "{name}");
        assert_eq!((kept.images.len(), outcome.images, outcome.complete), (images, images, false), "{name}");
    }
}
