//! Tests that read every shape of response, cut at every position.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::recipe::{Charge, FailureKind, FinishReason};

#[test]
fn svg_source_is_an_image_in_any_field() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><g transform=\"scale(2)\"><path d=\"M0 0h9\" fill=\"#f00\"/></g></svg>";
    let prologue =
        format!("<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x.dtd\">\n{svg}");
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let escaped = svg.bytes().map(escape).collect::<Vec<String>>().concat();
    let half_escaped = svg.replace('#', "%23").replace('"', "'");
    let chat =
        |content: &str| json!({ "choices": [{ "message": { "role": "assistant", "content": content } }] }).to_string();
    let data = |value: &str| json!({ "data": [{ "b64_json": value }] }).to_string();
    let url = |value: &str| json!({ "data": [{ "url": value }] }).to_string();
    let single = svg.replace('"', "'");
    let cases = [
        ("words", chat(svg), svg),
        ("block of code", chat(&format!("Here it is:\n\n```svg\n{svg}\n```\nEnjoy!")), svg),
        ("with a prologue", chat(&prologue), &prologue),
        ("where base64 stands", data(svg), svg),
        ("with a prologue where base64 stands", data(&prologue), &prologue),
        ("base64", data(&STANDARD.encode(svg)), svg),
        ("base64 with a prologue", data(&STANDARD.encode(&prologue)), &prologue),
        ("address of base64", url(&format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg))), svg),
        ("address of text", url(&format!("data:image/svg+xml;utf8,{half_escaped}")), &single),
        ("address of escaped text", url(&format!("data:image/svg+xml,{escaped}")), svg),
        ("address with a character set", url(&format!("data:image/svg+xml;charset=utf-8,{escaped}")), svg),
        ("markdown", chat(&format!("![a fox](data:image/svg+xml;utf8,{half_escaped})")), &single),
        ("tag", chat(&format!("<img src=\"data:image/svg+xml;utf8,{half_escaped}\"> done")), &single),
        ("body", svg.to_owned(), svg),
        ("body with a prologue", prologue.clone(), &prologue),
    ];
    for (name, body, expected) in cases {
        let (kept, _) = read(&body);
        let whole: Vec<String> = kept.whole().iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        assert_eq!(whole, [expected], "{name}");
        let pieces = read_pieces(BodyKind::Unknown, body.as_bytes().chunks(1)).0;
        assert_eq!(pieces.whole(), kept.whole(), "{name} in pieces");
    }
    for body in [
        chat("An <svg is a drawing, and <svgs> are not."),
        chat("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error> was the answer."),
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>".to_owned(),
        "<!doctype html><html><body><svg><path/></svg></body></html>".to_owned(),
    ] {
        assert_eq!(read(&body).0.whole(), Vec::<&[u8]>::new(), "{body}");
    }
    let (cut, _) = read(&chat("<svg><g>"));
    assert_eq!((cut.images.len(), cut.whole().len()), (1, 0), "one that is cut is told");
}

/// Records everything that it receives.
#[derive(Clone, Debug, Default, PartialEq)]
struct Kept {
    images: Vec<(Option<String>, Vec<u8>, Option<bool>)>,
    links: Vec<String>,
    text: String,
}

impl Receiver for Kept {
    fn image_start(&mut self, declared_mime: Option<&str>) {
        assert!(self.images.last().is_none_or(|image| image.2.is_some()), "one picture at a time");
        self.images.push((declared_mime.map(str::to_owned), Vec::new(), None));
    }

    fn image_bytes(&mut self, bytes: &[u8]) {
        let image = self.images.last_mut().unwrap();
        assert_eq!(image.2, None, "no bytes after the end");
        image.1.extend_from_slice(bytes);
    }

    fn image_end(&mut self, complete: bool) {
        let image = self.images.last_mut().unwrap();
        assert_eq!(image.2.replace(complete), None, "one end");
    }

