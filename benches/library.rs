//! How fast originals are stored, beside writing and flushing a plain file of the same bytes, and how fast the index
//! answers what the gallery asks.
//!
//! ```text
//! cargo bench --bench library
//! ```

use std::{fs::File, hint::black_box, io::Write as _, path::Path, sync::Arc, time::Duration};

use atelier::{
    library::{Library, OriginalWriter, Query, SidecarFacts},
    recipe::{Answer, Format, ImageId, Order, Recipe, RequestId},
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

/// Bytes of the original that is stored.
const ORIGINAL: usize = 10_000_000;
/// How much of it comes at once.
const PIECE: usize = 64 << 10;

fn facts() -> SidecarFacts {
    SidecarFacts {
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
        colour: [1, 2, 3],
    }
}

fn received(library: &Arc<Library>, facts: &SidecarFacts, bytes: &[u8]) -> OriginalWriter {
    let mut writer = library.begin_original(facts.id, facts.created).expect("the library can be written");
    for piece in bytes.chunks(PIECE) {
        writer.write(piece).expect("there is room");
    }
    writer
}

fn written(path: &Path, bytes: &[u8]) -> File {
    let mut file = File::create(path).expect("the folder can be written");
    for piece in bytes.chunks(PIECE) {
        file.write_all(piece).expect("there is room");
    }
    file
}

fn storing(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = Arc::new(Library::open(folder.path()).expect("a library"));
    let mut state = 1_u64;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    })
    .take(ORIGINAL)
    .collect();
    let plain = folder.path().join("plain");

    let mut group = criterion.benchmark_group("10 MB");
    group.sample_size(20);
    group.bench_function("a plain file, write and flush", |bencher| {
        bencher.iter(|| written(&plain, &bytes).sync_all().expect("a flush"));
    });
    group.bench_function("an original, first byte to durable", |bencher| {
        bencher.iter(|| {
            let facts = facts();
            received(&library, &facts, &bytes).commit(facts).expect("there is room")
        });
    });
    group.bench_function("a plain file, last byte to flushed", |bencher| {
        bencher.iter_batched(
            || written(&plain, &bytes),
            |file| file.sync_all().expect("a flush"),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("an original, last byte to durable", |bencher| {
        bencher.iter_batched(
            || {
                let facts = facts();
                (received(&library, &facts, &bytes), facts)
            },
            |(writer, facts)| writer.commit(facts).expect("there is room"),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// A library whose index has so many rows of pictures that do not exist.
fn filled(folder: &Path, rows: usize) -> Library {
    let library = Library::open(folder).expect("a library");
    library.fill_synthetic(rows, 1).expect("there is room");
    library
}

fn asking(criterion: &mut Criterion) {
    for rows in [10_000, 100_000] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = filled(folder.path(), rows);
        let mut group = criterion.benchmark_group(format!("{rows} pictures"));
        group.sample_size(20);
        for (name, search) in [
            ("all of them", ""),
            ("a word that many have", "lighthouse"),
            ("two words", "storm light"),
            ("two characters that many have", "電影"),
            ("a word that one has", "9999,"),
            ("a word that none has", "zeppelin"),
        ] {
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    black_box(
                        library
                            .search(&Query::parse(search), Order::NEWEST, &TimeZone::UTC)
                            .expect("the index can be read"),
                    )
                });
            });
        }
        let ids = library.search(&Query::default(), Order::NEWEST, &TimeZone::UTC).expect("the index can be read").ids;
        group.bench_function("a screen of rows", |bencher| {
            bencher.iter(|| black_box(library.rows(&ids[..200]).expect("the index can be read")));
        });
        group.bench_function("totals", |bencher| {
            bencher.iter(|| black_box(library.totals().expect("the index can be read")));
        });
        group.finish();
    }
}

criterion_group!(benches, storing, asking);
criterion_main!(benches);
