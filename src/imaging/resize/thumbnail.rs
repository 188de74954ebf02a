//! Makes thumbnails of whole files: of PNG without holding the bitmap, of JPEG without alpha.

use std::{
    io::{BufRead, Cursor, Seek},
    mem,
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use super::{box_reducer::StreamingThumbnail, lanczos::downscale};
use crate::{
    error_chain::Cause,
    imaging::{
        decode::{PngRows, decode, jpeg_pixels, memory_budget, webp_pixels, whole_jpeg},
        header::{Probe, png_is_interlaced, probe},
        pixels::{Bitmap, ImageError, ImageLimits, guarded},
    },
    recipe::Format,
};

/// The approximate size of the rows that are scaled in one step, in bytes.
const ROW_BATCH_BYTES: usize = 128 * 1024;
/// The least number of steps in which an image is scaled.
const MIN_BAND_COUNT: u32 = 32;
/// The number of bands of a thumbnail whose rows arrive faster than they can be displayed.
const FAST_BAND_COUNT: u32 = 4;
/// The least time between two smaller bands.
const MIN_BAND_INTERVAL: Duration = Duration::from_millis(25);
/// The number of batches that may wait to be scaled.
const MAX_WAITING_BATCHES: usize = 4;

/// The result of decoding a complete image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedThumbnail {
    /// Format and full size.
    pub probe: Probe,
    /// The thumbnail, whose longer side is at most as long as requested.
    pub thumbnail: Bitmap,
    /// Whether all pixels of the full image are opaque.
    pub opaque: bool,
}

/// Decodes a whole file to a thumbnail whose longer side is `edge` pixels at most.
///
/// This is the fastest way to thumbnails of files, and for PNG the one that needs the least memory.
///
/// # Errors
/// The same as [`decode`].
pub fn thumbnail(bytes: &[u8], limits: &ImageLimits, edge: u32) -> Result<DecodedThumbnail, ImageError> {
    let probe = probe(bytes, limits)?;
    if probe.format == Format::Png && !png_is_interlaced(bytes) {
        let mut rgba = Vec::new();
        let mut size = (0, 0);
        let opaque = guarded(|| {
            shrink_rows(Cursor::new(bytes), limits, probe, edge, |whole, _, rows| {
                size = whole;
                rgba.extend_from_slice(rows);
            })
        })?;
        return join_bands(probe, size, rgba, opaque);
    }
    if probe.format == Format::Jpeg {
        let header = whole_jpeg(bytes)?;
        // A rotated image is turned after decoding.
        if header.is_upright() {
            let _room = memory_budget::plain(probe);
            return guarded(|| jpeg_thumbnail(bytes, probe, edge));
        }
    }
    if probe.format == Format::Webp && probe.width.max(probe.height) > edge {
        let _room = memory_budget::plain(probe);
        return guarded(|| webp_thumbnail(bytes, limits, probe, edge));
    }
    let bitmap = decode(bytes, limits)?;
    let opaque = bitmap.opaque;
    // Many images are no larger than their thumbnail.
    let thumbnail = if bitmap.width.max(bitmap.height) <= edge { bitmap } else { downscale(&bitmap, edge) };
    Ok(DecodedThumbnail { probe, thumbnail, opaque })
}

/// Decodes a JPEG and scales it without conversion, at three bytes per pixel or one.
fn jpeg_thumbnail(bytes: &[u8], probe: Probe, edge: u32) -> Result<DecodedThumbnail, ImageError> {
    let mut pixels = Vec::new();
    let kind = jpeg_pixels(bytes, (probe.width, probe.height), &mut pixels)?;
    let mut bands = StreamingThumbnail::new(probe.width, probe.height, edge, kind);
    let mut rgba = Vec::with_capacity(bands.size.0 as usize * bands.size.1 as usize * 4);
    for row in pixels.chunks_exact(probe.width as usize * kind.channels()) {
        bands.push(row);
    }
    bands.take(1, |_, rows| rgba.extend_from_slice(rows));
    join_bands(probe, bands.size, rgba, true)
}

