//! Tests of the many forms in which gateways, relays and models write the same things, each read whole and cut
//! everywhere.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::*;
use crate::recipe::FailureKind;

/// Records everything that it receives.
#[derive(Clone, Debug, Default, PartialEq)]
struct Told {
    images: Vec<(Vec<u8>, bool)>,
    roles: Vec<(usize, ImageRole)>,
    links: Vec<String>,
}

impl Receiver for Told {
    fn image_start(&mut self, _declared_mime: Option<&str>) {
        self.images.push((Vec::new(), false));
    }

    fn image_bytes(&mut self, bytes: &[u8]) {
        self.images.last_mut().unwrap().0.extend_from_slice(bytes);
    }

    fn image_end(&mut self, complete: bool) {
        self.images.last_mut().unwrap().1 = complete;
    }

    fn image_role(&mut self, number: usize, role: ImageRole) {
        self.roles.push((number, role));
    }

    fn image_link(&mut self, url: &str) {
        self.links.push(url.to_owned());
    }

    fn text(&mut self, _delta: &str) {}
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Told, ResponseOutcome) {
    let (mut reader, mut told) = (AnswerReader::new(BodyKind::Unknown, ReaderLimits::default()), Told::default());
    for piece in pieces {
        reader.push(piece, &mut told);
    }
    let outcome = reader.finish(&mut told);
    (told, outcome)
}

/// Reads a body whole and in chunks, and asserts that the results are equal.
fn read_anyhow(body: &[u8]) -> (Told, ResponseOutcome) {
    let whole = read([body]);
    for size in [1, 2, 3, 7, 61] {
        assert!(read(body.chunks(size)) == whole, "in pieces of {size}: {}", String::from_utf8_lossy(body));
    }
    for cut in (0..body.len()).step_by(1 + body.len() / 400) {
        assert!(read([&body[..cut], &body[cut..]]) == whole, "cut at {cut}: {}", String::from_utf8_lossy(body));
    }
    whole
}

/// Bytes that start like a PNG.
fn image() -> Vec<u8> {
    let noise = (0..170_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8);
    b"\x89PNG\r\n\x1a\n".iter().copied().chain(noise).collect()
}

const LINK: &str = "https://files.example/out/fox.png";

/// Asserts that a body contains the image, or the link, and nothing else; `guessed` as recorded in the sidecar.
fn holds_one(body: &[u8], guessed: bool) {
    let name = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
    let (told, outcome) = read_anyhow(body);
    let came = told.images.iter().filter(|(bytes, complete)| *complete && *bytes == image()).count();
    let links = told.links.iter().filter(|link| *link == LINK).count();
    assert!(came + links >= 1 && (came, links) == (told.images.len(), told.links.len()), "{name}: {told:?}");
    assert_eq!((outcome.failure.as_ref(), outcome.complete), (None, true), "{name}");
    assert_eq!(outcome.answer.guessed, guessed, "{name}");
    // The sidecar contains it only if it is true.
    let sidecar = serde_json::to_value(&outcome.answer).unwrap();
    assert_eq!(sidecar.get("guessed").is_some(), guessed, "{name}");
}

