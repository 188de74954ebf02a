//! Tests of responses without an end, of unlimited size, and with too many links: each ends with a message about its
//! limit.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use atelier::{
    gateway::Timeouts,
    recipe::{Charge, FailureKind},
};
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Part, Reply},
    images::{chat_response, encoded_image, image_response, png},
    network::timeouts::{open_studio, request_failure, shut_down},
    test_home::{TestHome, files},
};

/// The largest block of a zstd frame, in bytes.
const BLOCK_BYTES: u32 = 128 << 10;

/// A zstd frame of `blocks` blocks, four bytes each, that all repeat one letter (RFC 8878).
fn zstd_bomb(blocks: usize, letter: u8) -> Vec<u8> {
    // Magic number, no optional fields, a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    for block in 1..=blocks {
        let header = u32::from(block == blocks) | 1 << 1 | BLOCK_BYTES << 3;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(letter);
    }
    frame
}

fn compressed_reply(encoding: &str, body: &[u8]) -> Reply {
    Reply::with(200, &[("content-type", "application/json"), ("content-encoding", encoding)], body)
}

#[test]
fn decompression_bomb_is_stopped_early() {
    let home = TestHome::new();
    // 80 kB that decompress to 2.6 GB.
    let gateway = Gateway::always(compressed_reply("zstd", &zstd_bomb(20_000, b' ')));
    let failed = home.generate(&gateway.base_url(), &[]);
    let failure = failed.only_event("failure");
    assert_eq!((failed.code, &failure["kind"]), (Some(1), &json!("unpacks_too_large")), "{failed:?}");
    assert_eq!((&failure["charged"], gateway.posts().len()), (&json!("maybe"), 1));
    let kept: u64 = files(&home.library()).iter().map(|path| path.metadata().expect("it is there").len()).sum();
    assert!(kept < 100 << 20, "{kept} bytes");
}

#[test]
fn compressed_response_is_decompressed() {
    let home = TestHome::new();
    let answer = image_response(&png(1)).to_string();
    // A frame with one uncompressed block.
    let mut body = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    body.extend(&(1 | (answer.len() as u32) << 3).to_le_bytes()[..3]);
    body.extend(answer.as_bytes());
    let cut = body[..body.len() / 2].to_vec();
    // White space after the response, compressed better than any real response, but not much of it.
    body.extend(zstd_bomb(100, b' '));
    let gateway = Gateway::always(compressed_reply("zstd", &body));
    home.generate(&gateway.base_url(), &[]).only_image();
    assert!(gateway.posts()[0].header("accept-encoding").is_some_and(|accepted| accepted.contains("zstd")));

    // A truncated body, and one in another encoding than declared.
    let cut = Gateway::always(compressed_reply("zstd", &cut));
    assert_eq!(home.generate(&cut.base_url(), &[]).only_event("failure")["kind"], json!("cut_off"));
    let lie = Gateway::always(compressed_reply("gzip", answer.as_bytes()));
    assert_eq!(home.generate(&lie.base_url(), &[]).only_event("failure")["kind"], json!("not_understood"));
}

/// A response that links to images of the gateway itself.
fn response_with_links(host: &str, numbers: impl Iterator<Item = usize>) -> Value {
    let links: Vec<String> = numbers.map(|number| format!("![image](http://{host}/{number}.png)")).collect();
    chat_response(&json!(links.join("\n")), "stop")
}

#[test]
fn links_are_downloaded_once_each_with_limited_concurrency_and_count() {
    let home = TestHome::new();
    let (now, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let (under_way, seen) = (Arc::clone(&now), Arc::clone(&most));
    let gateway = Gateway::start(move |request| match request.header("host") {
        Some(host) if request.method == "POST" => Reply::json(&response_with_links(host, (0..1_000).chain(0..1_000))),
        _ => {
            seen.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
            under_way.fetch_sub(1, Ordering::SeqCst);
            let number: u32 = request.path.trim_matches(|c: char| !c.is_ascii_digit()).parse().expect("its number");
            match number {
                3 => Reply::new(404, "", ""),
                _ => Reply::new(200, "image/png", encoded_image(8, 6, number, atelier::imaging::Encoding::Png)),
            }
        }
    });
    let made = home.generate(&gateway.base_url(), &[]);
    assert_eq!(made.events("image").len(), 63, "{:?}", made.events("failure"));
    assert_eq!(gateway.posts().len(), 1);
    let mut fetched: Vec<String> =
        gateway.requests().into_iter().filter(|request| request.method == "GET").map(|request| request.path).collect();
    fetched.sort();
    fetched.dedup();
    assert_eq!(gateway.requests().len() - 1, 64, "{fetched:?}");
    assert_eq!(fetched.len(), 64, "each once");
    let most = most.load(Ordering::SeqCst);
    assert!((2..=4).contains(&most), "{most} at a time");
}

#[test]
fn unresponsive_links_time_out_together() {
    let home = TestHome::new();
    let gateway = Gateway::start(|request| match request.header("host") {
        Some(host) if request.method == "POST" => Reply::json(&response_with_links(host, 0..40)),
        _ => Reply(vec![Part::Stall]),
    });
    let handle = open_studio(&home, Timeouts { links: Duration::from_millis(400), ..Timeouts::default() });
    let failure = request_failure(&handle, &gateway);
    assert_eq!((failure.kind, failure.charged), (FailureKind::LinksTimedOut, Charge::Yes));
    assert!(gateway.requests().len() <= 5, "{} links were followed", gateway.requests().len() - 1);
    shut_down(&handle);
}
