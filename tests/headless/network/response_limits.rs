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
    images::{chat, good, picture, png},
    network::timeouts::{failure, patient, stop},
    test_home::{Home, files},
};

/// The largest block of a zstd frame, in bytes.
const BLOCK: u32 = 128 << 10;

/// A zstd frame of `blocks` blocks, four bytes each, that all repeat one letter (RFC 8878).
fn bomb(blocks: usize, letter: u8) -> Vec<u8> {
    // Magic number, no optional fields, a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    for block in 1..=blocks {
        let header = u32::from(block == blocks) | 1 << 1 | BLOCK << 3;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(letter);
    }
    frame
}

fn packed(encoding: &str, body: &[u8]) -> Reply {
    Reply::with(200, &[("content-type", "application/json"), ("content-encoding", encoding)], body)
}

#[test]
fn decompression_bomb_is_stopped_early() {
    let home = Home::new();
    // 80 kB that decompress to 2.6 GB.
    let gateway = Gateway::always(packed("zstd", &bomb(20_000, b' ')));
    let failed = home.generate(&gateway.base(), &[]);
    let failure = failed.only("failure");
    assert_eq!((failed.code, &failure["kind"]), (Some(1), &json!("unpacks_too_large")), "{failed:?}");
    assert_eq!((&failure["charged"], gateway.posts().len()), (&json!("maybe"), 1));
    let kept: u64 = files(&home.library()).iter().map(|path| path.metadata().expect("it is there").len()).sum();
    assert!(kept < 100 << 20, "{kept} bytes");
}

#[test]
fn compressed_response_is_decompressed() {
    let home = Home::new();
    let answer = good(&png(1)).to_string();
    // A frame with one uncompressed block.
    let mut body = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    body.extend(&(1 | (answer.len() as u32) << 3).to_le_bytes()[..3]);
    body.extend(answer.as_bytes());
    let cut = body[..body.len() / 2].to_vec();
    // White space after the response, compressed better than any real response, but not much of it.
    body.extend(bomb(100, b' '));
    let gateway = Gateway::always(packed("zstd", &body));
    home.generate(&gateway.base(), &[]).picture();
    assert!(gateway.posts()[0].header("accept-encoding").is_some_and(|accepted| accepted.contains("zstd")));

    // A truncated body, and one in another encoding than declared.
    let cut = Gateway::always(packed("zstd", &cut));
    assert_eq!(home.generate(&cut.base(), &[]).only("failure")["kind"], json!("cut_off"));
    let lie = Gateway::always(packed("gzip", answer.as_bytes()));
    assert_eq!(home.generate(&lie.base(), &[]).only("failure")["kind"], json!("not_understood"));
}

/// A response that links to images of the gateway itself.
fn links(host: &str, numbers: impl Iterator<Item = usize>) -> Value {
    let links: Vec<String> = numbers.map(|number| format!("![image](http://{host}/{number}.png)")).collect();
    chat(&json!(links.join("\n")), "stop")
}

#[test]
fn links_are_downloaded_once_each_with_limited_concurrency_and_count() {
    let home = Home::new();
    let (now, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let (under_way, seen) = (Arc::clone(&now), Arc::clone(&most));
    let gateway = Gateway::start(move |asked| match asked.header("host") {
        Some(host) if asked.method == "POST" => Reply::json(&links(host, (0..1_000).chain(0..1_000))),
        _ => {
            seen.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
            under_way.fetch_sub(1, Ordering::SeqCst);
            let number: u32 = asked.path.trim_matches(|c: char| !c.is_ascii_digit()).parse().expect("its number");
            match number {
                3 => Reply::new(404, "", ""),
                _ => Reply::new(200, "image/png", picture(8, 6, number, atelier::imaging::Encoding::Png)),
            }
        }
    });
    let made = home.generate(&gateway.base(), &[]);
    assert_eq!(made.events("image").len(), 63, "{:?}", made.events("failure"));
    assert_eq!(gateway.posts().len(), 1);
    let mut fetched: Vec<String> =
        gateway.asked().into_iter().filter(|asked| asked.method == "GET").map(|asked| asked.path).collect();
    fetched.sort();
    fetched.dedup();
    assert_eq!(gateway.asked().len() - 1, 64, "{fetched:?}");
    assert_eq!(fetched.len(), 64, "each once");
    let most = most.load(Ordering::SeqCst);
    assert!((2..=4).contains(&most), "{most} at a time");
}

#[test]
fn unresponsive_links_time_out_together() {
    let home = Home::new();
    let gateway = Gateway::start(|asked| match asked.header("host") {
        Some(host) if asked.method == "POST" => Reply::json(&links(host, 0..40)),
        _ => Reply(vec![Part::Stall]),
    });
    let handle = patient(&home, Timeouts { links: Duration::from_millis(400), ..Timeouts::default() });
    let failure = failure(&handle, &gateway);
    assert_eq!((failure.kind, failure.charged), (FailureKind::LinksTimedOut, Charge::Yes));
    assert!(gateway.asked().len() <= 5, "{} links were followed", gateway.asked().len() - 1);
    stop(&handle);
}