    fn image_link(&mut self, url: &str) {
        self.links.push(url.to_owned());
    }

    fn text(&mut self, delta: &str) {
        self.text.push_str(delta);
    }
}

impl Kept {
    /// The complete images.
    fn whole(&self) -> Vec<&[u8]> {
        self.images.iter().filter(|image| image.2 == Some(true)).map(|image| image.1.as_slice()).collect()
    }
}

fn read_pieces<'a>(kind: BodyKind, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Kept, ResponseOutcome) {
    let (mut reader, mut kept) = (AnswerReader::new(kind, ReaderLimits::default()), Kept::default());
    for piece in pieces {
        reader.push(piece, &mut kept);
    }
    let outcome = reader.finish(&mut kept);
    (kept, outcome)
}

fn read(body: &str) -> (Kept, ResponseOutcome) {
    read_pieces(BodyKind::Unknown, [body.as_bytes()])
}

fn image(seed: u32, length: usize) -> Vec<u8> {
    (0..length as u32).map(|n| (n ^ seed).wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect()
}

/// Events in the form in which a server sends them.
fn stream(events: &[Value]) -> String {
    let mut lines = vec![": OPENROUTER PROCESSING".to_owned()];
    lines.extend(events.iter().map(|event| format!("data: {event}")));
    lines.push("data: [DONE]\n\n".to_owned());
    lines.join("\n\n")
}

fn stop() -> Value {
    json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] })
}

