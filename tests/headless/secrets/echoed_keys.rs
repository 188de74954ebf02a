//! Tests that a gateway which repeats the key in every encoding at every place of its responses leaves it nowhere.

use std::{fs, time::Duration};

use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Part, RecordedRequest, Reply},
    images::{chat_response, markdown_image, png},
    secrets::key_encodings::{contains_key, encodings},
    test_home::{Run, TestHome, files, run, wait_for_exit},
};

/// A key with all characters that some encoding escapes.
const KEY: &str = "sk-S&e<n>t\"i'n+e/l=5f37%59df";

/// A response with an encoded key at one place.
type KeyLocation = fn(&str) -> Reply;

fn image_response_with_text(text: &str) -> Value {
    chat_response(&json!(format!("{text} {}", markdown_image("image/png", &png(1)))), "stop")
}

/// A successful response with one field changed.
fn reply_with_change(change: impl FnOnce(&mut Value)) -> Reply {
    let mut answer = image_response_with_text("here");
    change(&mut answer);
    Reply::json(&answer)
}

/// An encoded key in a form that is valid in a header.
fn header_safe(writing: &str) -> String {
    writing.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect()
}

fn event(content: &str) -> String {
    format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": { "content": content } }] }))
}

/// A text cut in two.
fn split_in_two(text: &str) -> (&str, &str) {
    text.split_at(text.floor_char_boundary(text.len() / 2))
}

