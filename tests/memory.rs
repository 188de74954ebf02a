//! Tests of the memory that reading a response needs: hardly any for the text, and little besides the image.

use std::sync::{Mutex, PoisonError};

use atelier::{
    gateway::{AnswerReader, BodyKind, ReaderLimits, Receiver, ResponseOutcome},
    imaging::{Bitmap, DecodedThumbnail, Encoding, ImageLimits, IncrementalDecoder, encode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Tests share one memory, so that only one of them may be measured at a time.
static MEASURE_LOCK: Mutex<()> = Mutex::new(());

const MIB: usize = 1 << 20;
/// The memory that the reader may need besides the images.
const MAX_READER_BYTES: usize = MIB / 2;
/// The memory that decoding may need besides the pixels: chunks that wait for it, and the thumbnail.
const MAX_DECODER_BYTES: usize = 16 * MIB;

/// The peak of the memory that is allocated during `act`, relative to the memory before.
fn measure_peak<T>(act: impl FnOnce() -> T) -> (usize, T) {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let done = act();
    (ALLOCATOR.peak_usage() - before, done)
}

/// Drops the bytes, or decodes them as an image.
#[derive(Default)]
struct Sink {
    bytes: usize,
    whole: usize,
    arriving: Option<IncrementalDecoder>,
    finished: Option<DecodedThumbnail>,
}

impl Receiver for Sink {
    fn image_start(&mut self, _declared_mime: Option<&str>) {}

    fn image_bytes(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        if let Some(arriving) = &mut self.arriving {
            arriving.push(bytes);
        }
    }

    fn image_end(&mut self, complete: bool) {
        self.whole += usize::from(complete);
        self.finished = self.arriving.take().map(|arriving| arriving.finish().expect("it is an image"));
    }

    fn image_link(&mut self, _url: &str) {}

    fn text(&mut self, _delta: &str) {}
}

/// Reads a response that is generated while it is read.
fn read<'a>(sink: &mut Sink, pieces: impl IntoIterator<Item = &'a [u8]>) -> ResponseOutcome {
    let mut reader = AnswerReader::new(BodyKind::Unknown, ReaderLimits::default());
    for piece in pieces {
        reader.push(piece, sink);
    }
    reader.finish(sink)
}

const START: &[u8] = b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"![image](data:image/png;base64,";
const END: &[u8] = b")\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

#[test]
fn line_of_64_mib_is_never_buffered() {
    let _lock = MEASURE_LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let base64 = "QUJD".repeat(16 * 1024);
    let line = (0..1_024).map(|_| base64.as_bytes());
    let document = b"{\"data\":[{\"b64_json\":\"".as_slice();
    for (start, end) in [(START, END), (document, b"\"}]}")] {
        let mut sink = Sink::default();
        let pieces = [start].into_iter().chain(line.clone()).chain([end]);
        let (peak, outcome) = measure_peak(|| read(&mut sink, pieces));
        assert!(outcome.complete && sink.bytes == 48 * MIB, "{:?}", outcome.failure);
        assert!(peak < MAX_READER_BYTES, "{peak} bytes");
    }
}

#[test]
fn two_hundred_thousand_deltas_leak_no_memory() {
    let _lock = MEASURE_LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let event =
        |text: &str| format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
    let start = event("![image](data:image/png;base64,");
    let more = ["QUJ", "DQU", "JDQ", "UJD"].map(event).concat();
    let pieces = [start.as_bytes()]
        .into_iter()
        .chain((0..50_000).map(|_| more.as_bytes()))
        .chain([b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\")\"},\"finish_reason\":\"stop\"}]}\n\n"
            .as_slice()]);
    let mut sink = Sink::default();
    let (peak, outcome) = measure_peak(|| read(&mut sink, pieces));
    assert!(outcome.complete && sink.whole == 1 && sink.bytes == 450_000, "{:?}", outcome.failure);
    assert!(peak < MAX_READER_BYTES, "{peak} bytes");
}

#[test]
fn thumbnail_of_an_image_needs_little_more_memory_than_its_pixels() {
    let _lock = MEASURE_LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let (side, mut grain) = (2_800, 1_u32);
    let mut rgba = vec![255; side * side * 4];
    for pixel in rgba.as_chunks_mut::<4>().0 {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        pixel[..3].copy_from_slice(&grain.to_le_bytes()[1..]);
    }
    let bitmap = Bitmap::new(side as u32, side as u32, rgba).expect("as many pixels as it says");
    let pixels = side * side * 4;
    // A PNG is decoded row by row, so that not even its pixels are held.
    for (encoding, most) in [
        (Encoding::Png, MAX_DECODER_BYTES),
        (Encoding::Jpeg { quality: 90 }, pixels * 3 / 2 + MAX_DECODER_BYTES),
        // Its decoder keeps all planes besides the rows that it returns.
        (Encoding::Webp { quality: 80 }, pixels * 2 + MAX_DECODER_BYTES),
    ] {
        let base64 = STANDARD.encode(encode(&bitmap, encoding).expect("an image can be encoded"));
        let mut sink = Sink { arriving: Some(IncrementalDecoder::new(ImageLimits::default(), 512)), ..Sink::default() };
        let pieces = [START].into_iter().chain(base64.as_bytes().chunks(64 * 1024)).chain([END]);
        let (peak, outcome) = measure_peak(|| read(&mut sink, pieces));
        assert!(outcome.complete, "{:?}", outcome.failure);
        assert_eq!(sink.finished.expect("it has arrived").probe.width, side as u32);
        println!("{encoding:?}: {} MiB for {} MiB of pixels", peak / MIB, pixels / MIB);
        assert!(peak < most, "{encoding:?}: {peak} bytes");
    }
}