#[expect(clippy::needless_pass_by_value, reason = "calls with `json!` read better")]
fn message(message: Value) -> String {
    json!({ "id": "r1", "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }] }).to_string()
}

#[expect(clippy::needless_pass_by_value, reason = "calls with `json!` read better")]
fn delta(delta: Value) -> String {
    stream(&[
        json!({ "id": "r1", "choices": [{ "index": 0, "delta": { "role": "assistant", "content": "" } }] }),
        json!({ "id": "r1", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] }),
        stop(),
        json!({ "choices": [], "usage": { "prompt_tokens": 3, "completion_tokens": 1290, "total_tokens": 1293 } }),
    ])
}

/// Every shape with one image, and its name.
fn shapes(bytes: &[u8]) -> Vec<(&'static str, String)> {
    let base64 = STANDARD.encode(bytes);
    let url = format!("data:image/png;base64,{base64}");
    let markdown = format!("Here:\n![a [red] fox]({url})\nDone.");
    let parts = json!([{ "type": "text", "text": "Here" }, { "type": "image_url", "image_url": { "url": url } }]);
    let images = json!([{ "type": "image_url", "image_url": { "url": url }, "index": 0 }]);
    let candidate = |part: Value| json!({ "candidates": [{ "content": { "parts": [{ "text": "Here" }, part] }, "finishReason": "STOP" }] });
    let inline = candidate(json!({ "inlineData": { "mimeType": "image/png", "data": base64 } }));
    let snake = candidate(json!({ "inline_data": { "data": base64, "mime_type": "png" } }));
    let in_text = candidate(json!({ "text": markdown }));
    vec![
        ("A", message(json!({ "content": markdown }))),
        ("A, stream", delta(json!({ "content": markdown }))),
        ("A, escaped slashes", message(json!({ "content": markdown })).replace('/', "\\/")),
        ("A, mime parameters", message(json!({ "content": markdown.replace("png;", "png;charset=utf-8;") }))),
        ("A, no padding", message(json!({ "content": markdown.replace('=', "") }))),
        ("A, URL-safe", message(json!({ "content": format!("![]({})", url.replace('+', "-").replace("A/", "A_")) }))),
        ("A, angle brackets and title", message(json!({ "content": format!("![x](<{url}> \"fox\") more") }))),
        ("A, bare data URL", message(json!({ "content": url }))),
        ("A, bare among words", message(json!({ "content": format!("see {url} there") }))),
        ("A, in HTML", message(json!({ "content": format!("<img src=\"{url}\">") }))),
        ("A2", message(json!({ "content": null, "reasoning_content": markdown }))),
        ("A2, stream", delta(json!({ "reasoning_content": markdown }))),
        ("C", message(json!({ "content": "", "images": images }))),
        ("C, stream", delta(json!({ "content": "", "images": images }))),
        ("C, plain string", message(json!({ "content": null, "images": [{ "image_url": url }] }))),
        ("C, only strings", message(json!({ "images": [url] }))),
        ("C, camel case", message(json!({ "images": [{ "imageUrl": { "url": url } }] }))),
        ("D", message(json!({ "content": parts }))),
        ("D, stream", delta(json!({ "content": parts }))),
        ("D2, string", message(json!({ "content": [{ "type": "output_image", "image_url": url }] }))),
        ("D2, url", message(json!({ "content": [{ "type": "output_image", "url": url }] }))),
        (
            "D2, base64",
            message(json!({ "content": [{ "type": "output_image", "b64_json": base64, "mime_type": "image/png" }] })),
        ),
        ("E", message(json!({ "content": "x", "content_blocks": parts }))),
        ("E, stream", delta(json!({ "content_blocks": [{ "index": 0, "delta": parts[1] }] }))),
        (
            "F",
            message(
                json!({ "content": "x", "multi_mod_content": [{ "text": "" }, { "inlineData": { "data": base64, "mimeType": "png" } }] }),
            ),
        ),
        ("G", json!({ "created": 1, "data": [{ "b64_json": base64 }] }).to_string()),
        ("G, data URL", json!({ "created": 1, "data": [{ "url": url }] }).to_string()),
        ("H", inline.to_string()),
        ("H, snake case", snake.to_string()),
        ("H, stream", stream(std::slice::from_ref(&inline)).replace("data: [DONE]\n\n", "").replace('\n', "\r\n")),
        ("H, array", json!([inline]).to_string()),
        ("H2", in_text.to_string()),
        ("H2, stream", stream(&[in_text])),
    ]
}

#[test]
fn every_shape_yields_its_image_at_every_cut() {
    for length in [0, 1, 2].map(|more| 40 + more) {
        let bytes = image(7, length);
        for (name, body) in shapes(&bytes) {
            for kind in [BodyKind::Json, BodyKind::EventStream] {
                let (whole, outcome) = read_pieces(kind, [body.as_bytes()]);
                assert_eq!(whole.whole(), [&bytes], "{name}: {body}");
                assert_eq!((outcome.images, outcome.failure.as_ref()), (1, None), "{name}");
                assert!(outcome.complete, "{name}");
                assert!(!whole.text.contains("base64"), "{name}: {}", whole.text);
                for cut in 0..body.len() {
                    let (start, end) = body.as_bytes().split_at(cut);
                    let again = read_pieces(kind, [start, end]);
                    assert_eq!(
                        (again.0.images, again.1),
                        (whole.images.clone(), outcome.clone()),
                        "{name}, cut at {cut}"
                    );
                }
                let bytewise = read_pieces(kind, body.as_bytes().chunks(1));
                assert_eq!((bytewise.0.images, bytewise.1), (whole.images, outcome), "{name}, byte by byte");
            }
        }
    }
}

#[test]
fn truncated_body_never_yields_a_partial_image_as_complete() {
    let bytes = image(7, 40);
    for (name, body) in shapes(&bytes) {
        for cut in 0..body.len() {
            let (kept, outcome) = read(&body[..cut]);
            // Without its padding a bare prefix may be base64, but only an ended one counts.
            assert!(kept.whole().iter().all(|image| *image == bytes), "{name}, ended at {cut}");
            if kept.whole().is_empty() {
                assert!(outcome.failure.is_some() && !outcome.complete, "{name}, ended at {cut}");
            }
        }
    }
}

#[test]
fn image_is_delivered_while_its_text_arrives() {
    let bytes = image(3, 200_000);
    let body = message(json!({ "content": format!("![x](data:image/png;base64,{})", STANDARD.encode(&bytes)) }));
    let (mut reader, mut kept) = (AnswerReader::new(BodyKind::Json, ReaderLimits::default()), Kept::default());
    for (number, chunk) in body.as_bytes().chunks(8 * 1024).enumerate() {
        reader.push(chunk, &mut kept);
        let decoded = kept.images.first().map_or(0, |image| image.1.len());
        assert!(decoded + 32 * 1024 > number * 6 * 1024, "only {decoded} bytes after chunk {number}");
    }
    assert!(reader.finish(&mut kept).complete);
    assert_eq!(kept.whole(), [&bytes]);
}

#[test]
fn tiny_deltas_and_interleaved_choices_are_assembled() {
    let images = [image(1, 5_000), image(2, 4_000)];
    for index_first in [true, false] {
        let texts = images.each_ref().map(|bytes| format!("![x](data:image/png;base64,{})", STANDARD.encode(bytes)));
        let mut events = Vec::new();
        for at in (0..texts[0].len()).step_by(3) {
            for (index, text) in texts.iter().enumerate() {
                let Some(piece) = text.get(at..(at + 3).min(text.len())).filter(|piece| !piece.is_empty()) else {
                    continue;
                };
                events.push(if index_first {
                    format!("data: {{\"choices\":[{{\"index\":{index},\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n")
                } else {
                    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{piece}\"}},\"index\":{index}}}]}}\n\n")
                });
            }
        }
        let (kept, outcome) = read(&format!("{}data: {}\n\ndata: [DONE]\n\n", events.concat(), stop()));
        assert_eq!(kept.whole(), [&images[0], &images[1]], "index first: {index_first}");
        assert!(outcome.complete && outcome.failure.is_none());
    }
}

