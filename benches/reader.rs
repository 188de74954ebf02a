//! Benchmarks of reading responses, compared with the least work of any reader: finding the ends of lines or of the
//! payload with `memchr` and decoding the payload with the same engine, all at once into allocated memory.
//!
//! ```text
//! cargo bench --bench reader
//! ```

use std::hint::black_box;

use atelier::gateway::{AnswerReader, BodyKind, ReaderLimits, Receiver};
use base64::{
    Engine as _,
    engine::{Simd, general_purpose::PAD},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The number of bytes that a connection delivers at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Counts the received bytes.
#[derive(Default)]
struct ByteCounter {
    bytes: usize,
    images: usize,
}

impl Receiver for ByteCounter {
    fn image_start(&mut self, _declared_mime: Option<&str>) {}

    fn image_bytes(&mut self, bytes: &[u8]) {
        self.bytes += black_box(bytes).len();
    }

    fn image_end(&mut self, complete: bool) {
        self.images += usize::from(complete);
    }

    fn image_link(&mut self, _url: &str) {}

    fn text(&mut self, _delta: &str) {}
}

fn read(body: &[u8]) -> ByteCounter {
    let (mut reader, mut count) =
        (AnswerReader::new(BodyKind::Unknown, ReaderLimits::default()), ByteCounter::default());
    for chunk in body.chunks(CHUNK_BYTES) {
        reader.push(chunk, &mut count);
    }
    let outcome = reader.finish(&mut count);
    assert!(outcome.complete && count.images == 1, "{:?}", outcome.failure);
    count
}

/// The base64 of an incompressible image.
fn payload(characters: usize) -> String {
    let mut state = 1_u64;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    })
    .take(characters / 4 * 3)
    .collect();
    Simd::standard(PAD).encode(bytes)
}

fn bench_bodies(c: &mut Criterion) {
    let base64 = payload(20_000_000);
    let markdown = format!("![image](data:image/png;base64,{base64})");
    let bench_bodies = [
        (
            "JSON, one string",
            format!(r#"{{"choices":[{{"message":{{"content":"{markdown}"}},"finish_reason":"stop"}}]}}"#),
        ),
        ("JSON, b64_json", format!(r#"{{"data":[{{"b64_json":"{base64}"}}]}}"#)),
        (
            "events, one line",
            format!(
                "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{markdown}\"}},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"
            ),
        ),
    ];
    let mut group = c.benchmark_group("20 MB");
    group.throughput(Throughput::Bytes(base64.len() as u64)).sample_size(20);
    let least = bench_bodies[0].1.as_bytes();
    let (engine, mut room) = (Simd::standard(PAD), vec![0; base64.len() / 4 * 3]);
    group.bench_function("the least", |b| {
        b.iter(|| {
            let start = memchr::memchr(b',', least).expect("the body has a data URL") + 1;
            let end = start + memchr::memchr(b')', &least[start..]).expect("the data URL ends");
            engine.decode_slice(&least[start..end], &mut room).expect("the payload is base64")
        });
    });
    for (name, body) in &bench_bodies {
        group.bench_function(*name, |b| b.iter(|| read(body.as_bytes()).bytes));
    }
    group.finish();
}

fn bench_deltas(c: &mut Criterion) {
    let base64 = payload(600_000);
    let opening = "![image](data:image/png;base64,";
    let text: Vec<&str> =
        base64.as_bytes().chunks(3).map(|piece| std::str::from_utf8(piece).expect("base64 is ASCII")).collect();
    let mut stream = String::new();
    for piece in std::iter::once(opening).chain(text).chain([")"]) {
        stream += "data: {\"id\":\"chatcmpl-123\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"maker/model-image\",";
        stream += "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
        stream += piece;
        stream += "\"},\"finish_reason\":null}]}\n\n";
    }
    stream += "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let mut group = c.benchmark_group("200,000 deltas");
    group.throughput(Throughput::Bytes(stream.len() as u64)).sample_size(20);
    let (engine, mut room) = (Simd::standard(PAD), vec![0; base64.len() / 4 * 3]);
    group.bench_function("the least", |b| {
        b.iter(|| {
            let lines = memchr::memchr_iter(b'\n', black_box(stream.as_bytes())).count();
            lines + engine.decode_slice(black_box(&base64), &mut room).expect("the payload is base64")
        });
    });
    // Without knowing where the characters are, any reader must look for them in every event.
    let mut gathered = Vec::with_capacity(base64.len());
    group.bench_function("the least, event by event", |b| {
        b.iter(|| {
            gathered.clear();
            let stream = black_box(stream.as_bytes());
            let mut from = 0;
            for end in memchr::memchr_iter(b'\n', stream) {
                let line = &stream[from..end];
                from = end + 1;
                let Some(start) = memchr::memmem::find(line, b"\"content\":\"") else { continue };
                let text = &line[start + 11..];
                let length = memchr::memchr(b'"', text).expect("the string ends");
                if length == 3 {
                    gathered.extend_from_slice(&text[..length]);
                }
            }
            engine.decode_slice(&gathered, &mut room).expect("the payload is base64")
        });
    });
    group.bench_function("reading", |b| b.iter(|| read(stream.as_bytes()).bytes));
    group.finish();
}

criterion_group!(benches, bench_bodies, bench_deltas);
criterion_main!(benches);
