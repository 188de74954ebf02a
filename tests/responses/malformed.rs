//! Tests of mistakes of gateways that still deliver an image.

use atelier::gateway::BodyKind;

use crate::{
    corpus::{Base64Spelling, Entry, TestImages, corpus, read},
    shapes::assert_images,
};

/// Reads every body after a change, whole and in chunks, and asserts that the result is the same.
fn assert_same_after(
    what: &str,
    spelling: Base64Spelling,
    applies: impl Fn(&Entry) -> bool,
    change: impl Fn(&str) -> String,
) {
    let pictures = TestImages::small();
    for entry in corpus().iter().filter(|entry| applies(entry)) {
        let body = entry.fill(&pictures, spelling);
        let text = change(&body.text);
        let (kept, outcome) = read(BodyKind::Unknown, [text.as_bytes()]);
        assert_images(&kept, entry, &body, &pictures, what);
        assert_eq!(outcome.complete, !entry.name.starts_with('i'), "{}, {what}", entry.name);
        for size in [1, 2, 3, 5, 64] {
            let pieced = read(BodyKind::Unknown, text.as_bytes().chunks(size));
            assert!(pieced == (kept.clone(), outcome.clone()), "{}, {what}, in pieces of {size}", entry.name);
        }
    }
}

fn is_stream(entry: &Entry) -> bool {
    entry.is_stream()
}

fn is_document(entry: &Entry) -> bool {
    !entry.is_stream()
}

fn any_entry(_: &Entry) -> bool {
    true
}

#[test]
fn every_line_ending_is_accepted() {
    assert_same_after("\\r\\n", Base64Spelling::Padded, any_entry, |body| body.replace('\n', "\r\n"));
    assert_same_after("\\r", Base64Spelling::Padded, is_stream, |body| body.replace('\n', "\r"));
    assert_same_after("no last line end", Base64Spelling::Padded, any_entry, |body| body.trim_end().to_owned());
    assert_same_after("no empty lines", Base64Spelling::Padded, is_stream, |body| body.replace("\n\n", "\n"));
    assert_same_after("many empty lines", Base64Spelling::Padded, is_stream, |body| body.replace("\n\n", "\n\n\n\n"));
}

#[test]
fn byte_order_marks_and_blank_starts_are_accepted() {
    assert_same_after("mark", Base64Spelling::Padded, any_entry, |body| format!("\u{feff}{body}"));
    assert_same_after("white space", Base64Spelling::Padded, any_entry, |body| format!("\n \n{body}"));
    assert_same_after("mark and white space", Base64Spelling::Padded, is_document, |body| {
        format!("\u{feff}\r\n\t{body}")
    });
}

#[test]
fn event_fields_are_accepted_in_any_form_and_order() {
    assert_same_after("no space", Base64Spelling::Padded, is_stream, |body| body.replace("data: ", "data:"));
    assert_same_after("comments", Base64Spelling::Padded, is_stream, |body| {
        body.replace("data: ", ": PING\n\n:\ndata: ")
    });
    assert_same_after("ids", Base64Spelling::Padded, is_stream, |body| {
        body.replace("data: ", "id: 7\nretry: 10\nnonsense\ndata: ")
    });
    assert_same_after("comments at the end", Base64Spelling::Padded, is_stream, |body| format!("{body}: PING\n\n"));
}

#[test]
fn missing_and_repeated_end_markers_are_accepted() {
    assert_same_after("no end", Base64Spelling::Padded, is_stream, |body| body.replace("data: [DONE]\n\n", ""));
    assert_same_after("two ends", Base64Spelling::Padded, is_stream, |body| {
        format!("{body}data: [DONE]\n\ndata: [DONE]\n\n")
    });
    assert_same_after("an end that was cut", Base64Spelling::Padded, is_stream, |body| format!("{body}data: [DONE]"));
}

#[test]
fn every_base64_variant_is_accepted() {
    assert_same_after("no padding", Base64Spelling::Unpadded, any_entry, str::to_owned);
    assert_same_after("URL-safe", Base64Spelling::UrlSafe, any_entry, str::to_owned);
    assert_same_after("escapes", Base64Spelling::Escaped, any_entry, str::to_owned);
    assert_same_after("all slashes escaped", Base64Spelling::Padded, any_entry, |body| body.replace('/', "\\/"));
}

#[test]
fn wrong_short_and_decorated_mime_types_are_accepted() {
    let swapped = |body: &str| {
        body.replace("image/png", "image/x").replace("image/jpeg", "image/png").replace("image/x", "image/jpeg")
    };
    assert_same_after("swapped", Base64Spelling::Padded, any_entry, swapped);
    for mime in ["image/jpg", "png", "PNG", "", "application/octet-stream", "image/png;charset=utf-8;name=a.png"] {
        assert_same_after(mime, Base64Spelling::Padded, any_entry, |body| body.replace("image/png", mime));
    }
    assert_same_after("upper case", Base64Spelling::Padded, any_entry, |body| {
        body.replace("data:image", "DATA:IMAGE").replace(";base64,", ";BASE64,")
    });
}

#[test]
fn pretty_printed_and_compact_documents_are_accepted() {
    assert_same_after("spread out", Base64Spelling::Padded, is_document, |body| {
        // In strings of the corpus no brace is followed by a quote.
        body.replace("{\"", "{ \n\t\"").replace("\"}", "\"\r\n}")
    });
    assert_same_after("packed", Base64Spelling::Padded, is_document, |body| body.replace("\n ", " ").replace("  ", ""));
}

#[test]
fn long_event_names_are_accepted() {
    let name = format!("image_generation.partial_image.{}", "and_so_on".repeat(9));
    let body = format!("event: {name}\ndata: {{\"b64_json\":\"iVBORw0KGgo=\"}}\n\n");
    let whole = read(BodyKind::Unknown, [body.as_bytes()]);
    assert_eq!(whole.0.images[0].role, atelier::gateway::ImageRole::Draft);
    assert_eq!(read(BodyKind::Unknown, body.as_bytes().chunks(1)), whole);
}
