//! Decodes images while their bytes arrive.

use std::{mem, sync::atomic::Ordering};

use super::{
    jpeg_preview::FIRST_PREVIEW_BYTES,
    worker::{DecodeFn, Worker, decode_jpeg_with_previews, decode_png_rows},
};
use crate::{
    imaging::{
        format::{Sniffed, sniff_prefix},
        header::{PNG_HEADER_BYTES, Probe, png_is_interlaced, probe},
        pixels::{Bitmap, ImageError, ImageLimits},
        resize::{DecodedThumbnail, thumbnail},
    },
    recipe::Format,
};

/// The number of bytes within which the header of a JPEG must have arrived.
const MAX_JPEG_HEADER_BYTES: usize = 1 << 20;
/// Decodes an image whose bytes are pushed in as they arrive, and produces a thumbnail.
///
/// The rows of a PNG are decoded on a thread of its own and scaled down at once, so that even the largest one needs
/// little memory, can be displayed while it grows, and is finished moments after its last byte. A JPEG is collected on
/// such a thread, which decodes the part that has arrived from time to time, if it arrives slowly. The other formats,
/// and interlaced PNGs, are collected and decoded in [`IncrementalDecoder::finish`].
///
/// Dropping it ends the thread.
#[derive(Debug)]
pub struct IncrementalDecoder {
    limits: ImageLimits,
    edge: u32,
    road: DecodeMode,
}

#[derive(Debug)]
enum DecodeMode {
    /// Too few bytes to decide.
    Undecided(Vec<u8>),
    Rows(Worker),
    Whole(Vec<u8>),
    Rejected(ImageError),
}

impl IncrementalDecoder {
    /// An image of which nothing has arrived. The longer side of its thumbnail will be `edge` pixels at most.
    pub fn new(limits: ImageLimits, edge: u32) -> Self {
        Self { limits, edge, road: DecodeMode::Undecided(Vec::new()) }
    }

    /// Adds bytes. Blocks if the decoder is megabytes behind.
    ///
    /// Bytes of an image that is unsupported, too large or known to be broken are dropped;
    /// [`IncrementalDecoder::finish`]
    /// reports the error.
    pub fn push(&mut self, bytes: &[u8]) {
        match &mut self.road {
            DecodeMode::Undecided(so_far) => {
                so_far.extend_from_slice(bytes);
                let so_far = mem::take(so_far);
                self.road = self.decide(so_far);
            }
            DecodeMode::Rows(worker) => worker.push(bytes),
            DecodeMode::Whole(so_far) => so_far.extend_from_slice(bytes),
            DecodeMode::Rejected(_) => {}
        }
    }

    fn decide(&self, bytes: Vec<u8>) -> DecodeMode {
        let format = match sniff_prefix(&bytes) {
            Sniffed::TooFew => return DecodeMode::Undecided(bytes),
            Sniffed::Unknown => return DecodeMode::Rejected(ImageError::NotAnImage),
            Sniffed::Known(format) => format,
        };
        match format {
            Format::Png if bytes.len() < PNG_HEADER_BYTES => DecodeMode::Undecided(bytes),
            Format::Png => match probe(&bytes, &self.limits) {
                Err(error) => DecodeMode::Rejected(error),
                Ok(_) if png_is_interlaced(&bytes) => DecodeMode::Whole(bytes),
                Ok(probe) => self.rows(probe, bytes, decode_png_rows),
            },
            Format::Jpeg if bytes.len() < FIRST_PREVIEW_BYTES => DecodeMode::Undecided(bytes),
            Format::Jpeg => match probe(&bytes, &self.limits) {
                Err(ImageError::Broken(_)) if bytes.len() < MAX_JPEG_HEADER_BYTES => DecodeMode::Undecided(bytes),
                Err(ImageError::Broken(_)) => DecodeMode::Whole(bytes),
                Err(error) => DecodeMode::Rejected(error),
                Ok(probe) => self.rows(probe, bytes, decode_jpeg_with_previews),
            },
            _ => DecodeMode::Whole(bytes),
        }
    }

    /// Starts a thread that decodes. If it cannot be started, the image is decoded at the end.
    fn rows(&self, probe: Probe, bytes: Vec<u8>, work: DecodeFn) -> DecodeMode {
        match Worker::start(probe, self.limits, self.edge, work) {
            Ok(mut worker) => {
                worker.push(&bytes);
                DecodeMode::Rows(worker)
            }
            Err(_) => DecodeMode::Whole(bytes),
        }
    }

