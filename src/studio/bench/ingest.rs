//! How long a picture takes from an answer's bytes to durable and decoded, and how fast thumbnails of files are made,
//! beside decoding the same PNGs alone in the same run.

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
    gateway::{AnswerReader, BodyKind, ReaderLimits},
    imaging::{self, Bitmap, Encoding, Limits},
    library::Library,
    recipe::{ImageId, RequestId},
    studio::{
        bench::{CannotMeasure, external_tools, quantile, synthetic_library::At as _},
        protocol::ThumbnailSize,
        responses::ingest::ImageIngest,
    },
};

/// Bytes that come at once from a socket.
const PIECE: usize = 64 << 10;

/// What was measured of pictures of one size.
#[derive(Clone, Debug)]
pub struct IngestFigures {
    /// Pixels along a side.
    pub side: u32,
    /// From the whole answer in memory to a durable picture with its thumbnail; median.
    pub ingest: Duration,
    /// Decoding the same PNG alone, into memory that is there already; median.
    pub png_decode: Duration,
    /// Thumbnails made in a second from files, on all processors.
    pub thumbnails_per_second: f64,
    /// The same by other programs that are installed here.
    pub peers: Vec<(&'static str, f64)>,
}

/// Measures pictures of this size. They are stored below the folder, which the caller removes.
///
/// # Errors
/// The disk cannot be written.
pub fn ingest(folder: &Path, side: u32) -> Result<IngestFigures, CannotMeasure> {
    let rounds = match side {
        ..=1024 => 25,
        1025..=2048 => 15,
        _ => 7,
    };
    let png = picture(side);
    let library = Arc::new(Library::open(&folder.join(side.to_string()))?);
    let (mut ingests, mut decodes, mut buffer) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        // Twins of one answer are one picture; these differ in their request.
        let took = travel(&library, &answer(&png));
        let alone = decode_alone(&png, &mut buffer);
        // The first round warms up memory and the disk.
        if round > 0 {
            ingests.push(took);
            decodes.push(alone);
        }
    }
    let thumbnails = folder.join(format!("{side}-thumbnails"));
    fs::create_dir_all(&thumbnails).at(&thumbnails)?;
    let files: Vec<PathBuf> = (0..rounds * 4).map(|number| thumbnails.join(format!("{number}.png"))).collect();
    for file in &files {
        fs::write(file, &png).at(file)?;
    }
    Ok(IngestFigures {
        side,
        ingest: quantile(&mut ingests, 0.5),
        png_decode: quantile(&mut decodes, 0.5),
        thumbnails_per_second: thumbnails_per_second(&files),
        peers: external_tools::thumbnails_per_second(&files, &thumbnails),
    })
}

/// A picture that compresses like a photograph: gradients with noise.
fn picture(side: u32) -> Vec<u8> {
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

fn answer(png: &[u8]) -> Vec<u8> {
    let data = BASE64_STANDARD.encode(png);
    let content = format!("![image](data:image/png;base64,{data})");
    format!("{{\"choices\":[{{\"message\":{{\"content\":\"{content}\"}},\"finish_reason\":\"stop\"}}]}}").into_bytes()
}

fn travel(library: &Arc<Library>, body: &[u8]) -> Duration {
    let request = RequestId::from_uuid(Uuid::now_v7());
    let name = || (ImageId::from_uuid(Uuid::now_v7()), Timestamp::now());
    let start = Instant::now();
    let mut ingest = ImageIngest::new(Arc::clone(library), request, Arc::default(), name);
    let mut reader = AnswerReader::new(BodyKind::Json, ReaderLimits::default());
    for chunk in body.chunks(PIECE) {
        reader.push(chunk, &mut ingest);
    }
    let outcome = reader.finish(&mut ingest);
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

/// Makes thumbnails of files on all processors, as the window does for a folder that it has not seen.
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
    let made = imaging::thumbnail(&bytes, &Limits::default(), ThumbnailSize::Large.edge()).ok()?;
    imaging::encode_thumbnail(&made.thumbnail).ok()
}