#[test]
fn several_images_and_the_text_around_them() {
    let url = |seed| format!("data:image/png;base64,{}", STANDARD.encode(image(seed, 50)));
    let text = format!("Two 🦊:\n![a]({})\nand ![b]({}) and [media](data:audio/mp3;base64,AAAA)!", url(1), url(2));
    let (kept, outcome) = read(&message(json!({ "content": text })));
    assert_eq!(kept.whole(), [image(1, 50), image(2, 50)]);
    assert_eq!(kept.text, "Two 🦊:\n\nand  and [media]()!");
    assert_eq!(outcome.answer.text, kept.text);
    assert_eq!(kept.images[0].0.as_deref(), Some("image/png"));
}

#[test]
fn wrapped_base64_ends_before_following_text() {
    let bytes = image(1, 200);
    let wrapped: Vec<String> =
        STANDARD.encode(&bytes).as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    let wrapped = wrapped.join("\n");
    for (text, words) in [
        (format!("data:image/png;base64,{wrapped}"), ""),
        (format!("data:image/png;base64,{wrapped}\nEnjoy it!"), "\nEnjoy it!"),
        (format!("![x](data:image/png;base64,{wrapped})"), ""),
    ] {
        let (kept, outcome) = read(&message(json!({ "content": text })));
        assert_eq!((kept.whole(), kept.text.as_str()), (vec![bytes.as_slice()], words), "{text}");
        assert!(outcome.complete);
    }
}

