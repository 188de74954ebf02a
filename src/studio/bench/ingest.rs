//! Measures the time from the bytes of a response to a durable and decoded image, and the speed of thumbnails, compared
//! with decoding the same PNG alone.

use std::{
    fs,
    hint::black_box,
    io::Cursor,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    gateway::BodyKind,
    imaging::{self, Bitmap, Encoding, ImageLimits},
    library::Library,
    recipe::{ImageId, RequestId},
    studio::{
        bench::{BenchError, external_tools, quantile},
        protocol::ThumbnailSize,
        responses::{ingest::ImageIngest, response_receiver::ResponseReceiver},
    },
};

/// Size of a chunk from a socket.
const CHUNK_BYTES: usize = 64 << 10;

/// Measurements of images of one size.
#[derive(Clone, Debug)]
pub struct IngestFigures {
    /// Pixels along a side.
    pub side: u32,
    /// Median time from the complete response in memory to a durable image with its thumbnail.
    pub ingest: Duration,
    /// Median time of decoding the same PNG into allocated memory.
    pub png_decode: Duration,
    /// Thumbnails of files per second, on all processors.
    pub thumbnails_per_second: f64,
    /// Thumbnails per second of other installed programs.
    pub peers: Vec<(&'static str, f64)>,
}

/// Measures images of one size. They are stored below the folder, which the caller removes.
///
/// # Errors
/// The disk cannot be written.
pub fn measure_images(folder: &Path, side: u32) -> Result<IngestFigures, BenchError> {
    let rounds = match side {
        ..=1024 => 25,
        1025..=2048 => 15,
        _ => 7,
    };
    let png = noisy_png(side);
    let library = Arc::new(Library::open(&folder.join(side.to_string()))?);
    let (mut ingests, mut decodes, mut buffer) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        // Each round has its own request, because equal images of one response are stored once.
        let took = measure_ingest(&library, &response_body(&png));
        let alone = decode_alone(&png, &mut buffer);
        // The first round warms up memory and disk.
        if round > 0 {
            ingests.push(took);
            decodes.push(alone);
        }
    }
    let thumbnails = folder.join(format!("{side}-thumbnails"));
    fs::create_dir_all(&thumbnails).map_err(BenchError::at(&thumbnails))?;
    let files: Vec<PathBuf> = (0..rounds * 4).map(|number| thumbnails.join(format!("{number}.png"))).collect();
    for file in &files {
        fs::write(file, &png).map_err(BenchError::at(file))?;
    }
    Ok(IngestFigures {
        side,
        ingest: quantile(&mut ingests, 0.5),
        png_decode: quantile(&mut decodes, 0.5),
        thumbnails_per_second: thumbnails_per_second(&files),
        peers: external_tools::thumbnails_per_second(&files, &thumbnails),
    })
}

/// A PNG that compresses like a photograph: gradients with noise.
fn noisy_png(side: u32) -> Vec<u8> {
    let mut noise = 1_u32;
    let mut rgba = Vec::with_capacity(side as usize * side as usize * 4);
    for y in 0..side {
        for x in 0..side {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let grain = (noise & 7) as u8;
            rgba.extend([(x / 9) as u8 | grain, (y / 9) as u8 | (grain >> 1), ((x + y) / 17) as u8 | grain, 255]);
        }
    }
    let encoded = Bitmap::new(side, side, rgba).map(|bitmap| imaging::encode(&bitmap, Encoding::Png));
    encoded.and_then(Result::ok).unwrap_or_default()
}

fn response_body(png: &[u8]) -> Vec<u8> {
    let data = BASE64_STANDARD.encode(png);
    let content = format!("![image](data:image/png;base64,{data})");
    format!("{{\"choices\":[{{\"message\":{{\"content\":\"{content}\"}},\"finish_reason\":\"stop\"}}]}}").into_bytes()
}

fn measure_ingest(library: &Arc<Library>, body: &[u8]) -> Duration {
    let request = RequestId::from_uuid(Uuid::now_v7());
    let name = || (ImageId::from_uuid(Uuid::now_v7()), Timestamp::now());
    let start = Instant::now();
    let ingest = ImageIngest::new(Arc::clone(library), request, Arc::default(), name);
    let mut receiver = ResponseReceiver::new(BodyKind::Json, ingest);
    for chunk in body.chunks(CHUNK_BYTES) {
        receiver.push(chunk);
    }
    let (outcome, mut ingest) = receiver.finish();
    black_box(ingest.store(&outcome.answer, start.elapsed()));
    start.elapsed()
}

fn decode_alone(bytes: &[u8], buffer: &mut Vec<u8>) -> Duration {
    let start = Instant::now();
    if let Ok(mut reader) = png::Decoder::new(Cursor::new(bytes)).read_info() {
        buffer.resize(reader.output_buffer_size().unwrap_or_default(), 0);
        black_box(reader.next_frame(buffer).ok());
    }
    start.elapsed()
}

/// Creates thumbnails of files on all processors, like the window does for new images.
fn thumbnails_per_second(files: &[PathBuf]) -> f64 {
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    black_box(thumbnail(file));
                }
            });
        }
    });
    files.len() as f64 / start.elapsed().as_secs_f64()
}

fn thumbnail(file: &Path) -> Option<Vec<u8>> {
    let bytes = fs::read(file).ok()?;
    let made = imaging::thumbnail(&bytes, &ImageLimits::default(), ThumbnailSize::Large.edge()).ok()?;
    imaging::encode_thumbnail(&made.thumbnail).ok()
}
