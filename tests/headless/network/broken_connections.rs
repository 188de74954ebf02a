//! Tests of broken connections, many times over: a response that breaks at each of its bytes, wrong lengths and
//! encodings, and every status with every kind of body. They use the client and the reader directly, without a process
//! for each.
//!
//! `ATELIER_FAULTS=10` tries ten times as many images.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use atelier::{
    gateway::{AnswerReader, Call, CallBody, Client, ReaderLimits, Receiver, Timeouts},
    imaging::Encoding,
    recipe::{Charge, Failure, FailureKind, Profile},
};
use serde_json::json;

use crate::{
    gateway::{Gateway, Part, Reply},
    images::{encoded_image, event_stream, image_response, markdown_image},
};

/// The number of cases that run at the same time.
const MAX_CONCURRENT_CASES: usize = 16;

/// The images that arrived complete.
#[derive(Default)]
struct CompleteImages {
    whole: Vec<Vec<u8>>,
    current: Vec<u8>,
}

impl Receiver for CompleteImages {
    fn image_start(&mut self, _declared_mime: Option<&str>) {
        self.current.clear();
    }

    fn image_bytes(&mut self, bytes: &[u8]) {
        self.current.extend_from_slice(bytes);
    }

    fn image_end(&mut self, complete: bool) {
        if complete {
            self.whole.push(std::mem::take(&mut self.current));
        }
    }

    fn image_link(&mut self, _url: &str) {}

    fn text(&mut self, _delta: &str) {}
}

/// The result of a response: its images, or the failure.
type ReadResult = Result<Vec<Vec<u8>>, Failure>;