const KEY_LOCATIONS: [(&str, KeyLocation); 24] = [
    ("a header that is kept", |w| Reply::with(400, &[("x-request-id", &header_safe(w))], "{}")),
    ("a header of a good answer", |w| {
        let body = image_response_with_text("here").to_string();
        Reply::with(200, &[("content-type", "application/json"), ("server", &header_safe(w))], body)
    }),
    ("a redirect's path", |w| {
        Reply::with(302, &[("location", &format!("https://elsewhere.example/{}", header_safe(w)))], "")
    }),
    ("a redirect's query", |w| {
        Reply::with(302, &[("location", &format!("https://elsewhere.example/?k={}", header_safe(w)))], "")
    }),
    ("an error's message", |w| Reply::new(401, "application/json", json!({ "error": { "message": w } }).to_string())),
    ("an error's message as it is", |w| {
        Reply::new(401, "application/json", format!(r#"{{"error":{{"message":"{w}"}}}}"#))
    }),
    ("an error's code", |w| {
        Reply::new(400, "application/json", json!({ "error": { "message": "no", "code": w } }).to_string())
    }),
    ("an error in plain words", |w| Reply::new(500, "text/plain", w)),
    ("a page's title", |w| Reply::html(502, &format!("<html><title>{w}</title></html>"))),
    ("a page's body", |w| Reply::html(403, &format!("<html><body><p>{w}</p></body></html>"))),
    ("a page instead of an answer", |w| Reply::html(200, &format!("<html><body>{w}</body></html>"))),
    ("an error within an answer", |w| Reply::json(&json!({ "error": { "message": w, "code": "x" } }))),
    ("the text beside an image", |w| Reply::json(&image_response_with_text(w))),
    ("the text instead of an image", |w| Reply::json(&chat_response(&json!(w), "stop"))),
    ("the answer's id", |w| reply_with_change(|answer| answer["id"] = json!(w))),
    ("the model", |w| reply_with_change(|answer| answer["model"] = json!(w))),
    ("the details of the usage", |w| {
        reply_with_change(|answer| answer["usage"]["details"] = json!({ "by": [w], w: 1 }))
    }),
    ("the fingerprint", |w| reply_with_change(|answer| answer["system_fingerprint"] = json!(w))),
    ("why it stopped", |w| reply_with_change(|answer| answer["choices"][0]["finish_reason"] = json!(w))),
    ("an event", |w| {
        Reply::event_stream(&format!("{}{}data: [DONE]\n\n", event(w), event(&markdown_image("image/png", &png(1)))))
    }),
    ("two events", |w| {
        let (one, two) = split_in_two(w);
        let image = event(&markdown_image("image/png", &png(1)));
        Reply::event_stream(&format!("{}{}{image}data: [DONE]\n\n", event(one), event(two)))
    }),
    ("an event's error", |w| {
        Reply::event_stream(&format!(": {w}\n\ndata: {}\n\n", json!({ "error": { "message": w } })))
    }),
    ("two pieces of the wire", |w| Reply::json(&image_response_with_text(w)).paced(7, Duration::from_millis(1))),
    ("a broken answer", |w| Reply::new(200, "application/json", format!("{{\"choices\": \"{w}\", broken"))),
];

/// One request for each encoding, in one run; each prompt is the number of its encoding.
fn send_encodings(home: &TestHome, place: KeyLocation) -> Run {
    let all = encodings(KEY);
    let rows: Vec<String> = (0..all.len()).map(|number| format!("p{number}\n")).collect();
    fs::write(home.path().join("jobs.csv"), format!("prompt\n{}", rows.concat())).expect("a file");
    let gateway = Gateway::start(move |request| match request.method.as_str() {
        "POST" => place(&all[encoding_number(request)]),
        _ => Reply::new(404, "text/plain", ""),
    });
    let arguments = ["generate", "--json", "--sheet", "jobs.csv", "--model", "m", "--base-url", &gateway.base_url()];
    let mut command = home.command(&arguments);
    command.env("DGRID_API_KEY", KEY);
    let run = run(command);
    assert_eq!(gateway.posts().len(), encodings(KEY).len(), "{run:?}");
    run
}

fn encoding_number(request: &RecordedRequest) -> usize {
    let content = &request.json()["messages"][0]["content"];
    let prompt = content.as_str().or_else(|| content[0]["text"].as_str()).expect("a prompt");
    prompt.trim_start_matches('p').parse().expect("a number")
}

/// The places that contain the key, in the output and in every file.
fn find_key(home: &TestHome, runs: &[Run]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        let printed = run.stdout.lines().chain(run.stderr.lines());
        found.extend(
            printed.filter(|line| contains_key(line.as_bytes(), KEY)).map(|line| format!("run {number}: {line}")),
        );
    }
    for path in files(home.path()) {
        // Originals are exactly the bytes of the gateway.
        let bytes = fs::read(&path).expect("a file can be read");
        if contains_key(&bytes, KEY) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Runs some of the places, so that they are tested in parallel.
fn assert_key_is_not_stored(places: &[(&str, KeyLocation)]) {
    let mut all = Vec::new();
    for (name, place) in places {
        let home = TestHome::new();
        let mut runs = vec![send_encodings(&home, *place)];
        let out = home.path().join("out");
        let out = out.to_str().expect("a path in UTF-8");
        runs.push(home.run(&["export", "--all", "--out", out]));
        all.extend(find_key(&home, &runs).into_iter().map(|where_| format!("{name}: {where_}")));
    }
    assert!(all.is_empty(), "{} places:\n{}", all.len(), all.join("\n"));
}

#[test]
fn key_echoed_in_headers_and_errors_is_not_stored() {
    assert_key_is_not_stored(&KEY_LOCATIONS[..8]);
}

#[test]
fn key_echoed_in_pages_and_texts_is_not_stored() {
    assert_key_is_not_stored(&KEY_LOCATIONS[8..16]);
}

#[test]
fn key_echoed_in_fields_events_and_chunks_is_not_stored() {
    assert_key_is_not_stored(&KEY_LOCATIONS[16..]);
}

#[test]
fn spool_after_a_kill_contains_the_image_and_no_key() {
    let home = TestHome::new();
    let words: String = encodings(KEY).join(" | ");
    let picture = png(1);
    let mut answer = image_response_with_text(&words).to_string();
    answer.truncate(answer.len() - 2);
    let reply = Reply::with_length(200, &[("content-type", "application/json")], &answer, answer.len() + 2);
    let gateway = Gateway::always(Reply([reply.0, vec![Part::Stall]].concat()));
    let mut command = home.generate_command(&gateway.base_url(), &[]);
    command.env("DGRID_API_KEY", KEY);
    let mut child = command.spawn().expect("the program starts");
    let spooled = || files(&home.library().join("spool")).first().map(|path| fs::read(path).expect("the spool"));
    let whole = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &picture);
    let has_all = || spooled().is_some_and(|bytes| String::from_utf8_lossy(&bytes).contains(&whole));
    for _ in 0..2_000 {
        if has_all() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it can be killed");
    wait_for_exit(&mut child);
    assert!(has_all(), "the image is in the spool as it came");
    assert!(
        !contains_key(&spooled().expect("the spool"), KEY),
        "{}",
        String::from_utf8_lossy(&spooled().unwrap_or_default())
    );
    let recovered = home.run(&["spending"]);
    let stored = files(&home.library().join("originals"));
    assert!(stored.iter().any(|path| fs::read(path).is_ok_and(|bytes| bytes == picture)), "{recovered:?} {stored:?}");
    assert_eq!(find_key(&home, &[recovered]), Vec::<String>::new());
}
