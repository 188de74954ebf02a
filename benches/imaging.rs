//! Benchmarks of images on their way to a thumbnail, compared with decoding alone.
//!
//! ```text
//! cargo bench --bench imaging
//! ```

use std::{hint::black_box, io::Cursor};

use atelier::imaging::{
    Bitmap, Encoding, ImageLimits, IncrementalDecoder, JpegPreviews, average_color, decode, downscale, encode,
    encode_thumbnail, probe, thumbnail,
};
use criterion::{Criterion, criterion_group, criterion_main};

/// The longer side of a thumbnail, in pixels.
const THUMBNAIL_EDGE: u32 = 512;

/// A gradient with noise, which as PNG takes about as many bytes per pixel as a photograph.
fn image(side: u32, transparent: bool) -> Bitmap {
    let mut grain = 1_u32;
    let rgba = (0..side)
        .flat_map(|y| (0..side).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = |shift: u32| (grain >> shift & 15) as u8;
            let (u, v) = ((x * 200 / side) as u8, (y * 200 / side) as u8);
            let alpha = if transparent { 255 - u } else { 255 };
            [u + noise(28), v + noise(24), 100 + u / 2 + noise(20), alpha]
        })
        .collect();
    Bitmap::new(side, side, rgba).expect("four bytes for each pixel")
}

fn png(side: u32, transparent: bool) -> Vec<u8> {
    encode(&image(side, transparent), Encoding::Png).expect("a PNG may be of this size")
}

/// Decodes only, into allocated memory.
fn decode_alone(bytes: &[u8], buffer: &mut Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().expect("a header");
    buffer.resize(reader.output_buffer_size().expect("a size"), 0);
    reader.next_frame(buffer).expect("pixels");
}

fn decode_incrementally(bytes: &[u8]) {
    let mut arriving = IncrementalDecoder::new(ImageLimits::default(), THUMBNAIL_EDGE);
    arriving.push(bytes);
    black_box(arriving.finish().expect("an image"));
}

fn bench_decoders(criterion: &mut Criterion) {
    let limits = ImageLimits::default();
    for (name, side, transparent) in [("2048 RGB", 2048, false), ("2048 RGBA", 2048, true), ("4096 RGB", 4096, false)] {
        let bytes = png(side, transparent);
        println!("{name}: {:.1} bytes a pixel", bytes.len() as f64 / f64::from(side * side));
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        let mut buffer = Vec::new();
        group.bench_function("decode alone", |bencher| bencher.iter(|| decode_alone(&bytes, &mut buffer)));
        group.bench_function("arriving at once", |bencher| bencher.iter(|| decode_incrementally(&bytes)));
        group.bench_function("thumbnail", |bencher| {
            bencher.iter(|| black_box(thumbnail(&bytes, &limits, THUMBNAIL_EDGE).expect("an image")));
        });
        group.bench_function("decode to RGBA", |bencher| {
            bencher.iter(|| black_box(decode(&bytes, &limits).expect("an image")));
        });
        group.finish();
    }
}

fn bench_stages(criterion: &mut Criterion) {
    let limits = ImageLimits::default();
    let whole = image(2048, false);
    let small = downscale(&whole, THUMBNAIL_EDGE);
    let kept = encode_thumbnail(&small).expect("a JPEG");
    let mut group = criterion.benchmark_group("parts");
    group.sample_size(10);
    group.bench_function("shrink 2048 to 512", |bencher| bencher.iter(|| black_box(downscale(&whole, THUMBNAIL_EDGE))));
    group.bench_function("encode thumbnail", |bencher| {
        bencher.iter(|| black_box(encode_thumbnail(&small).expect("a JPEG")));
    });
    group.bench_function("decode thumbnail", |bencher| {
        bencher.iter(|| black_box(decode(&kept, &limits).expect("an image")));
    });
    group.bench_function("average colour", |bencher| bencher.iter(|| black_box(average_color(&small))));
    for (name, encoding) in
        [("jpeg 2048", Encoding::Jpeg { quality: 90 }), ("webp 2048", Encoding::Webp { quality: 80 })]
    {
        let bytes = encode(&whole, encoding).expect("an image");
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(thumbnail(&bytes, &limits, THUMBNAIL_EDGE).expect("an image")));
        });
    }
    group.finish();
}

/// All previews of a JPEG that arrives in chunks so slowly that none is skipped.
fn decode_previews(bytes: &mut [u8]) -> u32 {
    let mut glimpses = JpegPreviews::new(probe(bytes, &ImageLimits::default()).expect("a header"), THUMBNAIL_EDGE);
    let mut rows = 0;
    for length in (0..bytes.len()).step_by(16 * 1024) {
        if glimpses.wants(length) {
            glimpses.update(&mut bytes[..length], |_, band| rows += band.len() as u32 / THUMBNAIL_EDGE / 4);
        }
    }
    rows
}

fn bench_slow_jpegs(criterion: &mut Criterion) {
    for (name, side, progressive) in
        [("JPEG 2048", 2048, false), ("JPEG 4096", 4096, false), ("progressive JPEG 2048", 2048, true)]
    {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
        encoder.set_progressive(progressive);
        encoder
            .encode(&image(side, false).rgba, side as u16, side as u16, jpeg_encoder::ColorType::Rgba)
            .expect("a JPEG may be of this size");
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        group.bench_function("decode once", |bencher| {
            bencher.iter(|| black_box(thumbnail(&bytes, &ImageLimits::default(), THUMBNAIL_EDGE).expect("an image")));
        });
        group.bench_function("all glimpses", |bencher| bencher.iter(|| black_box(decode_previews(&mut bytes))));
        group.finish();
    }
}

criterion_group!(benches, bench_decoders, bench_stages, bench_slow_jpegs);
criterion_main!(benches);