#[test]
fn image_is_found_in_any_field() {
    let base64 = STANDARD.encode(image());
    let url = format!("data:image/png;base64,{base64}");
    let message = |message: Value| json!({ "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }] });
    // `@` is replaced by a link, `#` by a data URL, `%` by base64.
    let shapes = [
        json!({ "data": ["@"] }),
        json!({ "data": "@" }),
        json!({ "data": { "url": "@" } }),
        json!({ "data": [{ "url": ["@"] }] }),
        json!({ "data": [{ "url": { "url": "@" } }] }),
        json!({ "data": ["#"] }),
        json!({ "data": "#" }),
        json!({ "data": ["%"] }),
        json!({ "data": "%" }),
        json!({ "data": { "b64_json": "%" } }),
        json!({ "code": 200, "message": "success", "data": { "url": "@", "seed": 1 } }),
        json!({ "code": 0, "msg": "ok", "data": { "images": ["@"] } }),
        json!({ "code": 0, "data": { "image_urls": ["@"] }, "base_resp": { "status_code": 0, "status_msg": "success" } }),
        json!({ "data": { "image_base64": ["%"] }, "base_resp": { "status_code": 0 } }),
        json!({ "code": 10000, "data": { "binary_data_base64": ["%"] }, "message": "Success" }),
        json!({ "data": { "outputs": ["@"], "status": "completed" } }),
        json!({ "data": { "output": { "image_url": "@" } } }),
        json!({ "data": [{ "image": { "url": "@" } }] }),
        json!({ "url": "@" }),
        json!({ "urls": ["@"] }),
        json!({ "image": "%" }),
        json!({ "image": "@" }),
        json!({ "image": { "url": "@", "content_type": "image/png" } }),
        json!({ "images": "@" }),
        json!({ "images": ["%"], "info": "{\"seed\":1}" }),
        json!({ "images": ["@"] }),
        json!({ "images": [{ "url": "@", "content_type": "image/png" }], "seed": 3 }),
        json!({ "images": [{ "image": "%" }] }),
        json!({ "images": { "0": { "url": "@" }, "url": "@" } }),
        json!({ "images": [{ "url": "@" }], "data": [{ "url": "@" }], "timings": { "inference": 1.2 } }),
        json!({ "artifacts": [{ "base64": "%", "finishReason": "SUCCESS", "seed": 4 }] }),
        json!({ "artifacts": ["@"] }),
        json!({ "predictions": [{ "mimeType": "image/png", "bytesBase64Encoded": "%" }] }),
        json!({ "predictions": ["%"] }),
        json!({ "predictions": [{ "image": "%" }] }),
        json!({ "generatedImages": [{ "image": { "imageBytes": "%" } }] }),
        json!({ "output": "@" }),
        json!({ "output": ["@"] }),
        json!({ "output": ["#"] }),
        json!({ "output": { "url": "@" } }),
        json!({ "output": { "image": "%" } }),
        json!({ "output": { "images": [{ "url": "@" }] } }),
        json!({ "id": "p", "status": "succeeded", "output": ["@"], "urls": { "get": "https://api.example/p", "cancel": "https://api.example/p/cancel" } }),
        json!({ "id": "p", "input": { "image": "https://in.example/a.png" }, "status": "succeeded", "output": "@" }),
        json!({ "output": { "results": [{ "url": "@" }], "task_status": "SUCCEEDED" }, "usage": { "image_count": 1 } }),
        json!({ "output": { "choices": [{ "finish_reason": "stop", "message": { "content": [{ "image": "@" }] } }] } }),
        json!({ "output": { "choices": [{ "message": { "content": [{ "text": "Here" }, { "image": "#" }] } }] } }),
        json!({ "output": [{ "type": "image_generation_call", "result": "%", "status": "completed" }] }),
        json!({ "output": [{ "type": "message", "content": [{ "type": "output_image", "image_url": "@" }] }] }),
        json!({ "result": "@" }),
        json!({ "result": ["@"] }),
        json!({ "result": { "image": "%" }, "success": true, "errors": [], "messages": [] }),
        json!({ "result": { "sample": "@" }, "status": "Ready" }),
        json!({ "result": { "images": [{ "url": ["@"] }] } }),
        json!({ "data": { "choices": [{ "message": { "content": "![x](@)" }, "finish_reason": "stop" }] } }),
        json!({ "data": { "candidates": [{ "content": { "parts": [{ "inlineData": { "data": "%" } }] } }] } }),
        json!({ "body": { "data": [{ "b64_json": "%" }] } }),
        json!({ "content": [{ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "%" } }] }),
        json!({ "content": [{ "type": "image", "source": { "type": "url", "url": "@" } }] }),
        json!({ "candidates": [{ "content": { "parts": [{ "fileData": { "mimeType": "image/png", "fileUri": "@" } }] } }] }),
        json!({ "candidates": [{ "content": { "parts": [{ "inlineData": { "mimeType": "text/plain", "data": "%" } }] } }] }),
        json!({ "message": { "role": "assistant", "content": "![x](#)" }, "done": true }),
        json!({ "message": { "role": "assistant", "content": "", "images": ["%"] }, "done": true }),
        json!({ "response": "![x](@)" }),
        json!({ "response": "@" }),
        json!(["@"]),
        json!("@"),
        json!("#"),
        message(json!({ "content": [{ "type": "image", "data": "%", "mimeType": "image/png" }] })),
        message(json!({ "content": [{ "data": "%", "mimeType": "image/png", "type": "image" }] })),
        message(
            json!({ "content": [{ "type": "resource", "resource": { "uri": "x://y", "blob": "?" } }, { "type": "image", "data": "#" }] }),
        ),
        message(json!({ "content": [{ "type": "input_image", "image_url": { "url": "@" } }] })),
        message(json!({ "content": [{ "type": "image_url", "image_url": ["@"] }] })),
        message(json!({ "content": [{ "type": "image", "image": "%" }] })),
        message(json!({ "content": ["Here:", "![x](@)"] })),
        message(json!({ "content": { "text": "Here", "image_url": "@" } })),
        message(json!({ "content": "", "image": "%" })),
        message(json!({ "content": "", "image": { "url": "@" } })),
        message(json!({ "content": "", "images": "@" })),
        message(json!({ "content": "", "images": { "url": "#" } })),
        message(json!({ "content": "", "images": [{ "type": "image", "b64_json": "%" }] })),
        message(json!({ "content": "", "images": [{ "type": "image", "url": "@" }] })),
        message(json!({ "content": "", "images": [{ "image_url": { "url": "data:image/png;base64,#" } }] })),
        message(json!({ "content": "", "images": [{ "image_url": { "url": "%" } }] })),
        message(json!({ "content": "", "attachments": [{ "url": "@" }] })),
        message(json!({ "content": "", "data": [{ "url": "@" }] })),
        message(json!({ "content": "{\"image_url\": \"@\"}" })),
        message(json!({ "content": "```json\n{\"image\": \"#\"}\n```" })),
        json!({ "choices": [null, { "message": { "content": [null, { "image_url": null }, { "image_url": { "url": "#" } }], "images": null, "tool_calls": null }, "finish_reason": "stop" }], "usage": null, "error": null }),
        json!({ "choices": [{ "message": { "content": "", "images": [null, { "image_url": "#" }] }, "finish_reason": "" }] }),
    ];
    for shape in &shapes {
        let text = shape.to_string().replace('@', LINK).replace('#', &url).replace('%', &base64);
        holds_one(text.as_bytes(), false);
        // As PHP writes it, and as pretty-printers do.
        holds_one(text.replace('/', "\\/").as_bytes(), false);
    }
    assert!(shapes.len() > 80);
}

#[test]
fn image_like_strings_in_unknown_fields_are_guesses() {
    let base64 = STANDARD.encode(image());
    let url = format!("data:image/png;base64,{base64}");
    for shape in [
        json!({ "payload": { "nested": [{ "blob": "%" }] } }),
        json!({ "x": { "y": "#" } }),
        json!({ "job": { "assets": [{ "link": "@" }] } }),
        json!({ "answer": "See ![x](@)" }),
        json!({ "note": "{\"resultUrls\":[\"@\"]}" }),
        json!({ "choices": [{ "message": { "content": null, "extra": { "blob": "%" } }, "finish_reason": "stop" }] }),
        json!({ "status_url": "https://api.example/tasks/1", "asset": "@" }),
    ] {
        let text = shape.to_string().replace('@', LINK).replace('#', &url).replace('%', &base64);
        holds_one(text.as_bytes(), true);
        holds_one(format!("data: {text}\n\ndata: [DONE]\n\n").as_bytes(), true);
    }
    // A guess is replaced by a later image, and an image of the repeated request is not a guess.
    let both = json!({ "asset": url, "data": [{ "b64_json": STANDARD.encode("other") }] }).to_string();
    let (told, outcome) = read_anyhow(both.as_bytes());
    assert_eq!(
        (told.roles.as_slice(), outcome.images, outcome.answer.guessed),
        (&[(0, ImageRole::Guess)][..], 1, false)
    );
    for echo in [
        json!({ "input": { "image": url }, "output": null, "status": "processing" }),
        json!({ "request": { "messages": [{ "content": url }] } }),
        json!({ "reference_image": url, "revised_prompt": format!("like {LINK}") }),
        json!({ "choices": [{ "message": { "content": "no", "annotations": [{ "url_citation": { "url": LINK } }] } }] }),
        json!({ "polling_url": "https://api.example/get_result?id=1" }),
    ] {
        let (told, outcome) = read_anyhow(echo.to_string().as_bytes());
        assert_eq!((told.images.len(), told.links.len()), (0, 0), "{echo}");
        assert!(outcome.failure.is_some(), "{echo}");
    }
}

#[test]
fn base64_is_decoded_in_every_variant() {
    let base64 = STANDARD.encode(image());
    let url = format!("data:image/png;base64,{base64}");
    let lines = |end: &str| {
        let lines: Vec<&str> = base64.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join(end)
    };
    let fields = [
        url.clone(),
        base64.clone(),
        url.replace('+', " "),
        base64.replace('+', " "),
        url.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D").replace("image%2Fpng", "image/png"),
        format!("data:image/png;base64,{url}"),
        format!("data:image/png;base64,data:image/png;base64,{url}"),
        format!("image/png;base64,{base64}"),
        format!("base64,{base64}"),
        lines("\n"),
        lines("\r\n"),
        lines(" "),
        lines("\\n"),
        format!("\n{base64}\n"),
        format!("```\n{base64}\n```"),
        format!("```\n{}\n```", lines("\n")),
        format!("```base64\n{}\n```", lines("\r\n")),
        format!("![x]({url})"),
        format!("\"{base64}\""),
        format!("data:text/plain;base64,{base64}"),
        format!("data:binary/octet-stream;base64,{base64}"),
        format!("data:application/json;base64,{base64}"),
        format!("data:;base64,{base64}"),
        format!("data:base64,{base64}"),
        format!("data:image/png; base64,{base64}"),
        format!("data:image/png;name=\u{72d0}.png;base64,{base64}"),
        format!("data:image/png,{base64}"),
        format!("DATA:IMAGE/PNG;BASE64,{base64}"),
        base64.trim_end_matches('=').to_owned(),
        base64.replace('+', "-").replace('/', "_"),
    ];
    for field in &fields {
        holds_one(json!({ "data": [{ "b64_json": field }] }).to_string().as_bytes(), false);
        holds_one(json!({ "data": [{ "url": field }] }).to_string().as_bytes(), false);
    }
    let texts = [
        format!("Here it is:\n\n```\n{base64}\n```\nEnjoy!"),
        format!("Here it is:\n\n```\n{}\n```\nEnjoy!", lines("\n")),
        format!("Here it is:\r\n\r\n```base64\r\n{}\r\n```\r\n", lines("\r\n")),
        format!("Base64: `{base64}`."),
        format!("图片：{base64}"),
        format!("<img alt='a > b' src='{url}' width=3> done"),
        format!("<IMG SRC={url}>"),
        format!("![a](data:image/png;base64,{url})"),
        format!("![a]({} 'title')", url.replace('+', " ")),
        format!("{{\"image\":\"{}\"}}", url.replace('/', "\\/")),
        format!("![{}]({url})", "a quiet harbour at dawn, [boats] and gulls ".repeat(90)),
    ];
    for text in &texts {
        let body = json!({ "choices": [{ "message": { "content": text }, "finish_reason": "stop" }] });
        holds_one(body.to_string().as_bytes(), false);
        // The same in deltas of a few characters.
        let characters: Vec<char> = text.chars().collect();
        let event = |piece: &[char]| {
            let piece: String = piece.iter().collect();
            ["data: ", &json!({ "choices": [{ "index": 0, "delta": { "content": piece } }] }).to_string(), "\n\n"]
                .concat()
        };
        let mut stream: Vec<String> = characters.chunks(41).map(event).collect();
        stream.push(
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
                .to_owned(),
        );
        let stream = stream.concat();
        holds_one(stream.as_bytes(), false);
    }
}

#[test]
fn links_in_text_are_parsed_like_browsers_do() {
    // The expected texts and links.
    let rows: &[(&str, &[&str])] = &[
        ("图片已生成，图片地址：https://a.example/1.png。点击查看大图", &["https://a.example/1.png"]),
        ("图片地址：https://a.example/1.png点击查看", &["https://a.example/1.png"]),
        ("（https://a.example/1.png）", &["https://a.example/1.png"]),
        ("【https://a.example/1.png】", &["https://a.example/1.png"]),
        ("「https://a.example/1.png」です", &["https://a.example/1.png"]),
        ("“https://a.example/1.png”", &["https://a.example/1.png"]),
        (
            "画像：https://a.example/1.png、https://a.example/2.png！",
            &["https://a.example/1.png", "https://a.example/2.png"],
        ),
        ("Done! [Download image](https://a.example/1.png)", &["https://a.example/1.png"]),
        ("[Download](https://a.example/my cat.png)", &["https://a.example/my cat.png"]),
        ("[Download](<https://a.example/my cat.png>)", &["https://a.example/my cat.png"]),
        ("[Download](/files/1.png)", &["/files/1.png"]),
        ("&quot;https://a.example/1.png&quot;", &["https://a.example/1.png"]),
        ("👉https://a.example/1.png🎉", &["https://a.example/1.png"]),
        ("地址https://a.example/1.png\u{200b}", &["https://a.example/1.png"]),
        ("{'url': 'https://a.example/1.png'}", &["https://a.example/1.png"]),
        ("<picture><source srcset=\"https://a.example/1.webp 2x\"></picture>", &["https://a.example/1.webp"]),
        ("Ready (URL:https://a.example/1.png) - enjoy", &["https://a.example/1.png"]),
        ("**https://a.example/1.png**", &["https://a.example/1.png"]),
        ("See <https://a.example/1.png>.", &["https://a.example/1.png"]),
        ("| a | https://a.example/1.png|", &["https://a.example/1.png"]),
        ("`https://a.example/1.png`", &["https://a.example/1.png"]),
        (
            "It is at https://a.example/1.png, https://a.example/2.png; have fun",
            &["https://a.example/1.png", "https://a.example/2.png"],
        ),
        ("https://a.example/1.png,https://a.example/2.png", &["https://a.example/1.png", "https://a.example/2.png"]),
        ("See https://a.example/fox_(red).png.", &["https://a.example/fox_(red).png"]),
        ("![x](https://a.example/fox_(red).png)", &["https://a.example/fox_(red).png"]),
        ("![x](https://a.example/fox\\_\\(red\\).png)", &["https://a.example/fox_(red).png"]),
        ("![图](https://a.example/cat 1.png)", &["https://a.example/cat 1.png"]),
        ("![图](https://a.example/夜市狐狸.png)", &["https://a.example/夜市狐狸.png"]),
        ("看 https://a.example/夜市狐狸.png 吧", &["https://a.example/夜市狐狸.png"]),
        ("![x](https://a.example/1.png \"a (fox)\")", &["https://a.example/1.png"]),
        ("![x](https://a.example/1.png 'fox')", &["https://a.example/1.png"]),
        ("![x](https://a.example/1.png =512x512)", &["https://a.example/1.png"]),
        ("![x]( https://a.example/1.png )", &["https://a.example/1.png"]),
        ("![x](\nhttps://a.example/1.png\n)", &["https://a.example/1.png"]),
        ("![x](https://a.example/v1/get?id=5)", &["https://a.example/v1/get?id=5"]),
        ("![a \\] b](https://a.example/1.png)", &["https://a.example/1.png"]),
        ("![no](nothing) ![x](https://a.example/1.png)", &["https://a.example/1.png"]),
        ("![ oops ![x](https://a.example/1.png)", &["https://a.example/1.png"]),
        ("[![x](https://a.example/s.png)](https://a.example/l.png)", &["https://a.example/s.png"]),
        ("![x](/files/1.png)", &["/files/1.png"]),
        ("![x](//cdn.example/1.png)", &["//cdn.example/1.png"]),
        ("![x](files/1.png)", &["files/1.png"]),
        ("![x][1]\n\n[1]: https://a.example/1.png", &["https://a.example/1.png"]),
        ("<img src='https://a.example/1.png' alt='cat' width='512'>", &["https://a.example/1.png"]),
        ("<img alt=\"x > y\" src=\"https://a.example/get?id=1&amp;w=2\"/>", &["https://a.example/get?id=1&w=2"]),
        ("<img src=https://a.example/1.png>", &["https://a.example/1.png"]),
        ("<IMG width=5 SRC = \"/files/cat 1.png\" >", &["/files/cat 1.png"]),
        ("<a href='https://a.example/1.png'>open</a>", &["https://a.example/1.png"]),
        ("{\"url\":\"https:\\/\\/a.example\\/1.png?a=1\\u0026b=2\"}", &["https://a.example/1.png?a=1&b=2"]),
        ("https://a.example/anything", &["https://a.example/anything"]),
        ("https://a.example/cat 1.png", &["https://a.example/cat 1.png"]),
        (
            "Here: https://a.example/blob?se=2030&rsct=image%2Fpng&sig=abc It expires.",
            &["https://a.example/blob?se=2030&rsct=image%2Fpng&sig=abc"],
        ),
        ("Here: https://a.example/x?X-Amz-Signature=1.", &["https://a.example/x?X-Amz-Signature=1"]),
        ("Image at http://[::1]:8080/a.png]", &["http://[::1]:8080/a.png"]),
        ("![x](sandbox:/mnt/data/a.png)", &[]),
        ("![x](attachment://a.png)", &[]),
        ("mailto:a@b.example or xhttps://a.example/1.png", &[]),
    ];
    for (text, expected) in rows {
        let body = json!({ "choices": [{ "message": { "content": text }, "finish_reason": "stop" }] });
        let (told, outcome) = read_anyhow(body.to_string().as_bytes());
        assert_eq!(&told.links, expected, "{text}");
        assert_eq!(outcome.failure.is_some(), expected.is_empty(), "{text}");
    }
}

#[test]
fn uncertain_link_is_tried_and_the_text_kept() {
    let text = "Look at https://a.example/v/abc, I made it.";
    let body = json!({ "choices": [{ "message": { "content": text }, "finish_reason": "stop" }] }).to_string();
    let (told, outcome) = read_anyhow(body.as_bytes());
    assert_eq!(told.links, ["https://a.example/v/abc"]);
    assert!(outcome.answer.guessed);
    let failure = outcome.failure.unwrap();
    assert_eq!((failure.kind, failure.words.as_deref()), (FailureKind::NoImage, Some(text)));
    // Beside an image, a link in a text is only a link.
    let text = "![x](https://a.example/1.png) [full size](https://a.example/2.png) https://a.example/v/abc";
    let body = json!({ "choices": [{ "message": { "content": text }, "finish_reason": "stop" }] }).to_string();
    assert_eq!(read_anyhow(body.as_bytes()).0.links, ["https://a.example/1.png"]);
}

#[test]
fn wrapped_responses_are_read() {
    let base64 = STANDARD.encode(image());
    let start = json!({ "choices": [{ "index": 0, "delta": { "role": "assistant", "content": "" } }] });
    let content = format!("![x](data:image/png;base64,{base64})");
    let (first, second) = content.split_at(90);
    let delta = |text: &str| json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": "" }] });
    let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    let events = [start, delta(first), delta(second), end].map(|event| event.to_string());
    let document = json!({ "data": [{ "b64_json": base64 }] }).to_string();
    let pretty: String = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&document).unwrap()).unwrap();
    let spread: Vec<String> = pretty.lines().map(|line| ["data: ", line, "\n"].concat()).collect();
    let spread = spread.concat();
    for body in [
        events.join("\n"),
        events.join("\r\n\r\n"),
        format!("[{}]", events.join(",\n")),
        events.clone().map(|event| format!("data: data: {event}\n\n")).concat(),
        events.clone().map(|event| format!("data:data:{event}\n\n")).concat(),
        events.clone().map(|event| format!("Data: {event}\n\n")).concat(),
        format!("{spread}\ndata: [DONE]\n\n"),
        format!("{}{document}", "\n".repeat(40)),
        format!("{}{document}", " ".repeat(30_000)),
        format!("\u{feff}{}{document}", "\r\n".repeat(9_000)),
        format!("{}data: {document}\n\n", ": keep-alive\n\n".repeat(900)),
        format!("data:image/png;base64,{base64}"),
        base64.clone(),
        content.clone(),
        LINK.to_owned(),
        format!("{LINK}\n"),
        format!("{{\"completed\":1,\"total\":8}}\n{{\"image\":\"{base64}\",\"done\":true}}\n"),
    ] {
        holds_one(body.as_bytes(), false);
    }
    // A body that is the image itself.
    holds_one(&image(), false);
}

#[test]
fn compressed_response_is_decompressed_whatever_its_headers() {
    let document = json!({ "data": [{ "b64_json": STANDARD.encode(image()) }] }).to_string();
    let deflate = miniz_oxide::deflate::compress_to_vec(document.as_bytes(), 6);
    holds_one(&[&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], deflate.as_slice(), &[0; 8]].concat(), false);
    holds_one(&deflate, false);
    holds_one(&miniz_oxide::deflate::compress_to_vec_zlib(document.as_bytes(), 6), false);
    holds_one(&zstd::encode_all(document.as_bytes(), 3).unwrap(), false);
    // A body that decompresses beyond the limit is rejected.
    let bomb = zstd::encode_all(vec![b' '; 4 << 20].as_slice(), 3).unwrap();
    let limits = ReaderLimits { max_body_bytes: 1 << 20, ..ReaderLimits::default() };
    let (mut reader, mut told) = (AnswerReader::new(BodyKind::Unknown, limits), Told::default());
    reader.push(&bomb, &mut told);
    assert_eq!(reader.finish(&mut told).failure.unwrap().kind, FailureKind::AnswerTooLarge);
}