#[test]
fn image_links_are_found_and_other_links_stay_text() {
    let markdown = "Done ![x](https://a.example/1.png) [download](https://a.example/1.png)";
    for (body, text) in [
        (message(json!({ "content": markdown })), "Done  [download](https://a.example/1.png)"),
        (delta(json!({ "content": markdown })), "Done  [download](https://a.example/1.png)"),
        (message(json!({ "content": "https://a.example/1.png\n" })), ""),
        (message(json!({ "content": "", "images": [{ "image_url": { "url": "https://a.example/1.png" } }] })), ""),
        (
            message(json!({ "content": [{ "type": "image_url", "image_url": { "url": "https://a.example/1.png" } }] })),
            "",
        ),
        (json!({ "data": [{ "url": "https://a.example/1.png" }] }).to_string(), ""),
    ] {
        let (kept, outcome) = read(&body);
        assert_eq!(kept.links, ["https://a.example/1.png"], "{body}");
        assert_eq!((kept.text.as_str(), outcome.links, outcome.complete), (text, 1, true), "{body}");
    }
    let cited =
        message(json!({ "content": "no", "annotations": [{ "url_citation": { "url": "https://a.example" } }] }));
    assert_eq!(read(&cited).1.links, 0);
}

#[test]
fn text_and_metadata_beside_the_image_are_kept() {
    let body = json!({
        "id": "gen-1", "model": "maker/model-1", "system_fingerprint": "fp",
        "choices": [{ "message": { "images": [format!("data:image/png;base64,{}", STANDARD.encode("png"))] }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 3, "completion_tokens": 1290, "total_tokens": 1293, "cost": 0.039 },
    });
    let answer = read(&body.to_string()).1.answer;
    assert_eq!(answer.response_id.as_deref(), Some("gen-1"));
    assert_eq!(answer.model.as_deref(), Some("maker/model-1"));
    assert_eq!(answer.system_fingerprint.as_deref(), Some("fp"));
    assert_eq!(answer.finish_reason, Some(FinishReason::Stop));
    let usage = answer.usage.unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (Some(3), Some(1290), Some(1293)));
    assert_eq!(usage.details["cost"], json!(0.039));

    let gemini = json!({ "candidates": [], "usageMetadata": { "promptTokenCount": 4, "totalTokenCount": 5 } });
    assert_eq!(read(&gemini.to_string()).1.answer.usage.unwrap().prompt_tokens, Some(4));
    assert!(read(&delta(json!({ "content": "x" }))).1.answer.streamed);
}

#[test]
fn responses_without_an_image_have_a_reason() {
    use FailureKind as K;
    let choice = |message: Value, reason: &str| {
        json!({ "choices": [{ "message": message, "finish_reason": reason }] }).to_string()
    };
    let filtered = json!({ "choices": [{ "message": { "content": null }, "finish_reason": "content_filter", "native_finish_reason": "IMAGE_SAFETY" }] });
    let rows = [
        (choice(json!({ "content": "Here is a picture:" }), "stop"), K::NoImage, "Here is a picture:"),
        (choice(json!({ "content": null }), "stop"), K::EmptyAnswer, ""),
        (filtered.to_string(), K::ImageBlocked, "IMAGE_SAFETY"),
        (
            choice(json!({ "content": null, "refusal": "I cannot draw that." }), "stop"),
            K::NoImage,
            "I cannot draw that.",
        ),
        (json!({ "candidates": [{ "finishReason": "IMAGE_SAFETY" }] }).to_string(), K::ImageBlocked, "IMAGE_SAFETY"),
        (
            json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" } }).to_string(),
            K::PromptBlocked,
            "PROHIBITED_CONTENT",
        ),
        (
            json!({ "error": { "code": 502, "message": "upstream broke" } }).to_string(),
            K::GatewayFailed,
            "upstream broke",
        ),
        (
            json!({ "error": { "message": "Invalid response received from google: {PROHIBITED_CONTENT}" } })
                .to_string(),
            K::PromptBlocked,
            "Invalid response received from google: {PROHIBITED_CONTENT}",
        ),
        (json!({ "error": "no" }).to_string(), K::GatewayFailed, "no"),
        (json!({ "success": false, "message": "bad key" }).to_string(), K::GatewayFailed, "bad key"),
        (json!({ "code": 40101, "message": "bad key" }).to_string(), K::WrongKey, "bad key"),
        (json!({ "detail": "not here" }).to_string(), K::GatewayFailed, "not here"),
        (stream(&[json!({ "choices": [] })]), K::EmptyAnswer, ""),
        (stream(&[json!({ "error": { "code": 429, "message": "slow down" } })]), K::RateLimited, "slow down"),
        ("event: error\ndata: {\"message\":\"broke\"}\n\n".to_owned(), K::GatewayFailed, "broke"),
        (format!("data: {}\n\n", json!({ "choices": [{ "delta": { "content": "Draw" } }] })), K::CutOff, "Draw"),
        ("{malformed json: <<<chaos>>>".to_owned(), K::NotUnderstood, "{malformed json: <<<chaos>>>"),
        ("data: {malformed\n\ndata: [DONE]\n\n".to_owned(), K::NotUnderstood, "data: {malformed data: [DONE]"),
        ("<html><title>Sign in</title></html>".to_owned(), K::NotUnderstood, "Sign in"),
        ("Bad gateway".to_owned(), K::NotUnderstood, "Bad gateway"),
        (String::new(), K::EmptyAnswer, ""),
        ("{\"choices\":[{\"mess".to_owned(), K::CutOff, ""),
        (choice(json!({ "content": "![x](data:image/png;base64,AA*A)" }), "stop"), K::BrokenImage, ""),
    ];
    for (body, kind, words) in rows {
        let (_, outcome) = read(&body);
        let failure = outcome.failure.expect(&body);
        assert_eq!((failure.kind, failure.words.as_deref().unwrap_or("")), (kind, words), "{body}");
        assert!(!outcome.complete);
    }
}

