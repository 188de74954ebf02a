//! Tests of bad input: for every response of a gateway the program prints one clear message and the right charge, and
//! the next request works.

use std::time::Duration;

use atelier::imaging::Encoding;
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Part, Reply, unused_address},
    images::{chat_response, data_url, encoded_image, event_stream, image_response, markdown_image, png},
    test_home::{Run, TestHome},
};

/// The behavior of a gateway, and the expected failure: kind, charge, HTTP status.
struct Case(&'static str, Reply, &'static str, &'static str, Option<u16>);

/// Asserts that a failure is clear: its kind, its charge, and a message for people.
fn assert_failure(name: &str, run: &Run, kind: &str, charged: &str, status: Option<u16>) {
    assert_eq!(run.code, Some(1), "{name}: {run:?}");
    assert_eq!(run.events("image"), Vec::<Value>::new(), "{name}");
    let failure = run.only_event("failure");
    let status = status.map_or(Value::Null, Value::from);
    assert_eq!(
        (&failure["kind"], &failure["charged"], &failure["http_status"]),
        (&json!(kind), &json!(charged), &status),
        "{name}: {failure}"
    );
    for text in [&failure["message"], &failure["next"]] {
        let text = text.as_str().unwrap_or_default();
        assert!(!text.trim().is_empty(), "{name}: {failure}");
        assert!(text.chars().count() < 700, "{name}: {failure}");
        assert!(
            !["<html", "<title", "</", "base64,", "iVBOR", "sk-"].iter().any(|raw| text.contains(raw)),
            "{name}: {text}"
        );
    }
}

/// Runs every case on one library, and a successful request after each.
fn run_cases(cases: Vec<Case>) {
    let home = TestHome::new();
    let good_gateway = Gateway::always(Reply::json(&image_response(&png(100))));
    for Case(name, reply, kind, charged, status) in cases {
        let gateway = Gateway::always(reply);
        let run = home.generate(&gateway.base_url(), &[]);
        assert_failure(name, &run, kind, charged, status);
        assert_eq!(gateway.posts().len(), 1, "{name}: nothing is sent twice");
        home.generate(&good_gateway.base_url(), &[]).only_image();
        let left = crate::test_home::files_with_extension(&home.library(), "part");
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

fn error_reply(status: u16, body: &Value) -> Reply {
    Reply::new(status, "application/json", body.to_string())
}

#[test]
fn rejected_requests_are_classified() {
    let error_json = |message: &str, code: &str| json!({ "error": { "message": message, "code": code } });
    let page = "<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>";
    run_cases(vec![
        Case("wrong key", error_reply(401, &error_json("bad key sk-abcdefgh1234", "")), "wrong_key", "no", Some(401)),
        Case("no money", error_reply(402, &json!({ "error": "Payment required" })), "no_money", "no", Some(402)),
        Case(
            "quota",
            error_reply(403, &error_json("额度不足", "insufficient_user_quota")),
            "no_money",
            "no",
            Some(403),
        ),
        Case("not allowed", error_reply(403, &error_json("not this model", "")), "not_allowed", "no", Some(403)),
        Case("wrong path", Reply::html(404, "404 page not found"), "not_found", "no", Some(404)),
        Case("too large", Reply::html(413, page), "too_large", "no", Some(413)),
        Case(
            "no model",
            error_reply(503, &error_json("no channel", "model_not_found")),
            "unknown_model",
            "no",
            Some(503),
        ),
        Case(
            "prompt blocked",
            error_reply(400, &error_json("blocked", "prompt_blocked")),
            "prompt_blocked",
            "no",
            Some(400),
        ),
        Case("odd request", error_reply(400, &json!({ "detail": "odd" })), "bad_request", "no", Some(400)),
        Case(
            "empty response",
            error_reply(500, &error_json("empty", "empty_response")),
            "empty_answer",
            "maybe",
            Some(500),
        ),
        Case("too often, no words", Reply::with(429, &[("retry-after", "7200")], ""), "rate_limited", "no", Some(429)),
    ]);
}

#[test]
fn web_pages_are_not_responses() {
    let page = |title: &str| format!("<!DOCTYPE html><html><head><title>{title}</title></head><body></body></html>");
    run_cases(vec![
        Case("page", Reply::html(200, &page("Welcome")), "not_understood", "maybe", None),
        Case("page called JSON", Reply::new(200, "application/json", page("Hi")), "not_understood", "maybe", None),
        Case("502", Reply::html(502, &page("502 Bad Gateway")), "gateway_failed", "maybe", Some(502)),
        Case("504", Reply::html(504, &page("504 Gateway Time-out")), "timed_out", "maybe", Some(504)),
        Case("524", Reply::html(524, &page("524: A timeout occurred")), "timed_out", "maybe", Some(524)),
        Case(
            "page within an error",
            error_reply(500, &json!({ "error": { "message": page("504 Gateway Time-out") } })),
            "gateway_failed",
            "maybe",
            Some(500),
        ),
    ]);
}

#[test]
fn malformed_bodies_are_failures() {
    let json_text = |text: &str| Reply::new(200, "application/json", text);
    run_cases(vec![
        Case("malformed", json_text("{malformed json: <<<chaos>>>"), "not_understood", "maybe", None),
        Case("nothing", json_text(""), "empty_answer", "maybe", None),
        Case("white space", json_text(" \n "), "empty_answer", "maybe", None),
        Case("no choices", json_text(r#"{"choices":[]}"#), "empty_answer", "maybe", None),
        Case("null", error_reply(200, &chat_response(&Value::Null, "stop")), "empty_answer", "yes", None),
        Case("empty", error_reply(200, &chat_response(&json!(""), "stop")), "empty_answer", "yes", None),
        Case("words", error_reply(200, &chat_response(&json!("Here is a picture:"), "stop")), "no_image", "yes", None),
        Case(
            "filter",
            error_reply(200, &chat_response(&Value::Null, "content_filter")),
            "image_blocked",
            "maybe",
            None,
        ),
        Case(
            "error with 200",
            json_text(r#"{"error":{"message":"upstream","code":502}}"#),
            "gateway_failed",
            "maybe",
            Some(502),
        ),
        Case("another text", json_text("42"), "not_understood", "maybe", None),
        Case("empty stream", Reply::event_stream(""), "empty_answer", "maybe", None),
        Case("only the end", Reply::event_stream("data: [DONE]\n\n"), "empty_answer", "maybe", None),
        Case(
            "stream of words",
            Reply::event_stream(&event_stream(&["Here", " it is"], Some("stop"))),
            "no_image",
            "yes",
            None,
        ),
        Case(
            "error in mid-stream",
            Reply::event_stream(&format!(
                "{}data: {}\n\n",
                event_stream(&["Here"], None),
                json!({ "error": { "code": 502, "message": "Provider disconnected" }, "choices": [] })
            )),
            "gateway_failed",
            "maybe",
            Some(502),
        ),
        Case(
            "broken stream",
            Reply::event_stream("data: {malformed\n\ndata: <<<chaos>>>\n\n"),
            "not_understood",
            "maybe",
            None,
        ),
    ]);
}

#[test]
fn broken_connections_are_failures() {
    let whole = Reply::json(&image_response(&encoded_image(256, 256, 1, Encoding::Png)));
    let stream = Reply::event_stream(&event_stream(
        &[&markdown_image("image/png", &encoded_image(256, 256, 2, Encoding::Png))],
        Some("stop"),
    ));
    let chunked = |body: &str| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        Reply(vec![Part::Bytes(format!("{head}{:x}\r\n{body}\r\n", body.len()).into_bytes())])
    };
    let closed = || Part::Pause(Duration::ZERO);
    run_cases(vec![
        Case("closed at once", Reply(Vec::new()), "cut_off", "maybe", None),
        Case("reset at once", Reply(vec![Part::Reset]), "cut_off", "maybe", None),
        Case("half a header", Reply(vec![Part::Bytes(b"HTTP/1.1 200 O".to_vec())]), "cut_off", "maybe", None),
        Case("no HTTP", Reply(vec![Part::Bytes(b"SSH-2.0-OpenSSH_9\r\n".to_vec())]), "cut_off", "maybe", None),
        Case("absurd length", Reply::with_length(200, &[], "{", usize::MAX / 2), "cut_off", "maybe", None),
        Case("header only", Reply::with_length(200, &[], "", 9), "cut_off", "maybe", None),
        Case("JSON within the picture", whole.clone().truncated_by(2_000, closed()), "cut_off", "maybe", None),
        Case("reset within the picture", whole.clone().truncated_by(2_000, Part::Reset), "cut_off", "maybe", None),
        Case("reset at the first byte", whole.truncated_by(usize::MAX, Part::Reset), "cut_off", "maybe", None),
        Case("stream within the picture", stream.clone().truncated_by(2_000, closed()), "cut_off", "maybe", None),
        Case("reset within a stream", stream.truncated_by(2_000, Part::Reset), "cut_off", "maybe", None),
        Case("no last chunk", chunked(&event_stream(&["Here"], None)), "cut_off", "maybe", None),
        Case("clean end, no finish", Reply::event_stream(&event_stream(&["Here"], None)), "cut_off", "maybe", None),
        Case(
            "clean end within JSON",
            Reply::new(200, "application/json", &image_response(&png(3)).to_string()[..300]),
            "cut_off",
            "maybe",
            None,
        ),
    ]);
}

#[test]
fn invalid_images_are_failures() {
    let content = |url: &str| error_reply(200, &chat_response(&json!(format!("![image]({url})")), "stop"));
    let whole = encoded_image(128, 128, 1, Encoding::Png);
    let half = data_url("image/png", &whole[..whole.len() / 2]);
    let jpeg = encoded_image(128, 128, 1, Encoding::Jpeg { quality: 90 });
    let half_jpeg = data_url("image/jpeg", &jpeg[..jpeg.len() / 2]);
    // The header of a PNG: width and height are big-endian from byte 16 on, its checksum from byte 29.
    let mut absurd = whole[..33].to_vec();
    absurd[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let sum = crc32(&absurd[12..29]);
    absurd[29..33].copy_from_slice(&sum.to_be_bytes());
    absurd.extend_from_slice(&whole[33..]);
    let private = "http://192.168.1.1/1.png";
    run_cases(vec![
        Case("half a PNG", content(&half), "broken_image", "yes", None),
        Case("half a JPEG", content(&half_jpeg), "broken_image", "yes", None),
        Case("words as a picture", content(&data_url("image/png", b"this is no picture")), "broken_image", "yes", None),
        Case(
            "SVG cut",
            content(&data_url("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'><g>")),
            "broken_image",
            "yes",
            None,
        ),
        Case("no bytes", content("data:image/png;base64,"), "broken_image", "yes", None),
        Case("no base64", content("data:image/png;base64,!!!!"), "broken_image", "yes", None),
        Case("absurd dimensions", content(&data_url("image/png", &absurd)), "absurd_dimensions", "yes", None),
        Case("link into a private network", content(private), "link_refused", "yes", None),
        Case("link to nobody", content(&format!("http://{}/1.png", unused_address())), "link_refused", "yes", None),
    ]);
}

/// JSON that is nested deeper than the stack of a recursive parser.
fn deeply_nested_json() -> String {
    format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000))
}

/// The checksum of PNG chunks (ISO 3309, as in the PNG specification's appendix D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum: u32, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 })
    })
}

#[test]
fn slightly_malformed_images_are_stored() {
    let home = TestHome::new();
    let jpeg = encoded_image(64, 48, 1, Encoding::Jpeg { quality: 90 });
    let plain = png(2);
    let url = data_url("image/png", &plain);
    let unpadded = url.trim_end_matches('=');
    let body = image_response(&plain).to_string();
    let stream = event_stream(&[&markdown_image("image/png", &plain)], Some("stop"));
    let mut odd_text = body.replace("![image]", "\\ud800 \\u0000 ~ ![image]").into_bytes();
    let tilde = odd_text.iter().position(|byte| *byte == b'~').expect("there is one");
    odd_text[tilde] = 0xff;
    let deep_usage = body.replace("\"usage\":{", &format!("\"usage\":{{\"deep\":{},", deeply_nested_json()));
    let rows: [(&str, Reply, &[u8], &str); 11] = [
        ("text that is no text", Reply::new(200, "application/json", &odd_text), &plain, "png"),
        ("usage of any depth", Reply::new(200, "application/json", &deep_usage), &plain, "png"),
        ("a JPEG called PNG", Reply::json(&image_response(&jpeg)), &jpeg, "jpeg"),
        ("no padding", Reply::json(&chat_response(&json!(format!("![]({unpadded})")), "stop")), &plain, "png"),
        ("wrong type of answer", Reply::new(200, "text/plain", &body), &plain, "png"),
        ("JSON called a stream", Reply::new(200, "text/event-stream", &body), &plain, "png"),
        ("a stream called JSON", Reply::new(200, "application/json", &stream), &plain, "png"),
        ("line ends of Windows", Reply::event_stream(&stream.replace('\n', "\r\n")), &plain, "png"),
        (
            "no end of stream",
            Reply::event_stream(stream.split("data: {\"choices\":[]").next().unwrap_or_default()),
            &plain,
            "png",
        ),
        ("byte order mark", Reply::new(200, "application/json", format!("\u{feff}{body}")), &plain, "png"),
        ("drop by drop", Reply::json(&image_response(&plain)).paced(40, Duration::from_millis(1)), &plain, "png"),
    ];
    for (name, reply, bytes, format) in rows {
        let gateway = Gateway::always(reply);
        let image = home.generate(&gateway.base_url(), &[]).only_image();
        assert_eq!(image["format"], format, "{name}");
        assert_eq!(image["sha256"], crate::test_home::sha256(bytes), "{name}");
    }
}

#[test]
fn complete_image_before_a_broken_connection_is_kept() {
    let home = TestHome::new();
    let bytes = png(3);
    let stream = event_stream(&[&markdown_image("image/png", &bytes), " That was"], None);
    for then in [Part::Reset, Part::Pause(Duration::ZERO)] {
        let length = stream.len() + 100;
        let mut reply = Reply::with_length(200, &[("content-type", "text/event-stream")], &stream, length);
        reply.0.push(Part::Pause(Duration::from_millis(100)));
        reply.0.push(then);
        let gateway = Gateway::always(reply);
        let run = home.generate(&gateway.base_url(), &[]);
        assert_eq!(run.only_event("image")["sha256"], crate::test_home::sha256(&bytes), "{run:?}");
    }
}

#[test]
fn unreachable_addresses_are_failures() {
    let home = TestHome::new();
    for base in ["not a url", "ftp://api.example/v1", "http://"] {
        let run = home.generate(base, &[]);
        let failure = run.only_event("failure");
        assert_eq!(
            (run.code, &failure["kind"], &failure["charged"]),
            (Some(2), &json!("usage"), &json!("no")),
            "{base}"
        );
        assert!(failure["message"].as_str().is_some_and(|message| message.contains("https://")), "{failure}");
    }
    for (base, kind) in [
        (&format!("http://{}/v1", unused_address()), "no_connection"),
        (
            &format!("https://{}/v1", Gateway::always(Reply(Vec::new())).origin().replace("http://", "")),
            "no_connection",
        ),
    ] {
        let mut command = home.generate_command(base, &[]);
        command.env("DGRID_API_KEY", "sk-sentinel-1f2e3d4c5b6a7988");
        assert_failure(base, &crate::test_home::run(command), kind, "no", None);
    }
    let plain = Gateway::always(Reply::json(&image_response(&png(4))));
    let encrypted = plain.base_url().replace("http://", "https://");
    assert_failure("no encryption", &home.generate(&encrypted, &[]), "insecure_connection", "no", None);
    let no_key = home.run(&["generate", "--json", "--provider", "dgrid", "--model", "m", "--prompt", "a fox"]);
    assert_failure("no key", &no_key, "no_key", "no", None);
    home.generate(&plain.base_url(), &[]).only_image();
}
