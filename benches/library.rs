//! Benchmarks of storing originals, compared with writing and flushing a plain file of the same bytes; of index queries
//! for the gallery, of changing marks of many images at once, and of rebuilding an index.
//!
//! ```text
//! cargo bench --bench library
//! ATELIER_BENCH_ROWS=1000000 cargo bench --bench library images
//! ```

use std::{
    fs::{self, File},
    hint::black_box,
    io::Write as _,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use atelier::{
    library::{Library, NewImage, OriginalWriter, Query, rebuild},
    recipe::{Answer, Format, ImageFacts, ImageId, MarkChange, Recipe, RequestId, SortField, SortOrder},
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use uuid::Uuid;

/// The size of the stored original, in bytes.
const ORIGINAL_BYTES: usize = 10_000_000;
/// The number of bytes that arrive at once.
const CHUNK_BYTES: usize = 64 << 10;

fn image() -> NewImage {
    let facts = ImageFacts {
        id: ImageId::from_uuid(Uuid::now_v7()),
        request: RequestId::from_uuid(Uuid::now_v7()),
        recipe: Recipe { prompt: "a lighthouse in a storm".to_owned(), ..Recipe::default() },
        answer: Answer::default(),
        format: Format::Png,
        width: 4096,
        height: 4096,
        created: Timestamp::now(),
        took: Duration::from_secs(9),
        cost: None,
        source: None,
    };
    NewImage { facts, color: [1, 2, 3], features: None }
}

fn receive(library: &Arc<Library>, image: &NewImage, bytes: &[u8]) -> OriginalWriter {
    let mut writer =
        library.images().begin_original(image.facts.id, image.facts.created).expect("the library can be written");
    for piece in bytes.chunks(CHUNK_BYTES) {
        writer.write(piece).expect("there is room");
    }
    writer
}

fn write_file(path: &Path, bytes: &[u8]) -> File {
    let mut file = File::create(path).expect("the folder can be written");
    for piece in bytes.chunks(CHUNK_BYTES) {
        file.write_all(piece).expect("there is room");
    }
    file
}

fn bench_storing(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = Arc::new(Library::open(folder.path()).expect("a library"));
    let mut state = 1_u64;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    })
    .take(ORIGINAL_BYTES)
    .collect();
    let plain = folder.path().join("plain");

    let mut group = criterion.benchmark_group("10 MB");
    group.sample_size(20);
    group.bench_function("a plain file, write and flush", |bencher| {
        bencher.iter(|| write_file(&plain, &bytes).sync_all().expect("a flush"));
    });
    group.bench_function("an original, first byte to durable", |bencher| {
        bencher.iter(|| {
            let image = image();
            let writer = receive(&library, &image, &bytes);
            library.images().store_original(writer, image).expect("there is room")
        });
    });
    group.bench_function("a plain file, last byte to flushed", |bencher| {
        bencher.iter_batched(
            || write_file(&plain, &bytes),
            |file| file.sync_all().expect("a flush"),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("an original, last byte to durable", |bencher| {
        bencher.iter_batched(
            || {
                let image = image();
                (receive(&library, &image, &bytes), image)
            },
            |(writer, image)| library.images().store_original(writer, image).expect("there is room"),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// A library whose index has `rows` rows of images that do not exist.
fn open_filled_library(folder: &Path, rows: usize) -> Library {
    let library = Library::open(folder).expect("a library");
    library.fill_synthetic(rows, 1).expect("there is room");
    library
}

/// Search texts, to be typed one character after the other.
const TYPED_SEARCHES: &[&str] = &[
    "lighthouse in a storm",
    "soft light fox",
    "\"shallow depth of field\" fog",
    "kamiren",
    "Möwe -Regenschirm",
    "霓虹燈 雨夜",
    "水彩",
    "灯台 夕暮れ",
    "눈 덮인 산",
    "🦊 snow",
    "rating:>=4 tag:poster watercolour",
    "model:gemini is:picked golden hour",
    "from:2026-06 size:>2000 cost:>0.05 portrait",
];

/// The number of times that [`TYPED_SEARCHES`] is typed.
const REPETITIONS: usize = 5;

/// The time until something is on screen, and until all results are known, in milliseconds.
fn time_search(library: &Library, search: &str) -> (f64, f64) {
    let start = Instant::now();
    let elapsed = || start.elapsed().as_secs_f64() * 1e3;
    let mut first = None;
    let mut beginning = |page| {
        black_box(page);
        first.get_or_insert_with(elapsed);
    };
    let query = Query::parse(search);
    let all =
        library.search().find_cancellable(&query, SortOrder::NEWEST, &TimeZone::UTC, false, &|| true, &mut beginning);
    black_box(all.expect("the index can be read"));
    let all = elapsed();
    (first.unwrap_or(all), all)
}

fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * part).round() as usize]
}

/// Prints the duration of complete queries while they are typed, and the time to open a library.
fn print_typing(rows: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let start = Instant::now();
    drop(open_filled_library(folder.path(), rows));
    println!("{rows} images: filled in {:.1} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let library = Library::open(folder.path()).expect("a library");
    let opened = start.elapsed().as_secs_f64() * 1e3;
    let (first, all) = time_search(&library, "");
    println!("{rows} images: open {opened:.1} ms, first page {first:.1} ms later, all of them {all:.0} ms later");
    let (mut firsts, mut alls) = (Vec::new(), Vec::new());
    for search in std::iter::repeat_n(TYPED_SEARCHES, REPETITIONS).flatten() {
        for (end, c) in search.char_indices() {
            let (first, all) = time_search(&library, &search[..end + c.len_utf8()]);
            firsts.push(first);
            alls.push(all);
        }
    }
    let (first, first_most) = (percentile(&mut firsts, 0.95), percentile(&mut firsts, 1.0));
    let (all, all_most) = (percentile(&mut alls, 0.95), percentile(&mut alls, 1.0));
    println!(
        "{rows} pictures: {} keys; answer on screen p95 {first:.1} ms (most {first_most:.1}), whole answer p95 \
         {all:.1} ms (most {all_most:.1})",
        firsts.len()
    );
}

/// A library of 100,000 images, or of `ATELIER_BENCH_ROWS`.
fn bench_search(criterion: &mut Criterion) {
    let rows = std::env::var("ATELIER_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    print_typing(rows);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = open_filled_library(folder.path(), rows);
    let mut group = criterion.benchmark_group(format!("{rows} images"));
    group.sample_size(20);
    for (name, search, key) in [
        ("all of them", "", SortField::Date),
        ("all of them by rating", "", SortField::Rating),
        ("a word that many have", "lighthouse", SortField::Date),
        ("two words", "storm light", SortField::Date),
        ("two characters that many have", "電影", SortField::Date),
        ("a word that hardly any has", "kamiren", SortField::Date),
        ("a word that none has", "zeppelin", SortField::Date),
        ("without a word", "-fox", SortField::Date),
        ("a rating", "rating:>=4", SortField::Date),
        ("a tag", "tag:portrait", SortField::Date),
        ("a colour", "colour:#c86432", SortField::Date),
    ] {
        let (query, order) = (Query::parse(search), SortOrder { key, descending: true });
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                black_box(library.search().find(&query, order, &TimeZone::UTC).expect("the index can be read"))
            });
        });
    }
    let ids =
        library.search().find(&Query::default(), SortOrder::NEWEST, &TimeZone::UTC).expect("the index can be read").ids;
    group.bench_function("a screen of rows", |bencher| {
        bencher.iter(|| black_box(library.search().rows(&ids[..200]).expect("the index can be read")));
    });
    group.bench_function("totals", |bencher| {
        bencher.iter(|| black_box(library.search().totals().expect("the index can be read")));
    });
    group.finish();
}

/// A change of marks of 50,000 images at once, compared with writing and flushing as many bytes as the journal gets.
fn bench_organize(criterion: &mut Criterion) {
    const IMAGES: usize = 50_000;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = open_filled_library(folder.path(), IMAGES);
    let ids =
        library.search().find(&Query::default(), SortOrder::NEWEST, &TimeZone::UTC).expect("the index can be read").ids;
    let mut group = criterion.benchmark_group("50000 images");
    group.sample_size(10);
    // A quoted ID and a comma.
    let line = vec![b'0'; IMAGES * 39];
    let plain = folder.path().join("plain");
    group.bench_function("as many bytes, write and flush", |bencher| {
        bencher.iter(|| write_file(&plain, &line).sync_all().expect("a flush"));
    });
    let mut stars = 0;
    let mut rate = || {
        stars = stars % 5 + 1;
        library.organizer().change(&ids, &MarkChange::Rate(stars)).expect("there is room")
    };
    group.bench_function("rated", |bencher| bencher.iter(&mut rate));
    group.bench_function("taken back", |bencher| {
        bencher.iter_batched(
            &mut rate,
            |undo| library.organizer().undo(undo).expect("there is room"),
            BatchSize::PerIteration,
        );
    });
    let tag = "wet glass".to_owned();
    group.bench_function("tagged, which can be searched for, and untagged", |bencher| {
        bencher.iter(|| {
            library.organizer().change(&ids, &MarkChange::Tag(tag.clone())).expect("there is room");
            library.organizer().change(&ids, &MarkChange::Untag(tag.clone())).expect("there is room");
        });
    });
    group.finish();
}

/// Rebuilding an index from that many sidecars.
fn bench_rebuild(criterion: &mut Criterion) {
    const IMAGES: u32 = 10_000;
    let mut group = criterion.benchmark_group("an index made anew");
    group.sample_size(10);
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(Library::open(folder.path()).expect("a library"));
    let month = folder.path().join("originals/2026/11");
    fs::create_dir_all(&month).expect("a folder");
    for number in 0..IMAGES {
        let id = Uuid::now_v7();
        let sidecar = json!({
            "version": 1, "id": id, "request": Uuid::now_v7(), "format": "png", "width": 1024, "height": 1024,
            "recipe": {
                "prompt": format!("a lighthouse in a storm, number {number}, wide shot, soft light through thin fog, \
                    muted greens and greys, fine grain, shallow depth of field, composed by thirds"),
                "profile": "dgrid", "model": "gemini-2.5-flash-image",
            },
            "bytes": 1, "sha256": "00", "created": "2026-11-23T10:00:00Z", "took_ms": 8400, "colour": [1, 2, 3],
        });
        fs::write(month.join(format!("{id}.json")), sidecar.to_string()).expect("there is room");
        fs::write(month.join(format!("{id}.png")), "0").expect("there is room");
    }
    group.bench_function(format!("{IMAGES} images"), |bencher| {
        bencher.iter(|| {
            let rebuilt = rebuild(folder.path(), |_, _| ()).expect("there is room");
            assert_eq!(rebuilt.images, IMAGES as usize);
        });
    });
    group.finish();
}

criterion_group!(benches, bench_storing, bench_search, bench_organize, bench_rebuild);
criterion_main!(benches);
