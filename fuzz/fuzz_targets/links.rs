//! Links in any text are found without a panic, and the result does not depend on how the response is cut.
#![no_main]

use atelier::gateway::{AnswerReader, BodyKind, ReaderLimits, Receiver, TaskTicket, task_addresses};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

/// The links of a response.
#[derive(Debug, Default, PartialEq)]
struct Links(Vec<String>);

impl Receiver for Links {
    fn image_start(&mut self, _declared_mime: Option<&str>) {}
    fn image_bytes(&mut self, _bytes: &[u8]) {}
    fn image_end(&mut self, _complete: bool) {}
    fn image_link(&mut self, url: &str) {
        self.0.push(url.to_owned());
    }
    fn text(&mut self, _delta: &str) {}
}

fn links(answer: &[u8], length: usize) -> Links {
    let mut links = Links::default();
    let mut reader = AnswerReader::new(BodyKind::Json, ReaderLimits::default());
    for piece in answer.chunks(length.max(1)) {
        reader.push(piece, &mut links);
    }
    reader.finish(&mut links);
    links
}

// The first byte is the chunk size.
fuzz_target!(|input: (u8, &str)| {
    let (length, words) = input;
    let answer = json!({ "choices": [{ "message": { "content": words }, "finish_reason": "stop" }] }).to_string();
    let whole = links(answer.as_bytes(), answer.len());
    assert_eq!(whole, links(answer.as_bytes(), length.into()));
    assert!(whole.0.iter().all(|link| !link.is_empty()));
    // The same text as the ID of a task, and as the address of a gateway.
    let task = TaskTicket { id: words.to_owned(), addresses: whole.0 };
    let own = task_addresses("https://gateway.example/v1", &task).len();
    assert!(own <= task.addresses.len() + 8);
    task_addresses(words, &task);
});
