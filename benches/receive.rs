//! Benchmarks of receiving images, from a response's bytes in memory to durable files, a row in the index and cached
//! thumbnails, compared with decoding the same PNGs alone in the same run: one image, twelve requests whose responses
//! arrive at once, and one response with twelve images. The last lines measure the flushes of this disk, because they
//! take most of the time.
//!
//! ```text
//! cargo bench --bench receive
//! ATELIER_BENCH_SIDES=1024 ATELIER_BENCH_ROUNDS=30 cargo bench --bench receive
//! ```

use std::{
    env,
    fs::{self, File},
    hint::black_box,
    io::Write as _,
    path::Path,
    sync::{Arc, Barrier},
    thread,
    time::{Duration, Instant},
};

use atelier::{
    gateway::BodyKind,
    imaging::{Bitmap, Encoding, encode},
    library::{Library, RequestRecord, RequestStatus, SpoolHeader, SpooledHead, SpooledRequest},
    recipe::{Charge, ImageId, Money, ProfileId, Recipe, RequestId, Spending},
    studio::{
        ResponseReceiver,
        ingest::{ImageIngest, cache_thumbnails},
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use uuid::Uuid;

/// The number of images of a burst.
const BURST_IMAGES: usize = 12;
/// The space that is reserved for a response, in bytes.
const RESERVED_BYTES: u64 = 6 << 20;
/// The number of bytes that arrive from a socket at once.
const CHUNK_BYTES: usize = 64 << 10;
/// The speed of a fast connection, in bytes per second.
const CONNECTION_BYTES_PER_SECOND: f64 = 100e6;

/// An image as compressible as a photograph: gradients with noise that depends on the seed.
fn image(side: u32, seed: u32) -> Vec<u8> {
    let mut noise = seed;
    let mut rgba = Vec::with_capacity((side * side * 4) as usize);
    for y in 0..side {
        for x in 0..side {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let grain = (noise & 7) as u8;
            rgba.extend([(x / 9) as u8 | grain, (y / 9) as u8 | (grain >> 1), ((x + y) / 17) as u8 | grain, 255]);
        }
    }
    let bitmap = Bitmap::new(side, side, rgba).expect("as many bytes as pixels");
    encode(&bitmap, Encoding::Png).expect("it fits a PNG")
}

fn response(pngs: &[Vec<u8>]) -> Vec<u8> {
    let images = pngs.iter().map(|png| format!("\\n![image](data:image/png;base64,{})", BASE64_STANDARD.encode(png)));
    let content: String = images.collect();
    format!(
        "{{\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"Here it is.{content}\"}},\
         \"finish_reason\":\"stop\"}}],\"usage\":{{\"total_tokens\":1300}}}}"
    )
    .into_bytes()
}

fn decode_alone(pngs: &[Vec<u8>], buffer: &mut Vec<u8>) -> Duration {
    let start = Instant::now();
    for png in pngs {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a PNG");
        buffer.resize(reader.output_buffer_size().expect("it fits memory"), 0);
        reader.next_frame(buffer).expect("a whole PNG");
        black_box(&buffer);
    }
    start.elapsed()
}

/// The durations of receiving a response.
#[derive(Clone, Copy)]
struct Durations {
    /// From the first byte to durable images in the index.
    durable: Duration,
    /// The part of it after the last image was decoded.
    storing: Duration,
    /// From the last byte to durable; the thumbnails are decoded by then.
    after_last_byte: Duration,
    /// From the first byte to cached thumbnails.
    kept: Duration,
    /// From the first byte to a request that is recorded as paid and ended, without its spool file.
    ended: Duration,
}

/// A request that is being sent.
fn send(library: &Library) -> RequestId {
    let request = RequestId::from_uuid(Uuid::now_v7());
    let intent = RequestRecord { request, recipe: Recipe::default(), created: Timestamp::now() };
    library.requests().record(&[intent]).expect("the index can be written");
    library.requests().set_status(request, &RequestStatus::Sending).expect("the index can be written");
    request
}

fn spending(request: RequestId, images: usize) -> Spending {
    Spending {
        at: Timestamp::now(),
        request,
        profile: ProfileId::dgrid(),
        model: "painter".to_owned(),
        batch: None,
        charged: Charge::Yes,
        amount: Some(Money::from_dollars(0.04)),
        estimate: None,
        image_count: images,
        took_ms: Some(9000),
    }
}

/// Receives a response like the program does: spools, reads and stores it, caches its thumbnails, records it as paid
/// and ended.
fn receive(library: &Arc<Library>, request: RequestId, body: &[u8], images: usize, paced: bool) -> Durations {
    let name = || (ImageId::from_uuid(Uuid::now_v7()), Timestamp::now());
    let start = Instant::now();
    library.requests().set_status(request, &RequestStatus::Receiving).expect("the index can be written");
    let spooled = SpooledRequest { recipe: Recipe::default(), created: Timestamp::now(), estimate: None };
    let header = SpoolHeader::new(spooled, Timestamp::now(), None);
    let mut spool = library.spool().create(request, header, RESERVED_BYTES).expect("the disk can be written");
    spool.arm().expect("the disk can be written");
    spool.begin(&SpooledHead { kind: "json".to_owned(), answer: None }).expect("the disk can be written");
    let ingest = ImageIngest::new(Arc::clone(library), request, Arc::default(), name);
    let mut receiver = ResponseReceiver::new(BodyKind::Json, ingest);
    let mut last_byte = start;
    for (index, piece) in body.chunks(CHUNK_BYTES).enumerate() {
        if paced {
            let due = Duration::from_secs_f64((index * CHUNK_BYTES) as f64 / CONNECTION_BYTES_PER_SECOND);
            if let Some(early) = due.checked_sub(start.elapsed()) {
                thread::sleep(early);
            }
        }
        // The last chunk is read when the last byte has arrived.
        last_byte = Instant::now();
        spool.write(piece).expect("the disk can be written");
        receiver.push(piece);
    }
    spool.finish().expect("the disk can be written");
    let (outcome, mut ingest) = receiver.finish();
    let decoded = Instant::now();
    let (stored, failure) = ingest.store(&outcome.answer, start.elapsed());
    let (durable, storing, after_last_byte) = (start.elapsed(), decoded.elapsed(), last_byte.elapsed());
    assert!(failure.is_none() && stored.len() == images, "{failure:?}");
    for image in stored {
        black_box(cache_thumbnails(library, image));
    }
    let kept = start.elapsed();
    library.spending().record(&spending(request, images)).expect("the disk can be written");
    library.requests().set_status(request, &RequestStatus::Stored).expect("the index can be written");
    library.spool().remove(request).expect("the disk can be written");
    Durations { durable, storing, after_last_byte, kept, ended: start.elapsed() }
}

/// Receives one response per body at the same time, and returns the durations of the slowest.
fn burst(library: &Arc<Library>, bodies: &[Vec<u8>]) -> Durations {
    let barrier = Barrier::new(bodies.len());
    let times: Vec<Durations> = thread::scope(|scope| {
        let mut threads = Vec::with_capacity(bodies.len());
        for body in bodies {
            let (request, barrier) = (send(library), &barrier);
            threads.push(scope.spawn(move || {
                barrier.wait();
                receive(library, request, body, 1, false)
            }));
        }
        threads.into_iter().map(|thread| thread.join().expect("it ends")).collect()
    });
    let slowest = |time: fn(&Durations) -> Duration| times.iter().map(time).max().unwrap_or_default();
    Durations {
        durable: slowest(|times| times.durable),
        storing: slowest(|times| times.storing),
        after_last_byte: slowest(|times| times.after_last_byte),
        kept: slowest(|times| times.kept),
        ended: slowest(|times| times.ended),
    }
}

/// The median, and the best, which is more meaningful if other programs use the processors.
fn summary(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[0])
}

/// A row of the table, in milliseconds.
fn print_row(what: &str, times: Vec<Duration>) {
    let (median, best) = summary(times);
    println!("{what:<58} {:>7.1} {:>7.1}", median.as_secs_f64() * 1e3, best.as_secs_f64() * 1e3);
}

/// One of the measured durations.
type Measure = fn(&Durations) -> Duration;

/// The rows for one kind of arrival: milliseconds, and the ratio to decoding the same PNGs alone.
fn print_arrivals(what: &str, alone: &[Duration], arrivals: &[Durations]) {
    let alone = summary(alone.to_vec());
    println!("{what:<58} {:>7} {:>7}   times decoding alone", "median", "best");
    print_arrival("  decoded alone", alone, alone);
    let lines: [(&str, Measure); 4] = [
        ("  after decoding: making it durable", |times| times.storing),
        ("  durable and in the index", |times| times.durable),
        ("  and thumbnails kept", |times| times.kept),
        ("  and the request written down as paid and ended", |times| times.ended),
    ];
    for (what, time) in lines {
        print_arrival(what, summary(arrivals.iter().map(time).collect()), alone);
    }
}

fn print_arrival(what: &str, (median, best): (Duration, Duration), alone: (Duration, Duration)) {
    let ratio = |received: Duration, alone: Duration| received.as_secs_f64() / alone.as_secs_f64();
    println!(
        "{what:<58} {:>7.1} {:>7.1}   {:.2} {:.2}",
        median.as_secs_f64() * 1e3,
        best.as_secs_f64() * 1e3,
        ratio(median, alone.0),
        ratio(best, alone.1)
    );
}

/// The duration of each kind of flush on this disk.
fn print_disk(folder: &Path, bytes: &[u8], rounds: usize) {
    let create = |name: String, bytes: &[u8]| {
        let mut file = File::create(folder.join(name)).expect("the disk can be written");
        file.write_all(bytes).expect("the disk can be written");
        file
    };
    let time = |mut work: Box<dyn FnMut(usize) -> File + '_>| -> Vec<Duration> {
        let each = |round| {
            let file = work(round);
            let start = Instant::now();
            file.sync_all().expect("the disk can be written");
            start.elapsed()
        };
        (0..rounds).map(each).collect()
    };
    print_row("flush of a new file of these bytes", time(Box::new(|round| create(format!("large-{round}"), bytes))));
    print_row("flush of a new small file", time(Box::new(|round| create(format!("small-{round}"), &bytes[..2000]))));
    #[cfg(unix)]
    print_row(
        "flush of a folder after a rename",
        time(Box::new(|round| {
            let from = folder.join(format!("small-{round}"));
            fs::rename(from, folder.join(format!("renamed-{round}"))).expect("the disk can be written");
            File::open(folder).expect("the folder is there")
        })),
    );
    let index = rusqlite::Connection::open(folder.join("index.db")).expect("a database");
    index.pragma_update(None, "page_size", 8192).expect("a setting");
    index.pragma_update(None, "journal_mode", "WAL").expect("a setting");
    index.pragma_update(None, "synchronous", "FULL").expect("a setting");
    index.execute_batch("CREATE TABLE rows (text TEXT)").expect("a table");
    let commit = |_| {
        let start = Instant::now();
        index.execute("INSERT INTO rows VALUES (?1)", ["a lighthouse in a storm"]).expect("a row");
        start.elapsed()
    };
    print_row("one commit of one row (WAL, synchronous=FULL)", (0..rounds).map(commit).collect());
}