#[test]
fn stream_broken_inside_an_image_is_truncated() {
    let base64 = STANDARD.encode(image(1, 3_000));
    let event =
        json!({ "choices": [{ "index": 0, "delta": { "content": format!("![x](data:image/png;base64,{base64}") } }] });
    let (kept, outcome) = read(&format!("data: {event}\n\ndata: [DONE]\n\n"));
    let failure = outcome.failure.unwrap();
    assert_eq!((failure.kind, failure.charged), (FailureKind::CutOff, Charge::Maybe));
    assert_eq!(kept.images[0].2, Some(false));
}

#[test]
fn event_broken_inside_an_image_does_not_block_the_next_event() {
    let whole = json!({ "data": [{ "b64_json": STANDARD.encode(image(1, 60)) }] });
    let body = format!("data: {{\"data\":[{{\"b64_json\":\"AAAA\\x\"}}]}}\n\ndata: {whole}\n\n");
    let (kept, outcome) = read(&body);
    assert_eq!(kept.whole(), [image(1, 60)]);
    assert_eq!((kept.images[0].2, outcome.complete), (Some(false), false));
}

#[test]
fn error_after_an_image_keeps_the_image() {
    let markdown = format!("![x](data:image/png;base64,{})", STANDARD.encode(image(1, 30)));
    let body = stream(&[
        json!({ "choices": [{ "index": 0, "delta": { "content": markdown } }] }),
        json!({ "error": { "code": 502, "message": "broke" }, "choices": [{ "delta": { "content": "" }, "finish_reason": "error" }] }),
    ]);
    let (kept, outcome) = read(&body);
    assert_eq!(kept.whole(), [image(1, 30)]);
    assert_eq!((outcome.images, outcome.complete), (1, false));
    assert_eq!(outcome.failure.unwrap().kind, FailureKind::GatewayFailed);
}