    /// Counts the changes of [`IncrementalDecoder::preview`]; 0 while there is none.
    pub fn revision(&self) -> u64 {
        match &self.road {
            DecodeMode::Rows(worker) => worker.shared.revision.load(Ordering::Acquire),
            _ => 0,
        }
    }

    /// The thumbnail so far, and the width and height of the full image in pixels.
    ///
    /// Missing rows are fully transparent. `None` before the first rows, and for images that are decoded only when they
    /// are complete.
    pub fn preview(&self) -> Option<(Bitmap, u32, u32)> {
        let DecodeMode::Rows(worker) = &self.road else { return None };
        if self.revision() == 0 {
            return None;
        }
        let rgba = worker.shared.rgba().clone();
        let (width, height) = worker.size;
        Some((Bitmap::new(width, height, rgba)?, worker.probe.width, worker.probe.height))
    }

    /// Ends the bytes, so that the decoder can finish meanwhile. Does not block.
    pub fn end(&mut self) {
        if let DecodeMode::Rows(worker) = &mut self.road {
            worker.pieces = None;
        }
    }

    /// Ends the bytes and waits for the decoder.
    ///
    /// # Errors
    /// Those of [`crate::imaging::decode::decode::decode`]: [`ImageError::Broken`] also if the image is truncated.
    pub fn finish(self) -> Result<DecodedThumbnail, ImageError> {
        match self.road {
            DecodeMode::Rows(worker) => worker.finish(),
            DecodeMode::Undecided(bytes) | DecodeMode::Whole(bytes) => thumbnail(&bytes, &self.limits, self.edge),
            DecodeMode::Rejected(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread};

    use super::*;
    use crate::imaging::{
        encode::{Encoding, encode},
        stream::worker::{MAX_CHUNK_BYTES, MAX_WAITING_CHUNKS},
        test_images::samples,
    };

    fn arrived(bytes: &[u8], edge: u32, piece: usize) -> Result<DecodedThumbnail, ImageError> {
        let mut arriving = IncrementalDecoder::new(ImageLimits::default(), edge);
        for piece in bytes.chunks(piece) {
            arriving.push(piece);
        }
        arriving.finish()
    }

    #[test]
    fn chunk_sizes_do_not_change_the_thumbnail() {
        let image = samples::painting(150, 90);
        let bytes = samples::png(&image);
        let whole = thumbnail(&bytes, &ImageLimits::default(), 64).unwrap();
        assert_eq!((whole.thumbnail.width, whole.thumbnail.height), (64, 38));
        assert!(whole.opaque && whole.thumbnail.opaque);
        for piece in [1, 7, 1000, usize::MAX] {
            let arrived = arrived(&bytes, 64, piece).unwrap();
            assert_eq!((arrived.probe, arrived.opaque), (whole.probe, whole.opaque), "{piece}");
            // The boundaries of the bands depend on when the rows arrive.
            assert!(samples::largest_difference(&arrived.thumbnail, &whole.thumbnail) <= 1, "{piece}");
        }
    }

    #[test]
    fn every_format_is_decoded_incrementally() {
        let image = samples::painting(150, 90);
        let mut files = vec![samples::gif(&image)];
        for encoding in [Encoding::Png, Encoding::Jpeg { quality: 90 }, Encoding::Webp { quality: 100 }] {
            files.push(encode(&image, encoding).unwrap());
        }
        for file in files {
            let finished = arrived(&file, 50, 333).unwrap();
            assert_eq!(finished.probe, probe(&file, &ImageLimits::default()).unwrap());
            assert_eq!((finished.thumbnail.width, finished.thumbnail.height), (50, 30));
        }
    }

    #[test]
    fn png_preview_is_available_while_bytes_arrive() {
        let image = samples::painting(256, 256);
        let bytes = samples::png(&image);
        let mut arriving = IncrementalDecoder::new(ImageLimits::default(), 64);
        assert_eq!(arriving.revision(), 0);
        assert!(arriving.preview().is_none());
        arriving.push(&bytes[..bytes.len() / 2]);
        let row = 64 * 4;
        let (preview, width, height) = loop {
            match arriving.preview() {
                Some(preview) if preview.0.rgba[row * 7 + 3] == 255 => break preview,
                _ => thread::yield_now(),
            }
        };
        assert_eq!((preview.width, preview.height, width, height), (64, 64, 256, 256));
        assert!(!preview.opaque);
        arriving.push(&bytes[bytes.len() / 2..]);
        let finished = arriving.finish().unwrap();
        assert_eq!(preview.rgba[..row * 4], finished.thumbnail.rgba[..row * 4], "the first rows are final");
        assert!(preview.rgba[row * 60..].iter().all(|byte| *byte == 0), "the last rows have not come");
    }

    #[test]
    fn jpeg_preview_is_available_while_bytes_arrive() {
        let (_, bytes) = samples::jpegs(1024, 2048).swap_remove(0);
        let mut arriving = IncrementalDecoder::new(ImageLimits::default(), 256);
        let start = bytes.len() / 12;
        assert!(start > FIRST_PREVIEW_BYTES, "{start} bytes are too few to be looked at");
        arriving.push(&bytes[..start]);
        while arriving.revision() < 1 {
            thread::yield_now();
        }
        let (preview, width, height) = arriving.preview().unwrap();
        assert_eq!((preview.width, preview.height, width, height), (128, 256, 1024, 2048));
        arriving.push(&bytes[start..]);
        let finished = arriving.finish().unwrap();
        assert_eq!(finished, thumbnail(&bytes, &ImageLimits::default(), 256).unwrap());
        let row = 128 * 4;
        assert_eq!(preview.rgba[..row * 8], finished.thumbnail.rgba[..row * 8], "the first rows are final");
        assert!(preview.rgba[row * 32..].iter().all(|byte| *byte == 0), "the others have not come");
    }

    #[test]
    fn chunk_sizes_do_not_change_the_thumbnail_of_a_jpeg() {
        for (name, bytes) in samples::jpegs(300, 200) {
            let whole = thumbnail(&bytes, &ImageLimits::default(), 64);
            for piece in [100, 20_000, usize::MAX] {
                assert_eq!(arrived(&bytes, 64, piece), whole, "{name} in pieces of {piece}");
            }
            let cut = arrived(&bytes[..bytes.len() - 2], 64, 5_000);
            assert!(matches!(cut, Err(ImageError::Broken(_))), "{name}");
        }
    }

    #[test]
    fn truncated_png_is_an_error() {
        let bytes = samples::png(&samples::painting(40, 30));
        for end in 12..bytes.len() {
            assert!(matches!(arrived(&bytes[..end], 16, 100), Err(ImageError::Broken(_))), "{end}");
        }
    }

    #[test]
    fn trailing_bytes_are_ignored() {
        let mut bytes = samples::png(&samples::painting(40, 30));
        let alone = arrived(&bytes, 16, 1000);
        bytes.extend(vec![7; MAX_CHUNK_BYTES * (MAX_WAITING_CHUNKS + 2)]);
        assert_eq!(arrived(&bytes, 16, 1000), alone);
    }

    #[test]
    fn other_bytes_are_not_buffered() {
        let mut arriving = IncrementalDecoder::new(ImageLimits::default(), 16);
        arriving.push(b"<html>");
        arriving.push(b"<body>Bad gateway");
        assert!(matches!(arriving.road, DecodeMode::Rejected(_)));
        assert_eq!(arriving.finish(), Err(ImageError::NotAnImage));
        assert_eq!(IncrementalDecoder::new(ImageLimits::default(), 16).finish(), Err(ImageError::NotAnImage));
    }

    #[test]
    fn image_over_the_limits_is_rejected_by_its_header() {
        let bytes = samples::png(&samples::painting(40, 30));
        let mut arriving = IncrementalDecoder::new(ImageLimits { max_side: 39, ..ImageLimits::default() }, 16);
        arriving.push(&bytes[..PNG_HEADER_BYTES]);
        assert_eq!(arriving.finish(), Err(ImageError::TooLarge { width: 40, height: 30 }));
    }

    #[test]
    fn drop_ends_the_decoder_thread() {
        let bytes = samples::png(&samples::painting(256, 256));
        let mut arriving = IncrementalDecoder::new(ImageLimits::default(), 64);
        arriving.push(&bytes[..bytes.len() / 2]);
        let DecodeMode::Rows(worker) = &arriving.road else { panic!("a PNG is decoded by rows") };
        let shared = Arc::downgrade(&worker.shared);
        drop(arriving);
        assert!(shared.upgrade().is_none());
    }
}