/// Decodes a WebP and scales it without conversion, at three bytes per pixel or four.
fn webp_thumbnail(bytes: &[u8], limits: &ImageLimits, probe: Probe, edge: u32) -> Result<DecodedThumbnail, ImageError> {
    let (pixels, kind) = webp_pixels(bytes, limits, probe)?;
    let mut bands = StreamingThumbnail::new(probe.width, probe.height, edge, kind);
    let mut rgba = Vec::with_capacity(bands.size.0 as usize * bands.size.1 as usize * 4);
    for row in pixels.chunks_exact(probe.width as usize * kind.channels()) {
        bands.push(row);
    }
    bands.take(1, |_, rows| rgba.extend_from_slice(rows));
    let opaque = bands.opaque();
    join_bands(probe, bands.size, rgba, opaque)
}

/// Decodes a PNG row by row to a thumbnail, passed to `out` in bands: its size, the first row of a band and its RGBA.
/// Rows are scaled on a thread of their own while the next ones are decoded. Bands are large if the rows arrive fast.
///
/// Returns whether the full image is opaque.
pub(crate) fn shrink_rows(
    source: impl BufRead + Seek,
    limits: &ImageLimits,
    probe: Probe,
    edge: u32,
    mut out: impl FnMut((u32, u32), u32, &[u8]) + Send,
) -> Result<bool, ImageError> {
    let mut reader = PngRows::new(source, limits, probe)?;
    let mut bands = StreamingThumbnail::new(probe.width, probe.height, edge, reader.pixels);
    let size = bands.size;
    let stride = probe.width as usize * reader.pixels.channels();
    let mut shrink = move |batches: Receiver<Vec<u8>>| {
        let (mut due, mut is_idle) = (Instant::now() + MIN_BAND_INTERVAL, true);
        loop {
            let wait = due.saturating_duration_since(Instant::now());
            let batch = match if is_idle { batches.recv().map_err(Into::into) } else { batches.recv_timeout(wait) } {
                Ok(batch) => batch,
                Err(RecvTimeoutError::Timeout) => Vec::new(),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            for row in batch.chunks_exact(stride) {
                bands.push(row);
            }
            let now = Instant::now();
            let is_due = now >= due;
            bands.take(size.1.div_ceil(if is_due { MIN_BAND_COUNT } else { FAST_BAND_COUNT }), |first, rows| {
                out(size, first, rows);
            });
            if is_due {
                due = now + MIN_BAND_INTERVAL;
            }
            // Nothing more can be computed before the next rows arrive.
            is_idle = is_due && batch.is_empty();
        }
        bands.opaque()
    };
    thread::scope(|scope| {
        let (sender, batches) = sync_channel::<Vec<u8>>(MAX_WAITING_BATCHES);
        let shrinking = thread::Builder::new().name("png shrink".into()).spawn_scoped(scope, move || shrink(batches));
        let shrinking = shrinking.map_err(|error| ImageError::Broken(Cause::new(error)))?;
        let decoded = send_rows(&mut reader, probe.height, stride, &sender);
        drop(sender);
        // The thread ends with the rows.
        let opaque = shrinking.join().map_err(|_panic| ImageError::Broken("its rows could not be shrunk".into()))?;
        decoded?;
        Ok(opaque)
    })
}

/// Decodes all rows and sends them in batches.
fn send_rows(
    reader: &mut PngRows<impl BufRead + Seek>,
    height: u32,
    stride: usize,
    sender: &SyncSender<Vec<u8>>,
) -> Result<(), ImageError> {
    // Small images are scaled in as many steps as large ones.
    let batch = (ROW_BATCH_BYTES / stride.max(1)).clamp(1, height.div_ceil(MIN_BAND_COUNT) as usize) * stride;
    let mut rows = Vec::with_capacity(batch);
    for number in 1..=height {
        rows.extend_from_slice(reader.next()?);
        if rows.len() >= batch || number == height {
            let rows = mem::replace(&mut rows, Vec::with_capacity(batch));
            if sender.send(rows).is_err() {
                // Joining the thread reports the error.
                break;
            }
        }
    }
    reader.finish()
}

/// Joins the bands.
pub(crate) fn join_bands(
    probe: Probe,
    (width, height): (u32, u32),
    rgba: Vec<u8>,
    opaque: bool,
) -> Result<DecodedThumbnail, ImageError> {
    let thumbnail = Bitmap::new(width, height, rgba).ok_or_else(|| ImageError::Broken("rows are missing".into()))?;
    Ok(DecodedThumbnail { probe, thumbnail, opaque })
}