#[test]
fn images_and_bodies_over_the_limit_are_rejected() {
    let body = message(json!({ "content": format!("![x](data:image/png;base64,{})", "AAAA".repeat(100_000)) }));
    for (limits, kind) in [
        (ReaderLimits { max_image_bytes: 100_000, ..ReaderLimits::default() }, FailureKind::ImageTooLarge),
        (ReaderLimits { max_body_bytes: 100_000, ..ReaderLimits::default() }, FailureKind::AnswerTooLarge),
    ] {
        let (mut reader, mut kept) = (AnswerReader::new(BodyKind::Json, limits), Kept::default());
        let mut chunks = body.as_bytes().chunks(10_000);
        while !reader.ignores_rest() {
            reader.push(chunks.next().expect("it gives up before the end"), &mut kept);
        }
        let outcome = reader.finish(&mut kept);
        assert_eq!(outcome.failure.unwrap().kind, kind);
        assert!(kept.images[0].1.len() <= 100_000 && kept.images[0].2 == Some(false));
    }
}

#[test]
fn byte_order_mark_carriage_returns_and_missing_spaces_are_accepted() {
    let bytes = image(1, 60);
    let url = format!("data:image/png;base64,{}", STANDARD.encode(&bytes));
    let event =
        json!({ "choices": [{ "index": 0, "delta": { "content": format!("![x]({url})") }, "finish_reason": "stop" }] });
    for body in [
        format!("\u{FEFF}data:{event}\r\n\r\n"),
        format!("data:{event}\rdata:[DONE]\r\r"),
        format!("id: 7\nevent: message\nretry: 10\ndata:{event}"),
        format!(":\n\n\ndata: {event}\n\n"),
        format!("\u{FEFF}\n {}", message(json!({ "content": url }))),
    ] {
        let (kept, outcome) = read(&body);
        assert_eq!(kept.whole(), [&bytes], "{body}");
        assert!(outcome.complete, "{body}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn chunk_sizes_do_not_change_the_result(sizes in prop::collection::vec(1_usize..3_000, 1..40), length in 0_usize..9_000, shape in any::<prop::sample::Index>()) {
        let bytes = image(9, length + 1);
        let shapes = shapes(&bytes);
        let (_, body) = &shapes[shape.index(shapes.len())];
        let whole = read(body);
        let (mut rest, mut pieces) = (body.as_bytes(), Vec::new());
        for size in sizes.iter().cycle() {
            if rest.is_empty() { break; }
            let (piece, after) = rest.split_at((*size).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        let pieced = read_pieces(BodyKind::Unknown, pieces);
        prop_assert_eq!(pieced.0.images, whole.0.images);
        prop_assert_eq!(pieced.0.text, whole.0.text);
        prop_assert_eq!(pieced.1, whole.1);
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..500), start in 0_usize..4) {
        let start = ["", "data: {\"choices\":[", "{\"choices\":[{\"message\":{\"content\":\"", "{\"data\":[{\"b64_json\":\""][start];
        let body = [start.as_bytes(), &bytes].concat();
        let (kept, _) = read_pieces(BodyKind::Unknown, body.chunks(7));
        prop_assert!(kept.images.iter().all(|image| image.2.is_some()));
    }

    #[test]
    fn arbitrary_markdown_does_not_panic(words in prop::collection::vec(prop::sample::select(vec![
        "![", "](", "data:", "image/png", ";base64,", "AAAA", ")", "\"", "\n", " ", "https://a.b/c", "d", "!", "[", "]", "é", "<", ">", "=",
        "<img ", "src=", "'", "\\", "。", "：", "`", "```", "%2B", "https:\\/\\/", ".png", "(", "iVBORw0KGgo", "/files/a.png",
        "data:image/png;base64,", "iVBORw0KGgoAAAANSUhEUgAAACgAAAAeCAIAAADRv8uKAAAN", "AAAAHGZ0eXBhdmlm", "|", "*", "图片", ",", ";",
    ]), 0..40), field in any::<bool>()) {
        let text = words.concat();
        let body = if field { json!({ "data": [{ "url": text, "x": text }] }).to_string() } else { message(json!({ "content": text })) };
        let whole = read(&body);
        for size in [1, 3, 17] {
            prop_assert_eq!(&whole, &read_pieces(BodyKind::Json, body.as_bytes().chunks(size)));
        }
        prop_assert!(whole.0.images.iter().all(|image| image.2.is_some()));
        // In a stream, a text continues from one event to the next.
        let event = |word: &&str| ["data: ", &json!({ "choices": [{ "delta": { "content": word } }] }).to_string(), "\n\n"].concat();
        let events: Vec<String> = words.iter().map(event).collect();
        let events = events.concat();
        let whole = read(&events);
        prop_assert_eq!(&whole, &read_pieces(BodyKind::Unknown, events.as_bytes().chunks(5)));
    }

    #[test]
    fn arbitrary_string_fields_do_not_panic(keys in prop::collection::vec(prop::sample::select(vec![
        "data", "url", "image", "images", "output", "result", "choices", "message", "content", "parts", "candidates", "b64_json", "x",
        "input", "delta", "response", "text", "source", "item", "predictions", "error", "status",
    ]), 1..6), lists in prop::collection::vec(any::<bool>(), 6), value in prop::sample::select(vec![
        "data:image/png;base64,iVBORw0KGgo=", "iVBORw0KGgo=", "https://a.example/1.png", "/1.png", "![x](https://a.example/1.png)", "words",
    ])) {
        let mut body = json!(value);
        for (key, list) in keys.iter().zip(lists) {
            body = if list { json!([{ *key: body }]) } else { json!({ *key: body }) };
        }
        let body = format!("{body}\n{body}");
        prop_assert_eq!(read(&body), read_pieces(BodyKind::Unknown, body.as_bytes().chunks(1)));
    }
}

/// Envelopes of deltas as gateways write them, with `@` in place of the text.
const ENVELOPES: [&str; 8] = [
    r#"{"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"@"},"finish_reason":null}]}"#,
    r#"{"choices":[{"delta":{"content":"@"},"index":0}]}"#,
    r#"{"choices":[{"delta":{"content":"@"},"index":1}]}"#,
    r#"{"choices":[{"index":0,"delta":{"refusal":"no","content":"@"}}]}"#,
    r#"{"choices":[{"index":0,"delta":{"reasoning_content":"@"}}]}"#,
    r#"{"candidates":[{"content":{"parts":[{"text":"@"}]}}],"usageMetadata":{"totalTokenCount":7}}"#,
    r#"{"data":[{"b64_json":"iVBORw0KGgo@"}]}"#,
    r#"{"choices":[{"index":0,"message":{"content":"@"}}]}"#,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn repeated_events_keep_their_meaning(
        runs in prop::collection::vec(
            (0..ENVELOPES.len(), prop::collection::vec("[A-Za-z0-9+/]{0,7}|[A-Za-z0-9]{3}=|[)\\n ]|![\\[]x[\\]][(]data:image/png;base64,|é", 1..40)),
            1..8,
        ),
        begins in any::<bool>(),
        sizes in prop::collection::vec(1_usize..3_000, 1..6),
    ) {
        let mut body = ": hello\n\n".to_owned();
        let mut event = |envelope: usize, text: &str| {
            let text = serde_json::to_string(text).unwrap();
            body.extend(["data: ", &ENVELOPES[envelope].replace('@', &text[1..text.len() - 1]), "\n\n"]);
        };
        if begins {
            event(0, "![x](data:image/png;base64,");
            event(0, "iVBORw0KGgo");
        }
        for (envelope, texts) in &runs {
            for text in texts {
                event(*envelope, text);
            }
        }
        body += "data: [DONE]\n\n";
        // Cut into bytes, no event is ever complete in one chunk, so each is parsed separately.
        let slowly = read_pieces(BodyKind::EventStream, body.as_bytes().chunks(1));
        let (mut rest, mut pieces, mut sizes) = (body.as_bytes(), Vec::new(), sizes.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(sizes.next().map_or(1, |size| *size).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        prop_assert_eq!(&read_pieces(BodyKind::EventStream, pieces), &slowly);
        prop_assert_eq!(&read(&body), &slowly);
    }
}
