//! The road of one picture, from an answer's bytes to a durable file and a thumbnail, beside decoding the same PNG
//! alone in the same run.
//!
//! ```text
//! cargo bench --bench road
//! ```

use std::{
    hint::black_box,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use atelier::{
    gateway::{AnswerReader, BodyKind, ReaderLimits},
    imaging::{Bitmap, Encoding, encode},
    library::Library,
    recipe::{ImageId, RequestId},
    studio::landing::Landing,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use uuid::Uuid;

/// Pixels along a side of the picture.
const SIDE: u32 = 2048;
/// Bytes that come at once from a socket.
const PIECE: usize = 64 << 10;
/// How fast a fast line is, in bytes a second.
const LINE: f64 = 100e6;

/// A picture as compressible as a photograph: gradients with noise.
fn picture() -> Vec<u8> {
    let mut noise = 1_u32;
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let grain = (noise & 7) as u8;
            rgba.extend([(x / 9) as u8 | grain, (y / 9) as u8 | (grain >> 1), ((x + y) / 17) as u8 | grain, 255]);
        }
    }
    let bitmap = Bitmap::new(SIDE, SIDE, rgba).expect("as many bytes as pixels");
    encode(&bitmap, Encoding::Png).expect("it fits a PNG")
}

fn answer(png: &[u8]) -> Vec<u8> {
    let data = BASE64_STANDARD.encode(png);
    let content = format!("Here it is.\\n![image](data:image/png;base64,{data})");
    format!(
        "{{\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{content}\"}},\
         \"finish_reason\":\"stop\"}}],\"usage\":{{\"total_tokens\":1300}}}}"
    )
    .into_bytes()
}

fn decode_alone(png: &[u8], buffer: &mut Vec<u8>) -> Duration {
    let start = Instant::now();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a PNG");
    buffer.resize(reader.output_buffer_size().expect("it fits memory"), 0);
    reader.next_frame(buffer).expect("a whole PNG");
    black_box(&buffer);
    start.elapsed()
}

/// Times of one picture on its road.
struct Times {
    /// From the first byte to durable.
    all: Duration,
    /// The part of it after the picture was decoded: making it durable.
    storing: Duration,
    /// From the last byte to durable; the thumbnail is decoded by then.
    after_last_byte: Duration,
}

fn travel(library: &Arc<Library>, body: &[u8], paced: bool) -> Times {
    let request = RequestId::from_uuid(Uuid::now_v7());
    let name = || (ImageId::from_uuid(Uuid::now_v7()), Timestamp::now());
    let start = Instant::now();
    let mut landing = Landing::new(Arc::clone(library), request, Arc::default(), name);
    let mut reader = AnswerReader::new(BodyKind::Json, ReaderLimits::default());
    let mut last_byte = start;
    for (index, piece) in body.chunks(PIECE).enumerate() {
        if paced {
            let due = Duration::from_secs_f64((index * PIECE) as f64 / LINE);
            if let Some(early) = due.checked_sub(start.elapsed()) {
                thread::sleep(early);
            }
        }
        // The last piece is taken when the last byte has come.
        last_byte = Instant::now();
        reader.push(piece, &mut landing);
    }
    let outcome = reader.finish(&mut landing);
    let decoded = Instant::now();
    let (stored, failure) = landing.store(&outcome.answer, start.elapsed());
    assert!(failure.is_none() && stored.len() == 1, "{failure:?}");
    Times { all: start.elapsed(), storing: decoded.elapsed(), after_last_byte: last_byte.elapsed() }
}

/// The median, and the best, which tells more where other programs want the processors too.
fn summary(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[0])
}

/// A line of the table, in milliseconds.
fn tell(what: &str, (median, best): (Duration, Duration), goal: &str) {
    println!("{what:<54} {:>7.1} {:>7.1}   {goal}", median.as_secs_f64() * 1e3, best.as_secs_f64() * 1e3);
}

fn main() {
    let rounds = 15;
    let place = tempfile::tempdir().expect("a temporary folder");
    let library = Arc::new(Library::open(place.path()).expect("a library"));
    let png = picture();
    let body = answer(&png);
    let mut buffer = Vec::new();
    let (mut alone, mut at_once, mut storing, mut paced) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        alone.push(decode_alone(&png, &mut buffer));
        let times = travel(&library, &body, false);
        at_once.push(times.all);
        storing.push(times.storing);
        paced.push(travel(&library, &body, true).after_last_byte);
    }
    let (alone, at_once) = (summary(alone), summary(at_once));
    let ratio = |road: Duration, alone: Duration| road.as_secs_f64() / alone.as_secs_f64();
    println!(
        "{:<54} {:>7} {:>7}",
        format!("picture of {SIDE}², {:.1} MB; ms", png.len() as f64 / 1e6),
        "median",
        "best"
    );
    tell("decoding it alone", alone, "");
    tell("the whole road, all bytes at once", at_once, "");
    tell("  of it after decoding: making it durable", summary(storing), "");
    println!(
        "{:<54} {:>7.2} {:>7.2}   (goal: at most 1.70)",
        "  times decoding it alone",
        ratio(at_once.0, alone.0),
        ratio(at_once.1, alone.1)
    );
    tell("at 100 MB/s, last byte to durable, thumbnail decoded", summary(paced), "(goal: 20 ms)");
}