async fn request_images(client: &Client, base: &str) -> ReadResult {
    let body = CallBody::Json(br#"{"model":"m"}"#.to_vec());
    let call = Call { path: "chat/completions".to_owned(), query: None, body };
    let mut incoming = client.send(&Profile::dgrid(), base, Some("sk-sentinel-1f2e3d4c5b6a7988"), call).await?;
    let mut reader = AnswerReader::new(incoming.kind, ReaderLimits::default());
    let mut pictures = CompleteImages::default();
    let broken = loop {
        match incoming.chunk().await {
            Ok(Some(bytes)) => reader.push(&bytes, &mut pictures),
            Ok(None) => break None,
            Err(failure) => break Some(failure),
        }
    };
    let outcome = reader.finish(&mut pictures);
    if pictures.whole.is_empty() {
        return Err(broken.or(outcome.failure).expect("a missing image has a reason"));
    }
    Ok(pictures.whole)
}

/// Gives each case its reply and returns the results. Asserts that each request was sent exactly once.
fn run_cases(cases: &[Reply]) -> Vec<ReadResult> {
    let posts: Arc<Vec<AtomicUsize>> = Arc::new(cases.iter().map(|_| AtomicUsize::new(0)).collect());
    let gateway = Gateway::start({
        let (cases, posts) = (cases.to_vec(), Arc::clone(&posts));
        move |request| {
            let case: usize = request.path.split('/').nth(1).and_then(|case| case.parse().ok()).expect("its number");
            posts[case].fetch_add(1, Ordering::SeqCst);
            cases[case].clone()
        }
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let results = runtime.block_on(async {
        let brief = Duration::from_secs(20);
        let client = Client::new(Timeouts { first_byte: brief, between_bytes: brief, ..Timeouts::default() });
        let mut results = Vec::with_capacity(cases.len());
        for start in (0..cases.len()).step_by(MAX_CONCURRENT_CASES) {
            let asking: Vec<_> = (start..cases.len().min(start + MAX_CONCURRENT_CASES))
                .map(|case| {
                    let (client, base) = (client.clone(), format!("{}/{case}/v1", gateway.origin()));
                    tokio::spawn(async move { request_images(&client, &base).await })
                })
                .collect();
            for request in asking {
                results.push(request.await.expect("nothing breaks down"));
            }
        }
        results
    });
    for (case, posts) in posts.iter().enumerate() {
        assert_eq!(posts.load(Ordering::SeqCst), 1, "case {case}");
    }
    results
}

/// The number of repetitions with different images.
fn repetitions() -> u32 {
    std::env::var("ATELIER_FAULTS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
}

/// An image small enough that a response can be broken at each byte of it.
fn small_png(number: u32) -> Vec<u8> {
    encoded_image(8, 6, number, Encoding::Png)
}

fn reply_bytes(reply: &Reply) -> Vec<u8> {
    match reply.0.as_slice() {
        [Part::Bytes(bytes)] => bytes.clone(),
        other => panic!("{other:?}"),
    }
}

fn stream(bytes: &[u8]) -> String {
    event_stream(&["Here: ", &markdown_image("image/png", bytes), " Done."], Some("stop"))
}

#[test]
fn response_broken_at_any_byte_is_handled() {
    for round in 0..repetitions() {
        let bytes = small_png(round);
        for reply in [Reply::json(&image_response(&bytes)), Reply::event_stream(&stream(&bytes))] {
            let wire = reply_bytes(&reply);
            let head = wire.windows(4).position(|four| four == b"\r\n\r\n").expect("a header") + 4;
            for then in [Part::Pause(Duration::ZERO), Part::Reset] {
                let cut = |at: usize| Reply(vec![Part::Bytes(wire[..at].to_vec()), then.clone()]);
                let cases: Vec<Reply> = (0..wire.len()).map(cut).collect();
                let results = run_cases(&cases);
                let mut kept = 0;
                for (at, results) in results.iter().enumerate() {
                    match results {
                        Ok(pictures) => {
                            assert!(at >= head && pictures.iter().all(|picture| *picture == bytes), "{at}");
                            kept += 1;
                        }
                        Err(failure) => {
                            assert_eq!((failure.kind, failure.charged), (FailureKind::CutOff, Charge::Maybe), "{at}");
                            assert!(!failure.is_safe_to_repeat());
                        }
                    }
                }
                // Bytes before a close are delivered. A reset may discard them.
                if !matches!(then, Part::Reset) {
                    let first = results.iter().position(Result::is_ok).expect("the image is complete before the end");
                    assert!(results[first..].iter().all(Result::is_ok), "a complete image is kept");
                    assert!(kept > 20, "{kept}");
                }
            }
        }
    }
}

#[test]
fn wrong_content_lengths_never_yield_a_partial_image() {
    let bytes = small_png(7);
    let body = image_response(&bytes).to_string();
    let half = body.len() / 2;
    let json = [("content-type", "application/json")];
    let chunked = |chunks: &[(&str, &str)]| {
        let mut wire =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
        for (size, data) in chunks {
            wire.extend([size, "\r\n", data, "\r\n"]);
        }
        Reply(vec![Part::Bytes(wire.into_bytes())])
    };
    let size = |text: &str, more: usize| format!("{:x}", text.len() + more);
    let (first, second) = body.split_at(half);
    let cases = [
        // Complete, in chunks.
        chunked(&[(&size(first, 0), first), (&size(second, 0), second), ("0", "")]),
        // Too short, too long.
        Reply::with_length(200, &json, &body, half),
        Reply::with_length(200, &json, &body[..half], body.len()),
        // Chunks that are longer or shorter than declared, that are not a number, that never end.
        chunked(&[(&size(first, 9), first)]),
        chunked(&[("5", first), ("0", "")]),
        chunked(&[("zz", first), ("0", "")]),
        chunked(&[("-1", first), ("0", "")]),
        chunked(&[("fffffffffffffffff", first)]),
        chunked(&[(&size(first, 0), first)]),
        chunked(&[(&size(first, 0), first), ("0", "")]),
    ];
    let results = run_cases(&cases);
    assert_eq!(results[0], Ok(vec![bytes]));
    for (case, results) in results.iter().enumerate().skip(1) {
        let failure = results.as_ref().expect_err("a partial image is an error");
        assert_eq!((failure.kind, failure.charged), (FailureKind::CutOff, Charge::Maybe), "{case} {failure:?}");
    }
}

/// The checksum of gzip (RFC 1952).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum: u32, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 })
    })
}

/// gzip with stored bytes.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("one block is enough");
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend_from_slice(bytes);
    out.extend(crc32(bytes).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

/// Brotli (RFC 7932) with stored bytes: a window of 16 bits, one uncompressed block, an empty last one.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let length = u32::from(u16::try_from(bytes.len() - 1).expect("one block is enough"));
    // From the lowest bit: window 0, not last 0, four nibbles 00, the length less one, uncompressed 1.
    let header = (length << 4) | (1 << 20);
    let mut out = header.to_le_bytes()[..3].to_vec();
    out.extend_from_slice(bytes);
    out.push(3);
    out
}

/// Zstandard (RFC 8878) with stored bytes: one segment, one raw block.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("it is small");
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    out.extend(length.to_le_bytes());
    out.extend_from_slice(&((length << 3) | 1).to_le_bytes()[..3]);
    out.extend_from_slice(bytes);
    out
}

