//! Tests of mistakes of gateways that still deliver an image.

use atelier::gateway::BodyKind;

use crate::{
    corpus::{Entry, Pictures, Writing, corpus, read},
    shapes::assert_holds,
};

/// Reads every body after a change, whole and in chunks, and asserts that the result is the same.
fn holds_after(what: &str, writing: Writing, applies: impl Fn(&Entry) -> bool, flaw: impl Fn(&str) -> String) {
    let pictures = Pictures::small();
    for entry in corpus().iter().filter(|entry| applies(entry)) {
        let body = entry.fill(&pictures, writing);
        let text = flaw(&body.text);
        let (kept, outcome) = read(BodyKind::Unknown, [text.as_bytes()]);
        assert_holds(&kept, entry, &body, &pictures, what);
        assert_eq!(outcome.complete, !entry.name.starts_with('i'), "{}, {what}", entry.name);
        for size in [1, 2, 3, 5, 64] {
            let pieced = read(BodyKind::Unknown, text.as_bytes().chunks(size));
            assert!(pieced == (kept.clone(), outcome.clone()), "{}, {what}, in pieces of {size}", entry.name);
        }
    }
}

fn streams(entry: &Entry) -> bool {
    entry.is_stream()
}

fn documents(entry: &Entry) -> bool {
    !entry.is_stream()
}

fn all(_: &Entry) -> bool {
    true
}

#[test]
fn every_line_ending_is_accepted() {
    holds_after("\\r\\n", Writing::Padded, all, |body| body.replace('\n', "\r\n"));
    holds_after("\\r", Writing::Padded, streams, |body| body.replace('\n', "\r"));
    holds_after("no last line end", Writing::Padded, all, |body| body.trim_end().to_owned());
    holds_after("no empty lines", Writing::Padded, streams, |body| body.replace("\n\n", "\n"));
    holds_after("many empty lines", Writing::Padded, streams, |body| body.replace("\n\n", "\n\n\n\n"));
}

#[test]
fn byte_order_marks_and_blank_starts_are_accepted() {
    holds_after("mark", Writing::Padded, all, |body| format!("\u{feff}{body}"));
    holds_after("white space", Writing::Padded, all, |body| format!("\n \n{body}"));
    holds_after("mark and white space", Writing::Padded, documents, |body| format!("\u{feff}\r\n\t{body}"));
}

#[test]
fn event_fields_are_accepted_in_any_form_and_order() {
    holds_after("no space", Writing::Padded, streams, |body| body.replace("data: ", "data:"));
    holds_after("comments", Writing::Padded, streams, |body| body.replace("data: ", ": PING\n\n:\ndata: "));
    holds_after("ids", Writing::Padded, streams, |body| body.replace("data: ", "id: 7\nretry: 10\nnonsense\ndata: "));
    holds_after("comments at the end", Writing::Padded, streams, |body| format!("{body}: PING\n\n"));
}

#[test]
fn missing_and_repeated_end_markers_are_accepted() {
    holds_after("no end", Writing::Padded, streams, |body| body.replace("data: [DONE]\n\n", ""));
    holds_after("two ends", Writing::Padded, streams, |body| format!("{body}data: [DONE]\n\ndata: [DONE]\n\n"));
    holds_after("an end that was cut", Writing::Padded, streams, |body| format!("{body}data: [DONE]"));
}

#[test]
fn every_base64_variant_is_accepted() {
    holds_after("no padding", Writing::Unpadded, all, str::to_owned);
    holds_after("URL-safe", Writing::UrlSafe, all, str::to_owned);
    holds_after("escapes", Writing::Escaped, all, str::to_owned);
    holds_after("all slashes escaped", Writing::Padded, all, |body| body.replace('/', "\\/"));
}

#[test]
fn wrong_short_and_decorated_mime_types_are_accepted() {
    let swapped = |body: &str| {
        body.replace("image/png", "image/x").replace("image/jpeg", "image/png").replace("image/x", "image/jpeg")
    };
    holds_after("swapped", Writing::Padded, all, swapped);
    for mime in ["image/jpg", "png", "PNG", "", "application/octet-stream", "image/png;charset=utf-8;name=a.png"] {
        holds_after(mime, Writing::Padded, all, |body| body.replace("image/png", mime));
    }
    holds_after("upper case", Writing::Padded, all, |body| {
        body.replace("data:image", "DATA:IMAGE").replace(";base64,", ";BASE64,")
    });
}

#[test]
fn pretty_printed_and_compact_documents_are_accepted() {
    holds_after("spread out", Writing::Padded, documents, |body| {
        // In strings of the corpus no brace is followed by a quote.
        body.replace("{\"", "{ \n\t\"").replace("\"}", "\"\r\n}")
    });
    holds_after("packed", Writing::Padded, documents, |body| body.replace("\n ", " ").replace("  ", ""));
}

#[test]
fn long_event_names_are_accepted() {
    let name = format!("image_generation.partial_image.{}", "and_so_on".repeat(9));
    let body = format!("event: {name}\ndata: {{\"b64_json\":\"iVBORw0KGgo=\"}}\n\n");
    let whole = read(BodyKind::Unknown, [body.as_bytes()]);
    assert_eq!(whole.0.images[0].role, atelier::gateway::ImageRole::Draft);
    assert_eq!(read(BodyKind::Unknown, body.as_bytes().chunks(1)), whole);
}