/// A number from the environment.
fn number_from_environment(name: &str) -> Option<usize> {
    env::var(name).ok()?.parse().ok()
}

fn main() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let sides =
        number_from_environment("ATELIER_BENCH_SIDES").map_or_else(|| vec![1024, 2048], |side| vec![side as u32]);
    for side in sides {
        let rounds = number_from_environment("ATELIER_BENCH_ROUNDS").unwrap_or(if side > 1024 { 9 } else { 15 });
        let folder = place.path().join(side.to_string());
        let library = Arc::new(Library::open(&folder).expect("a library"));
        let pngs: Vec<Vec<u8>> = (1..=BURST_IMAGES as u32).map(|seed| image(side, seed)).collect();
        let bodies: Vec<Vec<u8>> = pngs.chunks(1).map(response).collect();
        let together = response(&pngs);
        let mut buffer = Vec::new();
        let (mut alone, mut one, mut paced) = (Vec::new(), Vec::new(), Vec::new());
        let (mut all_alone, mut at_once, mut in_one) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=rounds {
            let times = (
                decode_alone(&pngs[..1], &mut buffer),
                receive(&library, send(&library), &bodies[0], 1, false),
                receive(&library, send(&library), &bodies[0], 1, true).after_last_byte,
                decode_alone(&pngs, &mut buffer),
                burst(&library, &bodies),
                receive(&library, send(&library), &together, BURST_IMAGES, false),
            );
            // The first round warms up memory and the disk.
            if round > 0 {
                alone.push(times.0);
                one.push(times.1);
                paced.push(times.2);
                all_alone.push(times.3);
                at_once.push(times.4);
                in_one.push(times.5);
            }
        }
        println!("images of {side}², {:.1} MB each; {rounds} rounds; ms", pngs[0].len() as f64 / 1e6);
        print_arrivals("one image", &alone, &one);
        print_row("at 100 MB/s, last byte to durable, thumbnail decoded", paced);
        print_arrivals(&format!("{BURST_IMAGES} requests at once"), &all_alone, &at_once);
        print_arrivals(&format!("one response with {BURST_IMAGES} images"), &all_alone, &in_one);
        let raw = folder.join("raw");
        fs::create_dir(&raw).expect("a folder");
        print_disk(&raw, &pngs[0], rounds);
        println!();
    }
}