#[test]
fn compressed_responses_are_decompressed_and_broken_ones_reported() {
    let bytes = small_png(9);
    for plain in [image_response(&bytes).to_string(), stream(&bytes)] {
        let mime = if plain.starts_with('{') { "application/json" } else { "text/event-stream" };
        let packed =
            [("gzip", gzip(plain.as_bytes())), ("br", brotli(plain.as_bytes())), ("zstd", zstd(plain.as_bytes()))];
        for (encoding, packed) in packed {
            let headers = [("content-type", mime), ("content-encoding", encoding)];
            let half = packed.len() / 2;
            let mut cases = vec![
                Reply::with(200, &headers, &packed),
                // Truncated by the connection, truncated by the server, and not compressed at all.
                Reply::with_length(200, &headers, &packed[..half], packed.len()),
                Reply::with(200, &headers, &packed[..half]),
                Reply::with(200, &headers, &plain),
            ];
            cases.extend([20, 40, 60].map(|at| Reply::with(200, &headers, &packed[..at])));
            let results = run_cases(&cases);
            assert_eq!(results[0], Ok(vec![bytes.clone()]), "{encoding} {mime}");
            for (case, results) in results.iter().enumerate().skip(1) {
                let failure = results.as_ref().expect_err("it is not whole");
                let kind = if case == 3 { FailureKind::NotUnderstood } else { FailureKind::CutOff };
                let found = (failure.kind, failure.charged);
                assert_eq!(found, (kind, Charge::Maybe), "{encoding} {mime} {case}: {failure:?}");
            }
        }
    }
}

#[test]
fn each_status_and_body_is_classified() {
    let page = "<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body><h1>nginx</h1></body></html>";
    let key =
        json!({ "error": { "message": "odd key sk-sentinel-1f2e3d4c5b6a7988 <b>here</b>", "code": null } }).to_string();
    let wrapped = json!({ "error": { "message": page } }).to_string();
    let bodies = [
        ("text/html", page.to_owned()),
        ("application/json", key),
        ("application/json", wrapped),
        ("application/json", "{\"error\":{\"mess".to_owned()),
        ("text/plain", String::new()),
        ("text/plain", "A".repeat(100_000)),
    ];
    let statuses = [400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 500, 501, 502, 504, 520, 522, 524, 301, 302, 303];
    let cases: Vec<(u16, Reply)> = statuses
        .into_iter()
        .flat_map(|status| bodies.iter().map(move |(mime, body)| (status, Reply::new(status, mime, body))))
        .collect();
    let replies: Vec<Reply> = cases.iter().map(|(_, reply)| reply.clone()).collect();
    for ((status, _), results) in cases.iter().zip(run_cases(&replies)) {
        let failure = results.expect_err("it is an error");
        assert_eq!(failure.http_status, Some(*status));
        // A redirect may also follow a completed request, unless it asks to repeat the same request elsewhere.
        let turned_down = *status < 500 && ![302, 303, 408].contains(status);
        assert_eq!(failure.charged, if turned_down { Charge::No } else { Charge::Maybe }, "{failure:?}");
        assert!(!failure.is_safe_to_repeat(), "{failure:?}");
        let words = failure.words.unwrap_or_default();
        assert!(!words.contains("sentinel") && !words.contains("<html") && !words.contains("AAAA"), "{words}");
        assert!(words.chars().count() <= 300);
    }
}

#[test]
fn rate_limit_of_hours_fails_at_no_cost() {
    let statuses = [429, 503, 529];
    let replies = statuses.map(|status| Reply::with(status, &[("retry-after", "7200")], "too many"));
    for (status, results) in statuses.into_iter().zip(run_cases(&replies)) {
        let failure = results.expect_err("it is an error");
        assert_eq!((failure.http_status, failure.charged), (Some(status), Charge::No), "{failure:?}");
        assert!(failure.is_safe_to_repeat(), "{failure:?}");
    }
}
